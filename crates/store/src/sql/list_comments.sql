select
    comments.id, comments.thread, comments.item_id, comments.field, comments.body, comments.quoted,
    comments.author, users.name as author_name, comments.at, comments.resolved_at,
    resolver.name as resolved_by_name
from comments
join users on users.id = comments.author
left join users as resolver on resolver.id = comments.resolved_by
where comments.document_id = $1
    and ($2 is null or comments.item_id = $2)
order by comments.at, comments.id

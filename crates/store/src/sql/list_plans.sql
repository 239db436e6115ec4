select
    plans.document_id, plans.key, plans.state, plans.version, plans.created_by, plans.created_at,
    documents.rev, documents.changed_at, mine.role,
    (
        select count(*)
        from items
        where items.document_id = plans.document_id and items.archived_at is null
    ) as items,
    (
        select count(*)
        from comments
        where comments.document_id = plans.document_id
            and comments.id = comments.thread
            and comments.resolved_at is null
    ) as open_threads,
    (
        select count(*)
        from plan_members
        where plan_members.document_id = plans.document_id
    ) as members
from plans
join documents on documents.id = plans.document_id
left join plan_members as mine on mine.document_id = plans.document_id and mine.user_id = $1
where $2 or mine.role is not null
order by documents.changed_at desc, plans.key

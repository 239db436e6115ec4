select
    review_rounds.number, review_rounds.state, review_rounds.opened_by,
    users.name as opened_by_name, review_rounds.opened_at, review_rounds.message
from review_rounds
join users on users.id = review_rounds.opened_by
where review_rounds.document_id = $1
order by review_rounds.number desc

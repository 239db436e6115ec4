select actor, item_id, verb, became, at
from audit
where document_id = $1
    and at > $2
    and at <= $3
    and item_id is not null
    and verb in ('added', 'changed', 'removed', 'restored')
    and actor in (select user_id from approvals where document_id = $1 and at > $2 and at <= $3)
order by seq desc
limit 1000

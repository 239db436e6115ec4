select
    crosswalk.id, crosswalk.check_id, crosswalk.left_key, crosswalk.right_key, crosswalk.same, crosswalk.score,
    crosswalk.source, crosswalk.run_id, runs.number as run_number, crosswalk.decided_by,
    users.name as by_name, crosswalk.decided_at
from crosswalk
join runs on runs.id = crosswalk.run_id
join users on users.id = crosswalk.decided_by
where crosswalk.document_id = $1
    and ($2 is null or crosswalk.check_id = $2)
    and ($3 is null or crosswalk.run_id = $3)
    and ($4 is null or crosswalk.decided_by = $4)
    and ($5 is null or crosswalk.source = $5)
    and ($6 is null or crosswalk.same = $6)
    and ($7 is null or lower(crosswalk.left_key || ' ' || crosswalk.right_key) like $7 escape '\')
    and (crosswalk.decided_at, crosswalk.id) < ($8, $9)
order by crosswalk.decided_at desc, crosswalk.id desc
limit $10 offset $11

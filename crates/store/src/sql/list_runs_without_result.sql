select
    runs.id, runs.document_id, runs.number, runs.check_id, runs.state, runs.started_by,
    users.name as by_name, runs.queued_at, runs.ended_at, runs.spec_hash, runs.slice_hash,
    runs.left_hash, runs.right_hash, runs.totals, runs.result_hash, runs.message, runs.took_ms,
    runs.left_path, runs.right_path, runs.differences_path, runs.removed_at
from runs
join users on users.id = runs.started_by
where runs.id in (
    select id
    from runs
    where document_id = $1
        and check_id = $2
        and state <> 'done'
    order by number desc
    limit $3
)

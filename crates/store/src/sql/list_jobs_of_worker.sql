select
    id, kind, document_id, run_id, payload, state, created_at, started_at, ended_at,
    lease_owner, lease_until, attempts, progress, cancel_requested, message
from jobs
where state = 'running'
    and lease_owner = $1
order by created_at, id
limit 1000

select
    id, kind, document_id, run_id, payload, state, created_at, started_at, ended_at,
    lease_owner, lease_until, attempts, progress, cancel_requested, message
from jobs
where id = $1

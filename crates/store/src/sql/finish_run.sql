update runs
set
    state = $2,
    ended_at = $3,
    left_hash = $4,
    right_hash = $5,
    totals = $6,
    result_hash = $7,
    message = $8,
    took_ms = $9,
    left_path = $10,
    right_path = $11,
    differences_path = $12
where id = $1
    and state in ('queued', 'running')

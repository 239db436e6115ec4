update connections
set
    rev = rev + 1,
    name = $3,
    name_key = $4,
    instance = $5,
    adapter = $6,
    address = $7,
    options = $8,
    secret = case when $9 then secret else $10 end,
    guard = $11,
    refused = $12,
    warnings = $13,
    verified_at = $14,
    server_id = $16
where id = $1
    and rev = $2
    and archived_at is null
    and document_id = $15

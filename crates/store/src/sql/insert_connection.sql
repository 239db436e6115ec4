insert into connections (
    id, name, name_key, instance, adapter, address, options, secret, guard, refused, warnings,
    verified_at, rev, created_by, created_at, document_id, server_id
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, $13, $14, $15, $16)

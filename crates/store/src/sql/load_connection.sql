select
    id, name, instance, adapter, address, options, secret is not null as has_secret,
    guard, refused, warnings, server_id, verified_at, rev, created_at, archived_at
from connections
where id = $1
    and document_id = $2

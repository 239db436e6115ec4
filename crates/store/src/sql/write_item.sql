insert into items (
    document_id, id, kind, number, rev, body, archived_at, updated_by, updated_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (document_id, id) do update
set
    number = excluded.number,
    rev = excluded.rev,
    body = excluded.body,
    archived_at = excluded.archived_at,
    updated_by = excluded.updated_by,
    updated_at = excluded.updated_at

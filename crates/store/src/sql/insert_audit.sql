insert into audit (
    document_id, seq, actor, verb, item_id, was, became, reason, at, prev_hash, hash
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)

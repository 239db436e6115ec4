select
    audit.seq, audit.actor, users.name as actor_name, audit.verb, audit.item_id,
    audit.was, audit.became, audit.reason, audit.at, audit.prev_hash, audit.hash
from audit
left join users on users.id = audit.actor
where audit.document_id = $1
    and ($2 is null or audit.item_id = $2)
    and ($3 is null or audit.seq < $3)
order by audit.seq desc
limit $4

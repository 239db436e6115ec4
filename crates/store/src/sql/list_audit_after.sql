select
    audit.seq, audit.actor, users.name as actor_name, audit.verb, audit.item_id,
    audit.was, audit.became, audit.reason, audit.at, audit.prev_hash, audit.hash
from audit
left join users on users.id = audit.actor
where audit.document_id = $1
    and audit.seq > $2
order by audit.seq
limit $3

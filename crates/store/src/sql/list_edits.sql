select
    audit.seq, audit.actor, users.name as actor_name, audit.verb, audit.item_id,
    audit.was, audit.became, audit.reason, audit.at, audit.prev_hash, audit.hash
from audit
left join users on users.id = audit.actor
where audit.document_id = $1
    and ($2 is null or audit.seq < $2)
    and audit.verb in ('added', 'changed', 'removed', 'restored', 'approved')
order by audit.seq desc
limit $3

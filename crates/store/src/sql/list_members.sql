select
    users.id, users.email, users.name, users.password_hash, users.role, users.created_at,
    users.disabled_at, plan_members.role as plan_role
from plan_members
join users on users.id = plan_members.user_id
where plan_members.document_id = $1
order by users.name, users.id

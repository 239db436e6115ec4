select
    plans.document_id, plans.key, plans.state, plans.version, plans.created_by, plans.created_at,
    documents.rev, documents.changed_at, plan_members.role
from plans
join documents on documents.id = plans.document_id
left join plan_members on plan_members.document_id = plans.document_id and plan_members.user_id = $1
where plans.key = $2

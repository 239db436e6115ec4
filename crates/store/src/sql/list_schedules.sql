select
    schedules.document_id, plans.key as plan, schedules.check_id, schedules.expression, schedules.set_by,
    users.name as by_name, schedules.next_at, schedules.skipped_at, schedules.skipped
from schedules
join plans on plans.document_id = schedules.document_id
left join users on users.id = schedules.set_by
where schedules.document_id = $1
order by schedules.check_id

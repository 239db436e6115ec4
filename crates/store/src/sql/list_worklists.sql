select
    worklists.number, worklists.run_id, runs.number as run_number, worklists.check_id, worklists.class,
    worklists.left_column, worklists.right_column, worklists.cause, worklists.slice, worklists.entries,
    worklists.record_keys is not null as by_key, worklists.owner, worklists.due, worklists.note, worklists.state,
    worklists.made_by, users.name as by_name, worklists.made_at, worklists.judged_run, worklists.judged_equal,
    worklists.closed_at, worklists.exception, worklists.exception_version
from worklists
join runs on runs.id = worklists.run_id
join users on users.id = worklists.made_by
where worklists.document_id = $1
order by worklists.state desc, worklists.number desc
limit $2

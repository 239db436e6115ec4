select runs.document_id, runs.id, runs.number
from runs
where
    runs.ended_at < $1
    and (runs.left_path is not null or runs.right_path is not null or runs.differences_path is not null)
    and not exists (
        select 1
        from linkings
        join jobs on jobs.id = linkings.job_id
        where linkings.run_id = runs.id and jobs.state in ('queued', 'running')
    )
order by runs.document_id, runs.number

select
    jobs.id, jobs.document_id as plan, runs.started_by as person,
    coalesce(
        (select max(others.started_at) from jobs as others where others.document_id = jobs.document_id), $1
    ) as plan_at,
    coalesce(
        (select max(others.started_at) from runs as others where others.started_by = runs.started_by), $1
    ) as person_at
from jobs
left join linkings on linkings.job_id = jobs.id
left join runs on runs.id = coalesce(jobs.run_id, linkings.run_id)
where jobs.state = 'queued'
order by jobs.created_at, jobs.id
limit 1000

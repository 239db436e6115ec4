-- When checks run by themselves, and in whose name; one run of a check at a time; whose turn it is.
-- A check that has two runs open, which only two requests at the same instant could bring about, keeps the older one.

create table schedules (
    document_id blob not null references documents (id),
    check_id blob not null,
    expression text not null,
    set_by blob references users (id),
    next_at text not null,
    skipped_at text,
    skipped text,
    constraint schedules_document_id_check_id primary key (document_id, check_id)
);

create index schedules_next on schedules (next_at);

update runs
set state = 'interrupted', message = 'another run of this check was under way', ended_at = queued_at
where state in ('queued', 'running')
    and exists (
        select 1
        from runs as older
        where older.document_id = runs.document_id
            and older.check_id = runs.check_id
            and older.number < runs.number
            and older.state in ('queued', 'running')
    );

update jobs
set state = 'interrupted', ended_at = created_at
where state in ('queued', 'running')
    and run_id in (select id from runs where state = 'interrupted');

create unique index runs_document_id_check_id on runs (document_id, check_id) where state in ('queued', 'running');

create index runs_of_plan_by_start on runs (document_id, started_at);
create index runs_of_person_by_start on runs (started_by, started_at);

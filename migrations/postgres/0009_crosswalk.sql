-- Records of two systems that are the same under another key, or are not: what was proposed for a run, and what was
-- decided. Keys stand here as they do in the evidence; they go with their plan.

create table linkings (
    run_id uuid not null constraint linkings_run_id primary key references runs (id) on delete cascade,
    job_id uuid not null references jobs (id) on delete cascade,
    totals jsonb,
    path text collate "C"
);

create table crosswalk (
    id uuid not null constraint crosswalk_id primary key,
    document_id uuid not null references plans (document_id) on delete cascade,
    check_id uuid not null,
    left_key text collate "C" not null,
    right_key text collate "C" not null,
    same boolean not null,
    score bigint not null,
    source text collate "C" not null,
    run_id uuid not null references runs (id) on delete cascade,
    decided_by uuid not null references users (id),
    decided_at timestamptz not null,
    constraint crosswalk_document_id_check_id_left_key_right_key unique (document_id, check_id, left_key, right_key)
);

-- A record has one partner.
create unique index crosswalk_document_id_check_id_left_key on crosswalk (document_id, check_id, left_key) where same;
create unique index crosswalk_document_id_check_id_right_key on crosswalk (document_id, check_id, right_key) where same;
create index crosswalk_of_document on crosswalk (document_id, decided_at);

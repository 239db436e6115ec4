-- Connections to test environments, runs of checks, the jobs that do them, and files.

create table connections (
    id uuid not null constraint connections_id primary key,
    name text collate "C" not null,
    name_key text collate "C" not null,
    instance uuid,
    adapter text collate "C" not null,
    address text collate "C" not null,
    options jsonb not null,
    secret bytea,
    guard jsonb not null,
    refused text collate "C",
    warnings jsonb not null,
    verified_at timestamptz,
    rev bigint not null,
    created_by uuid not null references users (id),
    created_at timestamptz not null,
    archived_at timestamptz
);

create unique index connections_name_key on connections (name_key) where archived_at is null;

create table runs (
    id uuid not null constraint runs_id primary key,
    document_id uuid not null references plans (document_id),
    number bigint not null,
    check_id uuid not null,
    state text collate "C" not null,
    started_by uuid not null references users (id),
    queued_at timestamptz not null,
    started_at timestamptz,
    ended_at timestamptz,
    spec_hash text collate "C" not null,
    slice_hash text collate "C" not null,
    left_hash text collate "C",
    right_hash text collate "C",
    totals jsonb,
    result_hash text collate "C",
    message text collate "C",
    took_ms bigint,
    left_path text collate "C",
    right_path text collate "C",
    differences_path text collate "C",
    constraint runs_document_id_number unique (document_id, number)
);

create table jobs (
    id uuid not null constraint jobs_id primary key,
    kind text collate "C" not null,
    document_id uuid references documents (id),
    run_id uuid references runs (id),
    payload jsonb not null,
    state text collate "C" not null,
    created_at timestamptz not null,
    started_at timestamptz,
    ended_at timestamptz,
    lease_owner text collate "C",
    lease_until timestamptz,
    attempts bigint not null,
    progress jsonb not null,
    cancel_requested boolean not null,
    message text collate "C"
);

create index jobs_waiting on jobs (state, created_at, id);
create index jobs_of_run on jobs (run_id);

create table attachments (
    id uuid not null constraint attachments_id primary key,
    document_id uuid not null references documents (id),
    name text collate "C" not null,
    size bigint not null,
    sha256 text collate "C" not null,
    content bytea not null,
    at timestamptz not null,
    added_by uuid not null references users (id)
);

create index attachments_of_document on attachments (document_id);

-- Connections to test environments, runs of checks, the jobs that do them, and files.

create table connections (
    id blob not null constraint connections_id primary key,
    name text not null,
    name_key text not null,
    instance blob,
    adapter text not null,
    address text not null,
    options text not null,
    secret blob,
    guard text not null,
    refused text,
    warnings text not null,
    verified_at text,
    rev integer not null,
    created_by blob not null references users (id),
    created_at text not null,
    archived_at text
);

create unique index connections_name_key on connections (name_key) where archived_at is null;

create table runs (
    id blob not null constraint runs_id primary key,
    document_id blob not null references plans (document_id),
    number integer not null,
    check_id blob not null,
    state text not null,
    started_by blob not null references users (id),
    queued_at text not null,
    started_at text,
    ended_at text,
    spec_hash text not null,
    slice_hash text not null,
    left_hash text,
    right_hash text,
    totals text,
    result_hash text,
    message text,
    took_ms integer,
    left_path text,
    right_path text,
    differences_path text,
    constraint runs_document_id_number unique (document_id, number)
);

create table jobs (
    id blob not null constraint jobs_id primary key,
    kind text not null,
    document_id blob references documents (id),
    run_id blob references runs (id),
    payload text not null,
    state text not null,
    created_at text not null,
    started_at text,
    ended_at text,
    lease_owner text,
    lease_until text,
    attempts integer not null,
    progress text not null,
    cancel_requested boolean not null,
    message text
);

create index jobs_waiting on jobs (state, created_at, id);
create index jobs_of_run on jobs (run_id);

create table attachments (
    id blob not null constraint attachments_id primary key,
    document_id blob not null references documents (id),
    name text not null,
    size integer not null,
    sha256 text not null,
    content blob not null,
    at text not null,
    added_by blob not null references users (id)
);

create index attachments_of_document on attachments (document_id);

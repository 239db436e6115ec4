-- Work-lists: groups of differences of a run that somebody works off. Beside the plan, because who works on
-- what must not change what is signed. `record_keys` holds the digests of the keys; it is null where they are too many.

create table worklists (
    document_id uuid not null references plans (document_id),
    number bigint not null,
    run_id uuid not null references runs (id),
    check_id uuid not null,
    class text collate "C" not null,
    left_column text collate "C",
    right_column text collate "C",
    cause text collate "C",
    slice text collate "C",
    entries bigint not null,
    record_keys bytea,
    owner text collate "C" not null,
    due text collate "C",
    note text collate "C" not null,
    state text collate "C" not null,
    made_by uuid not null references users (id),
    made_at timestamptz not null,
    judged_run bigint,
    judged_equal bigint,
    closed_at timestamptz,
    exception text collate "C",
    exception_version bigint,
    constraint worklists_document_id_number primary key (document_id, number)
);

create index worklists_of_check on worklists (document_id, check_id, state);

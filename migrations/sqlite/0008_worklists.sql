-- Work-lists: groups of differences of a run that somebody works off. Beside the plan, because who works on
-- what must not change what is signed. `record_keys` holds the digests of the keys; it is null where they are too many.

create table worklists (
    document_id blob not null references plans (document_id),
    number integer not null,
    run_id blob not null references runs (id),
    check_id blob not null,
    class text not null,
    left_column text,
    right_column text,
    cause text,
    slice text,
    entries integer not null,
    record_keys blob,
    owner text not null,
    due text,
    note text not null,
    state text not null,
    made_by blob not null references users (id),
    made_at text not null,
    judged_run integer,
    judged_equal integer,
    closed_at text,
    exception text,
    exception_version integer,
    constraint worklists_document_id_number primary key (document_id, number)
);

create index worklists_of_check on worklists (document_id, check_id, state);

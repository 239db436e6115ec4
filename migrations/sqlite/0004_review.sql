-- Comments, review rounds, approvals, waivers, immutable versions and the files issued from them.

create table comments (
    id blob not null constraint comments_id primary key,
    document_id blob not null references documents (id),
    thread blob not null references comments (id),
    item_id blob,
    field text,
    body text not null,
    quoted text,
    author blob not null references users (id),
    at text not null,
    resolved_at text,
    resolved_by blob references users (id)
);

create index comments_of_document on comments (document_id, at, id);
create index comments_of_thread on comments (thread);

create table review_rounds (
    document_id blob not null references plans (document_id),
    number integer not null,
    state text not null,
    opened_by blob not null references users (id),
    opened_at text not null,
    message text not null,
    closed_at text,
    constraint review_rounds_document_id_number primary key (document_id, number)
);

create unique index review_rounds_open on review_rounds (document_id) where state = 'open';

create table slots (
    document_id blob not null references plans (document_id),
    slot text not null,
    user_id blob not null references users (id),
    constraint slots_document_id_slot_user_id primary key (document_id, slot, user_id)
);

create table approvals (
    id blob not null constraint approvals_id primary key,
    document_id blob not null,
    round integer not null,
    slot text not null,
    user_id blob not null references users (id),
    name text not null,
    meaning text not null,
    hash text not null,
    at text not null,
    comment text not null,
    constraint approvals_round foreign key (document_id, round) references review_rounds (document_id, number)
);

create index approvals_of_round on approvals (document_id, round);

create table waivers (
    id blob not null constraint waivers_id primary key,
    document_id blob not null references documents (id),
    rule text not null,
    fingerprint text not null,
    message text not null,
    reason text not null,
    waived_by blob not null references users (id),
    waived_by_name text not null,
    at text not null,
    expires text,
    revoked_at text
);

create unique index waivers_document_id_rule_fingerprint on waivers (document_id, rule, fingerprint) where revoked_at is null;

create table snapshots (
    id blob not null constraint snapshots_id primary key,
    document_id blob not null references plans (document_id),
    version integer not null,
    round integer not null,
    root text not null,
    slices text not null,
    previous_root text,
    canonical blob not null,
    signed_at text not null,
    constraint snapshots_document_id_version unique (document_id, version)
);

create index snapshots_by_root on snapshots (root);

create table signatures (
    snapshot_id blob not null references snapshots (id),
    user_id blob not null references users (id),
    name text not null,
    slot text not null,
    meaning text not null,
    at text not null,
    reauth_at text not null,
    root text not null,
    constraint signatures_snapshot_id_slot_user_id primary key (snapshot_id, slot, user_id)
);

create table withdrawals (
    snapshot_id blob not null constraint withdrawals_snapshot_id primary key references snapshots (id),
    reason text not null,
    withdrawn_by blob not null references users (id),
    withdrawn_by_name text not null,
    at text not null
);

create table exports (
    sha256 text not null constraint exports_sha256 primary key,
    document_id blob not null references documents (id),
    version integer not null,
    signed boolean not null,
    format text not null,
    issued_at text not null,
    issued_by blob references users (id)
);

create trigger snapshots_no_update before update on snapshots
begin
    select raise(abort, 'snapshots is append-only');
end;

create trigger snapshots_no_delete before delete on snapshots
begin
    select raise(abort, 'snapshots is append-only');
end;

create trigger signatures_no_update before update on signatures
begin
    select raise(abort, 'signatures is append-only');
end;

create trigger signatures_no_delete before delete on signatures
begin
    select raise(abort, 'signatures is append-only');
end;

create trigger withdrawals_no_update before update on withdrawals
begin
    select raise(abort, 'withdrawals is append-only');
end;

create trigger withdrawals_no_delete before delete on withdrawals
begin
    select raise(abort, 'withdrawals is append-only');
end;

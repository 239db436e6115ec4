-- Comments, review rounds, approvals, waivers, immutable versions and the files issued from them.

create table comments (
    id uuid not null constraint comments_id primary key,
    document_id uuid not null references documents (id),
    thread uuid not null references comments (id),
    item_id uuid,
    field text collate "C",
    body text collate "C" not null,
    quoted text collate "C",
    author uuid not null references users (id),
    at timestamptz not null,
    resolved_at timestamptz,
    resolved_by uuid references users (id)
);

create index comments_of_document on comments (document_id, at, id);
create index comments_of_thread on comments (thread);

create table review_rounds (
    document_id uuid not null references plans (document_id),
    number bigint not null,
    state text collate "C" not null,
    opened_by uuid not null references users (id),
    opened_at timestamptz not null,
    message text collate "C" not null,
    closed_at timestamptz,
    constraint review_rounds_document_id_number primary key (document_id, number)
);

create unique index review_rounds_open on review_rounds (document_id) where state = 'open';

create table slots (
    document_id uuid not null references plans (document_id),
    slot text collate "C" not null,
    user_id uuid not null references users (id),
    constraint slots_document_id_slot_user_id primary key (document_id, slot, user_id)
);

create table approvals (
    id uuid not null constraint approvals_id primary key,
    document_id uuid not null,
    round bigint not null,
    slot text collate "C" not null,
    user_id uuid not null references users (id),
    name text collate "C" not null,
    meaning text collate "C" not null,
    hash text collate "C" not null,
    at timestamptz not null,
    comment text collate "C" not null,
    constraint approvals_round foreign key (document_id, round) references review_rounds (document_id, number)
);

create index approvals_of_round on approvals (document_id, round);

create table waivers (
    id uuid not null constraint waivers_id primary key,
    document_id uuid not null references documents (id),
    rule text collate "C" not null,
    fingerprint text collate "C" not null,
    message text collate "C" not null,
    reason text collate "C" not null,
    waived_by uuid not null references users (id),
    waived_by_name text collate "C" not null,
    at timestamptz not null,
    expires text collate "C",
    revoked_at timestamptz
);

create unique index waivers_document_id_rule_fingerprint on waivers (document_id, rule, fingerprint) where revoked_at is null;

create table snapshots (
    id uuid not null constraint snapshots_id primary key,
    document_id uuid not null references plans (document_id),
    version bigint not null,
    round bigint not null,
    root text collate "C" not null,
    slices jsonb not null,
    previous_root text collate "C",
    canonical bytea not null,
    signed_at timestamptz not null,
    constraint snapshots_document_id_version unique (document_id, version)
);

create index snapshots_by_root on snapshots (root);

create table signatures (
    snapshot_id uuid not null references snapshots (id),
    user_id uuid not null references users (id),
    name text collate "C" not null,
    slot text collate "C" not null,
    meaning text collate "C" not null,
    at timestamptz not null,
    reauth_at timestamptz not null,
    root text collate "C" not null,
    constraint signatures_snapshot_id_slot_user_id primary key (snapshot_id, slot, user_id)
);

create table withdrawals (
    snapshot_id uuid not null constraint withdrawals_snapshot_id primary key references snapshots (id),
    reason text collate "C" not null,
    withdrawn_by uuid not null references users (id),
    withdrawn_by_name text collate "C" not null,
    at timestamptz not null
);

create table exports (
    sha256 text collate "C" not null constraint exports_sha256 primary key,
    document_id uuid not null references documents (id),
    version bigint not null,
    signed boolean not null,
    format text collate "C" not null,
    issued_at timestamptz not null,
    issued_by uuid references users (id)
);

create trigger snapshots_no_update before update or delete on snapshots
    for each row execute function refuse_change();
create trigger snapshots_no_truncate before truncate on snapshots
    for each statement execute function refuse_change();

create trigger signatures_no_update before update or delete on signatures
    for each row execute function refuse_change();
create trigger signatures_no_truncate before truncate on signatures
    for each statement execute function refuse_change();

create trigger withdrawals_no_update before update or delete on withdrawals
    for each row execute function refuse_change();
create trigger withdrawals_no_truncate before truncate on withdrawals
    for each statement execute function refuse_change();

-- Documents, their items, and the chain of audit lines of each document.
-- audit_seq and audit_hash are the head of that chain: taking the next number locks the document.

create table documents (
    id uuid not null constraint documents_id primary key,
    kind text collate "C" not null,
    rev bigint not null,
    created_at timestamptz not null,
    changed_at timestamptz not null,
    audit_seq bigint not null,
    audit_hash bytea not null
);

create unique index documents_workspace on documents (kind) where kind = 'workspace';

create table plans (
    document_id uuid not null constraint plans_document_id primary key references documents (id),
    key text collate "C" not null constraint plans_key unique,
    state text collate "C" not null,
    version bigint not null,
    created_by uuid references users (id),
    created_at timestamptz not null
);

create table plan_members (
    document_id uuid not null references plans (document_id),
    user_id uuid not null references users (id),
    role text collate "C" not null,
    constraint plan_members_document_id_user_id primary key (document_id, user_id)
);

create index plan_members_of_user on plan_members (user_id);

create table items (
    document_id uuid not null references documents (id),
    id uuid not null,
    kind text collate "C" not null,
    number bigint not null,
    rev bigint not null,
    body jsonb not null,
    archived_at timestamptz,
    updated_by uuid references users (id),
    updated_at timestamptz not null,
    constraint items_document_id_id primary key (document_id, id),
    constraint items_document_id_kind_number unique (document_id, kind, number)
);

-- was and became are canonical JSON kept as text, because the hash covers these very bytes.
create table audit (
    document_id uuid not null references documents (id),
    seq bigint not null,
    actor uuid references users (id),
    verb text collate "C" not null,
    item_id uuid,
    was text collate "C",
    became text collate "C",
    reason text collate "C" not null,
    at timestamptz not null,
    prev_hash bytea not null,
    hash bytea not null,
    constraint audit_document_id_seq primary key (document_id, seq)
);

create index audit_of_item on audit (document_id, item_id, seq);

create function refuse_change() returns trigger
language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name;
end;
$$;

create trigger audit_no_update before update or delete on audit
    for each row execute function refuse_change();
create trigger audit_no_truncate before truncate on audit
    for each statement execute function refuse_change();

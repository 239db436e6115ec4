-- Documents, their items, and the chain of audit lines of each document.
-- audit_seq and audit_hash are the head of that chain: taking the next number locks the document.

create table documents (
    id blob not null constraint documents_id primary key,
    kind text not null,
    rev integer not null,
    created_at text not null,
    changed_at text not null,
    audit_seq integer not null,
    audit_hash blob not null
);

create unique index documents_workspace on documents (kind) where kind = 'workspace';

create table plans (
    document_id blob not null constraint plans_document_id primary key references documents (id),
    key text not null constraint plans_key unique,
    state text not null,
    version integer not null,
    created_by blob references users (id),
    created_at text not null
);

create table plan_members (
    document_id blob not null references plans (document_id),
    user_id blob not null references users (id),
    role text not null,
    constraint plan_members_document_id_user_id primary key (document_id, user_id)
);

create index plan_members_of_user on plan_members (user_id);

create table items (
    document_id blob not null references documents (id),
    id blob not null,
    kind text not null,
    number integer not null,
    rev integer not null,
    body text not null,
    archived_at text,
    updated_by blob references users (id),
    updated_at text not null,
    constraint items_document_id_id primary key (document_id, id),
    constraint items_document_id_kind_number unique (document_id, kind, number)
);

-- was and became are canonical JSON kept as text, because the hash covers these very bytes.
create table audit (
    document_id blob not null references documents (id),
    seq integer not null,
    actor blob references users (id),
    verb text not null,
    item_id blob,
    was text,
    became text,
    reason text not null,
    at text not null,
    prev_hash blob not null,
    hash blob not null,
    constraint audit_document_id_seq primary key (document_id, seq)
);

create index audit_of_item on audit (document_id, item_id, seq);

create trigger audit_no_update before update on audit
begin
    select raise(abort, 'audit is append-only');
end;

create trigger audit_no_delete before delete on audit
begin
    select raise(abort, 'audit is append-only');
end;

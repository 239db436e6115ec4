-- People, how they get in, and what the installation remembers about itself.

create table users (
    id uuid not null constraint users_id primary key,
    email text collate "C" not null,
    email_key text collate "C" not null constraint users_email_key unique,
    name text collate "C" not null,
    password_hash text collate "C",
    role text collate "C" not null,
    created_at timestamptz not null,
    disabled_at timestamptz
);

create table one_time_links (
    token_hash bytea not null constraint one_time_links_token_hash primary key,
    purpose text collate "C" not null,
    user_id uuid references users (id),
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz
);

create table sessions (
    id uuid not null constraint sessions_id primary key,
    token_hash bytea not null constraint sessions_token_hash unique,
    user_id uuid not null references users (id),
    created_at timestamptz not null,
    last_seen_at timestamptz not null,
    expires_at timestamptz not null,
    reauth_at timestamptz not null,
    ip text collate "C" not null,
    user_agent text collate "C" not null
);

create index sessions_of_user on sessions (user_id);

create table settings (
    key text collate "C" not null constraint settings_key primary key,
    value bytea not null
);

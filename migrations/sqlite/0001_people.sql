-- People, how they get in, and what the installation remembers about itself.

create table users (
    id blob not null constraint users_id primary key,
    email text not null,
    email_key text not null constraint users_email_key unique,
    name text not null,
    password_hash text,
    role text not null,
    created_at text not null,
    disabled_at text
);

create table one_time_links (
    token_hash blob not null constraint one_time_links_token_hash primary key,
    purpose text not null,
    user_id blob references users (id),
    created_at text not null,
    expires_at text not null,
    used_at text
);

create table sessions (
    id blob not null constraint sessions_id primary key,
    token_hash blob not null constraint sessions_token_hash unique,
    user_id blob not null references users (id),
    created_at text not null,
    last_seen_at text not null,
    expires_at text not null,
    reauth_at text not null,
    ip text not null,
    user_agent text not null
);

create index sessions_of_user on sessions (user_id);

create table settings (
    key text not null constraint settings_key primary key,
    value blob not null
);

select
    sessions.id, sessions.user_id, sessions.created_at, sessions.last_seen_at, sessions.expires_at,
    sessions.reauth_at, sessions.ip, sessions.user_agent,
    users.email, users.name, users.role, users.created_at as user_created_at
from sessions
join users on users.id = sessions.user_id
where sessions.token_hash = $1
    and sessions.expires_at > $2
    and users.disabled_at is null

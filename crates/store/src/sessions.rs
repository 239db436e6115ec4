//! Signed-in browsers. Only the hash of a session's token is kept.

use crate::{
    AuditEntry, Result, Store, StoreError, audit,
    columns::{At, Place},
    documents::workspace_id,
    pool::{all, maybe, run},
};
use domain::{SessionId, Timestamp, User, UserId};
use uuid::Uuid;

/// A signed-in browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Which; not the token.
    pub id: SessionId,
    /// Who.
    pub user: UserId,
    /// When they signed in.
    pub created_at: Timestamp,
    /// When it was last used, as of the last [`Store::touch_session`].
    pub last_seen_at: Timestamp,
    /// When it ends whatever happens.
    pub expires_at: Timestamp,
    /// When its person last proved who they are: by signing in, or by giving their password again.
    pub reauth_at: Timestamp,
    /// Address it came from.
    pub ip: String,
    /// What the browser calls itself.
    pub user_agent: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    user_id: Uuid,
    created_at: At,
    last_seen_at: At,
    expires_at: At,
    reauth_at: At,
    ip: String,
    user_agent: String,
}

impl From<Row> for Session {
    fn from(row: Row) -> Self {
        Self {
            id: SessionId(row.id),
            user: UserId(row.user_id),
            created_at: row.created_at.0,
            last_seen_at: row.last_seen_at.0,
            expires_at: row.expires_at.0,
            reauth_at: row.reauth_at.0,
            ip: row.ip,
            user_agent: row.user_agent,
        }
    }
}

#[derive(sqlx::FromRow)]
struct WithUser {
    #[sqlx(flatten)]
    session: Row,
    email: String,
    name: String,
    role: String,
    user_created_at: At,
}

impl Store {
    /// Keeps a new session.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn insert_session(&self, session: &Session, token_hash: &[u8; 32]) -> Result<()> {
        let mut tx = self.write().await?;
        let sql = "insert into sessions
    (id, token_hash, user_id, created_at, last_seen_at, expires_at, reauth_at, ip, user_agent)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        run!(
            tx,
            "sessions",
            sql,
            session.id.0,
            &token_hash[..],
            session.user.0,
            At(session.created_at),
            At(session.last_seen_at),
            At(session.expires_at),
            At(session.reauth_at),
            &session.ip,
            &session.user_agent,
        )?;
        tx.commit().await
    }

    /// The session with this token and its person: not when it has expired or they are locked out.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn session_by_token(&self, token_hash: &[u8; 32], now: Timestamp) -> Result<Option<(Session, User)>> {
        let mut conn = self.conn().await?;
        let sql = include_str!("sql/session_by_token.sql");
        let Some(row) = maybe!(conn, "sessions", WithUser, sql, &token_hash[..], At(now))? else {
            return Ok(None);
        };
        let session = Session::from(row.session);
        let user = User {
            id: session.user,
            name: row.name,
            email: row.email,
            role: Place { table: "users", row: &session.user }.code("role", &row.role)?,
            created_at: row.user_created_at.0,
            disabled_at: None,
        };
        Ok(Some((session, user)))
    }

    /// Notes that a session was used. A write with a disk flush: call it once a minute, not at every request.
    ///
    /// # Errors
    /// When the database fails; a session that is gone is none.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn touch_session(&self, id: SessionId, now: Timestamp) -> Result<()> {
        let mut tx = self.write().await?;
        run!(tx, "sessions", "update sessions set last_seen_at = $2 where id = $1", id.0, At(now))?;
        tx.commit().await
    }

    /// Notes that the person of a session gave their password again.
    ///
    /// # Errors
    /// `NotFound` when the session is gone.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn prove_session(&self, id: SessionId, now: Timestamp) -> Result<()> {
        let mut tx = self.write().await?;
        let sql = "update sessions set reauth_at = $2, last_seen_at = $2 where id = $1";
        if run!(tx, "sessions", sql, id.0, At(now))? == 0 {
            return Err(StoreError::NotFound("session"));
        }
        tx.commit().await
    }

    /// Notes that the password was given again, and gives the session another token.
    ///
    /// # Errors
    /// `NotFound` when the session is gone.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn rotate_session(&self, id: SessionId, token_hash: &[u8; 32], reauth_at: Timestamp) -> Result<()> {
        let mut tx = self.write().await?;
        let sql = "update sessions set token_hash = $2, reauth_at = $3, last_seen_at = $3 where id = $1";
        if run!(tx, "sessions", sql, id.0, &token_hash[..], At(reauth_at))? == 0 {
            return Err(StoreError::NotFound("session"));
        }
        tx.commit().await
    }

    /// The sessions of a person that have not expired, the last used first.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_sessions(&self, user: UserId, now: Timestamp) -> Result<Vec<Session>> {
        let mut conn = self.conn().await?;
        let sql = "select id, user_id, created_at, last_seen_at, expires_at, reauth_at, ip, user_agent
from sessions
where user_id = $1 and expires_at > $2
order by last_seen_at desc, id";
        Ok(all!(conn, "sessions", Row, sql, user.0, At(now))?.into_iter().map(Session::from).collect())
    }

    /// Ends one session of a person; false, and no line in the trail, when it was not theirs or gone already.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn delete_session(&self, user: UserId, id: SessionId, entry: AuditEntry) -> Result<bool> {
        let mut tx = self.write().await?;
        let workspace = workspace_id(&mut tx).await?;
        audit::append(&mut tx, workspace, &[entry]).await?;
        let ended = run!(tx, "sessions", "delete from sessions where id = $1 and user_id = $2", id.0, user.0)?;
        if ended == 0 {
            return Ok(false);
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Ends all sessions of a person except `keep`: how many.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn delete_sessions(&self, user: UserId, keep: Option<SessionId>) -> Result<u64> {
        let mut tx = self.write().await?;
        let sql = "delete from sessions where user_id = $1 and ($2 is null or id <> $2)";
        let ended = run!(tx, "sessions", sql, user.0, keep.map(|s| s.0))?;
        tx.commit().await?;
        Ok(ended)
    }

    /// Removes sessions that have expired or were last used before `idle_since`, and links that have
    /// expired: how many sessions.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn delete_expired(&self, now: Timestamp, idle_since: Timestamp) -> Result<u64> {
        let mut tx = self.write().await?;
        let sql = "delete from sessions where expires_at <= $1 or last_seen_at < $2";
        let ended = run!(tx, "sessions", sql, At(now), At(idle_since))?;
        run!(tx, "one_time_links", "delete from one_time_links where expires_at <= $1", At(now))?;
        tx.commit().await?;
        Ok(ended)
    }
}

//! People and their passwords (as hashes made elsewhere). What changes them is in the workspace's trail.

use crate::{
    AuditEntry, Result, Store, StoreError, audit,
    columns::{At, Place, fold},
    documents::workspace_id,
    pool::{Tx, all, maybe, one, run},
};
use domain::{SessionId, Timestamp, User, UserId, WorkspaceRole};
use uuid::Uuid;

/// A person with what they prove themselves with.
#[derive(Clone)]
pub struct Credentials {
    /// The person.
    pub user: User,
    /// Hash of the password in PHC form; `None` until they have chosen one.
    pub password_hash: Option<String>,
}

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    id: Uuid,
    email: String,
    name: String,
    password_hash: Option<String>,
    role: String,
    created_at: At,
    disabled_at: Option<At>,
}

impl Row {
    pub fn read(self) -> Result<Credentials> {
        let role = Place { table: "users", row: &self.id }.code("role", &self.role)?;
        let user = User {
            id: UserId(self.id),
            name: self.name,
            email: self.email,
            role,
            created_at: self.created_at.0,
            disabled_at: self.disabled_at.map(|at| at.0),
        };
        Ok(Credentials { user, password_hash: self.password_hash })
    }
}

impl Store {
    /// Adds a person. Without a password they get in by a one-time link.
    ///
    /// # Errors
    /// `Conflict` on `users_email_key` when the address is taken.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn insert_user(&self, user: &User, password_hash: Option<&str>, entry: AuditEntry) -> Result<()> {
        let mut tx = self.write().await?;
        let workspace = workspace_id(&mut tx).await?;
        audit::append(&mut tx, workspace, &[entry]).await?;
        insert(&mut tx, user, password_hash).await?;
        tx.commit().await
    }

    /// Whether anybody can be signed in at all; if not, the set-up link is offered.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn has_users(&self) -> Result<bool> {
        let mut conn = self.conn().await?;
        let (count,) = one!(conn, "users", (i64,), "select count(*) from users")?;
        Ok(count > 0)
    }

    /// The person with this address, whatever its case.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn user_by_email(&self, email: &str) -> Result<Option<Credentials>> {
        let mut conn = self.conn().await?;
        let sql = "select id, email, name, password_hash, role, created_at, disabled_at
from users
where email_key = $1";
        maybe!(conn, "users", Row, sql, fold(email))?.map(Row::read).transpose()
    }

    /// A person by id.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn load_user(&self, id: UserId) -> Result<Credentials> {
        let mut conn = self.conn().await?;
        let sql = "select id, email, name, password_hash, role, created_at, disabled_at
from users
where id = $1";
        maybe!(conn, "users", Row, sql, id.0)?.ok_or(StoreError::NotFound("user"))?.read()
    }

    /// Everybody, by name.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_users(&self) -> Result<Vec<User>> {
        let mut conn = self.conn().await?;
        let sql = "select id, email, name, password_hash, role, created_at, disabled_at
from users
order by name, id";
        all!(conn, "users", Row, sql)?.into_iter().map(|row| Ok(row.read()?.user)).collect()
    }

    /// Gives a person another password, signs out all their browsers except `keep`, and ends links of theirs that are
    /// open.
    ///
    /// # Errors
    /// `NotFound` when there is no such person.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn set_password(
        &self,
        id: UserId,
        password_hash: &str,
        keep: Option<SessionId>,
        entry: AuditEntry,
    ) -> Result<()> {
        let mut tx = self.write().await?;
        let workspace = workspace_id(&mut tx).await?;
        audit::append(&mut tx, workspace, &[entry]).await?;
        write_password(&mut tx, id.0, password_hash).await?;
        let sql = "delete from sessions where user_id = $1 and ($2 is null or id <> $2)";
        run!(tx, "sessions", sql, id.0, keep.map(|s| s.0))?;
        tx.commit().await
    }

    /// Locks a person out from `at` on and ends their sessions, or lets them in again.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` on `last_owner` when nobody could manage the installation any more.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn set_user_disabled(&self, id: UserId, at: Option<Timestamp>, entry: AuditEntry) -> Result<()> {
        let mut tx = self.write().await?;
        let workspace = workspace_id(&mut tx).await?;
        audit::append(&mut tx, workspace, &[entry]).await?;
        let sql = "update users set disabled_at = $2 where id = $1";
        found(run!(tx, "users", sql, id.0, at.map(At))?)?;
        if at.is_some() {
            run!(tx, "sessions", "delete from sessions where user_id = $1", id.0)?;
        }
        require_owner(&mut tx).await?;
        tx.commit().await
    }

    /// Changes what a person may do in the installation.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` on `last_owner` when nobody could manage the installation any more.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn set_user_role(&self, id: UserId, role: WorkspaceRole, entry: AuditEntry) -> Result<()> {
        let mut tx = self.write().await?;
        let workspace = workspace_id(&mut tx).await?;
        audit::append(&mut tx, workspace, &[entry]).await?;
        found(run!(tx, "users", "update users set role = $2 where id = $1", id.0, role.code())?)?;
        require_owner(&mut tx).await?;
        tx.commit().await
    }

    /// Changes how a person is called; signatures keep the name of their day.
    ///
    /// # Errors
    /// `NotFound` when there is no such person.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn set_user_name(&self, id: UserId, name: &str, entry: AuditEntry) -> Result<()> {
        let mut tx = self.write().await?;
        let workspace = workspace_id(&mut tx).await?;
        audit::append(&mut tx, workspace, &[entry]).await?;
        found(run!(tx, "users", "update users set name = $2 where id = $1", id.0, name)?)?;
        tx.commit().await
    }
}

pub(crate) async fn insert(tx: &mut Tx, user: &User, password_hash: Option<&str>) -> Result<()> {
    let sql = "insert into users (id, email, email_key, name, password_hash, role, created_at, disabled_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)";
    run!(
        tx,
        "users",
        sql,
        user.id.0,
        user.email.trim(),
        fold(&user.email),
        &user.name,
        password_hash,
        user.role.code(),
        At(user.created_at),
        user.disabled_at.map(At),
    )?;
    Ok(())
}

/// Writes a password and ends the person's open links: whoever had one before the new password gets in by it no more.
pub(crate) async fn write_password(tx: &mut Tx, id: Uuid, password_hash: &str) -> Result<()> {
    found(run!(tx, "users", "update users set password_hash = $2 where id = $1", id, password_hash)?)?;
    let sql = "delete from one_time_links where user_id = $1 and used_at is null";
    run!(tx, "one_time_links", sql, id)?;
    Ok(())
}

fn found(touched: u64) -> Result<()> {
    if touched == 0 { Err(StoreError::NotFound("user")) } else { Ok(()) }
}

async fn require_owner(tx: &mut Tx) -> Result<()> {
    let sql = "select count(*) from users where role = 'owner' and disabled_at is null";
    let (owners,) = one!(tx, "users", (i64,), sql)?;
    if owners == 0 {
        return Err(StoreError::Conflict { constraint: "last_owner".into() });
    }
    Ok(())
}

//! One-time links: set-up, sign-in from the terminal, invitations. Only hashes of the tokens are kept. That a link was
//! made and that it was used is in the workspace's trail, because either lets somebody act as its person.

use crate::{
    AuditEntry, Result, Store, StoreError, audit,
    columns::{At, Place},
    documents::workspace_id,
    pool::{Tx, maybe, one, run},
    users,
};
use domain::{Timestamp, User, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What a link is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkPurpose {
    /// Creates the first owner.
    SetUp,
    /// Signs its person in.
    SignIn,
    /// Lets its person choose a password.
    Invite,
}

impl LinkPurpose {
    /// Stored form.
    pub fn code(self) -> &'static str {
        match self {
            Self::SetUp => "set_up",
            Self::SignIn => "sign_in",
            Self::Invite => "invite",
        }
    }
}

/// A link without its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneTimeLink {
    /// What it is good for.
    pub purpose: LinkPurpose,
    /// Whose it is; nobody's for the set-up.
    pub user: Option<UserId>,
    /// Who made it; `None` for the operator at the command line.
    pub made_by: Option<UserId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    purpose: String,
    user_id: Option<Uuid>,
    made_by: Option<Uuid>,
    created_at: At,
    expires_at: At,
}

impl Row {
    fn read(self) -> Result<OneTimeLink> {
        let place = Place { table: "one_time_links", row: &"a link" };
        Ok(OneTimeLink {
            purpose: place.code("purpose", &self.purpose)?,
            user: self.user_id.map(UserId),
            made_by: self.made_by.map(UserId),
            created_at: self.created_at.0,
            expires_at: self.expires_at.0,
        })
    }
}

impl Store {
    /// Keeps a new link. Older unused links of the same purpose and person stop working.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn insert_link(&self, link: &OneTimeLink, token_hash: &[u8; 32], entry: AuditEntry) -> Result<()> {
        let mut tx = self.write().await?;
        let workspace = workspace_id(&mut tx).await?;
        audit::append(&mut tx, workspace, &[entry]).await?;
        let user = link.user.map(|user| user.0);
        let sql = "delete from one_time_links
where purpose = $1 and used_at is null and (user_id = $2 or (user_id is null and $2 is null))";
        run!(tx, "one_time_links", sql, link.purpose.code(), user)?;
        let sql = "insert into one_time_links (token_hash, purpose, user_id, made_by, created_at, expires_at)
values ($1, $2, $3, $4, $5, $6)";
        run!(
            tx,
            "one_time_links",
            sql,
            &token_hash[..],
            link.purpose.code(),
            user,
            link.made_by.map(|user| user.0),
            At(link.created_at),
            At(link.expires_at),
        )?;
        tx.commit().await
    }

    /// Looks at a link without using it up: for the page that asks for confirmation.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn peek_link(&self, token_hash: &[u8; 32], now: Timestamp) -> Result<Option<OneTimeLink>> {
        let mut conn = self.conn().await?;
        let sql = "select purpose, user_id, made_by, created_at, expires_at
from one_time_links
where token_hash = $1 and used_at is null and expires_at > $2";
        maybe!(conn, "one_time_links", Row, sql, &token_hash[..], At(now))?.map(Row::read).transpose()
    }

    /// Uses a sign-in link up and says whom it signs in. Of several who try, one succeeds.
    ///
    /// # Errors
    /// `NotFound` when it is unknown, used or expired.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn redeem_sign_in(&self, token_hash: &[u8; 32], now: Timestamp, entry: AuditEntry) -> Result<UserId> {
        let mut tx = self.write().await?;
        let workspace = workspace_id(&mut tx).await?;
        audit::append(&mut tx, workspace, &[entry]).await?;
        let user = redeem(&mut tx, LinkPurpose::SignIn, token_hash, now).await?;
        tx.commit().await?;
        user.ok_or(StoreError::NotFound("link"))
    }

    /// Uses a set-up link up and creates the first owner with it.
    ///
    /// # Errors
    /// `NotFound` when the link does not hold; `Conflict` on `users_exist` when somebody is there already.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn redeem_set_up(
        &self,
        token_hash: &[u8; 32],
        owner: &User,
        password_hash: &str,
        now: Timestamp,
        entry: AuditEntry,
    ) -> Result<()> {
        let mut tx = self.write().await?;
        let workspace = workspace_id(&mut tx).await?;
        // Locks the workspace, so that two set-ups at once cannot both find it empty.
        audit::append(&mut tx, workspace, &[]).await?;
        redeem(&mut tx, LinkPurpose::SetUp, token_hash, now).await?;
        let (people,) = one!(tx, "users", (i64,), "select count(*) from users")?;
        if people > 0 {
            return Err(StoreError::Conflict { constraint: "users_exist".into() });
        }
        users::insert(&mut tx, owner, Some(password_hash)).await?;
        audit::append(&mut tx, workspace, &[entry]).await?;
        tx.commit().await
    }

    /// Uses an invitation up and gives its person the password they chose; their sessions and other links end.
    ///
    /// # Errors
    /// `NotFound` when the link does not hold.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn redeem_invite(
        &self,
        token_hash: &[u8; 32],
        password_hash: &str,
        now: Timestamp,
        entry: AuditEntry,
    ) -> Result<UserId> {
        let mut tx = self.write().await?;
        let workspace = workspace_id(&mut tx).await?;
        audit::append(&mut tx, workspace, &[entry]).await?;
        let user = redeem(&mut tx, LinkPurpose::Invite, token_hash, now).await?;
        let user = user.ok_or(StoreError::NotFound("link"))?;
        users::write_password(&mut tx, user.0, password_hash).await?;
        run!(tx, "sessions", "delete from sessions where user_id = $1", user.0)?;
        tx.commit().await?;
        Ok(user)
    }
}

async fn redeem(tx: &mut Tx, purpose: LinkPurpose, token_hash: &[u8; 32], now: Timestamp) -> Result<Option<UserId>> {
    // One statement decides: the row is used by whoever sees it unused.
    let sql = "update one_time_links
set used_at = $3
where token_hash = $1 and purpose = $2 and used_at is null and expires_at > $3
returning user_id";
    let row = maybe!(tx, "one_time_links", (Option<Uuid>,), sql, &token_hash[..], purpose.code(), At(now))?;
    let (user,) = row.ok_or(StoreError::NotFound("link"))?;
    Ok(user.map(UserId))
}

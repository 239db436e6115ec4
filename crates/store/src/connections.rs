//! Connections of plans to test environments. A secret goes in encrypted and comes out through one method only.

use crate::{
    AuditEntry, Result, Store, StoreError, audit,
    columns::{At, fold},
    pool::{all, maybe, run},
};
use domain::{ConnectionId, ConnectionView, DocumentId, ItemId, Timestamp, UserId};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

/// A connection without its secret.
#[derive(Debug, Clone, PartialEq)]
pub struct Connection {
    /// Which.
    pub id: ConnectionId,
    /// Counts the changes, from 1.
    pub rev: i64,
    /// What it says.
    pub details: ConnectionDetails,
    /// Whether a secret is kept.
    pub has_secret: bool,
    /// What the guard said last.
    pub probe: Probe,
    /// When it was made.
    pub created_at: Timestamp,
    /// Set when it was put away.
    pub archived_at: Option<Timestamp>,
}

/// What a person says about a connection.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ConnectionDetails {
    /// Name shown; unique among those of the plan not put away.
    pub name: String,
    /// The instance it is a test environment of.
    pub instance: Option<ItemId>,
    /// `csv`, `sqlite` or `postgres`.
    pub adapter: String,
    /// Host, file or folder as shown, without credentials.
    pub address: String,
    /// What the adapter needs besides: port, database, user, delimiter. No secrets.
    pub options: Value,
}

/// What the production guard and the last probe said about a connection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Probe {
    /// Why it is accepted as a test environment.
    pub guard: Vec<String>,
    /// Why it is refused, if it is.
    pub refused: Option<String>,
    /// What is doubtful, such as a role that could write.
    pub warnings: Vec<String>,
    /// What the server calls itself, where it tells.
    pub server_id: Option<String>,
    /// When it last answered.
    pub verified_at: Option<Timestamp>,
}

/// What happens to the secret when a connection is changed.
#[derive(Clone, PartialEq, Eq)]
pub enum SecretChange {
    /// It stays as it is.
    Keep,
    /// It is forgotten.
    Clear,
    /// It is replaced by these encrypted bytes.
    Set(Vec<u8>),
}

impl Connection {
    /// As everybody may see it.
    pub fn view(&self) -> ConnectionView {
        ConnectionView {
            id: self.id,
            name: self.details.name.clone(),
            instance: self.details.instance,
            adapter: self.details.adapter.clone(),
            address: self.details.address.clone(),
            has_secret: self.has_secret,
            guard: self.probe.guard.clone(),
            refused: self.probe.refused.clone(),
            warnings: self.probe.warnings.clone(),
            verified_at: self.probe.verified_at,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    instance: Option<Uuid>,
    adapter: String,
    address: String,
    options: Json<Value>,
    has_secret: bool,
    guard: Json<Vec<String>>,
    refused: Option<String>,
    warnings: Json<Vec<String>>,
    server_id: Option<String>,
    verified_at: Option<At>,
    rev: i64,
    created_at: At,
    archived_at: Option<At>,
}

impl From<Row> for Connection {
    fn from(row: Row) -> Self {
        Self {
            id: ConnectionId(row.id),
            rev: row.rev,
            details: ConnectionDetails {
                name: row.name,
                instance: row.instance.map(ItemId),
                adapter: row.adapter,
                address: row.address,
                options: row.options.0,
            },
            has_secret: row.has_secret,
            probe: Probe {
                guard: row.guard.0,
                refused: row.refused,
                warnings: row.warnings.0,
                server_id: row.server_id,
                verified_at: row.verified_at.map(|at| at.0),
            },
            created_at: row.created_at.0,
            archived_at: row.archived_at.map(|at| at.0),
        }
    }
}

impl Store {
    /// Keeps a new connection of a plan.
    ///
    /// # Errors
    /// `Conflict` on `connections_document_id_name_key` when the name is taken in this plan.
    #[expect(clippy::too_many_arguments, reason = "one value per column group; a struct would be used once")]
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn insert_connection(
        &self,
        plan: DocumentId,
        id: ConnectionId,
        details: &ConnectionDetails,
        secret: Option<&[u8]>,
        probe: &Probe,
        by: UserId,
        at: Timestamp,
        entry: AuditEntry,
    ) -> Result<()> {
        let mut tx = self.write().await?;
        audit::append(&mut tx, plan.0, &[entry]).await?;
        run!(
            tx,
            "connections",
            include_str!("sql/insert_connection.sql"),
            id.0,
            &details.name,
            fold(&details.name),
            details.instance.map(|i| i.0),
            &details.adapter,
            &details.address,
            Json(&details.options),
            secret,
            Json(&probe.guard),
            probe.refused.as_deref(),
            Json(&probe.warnings),
            probe.verified_at.map(At),
            by.0,
            At(at),
            plan.0,
            probe.server_id.as_deref(),
        )?;
        tx.commit().await
    }

    /// Changes a connection that is still at `rev`; returns the next revision.
    ///
    /// # Errors
    /// `Stale`, `NotFound`, or `Conflict` on `connections_document_id_name_key`.
    #[expect(clippy::too_many_arguments, reason = "one value per column group; a struct would be used once")]
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn update_connection(
        &self,
        plan: DocumentId,
        id: ConnectionId,
        rev: i64,
        details: &ConnectionDetails,
        secret: SecretChange,
        probe: &Probe,
        entry: AuditEntry,
    ) -> Result<i64> {
        let mut tx = self.write().await?;
        audit::append(&mut tx, plan.0, &[entry]).await?;
        let (keep, secret) = match secret {
            SecretChange::Keep => (true, None),
            SecretChange::Clear => (false, None),
            SecretChange::Set(bytes) => (false, Some(bytes)),
        };
        let touched = run!(
            tx,
            "connections",
            include_str!("sql/update_connection.sql"),
            id.0,
            rev,
            &details.name,
            fold(&details.name),
            details.instance.map(|i| i.0),
            &details.adapter,
            &details.address,
            Json(&details.options),
            keep,
            secret.as_deref(),
            Json(&probe.guard),
            probe.refused.as_deref(),
            Json(&probe.warnings),
            probe.verified_at.map(At),
            plan.0,
            probe.server_id.as_deref(),
        )?;
        if touched == 0 {
            let sql = "select rev from connections where id = $1 and document_id = $2";
            let row = maybe!(tx, "connections", (i64,), sql, id.0, plan.0)?;
            return Err(row.map_or(StoreError::NotFound("connection"), |(rev,)| StoreError::Stale { rev }));
        }
        tx.commit().await?;
        Ok(rev + 1)
    }

    /// Notes what a probe found. Not a change by a person: the revision stays.
    ///
    /// # Errors
    /// `NotFound` when there is no such connection.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn set_probe(&self, plan: DocumentId, id: ConnectionId, probe: &Probe, entry: AuditEntry) -> Result<()> {
        let mut tx = self.write().await?;
        audit::append(&mut tx, plan.0, &[entry]).await?;
        let sql = "update connections
set guard = $2, refused = $3, warnings = $4, verified_at = $5, server_id = $7
where id = $1 and document_id = $6";
        let touched = run!(
            tx,
            "connections",
            sql,
            id.0,
            Json(&probe.guard),
            probe.refused.as_deref(),
            Json(&probe.warnings),
            probe.verified_at.map(At),
            plan.0,
            probe.server_id.as_deref(),
        )?;
        if touched == 0 {
            return Err(StoreError::NotFound("connection"));
        }
        tx.commit().await
    }

    /// Puts a connection away and forgets its secret. Runs that used it stay.
    ///
    /// # Errors
    /// `NotFound` when there is none or it was put away already.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn archive_connection(
        &self,
        plan: DocumentId,
        id: ConnectionId,
        at: Timestamp,
        entry: AuditEntry,
    ) -> Result<()> {
        let mut tx = self.write().await?;
        audit::append(&mut tx, plan.0, &[entry]).await?;
        let sql = "update connections
set archived_at = $2, secret = null, rev = rev + 1
where id = $1 and archived_at is null and document_id = $3";
        if run!(tx, "connections", sql, id.0, At(at), plan.0)? == 0 {
            return Err(StoreError::NotFound("connection"));
        }
        tx.commit().await
    }

    /// The connections of a plan that were not put away, by name.
    ///
    /// # Errors
    /// When the database fails or a row is unreadable.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_connections(&self, plan: DocumentId) -> Result<Vec<Connection>> {
        let mut conn = self.conn().await?;
        let rows = all!(conn, "connections", Row, include_str!("sql/list_connections.sql"), plan.0)?;
        Ok(rows.into_iter().map(Connection::from).collect())
    }

    /// A connection of a plan, also one that was put away.
    ///
    /// # Errors
    /// `NotFound` when there is none, or another plan has it.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn load_connection(&self, plan: DocumentId, id: ConnectionId) -> Result<Connection> {
        let mut conn = self.conn().await?;
        let row = maybe!(conn, "connections", Row, include_str!("sql/load_connection.sql"), id.0, plan.0)?;
        row.map(Connection::from).ok_or(StoreError::NotFound("connection"))
    }

    /// The encrypted secret of a connection. Only what opens the connection has a use for it.
    ///
    /// # Errors
    /// `NotFound` when there is no such connection.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn load_secret(&self, id: ConnectionId) -> Result<Option<Vec<u8>>> {
        let mut conn = self.conn().await?;
        let sql = "select secret from connections where id = $1";
        let row = maybe!(conn, "connections", (Option<Vec<u8>>,), sql, id.0)?;
        row.map(|(secret,)| secret).ok_or(StoreError::NotFound("connection"))
    }
}

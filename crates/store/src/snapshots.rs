//! Signed versions: read, withdrawn with a reason, never changed. They are written by `sign` alone.

use crate::{
    AuditEntry, Result, Store, StoreError, audit,
    columns::{At, Place},
    pool::{all, maybe, run},
};
use domain::{DocumentId, PlanState, Signature, SnapshotId, SnapshotInfo, Timestamp, UserId};
use sqlx::types::Json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A signed version with its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// What is known without the content.
    pub info: SnapshotInfo,
    /// The review round it came from; its approvals are part of the sign-off.
    pub round: i64,
    /// The canonical bytes the root is computed from.
    pub canonical: Vec<u8>,
    /// What the rules said of it when it was signed, as it was handed in.
    pub facts: Vec<u8>,
    /// The signatures.
    pub signatures: Vec<Signature>,
}

/// A file the server has issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedFile {
    /// SHA-256 of the file, hex.
    pub sha256: String,
    /// The plan.
    pub document: DocumentId,
    /// Version it shows.
    pub version: i64,
    /// Whether that version was signed, or a stamped draft.
    pub signed: bool,
    /// `md`, `pdf`, `json` …
    pub format: String,
    /// When it was first issued.
    pub issued_at: Timestamp,
    /// To whom; `None` on the command line.
    pub issued_by: Option<UserId>,
}

#[derive(sqlx::FromRow)]
struct InfoRow {
    id: Uuid,
    document_id: Uuid,
    version: i64,
    root: String,
    slices: Json<BTreeMap<String, String>>,
    previous_root: Option<String>,
    signed_at: At,
    signed_by: Option<String>,
    withdrawn: Option<String>,
}

impl From<InfoRow> for SnapshotInfo {
    fn from(row: InfoRow) -> Self {
        Self {
            id: SnapshotId(row.id),
            document: DocumentId(row.document_id),
            version: row.version,
            root: row.root,
            slices: row.slices.0,
            previous_root: row.previous_root,
            signed_at: row.signed_at.0,
            signed_by: row.signed_by.unwrap_or_default(),
            withdrawn: row.withdrawn,
        }
    }
}

#[derive(sqlx::FromRow)]
struct SignatureRow {
    user_id: Uuid,
    name: String,
    slot: String,
    meaning: String,
    at: At,
    reauth_at: At,
    root: String,
}

#[derive(sqlx::FromRow)]
struct IssuedRow {
    sha256: String,
    document_id: Uuid,
    version: i64,
    signed: bool,
    format: String,
    issued_at: At,
    issued_by: Option<Uuid>,
}

impl Store {
    /// The signed versions of a plan, newest first.
    ///
    /// # Errors
    /// When the database fails or a row is unreadable.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_snapshots(&self, document: DocumentId) -> Result<Vec<SnapshotInfo>> {
        let mut conn = self.conn().await?;
        let sql = include_str!("sql/list_snapshots.sql");
        Ok(all!(conn, "snapshots", InfoRow, sql, document.0)?.into_iter().map(SnapshotInfo::from).collect())
    }

    /// The signed versions with this root, which is one unless a plan was imported into itself.
    ///
    /// # Errors
    /// When the database fails or a row is unreadable.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_snapshots_by_root(&self, root: &str) -> Result<Vec<SnapshotInfo>> {
        let mut conn = self.conn().await?;
        let sql = include_str!("sql/list_snapshots_by_root.sql");
        Ok(all!(conn, "snapshots", InfoRow, sql, root)?.into_iter().map(SnapshotInfo::from).collect())
    }

    /// A signed version with its canonical bytes and signatures.
    ///
    /// # Errors
    /// `NotFound` when this version was not signed.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn load_snapshot(&self, document: DocumentId, version: i64) -> Result<Snapshot> {
        let mut tx = self.read().await?;
        let sql = include_str!("sql/load_snapshot.sql");
        let row = maybe!(tx, "snapshots", InfoRow, sql, document.0, version)?;
        let info = SnapshotInfo::from(row.ok_or(StoreError::NotFound("version"))?);
        let sql = "select round, canonical, facts from snapshots where id = $1";
        let row = maybe!(tx, "snapshots", (i64, Vec<u8>, Option<Vec<u8>>), sql, info.id.0)?;
        let (round, canonical, facts) = row.ok_or(StoreError::NotFound("version"))?;
        let sql = "select user_id, name, slot, meaning, at, reauth_at, root
from signatures
where snapshot_id = $1
order by at, user_id";
        let rows = all!(tx, "signatures", SignatureRow, sql, info.id.0)?;
        tx.commit().await?;
        let signatures = rows
            .into_iter()
            .map(|row| {
                let slot = Place { table: "signatures", row: &info.id }.code("slot", &row.slot)?;
                let SignatureRow { user_id, name, meaning, at, reauth_at, root, .. } = row;
                let (user, at, proved_at) = (UserId(user_id), at.0, reauth_at.0);
                Ok(Signature { user, name, slot, meaning, at, proved_at, root })
            })
            .collect::<Result<_>>()?;
        Ok(Snapshot { info, round, canonical, facts: facts.unwrap_or_default(), signatures })
    }

    /// Withdraws a signed version. It stays readable and says so; if it is what the plan stands at,
    /// the plan is withdrawn.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` on `withdrawals_snapshot_id` when it was withdrawn already.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn withdraw(
        &self,
        document: DocumentId,
        version: i64,
        by: (UserId, &str),
        reason: &str,
        at: Timestamp,
        entry: AuditEntry,
    ) -> Result<()> {
        let mut tx = self.write().await?;
        audit::append(&mut tx, document.0, &[entry]).await?;
        let sql = "select id from snapshots where document_id = $1 and version = $2";
        let row = maybe!(tx, "snapshots", (Uuid,), sql, document.0, version)?;
        let (snapshot,) = row.ok_or(StoreError::NotFound("version"))?;
        let sql = "insert into withdrawals (snapshot_id, reason, withdrawn_by, withdrawn_by_name, at)
values ($1, $2, $3, $4, $5)";
        run!(tx, "withdrawals", sql, snapshot, reason, by.0.0, by.1, At(at))?;
        let sql = "update plans set state = $3 where document_id = $1 and version = $2 and state = $4";
        let (from, to) = (PlanState::Signed.code(), PlanState::Withdrawn.code());
        run!(tx, "plans", sql, document.0, version, to, from)?;
        tx.commit().await
    }

    /// Remembers a file that is handed out. The same bytes again are the same file.
    ///
    /// # Errors
    /// When there is no such document.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn insert_issued_file(&self, file: &IssuedFile, entry: AuditEntry) -> Result<()> {
        let mut tx = self.write().await?;
        audit::append(&mut tx, file.document.0, &[entry]).await?;
        let sql = "insert into exports (sha256, document_id, version, signed, format, issued_at, issued_by)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (sha256) do nothing";
        run!(
            tx,
            "exports",
            sql,
            &file.sha256,
            file.document.0,
            file.version,
            file.signed,
            &file.format,
            At(file.issued_at),
            file.issued_by.map(|user| user.0),
        )?;
        tx.commit().await
    }

    /// The issued file with this SHA-256 (hex), if the server has issued it.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn issued_file(&self, sha256: &str) -> Result<Option<IssuedFile>> {
        let mut conn = self.conn().await?;
        let sql = "select sha256, document_id, version, signed, format, issued_at, issued_by
from exports
where sha256 = $1";
        let row = maybe!(conn, "exports", IssuedRow, sql, sha256)?;
        Ok(row.map(|row| IssuedFile {
            sha256: row.sha256,
            document: DocumentId(row.document_id),
            version: row.version,
            signed: row.signed,
            format: row.format,
            issued_at: row.issued_at.0,
            issued_by: row.issued_by.map(UserId),
        }))
    }
}

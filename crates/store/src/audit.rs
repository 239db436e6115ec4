//! The audit trail: one hash chain per document, written in the transaction of what it tells about.
//!
//! The head of the chain stands in `documents`; taking the next number locks the document. What is
//! hashed, and how a chain is verified, is in `audit/chain.rs`.

mod chain;

pub use chain::{ChainBreak, ChainReport, audit_hash};

use crate::{
    Result, Store, StoreError,
    columns::{At, hex},
    pool::{Tx, all, maybe, run},
};
use chain::{Hashed, hash_of};
use domain::{DocumentId, ItemId, Timestamp, UserId};
use serde_json::Value;
use uuid::Uuid;

/// Most lines one page holds.
const PAGE: i64 = 500;
/// What the first line of a chain follows.
pub(crate) const START: [u8; 32] = [0; 32];

/// One thing that happened, to be written with it.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEntry {
    /// Who did it; `None` for the installation itself.
    pub actor: Option<UserId>,
    /// What, such as `item_changed` or `plan_signed`.
    pub verb: String,
    /// The item it is about.
    pub item: Option<ItemId>,
    /// What was there before.
    pub before: Option<Value>,
    /// What is there now.
    pub after: Option<Value>,
    /// Why, in the words of the person; may be empty.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

impl AuditEntry {
    /// An entry without item and values.
    pub fn new(actor: Option<UserId>, verb: impl Into<String>, at: Timestamp) -> Self {
        Self { actor, verb: verb.into(), item: None, before: None, after: None, reason: String::new(), at }
    }

    /// Names the item it is about.
    pub fn item(self, item: ItemId) -> Self {
        Self { item: Some(item), ..self }
    }

    /// Adds what was there before.
    pub fn before(self, value: Value) -> Self {
        Self { before: Some(value), ..self }
    }

    /// Adds what is there now.
    pub fn after(self, value: Value) -> Self {
        Self { after: Some(value), ..self }
    }

    /// Adds why.
    pub fn reason(self, reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), ..self }
    }
}

/// A line of the trail as it is read back.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditLine {
    /// Running number within the document, from 1.
    pub seq: i64,
    /// What happened.
    pub entry: AuditEntry,
    /// Name of the actor as it is today.
    pub actor_name: Option<String>,
    /// Hash of the line, hex; it covers the line before.
    pub hash: String,
}

/// Appends lines to the chain of a document. The first statement locks the document's row, so
/// whoever appends first goes first; every writing method of the store starts with it.
pub(crate) async fn append(tx: &mut Tx, document: Uuid, entries: &[AuditEntry]) -> Result<()> {
    let sql = "update documents
set audit_seq = audit_seq + $2, changed_at = coalesce($3, changed_at)
where id = $1
returning audit_seq, audit_hash";
    let count = i64::try_from(entries.len()).unwrap_or(i64::MAX);
    let last = entries.last().map(|entry| At(entry.at));
    let head = maybe!(tx, "documents", (i64, Vec<u8>), sql, document, count, last)?;
    let Some((end, mut previous)) = head else {
        return Err(StoreError::NotFound("document"));
    };
    for (entry, seq) in entries.iter().zip(end - count + 1..) {
        let before = entry.before.as_ref().map(Value::to_string);
        let after = entry.after.as_ref().map(Value::to_string);
        let (actor, item) = (entry.actor.map(|user| user.0), entry.item.map(|item| item.0));
        let line = Hashed {
            document,
            seq,
            actor,
            verb: &entry.verb,
            item,
            before: before.as_deref(),
            after: after.as_deref(),
            reason: &entry.reason,
            at: entry.at,
        };
        let hash = hash_of(&previous, line).to_vec();
        run!(
            tx,
            "audit",
            include_str!("sql/insert_audit.sql"),
            document,
            seq,
            actor,
            &entry.verb,
            item,
            before.as_deref(),
            after.as_deref(),
            &entry.reason,
            At(entry.at),
            &previous[..],
            &hash[..],
        )?;
        previous = hash;
    }
    if !entries.is_empty() {
        run!(tx, "documents", "update documents set audit_hash = $2 where id = $1", document, &previous[..])?;
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    actor: Option<Uuid>,
    actor_name: Option<String>,
    verb: String,
    item_id: Option<Uuid>,
    was: Option<String>,
    became: Option<String>,
    reason: String,
    at: At,
    prev_hash: Vec<u8>,
    hash: Vec<u8>,
}

impl Row {
    fn read(self, document: Uuid) -> Result<AuditLine> {
        let json = |column: &str, text: Option<String>| match text {
            None => Ok(None),
            Some(text) => serde_json::from_str(&text).map(Some).map_err(|e| StoreError::Corrupt {
                table: "audit",
                column: column.into(),
                row: format!("{document} line {}", self.seq),
                reason: e.to_string(),
            }),
        };
        Ok(AuditLine {
            seq: self.seq,
            entry: AuditEntry {
                actor: self.actor.map(UserId),
                verb: self.verb,
                item: self.item_id.map(ItemId),
                before: json("was", self.was)?,
                after: json("became", self.became)?,
                reason: self.reason,
                at: self.at.0,
            },
            actor_name: self.actor_name,
            hash: hex(&self.hash),
        })
    }
}

impl Store {
    /// Appends a line that stands for itself, such as a sign-in to the workspace or an export.
    ///
    /// # Errors
    /// When there is no such document.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn append_audit(&self, document: DocumentId, entry: &AuditEntry) -> Result<()> {
        let mut tx = self.write().await?;
        append(&mut tx, document.0, std::slice::from_ref(entry)).await?;
        tx.commit().await
    }

    /// A page of the trail, newest first: at most `limit` (500) lines with a number below `below`,
    /// of one item or of the whole document.
    ///
    /// # Errors
    /// When the database fails or a line is unreadable.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_audit(
        &self,
        document: DocumentId,
        item: Option<ItemId>,
        below: Option<i64>,
        limit: i64,
    ) -> Result<Vec<AuditLine>> {
        let mut conn = self.conn().await?;
        let rows = all!(
            conn,
            "audit",
            Row,
            include_str!("sql/list_audit.sql"),
            document.0,
            item.map(|i| i.0),
            below,
            limit.clamp(0, PAGE),
        )?;
        rows.into_iter().map(|row| row.read(document.0)).collect()
    }

    /// The same of changes of items and of approvals only: what runs and people leave there besides is passed over.
    ///
    /// # Errors
    /// When the database fails or a line is unreadable.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_edits(&self, document: DocumentId, below: Option<i64>, limit: i64) -> Result<Vec<AuditLine>> {
        let mut conn = self.conn().await?;
        let sql = include_str!("sql/list_edits.sql");
        let rows = all!(conn, "audit", Row, sql, document.0, below, limit.clamp(0, PAGE))?;
        rows.into_iter().map(|row| row.read(document.0)).collect()
    }

    /// The lines after number `after`, oldest first, at most `limit` (500): what is new since then.
    ///
    /// # Errors
    /// When the database fails or a line is unreadable.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_audit_after(&self, document: DocumentId, after: i64, limit: i64) -> Result<Vec<AuditLine>> {
        let mut tx = self.conn().await?;
        let sql = include_str!("sql/list_audit_after.sql");
        let rows = all!(tx, "audit", Row, sql, document.0, after, limit.clamp(0, PAGE))?;
        rows.into_iter().map(|row| row.read(document.0)).collect()
    }
}

//! The hash that chains the lines of an audit trail, and its verification.
//!
//! The hash of a line is SHA-256 over `plumbline-audit-1`, the previous hash, and the fields in
//! their order, each as one byte (0 absent, 1 present), its length as four bytes big-endian, and its
//! bytes.

use super::{AuditEntry, PAGE, Row, START};
use crate::{
    Result, Store, StoreError,
    columns::{hex, instant_text},
    pool::{all, maybe},
};
use domain::{DocumentId, Timestamp};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Whether a chain is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainReport {
    /// The document.
    pub document: DocumentId,
    /// Lines that were checked.
    pub lines: i64,
    /// Hash of the last good line, hex.
    pub head: String,
    /// The first thing that is wrong.
    pub broken: Option<ChainBreak>,
}

/// Where a chain stops being what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainBreak {
    /// The line.
    pub seq: i64,
    /// What is wrong with it, in words.
    pub reason: String,
}

/// The hash of the line `seq` of a chain, given the hash of the line before it. For checking an
/// exported trail without the database.
pub fn audit_hash(previous: &[u8; 32], document: DocumentId, seq: i64, entry: &AuditEntry) -> [u8; 32] {
    let before = entry.before.as_ref().map(Value::to_string);
    let after = entry.after.as_ref().map(Value::to_string);
    let parts = Hashed {
        document: document.0,
        seq,
        actor: entry.actor.map(|user| user.0),
        verb: &entry.verb,
        item: entry.item.map(|item| item.0),
        before: before.as_deref(),
        after: after.as_deref(),
        reason: &entry.reason,
        at: entry.at,
    };
    hash_of(previous, parts)
}

impl Store {
    /// Recomputes the chain of a document and says where it was tampered with, if it was.
    ///
    /// # Errors
    /// When the database fails; tampering is not an error but a finding.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn verify_chain(&self, document: DocumentId) -> Result<ChainReport> {
        let mut tx = self.read().await?;
        let sql = "select audit_seq, audit_hash from documents where id = $1";
        let head = maybe!(tx, "documents", (i64, Vec<u8>), sql, document.0)?;
        let Some((last, head)) = head else {
            return Err(StoreError::NotFound("document"));
        };
        let mut report = ChainReport { document, lines: 0, head: hex(&START), broken: None };
        let mut previous = START.to_vec();
        loop {
            let sql = include_str!("../sql/list_audit_after.sql");
            let rows = all!(tx, "audit", Row, sql, document.0, report.lines, PAGE)?;
            let full = rows.len() as i64 == PAGE;
            for row in rows {
                if let Some(reason) = fault(&row, document.0, report.lines + 1, &previous) {
                    report.broken = Some(ChainBreak { seq: report.lines + 1, reason });
                    return Ok(report);
                }
                report.lines += 1;
                report.head = hex(&row.hash);
                previous = row.hash;
            }
            if !full {
                break;
            }
        }
        tx.commit().await?;
        if report.lines != last || previous != head {
            let reason = format!("the document says that its last line is {last}; the chain does not end there");
            report.broken = Some(ChainBreak { seq: report.lines + 1, reason });
        }
        Ok(report)
    }
}

/// The stored parts of a line, as hashed. `before` and `after` are the stored JSON text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hashed<'a> {
    pub document: Uuid,
    pub seq: i64,
    pub actor: Option<Uuid>,
    pub verb: &'a str,
    pub item: Option<Uuid>,
    pub before: Option<&'a str>,
    pub after: Option<&'a str>,
    pub reason: &'a str,
    pub at: Timestamp,
}

pub(super) fn hash_of(previous: &[u8], line: Hashed<'_>) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(b"plumbline-audit-1");
    hasher.update(previous);
    let mut field = |bytes: Option<&[u8]>| {
        hasher.update([u8::from(bytes.is_some())]);
        let bytes = bytes.unwrap_or_default();
        // Columns hold far less than 4 GiB.
        hasher.update(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
        hasher.update(bytes);
    };
    field(Some(line.document.as_bytes()));
    field(Some(&line.seq.to_be_bytes()));
    field(line.actor.as_ref().map(|id| id.as_bytes().as_slice()));
    field(Some(line.verb.as_bytes()));
    field(line.item.as_ref().map(|id| id.as_bytes().as_slice()));
    field(line.before.map(str::as_bytes));
    field(line.after.map(str::as_bytes));
    field(Some(line.reason.as_bytes()));
    field(Some(instant_text(line.at).as_bytes()));
    hasher.finalize().into()
}

fn fault(row: &Row, document: Uuid, expected: i64, previous: &[u8]) -> Option<String> {
    if row.seq != expected {
        return Some(format!("line {expected} is missing; the next one is {}", row.seq));
    }
    if row.prev_hash != previous {
        return Some("it does not follow the line before it".into());
    }
    let line = Hashed {
        document,
        seq: row.seq,
        actor: row.actor,
        verb: &row.verb,
        item: row.item_id,
        before: row.was.as_deref(),
        after: row.became.as_deref(),
        reason: &row.reason,
        at: row.at.0,
    };
    (hash_of(previous, line) != *row.hash).then(|| "its content is not what was hashed".into())
}

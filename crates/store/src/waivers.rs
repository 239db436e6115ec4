//! Waivers: named, reasoned exceptions to findings. Whether one still applies is for the rules to say.

use crate::{
    AuditEntry, Result, Store, StoreError, audit,
    columns::{At, Place},
    pool::{all, run},
};
use domain::{Date, DocumentId, Timestamp, UserId, Waiver, WaiverId};
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    rule: String,
    fingerprint: String,
    message: String,
    reason: String,
    waived_by: Uuid,
    waived_by_name: String,
    at: At,
    expires: Option<String>,
}

impl Row {
    fn read(self) -> Result<Waiver> {
        let place = Place { table: "waivers", row: &self.id };
        let expires = self.expires.as_deref().map(|day| day.parse().map_err(|e| place.corrupt("expires", e)));
        Ok(Waiver {
            expires: expires.transpose()?,
            id: WaiverId(self.id),
            rule: self.rule,
            fingerprint: self.fingerprint,
            message: self.message,
            reason: self.reason,
            by: UserId(self.waived_by),
            by_name: self.waived_by_name,
            at: self.at.0,
        })
    }
}

impl Store {
    /// Records a waiver. One of the same finding whose last day is before `today` is taken back with it.
    ///
    /// # Errors
    /// `Conflict` on `waivers_document_id_rule_fingerprint` when the finding is waived already.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn insert_waiver(
        &self,
        document: DocumentId,
        waiver: &Waiver,
        today: Date,
        entry: AuditEntry,
    ) -> Result<()> {
        let mut tx = self.write().await?;
        audit::append(&mut tx, document.0, &[entry]).await?;
        // Days are text in ISO form, which sorts as they do.
        let sql = "update waivers
set revoked_at = $4
where document_id = $1 and rule = $2 and fingerprint = $3 and revoked_at is null and expires < $5";
        let (at, today) = (At(waiver.at), today.to_string());
        run!(tx, "waivers", sql, document.0, &waiver.rule, &waiver.fingerprint, at, &today)?;
        let sql = "insert into waivers
    (id, document_id, rule, fingerprint, message, reason, waived_by, waived_by_name, at, expires)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        run!(
            tx,
            "waivers",
            sql,
            waiver.id.0,
            document.0,
            &waiver.rule,
            &waiver.fingerprint,
            &waiver.message,
            &waiver.reason,
            waiver.by.0,
            &waiver.by_name,
            At(waiver.at),
            waiver.expires.map(|day| day.to_string()),
        )?;
        tx.commit().await
    }

    /// Takes a waiver back. It stays in the trail.
    ///
    /// # Errors
    /// `NotFound` when there is no such waiver in this plan or it was taken back already.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn revoke_waiver(
        &self,
        document: DocumentId,
        id: WaiverId,
        at: Timestamp,
        entry: AuditEntry,
    ) -> Result<()> {
        let mut tx = self.write().await?;
        audit::append(&mut tx, document.0, &[entry]).await?;
        let sql = "update waivers
set revoked_at = $3
where id = $1 and document_id = $2 and revoked_at is null";
        if run!(tx, "waivers", sql, id.0, document.0, At(at))? == 0 {
            return Err(StoreError::NotFound("waiver"));
        }
        tx.commit().await
    }

    /// The waivers of a plan that were not taken back, oldest first. Whether one has expired is for
    /// the rules to say.
    ///
    /// # Errors
    /// When the database fails or a row is unreadable.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_waivers(&self, document: DocumentId) -> Result<Vec<Waiver>> {
        let mut conn = self.conn().await?;
        let sql = "select id, rule, fingerprint, message, reason, waived_by, waived_by_name, at, expires
from waivers
where document_id = $1 and revoked_at is null
order by at, id";
        all!(conn, "waivers", Row, sql, document.0)?.into_iter().map(Row::read).collect()
    }
}

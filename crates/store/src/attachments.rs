//! Small files kept as evidence. How large one may be is decided by who accepts it.

use crate::{
    AuditEntry, Result, Store, StoreError, audit,
    columns::{At, Place},
    pool::{all, maybe, run},
};
use domain::{AttachmentId, DocumentId, EvidenceFile, UserId};
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    size: i64,
    sha256: String,
    at: At,
    by_name: String,
}

impl Row {
    fn read(self) -> Result<EvidenceFile> {
        Ok(EvidenceFile {
            size: Place { table: "attachments", row: &self.id }.unsigned("size", self.size)?,
            id: AttachmentId(self.id),
            name: self.name,
            sha256: self.sha256,
            at: self.at.0,
            by_name: self.by_name,
        })
    }
}

impl Store {
    /// Keeps a file. `by_name` in `file` is not stored from there.
    ///
    /// # Errors
    /// `NotFound` when there is no such document.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn insert_attachment(
        &self,
        document: DocumentId,
        file: &EvidenceFile,
        by: UserId,
        content: &[u8],
        entry: AuditEntry,
    ) -> Result<()> {
        let mut tx = self.write().await?;
        audit::append(&mut tx, document.0, &[entry]).await?;
        let size = i64::try_from(content.len()).unwrap_or(i64::MAX);
        let sql = "insert into attachments (id, document_id, name, size, sha256, content, at, added_by)
values ($1, $2, $3, $4, $5, $6, $7, $8)";
        run!(
            tx,
            "attachments",
            sql,
            file.id.0,
            document.0,
            &file.name,
            size,
            &file.sha256,
            content,
            At(file.at),
            by.0,
        )?;
        tx.commit().await
    }

    /// The files of a document, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_attachments(&self, document: DocumentId) -> Result<Vec<EvidenceFile>> {
        let mut conn = self.conn().await?;
        let sql = "select attachments.id, attachments.name, attachments.size, attachments.sha256,
    attachments.at, users.name as by_name
from attachments
join users on users.id = attachments.added_by
where attachments.document_id = $1
order by attachments.at, attachments.id";
        all!(conn, "attachments", Row, sql, document.0)?.into_iter().map(Row::read).collect()
    }

    /// A file of a document with its content.
    ///
    /// # Errors
    /// `NotFound` when the document has no such file.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn load_attachment(&self, document: DocumentId, id: AttachmentId) -> Result<(EvidenceFile, Vec<u8>)> {
        let mut tx = self.read().await?;
        let sql = "select attachments.id, attachments.name, attachments.size, attachments.sha256,
    attachments.at, users.name as by_name
from attachments
join users on users.id = attachments.added_by
where attachments.id = $1 and attachments.document_id = $2";
        let row = maybe!(tx, "attachments", Row, sql, id.0, document.0)?;
        let file = row.ok_or(StoreError::NotFound("file"))?.read()?;
        let sql = "select content from attachments where id = $1";
        let row = maybe!(tx, "attachments", (Vec<u8>,), sql, id.0)?;
        tx.commit().await?;
        let (content,) = row.ok_or(StoreError::NotFound("file"))?;
        Ok((file, content))
    }
}

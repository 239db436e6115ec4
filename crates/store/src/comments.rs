//! Comment threads on plans and their items. A comment is never changed or removed.

use crate::{
    AuditEntry, Result, Store, StoreError, audit,
    columns::At,
    pool::{all, maybe, one, run},
};
use domain::{Comment, CommentId, DocumentId, ItemId, Timestamp, UserId};
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    thread: Uuid,
    item_id: Option<Uuid>,
    field: Option<String>,
    body: String,
    quoted: Option<String>,
    author: Uuid,
    author_name: String,
    at: At,
    resolved_at: Option<At>,
    resolved_by_name: Option<String>,
}

impl From<Row> for Comment {
    fn from(row: Row) -> Self {
        Self {
            id: CommentId(row.id),
            thread: CommentId(row.thread),
            item: row.item_id.map(ItemId),
            field: row.field,
            body: row.body,
            quoted: row.quoted,
            author: UserId(row.author),
            author_name: row.author_name,
            at: row.at.0,
            resolved_at: row.resolved_at.map(|at| at.0),
            resolved_by: row.resolved_by_name,
        }
    }
}

impl Store {
    /// Adds a comment; an answer names the thread it belongs to. Names and resolution in `comment`
    /// are not stored from there.
    ///
    /// # Errors
    /// `NotFound` when the plan or the thread does not exist in this document.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn insert_comment(&self, document: DocumentId, comment: &Comment, entry: AuditEntry) -> Result<()> {
        let mut tx = self.write().await?;
        audit::append(&mut tx, document.0, &[entry]).await?;
        if comment.thread != comment.id {
            let sql = "select id from comments where id = $1 and thread = $1 and document_id = $2";
            let thread = maybe!(tx, "comments", (Uuid,), sql, comment.thread.0, document.0)?;
            thread.ok_or(StoreError::NotFound("thread"))?;
        }
        let sql = "insert into comments (id, document_id, thread, item_id, field, body, quoted, author, at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        run!(
            tx,
            "comments",
            sql,
            comment.id.0,
            document.0,
            comment.thread.0,
            comment.item.map(|item| item.0),
            comment.field.as_deref(),
            &comment.body,
            comment.quoted.as_deref(),
            comment.author.0,
            At(comment.at),
        )?;
        tx.commit().await
    }

    /// Resolves a thread (`Some`) or opens it again (`None`).
    ///
    /// # Errors
    /// `NotFound` when there is no such thread in this document.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn resolve_thread(
        &self,
        document: DocumentId,
        thread: CommentId,
        resolved: Option<(UserId, Timestamp)>,
        entry: AuditEntry,
    ) -> Result<()> {
        let mut tx = self.write().await?;
        audit::append(&mut tx, document.0, &[entry]).await?;
        let sql = "update comments
set resolved_by = $3, resolved_at = $4
where id = $1 and thread = $1 and document_id = $2";
        let (by, at) = resolved.map_or((None, None), |(by, at)| (Some(by.0), Some(At(at))));
        if run!(tx, "comments", sql, thread.0, document.0, by, at)? == 0 {
            return Err(StoreError::NotFound("thread"));
        }
        tx.commit().await
    }

    /// The comments of a document, or of one of its items, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_comments(&self, document: DocumentId, item: Option<ItemId>) -> Result<Vec<Comment>> {
        let mut conn = self.conn().await?;
        let sql = include_str!("sql/list_comments.sql");
        let rows = all!(conn, "comments", Row, sql, document.0, item.map(|item| item.0))?;
        Ok(rows.into_iter().map(Comment::from).collect())
    }

    /// How many threads of a document nobody has resolved.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn count_open_threads(&self, document: DocumentId) -> Result<u64> {
        let mut conn = self.conn().await?;
        let sql = "select count(*)
from comments
where document_id = $1 and id = thread and resolved_at is null";
        let (count,) = one!(conn, "comments", (i64,), sql, document.0)?;
        Ok(count.unsigned_abs())
    }
}

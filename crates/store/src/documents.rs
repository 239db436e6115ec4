//! Documents and their items: read whole, written by compare-and-set on the document's revision.

use crate::{
    AuditEntry, Result, Store, StoreError, audit,
    columns::{At, Place},
    pool::{Tx, all, maybe, run},
    schedules,
};
use domain::{Document, DocumentId, Entity, Item, ItemId, Kind, PlanState, Timestamp, UserId};
use serde_json::Value;
use sqlx::types::Json;
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    kind: String,
    number: i64,
    rev: i64,
    body: Json<Value>,
    archived_at: Option<At>,
    updated_by: Option<Uuid>,
    updated_at: At,
}

impl Row {
    fn read(self) -> Result<Item> {
        let place = Place { table: "items", row: &self.id };
        let kind = Kind::from_code(&self.kind)
            .ok_or_else(|| place.corrupt("kind", format_args!("`{}` is not a kind of item", self.kind)))?;
        Ok(Item {
            id: ItemId(self.id),
            number: self.number,
            rev: self.rev,
            entity: kind.read(self.body.0).map_err(|e| place.corrupt("body", e))?,
            archived_at: self.archived_at.map(|at| at.0),
            updated_by: self.updated_by.map(UserId),
            updated_at: self.updated_at.0,
        })
    }
}

impl Store {
    /// The workspace document; made with `id` at the first start.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn ensure_workspace(&self, id: DocumentId, now: Timestamp) -> Result<DocumentId> {
        if let Some(existing) = self.workspace().await? {
            return Ok(existing);
        }
        let mut tx = self.write().await?;
        let sql = "insert into documents (id, kind, rev, created_at, changed_at, audit_seq, audit_hash)
values ($1, 'workspace', 0, $2, $2, 0, $3)
on conflict do nothing";
        run!(tx, "documents", sql, id.0, At(now), &audit::START[..])?;
        let workspace = workspace_id(&mut tx).await?;
        tx.commit().await?;
        Ok(DocumentId(workspace))
    }

    /// The workspace document, once there is one.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn workspace(&self) -> Result<Option<DocumentId>> {
        let mut conn = self.conn().await?;
        let sql = "select id from documents where kind = 'workspace'";
        Ok(maybe!(conn, "documents", (Uuid,), sql)?.map(|(id,)| DocumentId(id)))
    }

    /// Every document: the workspace first, then plans by age.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_documents(&self) -> Result<Vec<DocumentId>> {
        let mut conn = self.conn().await?;
        let sql = "select id from documents order by kind desc, created_at, id";
        Ok(all!(conn, "documents", (Uuid,), sql)?.into_iter().map(|(id,)| DocumentId(id)).collect())
    }

    /// The revision of a document: cheap enough to ask at every request.
    ///
    /// # Errors
    /// `NotFound` when there is no such document.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn document_rev(&self, id: DocumentId) -> Result<i64> {
        let mut conn = self.conn().await?;
        let row = maybe!(conn, "documents", (i64,), "select rev from documents where id = $1", id.0)?;
        row.map(|(rev,)| rev).ok_or(StoreError::NotFound("document"))
    }

    /// A document with all its items, archived ones included.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt` when an item does not fit its kind.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn load_document(&self, id: DocumentId) -> Result<Document> {
        let mut tx = self.read().await?;
        let rev = maybe!(tx, "documents", (i64,), "select rev from documents where id = $1", id.0)?;
        let Some((rev,)) = rev else {
            return Err(StoreError::NotFound("document"));
        };
        let sql = "select id, kind, number, rev, body, archived_at, updated_by, updated_at
from items
where document_id = $1";
        let rows = all!(tx, "items", Row, sql, id.0)?;
        tx.commit().await?;
        let items = rows.into_iter().map(|row| row.read().map(|item| (item.id, item)));
        Ok(Document { id, rev, items: items.collect::<Result<BTreeMap<_, _>>>()? })
    }

    /// Writes changed items and tells about them, if the document is still at `expected_rev`; returns
    /// the next revision. What the items say has been checked before, by `domain::apply`.
    ///
    /// # Errors
    /// `Stale` when the document moved on; `Conflict` on `plan_editable` when the plan is signed or
    /// withdrawn; `NotFound`.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn commit_changes(
        &self,
        document: DocumentId,
        expected_rev: i64,
        items: &[Item],
        entries: &[AuditEntry],
    ) -> Result<i64> {
        let mut tx = self.write().await?;
        let rev = change(&mut tx, document, expected_rev, items, entries).await?;
        tx.commit().await?;
        Ok(rev)
    }
}

/// Writes changed items inside a transaction; the next revision.
pub(crate) async fn change(
    tx: &mut Tx,
    document: DocumentId,
    expected_rev: i64,
    items: &[Item],
    entries: &[AuditEntry],
) -> Result<i64> {
    let sql = "update documents set rev = rev + 1 where id = $1 and rev = $2";
    if run!(tx, "documents", sql, document.0, expected_rev)? == 0 {
        let rev = maybe!(tx, "documents", (i64,), "select rev from documents where id = $1", document.0)?;
        return Err(rev.map_or(StoreError::NotFound("document"), |(rev,)| StoreError::Stale { rev }));
    }
    let sql = "select state from plans where document_id = $1";
    if let Some((state,)) = maybe!(tx, "plans", (String,), sql, document.0)? {
        let state: PlanState = Place { table: "plans", row: &document }.code("state", &state)?;
        if !state.editable() {
            return Err(StoreError::Conflict { constraint: "plan_editable".into() });
        }
    }
    audit::append(tx, document.0, entries).await?;
    write_items(tx, document.0, items).await?;
    Ok(expected_rev + 1)
}

/// The workspace's document, inside a transaction.
pub(crate) async fn workspace_id(tx: &mut Tx) -> Result<Uuid> {
    let row = maybe!(tx, "documents", (Uuid,), "select id from documents where kind = 'workspace'")?;
    row.map(|(id,)| id).ok_or(StoreError::NotFound("workspace"))
}

pub(crate) async fn write_items(tx: &mut Tx, document: Uuid, items: &[Item]) -> Result<()> {
    for item in items {
        run!(
            tx,
            "items",
            include_str!("sql/write_item.sql"),
            document,
            item.id.0,
            item.kind().code(),
            item.number,
            item.rev,
            Json(item.entity.body()),
            item.archived_at.map(At),
            item.updated_by.map(|user| user.0),
            At(item.updated_at),
        )?;
        if let Entity::Check(check) = &item.entity {
            // In a box, so that writing other items takes no more of the stack for it.
            Box::pin(schedules::follow(tx, document, item, check)).await?;
        }
    }
    Ok(())
}

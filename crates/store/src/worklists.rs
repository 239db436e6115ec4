//! Work-lists of a plan. One is assigned as often as people like; it is closed by what a later run shows or by a
//! signed exception, and never changes after that.

use crate::{
    AuditEntry, Result, Store, StoreError, audit,
    columns::{At, Place},
    pool::{Tx, all, maybe, one, run},
};
use domain::{
    Date, DocumentId, ItemId, Judged, RunId, SignedException, Timestamp, UserId, Worklist, WorklistGroup, WorklistState,
};
use uuid::Uuid;

/// Most work-lists one list holds.
const LIST: i64 = 1_000;

/// Who works on a work-list, by when, and what else is to be known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assigned {
    /// The person or team; may be empty.
    pub owner: String,
    /// By when.
    pub due: Option<Date>,
    /// What else is to be known; may be empty.
    pub note: String,
}

impl From<&Worklist> for Assigned {
    fn from(worklist: &Worklist) -> Self {
        Self { owner: worklist.owner.clone(), due: worklist.due, note: worklist.note.clone() }
    }
}

/// A work-list to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWorklist {
    /// The run it is made of.
    pub run: RunId,
    /// The check of that run.
    pub check: ItemId,
    /// Which differences.
    pub group: WorklistGroup,
    /// Entries in it.
    pub count: u64,
    /// Digests of the keys of its records; `None` where they are too many.
    pub keys: Option<Vec<u8>>,
    /// The person or team who works on it; may be empty.
    pub owner: String,
    /// By when.
    pub due: Option<Date>,
    /// What else is to be known; may be empty.
    pub note: String,
    /// Who makes it.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    number: i64,
    run_id: Uuid,
    run_number: i64,
    check_id: Uuid,
    class: String,
    left_column: Option<String>,
    right_column: Option<String>,
    cause: Option<String>,
    slice: Option<String>,
    entries: i64,
    by_key: bool,
    owner: String,
    due: Option<String>,
    note: String,
    state: String,
    made_by: Uuid,
    by_name: String,
    made_at: At,
    judged_run: Option<i64>,
    judged_equal: Option<i64>,
    closed_at: Option<At>,
    exception: Option<String>,
    exception_version: Option<i64>,
}

impl Row {
    fn read(self) -> Result<Worklist> {
        let place = Place { table: "worklists", row: &self.number };
        let due = self.due.as_deref().map(|day| day.parse().map_err(|e| place.corrupt("due", e))).transpose()?;
        let equal = self.judged_equal.map(|equal| place.unsigned("judged_equal", equal)).transpose()?;
        Ok(Worklist {
            due,
            count: place.unsigned("entries", self.entries)?,
            state: place.code("state", &self.state)?,
            number: self.number,
            run: RunId(self.run_id),
            run_number: self.run_number,
            check: ItemId(self.check_id),
            group: WorklistGroup {
                class: self.class,
                columns: self.left_column.zip(self.right_column),
                cause: self.cause,
                slice: self.slice,
            },
            by_key: self.by_key,
            owner: self.owner,
            note: self.note,
            by: UserId(self.made_by),
            by_name: self.by_name,
            at: self.made_at.0,
            judged: self.judged_run.map(|run| Judged { run, equal }),
            closed_at: self.closed_at.map(|at| at.0),
            exception: self
                .exception
                .zip(self.exception_version)
                .map(|(words, version)| SignedException { words, version }),
        })
    }
}

impl Store {
    /// Makes work-lists and returns their numbers, in the order given.
    ///
    /// # Errors
    /// `NotFound` when there is no such plan.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn insert_worklists(
        &self,
        document: DocumentId,
        new: &[NewWorklist],
        entry: AuditEntry,
    ) -> Result<Vec<i64>> {
        let mut tx = self.write().await?;
        audit::append(&mut tx, document.0, &[entry]).await?;
        let sql = "select coalesce(max(number), 0) from worklists where document_id = $1";
        let (mut number,) = one!(tx, "worklists", (i64,), sql, document.0)?;
        let mut numbers = Vec::new();
        for worklist in new {
            number += 1;
            insert(&mut tx, document, number, worklist).await?;
            numbers.push(number);
        }
        tx.commit().await?;
        Ok(numbers)
    }

    /// The work-lists of a plan: open ones first, the newest first, at most 1 000.
    ///
    /// # Errors
    /// When the database fails or a row is unreadable.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_worklists(&self, document: DocumentId) -> Result<Vec<Worklist>> {
        let mut conn = self.conn().await?;
        let sql = include_str!("sql/list_worklists.sql");
        all!(conn, "worklists", Row, sql, document.0, LIST)?.into_iter().map(Row::read).collect()
    }

    /// The digests of the keys of a work-list; `None` where only its count is known.
    ///
    /// # Errors
    /// `NotFound` when there is no such work-list.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn load_worklist_keys(&self, document: DocumentId, number: i64) -> Result<Option<Vec<u8>>> {
        let mut conn = self.conn().await?;
        let sql = "select record_keys from worklists where document_id = $1 and number = $2";
        let row = maybe!(conn, "worklists", (Option<Vec<u8>>,), sql, document.0, number)?;
        Ok(row.ok_or(StoreError::NotFound("work-list"))?.0)
    }

    /// Says who works on an open work-list, by when, and what is to be known, where `before` stands.
    ///
    /// # Errors
    /// `Conflict` on `worklists_assigned` when something else stands, on `worklists_open` when it is closed or there
    /// is none.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn assign_worklist(
        &self,
        document: DocumentId,
        number: i64,
        before: &Assigned,
        now: &Assigned,
        entry: AuditEntry,
    ) -> Result<()> {
        let mut tx = self.write().await?;
        audit::append(&mut tx, document.0, &[entry]).await?;
        let sql = "update worklists
set owner = $3, due = $4, note = $5
where document_id = $1 and number = $2 and state = 'open'
    and owner = $6 and coalesce(due, '') = $7 and note = $8";
        let day = |due: Option<Date>| due.map(|day| day.to_string());
        let (stood, due) = (day(before.due).unwrap_or_default(), day(now.due));
        let (owner, note) = (&now.owner, &now.note);
        let touched =
            run!(tx, "worklists", sql, document.0, number, owner, due, note, &before.owner, stood, &before.note)?;
        if touched == 0 {
            let sql = "select count(*) from worklists where document_id = $1 and number = $2 and state = 'open'";
            let (open,) = one!(tx, "worklists", (i64,), sql, document.0, number)?;
            only_open(u64::try_from(open).unwrap_or_default())?;
            return Err(StoreError::Conflict { constraint: "worklists_assigned".into() });
        }
        tx.commit().await
    }

    /// Records what a later run says of an open work-list; with `closed_at` that run closes it.
    ///
    /// # Errors
    /// `Conflict` on `worklists_open` when it is closed or there is none.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn judge_worklist(
        &self,
        document: DocumentId,
        number: i64,
        judged: Judged,
        closed_at: Option<Timestamp>,
        entry: AuditEntry,
    ) -> Result<()> {
        let mut tx = self.write().await?;
        audit::append(&mut tx, document.0, &[entry]).await?;
        let sql = "update worklists
set judged_run = $3, judged_equal = $4, state = $5, closed_at = $6
where document_id = $1 and number = $2 and state = 'open'";
        let state = if closed_at.is_some() { WorklistState::Closed } else { WorklistState::Open };
        let equal = judged.equal.map(|n| i64::try_from(n).unwrap_or(i64::MAX));
        let at = closed_at.map(At);
        only_open(run!(tx, "worklists", sql, document.0, number, judged.run, equal, state.code(), at)?)?;
        tx.commit().await
    }

    /// Closes a work-list because a signed exception covers its records.
    ///
    /// # Errors
    /// `Conflict` on `worklists_open` when it is closed or there is none.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn except_worklist(
        &self,
        document: DocumentId,
        number: i64,
        exception: &SignedException,
        at: Timestamp,
        entry: AuditEntry,
    ) -> Result<()> {
        let mut tx = self.write().await?;
        audit::append(&mut tx, document.0, &[entry]).await?;
        let sql = "update worklists
set state = 'closed', closed_at = $3, exception = $4, exception_version = $5
where document_id = $1 and number = $2 and state = 'open'";
        let touched = run!(tx, "worklists", sql, document.0, number, At(at), &exception.words, exception.version)?;
        only_open(touched)?;
        tx.commit().await
    }
}

fn only_open(touched: u64) -> Result<()> {
    match touched {
        0 => Err(StoreError::Conflict { constraint: "worklists_open".into() }),
        _ => Ok(()),
    }
}

async fn insert(tx: &mut Tx, document: DocumentId, number: i64, new: &NewWorklist) -> Result<()> {
    let sql = "insert into worklists
    (document_id, number, run_id, check_id, class, left_column, right_column, cause, slice, entries, record_keys,
    owner, due, note, state, made_by, made_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'open', $15, $16)";
    let (left, right) = new.group.columns.as_ref().map(|(left, right)| (left.as_str(), right.as_str())).unzip();
    run!(
        tx,
        "worklists",
        sql,
        document.0,
        number,
        new.run.0,
        new.check.0,
        &new.group.class,
        left,
        right,
        new.group.cause.as_deref(),
        new.group.slice.as_deref(),
        i64::try_from(new.count).unwrap_or(i64::MAX),
        new.keys.as_deref(),
        &new.owner,
        new.due.map(|day| day.to_string()),
        &new.note,
        new.by.0,
        At(new.at),
    )?;
    Ok(())
}

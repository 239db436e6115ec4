//! When checks run by themselves: kept beside the checks, in the transaction that writes those, with who set it and
//! the next time. Taking up a time moves it on, so that of several servers one does.

use crate::{
    AuditEntry, NewJob, NewRun, Result, Store, audit,
    columns::At,
    pool::{Tx, all, maybe, run},
    runs,
};
use domain::{DocumentId, Item, ItemId, Timestamp, UserId, entity::Check};
use uuid::Uuid;

/// Most that one look finds due; the next look finds the rest.
const DUE: i64 = 100;

/// When a check runs by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheduled {
    /// The plan.
    pub document: DocumentId,
    /// Its short key.
    pub plan: String,
    /// The check.
    pub check: ItemId,
    /// The cron expression.
    pub expression: String,
    /// Who set it; `None` where the operator did.
    pub set_by: Option<UserId>,
    /// Their name when read.
    pub by_name: Option<String>,
    /// The next time.
    pub next_at: Timestamp,
    /// When it last came due without a run, and why; `None` once it runs again.
    pub skipped: Option<(Timestamp, String)>,
}

#[derive(sqlx::FromRow)]
struct Row {
    document_id: Uuid,
    plan: String,
    check_id: Uuid,
    expression: String,
    set_by: Option<Uuid>,
    by_name: Option<String>,
    next_at: At,
    skipped_at: Option<At>,
    skipped: Option<String>,
}

impl Row {
    fn read(self) -> Scheduled {
        Scheduled {
            document: DocumentId(self.document_id),
            plan: self.plan,
            check: ItemId(self.check_id),
            expression: self.expression,
            set_by: self.set_by.map(UserId),
            by_name: self.by_name,
            next_at: self.next_at.0,
            skipped: self.skipped_at.map(|at| at.0).zip(self.skipped),
        }
    }
}

impl Store {
    /// The schedules of a plan.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_schedules(&self, document: DocumentId) -> Result<Vec<Scheduled>> {
        let mut conn = self.conn().await?;
        let rows = all!(conn, "schedules", Row, include_str!("sql/list_schedules.sql"), document.0)?;
        Ok(rows.into_iter().map(Row::read).collect())
    }

    /// Schedules whose time has come, longest due first, at most 100.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_due_schedules(&self, now: Timestamp) -> Result<Vec<Scheduled>> {
        let mut conn = self.conn().await?;
        let rows = all!(conn, "schedules", Row, include_str!("sql/list_due_schedules.sql"), At(now), DUE)?;
        Ok(rows.into_iter().map(Row::read).collect())
    }

    /// Queues the run of a schedule that is due and moves the schedule on to `next`. Returns the run's number, or
    /// nothing when another server was faster or the schedule was changed meanwhile.
    ///
    /// # Errors
    /// `Conflict` on `runs_document_id_check_id` when a run of the check has not ended.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn insert_due_run(
        &self,
        due: &Scheduled,
        next: Timestamp,
        new: &NewRun,
        job: &NewJob,
        entry: AuditEntry,
    ) -> Result<Option<i64>> {
        let mut tx = self.write().await?;
        let number = runs::insert(&mut tx, new, job, entry).await?;
        if !moved_on(&mut tx, due, next, None).await? {
            return Ok(None);
        }
        tx.commit().await?;
        Ok(Some(number))
    }

    /// Moves a schedule that is due on to `next` without a run, and keeps why. The trail gets its line only when the
    /// reason is another one than last time.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn skip_due(
        &self,
        due: &Scheduled,
        next: Timestamp,
        now: Timestamp,
        why: &str,
        entry: AuditEntry,
    ) -> Result<()> {
        let mut tx = self.write().await?;
        if due.skipped.as_ref().is_none_or(|(_, before)| before != why) {
            audit::append(&mut tx, due.document.0, &[entry]).await?;
        }
        if !moved_on(&mut tx, due, next, Some((now, why))).await? {
            return Ok(());
        }
        tx.commit().await
    }
}

/// Sets the next time if the schedule still stands as it was read.
async fn moved_on(tx: &mut Tx, due: &Scheduled, next: Timestamp, skipped: Option<(Timestamp, &str)>) -> Result<bool> {
    let sql = "update schedules
set next_at = $3, skipped_at = $4, skipped = $5
where document_id = $1 and check_id = $2 and next_at = $6 and expression = $7";
    let touched = run!(
        tx,
        "schedules",
        sql,
        due.document.0,
        due.check.0,
        At(next),
        skipped.map(|(at, _)| At(at)),
        skipped.map(|(_, why)| why),
        At(due.next_at),
        &due.expression,
    )?;
    Ok(touched > 0)
}

/// Brings the schedule of a check that is being written in line with it. Who writes another expression sets it.
pub(crate) async fn follow(tx: &mut Tx, document: Uuid, item: &Item, check: &Check) -> Result<()> {
    let schedule = domain::Schedule::parse(&check.schedule).ok().filter(|_| item.archived_at.is_none());
    let Some(next) = schedule.and_then(|schedule| schedule.next_after(item.updated_at)) else {
        let sql = "delete from schedules where document_id = $1 and check_id = $2";
        run!(tx, "schedules", sql, document, item.id.0)?;
        return Ok(());
    };
    let sql = "select expression from schedules where document_id = $1 and check_id = $2";
    let before = maybe!(tx, "schedules", (String,), sql, document, item.id.0)?;
    if before.is_some_and(|(expression,)| expression == *check.schedule) {
        return Ok(());
    }
    let sql = "insert into schedules (document_id, check_id, expression, set_by, next_at)
values ($1, $2, $3, $4, $5)
on conflict (document_id, check_id) do update
set
    expression = excluded.expression,
    set_by = excluded.set_by,
    next_at = excluded.next_at,
    skipped_at = null,
    skipped = null";
    let by = item.updated_by.map(|user| user.0);
    run!(tx, "schedules", sql, document, item.id.0, &*check.schedule, by, At(next))?;
    Ok(())
}

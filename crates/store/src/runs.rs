//! Runs of sync checks. A run that has ended is never changed again.

use crate::{
    AuditEntry, NewJob, Result, Store, StoreError, audit,
    columns::{At, Place},
    jobs,
    pool::{Tx, all, maybe, one, run},
};
use domain::{DocumentId, ItemId, JobId, Run, RunId, RunState, RunTotals, Timestamp, UserId};
use sqlx::types::Json;
use uuid::Uuid;

/// A run to be started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRun {
    /// Which.
    pub id: RunId,
    /// The plan.
    pub document: DocumentId,
    /// The check.
    pub check: ItemId,
    /// Who starts it.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// Hash of what is to be compared, hex.
    pub spec_hash: String,
    /// Hash of the technical slice, hex.
    pub slice_hash: String,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq)]
pub struct RunOutcome {
    /// Done, failed or cancelled.
    pub state: RunState,
    /// When.
    pub ended_at: Timestamp,
    /// Hash of the staged left side, hex.
    pub left_hash: Option<String>,
    /// Hash of the staged right side, hex.
    pub right_hash: Option<String>,
    /// The counts, when done.
    pub totals: Option<RunTotals>,
    /// Hash of the result, hex, when done.
    pub result_hash: Option<String>,
    /// What went wrong, in words.
    pub message: Option<String>,
    /// Milliseconds from start to verdict.
    pub took_ms: Option<u64>,
    /// Where its files are.
    pub files: RunFiles,
}

/// Where the files of a run are, as paths within the evidence storage.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunFiles {
    /// The staged left side.
    pub left: Option<String>,
    /// The staged right side.
    pub right: Option<String>,
    /// The records that differ.
    pub differences: Option<String>,
}

impl RunFiles {
    /// Those there are.
    pub fn paths(self) -> impl Iterator<Item = String> {
        [self.left, self.right, self.differences].into_iter().flatten()
    }
}

/// A run with what only the server needs.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredRun {
    /// The run.
    pub run: Run,
    /// The plan it belongs to.
    pub document: DocumentId,
    /// Its files.
    pub files: RunFiles,
    /// When those were removed because they were old.
    pub removed_at: Option<Timestamp>,
}

/// Runs of a plan whose files are old.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldRuns {
    /// The plan.
    pub document: DocumentId,
    /// Which, and their numbers.
    pub runs: Vec<(RunId, i64)>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    document_id: Uuid,
    number: i64,
    check_id: Uuid,
    state: String,
    started_by: Uuid,
    by_name: String,
    queued_at: At,
    ended_at: Option<At>,
    spec_hash: String,
    slice_hash: String,
    left_hash: Option<String>,
    right_hash: Option<String>,
    totals: Option<Json<RunTotals>>,
    result_hash: Option<String>,
    message: Option<String>,
    took_ms: Option<i64>,
    left_path: Option<String>,
    right_path: Option<String>,
    differences_path: Option<String>,
    removed_at: Option<At>,
}

impl Row {
    fn read(self) -> Result<StoredRun> {
        let place = Place { table: "runs", row: &self.id };
        let run = Run {
            state: place.code("state", &self.state)?,
            took_ms: self.took_ms.map(|ms| place.unsigned("took_ms", ms)).transpose()?,
            id: RunId(self.id),
            number: self.number,
            check: ItemId(self.check_id),
            by: UserId(self.started_by),
            by_name: self.by_name,
            queued_at: self.queued_at.0,
            ended_at: self.ended_at.map(|at| at.0),
            spec_hash: self.spec_hash,
            slice_hash: self.slice_hash,
            left_hash: self.left_hash,
            right_hash: self.right_hash,
            totals: self.totals.map(|totals| totals.0),
            result_hash: self.result_hash,
            message: self.message,
        };
        let files = RunFiles { left: self.left_path, right: self.right_path, differences: self.differences_path };
        let removed_at = self.removed_at.map(|at| at.0);
        Ok(StoredRun { run, document: DocumentId(self.document_id), files, removed_at })
    }
}

impl Store {
    /// Queues a run and the job that executes it; returns its number within the plan.
    ///
    /// # Errors
    /// `NotFound` when there is no such plan; `Conflict` on `runs_document_id_check_id` when a run of the check has
    /// not ended.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn insert_run(&self, new: &NewRun, job: &NewJob, entry: AuditEntry) -> Result<i64> {
        let mut tx = self.write().await?;
        let number = insert(&mut tx, new, job, entry).await?;
        tx.commit().await?;
        Ok(number)
    }

    /// Ends a run together with its job.
    ///
    /// # Errors
    /// `Conflict` on `jobs_lease` when the job is not `owner`'s any more; on `runs_ended` when the run
    /// has ended already.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn finish_run(
        &self,
        id: RunId,
        job: JobId,
        owner: &str,
        outcome: &RunOutcome,
        entry: AuditEntry,
    ) -> Result<()> {
        let mut tx = self.write().await?;
        let row = maybe!(tx, "runs", (Uuid,), "select document_id from runs where id = $1", id.0)?;
        let Some((document,)) = row else {
            return Err(StoreError::NotFound("run"));
        };
        audit::append(&mut tx, document, &[entry]).await?;
        jobs::finish(&mut tx, job.0, owner, outcome.state, outcome.message.as_deref(), outcome.ended_at).await?;
        let took = outcome.took_ms.map(|ms| i64::try_from(ms).unwrap_or(i64::MAX));
        let touched = run!(
            tx,
            "runs",
            include_str!("sql/finish_run.sql"),
            id.0,
            outcome.state.code(),
            At(outcome.ended_at),
            outcome.left_hash.as_deref(),
            outcome.right_hash.as_deref(),
            outcome.totals.as_ref().map(Json),
            outcome.result_hash.as_deref(),
            outcome.message.as_deref(),
            took,
            outcome.files.left.as_deref(),
            outcome.files.right.as_deref(),
            outcome.files.differences.as_deref(),
        )?;
        if touched == 0 {
            return Err(StoreError::Conflict { constraint: "runs_ended".into() });
        }
        tx.commit().await
    }

    /// Of each of these checks of a plan the newest `each` runs with a result and as many without, newest first.
    ///
    /// # Errors
    /// When the database fails or a row is unreadable.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_runs(&self, document: DocumentId, checks: &[ItemId], each: i64) -> Result<Vec<Run>> {
        let mut conn = self.conn().await?;
        let mut runs = Vec::new();
        // Two looks into an index for each check: one statement over all of them would rank every run there ever was.
        for check in checks {
            let results = all!(conn, "runs", Row, include_str!("sql/list_results.sql"), document.0, check.0, each)?;
            let without = include_str!("sql/list_runs_without_result.sql");
            let others = all!(conn, "runs", Row, without, document.0, check.0, each)?;
            for row in results.into_iter().chain(others) {
                runs.push(row.read()?.run);
            }
        }
        runs.sort_by_key(|run| std::cmp::Reverse(run.number));
        Ok(runs)
    }

    /// The run with a result that came before this one of the same check, if there is one.
    ///
    /// # Errors
    /// When the database fails or the row is unreadable.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn load_run_before(&self, document: DocumentId, run: &Run) -> Result<Option<Run>> {
        let mut conn = self.conn().await?;
        let sql = include_str!("sql/load_run_before.sql");
        let row = maybe!(conn, "runs", Row, sql, document.0, run.check.0, run.number)?;
        row.map(|row| Ok(row.read()?.run)).transpose()
    }

    /// A run with its files.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn load_run(&self, id: RunId) -> Result<StoredRun> {
        let mut conn = self.conn().await?;
        let row = maybe!(conn, "runs", Row, include_str!("sql/load_run.sql"), id.0)?;
        row.ok_or(StoreError::NotFound("run"))?.read()
    }

    /// The run of a plan with this number.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn load_run_numbered(&self, document: DocumentId, number: i64) -> Result<StoredRun> {
        let mut conn = self.conn().await?;
        let sql = "select id from runs where document_id = $1 and number = $2";
        let row = maybe!(conn, "runs", (Uuid,), sql, document.0, number)?;
        drop(conn);
        let (id,) = row.ok_or(StoreError::NotFound("run"))?;
        self.load_run(RunId(id)).await
    }

    /// Runs that ended before a time and still have files, by plan, except those whose records are being linked.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_old_runs(&self, before: Timestamp) -> Result<Vec<OldRuns>> {
        let mut conn = self.conn().await?;
        let rows = all!(conn, "runs", (Uuid, Uuid, i64), include_str!("sql/list_old_runs.sql"), At(before))?;
        let mut plans: Vec<OldRuns> = Vec::new();
        for (document, run, number) in rows {
            let (document, run) = (DocumentId(document), (RunId(run), number));
            match plans.last_mut().filter(|last| last.document == document) {
                Some(last) => last.runs.push(run),
                None => plans.push(OldRuns { document, runs: vec![run] }),
            }
        }
        Ok(plans)
    }

    /// Forgets the files of runs that have ended, and the pairs that were found for them; they can be deleted then.
    /// Returns those it was done for: not those whose records have come to be linked meanwhile. `entry` makes the line
    /// of the trail of their numbers.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn forget_run_files(
        &self,
        old: &OldRuns,
        at: Timestamp,
        entry: impl FnOnce(&[i64]) -> AuditEntry + Send,
    ) -> Result<Vec<RunId>> {
        let mut tx = self.write().await?;
        // Locks the document, so that nobody begins to link records meanwhile.
        audit::append(&mut tx, old.document.0, &[]).await?;
        let (mut forgotten, mut numbers) = (Vec::new(), Vec::new());
        for (run, number) in &old.runs {
            let sql = "update runs
set left_path = null, right_path = null, differences_path = null, removed_at = $2
where id = $1
    and ended_at is not null
    and not exists (
        select 1
        from linkings
        join jobs on jobs.id = linkings.job_id
        where linkings.run_id = runs.id and jobs.state in ('queued', 'running')
    )";
            if run!(tx, "runs", sql, run.0, At(at))? > 0 {
                run!(tx, "linkings", "update linkings set path = null where run_id = $1", run.0)?;
                forgotten.push(*run);
                numbers.push(*number);
            }
        }
        if !forgotten.is_empty() {
            audit::append(&mut tx, old.document.0, &[entry(&numbers)]).await?;
        }
        tx.commit().await?;
        Ok(forgotten)
    }

    /// Every path that runs refer to in the evidence storage: what else is there may be removed.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_run_files(&self) -> Result<Vec<RunFiles>> {
        let mut conn = self.conn().await?;
        type Paths = (Option<String>, Option<String>, Option<String>);
        let sql = "select left_path, right_path, differences_path
from runs
where left_path is not null or right_path is not null or differences_path is not null";
        let rows = all!(conn, "runs", Paths, sql)?;
        Ok(rows.into_iter().map(|(left, right, differences)| RunFiles { left, right, differences }).collect())
    }
}

/// Queues a run and its job inside a transaction; the run's number.
pub(crate) async fn insert(tx: &mut Tx, new: &NewRun, job: &NewJob, entry: AuditEntry) -> Result<i64> {
    audit::append(tx, new.document.0, &[entry]).await?;
    let sql = "select coalesce(max(number), 0) + 1 from runs where document_id = $1";
    let (number,) = one!(tx, "runs", (i64,), sql, new.document.0)?;
    let sql = "insert into runs
    (id, document_id, number, check_id, state, started_by, queued_at, spec_hash, slice_hash)
values ($1, $2, $3, $4, 'queued', $5, $6, $7, $8)";
    run!(
        tx,
        "runs",
        sql,
        new.id.0,
        new.document.0,
        number,
        new.check.0,
        new.by.0,
        At(new.at),
        &new.spec_hash,
        &new.slice_hash,
    )?;
    jobs::insert(tx, job).await?;
    Ok(number)
}

/// A worker has taken the run up.
pub(crate) async fn mark_running(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<()> {
    let sql = "update runs
set state = 'running', started_at = coalesce(started_at, $2)
where id = $1 and state = 'queued'";
    run!(tx, "runs", sql, id, At(now))?;
    Ok(())
}

/// The run waits again.
pub(crate) async fn mark_queued(tx: &mut Tx, id: Uuid) -> Result<()> {
    run!(tx, "runs", "update runs set state = 'queued' where id = $1 and state = 'running'", id)?;
    Ok(())
}

/// The run was cancelled or interrupted.
pub(crate) async fn end_without_result(
    tx: &mut Tx,
    id: Uuid,
    state: RunState,
    message: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    let sql = "update runs
set state = $2, message = $3, ended_at = $4
where id = $1 and state in ('queued', 'running')";
    run!(tx, "runs", sql, id, state.code(), message, At(now))?;
    Ok(())
}

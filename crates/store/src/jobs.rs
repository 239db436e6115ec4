//! Long work: queued, claimed with a lease by one worker, finished or interrupted, never "running" for ever.

use crate::{
    AuditEntry, Result, Store, StoreError, audit,
    columns::{At, Place},
    line::{self, Waiting},
    pool::{Tx, all, maybe, one, run},
    runs,
};
use domain::{DocumentId, JobId, RunId, RunState, Timestamp};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

/// Work to be done.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// Which.
    pub id: JobId,
    /// What sort of work, such as `check`.
    pub kind: String,
    /// The document it is about.
    pub document: Option<DocumentId>,
    /// The run it executes.
    pub run: Option<RunId>,
    /// Everything the worker needs to know.
    pub payload: Value,
    /// When it was asked for.
    pub created_at: Timestamp,
}

/// Work and where it stands. The states are those of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// What is to be done.
    pub job: NewJob,
    /// Where it stands.
    pub state: RunState,
    /// When it was first claimed.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Who works on it.
    pub lease_owner: Option<String>,
    /// Until when they have it.
    pub lease_until: Option<Timestamp>,
    /// How often it was claimed.
    pub attempts: i64,
    /// How far it is, in the worker's terms.
    pub progress: Value,
    /// Whether somebody wants it stopped.
    pub cancel_requested: bool,
    /// Why it ended without success.
    pub message: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    kind: String,
    document_id: Option<Uuid>,
    run_id: Option<Uuid>,
    payload: Json<Value>,
    state: String,
    created_at: At,
    started_at: Option<At>,
    ended_at: Option<At>,
    lease_owner: Option<String>,
    lease_until: Option<At>,
    attempts: i64,
    progress: Json<Value>,
    cancel_requested: bool,
    message: Option<String>,
}

impl Row {
    fn read(self) -> Result<Job> {
        let state = Place { table: "jobs", row: &self.id }.code("state", &self.state)?;
        Ok(Job {
            job: NewJob {
                id: JobId(self.id),
                kind: self.kind,
                document: self.document_id.map(DocumentId),
                run: self.run_id.map(RunId),
                payload: self.payload.0,
                created_at: self.created_at.0,
            },
            state,
            started_at: self.started_at.map(|at| at.0),
            ended_at: self.ended_at.map(|at| at.0),
            lease_owner: self.lease_owner,
            lease_until: self.lease_until.map(|at| at.0),
            attempts: self.attempts,
            progress: self.progress.0,
            cancel_requested: self.cancel_requested,
            message: self.message,
        })
    }
}

impl Store {
    /// Queues work that is not a run, such as a large export.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn insert_job(&self, job: &NewJob) -> Result<()> {
        let mut tx = self.write().await?;
        insert(&mut tx, job).await?;
        tx.commit().await
    }

    /// A job by id.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn load_job(&self, id: JobId) -> Result<Job> {
        let mut conn = self.conn().await?;
        let row = maybe!(conn, "jobs", Row, include_str!("sql/load_job.sql"), id.0)?;
        row.ok_or(StoreError::NotFound("job"))?.read()
    }

    /// The job that executes a run.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn job_of_run(&self, run: RunId) -> Result<Job> {
        let mut conn = self.conn().await?;
        let row = maybe!(conn, "jobs", Row, include_str!("sql/job_of_run.sql"), run.0)?;
        row.ok_or(StoreError::NotFound("job"))?.read()
    }

    /// Hands the waiting job whose turn it is to `owner` until `lease_until`, and marks its run as running. Plans and
    /// persons take turns, so that many waiting runs of one do not keep out the single run of another. Of several
    /// workers, one gets it.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn claim_job(&self, owner: &str, now: Timestamp, lease_until: Timestamp) -> Result<Option<Job>> {
        let mut tx = self.write().await?;
        // SQLite has one writer at a time; in PostgreSQL another worker may be faster, then the line is looked at anew.
        let id = loop {
            let waiting =
                all!(tx, "jobs", Waiting, include_str!("sql/list_waiting_jobs.sql"), At(Timestamp::UNIX_EPOCH))?;
            let Some(id) = line::in_turn(waiting).next() else {
                return Ok(None);
            };
            let sql = "update jobs
set
    state = 'running', lease_owner = $2, lease_until = $3, attempts = attempts + 1,
    started_at = coalesce(started_at, $4)
where id = $1 and state = 'queued'";
            if run!(tx, "jobs", sql, id, owner, At(lease_until), At(now))? > 0 {
                break id;
            }
        };
        let job = one!(tx, "jobs", Row, include_str!("sql/load_job.sql"), id)?.read()?;
        if let Some(run) = job.job.run {
            runs::mark_running(&mut tx, run.0, now).await?;
        }
        tx.commit().await?;
        Ok(Some(job))
    }

    /// How many waiting jobs will be taken up before this one, as the line stands now; `None` when it does not wait.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn jobs_before(&self, id: JobId) -> Result<Option<u64>> {
        let mut conn = self.conn().await?;
        let waiting =
            all!(conn, "jobs", Waiting, include_str!("sql/list_waiting_jobs.sql"), At(Timestamp::UNIX_EPOCH))?;
        Ok(line::in_turn(waiting).zip(0..).find(|(waiting, _)| *waiting == id.0).map(|(_, before)| before))
    }

    /// Keeps a job for longer and notes how far it is. The answer says whether somebody wants it stopped.
    ///
    /// # Errors
    /// `Conflict` on `jobs_lease` when the job is not `owner`'s any more: stop working on it.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn extend_lease(&self, id: JobId, owner: &str, until: Timestamp, progress: &Value) -> Result<bool> {
        let mut tx = self.write().await?;
        let sql = "update jobs
set lease_until = $3, progress = $4
where id = $1 and lease_owner = $2 and state = 'running'
returning cancel_requested";
        let row = maybe!(tx, "jobs", (bool,), sql, id.0, owner, At(until), Json(progress))?;
        let Some((cancel,)) = row else {
            return Err(lost());
        };
        tx.commit().await?;
        Ok(cancel)
    }

    /// Ends a job that is not a run.
    ///
    /// # Errors
    /// `Conflict` on `jobs_lease` when the job is not `owner`'s any more.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn finish_job(
        &self,
        id: JobId,
        owner: &str,
        state: RunState,
        message: Option<&str>,
        now: Timestamp,
    ) -> Result<()> {
        let mut tx = self.write().await?;
        finish(&mut tx, id.0, owner, state, message, now).await?;
        tx.commit().await
    }

    /// Asks for a job to be stopped: a waiting one ends at once, a running one at its next lease.
    /// Returns the state it is in afterwards.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` on `jobs_ended` when it has ended already.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn request_cancel(&self, id: JobId, now: Timestamp, entry: AuditEntry) -> Result<RunState> {
        let mut tx = self.write().await?;
        let sql = "select document_id, run_id from jobs where id = $1";
        let row = maybe!(tx, "jobs", (Option<Uuid>, Option<Uuid>), sql, id.0)?;
        let Some((document, run)) = row else {
            return Err(StoreError::NotFound("job"));
        };
        if let Some(document) = document {
            audit::append(&mut tx, document, &[entry]).await?;
        }
        let sql = "update jobs
set state = 'cancelled', cancel_requested = true, ended_at = $2
where id = $1 and state = 'queued'";
        let state = if run!(tx, "jobs", sql, id.0, At(now))? > 0 {
            if let Some(run) = run {
                runs::end_without_result(&mut tx, run, RunState::Cancelled, None, now).await?;
            }
            RunState::Cancelled
        } else {
            let sql = "update jobs set cancel_requested = true where id = $1 and state = 'running'";
            if run!(tx, "jobs", sql, id.0)? == 0 {
                return Err(StoreError::Conflict { constraint: "jobs_ended".into() });
            }
            RunState::Running
        };
        tx.commit().await?;
        Ok(state)
    }

    /// Looks after jobs whose worker is gone, that is whose lease ended before `now`: they wait again,
    /// unless they were claimed `max_attempts` times or are to be stopped; then they end, and so do
    /// their runs, with a line in the trail of the plan. Returns what became of each.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn reclaim_expired(&self, now: Timestamp, max_attempts: i64) -> Result<Vec<(Job, RunState)>> {
        let expired: Vec<Job> = {
            let mut conn = self.conn().await?;
            let rows = all!(conn, "jobs", Row, include_str!("sql/list_expired_jobs.sql"), At(now))?;
            rows.into_iter().map(Row::read).collect::<Result<_>>()?
        };
        self.reclaim_all(expired, now, max_attempts).await
    }

    /// Gives back the jobs of a worker that stops in order: they wait again, unless they are to be stopped. Returns
    /// what became of each.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn give_back_jobs(&self, owner: &str, now: Timestamp) -> Result<Vec<(Job, RunState)>> {
        let held: Vec<Job> = {
            let mut conn = self.conn().await?;
            let rows = all!(conn, "jobs", Row, include_str!("sql/list_jobs_of_worker.sql"), owner)?;
            rows.into_iter().map(Row::read).collect::<Result<_>>()?
        };
        self.reclaim_all(held, now, i64::MAX).await
    }

    async fn reclaim_all(&self, jobs: Vec<Job>, now: Timestamp, max_attempts: i64) -> Result<Vec<(Job, RunState)>> {
        let mut reclaimed = Vec::new();
        for job in jobs {
            if let Some(state) = self.reclaim(&job, now, max_attempts).await? {
                reclaimed.push((job, state));
            }
        }
        Ok(reclaimed)
    }

    /// Nothing where the job is not as it was read any more.
    async fn reclaim(&self, job: &Job, now: Timestamp, max_attempts: i64) -> Result<Option<RunState>> {
        let (state, message) = if job.cancel_requested {
            (RunState::Cancelled, None)
        } else if job.attempts >= max_attempts {
            (RunState::Interrupted, Some("the server stopped while this ran; start it again"))
        } else {
            (RunState::Queued, None)
        };
        let mut tx = self.write().await?;
        if let (true, Some(document)) = (state.ended(), job.job.document) {
            let entry = AuditEntry::new(None, format!("run_{}", state.code()), now);
            let entry = match job.job.run {
                Some(run) => entry.after(Value::String(run.to_string())),
                None => entry,
            };
            audit::append(&mut tx, document.0, &[entry]).await?;
        }
        let sql = "update jobs
set state = $3, lease_owner = null, lease_until = null, message = $4, ended_at = $5
where id = $1 and state = 'running' and lease_until = $2 and lease_owner = $6";
        let (until, ended_at) = (job.lease_until.map(At), state.ended().then_some(At(now)));
        let (id, owner) = (job.job.id.0, job.lease_owner.as_deref());
        if run!(tx, "jobs", sql, id, until, state.code(), message, ended_at, owner)? == 0 {
            // Its worker was only slow, or another server was faster.
            return Ok(None);
        }
        if let Some(run) = job.job.run {
            match state {
                RunState::Queued => runs::mark_queued(&mut tx, run.0).await?,
                _ => runs::end_without_result(&mut tx, run.0, state, message, now).await?,
            }
        }
        tx.commit().await?;
        Ok(Some(state))
    }
}

fn lost() -> StoreError {
    StoreError::Conflict { constraint: "jobs_lease".into() }
}

pub(crate) async fn insert(tx: &mut Tx, job: &NewJob) -> Result<()> {
    let sql = "insert into jobs
    (id, kind, document_id, run_id, payload, state, created_at, attempts, progress, cancel_requested)
values ($1, $2, $3, $4, $5, 'queued', $6, 0, $7, false)";
    run!(
        tx,
        "jobs",
        sql,
        job.id.0,
        &job.kind,
        job.document.map(|d| d.0),
        job.run.map(|r| r.0),
        Json(&job.payload),
        At(job.created_at),
        Json(Value::Null),
    )?;
    Ok(())
}

/// Ends a job that `owner` still has.
pub(crate) async fn finish(
    tx: &mut Tx,
    id: Uuid,
    owner: &str,
    state: RunState,
    message: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    let sql = "update jobs
set state = $3, message = $4, ended_at = $5, lease_owner = null, lease_until = null
where id = $1 and lease_owner = $2 and state = 'running'";
    if run!(tx, "jobs", sql, id, owner, state.code(), message, At(now))? == 0 {
        return Err(lost());
    }
    Ok(())
}

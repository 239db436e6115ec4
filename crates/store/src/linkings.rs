//! Linking the records of a run: a job of its own, and what came of it. A run has at most one; asked for again, the
//! newer takes the place of the one before.

use crate::{
    AuditEntry, Job, NewJob, Result, Store, StoreError, audit, jobs,
    pool::{all, maybe, run},
};
use domain::{DocumentId, JobId, LinkTotals, RunId, RunState, Timestamp};
use sqlx::types::Json;
use uuid::Uuid;

/// The linking of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Linking {
    /// The job that does it.
    pub job: Job,
    /// What it came to, when done.
    pub totals: Option<LinkTotals>,
    /// Its proposals, as a path within the evidence storage, when done.
    pub path: Option<String>,
}

/// How a linking ended.
#[derive(Debug, Clone, PartialEq)]
pub struct LinkOutcome {
    /// Done, failed or cancelled.
    pub state: RunState,
    /// When.
    pub ended_at: Timestamp,
    /// What went wrong, in words.
    pub message: Option<String>,
    /// What it came to, when done.
    pub totals: Option<LinkTotals>,
    /// Its proposals, when done.
    pub path: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    job_id: Uuid,
    totals: Option<Json<LinkTotals>>,
    path: Option<String>,
}

const LOAD: &str = "select job_id, totals, path from linkings where run_id = $1";

impl Store {
    /// Queues the job that links the records of a run.
    ///
    /// # Errors
    /// `Conflict` on `linking_open` when one has not ended yet.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn insert_linking(
        &self,
        document: DocumentId,
        run: RunId,
        job: &NewJob,
        entry: AuditEntry,
    ) -> Result<()> {
        let mut tx = self.write().await?;
        // Locks the document, so that of two who ask at once one is told.
        audit::append(&mut tx, document.0, &[entry]).await?;
        let sql = "select jobs.id
from linkings
join jobs on jobs.id = linkings.job_id
where linkings.run_id = $1 and jobs.state in ('queued', 'running')";
        if maybe!(tx, "linkings", (Uuid,), sql, run.0)?.is_some() {
            return Err(StoreError::Conflict { constraint: "linking_open".into() });
        }
        jobs::insert(&mut tx, job).await?;
        let sql = "insert into linkings (run_id, job_id)
values ($1, $2)
on conflict (run_id) do update set job_id = excluded.job_id, totals = null, path = null";
        run!(tx, "linkings", sql, run.0, job.id.0)?;
        tx.commit().await
    }

    /// Every path that linkings refer to in the evidence storage.
    ///
    /// # Errors
    /// When the database fails.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_linking_files(&self) -> Result<Vec<String>> {
        let mut conn = self.conn().await?;
        let rows = all!(conn, "linkings", (String,), "select path from linkings where path is not null order by path")?;
        Ok(rows.into_iter().map(|(path,)| path).collect())
    }

    /// The linking of a run, if it was ever asked for.
    ///
    /// # Errors
    /// When the database fails or a row is unreadable.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn load_linking(&self, run: RunId) -> Result<Option<Linking>> {
        let row = {
            let mut conn = self.conn().await?;
            maybe!(conn, "linkings", Row, LOAD, run.0)?
        };
        let Some(row) = row else { return Ok(None) };
        let job = self.load_job(JobId(row.job_id)).await?;
        Ok(Some(Linking { job, totals: row.totals.map(|totals| totals.0), path: row.path }))
    }

    /// Ends a linking together with its job.
    ///
    /// # Errors
    /// `Conflict` on `jobs_lease` when the job is not `owner`'s any more.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn finish_linking(
        &self,
        document: DocumentId,
        run: RunId,
        job: JobId,
        owner: &str,
        outcome: &LinkOutcome,
        entry: AuditEntry,
    ) -> Result<()> {
        let mut tx = self.write().await?;
        audit::append(&mut tx, document.0, &[entry]).await?;
        jobs::finish(&mut tx, job.0, owner, outcome.state, outcome.message.as_deref(), outcome.ended_at).await?;
        let sql = "update linkings
set totals = $3, path = $4
where run_id = $1 and job_id = $2";
        run!(tx, "linkings", sql, run.0, job.0, outcome.totals.as_ref().map(Json), outcome.path.as_deref())?;
        tx.commit().await
    }
}

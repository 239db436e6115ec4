//! Seeing a check through: a worker claims the job, streams both sides into staged Parquet files (the
//! evidence), lets the engine compare the two and keeps counts, hashes and the file of differences.
//!
//! However it ends (a result, a refusal, a panic, time up, another worker faster), the run ends in words.

use super::{columns, complete};
use crate::{
    Error, Workbench,
    comparison::{self, Read},
    own_task::on_its_own,
};
use connectors::Limits;
use domain::{DocumentId, FieldCounts, RecordCounts, RunId, RunState, RunTotals, SideCounts, entity::Check};
use reconcile::{Phase, Progress, Staged};
use serde_json::json;
use std::{
    future::Future,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use store::{Job, RunFiles, RunOutcome, StoreError};

/// How long a worker has a job before it must say that it is alive.
const LEASE: Duration = Duration::from_secs(30);
/// How often it says so.
const BEAT: Duration = Duration::from_millis(500);
/// How often the end of a run is written again where the disk is full or the database busy.
const FINISH_TRIES: u32 = 20;
/// How often a job is tried when its worker dies.
const ATTEMPTS: i64 = 2;

impl Workbench {
    /// Takes up one waiting job, if there is one, and sees it through. `worker` names this process.
    /// The worker loop calls it again and again.
    ///
    /// # Errors
    /// When the store does not answer; what goes wrong in the job itself ends the run in words.
    pub async fn step(&self, worker: &str) -> Result<bool, Error> {
        let now = self.now();
        self.store().reclaim_expired(now, ATTEMPTS).await?;
        let until = now + jiff::SignedDuration::try_from(LEASE).unwrap_or_default();
        let Some(job) = self.store().claim_job(worker, now, until).await? else { return Ok(false) };
        let (Some(document), Some(run)) = (job.job.document, job.job.run) else {
            self.store().finish_job(job.job.id, worker, RunState::Failed, Some("unknown kind of work"), now).await?;
            return Ok(true);
        };
        let claim = Claim { attempt: Arc::new(job), worker, document, run };
        let begun = Instant::now();
        let pulse = Pulse::default();
        let outcome = {
            let (workbench, job, beating) = (self.clone(), Arc::clone(&claim.attempt), pulse.clone());
            let wall = Duration::from_secs(self.settings().max_seconds);
            let work = async move { workbench.execute(&job, document, run, &beating).await };
            let work = on_its_own(in_time(wall, work));
            let beat = self.keep_alive(&claim, &pulse);
            tokio::pin!(work, beat);
            tokio::select! {
                outcome = &mut work => outcome,
                lost = &mut beat => Err(lost),
            }
        };
        // Whatever still reads or compares for it stops now.
        pulse.cancel.store(true, Ordering::Relaxed);
        let took = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.finish(&claim, outcome, took).await?;
        Ok(true)
    }

    /// Runs every waiting job to its end. For the demo and the command line, which have no worker loop.
    ///
    /// # Errors
    /// As for [`Workbench::step`].
    pub async fn work_off(&self) -> Result<(), Error> {
        while self.step("inline").await? {}
        Ok(())
    }

    async fn execute(&self, job: &Job, document: DocumentId, run: RunId, pulse: &Pulse) -> Result<Finished, Error> {
        let check: Check = serde_json::from_value(job.job.payload["check"].clone())
            .map_err(|e| Error::internal("a check cannot be read", &e))?;
        let (spec, left, right) = complete(&check)?;
        let folder = self.evidence_folder(run, job);
        tokio::fs::create_dir_all(&folder)
            .await
            .map_err(|e| Error::Unavailable(format!("the evidence cannot be kept: {e}")))?;
        let limits = Limits {
            rows: self.settings().max_rows,
            bytes: self.settings().max_bytes,
            wall: Duration::from_secs(self.settings().max_seconds),
            ..Limits::default()
        };
        let left = self.source(document, left, &check.left_table).await?;
        let right = self.source(document, right, &check.right_table).await?;
        pulse.phase("reading");
        let side = |source, file| on_its_own(staged(source, folder.join(file), limits.clone(), pulse.clone()));
        let (mut left, mut right) = tokio::try_join!(side(left, "left.parquet"), side(right, "right.parquet"))?;
        let before = self.columns_before(document, &self.store().load_run(run).await?.run).await?;
        let changes = before.as_ref().map(|before| before.changes(&left.staged, &right.staged)).unwrap_or_default();
        let clashes = columns::clashes(&spec, &left.staged, &right.staged);
        for [of_left, of_right] in [changes, clashes] {
            left.source.notes.extend(of_left);
            right.source.notes.extend(of_right);
        }
        pulse.phase("comparing");
        let mut settings = reconcile::Settings::new(folder.clone());
        settings.differences = Some(folder.join("differences.parquet"));
        let progress = pulse.clone();
        let report = Arc::new(move |p: Progress| {
            progress.phase(match p.phase {
                Phase::Matching => "matching",
                Phase::Sorting => "sorting",
                Phase::Comparing => "comparing",
            });
            progress.rows.store(p.rows, Ordering::Relaxed);
        });
        let cancel = pulse.cancel.clone();
        let outcome = reconcile::check(&left.staged, &right.staged, &spec, &settings, report, cancel)
            .await
            .map_err(|error| columns::explain(error, before.as_ref()))?;
        let mut totals = totals(&check, &outcome);
        totals.sources = vec![left.source, right.source];
        Ok(Finished { totals, left: left.staged, right: right.staged, result_hash: outcome.report.result_sha256 })
    }

    /// Each attempt has a folder of its own: one that lost its lease must not touch what its successor keeps.
    fn evidence_folder(&self, run: RunId, job: &Job) -> PathBuf {
        self.settings().evidence_dir().join(run.to_string()).join(job.attempts.to_string())
    }

    /// Says every half second that the job is alive and how far it is. Ends only when the job is lost
    /// to another worker.
    async fn keep_alive(&self, claim: &Claim<'_>, pulse: &Pulse) -> Error {
        loop {
            tokio::time::sleep(BEAT).await;
            let (phase, rows) = pulse.read();
            let until = self.now() + jiff::SignedDuration::try_from(LEASE).unwrap_or_default();
            let progress = json!({ "phase": phase, "rows": rows });
            match self.store().extend_lease(claim.attempt.job.id, claim.worker, until, &progress).await {
                Ok(stop) => {
                    if stop {
                        pulse.cancel.store(true, Ordering::Relaxed);
                    }
                    self.tell(claim.document, claim.run, &phase, rows, false);
                }
                // A full disk ends the work itself, in words.
                Err(StoreError::Busy | StoreError::Full) => {}
                Err(error) => {
                    pulse.cancel.store(true, Ordering::Relaxed);
                    return error.into();
                }
            }
        }
    }

    async fn finish(&self, claim: &Claim<'_>, outcome: Result<Finished, Error>, took_ms: u64) -> Result<(), Error> {
        let (run, job) = (claim.run, &claim.attempt.job);
        let stored = self.store().load_run(run).await?;
        let mut end = RunOutcome {
            state: RunState::Done,
            ended_at: self.now(),
            left_hash: None,
            right_hash: None,
            totals: None,
            result_hash: None,
            message: None,
            took_ms: Some(took_ms),
            files: RunFiles::default(),
        };
        match outcome {
            Ok(done) => {
                end.left_hash = Some(done.left.sha256);
                end.right_hash = Some(done.right.sha256);
                end.totals = Some(done.totals);
                end.result_hash = Some(done.result_hash);
                let inside = |name: &str| Some(format!("{run}/{}/{name}.parquet", claim.attempt.attempts));
                end.files =
                    RunFiles { left: inside("left"), right: inside("right"), differences: inside("differences") };
            }
            Err(error) => {
                // First of all, because there may be no room to say how it ended before that.
                self.forget_evidence(run, &claim.attempt).await;
                let stopped = self.store().load_job(job.id).await?.cancel_requested;
                end.state = if stopped { RunState::Cancelled } else { RunState::Failed };
                if let Error::Internal(cause) = &error {
                    tracing::error!(%run, %cause, "a check failed inside");
                }
                end.message = (!stopped).then(|| error.to_string());
            }
        }
        let entry = store::AuditEntry::new(Some(stored.run.by), "finished a check", self.now())
            .item(stored.run.check)
            .after(json!({ "run": stored.run.number, "state": end.state.code(), "result": end.result_hash }));
        let mut tries = FINISH_TRIES;
        let lost = loop {
            match self.store().finish_run(run, job.id, claim.worker, &end, entry.clone()).await {
                Ok(()) => break false,
                // Another worker has it by now; its result counts.
                Err(StoreError::Conflict { .. }) => break true,
                // What was given up is let go of a little later.
                Err(StoreError::Busy | StoreError::Full) if tries > 0 => tries -= 1,
                Err(error) => return Err(error.into()),
            }
            tokio::time::sleep(BEAT).await;
        };
        if lost {
            self.forget_evidence(run, &claim.attempt).await;
        } else {
            self.tell(claim.document, run, end.state.code(), 0, true);
        }
        Ok(())
    }

    /// Removes what this attempt wrote and nobody will look for.
    async fn forget_evidence(&self, run: RunId, job: &Job) {
        let folder = self.evidence_folder(run, job);
        let _ = tokio::fs::remove_dir_all(&folder).await;
        if let Some(of_run) = folder.parent() {
            // Goes only when no other attempt has anything there.
            let _ = tokio::fs::remove_dir(of_run).await;
        }
    }
}

/// A job in the hands of this worker.
struct Claim<'a> {
    attempt: Arc<Job>,
    worker: &'a str,
    document: DocumentId,
    run: RunId,
}

/// Reads one side; the rows of both sides are counted together.
async fn staged(source: connectors::Source, path: PathBuf, limits: Limits, pulse: Pulse) -> Result<Read, Error> {
    let mut before = 0;
    let mut seen = |rows| {
        pulse.rows.fetch_add(rows - before, Ordering::Relaxed);
        before = rows;
    };
    comparison::stage(&source, &path, &limits, &pulse.cancel, &mut seen).await
}

/// Bounds work in time; what it waits for is dropped when time is up.
async fn in_time<T>(wall: Duration, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    tokio::time::timeout(wall, work).await.unwrap_or_else(|_| {
        let words = format!("it took longer than {} s; compare a part of it or raise the limit", wall.as_secs());
        Err(Error::Unavailable(words))
    })
}

/// What a job shares with the one who says that it is alive.
#[derive(Clone, Default)]
struct Pulse {
    phase: Arc<std::sync::Mutex<&'static str>>,
    rows: Arc<AtomicU64>,
    cancel: Arc<AtomicBool>,
}

impl Pulse {
    fn phase(&self, phase: &'static str) {
        if let Ok(mut current) = self.phase.lock()
            && *current != phase
        {
            *current = phase;
            self.rows.store(0, Ordering::Relaxed);
        }
    }

    fn read(&self) -> (String, u64) {
        let phase = self.phase.lock().map(|p| *p).unwrap_or_default();
        (phase.to_owned(), self.rows.load(Ordering::Relaxed))
    }
}

struct Finished {
    totals: RunTotals,
    left: Staged,
    right: Staged,
    result_hash: String,
}

fn totals(check: &Check, outcome: &reconcile::Outcome) -> RunTotals {
    let report = &outcome.report;
    let side = |s: &reconcile::SideCounts| SideCounts {
        rows: s.rows,
        empty_keys: s.empty_keys,
        duplicate_keys: s.duplicate_keys,
        duplicate_rows: s.duplicate_rows,
    };
    let fields = report.fields.iter().zip(&outcome.fields).zip(&check.compare).map(|((counts, detail), pair)| {
        let mut causes: Vec<_> = detail
            .causes
            .iter()
            .filter(|c| c.different > 0)
            .map(|c| domain::CauseCount { cause: c.cause.label().into(), count: c.different })
            .collect();
        causes.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.cause.cmp(&b.cause)));
        FieldCounts {
            left: counts.left.clone(),
            right: counts.right.clone(),
            data_point: pair.data_point,
            equal: counts.equal,
            equal_by_rule: counts.equal_by_rule,
            different: counts.different,
            causes,
        }
    });
    RunTotals {
        left: side(&report.left),
        right: side(&report.right),
        records: RecordCounts {
            matched: report.records.matched,
            ambiguous: report.records.ambiguous,
            only_left: report.records.only_left,
            only_right: report.records.only_right,
        },
        fields: fields.collect(),
        in_sync: outcome.in_sync,
        sources: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::in_time;
    use crate::Error;
    use std::time::Duration;

    #[tokio::test]
    async fn work_without_end_is_ended() {
        let late = in_time(Duration::from_millis(5), std::future::pending::<Result<(), Error>>()).await;
        assert!(late.is_err_and(|error| error.to_string().contains("longer than 0 s")));
    }
}

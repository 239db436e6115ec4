//! Sync checks: started by a person, executed as a job, shown as a dashboard.
//!
//! Each side is streamed into a staged Parquet file (the evidence), the engine compares the two, and
//! counts, hashes and the file of differences are kept with the run.

use crate::{Caller, Error, Event, Workbench, comparison, connections::spec_hash};
use connectors::Limits;
use domain::{
    DocumentId, FieldCounts, JobId, PlanRole, RecordCounts, RunId, RunState, RunTotals, SideCounts,
    entity::Check,
};
use reconcile::{Pair, Phase, Progress, Rule, Spec, Staged};
use serde_json::json;
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use store::{Job, NewJob, NewRun, RunFiles, RunOutcome, StoreError};
use uuid::Uuid;

/// How long a worker has a job before it must say that it is alive.
const LEASE: Duration = Duration::from_secs(30);
/// How often it says so.
const BEAT: Duration = Duration::from_millis(500);
/// How often a job is tried when its worker dies.
const ATTEMPTS: i64 = 2;

/// A run that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Started {
    /// Which.
    pub run: RunId,
    /// Its number within the plan.
    pub number: i64,
}

impl Workbench {
    /// Starts a check. Returns the run at once; the work goes on in the background.
    ///
    /// # Errors
    /// When the caller may not edit, or the check lacks a side, a key or columns to compare.
    pub async fn start_check(&self, caller: &Caller, key: &str, check: &str) -> Result<Started, Error> {
        let access = self.access(caller, key, PlanRole::Editor).await?;
        let by = caller.user_id().ok_or(Error::SignedOut)?;
        let item = access.find(check).ok_or(Error::NotFound("check"))?;
        let row = access.plan.get::<Check>(item.id).ok_or(Error::NotFound("check"))?;
        complete(row.entity)?;
        let at = self.now();
        let run = NewRun {
            id: RunId(Uuid::now_v7()),
            document: access.plan.document.id,
            check: item.id,
            by,
            at,
            spec_hash: spec_hash(row.entity),
            slice_hash: rules::trial_hash(&access.plan),
        };
        let job = NewJob {
            id: JobId(Uuid::now_v7()),
            kind: "check".into(),
            document: Some(run.document),
            run: Some(run.id),
            payload: json!({ "check": row.entity }),
            created_at: at,
        };
        let audit = self.audit(caller, "started a check", Some(item.id), json!({ "run": run.id }));
        let number = self.store().insert_run(&run, &job, audit).await?;
        self.tell(run.document, run.id, "waiting", 0, false);
        Ok(Started { run: run.id, number })
    }

    /// Stops a run that has not ended.
    ///
    /// # Errors
    /// When the caller may not edit or the run has ended.
    pub async fn cancel_run(&self, caller: &Caller, key: &str, number: i64) -> Result<(), Error> {
        let access = self.access(caller, key, PlanRole::Editor).await?;
        let run = access.evidence.runs.iter().find(|r| r.number == number).ok_or(Error::NotFound("run"))?;
        let job = self.store().job_of_run(run.id).await?;
        let audit = self.audit(caller, "cancelled a check", Some(run.check), json!({ "run": number }));
        match self.store().request_cancel(job.job.id, self.now(), audit).await {
            Err(StoreError::Conflict { .. }) => Err(Error::Conflict("this run has ended already".into())),
            Ok(state) => {
                self.tell(access.plan.document.id, run.id, state.code(), 0, state.ended());
                Ok(())
            }
            Err(other) => Err(other.into()),
        }
    }

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
        let begun = Instant::now();
        let pulse = Pulse::default();
        let outcome = {
            let work = self.execute(&job, document, run, &pulse);
            let beat = self.keep_alive(&job, worker, document, run, &pulse);
            tokio::pin!(work, beat);
            tokio::select! {
                outcome = &mut work => outcome,
                lost = &mut beat => Err(lost),
            }
        };
        let took = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.finish(&job, worker, document, run, outcome, took).await?;
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
        let folder = self.settings().evidence_dir().join(run.to_string());
        tokio::fs::create_dir_all(&folder)
            .await
            .map_err(|e| Error::Unavailable(format!("there is no room for the evidence: {e}")))?;
        let limits = Limits {
            rows: self.settings().max_rows,
            bytes: self.settings().max_bytes,
            wall: Duration::from_secs(self.settings().max_seconds),
            ..Limits::default()
        };
        let left_source = self.source(document, left, &check.left_table).await?;
        pulse.phase("reading left");
        let left = self.staged(&left_source, folder.join("left.parquet"), &limits, pulse).await?;
        let right_source = self.source(document, right, &check.right_table).await?;
        pulse.phase("reading right");
        let right = self.staged(&right_source, folder.join("right.parquet"), &limits, pulse).await?;
        pulse.phase("comparing");
        let mut settings = reconcile::Settings::new(folder.clone());
        settings.differences = Some(folder.join("differences.parquet"));
        let progress = pulse.clone();
        let report = Arc::new(move |p: Progress| {
            progress.phase(match p.phase {
                Phase::Sorting => "sorting",
                Phase::Comparing => "comparing",
            });
            progress.rows.store(p.rows, Ordering::Relaxed);
        });
        let outcome = reconcile::check(&left, &right, &spec, &settings, report, pulse.cancel.clone()).await?;
        Ok(Finished { totals: totals(&check, &outcome), left, right, result_hash: outcome.report.result_sha256 })
    }

    async fn staged(
        &self,
        source: &connectors::Source,
        path: PathBuf,
        limits: &Limits,
        pulse: &Pulse,
    ) -> Result<Staged, Error> {
        let rows = pulse.rows.clone();
        comparison::stage(source, &path, limits, &pulse.cancel, &mut move |n| rows.store(n, Ordering::Relaxed)).await
    }

    /// Says every half second that the job is alive and how far it is. Ends only when the job is lost
    /// to another worker.
    async fn keep_alive(&self, job: &Job, worker: &str, document: DocumentId, run: RunId, pulse: &Pulse) -> Error {
        loop {
            tokio::time::sleep(BEAT).await;
            let (phase, rows) = pulse.read();
            let until = self.now() + jiff::SignedDuration::try_from(LEASE).unwrap_or_default();
            let progress = json!({ "phase": phase, "rows": rows });
            match self.store().extend_lease(job.job.id, worker, until, &progress).await {
                Ok(stop) => {
                    if stop {
                        pulse.cancel.store(true, Ordering::Relaxed);
                    }
                    self.tell(document, run, &phase, rows, false);
                }
                Err(StoreError::Busy) => {}
                Err(error) => {
                    pulse.cancel.store(true, Ordering::Relaxed);
                    return error.into();
                }
            }
        }
    }

    async fn finish(
        &self,
        job: &Job,
        worker: &str,
        document: DocumentId,
        run: RunId,
        outcome: Result<Finished, Error>,
        took_ms: u64,
    ) -> Result<(), Error> {
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
                let inside = |name: &str| Some(format!("{run}/{name}.parquet"));
                end.files =
                    RunFiles { left: inside("left"), right: inside("right"), differences: inside("differences") };
            }
            Err(error) => {
                let stopped = self.store().load_job(job.job.id).await?.cancel_requested;
                end.state = if stopped { RunState::Cancelled } else { RunState::Failed };
                if let Error::Internal(cause) = &error {
                    tracing::error!(%run, %cause, "a check failed inside");
                }
                end.message = (!stopped).then(|| error.to_string());
                let folder = self.settings().evidence_dir().join(run.to_string());
                let _ = tokio::fs::remove_dir_all(folder).await;
            }
        }
        let entry = store::AuditEntry::new(Some(stored.run.by), "finished a check", self.now())
            .item(stored.run.check)
            .after(json!({ "run": stored.run.number, "state": end.state.code(), "result": end.result_hash }));
        match self.store().finish_run(run, job.job.id, worker, &end, entry).await {
            // Another worker has it by now; its result counts.
            Err(StoreError::Conflict { .. }) => {}
            other => other?,
        }
        self.tell(document, run, end.state.code(), 0, true);
        Ok(())
    }

    fn tell(&self, document: DocumentId, run: RunId, phase: &str, rows: u64, ended: bool) {
        self.events().send(Event::Run { document, run, phase: phase.into(), rows, ended });
    }
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

/// What a check needs before it can run.
fn complete(check: &Check) -> Result<(Spec, domain::ConnectionId, domain::ConnectionId), Error> {
    let left = check.left.ok_or_else(|| Error::invalid("left", "choose a connection for the left side"))?;
    let right = check.right.ok_or_else(|| Error::invalid("right", "choose a connection for the right side"))?;
    if check.key.is_empty() {
        return Err(Error::invalid("key", "choose at least one pair of columns that tells records apart"));
    }
    let compare = check
        .compare
        .iter()
        .map(|pair| {
            let chosen = [(pair.trim, Rule::Trim), (pair.collapse, Rule::Collapse), (pair.case_fold, Rule::CaseFold)];
            Pair {
                left: pair.left.to_string(),
                right: pair.right.to_string(),
                rules: chosen.into_iter().filter(|(on, _)| *on).map(|(_, rule)| rule).collect(),
            }
        })
        .collect();
    let key = check.key.iter().map(|k| (k.left.to_string(), k.right.to_string())).collect();
    Ok((Spec { key, compare }, left, right))
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
    }
}

//! Seeing a check through: a worker claims the job, streams both sides into staged Parquet files (the
//! evidence), lets the engine compare the two and keeps counts, hashes and the file of differences.
//!
//! However it ends (a result, a refusal, a panic, time up, another worker faster), the run ends in words.

use super::{
    STOPPING, columns, complete, expected,
    pace::{self, Before, Now, Pace},
    seen,
};
use crate::{
    Error, Workbench,
    access::RUNS_OF_CHECK,
    comparison::{self, Read},
    dashboards::keep_slices,
    own_task::on_its_own,
    pairs::{self, LINK},
};
use connectors::Limits;
use domain::{
    DocumentId, FieldCounts, RecordCounts, RuleUsed, Run, RunId, RunState, RunTotals, SideCounts, entity::Check,
};
use reconcile::{Phase, Progress, Rule, Spec, Staged};
use serde_json::json;
use std::{
    collections::BTreeSet,
    future::Future,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use store::{Job, RunFiles, RunOutcome, StoreError};
use tokio::task::JoinSet;
use views::sync::RunProgress;

/// How long a worker has a job before it must say that it is alive.
const LEASE: Duration = Duration::from_secs(30);
/// How often it says so.
const BEAT: Duration = Duration::from_millis(500);
/// How often the end of a run is written again where the disk is full or the database busy.
const FINISH_TRIES: u32 = 20;
/// Longest that the systems are asked how many rows they have.
const ESTIMATE: Duration = Duration::from_secs(5);
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
        let reclaimed = self.store().reclaim_expired(now, ATTEMPTS).await?;
        self.tell_reclaimed(&reclaimed);
        let until = now + jiff::SignedDuration::try_from(LEASE).unwrap_or_default();
        let Some(job) = self.store().claim_job(worker, now, until).await? else { return Ok(false) };
        let linking = job.job.kind == LINK;
        let run = if linking { pairs::run_of(&job) } else { job.job.run };
        let (Some(document), Some(run)) = (job.job.document, run) else {
            self.store().finish_job(job.job.id, worker, RunState::Failed, Some("unknown kind of work"), now).await?;
            return Ok(true);
        };
        // Without it the run says less of how long it has to go.
        let before = if linking { None } else { self.run_before(document, run).await.unwrap_or_default() };
        let claim = Claim { attempt: Arc::new(job), worker, document, run, before };
        let (workbench, job, pulse) = (self.clone(), Arc::clone(&claim.attempt), Pulse::default());
        let beating = pulse.clone();
        if linking {
            let work = Box::pin(async move { workbench.link_records(&job, document, run, &beating).await });
            let (outcome, _) = self.see_through(&claim, &pulse, work).await;
            self.finish_linking(&claim, &pulse, outcome).await?;
        } else {
            let first = claim.before.is_none();
            // Boxed: what a run goes through is deeper than the compiler looks into one state machine.
            let work = Box::pin(async move { workbench.execute(&job, document, run, &beating, first).await });
            let (outcome, took) = self.see_through(&claim, &pulse, work).await;
            self.finish(&claim, &pulse, outcome, took).await?;
        }
        Ok(true)
    }

    /// Gives back what a worker has that stops in order, so that the next one need not wait until its lease ends.
    ///
    /// # Errors
    /// When the store does not answer; then the lease ends by itself.
    pub async fn give_back(&self, worker: &str) -> Result<(), Error> {
        let back = self.store().give_back_jobs(worker, self.now()).await?;
        self.tell_reclaimed(&back);
        Ok(())
    }

    fn tell_reclaimed(&self, jobs: &[(Job, RunState)]) {
        for (job, state) in jobs {
            let run = if job.job.kind == LINK { pairs::run_of(job) } else { job.job.run };
            if let (Some(document), Some(run)) = (job.job.document, run) {
                let phase = if state.ended() { state.code() } else { "waiting" };
                self.tell(document, run, RunProgress::of(phase), true);
            }
        }
    }

    /// Does the work of a job as long as there is time and the job is ours; with the milliseconds it took.
    async fn see_through<T: Send + 'static>(
        &self,
        claim: &Claim<'_>,
        pulse: &Pulse,
        work: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> (Result<T, Error>, u64) {
        let begun = Instant::now();
        let wall = Duration::from_secs(self.settings().max_seconds);
        let mut outcome = {
            let work = on_its_own(in_time(wall, work));
            let beat = self.keep_alive(claim, pulse);
            tokio::pin!(work, beat);
            tokio::select! {
                outcome = &mut work => outcome,
                lost = &mut beat => Err(lost),
            }
        };
        // Whatever still reads or compares for it stops now.
        pulse.cancel.store(true, Ordering::Relaxed);
        let took = milliseconds(begun);
        if outcome.is_ok() {
            // How long each phase took, for the next run; without it that one says less. And whoever wanted it stopped
            // since the last beat was told that it stops.
            if let Ok((true, _)) = self.beat(claim, pulse).await {
                outcome = Err(Error::Conflict("it was cancelled".into()));
            }
        }
        (outcome, took)
    }

    /// Runs every waiting job to its end. For the demo and the command line, which have no worker loop.
    ///
    /// # Errors
    /// As for [`Workbench::step`].
    pub async fn work_off(&self) -> Result<(), Error> {
        while self.step("inline").await? {}
        Ok(())
    }

    /// `first`: no run before says how much there is to read.
    async fn execute(
        &self,
        job: &Job,
        document: DocumentId,
        run: RunId,
        pulse: &Pulse,
        first: bool,
    ) -> Result<Finished, Error> {
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
        // Asked beside the reading, which does not wait for it.
        let mut asking = JoinSet::new();
        if first {
            let sides = [(left.clone(), check.left_table.to_string()), (right.clone(), check.right_table.to_string())];
            let total = Arc::clone(&pulse.total);
            asking.spawn(async move { total.store(estimate(sides).await.unwrap_or_default(), Ordering::Relaxed) });
        }
        let side = |source, file| on_its_own(staged(source, folder.join(file), limits.clone(), pulse.clone()));
        let (mut left, mut right) = tokio::try_join!(side(left, "left.parquet"), side(right, "right.parquet"))?;
        let before = self.columns_before(document, &self.store().load_run(run).await?.run).await?;
        let changes = before.as_ref().map(|before| before.changes(&left.staged, &right.staged)).unwrap_or_default();
        let clashes = columns::clashes(&spec, &left.staged, &right.staged);
        for [of_left, of_right] in [changes, clashes] {
            left.source.notes.extend(of_left);
            right.source.notes.extend(of_right);
        }
        asking.shutdown().await;
        pulse.phase("looking at formats");
        let format = expected::format(&check, [&left.staged, &right.staged], &folder, &pulse.cancel).await?;
        pulse.phase("matching");
        let mut settings = reconcile::Settings::new(folder.clone());
        settings.memory_bytes = self.settings().memory_of_a_run();
        settings.differences = Some(folder.join("differences.parquet"));
        settings.max_differences = self.settings().max_differences;
        let progress = pulse.clone();
        let report = Arc::new(move |p: Progress| {
            progress.phase(match p.phase {
                Phase::Matching => "matching",
                Phase::Sorting => "sorting",
                Phase::Comparing => "comparing",
            });
            progress.rows.store(p.rows, Ordering::Relaxed);
            progress.total.store(p.total, Ordering::Relaxed);
        });
        let cancel = pulse.cancel.clone();
        let outcome = reconcile::check(&left.staged, &right.staged, &spec, &settings, report, cancel)
            .await
            .map_err(|error| columns::explain(error, before.as_ref()))?;
        pulse.phase("looking where they differ");
        // What was cut at the limit would tell a part for the whole.
        let whole = outcome.differences_kept == outcome.differences_total;
        if whole {
            keep_slices(&folder, &pulse.cancel).await;
        } else {
            left.source.notes.push(cut(&outcome));
        }
        let mut totals = totals(&check, &outcome);
        totals.rules = rules_used(&spec);
        let plan = self.document(document).await?;
        seen::add(&mut totals, &plan, &outcome, [&left.staged, &right.staged], &pulse.cancel).await?;
        totals.sources = vec![left.source, right.source];
        totals.format = format;
        totals.quantity = expected::quantity(&check, [totals.left.rows, totals.right.rows]);
        if whole {
            let sides = [&left.staged, &right.staged];
            totals.crosswalk = self.check_by_crosswalk(document, run, &check, sides, &spec, &settings, pulse).await?;
        }
        Ok(Finished { totals, left: left.staged, right: right.staged, result_hash: outcome.report.result_sha256 })
    }

    /// Each attempt has a folder of its own: one that lost its lease must not touch what its successor keeps.
    fn evidence_folder(&self, run: RunId, job: &Job) -> PathBuf {
        self.attempt_folder(run, job.attempts)
    }

    fn attempt_folder(&self, run: RunId, attempt: i64) -> PathBuf {
        self.settings().evidence_dir().join(run.to_string()).join(attempt.to_string())
    }

    /// Says every half second that the job is alive and how far it is. Ends only when the job is lost
    /// to another worker.
    async fn keep_alive(&self, claim: &Claim<'_>, pulse: &Pulse) -> Error {
        loop {
            tokio::time::sleep(BEAT).await;
            match self.beat(claim, pulse).await {
                Ok((stop, progress)) => {
                    pulse.cancel.fetch_or(stop, Ordering::Relaxed);
                    let progress = if stop { RunProgress::of(STOPPING) } else { progress };
                    self.tell(claim.document, claim.run, progress, false);
                }
                Err(lost @ StoreError::Conflict { .. }) => {
                    pulse.cancel.store(true, Ordering::Relaxed);
                    return lost.into();
                }
                // A full disk ends the work itself, in words; where the database is away for longer than the lease,
                // somebody else has the job when it is back.
                Err(error) => tracing::debug!(run = %claim.run, %error, "a worker could not say that it is alive"),
            }
        }
    }

    /// Keeps the job and notes how far it is; the answer says whether somebody wants it stopped.
    async fn beat(&self, claim: &Claim<'_>, pulse: &Pulse) -> Result<(bool, RunProgress), StoreError> {
        let (now, pace) = pulse.read();
        let progress = pace::progress(&now, claim.before.as_ref());
        let until = self.now() + jiff::SignedDuration::try_from(LEASE).unwrap_or_default();
        let kept = serde_json::to_value(Kept { progress: &progress, pace }).unwrap_or_default();
        let stop = self.store().extend_lease(claim.attempt.job.id, claim.worker, until, &kept).await?;
        Ok((stop, progress))
    }

    /// What the newest result of the same check says of how long this run takes: only when it answered the same
    /// question.
    async fn run_before(&self, document: DocumentId, run: RunId) -> Result<Option<Before>, Error> {
        let this = self.store().load_run(run).await?.run;
        let same = |r: &&Run| r.check == this.check && r.spec_hash == this.spec_hash && r.totals.is_some();
        let runs = self.store().list_runs(document, &[this.check], RUNS_OF_CHECK).await?;
        let Some((before, totals)) = runs.iter().find(same).and_then(|r| Some((r, r.totals.as_ref()?))) else {
            return Ok(None);
        };
        let job = self.store().job_of_run(before.id).await?;
        let pace = serde_json::from_value(job.progress).unwrap_or_default();
        Ok(Some(Before { rows: totals.left.rows + totals.right.rows, pace }))
    }

    /// Writes how a job ended, again and again while the database does not answer, and keeps the job meanwhile.
    /// `None` where it is another worker's by now, whose result counts.
    ///
    /// # Errors
    /// When the database does not answer for too long.
    pub(crate) async fn settled<T, F: Future<Output = Result<T, StoreError>>>(
        &self,
        claim: &Claim<'_>,
        pulse: &Pulse,
        write: impl Fn() -> F,
    ) -> Result<Option<T>, Error> {
        for _ in 0..FINISH_TRIES {
            match write().await {
                Ok(done) => return Ok(Some(done)),
                Err(StoreError::Conflict { .. }) => return Ok(None),
                Err(error) => tracing::warn!(run = %claim.run, %error, "how a job ended could not be written yet"),
            }
            tokio::time::sleep(BEAT).await;
            let _ = self.beat(claim, pulse).await;
        }
        match write().await {
            Err(StoreError::Conflict { .. }) => Ok(None),
            last => Ok(Some(last?)),
        }
    }

    async fn finish(
        &self,
        claim: &Claim<'_>,
        pulse: &Pulse,
        outcome: Result<Finished, Error>,
        took_ms: u64,
    ) -> Result<(), Error> {
        let (run, job) = (claim.run, &claim.attempt.job);
        let loaded = self.settled(claim, pulse, || self.store().load_run(run)).await?;
        let Some(stored) = loaded else { return Ok(()) };
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
                let asked = self.settled(claim, pulse, || self.store().load_job(job.id)).await?;
                let stopped = asked.is_some_and(|job| job.cancel_requested);
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
        let write = || self.store().finish_run(run, job.id, claim.worker, &end, entry.clone());
        // Where the answer was lost on the way, what stands there may be what we wrote.
        let written = self.settled(claim, pulse, write).await?.is_some()
            || self.store().load_run(run).await.is_ok_and(|s| s.run.state == end.state && s.files == end.files);
        if !written {
            self.forget_evidence(run, &claim.attempt).await;
        } else {
            for dead in 1..claim.attempt.attempts {
                // What workers left that died over it.
                let _ = tokio::fs::remove_dir_all(self.attempt_folder(run, dead)).await;
            }
            if end.state == RunState::Done
                && let Err(error) = self.judge_worklists(claim.document, run).await
            {
                // The next run judges them.
                tracing::error!(%run, %error, "work-lists were not judged");
            }
            self.tell(claim.document, run, RunProgress::of(end.state.code()), true);
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
pub(crate) struct Claim<'a> {
    pub(crate) attempt: Arc<Job>,
    pub(crate) worker: &'a str,
    pub(crate) document: DocumentId,
    pub(crate) run: RunId,
    before: Option<Before>,
}

/// What is kept with a job while it goes on, and read by its page and by the next run.
#[derive(serde::Serialize)]
struct Kept<'a> {
    #[serde(flatten)]
    progress: &'a RunProgress,
    #[serde(flatten)]
    pace: Pace,
}

fn milliseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// What the reader of a result should know where not every difference was kept.
fn cut(outcome: &reconcile::Outcome) -> String {
    format!(
        "{} of {} differences are kept to be looked at; slices and the crosswalk, which need all of them, are left out",
        rules::number(outcome.differences_kept),
        rules::number(outcome.differences_total)
    )
}

/// About how many rows both sides have, where their systems say so without counting.
async fn estimate(sides: [(connectors::Source, String); 2]) -> Option<u64> {
    let limits = Limits { wall: ESTIMATE, ..Limits::default() };
    let mut rows = 0;
    for (source, table) in sides {
        let tables = connectors::catalogue(&source, &limits).await.ok()?;
        let named = |t: &&connectors::TableInfo| match &t.schema {
            Some(schema) => format!("{schema}.{}", t.name) == table,
            None => t.name == table,
        };
        let found = if tables.len() == 1 { tables.first() } else { tables.iter().find(named) };
        rows += found?.row_estimate?;
    }
    Some(rows)
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
pub(crate) struct Pulse {
    phases: Arc<std::sync::Mutex<Phases>>,
    rows: Arc<AtomicU64>,
    /// Rows of the phase; 0 where nobody knows.
    total: Arc<AtomicU64>,
    pub(crate) cancel: Arc<AtomicBool>,
}

/// The phase a job is in, since when, and how long those before it took.
#[derive(Default)]
struct Phases {
    now: &'static str,
    since: Option<Instant>,
    pace: Pace,
}

impl Phases {
    fn elapsed(&self) -> u64 {
        self.since.map(milliseconds).unwrap_or_default()
    }

    /// What each phase took so far, the present one included.
    fn pace(&self) -> Pace {
        let mut pace = self.pace.clone();
        if !self.now.is_empty() {
            *pace.took.entry(self.now.to_owned()).or_default() += self.elapsed();
        }
        pace
    }
}

impl Pulse {
    pub(crate) fn phase(&self, phase: &'static str) {
        if let Ok(mut phases) = self.phases.lock()
            && phases.now != phase
        {
            phases.pace = phases.pace();
            phases.now = phase;
            phases.since = Some(Instant::now());
            self.rows.store(0, Ordering::Relaxed);
            self.total.store(0, Ordering::Relaxed);
        }
    }

    fn read(&self) -> (Now, Pace) {
        let Ok(phases) = self.phases.lock() else { return (Now::default(), Pace::default()) };
        let total = Some(self.total.load(Ordering::Relaxed)).filter(|total| *total > 0);
        let now = Now { phase: phases.now, rows: self.rows.load(Ordering::Relaxed), total, elapsed: phases.elapsed() };
        (now, phases.pace())
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
    RunTotals {
        left: side(&report.left),
        right: side(&report.right),
        records: RecordCounts {
            matched: report.records.matched,
            ambiguous: report.records.ambiguous,
            only_left: report.records.only_left,
            only_right: report.records.only_right,
        },
        fields: fields(check, outcome),
        in_sync: outcome.in_sync,
        ..RunTotals::default()
    }
}

/// The rules of all pairs, each once, in the order they are applied.
fn rules_used(spec: &Spec) -> Vec<RuleUsed> {
    let used: BTreeSet<Rule> = spec.compare.iter().flat_map(|pair| pair.rules.iter().copied()).collect();
    used.into_iter().map(|rule| RuleUsed { rule: rule.name().to_owned(), version: rule.version() }).collect()
}

/// The counts of each compared pair of columns.
pub(crate) fn fields(check: &Check, outcome: &reconcile::Outcome) -> Vec<FieldCounts> {
    let fields = outcome.report.fields.iter().zip(&outcome.fields).zip(&check.compare);
    let counted = fields.map(|((counts, detail), pair)| {
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
            seen: None,
        }
    });
    counted.collect()
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

//! The check itself: what is plainly equal is settled by digests; the rest of both sides is sorted and walked side
//! by side, every key classified, every field of every matched record judged on its values. Results do not depend
//! on row order or number of threads.

mod feed;
mod walk;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use datafusion_physical_plan::ExecutionPlan;
use serde::{Deserialize, Serialize};

use self::{feed::Feed, walk::Walk};
use crate::{
    differences::DifferencesWriter,
    error::EngineError,
    groups::Groups,
    judge::{FieldDetail, FieldJudge},
    report::Report,
    settle::{Settled, settle},
    sorted::{SortedSide, context},
    spec::{Side, Spec},
    staging::Staged,
};

/// What a check may use, and where its results go.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Memory for sorting; what does not fit is spilled to disk. At least 64 MB make sense.
    pub memory_bytes: usize,
    /// Existing directory for spilled rows.
    pub temp_dir: PathBuf,
    /// Partitions sorted at the same time.
    pub threads: usize,
    /// Where to keep the differing records (Parquet); `None` keeps none.
    pub differences: Option<PathBuf>,
    /// Most entries kept there; counting goes on beyond.
    pub max_differences: u64,
}

impl Settings {
    /// 512 MB, two partitions, no differences kept.
    pub fn new(temp_dir: PathBuf) -> Self {
        Self { memory_bytes: 512 << 20, temp_dir, threads: 2, differences: None, max_differences: 5_000_000 }
    }
}

/// What a running check is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Reading both sides once, to see what is plainly equal.
    Matching,
    /// Reading the rest of both sides and sorting it.
    Sorting,
    /// Walking it side by side.
    Comparing,
}

/// How far a check is; `rows` of the `total` rows of both sides that this phase deals with are through it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The phase.
    pub phase: Phase,
    /// Rows done in this phase.
    pub rows: u64,
    /// Rows of both sides in this phase.
    pub total: u64,
}

/// Called a few times a second from the thread that compares.
pub type ProgressFn = Arc<dyn Fn(Progress) + Send + Sync>;

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The counts and their hash.
    pub report: Report,
    /// More about each compared pair, in the same order.
    pub fields: Vec<FieldDetail>,
    /// Matched records that are equal on every compared field, as they stand or by rule.
    pub in_sync: u64,
    /// SHA-256 (hexadecimal) of the file of differing records, where one was asked for.
    pub differences_sha256: Option<String>,
    /// Entries in that file.
    pub differences_kept: u64,
    /// Entries there would be without the limit.
    pub differences_total: u64,
}

/// Compares two staged sides. Cancelling takes effect within a second; so does dropping the future.
pub async fn check(
    left: &Staged,
    right: &Staged,
    spec: &Spec,
    settings: &Settings,
    progress: ProgressFn,
    cancel: Arc<AtomicBool>,
) -> Result<Outcome, EngineError> {
    let (reporter, _guard) = Reporter::new(progress, cancel, left.rows + right.rows);
    let first_look = {
        let (left, right, spec, settings, reporter) =
            (left.clone(), right.clone(), spec.clone(), settings.clone(), reporter.clone());
        blocking(move || settle([&left, &right], &spec, &settings, &reporter))
    };
    compare_rest(first_look.await?, left, right, spec, settings, reporter).await
}

/// Compares what the first look left over. Each side holds its remaining rows only, in any order.
pub async fn check_rest(
    settled: Settled,
    left: &Staged,
    right: &Staged,
    spec: &Spec,
    settings: &Settings,
    progress: ProgressFn,
    cancel: Arc<AtomicBool>,
) -> Result<Outcome, EngineError> {
    let expected: Vec<u64> = settled.rest.iter().map(|rest| rest.rows).collect();
    if expected != [left.rows, right.rows] {
        return Err(EngineError::Internal(format!("{expected:?} rows are left, not {} and {}", left.rows, right.rows)));
    }
    let (reporter, _guard) = Reporter::new(progress, cancel, left.rows + right.rows);
    compare_rest(settled, left, right, spec, settings, reporter).await
}

async fn compare_rest(
    settled: Settled,
    left: &Staged,
    right: &Staged,
    spec: &Spec,
    settings: &Settings,
    reporter: Reporter,
) -> Result<Outcome, EngineError> {
    let Settled { counts, records, rest: [left_rest, right_rest] } = settled;
    let mut judges = Vec::new();
    for pair in &spec.compare {
        let numeric = left.columns[left.column(Side::Left, &pair.left)?].numeric
            && right.columns[right.column(Side::Right, &pair.right)?].numeric;
        judges.push(FieldJudge::new(pair, numeric, records.matched));
    }
    let writer = match &settings.differences {
        Some(path) => Some(DifferencesWriter::create(path, spec, settings.max_differences)?),
        None => None,
    };
    let context = context(settings.memory_bytes, &settings.temp_dir, settings.threads)?;
    let options = Arc::clone(context.session_config().options());
    let total = left_rest.rows + right_rest.rows;
    let left_side = SortedSide::plan(Side::Left, left, spec, &left_rest, &options).await?;
    let right_side = SortedSide::plan(Side::Right, right, spec, &right_rest, &options).await?;
    let reporter = Reporter { scans: vec![left_side.scan(), right_side.scan()], total, ..reporter };
    let walk = Walk {
        left: Groups::new(Feed::start(&left_side, &context, reporter.clone())?, left_side.key.clone()),
        right: Groups::new(Feed::start(&right_side, &context, reporter.clone())?, right_side.key.clone()),
        left_side,
        right_side,
        in_sync: records.matched,
        settled: counts,
        records,
        judges,
        writer,
        reporter,
        key: Vec::new(),
    };
    blocking(move || walk.run()).await
}

/// Work that computes and reads files, away from the threads that wait.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, EngineError> + Send + 'static,
) -> Result<T, EngineError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| EngineError::Internal(error.to_string()))?
}

/// Tells how far it is and notices when it should stop.
#[derive(Clone)]
pub(crate) struct Reporter {
    progress: ProgressFn,
    cancel: Arc<AtomicBool>,
    abandoned: Arc<AtomicBool>,
    scans: Vec<Arc<dyn ExecutionPlan>>,
    total: u64,
}

impl Reporter {
    /// With a guard: when the future that holds it is dropped, its blocking halves must not go on for nothing.
    fn new(progress: ProgressFn, cancel: Arc<AtomicBool>, total: u64) -> (Self, SetOnDrop) {
        let abandoned = Arc::new(AtomicBool::new(false));
        let guard = SetOnDrop(Arc::clone(&abandoned));
        (Self { progress, cancel, abandoned, scans: Vec::new(), total }, guard)
    }

    pub(crate) fn stop_if_cancelled(&self) -> Result<(), EngineError> {
        if self.cancel.load(Relaxed) || self.abandoned.load(Relaxed) {
            return Err(EngineError::Cancelled);
        }
        Ok(())
    }

    pub(crate) fn matching(&self, rows: u64) {
        self.report(Phase::Matching, rows);
    }

    fn sorting(&self) {
        let scanned = |scan: &Arc<dyn ExecutionPlan>| scan.metrics().and_then(|metrics| metrics.output_rows());
        let rows = self.scans.iter().filter_map(scanned).sum::<usize>() as u64;
        self.report(Phase::Sorting, rows);
    }

    fn report(&self, phase: Phase, rows: u64) {
        (self.progress)(Progress { phase, rows: rows.min(self.total), total: self.total });
    }
}

struct SetOnDrop(Arc<AtomicBool>);

impl Drop for SetOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

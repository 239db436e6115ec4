//! The check itself: two sorted sides walked side by side, every key classified, every field of every
//! matched record judged on its values. Results do not depend on row order or number of threads.

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
    report::{RecordCounts, Report},
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
    /// Reading and sorting both sides.
    Sorting,
    /// Walking them side by side.
    Comparing,
}

/// How far a check is; `rows` of `total` rows of both sides are through this phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The phase.
    pub phase: Phase,
    /// Rows done in this phase.
    pub rows: u64,
    /// Rows of both sides.
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
    let context = context(settings.memory_bytes, &settings.temp_dir, settings.threads)?;
    let options = Arc::clone(context.session_config().options());
    let names = |side| {
        let pick = |pair: &crate::spec::Pair| match side {
            Side::Left => pair.left.clone(),
            Side::Right => pair.right.clone(),
        };
        (spec.key_columns(side), spec.compare.iter().map(pick).collect::<Vec<_>>())
    };
    let (left_key, left_compare) = names(Side::Left);
    let (right_key, right_compare) = names(Side::Right);
    let left_side = SortedSide::plan(Side::Left, left, &left_key, &left_compare, &options).await?;
    let right_side = SortedSide::plan(Side::Right, right, &right_key, &right_compare, &options).await?;

    let mut judges = Vec::new();
    for pair in &spec.compare {
        let numeric = left.columns[left.column(Side::Left, &pair.left)?].numeric
            && right.columns[right.column(Side::Right, &pair.right)?].numeric;
        judges.push(FieldJudge::new(pair, numeric));
    }
    let writer = match &settings.differences {
        Some(path) => Some(DifferencesWriter::create(path, spec, settings.max_differences)?),
        None => None,
    };

    let reporter = Reporter {
        progress,
        cancel,
        abandoned: Arc::new(AtomicBool::new(false)),
        scans: [left_side.scan(), right_side.scan()],
        total: left.rows + right.rows,
    };
    // When this future is dropped, the blocking half below must not go on for nothing.
    let _guard = SetOnDrop(Arc::clone(&reporter.abandoned));
    let walk = Walk {
        left: Groups::new(Feed::start(&left_side, &context, reporter.clone())?, left_side.key.clone()),
        right: Groups::new(Feed::start(&right_side, &context, reporter.clone())?, right_side.key.clone()),
        left_side,
        right_side,
        records: RecordCounts::default(),
        judges,
        writer,
        reporter,
        key: Vec::new(),
        in_sync: 0,
    };
    tokio::task::spawn_blocking(move || walk.run()).await.map_err(|error| EngineError::Internal(error.to_string()))?
}

/// Tells how far it is and notices when it should stop.
#[derive(Clone)]
struct Reporter {
    progress: ProgressFn,
    cancel: Arc<AtomicBool>,
    abandoned: Arc<AtomicBool>,
    scans: [Arc<dyn ExecutionPlan>; 2],
    total: u64,
}

impl Reporter {
    fn stop_if_cancelled(&self) -> Result<(), EngineError> {
        if self.cancel.load(Relaxed) || self.abandoned.load(Relaxed) {
            return Err(EngineError::Cancelled);
        }
        Ok(())
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

//! Two files compared from the command line: connectors read, the engine judges, nothing is kept.

use crate::Error;
use connectors::{Limits, ReadError, Source};
use domain::SourceRead;
use reconcile::{EngineError, Rule, Settings, Spec, Staged, Stager};
use std::{
    path::Path,
    sync::{Arc, atomic::AtomicBool},
};

/// Compares two files (`FILE[#TABLE]`) and returns the report of the engine.
///
/// # Errors
/// Bad input in words that name the file, the column or the option.
pub async fn compare_files(
    left: &str,
    right: &str,
    key: &str,
    compare: &str,
    rules: &str,
) -> Result<reconcile::Report, Error> {
    let limits = Limits::default();
    let key = reconcile::parse_pairs("--key", key)?;
    let pairs = if compare.is_empty() { Vec::new() } else { reconcile::parse_pairs("--compare", compare)? };
    let rules: Vec<Rule> = if rules.is_empty() { Vec::new() } else { reconcile::parse_rules(rules)? };
    let spec = Spec::new(key, pairs, &rules);
    let scratch = tempfile::tempdir().map_err(|e| Error::unusable("the folder for temporary files", &e))?;
    let cancel = Arc::new(AtomicBool::new(false));
    let left = connectors::file::open(left, &limits).await?;
    let right = connectors::file::open(right, &limits).await?;
    let left = stage(&left, &scratch.path().join("left.parquet"), &limits, &cancel, &mut |_| {}).await?;
    let right = stage(&right, &scratch.path().join("right.parquet"), &limits, &cancel, &mut |_| {}).await?;
    let settings = Settings::new(scratch.path().into());
    let outcome = reconcile::check(&left.staged, &right.staged, &spec, &settings, Arc::new(|_| {}), cancel).await?;
    Ok(outcome.report)
}

/// One side as it was read.
pub(crate) struct Read {
    /// What is kept of it.
    pub staged: Staged,
    /// Where it came from and how.
    pub source: SourceRead,
}

/// Streams a source into a staged file; `seen` hears the number of rows so far.
pub(crate) async fn stage(
    source: &Source,
    path: &Path,
    limits: &Limits,
    cancel: &Arc<AtomicBool>,
    seen: &mut (dyn FnMut(u64) + Send),
) -> Result<Read, Error> {
    let mut stager = Stager::new(path);
    let mut rows = 0;
    let mut sink = |batch: connectors::arrow::array::RecordBatch| -> Result<(), connectors::SinkError> {
        stager.write(&batch)?;
        rows += batch.num_rows() as u64;
        seen(rows);
        Ok(())
    };
    let summary = match connectors::read(source, limits, &mut sink, cancel).await {
        Ok(summary) => summary,
        Err(ReadError::Source(error)) => return Err(error.into()),
        Err(ReadError::Sink(error)) => return Err(Error::Unavailable(format!("rows could not be kept: {error}"))),
    };
    let staged = stager.finish(&summary.schema)?;
    if staged.rows != summary.rows {
        let (read, kept) = (summary.rows, staged.rows);
        return Err(Error::Internal(format!("{read} rows were read and {kept} kept")));
    }
    Ok(Read { staged, source: SourceRead { fingerprint: summary.fingerprint, notes: summary.notes } })
}

impl From<EngineError> for Error {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::BadSpec(_) | EngineError::MissingColumn { .. } => Self::invalid("check", error.to_string()),
            EngineError::Storage { .. } | EngineError::Memory(_) => Self::Unavailable(error.to_string()),
            EngineError::Cancelled => Self::Conflict("cancelled".into()),
            EngineError::Internal(text) => Self::Internal(text),
        }
    }
}

impl From<connectors::ConnectorError> for Error {
    fn from(error: connectors::ConnectorError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

//! Two files compared from the command line: connectors read, the engine judges, nothing is kept.

use crate::Error;
use connectors::{Limits, ReadError, Source};
use domain::SourceRead;
use reconcile::{EngineError, Rule, Settings, Spec, Staged, Stager};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
};

/// Two files to compare, and how.
#[derive(Debug, Clone, Default)]
pub struct FileCheck {
    /// `FILE[#TABLE]`.
    pub left: String,
    /// `FILE[#TABLE]`.
    pub right: String,
    /// Columns that identify a record: `L[=R][,…]`.
    pub key: String,
    /// Columns to compare: `L[=R][,…]`.
    pub compare: String,
    /// Agreed rules: `trim,casefold,collapse`.
    pub rules: String,
    /// Bytes of memory for matching and sorting; what does not fit goes to disk.
    pub memory_bytes: Option<usize>,
    /// Threads that work at the same time.
    pub threads: Option<usize>,
    /// Where to write what differs, as `.csv` or `.parquet`.
    pub differences: Option<PathBuf>,
}

/// Compares two files and returns what the engine found.
///
/// # Errors
/// Bad input in words that name the file, the column or the option.
pub async fn compare_files(asked: &FileCheck) -> Result<reconcile::Outcome, Error> {
    let limits = Limits::default();
    let key = reconcile::parse_pairs("--key", &asked.key)?;
    let compared = &asked.compare;
    let pairs = if compared.is_empty() { Vec::new() } else { reconcile::parse_pairs("--compare", compared)? };
    let rules: Vec<Rule> = if asked.rules.is_empty() { Vec::new() } else { reconcile::parse_rules(&asked.rules)? };
    let spec = Spec::new(key, pairs, &rules);
    let wanted = asked.differences.as_deref().map(Wanted::new).transpose()?;
    let scratch = tempfile::tempdir().map_err(|e| Error::unusable("the folder for temporary files", &e))?;
    let cancel = Arc::new(AtomicBool::new(false));
    let left = connectors::file::open(&asked.left, &limits).await?;
    let right = connectors::file::open(&asked.right, &limits).await?;
    let read = |source: Source, name: &str| {
        let (stager, limits, cancel) = (Stager::scratch(&scratch.path().join(name)), limits.clone(), cancel.clone());
        tokio::spawn(async move { stage(&source, stager, &limits, &cancel, &mut |_| {}).await })
    };
    let (left, right) = tokio::join!(read(left, "left.parquet"), read(right, "right.parquet"));
    let ended = |error| Error::internal("reading a file broke off", &error);
    let (left, right) = (left.map_err(ended)??, right.map_err(ended)??);
    let mut settings = Settings::new(scratch.path().into());
    settings.memory_bytes = asked.memory_bytes.unwrap_or(settings.memory_bytes);
    settings.threads = asked.threads.unwrap_or(settings.threads);
    settings.differences = wanted.as_ref().map(|_| scratch.path().join("differences.parquet"));
    let outcome = reconcile::check(&left.staged, &right.staged, &spec, &settings, Arc::new(|_| {}), cancel).await?;
    if let (Some(wanted), Some(made)) = (wanted, settings.differences) {
        wanted.write(&made)?;
    }
    Ok(outcome)
}

/// The file of differences that somebody asked for.
struct Wanted<'a> {
    path: &'a Path,
    as_csv: bool,
}

impl<'a> Wanted<'a> {
    fn new(path: &'a Path) -> Result<Self, Error> {
        match path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase).as_deref() {
            Some("csv") => Ok(Self { path, as_csv: true }),
            Some("parquet") => Ok(Self { path, as_csv: false }),
            _ => Err(Error::invalid("differences", "name a file that ends in .csv or .parquet")),
        }
    }

    fn write(&self, made: &Path) -> Result<(), Error> {
        let failed = |e: std::io::Error| Error::unusable(&self.path.display().to_string(), &e);
        if self.as_csv {
            let mut file = std::io::BufWriter::new(std::fs::File::create(self.path).map_err(failed)?);
            reconcile::export_csv(made, &reconcile::Filter::default(), &mut file)?;
            return std::io::Write::flush(&mut file).map_err(failed);
        }
        std::fs::copy(made, self.path).map(drop).map_err(failed)
    }
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
    mut stager: Stager,
    limits: &Limits,
    cancel: &Arc<AtomicBool>,
    seen: &mut (dyn FnMut(u64) + Send),
) -> Result<Read, Error> {
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

//! Two files or tables compared from the command line: connectors read, the engine judges, nothing is kept.

mod databases;

pub use databases::Databases;

use crate::{Error, own_task::on_its_own};
use connectors::{Limits, ReadError, Source, arrow::array::RecordBatch, database_url};
use domain::SourceRead;
use reconcile::{EngineError, FirstLook, Rest, Rule, SeenSide, Settings, Side, SideLook, Spec, Staged, Stager};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
};

/// Two files or tables of databases to compare, and how.
#[derive(Debug, Clone, Default)]
pub struct FileCheck {
    /// `FILE`, `FILE#TABLE` where a file may hold several tables, or the URL of a table in a database.
    pub left: String,
    /// The same.
    pub right: String,
    /// What is allowed and known about databases.
    pub databases: Databases,
    /// Set to stop reading and comparing.
    pub cancel: Arc<AtomicBool>,
    /// Columns that identify a record: `L[=R][,…]`.
    pub key: String,
    /// Columns to compare: `L[=R][,…]`.
    pub compare: String,
    /// Agreed rules, such as `trim,casefold`.
    pub rules: String,
    /// Agreed tolerances: `COLUMN=HOW[,…]`.
    pub tolerance: String,
    /// A file of code lists.
    pub map: Option<PathBuf>,
    /// Bytes of memory for matching and sorting; what does not fit goes to disk.
    pub memory_bytes: Option<usize>,
    /// Threads that work at the same time.
    pub threads: Option<usize>,
    /// Where to write what differs, as `.csv` or `.parquet`.
    pub differences: Option<PathBuf>,
}

impl FileCheck {
    /// Whether a side is in a database.
    pub fn reads_a_database(&self) -> bool {
        [&self.left, &self.right].into_iter().any(|side| database_url::is_database(side))
    }
}

/// What two files or tables have in common and what not.
pub struct Compared {
    /// What the engine found.
    pub outcome: reconcile::Outcome,
    /// What a reader of the result should know about the databases that were read.
    pub notes: Vec<String>,
}

/// Compares two files or tables of databases and returns what the engine found.
///
/// # Errors
/// Bad input in words that name the file, the column or the option.
pub async fn compare_files(asked: &FileCheck) -> Result<Compared, Error> {
    let limits = Limits::default();
    let key = reconcile::parse_pairs("--key", &asked.key)?;
    let compared = &asked.compare;
    let pairs = if compared.is_empty() { Vec::new() } else { reconcile::parse_pairs("--compare", compared)? };
    let rules: Vec<Rule> = if asked.rules.is_empty() { Vec::new() } else { reconcile::parse_rules(&asked.rules)? };
    let mut spec = Spec::new(key, pairs, &rules);
    if !asked.tolerance.is_empty() {
        spec.tolerate(&asked.tolerance)?;
    }
    if let Some(map) = &asked.map {
        let unread = |e| Error::invalid("map", format!("{} cannot be read: {e}", map.display()));
        spec.map_codes(std::fs::File::open(map).map_err(unread)?)?;
    }
    let wanted = asked.differences.as_deref().map(Wanted::new).transpose()?;
    let scratch = tempfile::tempdir().map_err(|e| Error::unusable("the folder for temporary files", &e))?;
    let left = asked.databases.open("left", &asked.left, &limits).await?;
    let right = asked.databases.open("right", &asked.right, &limits).await?;
    let mut settings = Settings::new(scratch.path().into());
    settings.memory_bytes = asked.memory_bytes.unwrap_or(settings.memory_bytes);
    settings.threads = asked.threads.unwrap_or(settings.threads);
    settings.differences = wanted.as_ref().map(|_| scratch.path().join("differences.parquet"));
    let compared = if asked.reads_a_database() {
        databases::check([left, right], &spec, &settings, &limits, &asked.cancel).await?
    } else {
        let outcome = check_files([left, right], &spec, &settings, &limits).await?;
        Compared { outcome, notes: Vec::new() }
    };
    if let (Some(wanted), Some(made)) = (wanted, settings.differences) {
        wanted.write(&made)?;
    }
    Ok(compared)
}

/// Reads both files at the same time, and of what needs a second look only those rows once more: nothing is kept.
async fn check_files(
    sources: [Source; 2],
    spec: &Spec,
    settings: &Settings,
    limits: &Limits,
) -> Result<reconcile::Outcome, Error> {
    let look = FirstLook::new(spec, settings);
    let looked = |side, source: &Source| on_its_own(look_at(source.clone(), look.side(side), limits.clone()));
    let ((left, left_state), (right, right_state)) =
        tokio::try_join!(looked(Side::Left, &sources[0]), looked(Side::Right, &sources[1]))?;
    let columns = [left.columns.clone(), right.columns.clone()];
    let broke_off = |error| Error::internal("pairing broke off", &error);
    let settled = tokio::task::spawn_blocking(move || look.settle(left, right)).await.map_err(broke_off)??;

    let [left_source, right_source] = sources;
    let [left_rest, right_rest] = settled.rest.clone();
    let path = |name: &str| settings.temp_dir.join(name);
    let left = rest_of(left_source, left_rest, path("left.parquet"), left_state, limits.clone());
    let right = rest_of(right_source, right_rest, path("right.parquet"), right_state, limits.clone());
    let (left, right) = tokio::try_join!(on_its_own(left), on_its_own(right))?;
    // The type of a column is that of all its values, not of the few that are left.
    let [left_columns, right_columns] = columns;
    let (left, right) = (Staged { columns: left_columns, ..left }, Staged { columns: right_columns, ..right });
    let cancel = Arc::new(AtomicBool::new(false));
    let outcome = reconcile::check_rest(settled, &left, &right, spec, settings, Arc::new(|_| {}), cancel).await?;
    Ok(outcome)
}

/// Reads a side to its end; returns what was seen and the state of the file before.
async fn look_at(source: Source, mut look: SideLook, limits: Limits) -> Result<(SeenSide, FileState), Error> {
    let cancel = Arc::new(AtomicBool::new(false));
    let state = state(&source);
    let mut sink = |batch: RecordBatch| Ok(look.add(&batch)?);
    let summary = connectors::read(&source, &limits, &mut sink, &cancel).await.map_err(unread)?;
    Ok((look.finish(&summary.schema)?, state))
}

/// Size of a file and when it was written last.
pub(crate) type FileState = Option<(u64, std::time::SystemTime)>;

/// State of the file that a source is, where it is one.
pub(crate) fn state(source: &Source) -> FileState {
    let metadata = std::fs::metadata(source.file()?).ok()?;
    Some((metadata.len(), metadata.modified().ok()?))
}

/// Fails where the file is another by now than it was before.
fn unchanged(source: &Source, before: FileState) -> Result<(), Error> {
    if state(source) == before {
        return Ok(());
    }
    let file = source.file().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
    Err(Error::Conflict(format!("{file}: it was changed while it was read; run the check again")))
}

/// Stages the rows of a side that need a second look.
async fn rest_of(
    source: Source,
    rest: Rest,
    path: PathBuf,
    before: FileState,
    limits: Limits,
) -> Result<Staged, Error> {
    let cancel = Arc::new(AtomicBool::new(false));
    let mut stager = Stager::scratch(&path);
    let mut sink = |batch: RecordBatch| Ok(stager.write(&batch)?);
    let summary = connectors::read_rows(&source, &rest.mask, &limits, &mut sink, &cancel).await.map_err(unread)?;
    unchanged(&source, before)?;
    Ok(stager.finish(&summary.schema)?)
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
    path: &Path,
    limits: &Limits,
    cancel: &Arc<AtomicBool>,
    seen: &mut (dyn FnMut(u64) + Send),
) -> Result<Read, Error> {
    // A database file is read in one snapshot; whoever changes it meanwhile changes nothing for us.
    let before = if matches!(source, Source::Sqlite { .. }) { None } else { Some(state(source)) };
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
        Err(error) => return Err(unread(error)),
    };
    if let Some(before) = before {
        unchanged(source, before)?;
    }
    let staged = stager.finish(&summary.schema)?;
    if staged.rows != summary.rows {
        let (read, kept) = (summary.rows, staged.rows);
        return Err(Error::Internal(format!("{read} rows were read and {kept} kept")));
    }
    Ok(Read { staged, source: SourceRead { fingerprint: summary.fingerprint, notes: summary.notes } })
}

/// A missing column is told as what it is, wherever it was missed.
pub(crate) fn unread(error: ReadError) -> Error {
    match error {
        ReadError::Source(error) => error.into(),
        ReadError::Sink(error) => match error.downcast::<EngineError>() {
            Ok(error) => (*error).into(),
            Err(error) => Error::Unavailable(format!("rows could not be kept: {error}")),
        },
    }
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

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{FileState, rest_of, stage, state};
    use connectors::{CsvOptions, Limits, Source, arrow::buffer::BooleanBuffer};
    use reconcile::Rest;
    use std::{io::Write, path::Path, sync::Arc};

    fn csv(path: &Path) -> Source {
        Source::Csv { path: path.to_owned().into(), options: CsvOptions::default() }
    }

    fn append(path: &Path) {
        std::fs::OpenOptions::new().append(true).open(path).unwrap().write_all(b"9,z\n").unwrap();
    }

    const CHANGED: &str = "l.csv: it was changed while it was read; run the check again";

    #[tokio::test]
    async fn a_file_that_changes_while_it_is_read_is_told_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let (path, kept) = (folder.path().join("l.csv"), folder.path().join("l.parquet"));
        let rows: String = (0..50_000).map(|n| format!("{n},x\n")).collect();
        std::fs::write(&path, format!("id,name\n{rows}")).unwrap();
        let source = csv(&path);
        let mut seen = |rows: u64| {
            if rows <= 8192 {
                append(&path);
            }
        };
        let read = stage(&source, &kept, &Limits::default(), &Arc::default(), &mut seen).await;
        assert_eq!(read.err().unwrap().to_string(), CHANGED);
        assert!(!kept.exists(), "what was read is not kept");
        assert!(stage(&source, &kept, &Limits::default(), &Arc::default(), &mut |_| {}).await.is_ok());
    }

    #[tokio::test]
    async fn a_file_that_changes_between_two_looks_is_told_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("l.csv");
        std::fs::write(&path, "id,name\n1,a\n2,b\n").unwrap();
        let look_again = async |before: FileState| {
            let rest = Rest { rows: 1, mask: BooleanBuffer::from(vec![false, true]) };
            rest_of(csv(&path), rest, folder.path().join("rest.parquet"), before, Limits::default()).await
        };
        let before = state(&csv(&path));
        assert_eq!(look_again(before).await.unwrap().rows, 1);
        append(&path);
        assert_eq!(look_again(before).await.unwrap_err().to_string(), CHANGED);
    }
}

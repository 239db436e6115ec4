//! The way to other people's systems: CSV, JSON, Excel, Parquet and SQLite files, PostgreSQL, MySQL and MariaDB, REST
//! services. Everything is read only.
//!
//! A [`Source`] gives its tables ([`catalogue`]), a few rows ([`sample`]) or all of them ([`read`]) as Arrow
//! batches in which every column is nullable text. There is no way to write to a source, on purpose.

mod batch;
mod blocking;
mod certificate;
pub mod csv;
pub mod database_url;
mod error;
pub mod file;
mod fingerprint;
pub mod guard;
mod json;
mod limits;
pub mod mysql;
mod number;
mod parquet;
pub mod postgres;
pub mod rest;
mod server;
mod source_file;
mod sql;
pub mod sqlite;
mod text;
mod trust;
mod xlsx;

use std::{
    net::IpAddr,
    path::Path,
    sync::{Arc, atomic::AtomicBool},
};

use arrow::{
    array::{ArrayRef, AsArray, BooleanArray, RecordBatch},
    buffer::BooleanBuffer,
    compute::filter_record_batch,
    datatypes::{Field, SchemaRef},
};
use serde::{Deserialize, Serialize};

pub use batch::NUMERIC;
pub use certificate::RootCertificate;
pub use csv::CsvOptions;
pub use error::{ConnectorError, ErrorKind, ReadError, SinkError};
pub use limits::Limits;
pub use mysql::MysqlTarget;
pub use postgres::PostgresTarget;
pub use rest::{RestService, RestTarget};
pub use server::{ConnectionReport, TlsMode};
pub use source_file::SourceFile;

/// Arrow as the connectors use it.
pub use arrow;

/// Where rows come from.
#[derive(Debug, Clone)]
pub enum Source {
    /// A text file with a header line.
    Csv {
        /// The file.
        path: SourceFile,
        /// Delimiter and encoding, where they are not to be detected.
        options: CsvOptions,
    },
    /// A JSON file of objects.
    Json {
        /// The file.
        path: SourceFile,
        /// Whether every line holds one object; else there is one array of objects, which is the whole file or a
        /// member of the one object in it.
        lines: bool,
    },
    /// A Parquet file.
    Parquet {
        /// The file.
        path: SourceFile,
    },
    /// One table or view of a SQLite file.
    Sqlite {
        /// The file.
        path: SourceFile,
        /// The table's exact name; not looked at by [`catalogue`].
        table: String,
    },
    /// One sheet of an Excel workbook (`.xlsx`).
    Xlsx {
        /// The file.
        path: SourceFile,
        /// The sheet's exact name, `None` for the only visible one; not looked at by [`catalogue`].
        sheet: Option<String>,
    },
    /// One table or view of a PostgreSQL database.
    Postgres {
        /// Server, database, credentials, table (the table is not looked at by [`catalogue`]).
        target: PostgresTarget,
        /// Proof that the guard accepted this very target.
        guard: Box<guard::GuardProof>,
    },
    /// One table or view of a MySQL or MariaDB database.
    Mysql {
        /// Server, database, credentials, table (the table is not looked at by [`catalogue`]).
        target: MysqlTarget,
        /// Proof that the guard accepted this very target.
        guard: Box<guard::GuardProof>,
    },
    /// A list of records that a REST service gives as JSON.
    Rest {
        /// Address, credentials, paging.
        target: Box<RestTarget>,
        /// Proof that the guard accepted this very target.
        guard: Box<guard::GuardProof>,
    },
}

impl Source {
    /// The file; a server has none.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Csv { path, .. }
            | Self::Json { path, .. }
            | Self::Parquet { path }
            | Self::Sqlite { path, .. }
            | Self::Xlsx { path, .. } => Some(path),
            Self::Postgres { .. } | Self::Mysql { .. } | Self::Rest { .. } => None,
        }
    }

    /// Signs about the way there that do not forbid it but should be seen: who could listen or answer instead, other
    /// than on this very machine, and what the guard could not look for. None for files.
    #[must_use]
    pub fn warnings(&self) -> Vec<guard::Reason> {
        let away = |guard: &guard::GuardProof| !guard.addresses().iter().all(IpAddr::is_loopback);
        let (warning, guard) = match self {
            Self::Postgres { target: PostgresTarget { tls, .. }, guard }
            | Self::Mysql { target: MysqlTarget { tls, .. }, guard } => (tls.warning().filter(|_| away(guard)), guard),
            Self::Rest { target, guard } => (target.service.warning(away(guard)), guard),
            _ => return Vec::new(),
        };
        warning.into_iter().chain(guard.warnings().iter().cloned()).collect()
    }
}

/// Which rows of a file are read.
#[derive(Debug, Clone)]
enum Part {
    /// Every one.
    All,
    /// So many from the start.
    First(u64),
    /// Those whose bit is set.
    Rows(BooleanBuffer),
}

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Take,
    Skip,
    /// Neither it nor those that follow are of interest.
    End,
}

impl Part {
    /// What becomes of a row, counted from 0.
    fn turn(&self, row: u64) -> Turn {
        let row = usize::try_from(row).unwrap_or(usize::MAX);
        match self {
            Self::All => Turn::Take,
            Self::First(rows) if row as u64 >= *rows => Turn::End,
            Self::First(_) => Turn::Take,
            Self::Rows(rows) if row >= rows.len() => Turn::End,
            Self::Rows(rows) if rows.value(row) => Turn::Take,
            Self::Rows(_) => Turn::Skip,
        }
    }
}

/// Takes one batch after the other. An error ends the reading and is handed back as [`ReadError::Sink`].
pub type Sink<'a> = dyn FnMut(RecordBatch) -> Result<(), SinkError> + Send + 'a;

/// A table and its columns as the source describes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableInfo {
    /// Schema it is in; `None` where the kind of source knows none.
    pub schema: Option<String>,
    /// Its name.
    pub name: String,
    /// Its columns in order.
    pub columns: Vec<ColumnInfo>,
    /// About how many rows, where the source says so without counting.
    pub row_estimate: Option<u64>,
    /// Whether the source says which columns may be NULL. Most files do not, nor PostgreSQL and SQLite of a view.
    pub tells_nullable: bool,
}

/// A column as the source describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnInfo {
    /// Its name.
    pub name: String,
    /// The declared type in the source's own words; empty where there is none.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Whether it may be NULL, as far as the source tells.
    pub nullable: bool,
    /// Whether it is part of the primary key.
    pub key: bool,
}

/// What was read, for the evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadSummary {
    /// Rows.
    pub rows: u64,
    /// Bytes of text in all values.
    pub bytes: u64,
    /// The columns; for typed sources each has the metadata [`NUMERIC`], decided after the last row.
    pub schema: SchemaRef,
    /// What identifies the state of the source that was read.
    pub fingerprint: String,
    /// What a reader of the result should know, for example the encoding a file was read in.
    pub notes: Vec<String>,
}

/// A few rows of a source.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The rows; possibly none, but always with the columns.
    pub batch: RecordBatch,
    /// See [`ReadSummary::notes`].
    pub notes: Vec<String>,
}

/// The tables a source has and this user may read.
pub async fn catalogue(source: &Source, limits: &Limits) -> Result<Vec<TableInfo>, ConnectorError> {
    match source {
        Source::Csv { path, .. } | Source::Json { path, .. } => only_table(source, path, limits).await,
        Source::Xlsx { path, .. } => xlsx::catalogue(path, limits).await,
        Source::Parquet { path } => parquet::catalogue(path).await,
        Source::Sqlite { path, .. } => sqlite::catalogue(path, limits).await,
        Source::Postgres { target, guard } => postgres::catalogue(target, guard, limits).await,
        Source::Mysql { target, guard } => mysql::catalogue(target, guard, limits).await,
        Source::Rest { target, guard } => rest::catalogue(target, guard, limits).await,
    }
}

/// The first rows in whatever order the source gives them, at most 1 000 and 134 MB of text.
pub async fn sample(source: &Source, rows: usize, limits: &Limits) -> Result<Sample, ConnectorError> {
    const MOST: usize = 1000;
    const MOST_BYTES: usize = 128 << 20;
    let (mut batches, mut bytes) = (Vec::new(), 0);
    let mut keep = |batch: RecordBatch| -> Result<(), SinkError> {
        bytes += text_bytes(&batch);
        if bytes > MOST_BYTES {
            return Err("too large".into());
        }
        batches.push(batch);
        Ok(())
    };
    let read = first_rows(source, limits, rows.clamp(1, MOST) as u64, &mut keep).await;
    if bytes > MOST_BYTES {
        let words = "its first rows hold more than 134 MB; leave out the columns with the longest values";
        let system = match source {
            Source::Postgres { target, .. } => target.system(),
            Source::Mysql { target, .. } => target.system(),
            _ => source.file().map_or_else(|| "the service".to_owned(), file::system),
        };
        return Err(ConnectorError::new(ErrorKind::Limit, system, words));
    }
    let summary = read?;
    let schema = batches.first().map_or(summary.schema, RecordBatch::schema);
    let batch = arrow::compute::concat_batches(&schema, &batches)
        .map_err(|error| ConnectorError::new(ErrorKind::BadData, "sample", error.to_string()))?;
    Ok(Sample { batch, notes: summary.notes })
}

/// Bytes of text in all values.
fn text_bytes(batch: &RecordBatch) -> usize {
    let column = |column: &ArrayRef| {
        let ends = column.as_string_opt::<i32>().map(|texts| texts.value_offsets());
        let ends = ends.and_then(|ends| ends.last().zip(ends.first()));
        ends.map_or(0, |(last, first)| usize::try_from(last - first).unwrap_or_default())
    };
    batch.columns().iter().map(column).sum()
}

/// Reads all rows in batches of at most 8 192; an empty table gives one empty batch. Ends with an error of
/// kind `Limit` where a limit is passed, and with `Cancelled` within a second after `cancel` was set.
pub async fn read(
    source: &Source,
    limits: &Limits,
    sink: &mut Sink<'_>,
    cancel: &Arc<AtomicBool>,
) -> Result<ReadSummary, ReadError> {
    read_part(source, limits, Part::All, sink, cancel).await
}

/// Reads once more, of a source that was read before, the rows whose bit is set in `rows`. A source that has other
/// rows by now is an error.
pub async fn read_rows(
    source: &Source,
    rows: &BooleanBuffer,
    limits: &Limits,
    sink: &mut Sink<'_>,
    cancel: &Arc<AtomicBool>,
) -> Result<ReadSummary, ReadError> {
    let staged =
        matches!(source, Source::Sqlite { .. } | Source::Postgres { .. } | Source::Mysql { .. } | Source::Rest { .. });
    if !staged {
        return read_part(source, limits, Part::Rows(rows.clone()), sink, cancel).await;
    }
    let mut at = 0;
    let mut wanted = |batch: RecordBatch| {
        let n = batch.num_rows();
        if at + n > rows.len() {
            return Err("it has more rows than before; do it again".into());
        }
        let mask = BooleanArray::new(rows.slice(at, n), None);
        at += n;
        if mask.true_count() == 0 { Ok(()) } else { sink(filter_record_batch(&batch, &mask)?) }
    };
    read(source, limits, &mut wanted, cancel).await
}

/// The single table of a file, named like the file without its ending.
async fn only_table(source: &Source, path: &Path, limits: &Limits) -> Result<Vec<TableInfo>, ConnectorError> {
    let summary = first_rows(source, limits, 1, &mut |_| Ok(())).await?;
    let column = |field: &Arc<Field>| {
        let said = field.metadata().get(NUMERIC).map(String::as_str);
        ColumnInfo {
            name: field.name().clone(),
            type_name: if said == Some("yes") { "number" } else { "text" }.into(),
            nullable: said.is_some(),
            key: false,
        }
    };
    let columns = summary.schema.fields().iter().map(column).collect();
    let name = file::table_name(path);
    Ok(vec![TableInfo { schema: None, name, columns, row_estimate: None, tells_nullable: false }])
}

async fn first_rows(
    source: &Source,
    limits: &Limits,
    rows: u64,
    sink: &mut Sink<'_>,
) -> Result<ReadSummary, ConnectorError> {
    let cancel = Arc::new(AtomicBool::new(false));
    match read_part(source, limits, Part::First(rows), sink, &cancel).await {
        Ok(summary) => Ok(summary),
        Err(ReadError::Source(error)) => Err(error),
        Err(ReadError::Sink(error)) => Err(ConnectorError::new(ErrorKind::BadData, "sample", error.to_string())),
    }
}

async fn read_part(
    source: &Source,
    limits: &Limits,
    part: Part,
    sink: &mut Sink<'_>,
    cancel: &Arc<AtomicBool>,
) -> Result<ReadSummary, ReadError> {
    let first = if let Part::First(rows) = part { Some(rows) } else { None };
    match source {
        Source::Csv { path, options } => csv::read(path, options, limits, part, sink, cancel).await,
        Source::Json { path, lines } => json::read(path, *lines, limits, part, sink, cancel).await,
        Source::Parquet { path } => parquet::read(path, limits, part, sink, cancel).await,
        Source::Xlsx { path, sheet } => xlsx::read(path, sheet.as_deref(), limits, part, sink, cancel).await,
        Source::Sqlite { path, table } => sqlite::read(path, table, limits, first, sink, cancel).await,
        Source::Postgres { target, guard } => postgres::read(target, guard, limits, first, sink, cancel).await,
        Source::Mysql { target, guard } => mysql::read(target, guard, limits, first, sink, cancel).await,
        Source::Rest { target, guard } => rest::read(target, guard, limits, first, sink, cancel).await,
    }
}

//! SQLite files, opened read only. SQLite types values, not columns, so every value is rendered by its own
//! type and a column is numeric when all its values turned out to be INTEGER, REAL or NULL.

mod values;
mod words;

use std::{
    io::Read,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use futures::TryStreamExt;
use sqlx::{Connection, Row, SqliteConnection, sqlite::SqliteConnectOptions};

use self::{
    values::{Kinds, render},
    words::{ended, missing_table, translate, unreadable},
};
use crate::{
    ColumnInfo, ReadSummary, Sink, SourceFile, TableInfo,
    batch::{Batcher, schema},
    error::{ConnectorError, ReadError, cut, listed},
    file::system,
    limits::{Limits, Meter, size},
    sql::{quote_ident, vouched},
};

/// A catalogue holds at most this many tables and as many views.
const MOST_TABLES: i64 = 2000;
/// Most memory of SQLite in this process, in bytes. Our own database has its part of it; a view can ask for any amount.
const MOST_MEMORY: &str = "536870912";
/// Most bytes of the values of one row: the driver copies whole rows.
const MOST_ROW: u64 = 64 << 20;
/// Rows that the driver is ahead of us, and what they may hold.
const AHEAD: usize = 64;
const AHEAD_BYTES: u64 = 16 << 20;

/// Tables and views with their columns.
pub(crate) async fn catalogue(source: &SourceFile, limits: &Limits) -> Result<Vec<TableInfo>, ConnectorError> {
    let mut file = OpenFile::open(source, limits, &Arc::new(AtomicBool::new(false)), AHEAD, Instant::now()).await?;
    let views = file.list("view").await?;
    let mut tables = Vec::new();
    for name in file.tables().await? {
        let columns = file.columns(&name).await?;
        let tells_nullable = !views.contains(&name);
        tables.push(TableInfo { schema: None, name, columns, row_estimate: None, tells_nullable });
    }
    file.close().await;
    Ok(tables)
}

/// The table that was asked for, if there is such a one, or the only one.
pub(crate) async fn choose_table(
    source: &SourceFile,
    wanted: Option<&str>,
    limits: &Limits,
) -> Result<String, ConnectorError> {
    let mut file = OpenFile::open(source, limits, &Arc::new(AtomicBool::new(false)), AHEAD, Instant::now()).await?;
    let tables = file.tables().await?;
    let only_tables = if wanted.is_none() { file.list("table").await? } else { Vec::new() };
    file.close().await;
    let system = system(source);
    if let Some(wanted) = wanted {
        return if tables.iter().any(|table| table == wanted) {
            Ok(wanted.to_owned())
        } else {
            Err(missing_table(&system, wanted, &tables))
        };
    }
    match only_tables.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(ConnectorError::bad_data(system, "there is no table in it; is it the right file?")),
        several => {
            let message = format!("it has several tables; name one of them after `#`: {}", listed(several));
            Err(ConnectorError::bad_data(system, message))
        }
    }
}

/// Streams all rows of a table.
pub(crate) async fn read(
    source: &SourceFile,
    table: &str,
    limits: &Limits,
    first: Option<u64>,
    sink: &mut Sink<'_>,
    cancel: &Arc<AtomicBool>,
) -> Result<ReadSummary, ReadError> {
    let started = Instant::now();
    let mut file = OpenFile::open(source, limits, cancel, AHEAD, started).await?;
    let table = match file.look(table, limits, first).await {
        Ok(table) => table,
        Err(error) => {
            file.close().await;
            return Err(error.into());
        }
    };
    if table.ahead() < AHEAD {
        file.close().await;
        file = OpenFile::open(source, limits, cancel, table.ahead(), started).await?;
    }
    let summary = file.read(&table, limits, first, sink).await;
    file.close().await;
    summary
}

/// A table that was looked at.
struct Table {
    name: String,
    /// Its columns.
    names: Vec<String>,
    /// The same as SQL writes them.
    columns: Vec<String>,
    /// The table as SQL writes it.
    from: String,
    /// Bytes of its largest row.
    widest: u64,
}

impl Table {
    /// How many rows the driver may be ahead of us.
    fn ahead(&self) -> usize {
        usize::try_from(AHEAD_BYTES / self.widest.max(1)).unwrap_or(AHEAD).clamp(1, AHEAD)
    }
}

/// A database file opened for reading.
struct OpenFile {
    connection: SqliteConnection,
    system: String,
    header: Header,
    cancel: Arc<AtomicBool>,
}

impl OpenFile {
    async fn open(
        source: &SourceFile,
        limits: &Limits,
        cancel: &Arc<AtomicBool>,
        ahead: usize,
        started: Instant,
    ) -> Result<Self, ConnectorError> {
        let system = system(source);
        let header = read_header(source, &system)?;
        // An absolute path cannot be mistaken for a URI with options of its own.
        let absolute = std::path::absolute(&**source).map_err(|error| ConnectorError::file(&system, &error))?;
        let options = SqliteConnectOptions::new()
            .filename(absolute)
            .read_only(true)
            .create_if_missing(false)
            .busy_timeout(limits.connect)
            .row_buffer_size(ahead)
            .pragma("hard_heap_limit", MOST_MEMORY)
            .pragma("query_only", "on")
            .pragma("trusted_schema", "off")
            .pragma("cell_size_check", "on");
        let connection = SqliteConnection::connect_with(&options).await.map_err(|error| translate(&system, &error))?;
        let mut file = Self { connection, system, header, cancel: Arc::clone(cancel) };
        file.stop_when_cancelled(limits.wall, started).await?;
        Ok(file)
    }

    /// Even a statement that never gives a row ends in time.
    async fn stop_when_cancelled(&mut self, wall: Duration, started: Instant) -> Result<(), ConnectorError> {
        const OPERATIONS_BETWEEN_LOOKS: i32 = 20_000;
        let cancel = Arc::clone(&self.cancel);
        let mut handle = self.connection.lock_handle().await.map_err(|error| translate(&self.system, &error))?;
        handle
            .set_progress_handler(OPERATIONS_BETWEEN_LOOKS, move || !cancel.load(Relaxed) && started.elapsed() < wall);
        Ok(())
    }

    async fn close(self) {
        // A connection that was only read from loses nothing when closing fails.
        let _ = self.connection.close().await;
    }

    /// Names of tables and views, sorted; SQLite's own and the shadow tables of extensions left out.
    async fn tables(&mut self) -> Result<Vec<String>, ConnectorError> {
        let mut tables = self.list("table").await?;
        tables.extend(self.list("view").await?);
        tables.extend(self.list("virtual").await?);
        tables.sort();
        Ok(tables)
    }

    async fn list(&mut self, kind: &str) -> Result<Vec<String>, ConnectorError> {
        sqlx::query_scalar(
            "select name
             from pragma_table_list
             where schema = 'main' and type = $1 and name not like 'sqlite\\_%' escape '\\'
             order by name
             limit $2",
        )
        .bind(kind)
        .bind(MOST_TABLES)
        .fetch_all(&mut self.connection)
        .await
        .map_err(|error| translate(&self.system, &error))
    }

    async fn columns(&mut self, table: &str) -> Result<Vec<ColumnInfo>, ConnectorError> {
        let rows: Vec<(String, String, bool, bool)> = sqlx::query_as(
            "select name, type, \"notnull\" <> 0, pk <> 0
             from pragma_table_xinfo($1)
             where hidden <> 1
             order by cid",
        )
        .bind(table)
        .fetch_all(&mut self.connection)
        .await
        .map_err(|error| translate(&self.system, &error))?;
        let column = |(name, type_name, not_null, key): (String, String, bool, bool)| ColumnInfo {
            name,
            type_name,
            nullable: !not_null,
            key,
        };
        Ok(rows.into_iter().map(column).collect())
    }

    /// Finds a table and measures its rows, at most as many as will be read.
    async fn look(&mut self, table: &str, limits: &Limits, first: Option<u64>) -> Result<Table, ConnectorError> {
        let tables = self.tables().await?;
        if !tables.iter().any(|known| known == table) {
            return Err(missing_table(&self.system, table, &tables));
        }
        let names: Vec<String> = self.columns(table).await?.into_iter().map(|column| column.name).collect();
        let quoted: Option<Vec<String>> = names.iter().map(|name| quote_ident(name)).collect();
        let (Some(columns), Some(from)) = (quoted, quote_ident(table)) else {
            return Err(ConnectorError::bad_data(&self.system, "a name in it holds a zero byte"));
        };
        // One more than may be read: a view may have no end.
        let rows = first.unwrap_or(limits.rows).saturating_add(1);
        // What is stored is not larger than the file; what is made while reading may be.
        let is_small =
            !self.header.has_log && self.header.size <= AHEAD_BYTES / AHEAD as u64 && self.is_stored(table).await?;
        let widest = if is_small { self.header.size } else { self.widest(&columns, &from, rows, limits).await? };
        Ok(Table { name: table.to_owned(), names, columns, from, widest })
    }

    /// Whether all values of a table are in the file, and none of them is made while it is read.
    async fn is_stored(&mut self, table: &str) -> Result<bool, ConnectorError> {
        sqlx::query_scalar(
            "select exists (select 1 from pragma_table_list where schema = 'main' and name = $1 and type = 'table')
               and not exists (select 1 from pragma_table_xinfo($1) where hidden <> 0)",
        )
        .bind(table)
        .fetch_one(&mut self.connection)
        .await
        .map_err(|error| translate(&self.system, &error))
    }

    /// Bytes of the largest of the first rows. The driver copies whole rows, so those too large are refused before;
    /// the lengths of stored values are known to SQLite without reading them.
    async fn widest(
        &mut self,
        columns: &[String],
        from: &str,
        rows: u64,
        limits: &Limits,
    ) -> Result<u64, ConnectorError> {
        let meter = Meter::new(&self.system, limits, &self.cancel);
        let width = width_of(columns);
        let statement = format!("select max(width) from (select {width} as width from {from} limit {rows})");
        let widest: Option<i64> = sqlx::query_scalar(vouched(statement))
            .fetch_one(&mut self.connection)
            .await
            .map_err(|error| ended(&meter, &error, &self.cancel))?;
        let widest = u64::try_from(widest.unwrap_or_default()).unwrap_or(u64::MAX);
        if widest > limits.max_field_bytes as u64 {
            self.refuse_wide_values(columns, from, rows, limits).await?;
        }
        if widest > MOST_ROW {
            return Err(wide_row(&meter));
        }
        Ok(widest)
    }

    /// Looks for the column whose values are too wide, if there is one.
    async fn refuse_wide_values(
        &mut self,
        columns: &[String],
        from: &str,
        rows: u64,
        limits: &Limits,
    ) -> Result<(), ConnectorError> {
        let meter = Meter::new(&self.system, limits, &self.cancel);
        let most = limits.max_field_bytes;
        let widths = columns.iter().enumerate().map(|(n, column)| format!("octet_length({column}) as w{n}"));
        let largest = (0..columns.len()).map(|n| format!("max(w{n})"));
        let (widths, largest) = (widths.collect::<Vec<_>>().join(", "), largest.collect::<Vec<_>>().join(", "));
        let statement = format!("select {largest} from (select {widths} from {from} limit {rows})");
        let row = sqlx::query(vouched(statement))
            .fetch_one(&mut self.connection)
            .await
            .map_err(|error| ended(&meter, &error, &self.cancel))?;
        for (n, column) in columns.iter().enumerate() {
            let width: Option<i64> = row.try_get(n).map_err(|error| translate(&self.system, &error))?;
            let width = usize::try_from(width.unwrap_or_default()).unwrap_or(usize::MAX);
            if width > most {
                return meter.field(width, || format!("a value in {column}"));
            }
        }
        Ok(())
    }

    async fn read(
        &mut self,
        table: &Table,
        limits: &Limits,
        first: Option<u64>,
        sink: &mut Sink<'_>,
    ) -> Result<ReadSummary, ReadError> {
        let Table { name, names, columns, from, .. } = table;
        let (system, cancel) = (self.system.clone(), Arc::clone(&self.cancel));
        let mut meter = Meter::new(&system, limits, &cancel);
        let mut batcher = Batcher::new(names);
        let mut kinds = vec![Kinds::default(); names.len()];
        let mut scratch = String::new();
        let limit = first.map(|rows| format!(" limit {rows}")).unwrap_or_default();
        let statement = vouched(format!("select {} from {from}{limit}", columns.join(", ")));
        let mut rows = sqlx::query(statement).fetch(&mut self.connection);
        while let Some(row) = rows.try_next().await.map_err(|error| ended(&meter, &error, &cancel))? {
            let mut bytes = 0;
            for (column, kinds) in kinds.iter_mut().enumerate() {
                let value = render(&row, column, kinds, limits.max_field_bytes, &mut scratch)
                    .map_err(|reason| unreadable(&system, &names[column], meter.rows + 1, reason))?;
                if let Some(value) = value {
                    meter.field(value.len(), || format!("`{}` in row {}", cut(&names[column]), meter.rows + 1))?;
                    bytes += value.len() as u64;
                }
                if bytes > 2 * MOST_ROW {
                    return Err(wide_row(&meter).into());
                }
                batcher.push(column, value);
            }
            meter.row(batcher.end_row())?;
            if batcher.is_full() {
                sink(batcher.take(&system)?).map_err(ReadError::Sink)?;
            }
        }
        drop(rows);
        // A row that found no memory ends the driver's thread, and its rows as if there were no more.
        self.connection.ping().await.map_err(|_| wide_row(&meter))?;
        if batcher.has_rest() {
            sink(batcher.take(&system)?).map_err(ReadError::Sink)?;
        }
        let numeric: Vec<bool> = kinds.iter().map(|kinds| kinds.number && !kinds.other).collect();
        Ok(ReadSummary {
            rows: meter.rows,
            bytes: meter.bytes,
            schema: schema(names, &numeric),
            fingerprint: format!("sqlite {} table={name}", self.header.state),
            notes: Vec::new(),
        })
    }
}

/// The length of all values of a row together; in pairs of pairs, as an expression must not be deep.
fn width_of(columns: &[String]) -> String {
    match columns {
        [] => "0".to_owned(),
        [column] => format!("ifnull(octet_length({column}), 0)"),
        several => {
            let (left, right) = several.split_at(several.len() / 2);
            format!("({} + {})", width_of(left), width_of(right))
        }
    }
}

fn wide_row(meter: &Meter) -> ConnectorError {
    let most = size(MOST_ROW);
    meter.limit(format!("a row of it holds more than {most}; take a view without the columns with the longest values"))
}

/// What the first bytes of the file say.
struct Header {
    size: u64,
    /// Which state of the file is read: SQLite counts every change in the header (in WAL mode, when the log
    /// is written back).
    state: String,
    /// Whether rows may still stand in a log beside the file (WAL mode).
    has_log: bool,
}

/// Looks at the first bytes, because SQLite itself notices a wrong file only when reading it.
fn read_header(source: &SourceFile, system: &str) -> Result<Header, ConnectorError> {
    const MAGIC: &[u8] = b"SQLite format 3\0";
    let unreadable = |error| ConnectorError::file(system, &error);
    let mut file = source.open(system)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(ConnectorError::bad_data(system, "this is a directory; name a file in it"));
    }
    let size = metadata.len();
    if size == 0 {
        return Err(ConnectorError::bad_data(system, "the file is empty; it holds no SQLite database"));
    }
    let mut start = [0; 100];
    if file.read_exact(&mut start).is_err() || !start.starts_with(MAGIC) {
        let message = "this is not a SQLite database (or it is encrypted); check the file";
        return Err(ConnectorError::bad_data(system, message));
    }
    let number = |at: usize| u32::from_be_bytes([start[at], start[at + 1], start[at + 2], start[at + 3]]);
    let state = format!("size={size} change={} schema={}", number(24), number(40));
    // How the file is written and read: 2 is WAL.
    let has_log = start[18] == 2 || start[19] == 2;
    Ok(Header { size, state, has_log })
}

//! Files made on the spot and read back as plain rows.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use connectors::{
    ConnectorError, CsvOptions, ErrorKind, Limits, MysqlTarget, NUMERIC, PostgresTarget, ReadError, ReadSummary,
    Source,
    arrow::array::{Array, AsArray, RecordBatch},
    guard::{AllowList, Declared, Environment, GuardProof, KnownProduction, Target, check_connection},
    read,
};

pub type Row = Vec<Option<String>>;

/// Everything a source gave.
#[derive(Debug)]
pub struct Got {
    pub columns: Vec<String>,
    pub rows: Vec<Row>,
    pub summary: ReadSummary,
    pub batches: usize,
}

impl Got {
    /// What the source says about a column: numeric, not numeric, or nothing.
    pub fn numeric(&self, column: &str) -> Option<bool> {
        let field = self.summary.schema.field_with_name(column).unwrap();
        field.metadata().get(NUMERIC).map(|said| said == "yes")
    }
}

pub fn rows_of(batch: &RecordBatch) -> Vec<Row> {
    let value = |column: usize, row: usize| {
        let array = batch.column(column).as_string::<i32>();
        array.is_valid(row).then(|| array.value(row).to_owned())
    };
    (0..batch.num_rows()).map(|row| (0..batch.num_columns()).map(|column| value(column, row)).collect()).collect()
}

pub async fn read_with(source: &Source, limits: &Limits) -> Result<Got, ConnectorError> {
    let (mut columns, mut rows, mut batches) = (Vec::new(), Vec::new(), 0);
    let mut keep = |batch: RecordBatch| {
        assert!(batch.num_rows() <= 8192);
        columns = batch.schema().fields().iter().map(|field| field.name().clone()).collect();
        rows.extend(rows_of(&batch));
        batches += 1;
        Ok(())
    };
    match read(source, limits, &mut keep, &Arc::new(AtomicBool::new(false))).await {
        Ok(summary) => {
            assert_eq!(summary.rows, rows.len() as u64);
            Ok(Got { columns, rows, summary, batches })
        }
        Err(ReadError::Source(error)) => {
            assert_eq!(error.to_string().lines().count(), 1, "errors are one line: {error}");
            Err(error)
        }
        Err(ReadError::Sink(error)) => panic!("{error}"),
    }
}

/// Limits short enough for a test of a server that means harm.
pub fn short() -> Limits {
    Limits {
        rows: 100_000,
        max_field_bytes: 1 << 20,
        wall: Duration::from_secs(2),
        connect: Duration::from_secs(1),
        ..Limits::default()
    }
}

/// Cancels a reading after 300 ms, which has to end it; returns how long all of it took.
pub async fn cancelled(source: &Source) -> Duration {
    let cancel = Arc::new(AtomicBool::new(false));
    let setter = Arc::clone(&cancel);
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(300)).await;
        setter.store(true, Relaxed);
    });
    let started = Instant::now();
    match read(source, &Limits::default(), &mut |_| Ok(()), &cancel).await {
        Err(ReadError::Source(error)) => assert_eq!(error.kind, ErrorKind::Cancelled),
        other => panic!("{other:?}"),
    }
    started.elapsed()
}

pub fn csv(path: &Path) -> Source {
    Source::Csv { path: path.to_owned().into(), options: CsvOptions::default() }
}

pub fn sqlite(path: &Path, table: &str) -> Source {
    Source::Sqlite { path: path.to_owned().into(), table: table.into() }
}

/// Writes the bytes to a file called `data.csv` and reads it.
pub async fn read_csv(bytes: impl AsRef<[u8]>) -> Result<Got, ConnectorError> {
    read_csv_with(bytes, &Limits::default()).await
}

pub async fn read_csv_with(bytes: impl AsRef<[u8]>, limits: &Limits) -> Result<Got, ConnectorError> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data.csv");
    std::fs::write(&path, bytes).unwrap();
    read_with(&csv(&path), limits).await
}

/// `∅` is NULL, `''` the empty text.
pub fn rows(text: &[&str]) -> Vec<Row> {
    let cell = |text: &str| match text {
        "∅" => None,
        "''" => Some(String::new()),
        text => Some(text.to_owned()),
    };
    text.iter().map(|row| row.split(' ').map(cell).collect()).collect()
}

/// What the guard says about a PostgreSQL on this machine.
pub async fn accepted(target: &PostgresTarget) -> GuardProof {
    proof(Target::Postgres {
        host: target.host.clone(),
        port: target.port,
        database: target.database.clone(),
        user: target.user.clone(),
    })
    .await
}

/// What the guard says about a MySQL or MariaDB on this machine.
pub async fn accepted_mysql(target: &MysqlTarget) -> GuardProof {
    proof(Target::Mysql {
        host: target.host.clone(),
        port: target.port,
        database: target.database.clone(),
        user: target.user.clone(),
    })
    .await
}

async fn proof(target: Target) -> GuardProof {
    let declared = Declared {
        name: "test server".into(),
        environment: Environment::Test,
        target,
        known: KnownProduction::default(),
    };
    check_connection(&declared, &AllowList::parse(&["127.0.0.1", "::1"]).unwrap()).await.unwrap()
}

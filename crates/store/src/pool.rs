//! Opening the database, bringing its schema up to date, and the macros by which one function body
//! serves both drivers.

use crate::{OpenError, Result, StoreError, error::within};
use sqlx::{
    Connection, PgConnection, Postgres, Sqlite, Transaction,
    migrate::{MigrateError, Migrator},
    pool::{PoolConnection, PoolOptions},
    postgres::{PgConnectOptions, PgPool},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqliteSynchronous},
};
use std::{
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/postgres");

/// How long a writer waits for its turn before it is told that the database is busy.
const PATIENCE: Duration = Duration::from_secs(10);
const SQLITE_READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 10;

/// Where our own data is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A file of the embedded database; created when missing, its folder must exist.
    Sqlite(PathBuf),
    /// A `postgres://` URL, credentials included.
    Postgres(String),
}

impl FromStr for Location {
    type Err = OpenError;
    fn from_str(text: &str) -> std::result::Result<Self, OpenError> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        let file = text.strip_prefix("sqlite:").map(|rest| rest.strip_prefix("//").unwrap_or(rest));
        match file {
            Some(file) if !file.is_empty() => Ok(Self::Sqlite(file.into())),
            // The text may be a mistyped URL with a password in it: only what stands before it is repeated.
            _ => Err(OpenError::Address(text.split(['@', '/']).next().unwrap_or_default().to_owned())),
        }
    }
}

/// Our own data. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) pool: Pool,
}

#[derive(Debug, Clone)]
pub(crate) enum Pool {
    Sqlite { write: SqlitePool, read: SqlitePool },
    Postgres(PgPool),
}

/// Something that exists once per driver.
pub(crate) enum Db<S, P> {
    Sqlite(S),
    Postgres(P),
}

/// A transaction.
pub(crate) type Tx = Db<Transaction<'static, Sqlite>, Transaction<'static, Postgres>>;
/// A connection for a single reading statement.
pub(crate) type Conn = Db<PoolConnection<Sqlite>, PoolConnection<Postgres>>;

impl<S, P> Db<S, P> {
    /// Lets the macros take both a value and a reference.
    pub fn this(&mut self) -> &mut Self {
        self
    }
}

/// One body for both drivers; the result names the table when something goes wrong.
macro_rules! on {
    ($db:expr, $table:literal, |$c:ident| $query:expr) => {
        match $db.this() {
            $crate::pool::Db::Sqlite($c) => {
                let $c = &mut **$c;
                $query.await.map_err($crate::error::within($table))
            }
            $crate::pool::Db::Postgres($c) => {
                let $c = &mut **$c;
                $query.await.map_err($crate::error::within($table))
            }
        }
    };
}

/// Executes a statement: how many rows it touched.
macro_rules! run {
    ($db:expr, $table:literal, $sql:expr $(, $arg:expr)* $(,)?) => {
        match $db.this() {
            $crate::pool::Db::Sqlite(c) => sqlx::query($sql)$(.bind($arg))*.execute(&mut **c).await
                .map(|done| done.rows_affected()).map_err($crate::error::within($table)),
            $crate::pool::Db::Postgres(c) => sqlx::query($sql)$(.bind($arg))*.execute(&mut **c).await
                .map(|done| done.rows_affected()).map_err($crate::error::within($table)),
        }
    };
}

/// All rows of a query.
macro_rules! all {
    ($db:expr, $table:literal, $row:ty, $sql:expr $(, $arg:expr)* $(,)?) => {
        $crate::pool::on!($db, $table, |c| sqlx::query_as::<_, $row>($sql)$(.bind($arg))*.fetch_all(c))
    };
}

/// The row of a query, if there is one.
macro_rules! maybe {
    ($db:expr, $table:literal, $row:ty, $sql:expr $(, $arg:expr)* $(,)?) => {
        $crate::pool::on!($db, $table, |c| sqlx::query_as::<_, $row>($sql)$(.bind($arg))*.fetch_optional(c))
    };
}

/// The row of a query; not found otherwise.
macro_rules! one {
    ($db:expr, $table:literal, $row:ty, $sql:expr $(, $arg:expr)* $(,)?) => {
        $crate::pool::on!($db, $table, |c| sqlx::query_as::<_, $row>($sql)$(.bind($arg))*.fetch_one(c))
    };
}

pub(crate) use {all, maybe, on, one, run};

impl Tx {
    /// Makes everything permanent.
    pub async fn commit(self) -> Result<()> {
        match self {
            Db::Sqlite(tx) => tx.commit().await,
            Db::Postgres(tx) => tx.commit().await,
        }
        .map_err(within("transaction"))
    }
}

impl Store {
    /// Opens the database and brings its schema up to date.
    ///
    /// # Errors
    /// In words, when it cannot be reached, is newer than this program, or a migration fails.
    pub async fn open(location: &Location) -> std::result::Result<Self, OpenError> {
        let store = Self::connect(location).await?;
        store.migrate().await?;
        Ok(store)
    }

    /// Opens the database as it is. For `plumbline migrate`; everything else uses [`Store::open`].
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn connect(location: &Location) -> std::result::Result<Self, OpenError> {
        match location {
            Location::Sqlite(file) => connect_sqlite(file).await,
            Location::Postgres(url) => connect_postgres(url).await,
        }
    }

    /// Applies the migrations that are missing and returns their numbers.
    ///
    /// # Errors
    /// When the database is newer than this program, not one of ours, or a migration fails.
    pub async fn migrate(&self) -> std::result::Result<Vec<i64>, OpenError> {
        let before = self.applied().await;
        match &self.pool {
            Pool::Sqlite { write, .. } => SQLITE_MIGRATIONS.run(write).await,
            Pool::Postgres(pool) => POSTGRES_MIGRATIONS.run(pool).await,
        }
        .map_err(|error| match error {
            MigrateError::VersionMissing(version) => OpenError::TooNew { version },
            MigrateError::VersionMismatch(version) => OpenError::Altered { version },
            other => OpenError::Migration(other.to_string()),
        })?;
        Ok(self.applied().await.into_iter().filter(|version| !before.contains(version)).collect())
    }

    /// Closes every connection; SQLite writes its log back into the file.
    pub async fn close(&self) {
        match &self.pool {
            Pool::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Pool::Postgres(pool) => pool.close().await,
        }
    }

    /// Which database it is, in words.
    pub fn kind(&self) -> &'static str {
        match &self.pool {
            Pool::Sqlite { .. } => "SQLite",
            Pool::Postgres(_) => "PostgreSQL",
        }
    }

    /// The migrations a database has; none when it has no such table yet.
    async fn applied(&self) -> Vec<i64> {
        let Ok(mut conn) = self.conn().await else {
            return Vec::new();
        };
        let rows = all!(conn, "_sqlx_migrations", (i64,), "select version from _sqlx_migrations order by version");
        rows.map(|rows| rows.into_iter().map(|(version,)| version).collect()).unwrap_or_default()
    }

    /// A transaction that may write.
    pub(crate) async fn write(&self) -> Result<Tx> {
        Ok(match &self.pool {
            Pool::Sqlite { write, .. } => {
                Db::Sqlite(write.begin_with("begin immediate").await.map_err(within("transaction"))?)
            }
            Pool::Postgres(pool) => Db::Postgres(pool.begin().await.map_err(within("transaction"))?),
        })
    }

    /// A transaction that sees one state of the data throughout.
    pub(crate) async fn read(&self) -> Result<Tx> {
        const FROZEN: &str = "begin isolation level repeatable read, read only";
        Ok(match &self.pool {
            Pool::Sqlite { read, .. } => Db::Sqlite(read.begin().await.map_err(within("transaction"))?),
            Pool::Postgres(pool) => Db::Postgres(pool.begin_with(FROZEN).await.map_err(within("transaction"))?),
        })
    }

    /// A connection for one reading statement.
    pub(crate) async fn conn(&self) -> Result<Conn> {
        Ok(match &self.pool {
            Pool::Sqlite { read, .. } => Db::Sqlite(read.acquire().await.map_err(within("connection"))?),
            Pool::Postgres(pool) => Db::Postgres(pool.acquire().await.map_err(within("connection"))?),
        })
    }
}

async fn connect_sqlite(file: &Path) -> std::result::Result<Store, OpenError> {
    let unreachable = |reason: String| OpenError::Unreachable { location: file.display().to_string(), reason };
    create_private(file).map_err(|e| unreachable(e.to_string()))?;
    let options = SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(PATIENCE);
    // The one writer stays open for good: it keeps the write-ahead log alive for the readers.
    let write = PoolOptions::<Sqlite>::new()
        .min_connections(1)
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(PATIENCE)
        .connect_with(options.clone())
        .await
        .map_err(|e| unreachable(e.to_string()))?;
    let read = PoolOptions::<Sqlite>::new()
        .max_connections(SQLITE_READERS)
        .acquire_timeout(PATIENCE)
        .connect_lazy_with(options.read_only(true));
    let (found,): (String,) =
        sqlx::query_as("select sqlite_version()").fetch_one(&write).await.map_err(|e| unreachable(e.to_string()))?;
    if !recent_enough(&found) {
        return Err(OpenError::OldSqlite { found });
    }
    Ok(Store { pool: Pool::Sqlite { write, read } })
}

async fn connect_postgres(url: &str) -> std::result::Result<Store, OpenError> {
    let unparsed = |e: sqlx::Error| OpenError::Unreachable { location: "postgres".into(), reason: e.to_string() };
    let options = PgConnectOptions::from_str(url).map_err(unparsed)?;
    let location = format!(
        "postgres://{}:{}/{}",
        options.get_host(),
        options.get_port(),
        options.get_database().unwrap_or_default()
    );
    let options = options.application_name("plumbline");
    // A pool would go on trying and then only say that time is up; one connection says what is wrong.
    let first = tokio::time::timeout(PATIENCE, PgConnection::connect_with(&options)).await;
    let reason = match first {
        Ok(Ok(connection)) => connection.close().await.err().map(|e| e.to_string()),
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => Some(format!("no answer within {} s", PATIENCE.as_secs())),
    };
    if let Some(reason) = reason {
        return Err(OpenError::Unreachable { location, reason });
    }
    let pool = PoolOptions::<Postgres>::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(PATIENCE)
        .connect_lazy_with(options);
    Ok(Store { pool: Pool::Postgres(pool) })
}

/// Makes sure that the file exists and only its owner can read it.
pub(crate) fn create_private(file: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}

fn recent_enough(version: &str) -> bool {
    let numbers: Vec<u32> = version.split('.').filter_map(|n| n.parse().ok()).collect();
    numbers.as_slice() >= [3, 51, 3].as_slice()
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        Self::Driver(Box::new(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_library_is_recognised() {
        assert!(!recent_enough("3.51.2") && !recent_enough("3.9.0") && !recent_enough("3.40.1"));
        assert!(recent_enough("3.51.3") && recent_enough("3.52.0") && recent_enough("4.0.0"));
    }

    #[test]
    fn addresses_are_told_apart() {
        let file = |path: &str| Location::Sqlite(path.into());
        assert!(matches!("sqlite:data/p.db".parse::<Location>(), Ok(l) if l == file("data/p.db")));
        assert!(matches!("sqlite:///var/p.db".parse::<Location>(), Ok(l) if l == file("/var/p.db")));
        assert!(matches!("postgres://h/d".parse::<Location>(), Ok(Location::Postgres(_))));
        let refused = "postgers://me:secret@host/db".parse::<Location>().map_err(|e| e.to_string());
        assert!(refused.is_err_and(|text| !text.contains("secret")));
    }
}

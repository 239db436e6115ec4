//! What can go wrong when reading or writing our own data, independent of the database behind it.

use sqlx::error::{DatabaseError, ErrorKind};
use std::borrow::Cow;

/// Why a store method did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such row.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// A rule of the data model would be broken. The constraint is `table_column…` for uniqueness,
    /// `reference` for a row that does not exist, else the name of the rule.
    #[error("this contradicts what is stored already ({constraint})")]
    Conflict {
        /// Which rule, the same on both databases.
        constraint: String,
    },
    /// The document or row was changed since it was read.
    #[error("changed meanwhile; it is at revision {rev} now")]
    Stale {
        /// Its revision now.
        rev: i64,
    },
    /// Other writers kept the database occupied for too long.
    #[error("the database is busy; try again")]
    Busy,
    /// The disk behind the database is full.
    #[error("the disk that holds the database is full; make room and try again")]
    Full,
    /// A stored value cannot be understood.
    #[error("table {table}, column {column} holds something unreadable ({row}): {reason}")]
    Corrupt {
        /// Table.
        table: &'static str,
        /// Column.
        column: String,
        /// Which row, as far as it is known.
        row: String,
        /// What is wrong with it.
        reason: String,
    },
    /// This database cannot do it; the text says what to do instead.
    #[error("{0}")]
    Unsupported(&'static str),
    /// Anything else the database reported.
    #[error("the database reported: {0}")]
    Driver(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is neither a SQLite file nor a PostgreSQL URL.
    #[error("`{0}` is not a database address; use sqlite:FILE or postgres://USER@HOST/DATABASE")]
    Address(String),
    /// It does not answer, or the file cannot be opened.
    #[error("cannot open the database {location}: {reason}")]
    Unreachable {
        /// Where, without credentials.
        location: String,
        /// What the driver said.
        reason: String,
    },
    /// The SQLite library is one that can corrupt write-ahead logs.
    #[error("SQLite {found} is older than 3.51.3 and may damage the file; build with the bundled library")]
    OldSqlite {
        /// Its version.
        found: String,
    },
    /// A newer program has written this database.
    #[error("the database has schema {version}, which this program does not know; use the newer program")]
    TooNew {
        /// The unknown migration.
        version: i64,
    },
    /// A migration that was applied is not the one in this program.
    #[error("migration {version} was applied in another form; this is not a database of this program")]
    Altered {
        /// The migration.
        version: i64,
    },
    /// A migration failed.
    #[error("cannot bring the database up to date: {0}")]
    Migration(String),
}

/// Turns a driver error into ours, knowing the table the statement was about.
pub(crate) fn within(table: &'static str) -> impl Fn(sqlx::Error) -> StoreError {
    move |error| match error {
        sqlx::Error::RowNotFound => StoreError::NotFound(table),
        sqlx::Error::PoolTimedOut => StoreError::Busy,
        sqlx::Error::ColumnDecode { index, source } => StoreError::Corrupt {
            table,
            column: index.trim_matches('"').to_owned(),
            row: "row not known".into(),
            reason: source.to_string(),
        },
        sqlx::Error::Database(database) => from_database(database),
        other => StoreError::Driver(Box::new(other)),
    }
}

fn from_database(error: Box<dyn DatabaseError>) -> StoreError {
    match error.kind() {
        ErrorKind::UniqueViolation => {
            let constraint = match error.constraint() {
                Some(name) => name.to_owned(),
                None => named_like_postgres(error.message()),
            };
            return StoreError::Conflict { constraint };
        }
        ErrorKind::ForeignKeyViolation => {
            return StoreError::Conflict { constraint: "reference".into() };
        }
        _ => {}
    }
    let code = error.code().unwrap_or(Cow::Borrowed(""));
    // SQLite gives extended result codes as numbers: the low byte is the class (5 busy, 6 locked,
    // 13 full). PostgreSQL gives five characters.
    match (code.parse::<i32>().ok().filter(|_| code.len() < 5).map(|c| c & 0xff), &*code) {
        (Some(5 | 6), _) | (None, "40001" | "40P01" | "55P03") => StoreError::Busy,
        (Some(13), _) | (None, "53100") => StoreError::Full,
        _ => StoreError::Driver(Box::new(sqlx::Error::Database(error))),
    }
}

/// `UNIQUE constraint failed: items.document_id, items.id` → `items_document_id_id`, which is how the
/// constraints are named in both folders of migrations.
fn named_like_postgres(message: &str) -> String {
    let columns = message.rsplit_once(": ").map_or(message, |(_, columns)| columns);
    let mut name = String::new();
    for column in columns.split(", ") {
        let (table, column) = column.split_once('.').unwrap_or(("", column));
        if name.is_empty() {
            name.push_str(table);
        }
        name.push('_');
        name.push_str(column);
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_have_one_name_on_both_databases() {
        let message = "UNIQUE constraint failed: items.document_id, items.id";
        assert_eq!(named_like_postgres(message), "items_document_id_id");
    }
}

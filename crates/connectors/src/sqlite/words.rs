//! What goes wrong with a SQLite file, in words.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use crate::{
    error::{ConnectorError, ErrorKind, cut, listed},
    limits::Meter,
};

pub(super) fn missing_table(system: &str, wanted: &str, tables: &[String]) -> ConnectorError {
    let message = if tables.is_empty() {
        format!("there is no table `{}`, nor any other; is it the right file?", cut(wanted))
    } else {
        format!("there is no table `{}`; it has {}", cut(wanted), listed(tables))
    };
    ConnectorError::bad_data(system, message)
}

pub(super) fn unreadable(system: &str, column: &str, row: u64, reason: sqlx::error::BoxDynError) -> ConnectorError {
    ConnectorError::bad_data(system, format!("`{}` in row {row} is no valid text: {reason}", cut(column)))
}

/// A statement that was interrupted was so by us: because of the time limit or because somebody cancelled.
pub(super) fn ended(meter: &Meter, error: &sqlx::Error, cancel: &AtomicBool) -> ConnectorError {
    const INTERRUPTED: &str = "9";
    let interrupted = error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == INTERRUPTED);
    if interrupted && cancel.load(Relaxed) {
        return meter.look().err().unwrap_or_else(|| meter.timed_out());
    }
    if interrupted { meter.timed_out() } else { translate(&meter.system, error) }
}

pub(super) fn translate(system: &str, error: &sqlx::Error) -> ConnectorError {
    let Some(database) = error.as_database_error() else {
        return ConnectorError::bad_data(system, format!("it cannot be read: {error}"));
    };
    // Extended result codes carry the primary one in their lowest byte.
    let code = database.code().and_then(|code| code.parse::<i64>().ok()).unwrap_or_default() & 0xff;
    let reason = database.message();
    match code {
        5 | 6 => ConnectorError::new(ErrorKind::TimedOut, system, "another program keeps it locked; try again later"),
        7 | 18 => {
            let message = "a view or column of it makes more at once than there is memory for; leave it out";
            ConnectorError::new(ErrorKind::Limit, system, message)
        }
        9 => ConnectorError::new(ErrorKind::TimedOut, system, "reading took longer than allowed"),
        11 => ConnectorError::bad_data(system, "the database is damaged; take a fresh copy of it"),
        // A database in WAL mode is opened by writing a file beside it, also for reading.
        8 | 14 => {
            let next =
                "if it is in WAL mode and its folder cannot be written to, copy it with VACUUM INTO and take the copy";
            ConnectorError::new(ErrorKind::Unreachable, system, format!("it cannot be opened: {reason}; {next}"))
        }
        26 => ConnectorError::bad_data(system, "this is not a SQLite database (or it is encrypted); check the file"),
        _ => ConnectorError::bad_data(system, format!("it cannot be read: {reason}")),
    }
}

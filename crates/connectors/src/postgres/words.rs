//! The driver's errors in words. Codes are PostgreSQL's SQLSTATE.

use sqlx::postgres::PgDatabaseError;

use crate::{
    error::{ConnectorError, ErrorKind, cut, in_one_line},
    server::network_trouble,
};

/// Classes of errors whose words are about the connection, the server, or names in a statement. Those of others,
/// such as a value that cannot be converted or an exception of somebody's own function, repeat values, which not
/// everybody who sees a run may see.
const WITHOUT_VALUES: [&str; 9] = ["08", "0A", "28", "42", "53", "54", "55", "57", "58"];
/// A value that cannot be converted or computed.
const DATA: &str = "22";

pub(super) fn translate(system: &str, error: &sqlx::Error) -> ConnectorError {
    if let Some(trouble) = network_trouble(system, error) {
        return trouble;
    }
    let (kind, message) = match error {
        sqlx::Error::Database(database) => {
            let column = database.try_downcast_ref::<PgDatabaseError>().and_then(PgDatabaseError::column);
            reported(&database.code().unwrap_or_default(), database.message(), column)
        }
        _ => (ErrorKind::BadData, format!("it does not talk like PostgreSQL ({error}); check host and port")),
    };
    ConnectorError::new(kind, system, in_one_line(&message))
}

/// What the server itself reports, and of which column where it says so.
fn reported(code: &str, reason: &str, column: Option<&str>) -> (ErrorKind, String) {
    match code {
        "28P01" | "28000" => {
            (ErrorKind::Denied, format!("the server does not accept user and password ({reason}); check both"))
        }
        "3D000" => (ErrorKind::BadData, "there is no such database on this server; check its name".into()),
        "42501" => (ErrorKind::Denied, format!("the user lacks a right ({reason}); grant it select")),
        "42P01" | "42703" => (ErrorKind::BadData, format!("the table has changed meanwhile ({reason}); try again")),
        // One code for both; the server's own language tells them apart where it is English.
        "57014" if reason.contains("user request") => {
            (ErrorKind::TimedOut, "somebody at the server ended the query; try again".into())
        }
        "57014" => {
            (ErrorKind::TimedOut, "the server ended the query at the time limit; raise it or take a part".into())
        }
        "55P03" => (ErrorKind::TimedOut, "somebody keeps the table locked; try again later".into()),
        "25006" => (ErrorKind::Refused, "something in it tried to write; only reading is possible".into()),
        "53300" | "57P03" => {
            (ErrorKind::Unreachable, format!("the server takes no connection now ({reason}); try again later"))
        }
        _ if WITHOUT_VALUES.iter().any(|class| code.starts_with(class)) => {
            (ErrorKind::BadData, format!("the server reports: {reason}"))
        }
        _ => {
            let column = column.map(|column| format!(", column `{}`", cut(column))).unwrap_or_default();
            let what = if code.starts_with(DATA) { "cannot convert or compute a value" } else { "reports an error" };
            let message = format!("the server {what} (code {code}{column}); read the table there to see its own words");
            (ErrorKind::BadData, message)
        }
    }
}

//! The driver's errors in words. Numbers are those of MySQL and MariaDB.

use sqlx::mysql::MySqlDatabaseError;

use crate::{
    error::{ConnectorError, ErrorKind, in_one_line},
    server::network_trouble,
};

pub(super) fn translate(system: &str, error: &sqlx::Error) -> ConnectorError {
    if let Some(trouble) = network_trouble(system, error) {
        return trouble;
    }
    let (kind, message) = match error {
        sqlx::Error::Database(database) => {
            let number = database.try_downcast_ref::<MySqlDatabaseError>().map_or(0, MySqlDatabaseError::number);
            reported(number, database.message())
        }
        // What the driver says when it would need RSA, which is left out (see docs/decisions).
        sqlx::Error::Configuration(_) => (
            ErrorKind::Denied,
            "this user's password is only sent encrypted (caching_sha2_password); choose a connection with TLS".into(),
        ),
        sqlx::Error::Protocol(reason) if reason.contains("plugin") => (
            ErrorKind::Denied,
            format!("the user signs in by a way that is not known here ({reason}); use one with a password"),
        ),
        _ => (ErrorKind::BadData, format!("it does not talk like MySQL ({error}); check host and port")),
    };
    ConnectorError::new(kind, system, in_one_line(&message))
}

/// What the server itself reports.
fn reported(number: u16, reason: &str) -> (ErrorKind, String) {
    match number {
        1045 | 1130 | 1698 | 1820 | 1862 | 3118 | 4151 => {
            (ErrorKind::Denied, format!("the server does not accept user and password ({reason}); check both"))
        }
        1044 => (ErrorKind::Denied, format!("the user may not use this database ({reason}); grant it select")),
        1049 => (ErrorKind::BadData, "there is no such database on this server; check its name".into()),
        1142 | 1143 | 1227 | 1345 | 1370 | 1449 => {
            (ErrorKind::Denied, format!("the user lacks a right ({reason}); grant it select"))
        }
        1051 | 1054 | 1146 | 1356 | 1412 => {
            (ErrorKind::BadData, format!("the table has changed meanwhile ({reason}); try again"))
        }
        1969 | 3024 => {
            (ErrorKind::TimedOut, "the server ended the query at the time limit; raise it or take a part".into())
        }
        1317 => (ErrorKind::TimedOut, "somebody at the server ended the query; try again".into()),
        1205 | 1213 => (ErrorKind::TimedOut, "somebody keeps the table locked; try again later".into()),
        1290 | 1792 | 1836 => (ErrorKind::Refused, "something in it tried to write; only reading is possible".into()),
        1040 | 1053 | 1129 | 1203 | 1226 => {
            (ErrorKind::Unreachable, format!("the server takes no connection now ({reason}); try again later"))
        }
        1153 | 1301 => {
            (ErrorKind::Limit, format!("a row is too large for the server to send ({reason}); leave out wide columns"))
        }
        // Whatever else it says may repeat a value, which not everybody who sees a run may see.
        _ => {
            let message = format!("the server reports error {number}; read the table there to see its own words");
            (ErrorKind::BadData, message)
        }
    }
}

//! What can go wrong with a connected system, in words that name it and the next step.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// A connected system did not do what was asked of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{system}: {message}")]
pub struct ConnectorError {
    /// What sort of trouble it is, for deciding whether trying again makes sense.
    pub kind: ErrorKind,
    /// The system as the user knows it: a file name, or host and database.
    pub system: String,
    /// What happened and what to do about it; never holds a password or a value of the data.
    pub message: String,
}

/// What sort of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// Nobody answers.
    Unreachable,
    /// It answers and says no: wrong password, missing right.
    Denied,
    /// It took longer than allowed.
    TimedOut,
    /// Our own guard said no, before anything was sent.
    Refused,
    /// More than the limits allow.
    Limit,
    /// What came is not what was expected: broken file, missing table.
    BadData,
    /// Somebody cancelled.
    Cancelled,
}

impl ConnectorError {
    pub(crate) fn new(kind: ErrorKind, system: impl Into<String>, message: impl Into<String>) -> Self {
        Self { kind, system: system.into(), message: message.into() }
    }

    pub(crate) fn bad_data(system: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::BadData, system, message)
    }

    /// A file that cannot be opened or read.
    pub(crate) fn file(system: &str, error: &std::io::Error) -> Self {
        use std::io::ErrorKind as Io;
        match error.kind() {
            Io::NotFound => Self::new(ErrorKind::Unreachable, system, "there is no such file; check the path"),
            Io::PermissionDenied => {
                Self::new(ErrorKind::Denied, system, "reading it is not permitted; give this user the right to read it")
            }
            Io::IsADirectory => Self::bad_data(system, "this is a directory; name a file in it"),
            _ => Self::new(ErrorKind::Unreachable, system, format!("it cannot be read: {error}")),
        }
    }
}

/// What the receiver of the batches reports.
pub type SinkError = Box<dyn std::error::Error + Send + Sync>;

/// Why reading ended early: the source failed, or the one who takes the rows.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The source failed.
    #[error(transparent)]
    Source(#[from] ConnectorError),
    /// The receiver of the batches failed.
    #[error("{0}")]
    Sink(SinkError),
}

/// An error that may hold words of a server, which may repeat the secret it was given, and go on without end.
pub(crate) trait Discreet {
    /// The same without the secret, and not longer than anybody would read.
    fn without(self, secret: &SecretString) -> Self;
}

impl Discreet for ConnectorError {
    fn without(mut self, secret: &SecretString) -> Self {
        const LONGEST: usize = 4000;
        self.message = without(&self.message, secret.expose_secret());
        // Only now: half a secret at the end would not have been recognised.
        if let Some((end, _)) = self.message.char_indices().nth(LONGEST) {
            self.message.truncate(end);
            self.message.push('…');
        }
        self
    }
}

fn without(message: &str, secret: &str) -> String {
    let secret = secret.to_ascii_lowercase();
    // Shorter ones are no secrets, and would take ordinary words apart.
    if secret.len() < 4 {
        return message.to_owned();
    }
    // A message may hold it in other letters: what a service says is sometimes brought to small ones.
    let small = message.to_ascii_lowercase();
    let (mut told, mut from) = (String::new(), 0);
    for (at, _) in small.match_indices(&secret) {
        told.push_str(&message[from..at]);
        told.push('…');
        from = at + secret.len();
    }
    told.push_str(&message[from..]);
    told
}

impl Discreet for ReadError {
    fn without(self, secret: &SecretString) -> Self {
        match self {
            Self::Source(error) => Self::Source(error.without(secret)),
            other => other,
        }
    }
}

/// What a server says, in one line.
pub(crate) fn in_one_line(text: &str) -> String {
    text.split(['\r', '\n']).map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Names in an error message are cut off after this many.
const LISTED: usize = 20;

/// Names for an error message.
pub(crate) fn listed(names: &[String]) -> String {
    let mut text = names.iter().take(LISTED).map(|name| format!("`{}`", cut(name))).collect::<Vec<_>>().join(", ");
    if names.len() > LISTED {
        text.push_str(&format!(" and {} more", names.len() - LISTED));
    }
    text
}

/// A name as messages show it: whoever made it may have written a novel.
pub(crate) fn cut(name: &str) -> String {
    const SHOWN: usize = 80;
    match name.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{ConnectorError, Discreet};

    #[test]
    fn a_secret_that_is_repeated_is_not_told() {
        let told = |message: &str, secret: &str| ConnectorError::bad_data("x", message).without(&secret.into()).message;
        assert_eq!(told("no: Pass/Wörd, pass/wörd; ü", "Pass/Wörd"), "no: …, …; ü");
        assert_eq!(told("nothing to hide", "secret"), "nothing to hide");
        assert_eq!(told("it has 12 rows", "12"), "it has 12 rows", "shorter than any secret");
        assert_eq!(told("it has 12 rows", ""), "it has 12 rows");
        let long = told(&format!("{}secret", "ü".repeat(3997)), "secret");
        assert_eq!((long.chars().count(), long.ends_with("ü…")), (3998, true), "no half of it is left at the end");
        assert_eq!(told(&"ü".repeat(100_000), "secret").chars().count(), 4001);
    }
}

//! What connections to database servers have in common: how they are encrypted, what a test of one finds, the
//! way to the checked address, and rows that come one by one turned into batches.

pub(crate) mod rows;
pub(crate) mod tunnel;

use std::{net::IpAddr, panic::AssertUnwindSafe, time::Duration};

use futures::FutureExt;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;
use tokio_rustls::rustls;

use crate::{
    error::{ConnectorError, Discreet, ErrorKind},
    guard::{GuardProof, Reason, ServerFacts, Target},
    limits::{Limits, size},
};

/// How a connection is encrypted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TlsMode {
    /// Not at all: for networks that are trusted.
    Off,
    /// Encrypted, whoever answers.
    Require,
    /// Encrypted, with a certificate from a trusted authority.
    VerifyCa,
    /// The same, and the certificate is for this host name.
    #[default]
    VerifyName,
}

impl TlsMode {
    /// What should be known of a way that is secured no better than this.
    pub(crate) fn warning(self) -> Option<Reason> {
        match self {
            Self::Off => Some(Reason::of("not-encrypted")),
            Self::Require => Some(Reason::of("not-verified")),
            Self::VerifyCa => Some(Reason::of("name-not-verified")),
            Self::VerifyName => None,
        }
    }
}

/// What a test of the connection found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionReport {
    /// What the server says about itself.
    pub facts: ServerFacts,
    /// Signs that do not forbid the connection but should be seen.
    pub warnings: Vec<Reason>,
}

/// Fails unless the proof is for this very target.
pub(crate) fn proven(proof: &GuardProof, asked: &Target, system: &str) -> Result<(), ConnectorError> {
    if proof.target() == asked {
        return Ok(());
    }
    let message = "the guard has checked another target; check this one first";
    Err(ConnectorError::new(ErrorKind::Refused, system, message))
}

/// Tries the checked addresses one after the other until one lets us in or denies it. The name is never resolved again.
pub(crate) async fn first_that_answers<T, F: Future<Output = Result<T, ConnectorError>>>(
    system: &str,
    proof: &GuardProof,
    limits: &Limits,
    attempt: impl Fn(IpAddr) -> F,
) -> Result<T, ConnectorError> {
    let mut failure = no_answer(system, limits.connect);
    for address in proof.addresses() {
        match timeout(limits.connect, attempt(*address)).await {
            Ok(Ok(connected)) => return Ok(connected),
            Ok(Err(error)) => failure = error,
            Err(_) => failure = no_answer(system, limits.connect),
        }
        if failure.kind == ErrorKind::Denied {
            break;
        }
    }
    Err(failure)
}

/// Drivers trust lengths that a server tells and panic where they are wrong: that is an answer like others. A server
/// that repeats the password in its own words is not quoted with it.
pub(crate) async fn contained<T, E: From<ConnectorError> + Discreet>(
    system: &str,
    kind: &str,
    password: &SecretString,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let ended = AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|_| Err(unreadable(system, kind).into()));
    ended.map_err(|error| error.without(password))
}

/// What came cannot be read as the protocol of this kind of server.
pub(crate) fn unreadable(system: &str, kind: &str) -> ConnectorError {
    ConnectorError::bad_data(system, format!("what it sends cannot be read as {kind}'s protocol; check host and port"))
}

/// A connection that we cut off ourselves, because a server sent so many bytes, did not break by itself.
pub(crate) fn too_much(system: &str, most: u64) -> ConnectorError {
    let message = format!("it sent more than {} without a row being complete; leave out wide columns", size(most));
    ConnectorError::new(ErrorKind::Limit, system, message)
}

/// Nothing came back within the time for connecting.
pub(crate) fn no_answer(system: &str, waited: Duration) -> ConnectorError {
    let message = format!(
        "no answer within {} s; check that it is running and the network lets us through",
        waited.as_secs_f64()
    );
    ConnectorError::new(ErrorKind::TimedOut, system, message)
}

/// Trouble below the language of the database: the network, or encryption. `None` for anything else.
pub(crate) fn network_trouble(system: &str, error: &sqlx::Error) -> Option<ConnectorError> {
    match error {
        sqlx::Error::Io(io) if io.kind() == std::io::ErrorKind::TimedOut => {
            let message = "no answer; check that it is running and the network lets us through";
            Some(ConnectorError::new(ErrorKind::TimedOut, system, message))
        }
        sqlx::Error::Io(io) => Some(not_reached(system, io)),
        sqlx::Error::Tls(reason) => Some(untrusted(system, &reason.to_string())),
        _ => None,
    }
}

/// What came of an attempt to connect: nobody there, or somebody who cannot be trusted.
pub(crate) fn not_reached(system: &str, error: &std::io::Error) -> ConnectorError {
    if let Some(reason) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return untrusted(system, &reason.to_string());
    }
    let message = format!("it cannot be reached ({}); check host, port and that it is running", error.kind());
    ConnectorError::new(ErrorKind::Unreachable, system, message)
}

fn untrusted(system: &str, reason: &str) -> ConnectorError {
    let message = format!(
        "no trusted encrypted connection ({}); check its certificate, or give that of the authority that issued it",
        reason.replace('\n', " ")
    );
    ConnectorError::new(ErrorKind::Denied, system, message)
}

//! The one place that decides what is the caller's fault and what is ours.

use domain::{FieldConflict, Invalid, Rejection};
use std::fmt::Display;
use store::{OpenError, StoreError};

/// Why a use case did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or the caller may not know about it.
    #[error("there is no such {0} here; it may have been removed, or you may not have access to it")]
    NotFound(&'static str),
    /// The caller is known but may not do this.
    #[error("{0}")]
    Denied(String),
    /// Nobody is signed in.
    #[error("sign in first")]
    SignedOut,
    /// Values that cannot be kept.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Invalid(Vec<Invalid>),
    /// Fields somebody else changed meanwhile.
    #[error("somebody else changed the same field meanwhile; choose which value to keep")]
    Edited(Vec<FieldConflict>),
    /// The thing is not in a state for this; the message says what to do.
    #[error("{0}")]
    Conflict(String),
    /// A connected system or a limit stands in the way; the message says which.
    #[error("{0}")]
    Unavailable(String),
    /// Too many tries; come back later.
    #[error("too many tries; wait a quarter of an hour and try again")]
    TooMany,
    /// Our own fault. The text is for the log and the operator alone.
    #[error("something went wrong inside Plumbline")]
    Internal(String),
}

impl Error {
    /// The message for the operator, who is the one to mend what is our own fault.
    pub fn for_operator(&self) -> String {
        match self {
            Self::Internal(cause) => format!("{self}: {cause}"),
            other => other.to_string(),
        }
    }
}

impl Error {
    /// One wrong value.
    pub fn invalid(field: &str, reason: impl Into<String>) -> Self {
        Self::Invalid(vec![Invalid::new(field, reason)])
    }

    /// A role is missing.
    pub fn denied(needs: &str) -> Self {
        Self::Denied(format!("this needs the role {needs}; ask an owner of the plan"))
    }

    /// A file or folder the operator named cannot be used.
    pub(crate) fn unusable(what: &str, error: &dyn Display) -> Self {
        Self::Unavailable(format!("{what} cannot be used: {error}"))
    }

    /// Something that cannot happen unless the installation is broken.
    pub(crate) fn internal(what: &str, error: &dyn Display) -> Self {
        Self::Internal(format!("{what}: {error}"))
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound(what) => Self::NotFound(what),
            StoreError::Conflict { constraint } if constraint == "plan_editable" => {
                Self::Conflict("this version is signed and cannot be changed; revise it first".into())
            }
            StoreError::Conflict { constraint } if constraint == "last_owner" => Self::Conflict(
                "nobody could manage this installation any more; make somebody else an owner first".into(),
            ),
            StoreError::Conflict { constraint } if constraint == "plan_state" => {
                Self::Conflict("the plan is in another state by now; reload the page".into())
            }
            StoreError::Conflict { constraint } => Self::Conflict(format!("{constraint} is taken already")),
            StoreError::Stale { .. } => {
                Self::Conflict("somebody else changed this at the same moment; try again".into())
            }
            full @ StoreError::Full => Self::Unavailable(full.to_string()),
            unsupported @ StoreError::Unsupported(_) => Self::Unavailable(unsupported.to_string()),
            StoreError::Busy => Self::Unavailable("the database is busy; try again in a moment".into()),
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<OpenError> for Error {
    fn from(error: OpenError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl From<Rejection> for Error {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::Invalid(problems) => Self::Invalid(problems),
            Rejection::Conflict(fields) => Self::Edited(fields),
            Rejection::Missing(_) => Self::NotFound("item"),
            Rejection::Exists(_) => Self::Conflict("this item exists already".into()),
        }
    }
}

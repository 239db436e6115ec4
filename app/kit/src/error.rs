//! What a server function answers when it did not do what was asked: a kind for the page to act on,
//! words for the person, one line per wrong field. Made from `workbench::Error` in `server.rs` alone.

use crate::ui::Explained;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};

/// What went wrong, as far as a page has to act on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// Nobody is signed in.
    SignedOut,
    /// The person may not do this.
    Denied,
    /// There is no such thing, or they may not know about it.
    NotFound,
    /// Values that cannot be kept; see `fields`.
    Invalid,
    /// The thing changed meanwhile, or is not in a state for this.
    Conflict,
    /// A connected system, the database or a limit stands in the way.
    Unavailable,
    /// Too many tries.
    TooMany,
    /// Our own fault.
    Internal,
    /// The server could not be reached.
    Offline,
}

/// One wrong value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// Name of the field in the form.
    pub field: String,
    /// What is wrong with it, read after the field's label.
    pub message: String,
}

/// Why something did not happen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppError {
    /// What went wrong, for the page.
    pub kind: ErrorKind,
    /// What went wrong and what to do next, for the person.
    pub message: String,
    /// Wrong values, field by field.
    pub fields: Vec<FieldError>,
    /// Under which the server logged the request.
    pub trace_id: Option<String>,
}

impl AppError {
    /// An error of a kind in words, without fields.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), fields: Vec::new(), trace_id: None }
    }

    /// What is wrong with one field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<String> {
        self.fields.iter().find(|f| f.field == name).map(|f| f.message.clone())
    }

    /// The message, unless every word of it stands beside a field among those shown.
    #[must_use]
    pub fn remainder(&self, shown: &[&str]) -> Option<String> {
        let covered = !self.fields.is_empty() && self.fields.iter().all(|f| shown.contains(&f.field.as_str()));
        (!covered).then(|| self.message.clone())
    }
}

/// What an action's last answer says about one field, for the `error` of a form field.
pub fn field_error<T>(
    value: impl Get<Value = Option<Result<T, AppError>>> + Send + Sync + Copy + 'static,
    name: &'static str,
) -> Signal<Option<String>>
where
    T: Clone + Send + Sync + 'static,
{
    Signal::derive(move || value.get().and_then(Result::err).and_then(|error| error.field(name)))
}

/// Forgets what became of everything but what was done last, so that an old error does not stay beside a new success.
/// `versions` says how often each was done, tracked; `clears` forgets each, in the same order.
pub fn keep_the_last<const N: usize>(versions: impl Fn() -> [usize; N] + 'static, clears: [Box<dyn Fn()>; N]) {
    Effect::new(move |before: Option<[usize; N]>| {
        let now = versions();
        if let Some(before) = before.filter(|before| *before != now) {
            let others = clears.iter().zip(now.iter().zip(before)).filter(|(_, (new, old))| **new == *old);
            others.for_each(|(clear, _)| clear());
        }
        now
    });
}

impl std::fmt::Display for AppError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for AppError {}

impl Explained for AppError {
    fn message(&self) -> String {
        self.message.clone()
    }

    fn request_id(&self) -> Option<String> {
        self.trace_id.clone()
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    /// As usual, except that a session that ended while a page was open leads to the sign-in page:
    /// here, and not in each page.
    fn de(data: bytes::Bytes) -> Self {
        let error: Self = serde_json::from_slice(&data)
            .unwrap_or_else(|e| Self::from_server_fn_error(ServerFnErrorErr::Deserialization(e.to_string())));
        #[cfg(feature = "hydrate")]
        if error.kind == ErrorKind::SignedOut {
            crate::next::leave_for_sign_in();
        }
        error
    }

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => {
                Self::new(ErrorKind::Offline, "the server cannot be reached; check your connection and try again")
            }
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => {
                #[cfg(feature = "ssr")]
                crate::server::answer_with(axum::http::StatusCode::BAD_REQUEST);
                Self::new(
                    ErrorKind::Invalid,
                    "the form is incomplete or from an older version of this page; load the page again",
                )
            }
            // On the server it is the request that could not be read: cut off, or larger than allowed.
            #[cfg(feature = "ssr")]
            ServerFnErrorErr::Deserialization(_) => {
                crate::server::answer_with(axum::http::StatusCode::BAD_REQUEST);
                Self::new(
                    ErrorKind::Invalid,
                    "the form did not arrive whole or is too large; shorten it and send it again",
                )
            }
            // A proxy or an older server answered something that is not ours.
            #[cfg(not(feature = "ssr"))]
            ServerFnErrorErr::Deserialization(_) => Self::new(
                ErrorKind::Internal,
                "the server gave an answer this page does not understand; load the page again",
            ),
            other => {
                #[cfg(feature = "ssr")]
                tracing::error!(cause = %other, "a server function failed");
                let _ = other;
                Self::new(ErrorKind::Internal, "something went wrong inside Plumbline")
            }
        }
    }
}

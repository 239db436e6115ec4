//! The bridge from pages to the server world, server side only: who asks, the workbench, redirects,
//! and the one place where a `workbench::Error` becomes what the browser is told.

use crate::{AppError, ErrorKind, FieldError, local_path};
use axum::http::{HeaderValue, StatusCode, header, request::Parts};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use workbench::{Caller, Error, Workbench};

/// Name under which the server knows a request, in its log and in error messages. The layer that
/// makes it puts it into the request's extensions.
#[derive(Debug, Clone)]
pub struct TraceId(pub String);

/// Where a server function leaves the new token of the session it ran in; the cookie is set from it.
#[derive(Clone, Default)]
pub struct Rotated(pub std::sync::Arc<std::sync::Mutex<Option<String>>>);

/// Gives the browser another token for its session.
pub fn rotate(token: String) {
    if let Some(rotated) = with_parts(|parts| parts.extensions.get::<Rotated>().cloned()) {
        *rotated.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(token);
    }
}

/// What was found out about the file that came with this request: `POST /verify` draws the page with it.
#[derive(Clone)]
pub struct Verified {
    /// Name of the file.
    pub file_name: String,
    /// What was found out.
    pub said: views::review::Verification,
}

/// The workbench and who asks: the first line of every server function, before anything is awaited.
///
/// # Errors
/// When called outside a request.
pub fn here() -> Result<(Workbench, Caller), AppError> {
    let workbench = use_context::<Workbench>()
        .ok_or_else(|| AppError::new(ErrorKind::Internal, "something went wrong inside Plumbline"))?;
    Ok((workbench, caller()))
}

/// Who asks, as the session layer found out; nobody when it did not run.
#[must_use]
pub fn caller() -> Caller {
    with_parts(|parts| parts.extensions.get::<Caller>().cloned()).unwrap_or(Caller::Anonymous)
}

/// The kind of item an address or a form names.
///
/// # Errors
/// When there is no such kind.
pub fn kind(code: &str) -> Result<domain::Kind, AppError> {
    domain::Kind::from_code(code).ok_or_else(|| Error::NotFound("kind of item").into())
}

/// A form without scripts cannot choose between two values: it gets both in words and nothing is kept.
///
/// # Errors
/// When there is a conflict and the form came without scripts.
pub fn say_conflict(outcome: &views::items::EditOutcome) -> Result<(), AppError> {
    let views::items::EditOutcome::Conflict { fields } = outcome else {
        return Ok(());
    };
    if !is_plain_form() {
        return Ok(());
    }
    let said: Vec<_> = fields
        .iter()
        .map(|f| format!("{} says “{}” since {} changed it; you wrote “{}”", f.label, f.theirs, f.by, f.mine))
        .collect();
    Err(AppError::new(ErrorKind::Conflict, format!("nothing was saved: {}", said.join("; "))))
}

/// Sends the browser to a page of ours, after a form as well as after an action. Then return `Ok`.
pub fn redirect(path: &str) {
    leptos_axum::redirect(local_path(Some(path)));
}

/// Sets the status of the answer, except where a form without scripts is redirected back.
pub fn answer_with(status: StatusCode) {
    if let Some(response) = use_context::<ResponseOptions>()
        && !is_plain_form()
    {
        response.set_status(status);
    }
}

/// Answers that there is no such page, whoever asks.
pub fn no_such_page() {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(StatusCode::NOT_FOUND);
    }
}

/// What a page may load, run and send. `nonce` is what its own scripts carry; an answer without
/// scripts has none.
#[must_use]
pub fn content_security_policy(nonce: Option<&str>) -> String {
    let scripts = nonce
        .map_or_else(|| "'none'".to_owned(), |nonce| format!("'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'"));
    // While developing, the page listens for a newer version of itself.
    let connect = if cfg!(debug_assertions) { "'self' ws://127.0.0.1:3001 ws://localhost:3001" } else { "'self'" };
    format!(
        "default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self' data:; connect-src {connect}; \
         font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
}

/// The colour scheme the reader chose, from its cookie; `None` leaves it to the system.
#[must_use]
pub fn theme() -> Option<&'static str> {
    with_parts(|parts| {
        let cookies = parts.headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
        let chosen = cookies.flat_map(|line| line.split("; ")).find_map(|pair| pair.strip_prefix("theme="))?;
        ["light", "dark"].into_iter().find(|theme| *theme == chosen)
    })
}

/// Adds a header to the answer.
pub fn set_header(name: header::HeaderName, value: &str) {
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(value)) {
        response.insert_header(name, value);
    }
}

impl From<Error> for AppError {
    fn from(error: Error) -> Self {
        let trace_id = with_parts(|parts| parts.extensions.get::<TraceId>().map(|id| id.0.clone()));
        let (kind, status) = match &error {
            Error::NotFound(_) => (ErrorKind::NotFound, StatusCode::NOT_FOUND),
            Error::Denied(_) => (ErrorKind::Denied, StatusCode::FORBIDDEN),
            Error::SignedOut => (ErrorKind::SignedOut, StatusCode::UNAUTHORIZED),
            Error::Invalid(_) => (ErrorKind::Invalid, StatusCode::UNPROCESSABLE_ENTITY),
            Error::Edited(_) | Error::Conflict(_) => (ErrorKind::Conflict, StatusCode::CONFLICT),
            Error::Unavailable(_) => (ErrorKind::Unavailable, StatusCode::SERVICE_UNAVAILABLE),
            Error::TooMany => (ErrorKind::TooMany, StatusCode::TOO_MANY_REQUESTS),
            Error::Internal(cause) => {
                tracing::error!(trace_id = trace_id.as_deref().unwrap_or("-"), %cause, "request failed");
                (ErrorKind::Internal, StatusCode::INTERNAL_SERVER_ERROR)
            }
        };
        answer_with(status);
        if kind == ErrorKind::SignedOut {
            leptos_axum::redirect(&sign_in_page());
        }
        let message = error.to_string();
        let fields = match error {
            Error::Invalid(problems) => {
                problems.into_iter().map(|p| FieldError { field: p.field, message: p.reason }).collect()
            }
            _ => Vec::new(),
        };
        Self { kind, message, fields, trace_id: trace_id.filter(|_| kind == ErrorKind::Internal) }
    }
}

/// The sign-in page, which leads back to the page in view: the one asked for, or the one whose script
/// or form asked.
fn sign_in_page() -> String {
    let path = with_parts(|parts| {
        let own = parts.uri.path_and_query().map(|p| p.as_str().to_owned());
        if !parts.uri.path().starts_with("/api/") {
            return own;
        }
        let referrer = parts.headers.get(header::REFERER)?.to_str().ok()?;
        let (_, after_scheme) = referrer.split_once("://")?;
        after_scheme.find('/').map(|start| after_scheme[start..].to_owned())
    });
    sign_in_address(path.as_deref())
}

/// Address of the sign-in page that leads to `path` afterwards.
#[must_use]
pub fn sign_in_address(path: Option<&str>) -> String {
    match local_path(path) {
        crate::next::HOME => "/sign-in".to_owned(),
        path => {
            let encoded: String = path
                .bytes()
                .map(|b| match b {
                    b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => char::from(b).to_string(),
                    other => format!("%{other:02X}"),
                })
                .collect();
            format!("/sign-in?next={encoded}")
        }
    }
}

fn is_plain_form() -> bool {
    with_parts(|parts| {
        let html =
            parts.headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("text/html"));
        (html && parts.uri.path().starts_with("/api/")).then_some(())
    })
    .is_some()
}

fn with_parts<T>(read: impl FnOnce(&Parts) -> Option<T>) -> Option<T> {
    use_context::<Parts>().and_then(|parts| read(&parts))
}

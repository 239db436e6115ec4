//! Gives each request a name under which it is found in the log, and logs how it went. The name is
//! made here: one that a client sent could be anything.

use app::server::TraceId;
use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use std::time::Instant;
use tracing::Instrument;

/// Carries the name to the client.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Names and logs the request. Paths are logged, queries are not: they may hold what people look for.
pub async fn trace(mut request: Request, next: Next) -> Response {
    let id = uuid::Uuid::new_v4().simple().to_string();
    let span = tracing::info_span!("request", id, method = %request.method(), path = shown(request.uri().path()));
    request.extensions_mut().insert(TraceId(id.clone()));
    let began = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    span.in_scope(|| {
        let status = response.status().as_u16();
        let ms = began.elapsed().as_millis() as u64;
        if response.status().is_server_error() {
            tracing::warn!(status, ms, "answered");
        } else {
            tracing::debug!(status, ms, "answered");
        }
    });
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// The path without what must stay secret: one-time tokens stand in it.
fn shown(path: &str) -> &str {
    const ONE_TIME: [&str; 3] = ["/sign-in/once/", "/sign-in/choose/", "/set-up/"];
    ONE_TIME.into_iter().find(|secret| path.starts_with(secret)).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn one_time_tokens_are_not_logged() {
        assert_eq!(shown("/set-up/SECRET"), "/set-up/");
        assert_eq!(shown("/sign-in/once/SECRET"), "/sign-in/once/");
        assert_eq!(shown("/sign-in/choose/SECRET"), "/sign-in/choose/");
        assert_eq!(shown("/sign-in"), "/sign-in");
    }
}

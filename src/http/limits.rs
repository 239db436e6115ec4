//! Bounds that every request has to keep: length of its address, requests at once.

use super::message::message;
use crate::state::AppState;
use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};

/// Refuses what is too long, and sends away what is too much.
pub async fn check_limits(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let length = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    if length > state.config.limits.uri_bytes {
        return message(
            StatusCode::URI_TOO_LONG,
            "Too long",
            "The address of this request is too long. Shorten the filter or the text in it.",
        );
    }
    // Whoever watches the server must hear that it lives, above all when it is busy.
    if request.uri().path() == "/health" {
        return next.run(request).await;
    }
    match state.in_flight.try_acquire() {
        Ok(_place) => next.run(request).await,
        Err(_) => {
            let mut response = message(
                StatusCode::SERVICE_UNAVAILABLE,
                "Busy",
                "The server has more to do than it can. Try again in a moment.",
            );
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
            response
        }
    }
}

//! Bounds that every request has to keep: length of its address, requests at once, size of its body and time for that
//! to arrive, time until it is answered.

use super::{
    message::message,
    visitor::{client, counted},
};
use crate::{config::Limits, state::AppState};
use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};
use std::{sync::Arc, time::Duration};
use tokio::sync::Semaphore;
use tower_http::{limit::RequestBodyLimitLayer, timeout::RequestBodyDeadlineLayer};

/// Bounds the bodies of forms: their bytes, and how long all of one may take. A client that sends its bytes one by one
/// holds a place meanwhile.
pub fn bound_bodies<S: Clone + Send + Sync + 'static>(routes: Router<S>, limits: &Limits) -> Router<S> {
    routes
        .layer(RequestBodyLimitLayer::new(limits.body_bytes))
        .layer(RequestBodyDeadlineLayer::new(Duration::from_secs(limits.body_seconds)))
}

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
    let address = client(request.extensions(), request.headers(), &state.config);
    match state.in_flight.take(counted(address, &state.config)) {
        Some(_place) => next.run(request).await,
        None => busy("2", "The server has more to do than it can. Try again in a moment."),
    }
}

/// Lets only so many files in at once; each may be held in memory.
pub async fn check_uploads(State(places): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    match places.try_acquire() {
        Ok(_place) => next.run(request).await,
        Err(_) => busy("10", "Several files are being uploaded already. Try again in a moment."),
    }
}

/// Ends what takes longer than `limit` with words. What had begun to answer goes on.
pub async fn answer_in_time(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            tracing::warn!(path, seconds = limit.as_secs(), "a request took too long and was ended");
            busy("10", "This took too long and was stopped. Try again; if it happens again, ask for less at once.")
        }
    }
}

/// An answer that tells to come back after so many seconds, and why.
pub(super) fn busy(retry_after: &'static str, words: &str) -> Response {
    let mut response = message(StatusCode::SERVICE_UNAVAILABLE, "Busy", words);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(retry_after));
    response
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::{Duration, StatusCode, answer_in_time, bound_bodies};
    use crate::config::Config;
    use axum::{
        Router,
        body::{Body, Bytes},
        http::Request,
        middleware::from_fn_with_state,
        routing::{get, post},
    };
    use tower::ServiceExt;

    #[tokio::test]
    async fn what_takes_too_long_ends_in_words() {
        let slow = get(std::future::pending::<&str>);
        let limit = from_fn_with_state(Duration::from_millis(5), answer_in_time);
        let router = Router::new().route("/slow", slow).route("/quick", get(|| async { "done" })).layer(limit);
        let ask = |path: &str| router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap());
        assert_eq!(ask("/quick").await.unwrap().status(), StatusCode::OK);
        let ended = ask("/slow").await.unwrap();
        assert_eq!(ended.status(), StatusCode::SERVICE_UNAVAILABLE);
        let body = axum::body::to_bytes(ended.into_body(), 10_000).await.unwrap();
        assert!(String::from_utf8_lossy(&body).contains("took too long"));
    }

    #[tokio::test]
    async fn a_body_that_trickles_in_ends() {
        let limits = Config::layered("[limits]\nbody_seconds = 1", []).unwrap().limits;
        let router: Router =
            bound_bodies(Router::new().route("/form", post(|body: Bytes| async move { body })), &limits);
        let send = async |body: Body| {
            let asked = router.clone().oneshot(Request::post("/form").body(body).unwrap());
            tokio::time::timeout(Duration::from_secs(10), asked).await.unwrap().unwrap().status()
        };
        let trickle = futures::stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            Some((Ok::<_, std::io::Error>("x"), ()))
        });
        assert_eq!(send(Body::from("whole")).await, StatusCode::OK);
        assert_eq!(send(Body::from_stream(trickle)).await, StatusCode::BAD_REQUEST);
    }
}

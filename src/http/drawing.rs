//! Where pages are drawn: each by a single thread, from its first line to its last. The reactive graph behind a
//! page may be used from several threads at once, but then it loses a wake-up now and then: about one page in
//! 3000 waited for good and was ended after a minute.

use super::limits;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use tokio_util::task::{AbortOnDropHandle, LocalPoolHandle};
use tracing::Instrument;

/// Draws a page on the thread that has the least to do. Server functions stay where they are.
pub async fn draw(State(threads): State<LocalPoolHandle>, request: Request, next: Next) -> Response {
    if request.uri().path().starts_with("/api/") {
        return next.run(request).await;
    }
    alone(&threads, next.run(request)).await
}

/// Works on a page with one thread.
pub async fn alone(threads: &LocalPoolHandle, page: impl Future<Output = Response> + Send + 'static) -> Response {
    let span = tracing::Span::current();
    // Nobody draws on for whoever has left.
    match AbortOnDropHandle::new(threads.spawn_pinned(|| page.instrument(span))).await {
        Ok(page) => page,
        Err(ended) => match ended.try_into_panic() {
            Ok(cause) => std::panic::resume_unwind(cause),
            Err(_) => limits::busy("2", "The server is about to stop. Try again in a moment."),
        },
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::draw;
    use axum::{Router, body::Body, http::Request, middleware::from_fn_with_state, routing::get};
    use std::thread::current;
    use tokio_util::task::LocalPoolHandle;
    use tower::ServiceExt;

    /// The thread that answers, and whether what it starts runs there too.
    async fn threads() -> String {
        let mut others = Vec::new();
        for _ in 0..50 {
            others.push(tokio::spawn(async { current().id() }));
        }
        let mut alone = true;
        for other in others {
            alone &= other.await.unwrap() == current().id();
        }
        format!("{:?} {alone}", current().id())
    }

    #[tokio::test]
    async fn a_page_is_drawn_by_one_thread_of_its_own_and_nothing_else_is() {
        let layer = from_fn_with_state(LocalPoolHandle::new(2), draw);
        let router = Router::new().route("/p/one", get(threads)).route("/api/one", get(threads)).layer(layer);
        let ask = async |path: &str| {
            let answer = router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
            let body = axum::body::to_bytes(answer.into_body(), 1000).await.unwrap();
            String::from_utf8(body.to_vec()).unwrap()
        };
        let here = format!("{:?}", current().id());
        let page = ask("/p/one").await;
        assert!(page.ends_with(" true") && !page.starts_with(&here), "{page}, here {here}");
        assert!(ask("/api/one").await.starts_with(&here));
    }
}

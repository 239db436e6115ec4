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
    let span = tracing::Span::current();
    // Nobody draws on for whoever has left.
    match AbortOnDropHandle::new(threads.spawn_pinned(|| next.run(request).instrument(span))).await {
        Ok(page) => page,
        Err(ended) => match ended.try_into_panic() {
            Ok(cause) => std::panic::resume_unwind(cause),
            Err(_) => limits::busy("2", "The server is about to stop. Try again in a moment."),
        },
    }
}

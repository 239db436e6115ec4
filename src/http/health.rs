//! `/health`: whether the server works, for whatever watches it. Tells nothing else.

use crate::state::AppState;
use axum::{extract::State, http::StatusCode};

/// Answers `ok` while the database answers.
pub async fn health(State(state): State<AppState>) -> (StatusCode, &'static str) {
    match state.workbench.is_empty().await {
        Ok(_) => (StatusCode::OK, "ok\n"),
        Err(error) => {
            tracing::error!(%error, "the health check failed");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}

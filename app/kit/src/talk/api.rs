//! Server functions of threads.

use crate::AppError;
use leptos::prelude::*;

/// Comments on the plan, or answers in a thread.
#[server]
pub async fn write_comment(plan: String, thread: String, body: String) -> Result<(), AppError> {
    let (workbench, caller) = crate::server::here()?;
    workbench.comment(&caller, &plan, "", "", &thread, &body).await?;
    Ok(())
}

/// Settles a thread, or opens it again.
#[server]
pub async fn settle_thread(plan: String, thread: String, resolved: bool) -> Result<(), AppError> {
    let (workbench, caller) = crate::server::here()?;
    Ok(workbench.resolve_thread(&caller, &plan, &thread, resolved).await?)
}

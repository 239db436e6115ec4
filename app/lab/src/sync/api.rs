//! Server functions of the sync page.

use kit::AppError;
use leptos::prelude::*;
use views::sync::SyncPage;

/// The sync page of a plan.
#[server]
pub async fn load_sync(key: String) -> Result<SyncPage, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.sync_page(&caller, &key).await?)
}

/// Starts a check and opens its run.
#[server]
pub async fn start_check(plan: String, check: String) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    let started = workbench.start_check(&caller, &plan, &check).await?;
    kit::server::redirect(&format!("/p/{plan}/runs/{}", started.number));
    Ok(())
}

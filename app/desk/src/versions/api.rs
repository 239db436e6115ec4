//! Server functions of the versions page.

use kit::AppError;
use leptos::prelude::*;
use views::review::VersionsPage;

/// The signed versions of a plan.
#[server]
pub async fn load_versions(key: String) -> Result<VersionsPage, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.versions(&caller, &key).await?)
}

/// Starts the next version and opens the plan.
#[server]
pub async fn revise(plan: String) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    workbench.revise(&caller, &plan).await?;
    kit::server::redirect(&format!("/p/{plan}"));
    Ok(())
}

/// Withdraws a signature openly.
#[server]
pub async fn withdraw(plan: String, version: i64, reason: String) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.withdraw(&caller, &plan, version, &reason).await?)
}

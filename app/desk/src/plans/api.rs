//! Server functions of the list of plans.

use kit::AppError;
use leptos::prelude::*;
use views::plans::PlanCard;

/// The plans the reader may see.
#[server]
pub async fn list_plans() -> Result<Vec<PlanCard>, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.list_plans(&caller).await?)
}

/// Starts a plan and opens it.
#[server]
pub async fn create_plan(title: String) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    let key = workbench.create_plan(&caller, &title).await?;
    kit::server::redirect(&format!("/p/{key}"));
    Ok(())
}

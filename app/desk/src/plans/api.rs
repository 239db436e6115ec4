//! Server functions of the list of plans.

use crate::AppError;
use leptos::prelude::*;
use views::plans::PlanCard;

/// The plans the reader may see.
#[server]
pub async fn list_plans() -> Result<Vec<PlanCard>, AppError> {
    let (workbench, caller) = crate::server::here()?;
    Ok(workbench.list_plans(&caller).await?)
}

/// Starts a plan and opens it.
#[server]
pub async fn create_plan(title: String) -> Result<(), AppError> {
    let (workbench, caller) = crate::server::here()?;
    let key = workbench.create_plan(&caller, &title).await?;
    crate::server::redirect(&format!("/p/{key}"));
    Ok(())
}

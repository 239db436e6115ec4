//! Server functions of the layout.

use crate::AppError;
use leptos::prelude::*;
use views::plans::PlanHead;

/// Name of who is signed in, if anybody: the one question anybody may ask.
#[server]
pub async fn whoami() -> Result<Option<String>, AppError> {
    Ok(crate::server::caller().user().map(|user| user.name.clone()))
}

/// What stands around the pages of a plan.
#[server]
pub async fn load_plan_head(key: String) -> Result<PlanHead, AppError> {
    let (workbench, caller) = crate::server::here()?;
    Ok(workbench.plan_head(&caller, &key).await?)
}

//! Server functions of the crosswalk.

use kit::AppError;
use leptos::prelude::*;
use views::pairs::{CrosswalkFilter, CrosswalkPage};

/// One page of the crosswalk.
#[server]
pub async fn load_crosswalk(
    key: String,
    #[server(default)] filter: CrosswalkFilter,
    from: u64,
) -> Result<CrosswalkPage, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.crosswalk_page(&caller, &key, &filter, from).await?)
}

/// Takes a decision back and returns to the page it was seen on.
#[server]
pub async fn forget_pair(plan: String, decision: String, #[server(default)] back: String) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    workbench.forget_pair(&caller, &plan, &decision).await?;
    kit::server::redirect(&back);
    Ok(())
}

//! Server functions of change and risks.

use kit::AppError;
use leptos::prelude::*;
use views::process::{ChangePage, RisksPage};

/// The change page.
#[server]
pub async fn load_change(key: String) -> Result<ChangePage, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.change_page(&caller, &key).await?)
}

/// Effects, risks, opportunities.
#[server]
pub async fn load_risks(key: String) -> Result<RisksPage, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.risks_page(&caller, &key).await?)
}

//! Server functions of the overview.

use kit::AppError;
use leptos::prelude::*;
use views::plans::Overview;

/// How the plan stands.
#[server]
pub async fn load_overview(key: String) -> Result<Overview, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.overview(&caller, &key).await?)
}

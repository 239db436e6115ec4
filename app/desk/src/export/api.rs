//! Server functions of the export page. The files themselves come from a plain address.

use kit::AppError;
use leptos::prelude::*;
use views::review::ExportPage;

/// What can be exported.
#[server]
pub async fn load_export(key: String) -> Result<ExportPage, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.export_page(&caller, &key).await?)
}

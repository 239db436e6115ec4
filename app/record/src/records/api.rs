//! Server functions of the records of a plan.

use kit::AppError;
use leptos::prelude::*;
use views::plans::{RecordsPage, SearchPage};

/// How many items of each kind there are.
#[server]
pub async fn load_records(key: String) -> Result<RecordsPage, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.records(&caller, &key).await?)
}

/// Looks for items by key or name; with exactly a key, leads to the item.
#[server]
pub async fn load_search(key: String, text: String) -> Result<SearchPage, AppError> {
    let (workbench, caller) = kit::server::here()?;
    let found = workbench.search(&caller, &key, &text).await?;
    if let Some(item) = &found.jump {
        kit::server::redirect(item);
    }
    Ok(found)
}

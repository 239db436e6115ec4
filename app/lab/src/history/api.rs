//! Server functions of decisions about existing data.

use kit::AppError;
use leptos::prelude::*;
use std::collections::BTreeMap;
use views::history::{HistoryPage, OverwritePage};

/// Text by field name.
type Texts = BTreeMap<String, String>;

/// The page of decisions.
#[server]
pub async fn load_history(key: String) -> Result<HistoryPage, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.history_page(&caller, &key).await?)
}

/// What overwriting would do; `of` names the decision, `lost` asks for values that would be lost.
#[server]
pub async fn load_overwrite(key: String, of: String, lost: bool, from: u64) -> Result<OverwritePage, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.overwrite_page(&caller, &key, &of, lost, from).await?)
}

/// Takes a decision; `decision` is empty for a new one, `object` names its card on the page.
#[server]
pub async fn decide_history(
    plan: String,
    object: String,
    decision: String,
    before: String,
    #[server(default)] texts: Texts,
    #[server(default)] parts: BTreeMap<String, BTreeMap<String, Texts>>,
) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    let form = domain::Submitted { texts, parts, ..domain::Submitted::default() };
    workbench.decide_history(&caller, &plan, &decision, &before, form).await?;
    kit::server::redirect(&format!("/p/{plan}/history?decided={object}#o-{object}"));
    Ok(())
}

/// Says who sees to the obligations of a decision: names by item, with those the form showed.
#[server]
pub async fn own_obligations(
    plan: String,
    #[server(default)] before: Texts,
    #[server(default)] owners: Texts,
) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    workbench.own_obligations(&caller, &plan, &before, &owners).await?;
    kit::server::redirect(&format!("/p/{plan}/history"));
    Ok(())
}

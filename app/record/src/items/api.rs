//! Server functions of items.

use kit::AppError;
use leptos::prelude::*;
use std::collections::BTreeMap;
use views::items::{Basis, EditOutcome, ItemDetail, ItemList, NewItem};

/// Text by field name.
type Texts = BTreeMap<String, String>;

/// One page of the items of a kind. `plan` is empty for the workspace.
#[server]
pub async fn list_items(plan: Option<String>, kind: String, text: String, offset: u64) -> Result<ItemList, AppError> {
    let (workbench, caller) = kit::server::here()?;
    let kind = kit::server::kind(&kind)?;
    Ok(match plan {
        Some(plan) => workbench.list_items(&caller, &plan, kind, &text, offset).await?,
        None => workbench.list_workspace(&caller, kind, &text, offset).await?,
    })
}

/// Everything about one item. Of the kind `any` is an address that knows the item by its id alone: it leads
/// on to the page made for it.
#[server]
pub async fn load_item(
    plan: Option<String>,
    #[server(default)] kind: String,
    reference: String,
) -> Result<ItemDetail, AppError> {
    let (workbench, caller) = kit::server::here()?;
    let detail = match plan {
        Some(plan) => workbench.item(&caller, &plan, &reference).await?,
        None => workbench.workspace_item(&caller, &reference).await?,
    };
    if kind == "any" {
        kit::server::redirect(detail.own_page.as_ref().unwrap_or(&detail.href));
    }
    Ok(detail)
}

/// What the rules need to judge a plan in the browser.
#[server]
pub async fn load_basis(plan: String) -> Result<Basis, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.basis(&caller, &plan).await?)
}

/// What a form needs to make a new item.
#[server]
pub async fn load_new_item(plan: Option<String>, kind: String) -> Result<NewItem, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.new_item(&caller, plan.as_deref(), kit::server::kind(&kind)?).await?)
}

/// Adds an item and opens `back`, or the item.
#[server]
pub async fn add_item(
    plan: String,
    kind: String,
    back: String,
    #[server(default)] texts: Texts,
    #[server(default)] ticks: BTreeMap<String, Texts>,
    #[server(default)] parts: BTreeMap<String, BTreeMap<String, Texts>>,
) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    let kind = kit::server::kind(&kind)?;
    let plan = Some(plan).filter(|p| !p.is_empty());
    let form = domain::Submitted { texts, ticks, parts };
    let outcome = workbench.add_item(&caller, plan.as_deref(), kind, form).await?;
    if let EditOutcome::Saved { key, .. } = outcome {
        let item = format!("{}/{key}", super::list_href(plan.as_deref(), kind.code()));
        kit::server::redirect(if back.is_empty() { &item } else { &back });
    }
    Ok(())
}

/// Changes an item. `before` is the body the form showed, as JSON.
#[server]
pub async fn change_item(
    plan: String,
    kind: String,
    item: String,
    before: String,
    #[server(default)] texts: Texts,
    #[server(default)] ticks: BTreeMap<String, Texts>,
    #[server(default)] parts: BTreeMap<String, BTreeMap<String, Texts>>,
) -> Result<EditOutcome, AppError> {
    let (workbench, caller) = kit::server::here()?;
    let kind = kit::server::kind(&kind)?;
    let plan = Some(plan).filter(|p| !p.is_empty());
    let form = domain::Submitted { texts, ticks, parts };
    let outcome = workbench.change_item(&caller, plan.as_deref(), &item, kind, &before, form).await?;
    kit::server::say_conflict(&outcome)?;
    Ok(outcome)
}

/// Settles one field that two people changed: `value` (JSON) replaces `theirs` (JSON).
#[server]
pub async fn settle_field(
    plan: String,
    item: String,
    field: String,
    theirs: String,
    value: String,
) -> Result<EditOutcome, AppError> {
    let (workbench, caller) = kit::server::here()?;
    let plan = Some(plan).filter(|p| !p.is_empty());
    Ok(workbench.settle_field(&caller, plan.as_deref(), &item, &field, &theirs, &value).await?)
}

/// Puts an item away and opens `back`, or its list.
#[server]
pub async fn remove_item(
    plan: String,
    kind: String,
    item: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    let plan = Some(plan).filter(|p| !p.is_empty());
    workbench.remove_item(&caller, plan.as_deref(), &item).await?;
    let list = super::list_href(plan.as_deref(), &kind);
    kit::server::redirect(if back.is_empty() { &list } else { &back });
    Ok(())
}

/// Undoes one recorded change. `plan` is empty for the workspace.
#[server]
pub async fn undo_change(plan: String, seq: i64) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    let plan = Some(plan).filter(|p| !p.is_empty());
    workbench.undo(&caller, plan.as_deref(), seq).await?;
    Ok(())
}

/// Begins a thread about an item or a field of it.
#[server]
pub async fn comment(plan: String, item: String, field: String, body: String) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    workbench.comment(&caller, &plan, &item, &field, "", &body).await?;
    Ok(())
}

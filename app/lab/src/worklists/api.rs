//! Server functions of work-lists.

use kit::AppError;
use leptos::prelude::*;
use std::collections::BTreeMap;
use views::worklists::{NewWorklistPage, WorklistFilter, WorklistPage, WorklistsPage};

/// The work-lists of a plan.
#[server]
pub async fn load_worklists(key: String, filter: WorklistFilter) -> Result<WorklistsPage, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.worklists(&caller, &key, &filter).await?)
}

/// One work-list with a page of its records.
#[server]
pub async fn load_worklist(key: String, number: i64, from: u64) -> Result<WorklistPage, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.worklist(&caller, &key, number, from).await?)
}

/// The groups of a run that can become work-lists.
#[server]
pub async fn load_new_worklists(key: String, number: i64) -> Result<NewWorklistPage, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.new_worklists(&caller, &key, number).await?)
}

/// Makes work-lists of groups of differences; `groups` by their place on the page.
#[server]
pub async fn make_worklists(
    plan: String,
    number: i64,
    owner: String,
    due: String,
    note: String,
    #[server(default)] groups: BTreeMap<String, String>,
) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    let groups: Vec<_> = groups.into_values().collect();
    let typed = workbench::Assignment { owner, due, note };
    let made = workbench.make_worklists(&caller, &plan, number, &groups, &typed).await?;
    match made.as_slice() {
        [one] => kit::server::redirect(&format!("/p/{plan}/worklists/{one}")),
        _ => kit::server::redirect(&format!("/p/{plan}/worklists?state=open")),
    }
    Ok(())
}

/// Says who works on a work-list, by when, and what is to be known; `before` is what the form began with.
#[server]
pub async fn assign_worklist(
    plan: String,
    number: i64,
    owner: String,
    due: String,
    note: String,
    #[server(default)] before: BTreeMap<String, String>,
) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    let typed = workbench::Assignment { owner, due, note };
    let was = |field: &str| before.get(field).cloned().unwrap_or_default();
    let before = workbench::Assignment { owner: was("owner"), due: was("due"), note: was("note") };
    workbench.assign_worklist(&caller, &plan, number, &typed, &before).await?;
    kit::server::redirect(&format!("/p/{plan}/worklists/{number}"));
    Ok(())
}

/// Closes a work-list because something signed covers its records.
#[server]
pub async fn except_worklist(plan: String, number: i64, exception: String) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    workbench.except_worklist(&caller, &plan, number, &exception).await?;
    kit::server::redirect(&format!("/p/{plan}/worklists/{number}"));
    Ok(())
}

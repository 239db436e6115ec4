//! Server functions of designing a check.

use kit::AppError;
use leptos::prelude::*;
use std::collections::BTreeMap;
use views::sync::{CheckDesign, CheckPreview, SideChoice};

/// Text by field name.
type Texts = BTreeMap<String, String>;

/// What the page needs to design a check; `check` is empty for a new one.
#[server]
pub async fn load_design(key: String, check: String, choice: SideChoice) -> Result<CheckDesign, AppError> {
    let (workbench, caller) = kit::server::here()?;
    let check = Some(check).filter(|c| !c.is_empty());
    Ok(workbench.design_check(&caller, &key, check.as_deref(), &choice).await?)
}

/// What a check would find in the first rows of its sides as the form describes it; nothing is saved.
#[server]
pub async fn preview_check(
    plan: String,
    #[server(default)] texts: Texts,
    #[server(default)] parts: BTreeMap<String, BTreeMap<String, Texts>>,
) -> Result<Option<CheckPreview>, AppError> {
    let (workbench, caller) = kit::server::here()?;
    let form = domain::Submitted { texts, parts, ..domain::Submitted::default() };
    Ok(workbench.preview_check(&caller, &plan, &form).await?)
}

/// Saves a check; with `then` set to `run` it is run at once.
#[server]
pub async fn save_check(
    plan: String,
    check: String,
    before: String,
    #[server(default)] then: String,
    #[server(default)] texts: Texts,
    #[server(default)] parts: BTreeMap<String, BTreeMap<String, Texts>>,
) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    let form = domain::Submitted { texts, parts, ..domain::Submitted::default() };
    let saved = workbench.save_check(&caller, &plan, &check, &before, form).await?;
    if then == "run" {
        let started = workbench.start_check(&caller, &plan, &saved).await?;
        kit::server::redirect(&format!("/p/{plan}/runs/{}", started.number));
    } else {
        kit::server::redirect(&format!("/p/{plan}/checks/{saved}"));
    }
    Ok(())
}

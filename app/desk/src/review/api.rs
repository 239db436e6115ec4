//! Server functions of the review page.

use domain::{Slot, UserId};
use kit::AppError;
use leptos::prelude::*;
use std::collections::BTreeMap;
use views::review::ReviewPage;

/// The review page.
#[server]
pub async fn load_review(key: String) -> Result<ReviewPage, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.review(&caller, &key).await?)
}

/// Opens a review round.
#[server]
pub async fn request_review(plan: String, message: String) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.request_review(&caller, &plan, &message).await?)
}

/// Ends the round without a signature.
#[server]
pub async fn close_review(plan: String) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.close_review(&caller, &plan).await?)
}

/// Approves a slot for exactly the hash shown.
#[server]
pub async fn approve(plan: String, slot: Slot, hash: String, comment: String) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.approve(&caller, &plan, slot, &hash, &comment).await?)
}

/// Signs the plan under exactly the root hash shown, and opens its versions. The password is asked of those who have
/// one.
#[server]
pub async fn sign_plan(plan: String, root: String, #[server(default)] password: String) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    let signed = workbench.sign_plan(&caller, &plan, &root, &password.into()).await?;
    kit::server::redirect(&format!("/p/{plan}/versions#v{}", signed.version));
    Ok(())
}

/// Gives a person a role in the plan; an empty role takes it away.
#[server]
pub async fn set_role(plan: String, person: UserId, role: String) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    let role = domain::PlanRole::from_form(&role).map_err(|wrong| ::workbench::Error::Invalid(vec![wrong]))?;
    Ok(workbench.set_member(&caller, &plan, person, role).await?)
}

/// Says who fills a slot: the people whose ids are ticked, as `form_key`.
#[server]
pub async fn assign_slot(
    plan: String,
    slot: Slot,
    #[server(default)] people: BTreeMap<String, String>,
) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    let people: Vec<UserId> = people.keys().filter_map(|key| domain::id_of_key(key).parse().ok()).collect();
    Ok(workbench.set_slot(&caller, &plan, slot, &people).await?)
}

//! Server functions of the findings page.

use kit::AppError;
use leptos::prelude::*;
use views::review::{FindingsFilter, FindingsList};

/// One page of findings.
#[server]
pub async fn load_findings(key: String, filter: FindingsFilter) -> Result<FindingsList, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.list_findings(&caller, &key, &filter).await?)
}

/// Excuses one finding with a reason.
#[server]
pub async fn waive(
    plan: String,
    rule: String,
    fingerprint: String,
    reason: String,
    expires: String,
) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.waive(&caller, &plan, &rule, &fingerprint, &reason, &expires).await?)
}

/// Takes a waiver back.
#[server]
pub async fn unwaive(plan: String, waiver: String) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.unwaive(&caller, &plan, &waiver).await?)
}

/// Gives a field the value a finding proposes.
#[server]
pub async fn apply_fix(plan: String, rule: String, fingerprint: String) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.apply_fix(&caller, &plan, &rule, &fingerprint).await?)
}

//! Server functions of a run.

use kit::AppError;
use leptos::prelude::*;
use views::sync::{DifferenceFilter, DifferencesPage, OtherRules, RecordPage, RunPage};

/// A run with its dashboard.
#[server]
pub async fn load_run(key: String, number: i64) -> Result<RunPage, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.run_page(&caller, &key, number).await?)
}

/// A finished run under rules, each as `PLACE.FIELD`, separated by commas; `run` for its own.
#[server]
pub async fn load_other_rules(
    key: String,
    number: i64,
    #[server(default)] rules: String,
) -> Result<Option<OtherRules>, AppError> {
    let (workbench, caller) = kit::server::here()?;
    let rules = (rules != "run").then(|| rules.split(',').map(str::to_owned).collect::<Vec<_>>());
    Ok(workbench.run_under(&caller, &key, number, rules.as_deref()).await?)
}

/// One page of the differences of a run.
#[server]
pub async fn load_differences(
    key: String,
    number: i64,
    filter: DifferenceFilter,
    from: u64,
) -> Result<DifferencesPage, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.differences(&caller, &key, number, &filter, from).await?)
}

/// The whole records of one key on both sides; `record` is the key as JSON.
#[server]
pub async fn load_record(key: String, number: i64, record: String) -> Result<RecordPage, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.record(&caller, &key, number, &record).await?)
}

/// Stops a run that has not ended.
#[server]
pub async fn cancel_run(plan: String, number: i64) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    workbench.cancel_run(&caller, &plan, number).await?;
    kit::server::redirect(&format!("/p/{plan}/runs/{number}"));
    Ok(())
}

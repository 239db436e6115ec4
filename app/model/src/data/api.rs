//! Server functions of gate 1.

use kit::AppError;
use leptos::prelude::*;
use std::collections::BTreeMap;
use views::data::{DataPage, PointView, SystemsPage, TruthPage};

/// The grid of data points.
#[server]
pub async fn load_data(key: String, filter: String, text: String) -> Result<DataPage, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.data_page(&caller, &key, &filter, &text).await?)
}

/// One data point with its neighbours in the filtered grid; nothing when there is no such point.
#[server]
pub async fn load_point(
    key: String,
    reference: String,
    filter: String,
    text: String,
) -> Result<Option<PointView>, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.data_point(&caller, &key, &reference, &filter, &text).await?)
}

/// The truth board.
#[server]
pub async fn load_truth(key: String) -> Result<TruthPage, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.truth_page(&caller, &key).await?)
}

/// Settles a conflict of truth, with what follows from it.
#[server]
pub async fn settle_conflict(
    plan: String,
    members: String,
    kind: String,
    #[server(default)] winner: String,
    #[server(default)] scopes: BTreeMap<String, String>,
    rationale: String,
    decided_by: String,
) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    let form = workbench::Settlement { members, kind, winner, scopes, rationale, decided_by };
    workbench.settle_conflict(&caller, &plan, form).await?;
    kit::server::redirect(&format!("/p/{plan}/truth"));
    Ok(())
}

/// The systems of a plan.
#[server]
pub async fn load_systems(key: String) -> Result<SystemsPage, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.systems_page(&caller, &key).await?)
}

//! Server functions of gate 1.

use crate::AppError;
use leptos::prelude::*;
use views::data::{DataPage, SystemsPage, TruthPage};

/// The grid of data points.
#[server]
pub async fn load_data(key: String, filter: String, text: String) -> Result<DataPage, AppError> {
    let (workbench, caller) = crate::server::here()?;
    Ok(workbench.data_page(&caller, &key, &filter, &text).await?)
}

/// The truth board.
#[server]
pub async fn load_truth(key: String) -> Result<TruthPage, AppError> {
    let (workbench, caller) = crate::server::here()?;
    Ok(workbench.truth_page(&caller, &key).await?)
}

/// The systems of a plan.
#[server]
pub async fn load_systems(key: String) -> Result<SystemsPage, AppError> {
    let (workbench, caller) = crate::server::here()?;
    Ok(workbench.systems_page(&caller, &key).await?)
}

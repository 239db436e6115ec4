//! Server functions of the pairs of a run.

use kit::AppError;
use leptos::prelude::*;
use views::pairs::{PairShow, PairsPage};

/// The pairs of a run; with `only` the one at place `at`.
#[server]
pub async fn load_pairs(key: String, number: i64, show: PairShow, at: u64, only: bool) -> Result<PairsPage, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.pairs_page(&caller, &key, number, show, at, only).await?)
}

/// Looks for records under another id; `scope` is `rest` or `everything`.
#[server]
pub async fn find_pairs(plan: String, number: i64, #[server(default)] scope: String) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    workbench.find_pairs(&caller, &plan, number, scope == "everything").await?;
    kit::server::redirect(&format!("/p/{plan}/runs/{number}/pairs"));
    Ok(())
}

/// Stops looking.
#[server]
pub async fn stop_pairs(plan: String, number: i64) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    workbench.stop_pairs(&caller, &plan, number).await?;
    kit::server::redirect(&format!("/p/{plan}/runs/{number}/pairs"));
    Ok(())
}

/// Keeps whether two records are the same, and goes on to the next pair or back to the list of sure ones.
#[server]
pub async fn decide_pair(
    plan: String,
    number: i64,
    place: u64,
    left: String,
    right: String,
    verdict: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    workbench.decide_pair(&caller, &plan, number, place, (&left, &right), verdict == "same").await?;
    let next = if back == "sure" { "show=sure".to_owned() } else { format!("at={}", place.saturating_add(1)) };
    kit::server::redirect(&format!("/p/{plan}/runs/{number}/pairs?{next}"));
    Ok(())
}

/// Takes back the last decision of who asks, and shows its pair again.
#[server]
pub async fn undo_pair(plan: String, number: i64) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    let place = workbench.undo_pair(&caller, &plan, number).await?;
    let again = place.map_or_else(|| "show=sure".to_owned(), |place| format!("at={place}"));
    kit::server::redirect(&format!("/p/{plan}/runs/{number}/pairs?{again}"));
    Ok(())
}

/// Takes over what the engine is sure of.
#[server]
pub async fn take_over_pairs(plan: String, number: i64) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    workbench.take_over_pairs(&caller, &plan, number).await?;
    kit::server::redirect(&format!("/p/{plan}/runs/{number}/pairs?show=sure"));
    Ok(())
}

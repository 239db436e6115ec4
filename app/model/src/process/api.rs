//! Server functions of processes and flows.

use kit::AppError;
use leptos::prelude::*;
use views::process::{FlowsPage, ProcessPage, ProcessesPage};

/// The processes of a plan.
#[server]
pub async fn load_processes(key: String) -> Result<ProcessesPage, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.processes_page(&caller, &key).await?)
}

/// One process with its pictures.
#[server]
pub async fn load_process(key: String, reference: String) -> Result<ProcessPage, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.process_page(&caller, &key, &reference).await?)
}

/// Flows and their mapping.
#[server]
pub async fn load_flows(key: String) -> Result<FlowsPage, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.flows_page(&caller, &key).await?)
}

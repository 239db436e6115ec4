//! The loops that take up waiting jobs and start what is due. What a job is and how it is done is the workbench's; a job
//! whose worker dies is taken up again by the next one, here or on another server.

use std::time::Duration;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;
use workbench::{Error, Workbench};

/// How often the schedules are looked at: the longest a check starts late.
const DUE: Duration = Duration::from_secs(5);
/// How long to wait when there is nothing to do: the longest a job waits to be taken up.
const IDLE: Duration = Duration::from_millis(250);
/// How long to wait when the database does not answer, or a step broke off.
const TROUBLE: Duration = Duration::from_secs(5);

/// Works with as many workers as runs may go on at once, until told to stop. `name` tells this process from others.
pub async fn work(workbench: Workbench, name: String, stopping: CancellationToken) {
    let mut workers = JoinSet::new();
    workers.spawn(start_due(workbench.clone(), stopping.clone()));
    for number in 1..=workbench.settings().runs_at_once() {
        workers.spawn(one(workbench.clone(), format!("{name}/{number}"), stopping.clone()));
    }
    workers.join_all().await;
}

/// One worker. A job under way when it is told to stop is dropped and given back.
async fn one(workbench: Workbench, name: String, stopping: CancellationToken) {
    loop {
        // A task of its own: were it to panic, the worker goes on.
        let mut task = JoinSet::new();
        let (working, worker) = (workbench.clone(), name.clone());
        task.spawn(async move { working.step(&worker).await });
        let pause = tokio::select! {
            () = stopping.cancelled() => {
                task.shutdown().await;
                if let Err(error) = workbench.give_back(&name).await {
                    tracing::warn!(%error, "a job could not be given back; it is taken up again after its lease");
                }
                return;
            }
            outcome = task.join_next() => pause(outcome),
        };
        tokio::select! {
            () = stopping.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// How long to wait for the next job after this outcome of a step.
fn pause(outcome: Option<Result<Result<bool, Error>, JoinError>>) -> Duration {
    match outcome {
        Some(Ok(Ok(true))) => Duration::ZERO,
        Some(Ok(Ok(false))) | None => IDLE,
        Some(Ok(Err(error))) => {
            tracing::error!(%error, cause = ?error, "jobs cannot be taken up");
            TROUBLE
        }
        Some(Err(broken)) => {
            tracing::error!(%broken, "a worker broke off");
            TROUBLE
        }
    }
}

/// Starts checks when their time has come.
async fn start_due(workbench: Workbench, stopping: CancellationToken) {
    loop {
        // A task of its own, as with jobs.
        let mut task = JoinSet::new();
        let due = workbench.clone();
        task.spawn(async move { due.start_due().await });
        match task.join_next().await {
            Some(Ok(Ok(_))) | None => {}
            Some(Ok(Err(error))) => tracing::error!(%error, cause = ?error, "checks that are due cannot be started"),
            Some(Err(broken)) => tracing::error!(%broken, "starting what is due broke off"),
        }
        tokio::select! {
            () = stopping.cancelled() => return,
            () = tokio::time::sleep(DUE) => {}
        }
    }
}

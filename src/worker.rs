//! The loop that takes up waiting jobs. What a job is and how it is done is the workbench's; a job
//! whose worker dies is taken up again by the next one, here or on another server.

use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use workbench::Workbench;

/// Jobs worked on at the same time.
const WORKERS: usize = 2;
/// How long to wait when there is nothing to do: the longest a job waits to be taken up.
const IDLE: Duration = Duration::from_millis(250);
/// How long to wait when the database does not answer, or a step broke off.
const TROUBLE: Duration = Duration::from_secs(5);

/// Works with two workers until told to stop. `name` tells this process from others.
pub async fn work(workbench: Workbench, name: String, stopping: CancellationToken) {
    let mut workers = JoinSet::new();
    for number in 1..=WORKERS {
        workers.spawn(one(workbench.clone(), format!("{name}/{number}"), stopping.clone()));
    }
    workers.join_all().await;
}

/// One worker. A job under way when it is told to stop is dropped, and taken up again after its lease.
async fn one(workbench: Workbench, name: String, stopping: CancellationToken) {
    loop {
        let pause = tokio::select! {
            () = stopping.cancelled() => return,
            pause = step(workbench.clone(), name.clone()) => pause,
        };
        tokio::select! {
            () = stopping.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Takes up one job and says how long to wait for the next. A task of its own: were it to panic, the
/// worker goes on.
async fn step(workbench: Workbench, name: String) -> Duration {
    let mut task = JoinSet::new();
    task.spawn(async move { workbench.step(&name).await });
    match task.join_next().await {
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

//! The loop that takes up waiting jobs. What a job is and how it is done is the workbench's; a job
//! whose worker dies is taken up again by the next one, here or on another server.

use std::time::Duration;
use tokio_util::sync::CancellationToken;
use workbench::Workbench;

/// How long to wait when there is nothing to do: the longest a job waits to be taken up.
const IDLE: Duration = Duration::from_millis(250);
/// How long to wait when the database does not answer.
const TROUBLE: Duration = Duration::from_secs(5);

/// Works until told to stop. A job under way is dropped then, and taken up again after its lease.
pub async fn work(workbench: Workbench, name: String, stopping: CancellationToken) {
    loop {
        let pause = tokio::select! {
            () = stopping.cancelled() => return,
            done = workbench.step(&name) => match done {
                Ok(true) => continue,
                Ok(false) => IDLE,
                Err(error) => {
                    tracing::error!(%error, cause = ?error, "jobs cannot be taken up");
                    TROUBLE
                }
            },
        };
        tokio::select! {
            () = stopping.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

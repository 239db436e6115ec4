//! Work as a task of its own: it may use another processor, and a panic in it is an error like any other.

use crate::Error;
use std::future::Future;
use tokio::task::JoinSet;

/// Runs work as a task of its own, so that a panic in it is an error here and the caller goes on. Dropped,
/// it takes the work with it.
pub(crate) async fn on_its_own<T: Send + 'static>(
    work: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Result<T, Error> {
    let mut tasks = JoinSet::new();
    tasks.spawn(work);
    match tasks.join_next().await {
        Some(Ok(outcome)) => outcome,
        Some(Err(broken)) => Err(Error::internal("a job broke off", &broken)),
        None => Err(Error::Internal("a job was never started".into())),
    }
}

/// Does work that waits for a disk or keeps a core busy where it holds up nobody.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|e| Error::internal("a job broke off", &e))?
}

#[cfg(test)]
mod tests {
    use super::on_its_own;
    use crate::Error;

    #[tokio::test]
    async fn a_panic_is_an_error_and_nothing_more() {
        let broken = on_its_own(async { if true { panic!("a fault of ours") } else { Ok(()) } }).await;
        assert!(matches!(broken, Err(Error::Internal(_))), "{broken:?}");
        assert!(matches!(on_its_own(async { Ok(1) }).await, Ok(1)));
    }
}

//! Turns at work that takes a core for a while: password hashing, laying out documents. A turn is held by
//! the work itself, so that somebody who goes away does not let the next one in beside it.

use crate::{Error, Workbench};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Kinds of work, each with places of its own, so that one cannot starve another.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Work {
    /// Password hashing takes 19 MiB and a core each time.
    Hashing,
    /// Laying out a document takes a core and a lot of memory.
    Rendering,
    /// The same for files of anybody.
    Verifying,
    /// Counting in samples and in what a run kept, under other rules or in slices, takes a core for a second or two.
    Previewing,
}

/// The places.
pub(crate) struct Turns {
    hashing: Arc<Semaphore>,
    rendering: Arc<Semaphore>,
    verifying: Arc<Semaphore>,
    previewing: Arc<Semaphore>,
}

impl Turns {
    /// All places are free.
    pub(crate) fn new() -> Self {
        let places = |n| Arc::new(Semaphore::new(n));
        Self { hashing: places(2), rendering: places(2), verifying: places(1), previewing: places(2) }
    }

    fn of(&self, work: Work) -> Arc<Semaphore> {
        match work {
            Work::Hashing => &self.hashing,
            Work::Rendering => &self.rendering,
            Work::Verifying => &self.verifying,
            Work::Previewing => &self.previewing,
        }
        .clone()
    }
}

impl Workbench {
    /// Does work on a thread of its own when its turn comes.
    pub(crate) async fn aside<T: Send + 'static>(
        &self,
        kind: Work,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let broken = |e: &dyn std::fmt::Display| Error::Internal(format!("{kind:?} failed: {e}"));
        let turn = self.turns().of(kind).acquire_owned().await.map_err(|e| broken(&e))?;
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        done.await.map_err(|e| broken(&e))
    }
}

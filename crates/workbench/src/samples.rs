//! The first rows of the sides of a check that is being designed, kept in memory for a few minutes, so that ticking a
//! rule does not read a source again. Few, bounded, never written, and given only to those who may read both sides
//! now: the guard looks at the connections each time.

use crate::{
    Workbench,
    comparison::{FileState, state},
    profiling::{Glanced, glance},
};
use connectors::{Limits, Source};
use domain::{ConnectionId, DocumentId};
use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// Rows of each side that are looked at, and the longest time that may take.
const ROWS: u64 = 100_000;
const TIME: Duration = Duration::from_secs(2);
/// Bytes of text kept of each side.
const BYTES: usize = 16 << 20;
/// Samples kept at the same time, and for how long.
const MOST: usize = 4;
pub(crate) const KEPT_FOR: Duration = Duration::from_secs(600);

/// A side of a check: connection and table.
pub(crate) type SideOf<'a> = (ConnectionId, &'a str);

/// The samples that are kept, the newest last.
#[derive(Default)]
pub(crate) struct Samples(Mutex<Vec<Kept>>);

struct Kept {
    of: [Of; 2],
    since: Instant,
    glanced: Arc<Glanced>,
}

/// What a sample is of: plan, connection and how often it was changed, table, state of a file.
type Of = (DocumentId, ConnectionId, i64, String, FileState);

impl Samples {
    fn find(&self, of: &[Of; 2]) -> Option<Arc<Glanced>> {
        let mut kept = self.0.lock().ok()?;
        kept.retain(|sample| sample.since.elapsed() < KEPT_FOR);
        kept.iter().find(|sample| sample.of == *of).map(|sample| Arc::clone(&sample.glanced))
    }

    /// Keeps a sample; it goes when its time is over, whether or not anybody asks again.
    fn keep(self: &Arc<Self>, of: [Of; 2], glanced: &Arc<Glanced>) {
        if let Ok(mut kept) = self.0.lock() {
            kept.retain(|sample| sample.of != of);
            if kept.len() >= MOST {
                kept.remove(0);
            }
            kept.push(Kept { of, since: Instant::now(), glanced: Arc::clone(glanced) });
        }
        let samples = Arc::downgrade(self);
        tokio::spawn(async move {
            tokio::time::sleep(KEPT_FOR).await;
            if let Some(mut kept) = samples.upgrade().as_ref().and_then(|samples| samples.0.lock().ok()) {
                kept.retain(|sample| sample.since.elapsed() < KEPT_FOR);
            }
        });
    }
}

impl Workbench {
    /// What the first rows of both sides say: as kept, else read now. Nothing where they cannot be read, which the
    /// check itself will tell. The caller has been found to edit the plan.
    pub(crate) async fn glanced(&self, plan: DocumentId, left: SideOf<'_>, right: SideOf<'_>) -> Option<Arc<Glanced>> {
        let (left, left_of) = self.sampled_side(plan, left).await?;
        let (right, right_of) = self.sampled_side(plan, right).await?;
        let of = [left_of, right_of];
        if let Some(kept) = self.samples().find(&of) {
            return Some(kept);
        }
        let limits = Limits { rows: ROWS, wall: TIME, ..Limits::default() };
        let glanced = Arc::new(glance(left, right, &limits, BYTES).await?);
        self.samples().keep(of, &glanced);
        Some(glanced)
    }

    async fn sampled_side(&self, plan: DocumentId, (id, table): SideOf<'_>) -> Option<(Source, Of)> {
        let source = self.source(plan, id, table).await.ok()?;
        let rev = self.store().load_connection(plan, id).await.ok()?.rev;
        let of = (plan, id, rev, table.to_owned(), state(&source));
        Some((source, of))
    }
}

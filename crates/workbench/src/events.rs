//! What just happened, for pages that follow it. Nothing here is kept: a page that missed an event
//! sees the same thing by loading again.

use domain::{DocumentId, RunId};
use serde::Serialize;
use tokio::sync::broadcast;

/// Something that happened.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum Event {
    /// A document changed.
    Changed {
        /// Which.
        document: DocumentId,
        /// Its change counter now.
        rev: i64,
    },
    /// A run went on.
    Run {
        /// Plan it belongs to.
        document: DocumentId,
        /// Which.
        run: RunId,
        /// Phase in words, such as `reading left`.
        phase: String,
        /// Rows dealt with in this phase.
        rows: u64,
        /// Whether it ended.
        ended: bool,
    },
}

impl Event {
    /// The document it is about: only people of that plan may see it.
    pub fn document(&self) -> DocumentId {
        match self {
            Self::Changed { document, .. } | Self::Run { document, .. } => *document,
        }
    }
}

/// The events of this process.
#[derive(Clone)]
pub struct Events(broadcast::Sender<Event>);

impl Events {
    pub(crate) fn new() -> Self {
        Self(broadcast::channel(256).0)
    }

    pub(crate) fn send(&self, event: Event) {
        // Nobody listening is fine.
        let _ = self.0.send(event);
    }

    /// Everything from now on. A slow listener misses events rather than holding anybody up.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.0.subscribe()
    }
}

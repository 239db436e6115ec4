//! What just happened, for pages that follow it. Of what is over only the number of the newest event of each
//! document is kept: a page that missed an event sees the same thing by loading again.

use domain::{DocumentId, RunId, Timestamp};
use serde::Serialize;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::broadcast;
use views::sync::RunProgress;

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
        /// How far it is.
        #[serde(flatten)]
        progress: RunProgress,
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

    /// Whether pages load again for it: not for how far a run is.
    fn counts(&self) -> bool {
        !matches!(self, Self::Run { ended: false, .. })
    }
}

/// An event and its number, which grows; only what pages load again for has one.
#[derive(Debug, Clone)]
pub struct Numbered {
    /// Its number.
    pub number: Option<u64>,
    /// What happened.
    pub event: Event,
}

/// The events of this process.
#[derive(Clone)]
pub struct Events {
    sender: broadcast::Sender<Numbered>,
    numbers: Arc<Mutex<Numbers>>,
}

/// The newest number of each document that something happened to.
struct Numbers {
    newest: u64,
    by_document: HashMap<DocumentId, u64>,
    /// What a document has nothing newer than.
    first: u64,
}

impl Events {
    /// Numbers begin with the time, so that those of an earlier process are all smaller.
    pub(crate) fn new(now: Timestamp) -> Self {
        let first = u64::try_from(now.as_microsecond()).unwrap_or_default();
        let numbers = Numbers { newest: first, by_document: HashMap::new(), first };
        Self { sender: broadcast::channel(256).0, numbers: Arc::new(Mutex::new(numbers)) }
    }

    pub(crate) fn send(&self, event: Event) {
        // Sent before anybody is told the number: who hears of nothing newer has missed nothing.
        let mut numbers = self.numbers();
        let number = event.counts().then(|| {
            numbers.newest += 1;
            let newest = numbers.newest;
            numbers.by_document.insert(event.document(), newest);
            newest
        });
        // Nobody listening is fine.
        let _ = self.sender.send(Numbered { number, event });
    }

    /// Number of the newest event about any of the documents.
    pub(crate) fn newest(&self, documents: &[DocumentId]) -> u64 {
        let numbers = self.numbers();
        documents.iter().filter_map(|id| numbers.by_document.get(id)).copied().max().unwrap_or(numbers.first)
    }

    fn numbers(&self) -> MutexGuard<'_, Numbers> {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything from now on. A slow listener misses events rather than holding anybody up.
    pub fn subscribe(&self) -> broadcast::Receiver<Numbered> {
        self.sender.subscribe()
    }
}

//! Changes as they happen: one stream per tab while a plan is open. Of an event only the fact is taken
//! that something changed, and pages load again; how far a run is shows without loading.

use crate::AppError;
use leptos::prelude::*;
use views::plans::PlanHead;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{EventSource, MessageEvent};

/// Counts what happened in the plan in view. Put it into a resource's source to load again:
/// `Resource::new(move || (key.get(), live.changes()), …)`.
#[derive(Clone, Copy)]
pub struct Live {
    version: RwSignal<u64>,
    last: RwSignal<String>,
}

impl Live {
    /// A count that grows at every change of the plan and end of a run, not while one goes on.
    #[must_use]
    pub fn changes(self) -> u64 {
        self.version.get()
    }

    /// The last event as JSON, empty before the first: for progress bars.
    #[must_use]
    pub fn last(self) -> String {
        self.last.get()
    }

    /// Nothing has happened yet.
    pub(crate) fn new() -> Self {
        Self { version: RwSignal::new(0), last: RwSignal::new(String::new()) }
    }

    /// Follows the plan with this key for as long as the calling view lives, from the newest event that its head
    /// shows. Without scripts, and on the server, nothing ever happens.
    pub fn follow(self, key: Memo<String>, head: Resource<Result<PlanHead, AppError>>) {
        // Closed by its end of life, and when another plan is opened in the same layout.
        Effect::new(move |before: Option<Option<Stream>>| {
            drop(before);
            let key = key.get();
            if key.is_empty() {
                return None;
            }
            let shown = head.get_untracked().and_then(Result::ok).filter(|head| head.key == key);
            let after = shown.map(|head| format!("?after={}", head.heard)).unwrap_or_default();
            Stream::open(&format!("/events/{key}{after}"), self)
        });
    }
}

/// An open stream; dropping it closes it.
struct Stream {
    source: EventSource,
    _listener: Closure<dyn FnMut(MessageEvent)>,
}

impl Stream {
    fn open(address: &str, live: Live) -> Option<Self> {
        let source = EventSource::new(address).ok()?;
        let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            // The plan's layout may be gone by the time an event arrives.
            let text = event.data().as_string().unwrap_or_default();
            let counts = !is_progress(&text);
            live.last.try_set(text);
            if counts {
                live.version.try_update(|version| *version += 1);
            }
        });
        source.set_onmessage(Some(listener.as_ref().unchecked_ref()));
        Some(Self { source, _listener: listener })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.close();
    }
}

/// Whether an event says only how far a run is. Every page open on the plan hears it twice a second.
fn is_progress(event: &str) -> bool {
    event.contains("\"ended\":false")
}

#[cfg(test)]
mod tests {
    use super::is_progress;

    #[test]
    fn only_a_run_that_goes_on_is_progress() {
        assert!(is_progress(r#"{"event":"run","run":"1","phase":"sorting","rows":7,"ended":false}"#));
        for counts in [r#"{"event":"run","ended":true}"#, r#"{"event":"changed","rev":3}"#, r#"{"event":"missed"}"#, ""]
        {
            assert!(!is_progress(counts), "{counts}");
        }
    }
}

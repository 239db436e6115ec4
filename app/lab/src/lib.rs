//! Gates 3 and 4: the pages of what is measured. Server functions are in `api`, next to the page that uses them.

// Leptos gives every view a type of its own; deep pages need room to spell it out.
#![recursion_limit = "512"]

mod checks;
mod connections;
mod crosswalk;
mod history;
mod masked;
mod pairs;
mod rule_ticks;
mod runs;
mod sync;
mod trial;
mod worklists;

pub use checks::CheckPage;
pub use connections::{ConnectionsPage, SchemaPage};
pub use crosswalk::CrosswalkPage;
pub use history::{HistoryPage, OverwritePage};
pub use pairs::PairsPage;
pub use runs::{DifferencesPage, RecordPage, RunPage};
pub use sync::SyncPage;
pub use trial::TrialPage;
pub use worklists::{NewWorklistPage, WorklistPage, WorklistsPage};

//! Gates 1 and 2: the pages of what is planned. Server functions are in `api`, next to the page that uses them.

// Leptos gives every view a type of its own; deep pages need room to spell it out.
#![recursion_limit = "512"]

mod change;
mod data;
mod process;

pub use change::{ChangePage, RisksPage};
pub use data::{DataPage, PointCards, SystemsPage, TruthPage};
pub use process::{FlowsPage, ProcessPage, ProcessesPage};

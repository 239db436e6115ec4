//! Gate 2 in the browser, first half: processes with their pictures, flows with their mapping.

mod api;
mod differences;
mod flows;
mod list;
mod one;

pub use flows::FlowsPage;
pub use list::ProcessesPage;
pub use one::ProcessPage;

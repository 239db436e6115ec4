//! Gate 2 in the browser, second half: who is told what, and what may go wrong.

mod api;
mod matrix;
mod risks;

pub use matrix::ChangePage;
pub use risks::RisksPage;

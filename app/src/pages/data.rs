//! Gate 1 in the browser: the grid of data points, the truth board, the systems of a plan.

mod api;
mod grid;
mod systems;
mod truth;

pub use grid::DataPage;
pub use systems::SystemsPage;
pub use truth::TruthPage;

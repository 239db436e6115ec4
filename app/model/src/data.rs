//! Gate 1 in the browser: the grid of data points and one point beside it, the truth board, the systems of a plan.

mod api;
mod grid;
mod point;
mod settle;
mod systems;
mod truth;

pub use grid::DataPage;
pub use point::PointCards;
pub use systems::SystemsPage;
pub use truth::TruthPage;

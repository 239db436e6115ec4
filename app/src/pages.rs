//! The pages by name, wherever their crate is.

pub use desk::*;
pub use lab::*;
pub use model::*;
pub use record::*;

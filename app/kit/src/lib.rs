//! What every page is made of: building blocks, layouts, errors, live changes, and on the server the bridge
//! to the workbench. A change here builds every page again; a change in a page builds that page's crate.

// Leptos gives every view a type of its own; deep pages need room to spell it out.
#![recursion_limit = "512"]

pub mod error;
pub mod layout;
pub mod live;
pub mod next;
#[cfg(feature = "ssr")]
pub mod server;
pub mod talk;
pub mod ui;

pub use error::{AppError, ErrorKind, FieldError};
pub use next::{encoded, local_path};

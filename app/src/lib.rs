//! The shared Leptos app: the same pages on the server (feature `ssr`) and in the browser
//! (feature `hydrate`). Pages are in `pages`, building blocks in `ui`; what may be done and what comes
//! of it is `workbench`'s, reached through the server functions beside each page.

// Leptos gives every view a type of its own; deep pages need room to spell it out.
#![recursion_limit = "512"]

mod app;
mod error;
mod layout;
mod live;
mod next;
mod pages;
mod parts;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
mod shell;
pub mod ui;

pub use app::App;
pub use error::{AppError, ErrorKind, FieldError};
pub use next::{encoded, local_path};
#[cfg(feature = "ssr")]
pub use shell::shell;

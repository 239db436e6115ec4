//! The shared Leptos app: the same pages on the server (feature `ssr`) and in the browser
//! (feature `hydrate`). Here are the route table and the document around it; the pages are in crates by what
//! they are about, made of the building blocks of `kit`. What may be done and what comes of it is
//! `workbench`'s, reached through the server functions beside each page.

// Leptos gives every view a type of its own; deep pages need room to spell it out.
#![recursion_limit = "512"]

mod app;
mod pages;
mod parts;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
mod shell;

pub use app::App;
pub use kit::{AppError, ErrorKind, encoded, local_path};
#[cfg(feature = "ssr")]
pub use shell::shell;

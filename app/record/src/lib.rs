//! The pages of any record: lists, forms, search. Server functions are in `api`, next to the page that uses them.

// Leptos gives every view a type of its own; deep pages need room to spell it out.
#![recursion_limit = "512"]

mod items;
mod records;

pub use items::{ItemPage, ItemsPage, NewItemPage};
pub use records::{RecordsPage, SearchPage};

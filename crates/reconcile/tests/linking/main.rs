//! Linking against a truth that the tests make themselves, and at its edges.
#![expect(clippy::unwrap_used, reason = "tests")]

mod edges;
mod found;
mod persons;

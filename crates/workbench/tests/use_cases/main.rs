//! Use cases through the public verbs, on a SQLite file of their own. One binary; one module per noun.
#![expect(clippy::unwrap_used, reason = "tests say what they expect by failing")]

mod helpers;
mod history;
mod postgres_secret;
mod refusals;
mod sync;
mod trial;

//! Use cases through the public verbs, on a SQLite file of their own. One binary; one module per noun.
#![expect(clippy::unwrap_used, reason = "tests say what they expect by failing")]

mod bad_inputs;
mod connections;
mod data;
mod history;
mod items;
mod people;
mod postgres_secret;
mod process;
mod refusals;
mod review;
mod signable;
mod signing;
mod sync;
mod trial;
mod world;

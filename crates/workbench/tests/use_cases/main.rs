//! Use cases through the public verbs, on a SQLite file of their own. One binary; one module per noun.
#![expect(clippy::unwrap_used, reason = "tests say what they expect by failing")]

mod bad_inputs;
mod connections;
mod data;
mod downloads;
mod existing_data;
mod history;
mod items;
mod pairs;
mod people;
mod postgres_secret;
mod preview;
mod process;
mod protected;
mod refusals;
mod review;
mod schedule;
mod schema;
mod signable;
mod signing;
mod sync;
mod trial;
mod worklists;
mod world;

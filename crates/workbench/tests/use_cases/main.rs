//! Use cases through the public verbs, on a SQLite file of their own. One binary; one module per noun.
#![expect(clippy::unwrap_used, reason = "tests say what they expect by failing")]

mod backup;
mod bad_inputs;
mod carried;
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
mod production;
mod proof;
mod protected;
mod refusals;
mod retention;
mod review;
mod schedule;
mod schema;
mod secure;
mod signable;
mod signing;
mod since;
mod sync;
mod trial;
mod verification;
mod worklists;
mod world;

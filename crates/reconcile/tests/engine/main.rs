//! The engine against its contract, sentence by sentence, and against a brute-force oracle.
#![expect(clippy::unwrap_used, reason = "tests")]

mod agreed;
mod conformance;
mod contract;
mod corruptor;
mod findings;
mod limits;
mod oracle;
mod pairs;
mod preview;
mod profiles;
mod recount;
mod slices;
mod tables;

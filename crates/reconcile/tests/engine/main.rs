//! The engine against its contract, sentence by sentence, and against a brute-force oracle.
#![expect(clippy::unwrap_used, reason = "tests")]

mod contract;
mod findings;
mod helpers;
mod limits;
mod oracle;

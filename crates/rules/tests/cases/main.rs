//! The rules against a plan without flaws, and against the same plan with one flaw each.
#![expect(clippy::unwrap_used, reason = "tests")]

mod clean;
mod helpers;

mod boundaries;
mod cards;
mod evidence;
mod flaws;
mod gates;
mod hashes;
mod process;
mod random;
mod verdicts;
mod versions;

//! The rules against a plan without flaws, and against the same plan with one flaw each.
#![expect(clippy::unwrap_used, reason = "tests")]

mod build;
mod clean;

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

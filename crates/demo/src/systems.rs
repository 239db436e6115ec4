//! The test systems: records with planted differences, written as the SQLite and CSV files that the checks
//! of the demo read. Same seed, same bytes.

pub(crate) mod files;
mod names;
pub(crate) mod records;

//! The numbers of a check and the hash over them: the object the command line prints, byte for byte.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::EngineError;

/// The result of a check. It holds no paths, times or names of machines, so the same content gives the
/// same object, in any row order and on any number of threads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Counts of the left side.
    pub left: SideCounts,
    /// Counts of the right side.
    pub right: SideCounts,
    /// Counts of distinct keys.
    pub records: RecordCounts,
    /// One entry per compared pair, in the order asked for.
    pub fields: Vec<FieldCounts>,
    /// SHA-256 (hexadecimal) of the canonical JSON (RFC 8785) of everything above.
    pub result_sha256: String,
}

/// Rows of one side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SideCounts {
    /// All rows.
    pub rows: u64,
    /// Rows in which a key part is NULL or empty. They count here and nowhere else.
    pub empty_keys: u64,
    /// Distinct keys that occur more than once.
    pub duplicate_keys: u64,
    /// All rows that have one of those keys.
    pub duplicate_rows: u64,
}

impl SideCounts {
    pub(crate) fn add(&mut self, more: &Self) {
        self.rows += more.rows;
        self.empty_keys += more.empty_keys;
        self.duplicate_keys += more.duplicate_keys;
        self.duplicate_rows += more.duplicate_rows;
    }
}

/// Distinct keys by where they occur.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordCounts {
    /// Once on both sides: the records whose fields are judged.
    pub matched: u64,
    /// On both sides, and more than once on at least one.
    pub ambiguous: u64,
    /// On the left only.
    pub only_left: u64,
    /// On the right only.
    pub only_right: u64,
}

/// Verdicts on one pair of columns; the three add up to `records.matched`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldCounts {
    /// Column of the left side.
    pub left: String,
    /// Column of the right side.
    pub right: String,
    /// Equal as they stand.
    pub equal: u64,
    /// Equal by the agreed rules only.
    pub equal_by_rule: u64,
    /// Different.
    pub different: u64,
}

#[derive(Serialize)]
struct Hashed<'a> {
    left: &'a SideCounts,
    right: &'a SideCounts,
    records: &'a RecordCounts,
    fields: &'a [FieldCounts],
}

impl Report {
    pub(crate) fn new(
        left: SideCounts,
        right: SideCounts,
        records: RecordCounts,
        fields: Vec<FieldCounts>,
    ) -> Result<Self, EngineError> {
        let mut report = Self { left, right, records, fields, result_sha256: String::new() };
        report.result_sha256 = report.hash()?;
        Ok(report)
    }

    /// Recomputes the hash; equal to `result_sha256` unless somebody changed a number.
    pub fn hash(&self) -> Result<String, EngineError> {
        let Self { left, right, records, fields, .. } = self;
        let canonical = serde_json_canonicalizer::to_vec(&Hashed { left, right, records, fields })
            .map_err(|error| EngineError::Internal(error.to_string()))?;
        Ok(hex(&Sha256::digest(canonical)))
    }

    /// Nothing differs, nothing is missing, no key is duplicate or empty. Equal by rule is not a difference.
    pub fn is_clean(&self) -> bool {
        let side = |side: &SideCounts| side.empty_keys == 0 && side.duplicate_keys == 0;
        let records = &self.records;
        side(&self.left)
            && side(&self.right)
            && records.ambiguous + records.only_left + records.only_right == 0
            && self.fields.iter().all(|field| field.different == 0)
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

//! What linking answers: pairs with their reasons, and how it came about.

use serde::{Deserialize, Serialize};

use super::{fields::FieldKind, similarity::Level};

/// What linking found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Linked {
    /// Pairs taken for the same, the most certain first.
    pub pairs: Vec<LinkedPair>,
    /// Pairs that a person should look at, likeliest first.
    pub possible: Vec<LinkedPair>,
    /// How it came about.
    pub summary: LinkSummary,
}

/// Two records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinkedPair {
    /// Row of the left side, from 0.
    pub left_row: u32,
    /// Row of the right side, from 0.
    pub right_row: u32,
    /// Probability that the two are the same, as far as the model goes (0 to 1).
    pub score: f64,
    /// Sum of all evidence in bits, the rarity of matches included.
    pub weight: f64,
    /// What each field said, in the order of the summary's fields.
    pub reasons: Vec<Reason>,
}

/// What a field says about a pair.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// How alike the values are.
    pub level: Level,
    /// Evidence in bits: above 0 for the same, below against.
    pub weight: f32,
}

/// How linking went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinkSummary {
    /// Rows of the left side.
    pub left_rows: u64,
    /// Rows of the right side.
    pub right_rows: u64,
    /// Pairs that were compared.
    pub compared: u64,
    /// Matches there should be among all pairs.
    pub expected_matches: f64,
    /// The lowest score taken for the same; 1 where nothing was.
    pub threshold: f64,
    /// The lowest score shown to a person.
    pub possible_threshold: f64,
    /// The passes that looked for pairs.
    pub passes: Vec<PassSummary>,
    /// The fields compared, and what they are worth.
    pub fields: Vec<FieldSummary>,
}

/// A pass that looked for pairs to compare.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassSummary {
    /// What two records must have in common.
    pub by: String,
    /// Pairs found; other passes may have found them, too.
    pub pairs: u64,
    /// Groups of records left out because they were too large.
    pub left_out: u64,
}

/// A field and what it is worth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldSummary {
    /// Column of the left side.
    pub left: String,
    /// Column of the right side.
    pub right: String,
    /// What it holds.
    pub kind: FieldKind,
    /// For each level that says something.
    pub levels: Vec<LevelSummary>,
}

/// What a level of a field is worth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LevelSummary {
    /// The level.
    pub level: Level,
    /// The share of matches that show it.
    pub in_matches: f64,
    /// The share of other pairs that show it.
    pub in_others: f64,
    /// Evidence in bits; for equal values on average, rare ones say more.
    pub weight: f64,
}

//! What a run kept, entry by entry: its differences, and whole records side by side.

use crate::plans::PlanHead;
use domain::Run;
use serde::{Deserialize, Serialize};

/// One differing cell or record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DifferenceRow {
    /// The key's parts, as shown.
    pub key: Vec<String>,
    /// The whole key, JSON: opens the records themselves; empty where the reader may not see it.
    pub record: String,
    /// `different`, `equal_by_rule`, `only_left`, `only_right`, `ambiguous`, `duplicate_left`, `duplicate_right`.
    pub class: String,
    /// Name of the data point or columns.
    pub field: Option<String>,
    /// Value on the left; `None` is nothing.
    pub left: Option<String>,
    /// Value on the right.
    pub right: Option<String>,
    /// Why they are not equal as they stand.
    pub cause: Option<String>,
    /// Rows with this key on the left.
    pub left_rows: u64,
    /// Rows with this key on the right.
    pub right_rows: u64,
}

/// Which differences to show.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DifferenceFilter {
    /// Only this class.
    pub class: Option<String>,
    /// Only this compared point, by place in the check.
    pub field: Option<usize>,
    /// Only this cause.
    pub cause: Option<String>,
    /// Only cells that have a value on the `left`, the `right` or on `both` sides.
    #[serde(default)]
    pub filled: Option<String>,
    /// Only with this text in a key or value that the reader sees.
    pub text: Option<String>,
    /// Only records of this part of the left side, as the engine writes it.
    pub slice: Option<String>,
}

/// One page of differences.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DifferencesPage {
    /// Around the page.
    pub head: PlanHead,
    /// Name of the check.
    pub name: String,
    /// The run.
    pub run: Run,
    /// Name of the left side.
    pub left: String,
    /// Name of the right side.
    pub right: String,
    /// Names of the key's parts.
    pub key_names: Vec<String>,
    /// Names of the compared points, by place.
    pub fields: Vec<String>,
    /// The part of the left side that is shown, in words.
    pub slice: Option<String>,
    /// Entries that match, on all pages.
    pub total: u64,
    /// First entry of this page.
    pub offset: u64,
    /// Entries of this page.
    pub rows: Vec<DifferenceRow>,
    /// Whether values of some columns are masked for the reader.
    pub masked: bool,
}

/// A field of two records side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordField {
    /// Name of the data point or column.
    pub name: String,
    /// Whether the check compares it.
    pub compared: bool,
    /// Value on the left; `None` is nothing.
    pub left: Option<String>,
    /// Value on the right.
    pub right: Option<String>,
}

/// The whole records of one key on both sides of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordPage {
    /// Around the page.
    pub head: PlanHead,
    /// Name of the check.
    pub name: String,
    /// The run.
    pub run: Run,
    /// Name of the left side.
    pub left: String,
    /// Name of the right side.
    pub right: String,
    /// Names and values of the key's parts.
    pub key: Vec<(String, String)>,
    /// Records with this key on the left.
    pub left_records: u64,
    /// Records with this key on the right.
    pub right_records: u64,
    /// Record by record, field by field.
    pub pairs: Vec<Vec<RecordField>>,
    /// Whether values of some columns are masked for the reader.
    pub masked: bool,
}

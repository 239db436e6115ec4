//! Where differences concentrate, and the work-lists they become.

use crate::{plans::PlanHead, sync::DifferenceRow};
use domain::Timestamp;
use serde::{Deserialize, Serialize};

/// A part of the left side in which a point differs much more often than elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SliceRow {
    /// Place of the point in the check, for filters.
    pub field: usize,
    /// Name of the point.
    pub name: String,
    /// The slice in words, such as `country = FI`.
    pub words: String,
    /// The slice as filters take it.
    pub slice: String,
    /// Matched records in it.
    pub records: u64,
    /// How many of them differ.
    pub different: u64,
    /// Matched records elsewhere.
    pub others: u64,
    /// How many of those differ.
    pub others_different: u64,
}

/// What a part of the data must reach to be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SliceFloor {
    /// Records that differ in it.
    pub records: u64,
    /// How many times the share of the other records its own share is.
    pub times: u64,
    /// One in how many of the differences of the point is in it.
    pub one_in: u64,
}

/// A work-list in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorklistRow {
    /// Running number within the plan.
    pub number: i64,
    /// Which differences, in words.
    pub title: String,
    /// Name of the check.
    pub check: String,
    /// Number of the run it was made of.
    pub run_number: i64,
    /// Entries in it.
    pub count: u64,
    /// The person or team who works on it; empty when nobody does.
    pub owner: String,
    /// By when, as `2027-03-14`; empty when nothing is agreed.
    pub due: String,
    /// Set when that day has passed and it is open.
    pub overdue: bool,
    /// What else is to be known.
    pub note: String,
    /// Whether it is open.
    pub open: bool,
    /// What is known of it, such as `380 of 412 equal in run 7`.
    pub stands: String,
}

/// The work-lists of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorklistsPage {
    /// Around the page.
    pub head: PlanHead,
    /// Those that fit the filter, open ones first.
    pub rows: Vec<WorklistRow>,
    /// Everybody who has one, for the filter.
    pub owners: Vec<String>,
    /// Open ones, whatever the filter.
    pub open: u64,
    /// Closed ones, whatever the filter.
    pub closed: u64,
}

/// Which work-lists to show.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorklistFilter {
    /// `open`, `closed`, or empty for all.
    pub state: String,
    /// Only those of this person or team; `-` for those of nobody, empty for all.
    pub owner: String,
}

/// A group of differences that can become a work-list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRow {
    /// The group as the form sends it.
    pub group: String,
    /// In words.
    pub words: String,
    /// Who would work on it; empty when the plan names nobody.
    pub owner: String,
    /// Entries in it.
    pub count: u64,
}

/// The page on which work-lists are made of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewWorklistPage {
    /// Around the page.
    pub head: PlanHead,
    /// Name of the check.
    pub check: String,
    /// Number of the run.
    pub run_number: i64,
    /// Groups to choose from, by owner.
    pub groups: Vec<GroupRow>,
    /// Groups that are in an open work-list already.
    pub taken: Vec<String>,
    /// People and teams to propose.
    pub people: Vec<String>,
    /// Whether the reader may make any.
    pub may_edit: bool,
}

/// Something signed that may cover the records of a work-list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExceptionChoice {
    /// As the form sends it.
    pub value: String,
    /// In words.
    pub words: String,
}

/// One work-list with its records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorklistPage {
    /// Around the page.
    pub head: PlanHead,
    /// The work-list.
    pub row: WorklistRow,
    /// Short key of the check.
    pub check_key: String,
    /// Who made it.
    pub by: String,
    /// When, ISO.
    pub at: String,
    /// Name of the left side.
    pub left: String,
    /// Name of the right side.
    pub right: String,
    /// Names of the key's parts.
    pub key_names: Vec<String>,
    /// The records of this page, as the run found them.
    pub rows: Vec<DifferenceRow>,
    /// Whether values of some columns are masked for the reader.
    pub masked: bool,
    /// Records on all pages.
    pub total: u64,
    /// First record of this page.
    pub offset: u64,
    /// When the rows of its run were removed because they were old; then no record is shown.
    pub removed_at: Option<Timestamp>,
    /// Whether each record is remembered by its key.
    pub by_key: bool,
    /// Signed exceptions to choose from; none where nothing is signed.
    pub exceptions: Vec<ExceptionChoice>,
    /// People and teams to propose.
    pub people: Vec<String>,
    /// Whether the reader may assign it.
    pub may_edit: bool,
}

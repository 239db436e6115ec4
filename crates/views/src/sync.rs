//! The sync page, connections, the design of a check, a run with its dashboard, its differences.

use crate::{items::RefOption, plans::PlanHead};
use domain::{ConnectionId, ConnectionView, ItemId, Run, RunId, Timestamp};
use rules::PointVerdict;
use serde::{Deserialize, Serialize};

/// A row of the verdict matrix: one data point against one pair of instances.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VerdictRow {
    /// The data point.
    pub data_point: ItemId,
    /// Name of its business object.
    pub object: String,
    /// Its name.
    pub name: String,
    /// Address of its page.
    pub href: String,
    /// One cell per pair of [`SyncPage::pairs`]; `None` where nothing is claimed or checked.
    pub cells: Vec<Option<PointVerdict>>,
    /// Per cell what a new claim about it starts with, as the query of an address.
    pub claims: Vec<String>,
}

/// One check in the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckRow {
    /// Which.
    pub id: ItemId,
    /// Short key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Name of the business object.
    pub object: String,
    /// Name of the left side.
    pub left: String,
    /// Name of the right side.
    pub right: String,
    /// Its newest run, whatever its state.
    pub last: Option<Run>,
}

/// The sync page of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SyncPage {
    /// Around the page.
    pub head: PlanHead,
    /// Pairs of instances, as `CRM → ERP`.
    pub pairs: Vec<String>,
    /// The verdict matrix.
    pub matrix: Vec<VerdictRow>,
    /// The checks.
    pub checks: Vec<CheckRow>,
    /// The connections checks may use.
    pub connections: Vec<ConnectionView>,
    /// Whether the reader may add and run.
    pub may_edit: bool,
    /// Whether the reader may add connections.
    pub may_connect: bool,
}

/// One compared data point of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PointRow {
    /// Place in the check, for filters.
    pub field: usize,
    /// Name of the data point, else of the columns.
    pub name: String,
    /// Address of the data point.
    pub href: Option<String>,
    /// Counts.
    pub counts: domain::FieldCounts,
    /// The verdict, claims considered.
    pub verdict: rules::Verdict,
    /// Why, in a few words.
    pub why: String,
}

/// A past run, for the trend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrendPoint {
    /// Running number.
    pub number: i64,
    /// Which run.
    pub run: RunId,
    /// When it ended.
    pub at: Timestamp,
    /// Records of both sides, duplicates once.
    pub records: u64,
    /// Matched records equal on every point.
    pub in_sync: u64,
}

/// A run with its dashboard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunPage {
    /// Around the page.
    pub head: PlanHead,
    /// The check.
    pub check: ItemId,
    /// Its short key.
    pub check_key: String,
    /// Its name.
    pub name: String,
    /// Name of the left side.
    pub left: String,
    /// Name of the right side.
    pub right: String,
    /// The run.
    pub run: Run,
    /// Set when the check was changed after this run.
    pub outdated: bool,
    /// What it says in one sentence.
    pub sentence: String,
    /// Per compared point.
    pub points: Vec<PointRow>,
    /// Earlier runs of the same check, oldest first, this one included.
    pub trend: Vec<TrendPoint>,
    /// What is happening while it runs: phase and rows.
    pub progress: Option<(String, u64)>,
    /// The first differences that no rule would bridge, of the point that has most of them.
    pub sample: Option<Sample>,
    /// What would make more values equal, the most effective first.
    pub remedies: Vec<Remedy>,
    /// Differing values that rules would make equal, also those of remedies that are not listed.
    pub bridged_by_rules: u64,
    /// Records under another key.
    pub pairs: crate::pairs::RunPairs,
    /// Whether the reader may look for pairs and decide about them.
    pub may_decide: bool,
    /// Whether the reader may run, cancel and delete.
    pub may_edit: bool,
}

/// A few differences of one point, as a taste of the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// Place of the point in the check, for filters.
    pub field: usize,
    /// Its name.
    pub name: String,
    /// Names of the key's parts.
    pub key_names: Vec<String>,
    /// The cause they share.
    pub cause: String,
    /// How many there are.
    pub total: u64,
    /// The first of them.
    pub rows: Vec<DifferenceRow>,
}

/// A rule or a repair that would make differing values equal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remedy {
    /// Place of the point in the check, for filters.
    pub field: usize,
    /// What to do, in a few words.
    pub words: String,
    /// The cause it deals with.
    pub cause: String,
    /// Values it is about.
    pub count: u64,
    /// Whether it is a rule that the check can be given.
    pub rule: bool,
}

/// One differing cell or record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DifferenceRow {
    /// The key's parts, as shown.
    pub key: Vec<String>,
    /// The whole key, JSON: opens the records themselves.
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
    /// Only with this text in key or value.
    pub text: Option<String>,
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
    /// Entries that match, on all pages.
    pub total: u64,
    /// First entry of this page.
    pub offset: u64,
    /// Entries of this page.
    pub rows: Vec<DifferenceRow>,
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
}

/// A table of a connected system, for designing a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableView {
    /// Its name, with schema where there is one.
    pub name: String,
    /// Names and declared types of its columns.
    pub columns: Vec<(String, String)>,
    /// About how many rows.
    pub rows: Option<u64>,
}

/// The page of connections.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConnectionsPage {
    /// Around the page.
    pub head: PlanHead,
    /// The connections.
    pub connections: Vec<ConnectionRow>,
    /// Instances they can be test environments of.
    pub instances: Vec<RefOption>,
    /// Folders of the server that files may be read from, besides uploads; empty for those who may not add.
    pub folders: Vec<String>,
    /// Networks that databases may be reached in; empty for those who may not add.
    pub networks: Vec<String>,
    /// Whether the reader may add and remove.
    pub may_connect: bool,
}

/// A connection with what uses it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConnectionRow {
    /// The connection, without its secret.
    pub connection: ConnectionView,
    /// Name of the instance it is a test environment of.
    pub instance: Option<String>,
    /// Checks of this plan that use it.
    pub checks: u64,
}

/// One side of a check while it is designed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DesignSide {
    /// The connection chosen.
    pub connection: Option<ConnectionId>,
    /// The instance it is a test environment of.
    pub instance: Option<ItemId>,
    /// The table chosen.
    pub table: String,
    /// Tables there are; empty until a connection is chosen, or when it does not answer.
    pub tables: Vec<TableView>,
    /// Columns of the chosen table.
    pub columns: Vec<String>,
    /// Why the tables are not known.
    pub trouble: Option<String>,
}

/// Which sides to design a check for, as far as chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SideChoice {
    /// Connection of the left side.
    pub left: String,
    /// Its table.
    pub left_table: String,
    /// Connection of the right side.
    pub right: String,
    /// Its table.
    pub right_table: String,
}

/// A pair of columns in the design of a check.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DesignPair {
    /// Id of the part, or `new…`.
    pub id: String,
    /// The data point both columns hold.
    pub data_point: Option<ItemId>,
    /// Column on the left side.
    pub left: String,
    /// Column on the right side.
    pub right: String,
    /// Fields of the rules that are agreed.
    pub rules: Vec<String>,
    /// How far apart two values may be.
    pub tolerance: String,
    /// What left codes are called on the right, one a line.
    pub codes: String,
    /// What is agreed, in words.
    pub agreed: Vec<String>,
    /// Why it is proposed; empty for what is saved already.
    pub because: String,
}

/// The page on which a check is designed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckDesign {
    /// Around the page.
    pub head: PlanHead,
    /// The check, once it is saved.
    pub check: Option<ItemId>,
    /// Its short key.
    pub key: String,
    /// Its name, or the one proposed.
    pub name: String,
    /// The business object compared.
    pub object: Option<ItemId>,
    /// Business objects to choose from.
    pub objects: Vec<RefOption>,
    /// Connections to choose from.
    pub connections: Vec<RefOption>,
    /// Data points to choose from.
    pub points: Vec<RefOption>,
    /// Instances to choose from.
    pub instances: Vec<RefOption>,
    /// Left side.
    pub left: DesignSide,
    /// Right side.
    pub right: DesignSide,
    /// Pairs of key columns.
    pub keys: Vec<DesignPair>,
    /// Pairs of columns to compare.
    pub pairs: Vec<DesignPair>,
    /// The check's body as it is stored, JSON, to notice changes by others.
    pub before: String,
    /// Its runs, newest first.
    pub runs: Vec<Run>,
    /// Whether the reader may change and run it.
    pub may_edit: bool,
}

//! The sync page, connections, the design of a check, a run with its dashboard, its differences.

mod evidence;

pub use evidence::{DifferenceFilter, DifferenceRow, DifferencesPage, RecordField, RecordPage};

use crate::{
    items::RefOption,
    plans::PlanHead,
    worklists::{SliceFloor, SliceRow, WorklistRow},
};
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
    /// How its newest result stands to the one before, where they drifted apart or together.
    pub drift: Option<DriftMark>,
    /// When it runs by itself.
    pub schedule: Option<ScheduleState>,
}

/// That a check drifted between its two newest results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriftMark {
    /// Number of the newest run with a result.
    pub number: i64,
    /// Number of the one before.
    pub before: i64,
    /// Whether anything got worse.
    pub worse: bool,
    /// What changed, in a sentence.
    pub words: String,
}

/// When a check runs by itself, and in whose name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleState {
    /// As in "at 06:00 on weekdays, in UTC".
    pub words: String,
    /// Who set it, with whose rights it runs.
    pub by: String,
    /// The next times, soonest first; none while the version is signed or withdrawn, when it rests.
    pub next: Vec<Timestamp>,
    /// When it last came due without a run, and why.
    pub skipped: Option<(Timestamp, String)>,
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
    /// Open work-lists.
    pub worklists: Vec<WorklistRow>,
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
    /// What changed since the run before.
    pub drift: Option<RunDrift>,
    /// What is happening while it runs.
    pub progress: Option<RunProgress>,
    /// The first differences that no rule would bridge, of the point that has most of them.
    pub sample: Option<Sample>,
    /// The first values that are not as expected, by place in the counts of format; empty where none are kept.
    pub format_examples: Vec<Vec<String>>,
    /// Whether any of them is masked for the reader.
    pub format_masked: bool,
    /// What would make more values equal, the most effective first.
    pub remedies: Vec<Remedy>,
    /// What all of it would come to, also what is not listed, in a sentence.
    pub agreed_sentence: String,
    /// Where differences concentrate.
    pub slices: Vec<SliceRow>,
    /// What is listed there.
    pub slice_floor: SliceFloor,
    /// Open work-lists of the check.
    pub worklists: Vec<WorklistRow>,
    /// Whether the reader may make work-lists, also where the plan is signed.
    pub may_assign: bool,
    /// Records under another key.
    pub pairs: crate::pairs::RunPairs,
    /// Whether the reader may look for pairs and decide about them.
    pub may_decide: bool,
    /// Whether the reader may run, cancel and delete.
    pub may_edit: bool,
    /// When its rows were removed because they were old.
    pub removed_at: Option<Timestamp>,
}

/// A finished run under other rules.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherRules {
    /// Per compared point, in the order of the check.
    pub rows: Vec<OtherRulesRow>,
    /// Whether other rules were asked for; else these are the rules and counts of the run.
    pub asked: bool,
    /// Matched records.
    pub matched: u64,
    /// Those that are equal on every point under these rules.
    pub in_sync: u64,
    /// Those that were in the run.
    pub was_in_sync: u64,
    /// Why it cannot be counted.
    pub trouble: Option<String>,
}

/// One compared point under other rules. The three counts add up to the matched records.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherRulesRow {
    /// Name of the data point, else of the columns.
    pub name: String,
    /// Fields of the rules that are ticked.
    pub rules: Vec<String>,
    /// What is agreed besides, in words.
    pub also: String,
    /// Values equal as they are.
    pub equal: u64,
    /// Values equal by these rules only.
    pub equal_by_rule: u64,
    /// Values that differ.
    pub different: u64,
    /// Values that differed in the run.
    pub differed: u64,
}

/// What changed since the run before of the same check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunDrift {
    /// The changes.
    pub drift: rules::Drift,
    /// The same in a sentence.
    pub words: String,
    /// Columns that came, went or hold something else, one sentence each.
    pub columns: Vec<String>,
}

/// How far a run is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunProgress {
    /// The phase, such as `reading`.
    pub phase: String,
    /// Rows dealt with in this phase.
    #[serde(default)]
    pub rows: u64,
    /// Rows a second in this phase; `None` until it is known.
    #[serde(default)]
    pub per_second: Option<u64>,
    /// Seconds left; `None` where nothing says so.
    #[serde(default)]
    pub seconds_left: Option<u64>,
    /// Whether those are the seconds of this phase only.
    #[serde(default)]
    pub phase_only: bool,
    /// While it waits, how many others are before it.
    #[serde(default)]
    pub before: Option<u64>,
}

impl RunProgress {
    /// A phase of which nothing else is known.
    #[must_use]
    pub fn of(phase: &str) -> Self {
        Self { phase: phase.to_owned(), ..Self::default() }
    }
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
    /// Whether any of them is masked for the reader.
    pub masked: bool,
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
    /// Whether it makes so many equal at most.
    pub up_to: bool,
    /// By what or whom: `a rule`, `people`.
    pub by: String,
    /// Whether it is something to agree in the check.
    pub agreeable: bool,
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
    /// How the way there is secured, in words; nothing for a file.
    pub encryption: Option<String>,
    /// What a database server calls itself; nothing where it does not tell.
    pub server_id: Option<String>,
    /// Whether the certificate of the other side is looked at.
    pub checks_certificates: bool,
    /// Certificates of its own authority as PEM; empty for none, and for those who may not change it.
    pub certificate: String,
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

/// What is expected of a column in the design of a check.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DesignExpectation {
    /// Id of the part, or `new…`.
    pub id: String,
    /// Column on the left side, or empty.
    pub left: String,
    /// Column on the right side, or empty.
    pub right: String,
    /// Code of the type, or empty.
    pub value_type: String,
    /// Most characters, or empty.
    pub longest: String,
    /// Regular expression, or empty.
    pub pattern: String,
    /// The values there may be, one a line.
    pub codes: String,
    /// All of it in words.
    pub words: String,
    /// Why it is proposed; empty for what is saved already.
    pub because: String,
}

/// What one more rule would do to a pair of columns, in the sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleGain {
    /// What the rule is called.
    pub rule: String,
    /// Values that it would make equal.
    pub more: u64,
    /// Different values of one column that it would make the same.
    pub merged: u64,
}

/// A pair of columns in the sample. The three counts add up to `compared`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairPreview {
    /// Id of the pair in the design.
    pub id: String,
    /// Records compared.
    pub compared: u64,
    /// Values equal as they are.
    pub equal: u64,
    /// Values equal by what is agreed only.
    pub equal_by_rule: u64,
    /// Values that differ.
    pub different: u64,
    /// Different values of one column that the agreed rules make the same.
    pub merged: u64,
    /// The single further rule that would gain most.
    pub gain: Option<RuleGain>,
    /// Why this pair cannot be judged.
    pub trouble: Option<String>,
}

/// What a check would find in the first rows of its sides.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckPreview {
    /// What was looked at and how its records meet, in words.
    pub sample: String,
    /// For how many minutes what was looked at is kept.
    pub kept_minutes: u64,
    /// What would make more keys meet, in words; empty where nothing would.
    pub key: String,
    /// Per pair of columns.
    pub pairs: Vec<PairPreview>,
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
    /// What is expected of columns.
    pub expect: Vec<DesignExpectation>,
    /// Records expected: left at least and at most, right at least and at most.
    pub quantity: [Option<i64>; 4],
    /// What the first rows of both sides say about it, where they can be read.
    pub preview: Option<CheckPreview>,
    /// The check's body as it is stored, JSON, to notice changes by others.
    pub before: String,
    /// When it runs by itself, as it was typed; may be empty.
    pub schedule: String,
    /// The same as it goes on.
    pub scheduled: Option<ScheduleState>,
    /// When this was loaded: the next times are counted from it.
    pub now: Timestamp,
    /// Its runs, newest first.
    pub runs: Vec<Run>,
    /// Whether the reader may change and run it.
    pub may_edit: bool,
}

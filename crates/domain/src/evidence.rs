//! Evidence: what was measured in the test environments, as the rules and the pages see it.

use crate::{AttachmentId, ConnectionId, ItemId, PairId, RunId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Waits for a worker.
    Queued,
    /// Is being worked on.
    Running,
    /// Ended with a result.
    Done,
    /// Ended without one; the message says why.
    Failed,
    /// Stopped by a person.
    Cancelled,
    /// The server went down while it ran.
    Interrupted,
}

impl RunState {
    /// Stored form.
    pub fn code(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Interrupted => "interrupted",
        }
    }

    /// Whether nothing more will happen to it.
    pub fn ended(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }
}

/// Rows and keys of one side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SideCounts {
    /// All rows read.
    pub rows: u64,
    /// Rows whose key has an empty or missing part.
    pub empty_keys: u64,
    /// Distinct keys that occur more than once.
    pub duplicate_keys: u64,
    /// Rows having one of those keys.
    pub duplicate_rows: u64,
}

/// How the records of both sides met.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordCounts {
    /// Keys that are unique on both sides.
    pub matched: u64,
    /// Keys on both sides that are duplicated on at least one.
    pub ambiguous: u64,
    /// Distinct keys on the left side only.
    pub only_left: u64,
    /// Distinct keys on the right side only.
    pub only_right: u64,
}

/// Why values differ, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CauseCount {
    /// Name of the cause, such as `case`.
    pub cause: String,
    /// Cells.
    pub count: u64,
}

/// What was seen of one column, over all rows of its side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnCounts {
    /// Rows without a value: NULL, empty or only white space.
    pub empty: u64,
    /// Values that are not well formed: blanks at an end, characters that cannot be read, or not of the type the
    /// plan gives the data point.
    pub malformed: u64,
}

/// What was seen of a compared pair of columns beyond how its cells compare.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenPair {
    /// The left column.
    pub left: ColumnCounts,
    /// The right column.
    pub right: ColumnCounts,
    /// Cells of `different` that hold a value on the left side only.
    pub only_left: u64,
    /// Cells of `different` that hold a value on the right side only.
    pub only_right: u64,
    /// Cells of `different` that hold a value on both sides.
    pub both: u64,
}

/// One compared pair of columns. `equal + equal_by_rule + different` is the number of matched records.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldCounts {
    /// Column on the left side.
    pub left: String,
    /// Column on the right side.
    pub right: String,
    /// The data point compared, where the check names one.
    pub data_point: Option<ItemId>,
    /// Cells equal as they are.
    pub equal: u64,
    /// Cells made equal by the agreed rules only.
    pub equal_by_rule: u64,
    /// Cells that differ.
    pub different: u64,
    /// Causes of the differences, most frequent first.
    pub causes: Vec<CauseCount>,
    /// What was seen of the columns themselves; absent in runs of before this was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<SeenPair>,
}

/// The counts of a finished run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunTotals {
    /// Left side.
    pub left: SideCounts,
    /// Right side.
    pub right: SideCounts,
    /// Records.
    pub records: RecordCounts,
    /// Per compared pair of columns, in the order of the check.
    pub fields: Vec<FieldCounts>,
    /// Matched records equal on every field, raw or by rule.
    pub in_sync: u64,
    /// How the columns of which something was expected are so, left side first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub format: Vec<FormatCounts>,
    /// Numbers of records that were expected, left side first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quantity: Vec<Quantity>,
    /// Records that their keys keep apart and the crosswalk brings together. None of them counts as matched above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crosswalk: Option<CrosswalkCounts>,
    /// The rules that were applied, by name; empty in runs of before this was kept, when each was in its first version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RuleUsed>,
    /// How each side was read, left first; empty in runs of before this was kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<SourceRead>,
}

/// A rule as a run applied it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleUsed {
    /// Its name, such as `casefold`.
    pub rule: String,
    /// Its version: another one may judge values otherwise.
    pub version: u32,
}

impl RunTotals {
    /// The rules that were applied, with their versions, in words; none where none was or it was not kept.
    pub fn rule_words(&self) -> Option<String> {
        let words: Vec<_> = self.rules.iter().map(|used| format!("{} {}", used.rule, used.version)).collect();
        (!words.is_empty()).then(|| words.join(", "))
    }

    /// Entries of differences there are; a run that kept fewer has cut them at its limit.
    pub fn entries(&self) -> u64 {
        let fields: u64 = self.fields.iter().map(|field| field.different + field.equal_by_rule).sum();
        let whole = self.records.only_left + self.records.only_right + self.records.ambiguous;
        fields + whole + self.left.duplicate_keys + self.right.duplicate_keys
    }
}

/// A side of a check.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunSide {
    /// The system of record of the points compared.
    #[default]
    Left,
    /// The destination.
    Right,
}

impl RunSide {
    /// Of two things, the one on this side.
    pub fn of<T>(self, left: T, right: T) -> T {
        match self {
            Self::Left => left,
            Self::Right => right,
        }
    }
}

/// How the values of a column are as expected. The values themselves are not in it: they stay in what the run kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormatCounts {
    /// The side.
    pub side: RunSide,
    /// The column.
    pub column: String,
    /// What was expected, in words.
    pub expected: String,
    /// Values that are neither missing nor blank.
    pub filled: u64,
    /// Those that break anything.
    pub broken: u64,
    /// What they break, such as `length`; one value may break several things.
    pub breaks: Vec<CauseCount>,
}

/// How many records a side has and how many were expected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quantity {
    /// The side.
    pub side: RunSide,
    /// Its records.
    pub rows: u64,
    /// Fewest expected.
    pub min: Option<u64>,
    /// Most expected.
    pub max: Option<u64>,
}

impl Quantity {
    /// Whether there are as many as expected.
    pub fn within(&self) -> bool {
        !self.too_few() && self.max.is_none_or(|max| self.rows <= max)
    }

    /// Whether there are fewer than expected.
    pub fn too_few(&self) -> bool {
        self.min.is_some_and(|min| self.rows < min)
    }

    /// How many are expected, in words: `450 to 500`, `exactly 6`, `at least 6 000`. `number` says how a number is
    /// written.
    pub fn expected(&self, number: impl Fn(u64) -> String) -> String {
        match (self.min, self.max) {
            (Some(min), Some(max)) if min == max => format!("exactly {}", number(min)),
            (Some(min), Some(max)) => format!("{} to {}", number(min), number(max)),
            (Some(min), None) => format!("at least {}", number(min)),
            (None, Some(max)) => format!("at most {}", number(max)),
            (None, None) => String::new(),
        }
    }
}

/// The counts of the records that were matched by the crosswalk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrosswalkCounts {
    /// Pairs of records; each is also one only-left and one only-right key.
    pub matched: u64,
    /// Those of them equal on every field, raw or by rule.
    pub in_sync: u64,
    /// Per compared pair of columns, in the order of the check.
    pub fields: Vec<FieldCounts>,
}

/// What linking the records of a run came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkTotals {
    /// Whether all records were linked, and not only those without a counterpart.
    pub everything: bool,
    /// Records of the left side that were linked.
    pub left: u64,
    /// Records of the right side that were linked.
    pub right: u64,
    /// Records of both sides left out because the crosswalk has their partner.
    pub partnered: u64,
    /// Records of both sides left out because their key is too long to be kept.
    pub too_long: u64,
    /// Pairs that need nobody to look at them.
    pub sure: u64,
    /// Pairs for people.
    pub unclear: u64,
    /// Pairs for people beyond the length of the queue; not kept.
    pub beyond: u64,
    /// Pairs left out because they were refused before.
    pub refused: u64,
}

/// Who decided that two records are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PairSource {
    /// A person looked at the two.
    Person,
    /// The engine was sure, and a person took over what it was sure of.
    Engine,
}

impl PairSource {
    /// Stored form, which is also the word.
    pub fn code(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Engine => "engine",
        }
    }
}

/// Whether two records are the same, as it was decided. Keys are JSON lists of their parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairDecision {
    /// Which.
    pub id: PairId,
    /// The check they were found by.
    pub check: ItemId,
    /// Key of the left record.
    pub left: String,
    /// Key of the right record.
    pub right: String,
    /// Whether they are the same.
    pub same: bool,
    /// How likely linking found it, in hundredths of a per cent (0 to 10 000).
    pub score: i64,
    /// Who decided.
    pub source: PairSource,
    /// The run they were proposed for.
    pub run: RunId,
    /// Its number.
    pub run_number: i64,
    /// Who decided or took over what the engine was sure of.
    pub by: UserId,
    /// Their name when read.
    pub by_name: String,
    /// When.
    pub at: Timestamp,
}

/// How a source was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRead {
    /// What identifies the state that was read, such as the hash of a file.
    pub fingerprint: String,
    /// What a reader of the result should know, such as the encoding a file was read in.
    pub notes: Vec<String>,
}

/// One execution of a sync check. Immutable once it ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Which.
    pub id: RunId,
    /// Running number within the plan, from 1.
    pub number: i64,
    /// The check executed.
    pub check: ItemId,
    /// Where it stands.
    pub state: RunState,
    /// Who started it.
    pub by: UserId,
    /// Their name when read.
    pub by_name: String,
    /// When it was asked for.
    pub queued_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Hash of what was to be compared (check, fields, rules), hex.
    pub spec_hash: String,
    /// Hash of the technical slice when it was started, hex.
    pub slice_hash: String,
    /// Hash of the staged left side, hex.
    pub left_hash: Option<String>,
    /// Hash of the staged right side, hex.
    pub right_hash: Option<String>,
    /// Counts; present when done.
    pub totals: Option<RunTotals>,
    /// Hash of the result, hex.
    pub result_hash: Option<String>,
    /// What went wrong, in words.
    pub message: Option<String>,
    /// Milliseconds from start to verdict.
    pub took_ms: Option<u64>,
}

/// A file kept as evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceFile {
    /// Which.
    pub id: AttachmentId,
    /// Name it was uploaded under.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256, hex.
    pub sha256: String,
    /// When.
    pub at: Timestamp,
    /// Name of who added it.
    pub by_name: String,
}

/// A connection as everybody may see it: the secret is only ever "set" or "not set".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConnectionView {
    /// Which.
    pub id: ConnectionId,
    /// Name shown.
    pub name: String,
    /// The instance it is a test environment of.
    pub instance: Option<ItemId>,
    /// Stored form of the kind of source, such as `csv` or `postgres`.
    pub adapter: String,
    /// Host, file or folder, without credentials.
    pub address: String,
    /// Whether a password is kept.
    pub has_secret: bool,
    /// Why the guard accepted it as a test environment.
    pub guard: Vec<String>,
    /// Set when the guard refuses it now.
    pub refused: Option<String>,
    /// Warnings of the last probe, such as a role that could write.
    pub warnings: Vec<String>,
    /// When it last answered.
    pub verified_at: Option<Timestamp>,
}

/// Everything measured or said about a plan that is not part of its document.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Runs, newest first.
    pub runs: Vec<Run>,
    /// Connections the plan's checks may use.
    pub connections: Vec<ConnectionView>,
    /// Files.
    pub files: Vec<EvidenceFile>,
    /// Current hash of each slice, hex, by slice code. Filled by whoever has computed it.
    pub slice_hashes: std::collections::BTreeMap<String, String>,
    /// Who may fill which slot.
    pub slots: Vec<crate::SlotAssignment>,
    /// Unresolved comment threads.
    pub open_threads: u64,
    /// Waivers in force.
    pub waivers: Vec<crate::Waiver>,
    /// Approvals that can count, those of earlier rounds and versions included; none while the plan is a draft.
    #[serde(default)]
    pub approvals: Vec<crate::Approval>,
    /// The slices whose holding approval is by somebody who had edited them, since the version before it.
    #[serde(default)]
    pub authors: std::collections::BTreeSet<(UserId, crate::Slice)>,
}

impl Evidence {
    /// The newest finished run of a check.
    pub fn latest_run(&self, check: ItemId) -> Option<&Run> {
        self.runs.iter().filter(|r| r.check == check && r.state == RunState::Done).max_by_key(|r| r.number)
    }

    /// A run by id.
    pub fn run(&self, id: RunId) -> Option<&Run> {
        self.runs.iter().find(|r| r.id == id)
    }
}

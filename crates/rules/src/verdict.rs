//! Whether two copies of a data point are in sync. Computed, never set: a manual mechanism is not
//! synchronisation, whatever the values say today.

mod matrix;
mod spec;

pub(crate) use matrix::{matrix, sides};
pub use matrix::{run_verdicts, verdict, verdict_matrix};
pub use spec::{current_run, spec_hash};

use domain::entity::{ClaimedState, HistoryDecision, Mechanism};
use domain::{CauseCount, ItemId, RunId};

/// What two copies of a data point are to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Measured equal, and kept so by an automatic mechanism as far as anybody has said how.
    InSync,
    /// The same, once the agreed rules are applied.
    EqualByRule,
    /// Equal today by hand or by chance; will drift.
    Coincident,
    /// Measured different.
    Differs,
    /// Records of one side are not on the other.
    Missing,
    /// Records cannot be told apart.
    Duplicate,
    /// Not measured, or nobody knows how they are kept equal.
    Unknown,
}

impl Verdict {
    /// Every verdict, best first.
    pub const ALL: [Self; 7] = [
        Self::InSync,
        Self::EqualByRule,
        Self::Coincident,
        Self::Differs,
        Self::Missing,
        Self::Duplicate,
        Self::Unknown,
    ];

    /// Stored form.
    pub fn code(self) -> &'static str {
        match self {
            Self::InSync => "in_sync",
            Self::EqualByRule => "equal_by_rule",
            Self::Coincident => "coincident",
            Self::Differs => "differs",
            Self::Missing => "missing",
            Self::Duplicate => "duplicate",
            Self::Unknown => "unknown",
        }
    }

    /// Wording shown to people, the same everywhere.
    pub fn label(self) -> &'static str {
        match self {
            Self::InSync => "in sync",
            Self::EqualByRule => "equal by rule",
            Self::Coincident => "coincident (manual)",
            Self::Differs => "differs",
            Self::Missing => "missing",
            Self::Duplicate => "duplicate",
            Self::Unknown => "unknown",
        }
    }

    /// Whether the copies count as synchronised.
    pub fn synchronised(self) -> bool {
        matches!(self, Self::InSync | Self::EqualByRule)
    }
}

/// The verdict on one data point between two instances, with what it rests on.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct PointVerdict {
    /// The data point.
    pub point: ItemId,
    /// One instance.
    pub left: ItemId,
    /// The other instance.
    pub right: ItemId,
    /// The verdict.
    pub verdict: Verdict,
    /// Records compared: matched by key on both sides.
    pub compared: u64,
    /// Equal as they are.
    pub equal: u64,
    /// Equal by the agreed rules only.
    pub by_rule: u64,
    /// Different.
    pub different: u64,
    /// Records of the right side that the left side lacks.
    pub missing_left: u64,
    /// Records of the left side that the right side lacks.
    pub missing_right: u64,
    /// Keys that more than one record has.
    pub duplicates: u64,
    /// Why values differ, most frequent first.
    pub causes: Vec<CauseCount>,
    /// The check that measures it.
    pub check: Option<ItemId>,
    /// The run it rests on.
    pub run: Option<RunId>,
    /// Number of that run.
    pub run_number: Option<i64>,
    /// The claim about it.
    pub claim: Option<ItemId>,
    /// What is claimed.
    pub claimed: Option<ClaimedState>,
    /// By what means the copies are said to be kept equal.
    pub mechanism: Option<Mechanism>,
    /// Why this verdict, as a sentence without full stop.
    pub reason: String,
}

impl PointVerdict {
    /// Whether people keep the copies equal, or nothing does.
    pub fn manual(&self) -> bool {
        self.mechanism.is_some_and(is_manual)
    }

    /// Whether a decision about existing data speaks of these two instances.
    pub fn is_decided_by(&self, decision: &HistoryDecision) -> bool {
        let within = |side: Option<ItemId>| side.is_none_or(|id| id == self.left || id == self.right);
        within(decision.source) && within(decision.destination)
    }

    /// Whether it is settled that the copies are not synchronised.
    pub fn known_unsynchronised(&self) -> bool {
        !self.verdict.synchronised() && (self.verdict != Verdict::Unknown || self.manual())
    }
}

/// Whether a mechanism is work of people, or none: such copies are not synchronised.
pub fn is_manual(mechanism: Mechanism) -> bool {
    matches!(
        mechanism,
        Mechanism::FileImport | Mechanism::Rekey | Mechanism::CopyPaste | Mechanism::OneOff | Mechanism::None
    )
}

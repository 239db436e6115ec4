//! Pairs of records under different keys: the queue of a run, and the crosswalk that keeps what was decided.

use crate::{plans::PlanHead, sync::RunProgress};
use domain::{ItemId, LinkTotals, PairId, RunId, Timestamp};
use serde::{Deserialize, Serialize};

/// Where linking the records of a run stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkState {
    /// Nobody asked for it.
    #[default]
    Never,
    /// It waits or is being worked on.
    Going {
        /// How far it is.
        progress: RunProgress,
    },
    /// It ended without a result.
    Failed {
        /// Why.
        message: String,
    },
    /// It ended with a result.
    Done,
}

/// What the dashboard of a run says about records under another key.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RunPairs {
    /// Where linking stands.
    pub state: LinkState,
    /// What it came to.
    pub totals: Option<LinkTotals>,
    /// Only-left records whose partner is in the crosswalk and only right.
    pub by_crosswalk: u64,
    /// Those of them that are equal on every field.
    pub in_sync: u64,
    /// Decisions about this check in the crosswalk.
    pub decisions: u64,
}

/// Which pairs to show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PairShow {
    /// The queue.
    #[default]
    Unclear,
    /// Those that need nobody.
    Sure,
    /// Decided for this run.
    Decided,
}

impl PairShow {
    /// The word in addresses.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unclear => "unclear",
            Self::Sure => "sure",
            Self::Decided => "decided",
        }
    }

    /// By the word in an address; the queue where it is none.
    pub fn from_code(code: &str) -> Self {
        [Self::Sure, Self::Decided].into_iter().find(|show| show.code() == code).unwrap_or_default()
    }
}

/// What one pair of columns says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairField {
    /// Name of the data point or columns.
    pub name: String,
    /// Value on the left; `None` is nothing.
    pub left: Option<String>,
    /// Value on the right.
    pub right: Option<String>,
    /// How alike the two are, in words.
    pub alike: String,
    /// What that says, in words.
    pub says: String,
    /// Whether it speaks for the same (`Some(true)`), against (`Some(false)`) or says little.
    pub speaks: Option<bool>,
}

/// One pair, side by side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairShown {
    /// Its place in the run's file.
    pub place: u64,
    /// Key of the left record as JSON: opens the record; empty where the reader may not see it.
    pub left: String,
    /// Key of the right record as JSON; likewise.
    pub right: String,
    /// Key of the left record, as shown.
    pub left_key: String,
    /// Key of the right record, as shown.
    pub right_key: String,
    /// How likely the two are the same, in per cent.
    pub percent: String,
    /// The same in words.
    pub likely: String,
    /// Whether it needs nobody to look at it.
    pub sure: bool,
    /// What was decided, where something was.
    pub same: Option<bool>,
    /// Whether one of the two has another partner by now.
    pub partnered: bool,
    /// What each pair of columns says.
    pub fields: Vec<PairField>,
}

/// One pair in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairRow {
    /// Its place in the run's file.
    pub place: u64,
    /// Key of the left record, as shown.
    pub left: String,
    /// Key of the right record, as shown.
    pub right: String,
    /// How likely the two are the same, in per cent.
    pub percent: String,
    /// What was decided, where something was.
    pub same: Option<bool>,
}

/// The pairs of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairsPage {
    /// Around the page.
    pub head: PlanHead,
    /// Name of the check.
    pub name: String,
    /// The run.
    pub run: RunId,
    /// Its number.
    pub number: i64,
    /// Name of the left side.
    pub left: String,
    /// Name of the right side.
    pub right: String,
    /// How many pairs of columns the check compares, and how many of them, the first, records are told by; nothing where
    /// it is all of them.
    pub told_by: Option<(u64, u64)>,
    /// Where linking stands.
    pub state: LinkState,
    /// What it came to.
    pub totals: LinkTotals,
    /// Unclear pairs that are decided, or settled because one of the two has another partner.
    pub decided: u64,
    /// Sure pairs that were taken over.
    pub taken_over: u64,
    /// Decisions that were made for this run.
    pub decisions: u64,
    /// The pair to decide about; none when the queue is done or a list is shown.
    pub pair: Option<PairShown>,
    /// The list of sure pairs.
    pub sure: Vec<PairRow>,
    /// The list of decisions.
    pub rows: Vec<CrosswalkRow>,
    /// Whether values of some columns are masked for the reader.
    pub masked: bool,
    /// First entry of the list.
    pub offset: u64,
    /// Whether the reader may decide.
    pub may_decide: bool,
    /// Whether the reader's last decision for this run can be undone.
    pub may_undo: bool,
}

/// A line of the crosswalk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrosswalkRow {
    /// Which.
    pub id: PairId,
    /// Name of the check.
    pub check: String,
    /// Key of the left record, as shown.
    pub left: String,
    /// Key of the right record, as shown.
    pub right: String,
    /// Whether they are the same.
    pub same: bool,
    /// How likely linking found it, in per cent.
    pub percent: String,
    /// `person` or `engine`.
    pub source: String,
    /// Name of who decided or took over.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Number of the run they were proposed for.
    pub run: i64,
}

/// Which lines of the crosswalk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrosswalkFilter {
    /// Short key of a check.
    pub check: Option<String>,
    /// `same` or `different`.
    pub verdict: Option<String>,
    /// `person` or `engine`.
    pub source: Option<String>,
    /// Text in a key; keys must be such as the reader sees.
    pub text: Option<String>,
}

/// The crosswalk of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CrosswalkPage {
    /// Around the page.
    pub head: PlanHead,
    /// The checks: id, short key, name.
    pub checks: Vec<(ItemId, String, String)>,
    /// Lines that match, on all pages.
    pub total: u64,
    /// First line of this page.
    pub offset: u64,
    /// The lines, newest first.
    pub rows: Vec<CrosswalkRow>,
    /// Whether any key is masked for the reader.
    pub masked: bool,
    /// Whether the reader may take decisions back.
    pub may_decide: bool,
}

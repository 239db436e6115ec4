//! Work-lists: differences of a run that somebody works off. They are work, not part of what is signed.

use crate::{Date, ItemId, RunId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// Where a work-list stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorklistState {
    /// Somebody works on it.
    Open,
    /// A later run shows its records equal, or a signed exception covers them.
    Closed,
}

impl WorklistState {
    /// Stored form.
    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

/// Which differences of a run a work-list is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorklistGroup {
    /// `different`, `only_left`, `only_right`, `ambiguous`, `duplicate_left` or `duplicate_right`.
    pub class: String,
    /// The compared columns, left and right; `None` where whole records are meant.
    pub columns: Option<(String, String)>,
    /// Only this cause.
    pub cause: Option<String>,
    /// Only this part of the left side, in the form of the engine.
    pub slice: Option<String>,
}

/// What the newest run since says of the records of a work-list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// Number of the run.
    pub run: i64,
    /// How many of the records are equal there; `None` where that run cannot say.
    pub equal: Option<u64>,
}

/// The signed exception that closed a work-list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedException {
    /// The decision, obligation or waiver, in words.
    pub words: String,
    /// The signed version it is part of.
    pub version: i64,
}

/// A group of differences in somebody's hands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worklist {
    /// Running number within the plan, from 1.
    pub number: i64,
    /// The run it was made of.
    pub run: RunId,
    /// The number of that run.
    pub run_number: i64,
    /// The check.
    pub check: ItemId,
    /// Which differences.
    pub group: WorklistGroup,
    /// Entries in it when it was made.
    pub count: u64,
    /// Whether each record is remembered by its key; otherwise the group's count decides.
    pub by_key: bool,
    /// The person or team who works on it; empty when nobody does.
    pub owner: String,
    /// By when.
    pub due: Option<Date>,
    /// What else is to be known.
    pub note: String,
    /// Where it stands.
    pub state: WorklistState,
    /// Who made it.
    pub by: UserId,
    /// Their name when read.
    pub by_name: String,
    /// When.
    pub at: Timestamp,
    /// What a later run says.
    pub judged: Option<Judged>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// What closed it, unless a run did.
    pub exception: Option<SignedException>,
}

//! The vocabulary of Plumbline: ids, values, the kinds of item a plan is made of, and typed changes.
//!
//! Everything above speaks these types. Deliberately absent: IO, clocks, randomness, SQL and any
//! decision about whether a plan is *good* (that is `rules`).

mod change;
mod document;
pub mod entity;
mod evidence;
mod field;
mod form;
mod ids;
mod item;
mod json;
mod people;
mod review;
mod schedule;
mod values;
mod worklist;

pub use change::{Change, FieldConflict, Patch, Rejection, Stamp, apply, diff, inverse};
pub use document::{Document, Plan, PlanState, Row};
pub use evidence::{
    CauseCount, ColumnCounts, ConnectionView, CrosswalkCounts, Evidence, EvidenceFile, FieldCounts, FormatCounts,
    LinkTotals, PairDecision, PairSource, Quantity, RecordCounts, RuleUsed, Run, RunSide, RunState, RunTotals,
    SeenPair, SideCounts, SourceRead,
};
pub use field::{Choice, Choices, Field, FieldType, Slice};
pub use form::{Submitted, form_key, id_of_key};
pub use ids::{
    ApprovalId, AttachmentId, CommentId, ConnectionId, DocumentId, ItemId, JobId, PairId, PartId, RunId, SessionId,
    SnapshotId, UserId, WaiverId,
};
pub use item::{Entity, Item, Kind, Kinded, Link};
pub use json::{JsonBounds, JsonRefused};
pub use people::{PlanRole, User, WorkspaceRole};
pub use review::{
    Approval, Comment, Lapse, Round, RoundState, Signature, Slot, SlotAssignment, SnapshotInfo, Waiver, standings,
};
pub use schedule::{LEAST_MINUTES, Schedule};
pub use values::{Date, Invalid, Line, Text, Timestamp};
pub use worklist::{Judged, SignedException, Worklist, WorklistGroup, WorklistState};

//! Review: rounds, slots, approvals, comments, waivers, signatures.

use crate::{ApprovalId, CommentId, DocumentId, ItemId, Slice, SnapshotId, Timestamp, UserId, WaiverId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A reviewing slot: who answers for which slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Slot {
    /// Answers for data points, truths and decisions about existing data.
    DataOwner,
    /// Answers for the processes.
    ProcessOwner,
    /// Answers for the change and its communications.
    ChangeLead,
    /// Answers for flows, mapping, checks and trial.
    TechnicalLead,
    /// Answers for classification and personal data.
    Privacy,
    /// Signs the whole, last.
    Sponsor,
}

impl Slot {
    /// Every slot, the sponsor last.
    pub const ALL: [Self; 6] =
        [Self::DataOwner, Self::ProcessOwner, Self::ChangeLead, Self::TechnicalLead, Self::Privacy, Self::Sponsor];

    /// Stored form.
    pub fn code(self) -> &'static str {
        match self {
            Self::DataOwner => "data_owner",
            Self::ProcessOwner => "process_owner",
            Self::ChangeLead => "change_lead",
            Self::TechnicalLead => "technical_lead",
            Self::Privacy => "privacy",
            Self::Sponsor => "sponsor",
        }
    }

    /// Wording shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::DataOwner => "Data owner",
            Self::ProcessOwner => "Process owner",
            Self::ChangeLead => "Change lead",
            Self::TechnicalLead => "Technical lead",
            Self::Privacy => "Privacy and security",
            Self::Sponsor => "Sponsor",
        }
    }

    /// The slice it approves; `None` for the sponsor, who signs the root.
    pub fn slice(self) -> Option<Slice> {
        match self {
            Self::DataOwner => Some(Slice::Data),
            Self::ProcessOwner => Some(Slice::Process),
            Self::ChangeLead => Some(Slice::Change),
            Self::TechnicalLead => Some(Slice::Technical),
            Self::Privacy => Some(Slice::Privacy),
            Self::Sponsor => None,
        }
    }

    /// What an approval in this slot says, printed beside the name.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::DataOwner => {
                "I agree with the data points, their sources of truth and what happens to existing data."
            }
            Self::ProcessOwner => "This is how the work is done today, and how it will be done.",
            Self::ChangeLead => "Everyone affected is told in time, and knows how to answer back.",
            Self::TechnicalLead => {
                "The flows, the mapping and the evidence are sound and were seen in the test environment."
            }
            Self::Privacy => "Classification and personal data are described correctly and handled lawfully.",
            Self::Sponsor => "I accept this plan as a whole, with its open risks and waivers.",
        }
    }
}

/// Who may fill a slot of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotAssignment {
    /// The slot.
    pub slot: Slot,
    /// The person.
    pub user: UserId,
    /// Their name when read.
    pub name: String,
}

/// State of a review round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundState {
    /// People review.
    Open,
    /// Ended with a signature.
    Signed,
    /// Ended without one.
    Closed,
}

/// A review round of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// Running number within the plan, from 1.
    pub number: i64,
    /// Where it stands.
    pub state: RoundState,
    /// Who asked for the review.
    pub opened_by: UserId,
    /// Their name when read.
    pub opened_by_name: String,
    /// When.
    pub opened_at: Timestamp,
    /// What the reviewers are asked.
    pub message: String,
}

/// One approval of one slot. Valid while the hash equals the current hash of the slice: a stored flag does not exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Which.
    pub id: ApprovalId,
    /// Round it was given in.
    pub round: i64,
    /// Slot it fills.
    pub slot: Slot,
    /// Who gave it.
    pub user: UserId,
    /// Their name at that time.
    pub name: String,
    /// The sentence approved.
    pub meaning: String,
    /// Hash of the slice (for the sponsor: the root) it was given for, hex.
    pub hash: String,
    /// When.
    pub at: Timestamp,
    /// Remark of the approver.
    pub comment: String,
}

/// A comment on an item, a field of it, or the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// Which.
    pub id: CommentId,
    /// First comment of the thread; equal to `id` for the first.
    pub thread: CommentId,
    /// Item it is about; `None` for the plan.
    pub item: Option<ItemId>,
    /// Field it is about.
    pub field: Option<String>,
    /// Plain text.
    pub body: String,
    /// Value of the field when the comment was written.
    pub quoted: Option<String>,
    /// Who wrote it.
    pub author: UserId,
    /// Their name when read.
    pub author_name: String,
    /// When.
    pub at: Timestamp,
    /// When and by whom the thread was resolved (first comment only).
    pub resolved_at: Option<Timestamp>,
    /// Name of who resolved it.
    pub resolved_by: Option<String>,
}

/// A named, reasoned exception to one finding. It dies when the offending facts change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiver {
    /// Which.
    pub id: WaiverId,
    /// Rule id, such as `DP-007`.
    pub rule: String,
    /// Fingerprint of the finding.
    pub fingerprint: String,
    /// The finding's message when it was waived.
    pub message: String,
    /// Why it is acceptable.
    pub reason: String,
    /// Who decided.
    pub by: UserId,
    /// Their name at that time.
    pub by_name: String,
    /// When.
    pub at: Timestamp,
    /// Last day it holds.
    pub expires: Option<crate::Date>,
}

/// The sponsor's signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Who.
    pub user: UserId,
    /// Printed name.
    pub name: String,
    /// Slot.
    pub slot: Slot,
    /// The sentence signed.
    pub meaning: String,
    /// When.
    pub at: Timestamp,
    /// Root hash signed, hex.
    pub root: String,
}

/// What is known about an immutable version without loading it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotInfo {
    /// Which.
    pub id: SnapshotId,
    /// Plan it is a version of.
    pub document: DocumentId,
    /// Version number, from 1.
    pub version: i64,
    /// Root hash, hex.
    pub root: String,
    /// Hash of each slice, hex, by slice code.
    pub slices: BTreeMap<String, String>,
    /// Root of the version before.
    pub previous_root: Option<String>,
    /// When it was signed.
    pub signed_at: Timestamp,
    /// By whom.
    pub signed_by: String,
    /// Set when the signature was withdrawn, with the reason.
    pub withdrawn: Option<String>,
}

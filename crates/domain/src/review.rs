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
    /// Version of the plan it was given for; 0 where that was not kept, which is the version it stands beside.
    #[serde(default)]
    pub version: i64,
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

impl Approval {
    /// Where it was carried over from, as seen in a round of a version: an earlier version or an earlier round. Empty
    /// for one of this round.
    pub fn carried(&self, version: i64, round: i64) -> String {
        if self.version != 0 && self.version < version {
            format!("carried over from v{}", self.version)
        } else if self.round < round {
            format!("carried over from round {}", self.round)
        } else {
            String::new()
        }
    }
}

/// Why an approval does not count any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lapse {
    /// What it answers for was changed after it was given.
    Changed,
    /// Its person does not fill the slot any more.
    Unassigned,
}

impl Lapse {
    /// In words, for whoever gave it.
    pub fn words(self, name: &str) -> String {
        match self {
            Self::Changed => "what it answers for changed since".into(),
            Self::Unassigned => format!("{name} does not fill this slot any more"),
        }
    }
}

/// The one place that decides which approvals count: one per slot and person, in the order of the slots
/// and then of time, each with why it does not hold. `hashes` are those of the slices now, by their code;
/// `slots` are the people who may approve now.
pub fn standings<'a>(
    approvals: &'a [Approval],
    hashes: &BTreeMap<String, String>,
    slots: &[SlotAssignment],
) -> Vec<(&'a Approval, Option<Lapse>)> {
    let judged = |approval: &Approval| {
        let current = approval.slot.slice().and_then(|slice| hashes.get(slice.code()));
        if current != Some(&approval.hash) {
            return Some(Lapse::Changed);
        }
        let assigned = slots.iter().any(|s| s.slot == approval.slot && s.user == approval.user);
        (!assigned).then_some(Lapse::Unassigned)
    };
    let mut kept: BTreeMap<(Slot, UserId), (&Approval, Option<Lapse>)> = BTreeMap::new();
    let mut given: Vec<&Approval> = approvals.iter().collect();
    given.sort_by_key(|a| (a.at, a.id));
    for approval in given {
        let lapse = judged(approval);
        let place = kept.entry((approval.slot, approval.user)).or_insert((approval, lapse));
        // The newest one, unless an earlier one holds again and it does not.
        if lapse.is_none() || place.1.is_some() {
            *place = (approval, lapse);
        }
    }
    let mut list: Vec<_> = kept.into_values().collect();
    list.sort_by_key(|(a, _)| (a.slot, a.at, a.id));
    list
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
    /// When they last proved who they are: gave their password or, without one, came in by a one-time link.
    pub proved_at: Timestamp,
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

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn id<T: std::str::FromStr>(n: u32) -> T
    where
        T::Err: std::fmt::Debug,
    {
        format!("01970000-0000-7000-8000-{n:012}").parse().unwrap()
    }

    fn approval(n: u32, user: u32, hash: &str) -> Approval {
        Approval {
            id: id(n),
            round: 1,
            version: 1,
            slot: Slot::DataOwner,
            user: id(user),
            name: "Ana".into(),
            meaning: String::new(),
            hash: hash.into(),
            at: Timestamp::from_second(i64::from(n)).unwrap(),
            comment: String::new(),
        }
    }

    #[test]
    fn an_approval_counts_once_and_only_while_it_holds() {
        let hashes = BTreeMap::from([("data".to_owned(), "now".to_owned())]);
        let slots = [SlotAssignment { slot: Slot::DataOwner, user: id(1), name: "Ana".into() }];
        let given = [approval(1, 1, "now"), approval(2, 1, "then"), approval(3, 2, "now"), approval(4, 1, "now")];
        let told = |given: &[Approval]| -> Vec<(i64, Option<Lapse>)> {
            standings(given, &hashes, &slots).into_iter().map(|(a, lapse)| (a.at.as_second(), lapse)).collect()
        };
        assert_eq!(told(&given), [(3, Some(Lapse::Unassigned)), (4, None)]);
        assert_eq!(told(&given[..2]), [(1, None)], "what was put back holds again");
        assert_eq!(told(&given[1..2]), [(2, Some(Lapse::Changed))]);
    }

    #[test]
    fn an_approval_of_before_says_where_it_comes_from() {
        let given = approval(1, 1, "now");
        assert_eq!(given.carried(1, 1), "");
        assert_eq!(given.carried(1, 2), "carried over from round 1");
        assert_eq!(given.carried(2, 3), "carried over from v1");
        assert_eq!(Approval { version: 0, ..given }.carried(2, 1), "", "kept before versions were");
    }
}

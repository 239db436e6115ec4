//! Review, versions, comparison, verification.

use crate::plans::PlanHead;
use domain::{
    Approval, Comment, Date, PlanRole, Round, Signature, Slice, Slot, SnapshotInfo, Timestamp, User, UserId, Waiver,
};
use rules::{Finding, ItemDiff};
use serde::{Deserialize, Serialize};

/// An approval with its standing now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// The approval.
    pub approval: Approval,
    /// `None` while it holds; otherwise why it lapsed.
    pub lapsed: Option<String>,
    /// Where it was carried over from: `carried over from v1`; empty when it was given in this round.
    pub carried: String,
    /// What changed since in the part it answers for, newest first; empty while it holds.
    pub changes: Vec<LapseRow>,
}

/// One change that made an approval lapse.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LapseRow {
    /// Who.
    pub who: String,
    /// What they did: `added`, `changed`, `removed`, `restored`.
    pub verb: String,
    /// Title of the item.
    pub title: String,
    /// Address of the item.
    pub href: String,
    /// Label of the field, before and after, for changes.
    pub fields: Vec<(String, String, String)>,
    /// When.
    pub at: Timestamp,
}

/// One reviewing slot and where it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SlotRow {
    /// The slot.
    pub slot: Slot,
    /// Who may fill it.
    pub people: Vec<String>,
    /// The same people by id, in the same order.
    pub assigned: Vec<UserId>,
    /// Hash of what it answers for, hex.
    pub hash: String,
    /// Approvals given for it that can count, in this round or before.
    pub approvals: Vec<Standing>,
    /// Whether one of them holds.
    pub filled: bool,
    /// Whether the reader may approve it now.
    pub may_approve: bool,
}

/// How somebody proves who they are when they sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// They give their password.
    Password,
    /// They have none, and came in by a one-time link a moment ago.
    Link,
    /// They have none, and came in by a one-time link too long ago: they need a new one.
    NewLink,
}

/// The review page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReviewPage {
    /// Around the page.
    pub head: PlanHead,
    /// The open round, or the last one.
    pub round: Option<Round>,
    /// Every slot, the sponsor last.
    pub slots: Vec<SlotRow>,
    /// Root hash of the plan as it is, hex.
    pub root: String,
    /// What stands in the way of signing, one sentence each; empty when the sponsor may sign.
    pub blockers: Vec<String>,
    /// How the reader proves who they are when they sign; `None` for those who are not the one to sign.
    pub proof: Option<Proof>,
    /// Whether the reader may open or close a round.
    pub may_manage: bool,
    /// Whether the reader may comment.
    pub may_comment: bool,
    /// Comment threads: open ones first, then the newest first; no more than fit on a page.
    pub threads: Vec<Thread>,
    /// How many threads there are.
    pub threads_total: u64,
    /// What changed since the reader last approved, else since the last signed version; no more than fit on a page.
    pub changes: Vec<ItemDiff>,
    /// How many items changed since then.
    pub changes_total: u64,
    /// What that is compared with, as in addresses: `approval`, or a version such as `v1`; empty when there is neither.
    pub since: String,
    /// The same for people: `your approval of 18 Nov 2026, 11:06 UTC`.
    pub since_words: String,
    /// People on the plan, for assigning slots.
    pub people: Vec<(User, PlanRole)>,
    /// Everybody, for adding people to the plan; empty unless the reader may.
    pub everybody: Vec<User>,
}

/// A thread of comments with the name of what it is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Thread {
    /// The first comment, which is settled or open.
    pub first: Comment,
    /// Answers, oldest first.
    pub answers: Vec<Comment>,
    /// Name of the item it is about, with the field; "something removed" for those that are gone.
    pub about: String,
    /// Address of that item.
    pub href: Option<String>,
}

/// The findings page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FindingsPage {
    /// Around the page.
    pub head: PlanHead,
    /// Findings, with name and address of their subject.
    pub findings: Vec<(Finding, Option<(String, String)>)>,
    /// Waivers in force and dead ones.
    pub waivers: Vec<Waiver>,
    /// Number of rules checked.
    pub checked: u64,
}

/// Which findings to list. Empty texts and gate 0 mean all.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FindingsFilter {
    /// Gate, from 1 to 5.
    pub gate: u8,
    /// `error`, `warn` or `info`.
    pub severity: String,
    /// Rule id, such as `DP-003`.
    pub rule: String,
    /// `waived` for those taken out of the count; else the open ones.
    pub show: String,
    /// Rows to leave out at the front.
    pub from: u64,
}

/// One finding in the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FindingRow {
    /// The finding.
    pub finding: Finding,
    /// Name of what it is about; empty for the plan.
    pub about: String,
    /// Address of the exact place to mend, where there is one.
    pub href: Option<String>,
    /// Whether the reader may excuse it.
    pub may_waive: bool,
    /// Who may excuse it, of an open error: `the change lead or the sponsor`; empty for what any editor may
    /// excuse and for what nobody may.
    pub waived_by: String,
}

/// A waiver and whether it takes anything out of the count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WaiverRow {
    /// The waiver.
    pub waiver: Waiver,
    /// Whether a finding is excused by it today; otherwise the facts changed, or its last day is over.
    pub in_force: bool,
    /// Whether the reader may take it back.
    pub may_undo: bool,
}

/// One page of findings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FindingsList {
    /// Around the page.
    pub head: PlanHead,
    /// The findings of this page, the heaviest first.
    pub rows: Vec<FindingRow>,
    /// How many there are with this filter.
    pub total: u64,
    /// Open findings per gate, without regard to the filter.
    pub per_gate: [u64; 5],
    /// Open findings that are errors, warnings and notes.
    pub per_severity: [u64; 3],
    /// Findings that are waived.
    pub waived: u64,
    /// Every waiver that was not taken back.
    pub waivers: Vec<WaiverRow>,
    /// Number of rules checked.
    pub checked: u64,
    /// Whether the reader may mend what was found.
    pub may_edit: bool,
    /// The last day proposed when an error is excused.
    pub proposed: Date,
    /// The latest day that can be chosen for it.
    pub longest: Date,
}

/// The card of a rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleView {
    /// Its id, such as `DP-003`.
    pub id: String,
    /// What it looks for, in a few words.
    pub title: String,
    /// How much it weighs.
    pub severity: rules::Severity,
    /// Gate it belongs to; 0 means the gate of the item found.
    pub gate: u8,
    /// Whether it can be neither switched off nor waived.
    pub locked: bool,
    /// The words of the source text it rests on.
    pub sentence: String,
    /// Why it matters.
    pub why: String,
    /// An example that is fine.
    pub good: String,
    /// An example that is not.
    pub bad: String,
}

impl From<&rules::Rule> for RuleView {
    fn from(rule: &rules::Rule) -> Self {
        Self {
            id: rule.id.into(),
            title: rule.title.into(),
            severity: rule.severity,
            gate: rule.gate,
            locked: rule.locked,
            sentence: rule.sentence.into(),
            why: rule.why.into(),
            good: rule.good.into(),
            bad: rule.bad.into(),
        }
    }
}

/// One version in the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VersionRow {
    /// What is known of it.
    pub info: SnapshotInfo,
    /// The round it was signed in.
    pub round: i64,
    /// The approvals it was signed with, those carried over included.
    pub approvals: Vec<Approval>,
    /// The sponsor's signature.
    pub signatures: Vec<Signature>,
}

/// The versions page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VersionsPage {
    /// Around the page.
    pub head: PlanHead,
    /// Signed versions, newest first.
    pub versions: Vec<VersionRow>,
    /// Whether the reader may start the next version now.
    pub may_revise: bool,
    /// Whether the reader may withdraw a signature.
    pub may_withdraw: bool,
}

/// The export page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExportPage {
    /// Around the page.
    pub head: PlanHead,
    /// Signed versions, newest first.
    pub versions: Vec<SnapshotInfo>,
    /// Fingerprint of the key that signs what is exported here.
    pub key_fingerprint: String,
    /// Root hash of the draft as it is.
    pub draft_root: String,
}

/// Two versions side by side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComparePage {
    /// Around the page.
    pub head: PlanHead,
    /// Name of the older: `v1`, or `approval` for what the reader last approved.
    pub from: String,
    /// Name of the newer: `v2` or `draft`.
    pub to: String,
    /// Names that can be chosen.
    pub names: Vec<String>,
    /// What differs; no more than fit on a page.
    pub items: Vec<ItemDiff>,
    /// How many items differ with this filter.
    pub total: u64,
    /// How many items differ in each slice, without regard to the filter.
    pub per_slice: Vec<(Slice, u64)>,
}

/// What became of a file that somebody wants verified.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Verification {
    /// `signed`, `draft`, `altered`, `unknown`, or `whole`: signed and unaltered by the key that the file carries, of
    /// which nobody has said whose it is.
    pub verdict: String,
    /// One sentence for people.
    pub sentence: String,
    /// Every step that was taken, in words, and whether it held.
    pub steps: Vec<(String, bool)>,
    /// Title of the plan inside.
    pub plan: Option<String>,
    /// Version inside.
    pub version: Option<i64>,
    /// Root hash inside, hex.
    pub root: Option<String>,
    /// Fingerprint of the key the file says it was signed with.
    pub key_fingerprint: Option<String>,
    /// Whether the signature was withdrawn; the note says why.
    pub withdrawn: bool,
    /// Who signed, as this installation knows it, or for a file of another installation as the file says it.
    pub signatures: Vec<Signature>,
    /// Set when the version was withdrawn, or when only another installation knows whether it was.
    pub note: Option<String>,
    /// When it was signed.
    pub signed_at: Option<Timestamp>,
}

//! The list of plans, and what every page of a plan shows around its content. Days and moments are ISO 8601
//! text here: pages only show them, and what reads dates would be a tenth of the code of a first page.

use domain::{PlanRole, PlanState};
use serde::{Deserialize, Serialize};

/// One plan in the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanCard {
    /// Short name in addresses.
    pub key: String,
    /// Its title.
    pub name: String,
    /// Where it stands.
    pub state: PlanState,
    /// Version being worked on, or signed.
    pub version: i64,
    /// Gates that pass, of five.
    pub gates_passed: u8,
    /// Open error findings.
    pub blockers: u64,
    /// Planned first day.
    pub go_live: Option<String>,
    /// Last change.
    pub updated_at: String,
    /// What the reader may do in it.
    pub role: PlanRole,
}

/// What stands around every page of a plan: title, state, gates in the navigation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanHead {
    /// Short name in addresses.
    pub key: String,
    /// Its title.
    pub name: String,
    /// Where it stands.
    pub state: PlanState,
    /// Version being worked on, or signed.
    pub version: i64,
    /// Change counter of the document.
    pub rev: i64,
    /// Number of the newest event this shows: a page that follows the plan asks for those after it.
    pub heard: u64,
    /// Last change.
    pub updated_at: String,
    /// Planned first day.
    pub go_live: Option<String>,
    /// Days until then, negative when it is over.
    pub go_live_in: Option<i64>,
    /// Who signs.
    pub sponsor: String,
    /// Who leads.
    pub lead: String,
    /// What the reader may do here.
    pub role: PlanRole,
    /// Whether the reader may change items now: an editor, and the plan is not signed.
    pub may_edit: bool,
    /// The five gates.
    pub gates: Vec<rules::Gate>,
    /// Findings that are open and not waived.
    pub findings: u64,
    /// Unresolved comment threads.
    pub open_threads: u64,
    /// Names of the people on the plan.
    pub people: Vec<String>,
}

/// One line of the activity list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActivityRow {
    /// Place in the audit chain.
    pub seq: i64,
    /// Who.
    pub who: String,
    /// What they did, as a verb in the past: `changed`, `signed`.
    pub verb: String,
    /// Name of the item, when it was one.
    pub title: Option<String>,
    /// Address of the item.
    pub href: Option<String>,
    /// Fields changed, or the reason given.
    pub detail: String,
    /// When.
    pub at: String,
}

/// The overview of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// Around the page.
    pub head: PlanHead,
    /// "2 of 5 gates pass · 7 blockers".
    pub headline: String,
    /// The one thing to do next.
    pub next: rules::NextAction,
    /// The first findings that block sign-off.
    pub blocking: Vec<rules::Finding>,
    /// How many block in all.
    pub blocking_total: u64,
    /// What happened lately.
    pub activity: Vec<ActivityRow>,
    /// Item of the plan's own sheet, to edit it.
    pub charter: Option<domain::ItemId>,
    /// Purpose of the plan.
    pub purpose: String,
    /// The newest signed version, to compare with.
    pub signed: Option<i64>,
}

/// What a plan holds of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindCount {
    /// The kind.
    pub kind: domain::Kind,
    /// How many there are.
    pub count: u64,
}

/// Everything a plan holds, by kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordsPage {
    /// Around the page.
    pub head: PlanHead,
    /// Kinds of item in the order of the gates.
    pub kinds: Vec<KindCount>,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SearchPage {
    /// What was looked for.
    pub text: String,
    /// The page of the item with exactly this key, to go to at once.
    pub jump: Option<String>,
    /// The first matches by key or name.
    pub found: Vec<crate::items::ItemLink>,
    /// How many match in all.
    pub total: u64,
}

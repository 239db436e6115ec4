//! The five gates in the order of the source text, each with its reasons in words.

mod reasons;

use crate::{Finding, context::count};
use domain::entity::{Check, Flow, HistoryDecision, Process, SyncClaim, TrialAnswer};
use domain::{Date, Evidence, ItemId, Plan, PlanState};

/// Where a gate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GateState {
    /// Nothing stands in the way.
    Passes,
    /// Errors are open.
    Blocked,
    /// Nothing was recorded for it yet.
    NotBegun,
    /// Waits for the gates before it.
    Waits,
}

impl GateState {
    /// Stored form.
    pub fn code(self) -> &'static str {
        match self {
            Self::Passes => "passes",
            Self::Blocked => "blocked",
            Self::NotBegun => "not_begun",
            Self::Waits => "waits",
        }
    }

    /// Wording shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Passes => "passes",
            Self::Blocked => "blocked",
            Self::NotBegun => "not begun",
            Self::Waits => "waits",
        }
    }
}

/// The sign before a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// As it should be.
    Good,
    /// Wrong.
    Bad,
    /// Worth a look.
    Warn,
    /// Kept by hand.
    Manual,
    /// Not there yet.
    Missing,
}

impl Sign {
    /// Stored form, and name of the icon.
    pub fn code(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Warn => "warn",
            Self::Manual => "manual",
            Self::Missing => "missing",
        }
    }
}

/// A page of a plan that a number or an action leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Page {
    /// Data points.
    Data,
    /// Sources of truth.
    Truth,
    /// Systems.
    Systems,
    /// Flows and mapping.
    Flows,
    /// Processes.
    Process,
    /// Teams and communications.
    Change,
    /// Effects, risks, opportunities.
    Risks,
    /// Sync checks and verdicts.
    Sync,
    /// Decisions about existing data.
    History,
    /// The four questions.
    Trial,
    /// Findings.
    Findings,
    /// Review and signatures.
    Review,
    /// Exports.
    Export,
}

impl Page {
    /// Last part of its address below the plan.
    pub fn code(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Truth => "truth",
            Self::Systems => "systems",
            Self::Flows => "flows",
            Self::Process => "process",
            Self::Change => "change",
            Self::Risks => "risks",
            Self::Sync => "sync",
            Self::History => "history",
            Self::Trial => "trial",
            Self::Findings => "findings",
            Self::Review => "review",
            Self::Export => "export",
        }
    }
}

/// Where something leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// To one item.
    Item(ItemId),
    /// To a page.
    Page(Page),
}

/// One reason for the state of a gate.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Reason {
    /// The sign before it.
    pub sign: Sign,
    /// A few words, with numbers.
    pub text: String,
    /// What the words are about.
    pub target: Target,
}

/// One gate.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Gate {
    /// From 1 to 5.
    pub number: u8,
    /// What it is called.
    pub name: String,
    /// Where it stands.
    pub state: GateState,
    /// Errors that are open and not waived.
    pub errors: usize,
    /// Warnings that are not waived.
    pub warnings: usize,
    /// Reasons in words, most important first.
    pub reasons: Vec<Reason>,
}

/// Names of the gates in order.
const NAMES: [&str; 5] = ["Data", "Process & flow", "Sync", "Trial", "Sign-off"];

/// The five gates of a plan, from its findings.
pub fn gates(plan: &Plan, evidence: &Evidence, findings: &[Finding], today: Date) -> [Gate; 5] {
    let mut gates = [0_u8, 1, 2, 3, 4].map(|n| Gate {
        number: n + 1,
        name: NAMES[usize::from(n)].to_owned(),
        state: GateState::Blocked,
        errors: findings.iter().filter(|f| f.gate == n + 1 && f.blocks()).count(),
        warnings: findings
            .iter()
            .filter(|f| f.gate == n + 1 && f.severity == crate::Severity::Warn && f.waived.is_none())
            .count(),
        reasons: Vec::new(),
    });
    let begun = [
        plan.each::<domain::entity::DataPoint>().next().is_some(),
        plan.each::<Flow>().next().is_some() || plan.each::<Process>().next().is_some(),
        plan.each::<SyncClaim>().next().is_some()
            || plan.each::<Check>().next().is_some()
            || plan.each::<HistoryDecision>().next().is_some(),
        plan.each::<TrialAnswer>().next().is_some(),
        true,
    ];
    for (gate, begun) in gates.iter_mut().zip(begun) {
        gate.state = match (begun, gate.errors) {
            (false, _) => GateState::NotBegun,
            (true, 0) => GateState::Passes,
            (true, _) => GateState::Blocked,
        };
    }
    if plan.state == PlanState::Signed {
        gates[4].state = GateState::Passes;
    } else if gates[..4].iter().any(|g| g.state != GateState::Passes) {
        gates[4].state = GateState::Waits;
    }
    let blockers = findings.iter().filter(|f| f.blocks()).count();
    gates[0].reasons = reasons::data_reasons(plan, findings, today);
    gates[1].reasons = reasons::process_reasons(plan, findings);
    gates[2].reasons = reasons::sync_reasons(plan, evidence);
    gates[3].reasons = reasons::trial_reasons(plan, evidence, findings);
    gates[4].reasons = reasons::sign_reasons(plan, evidence, blockers);
    gates
}

/// `2 of 5 gates pass · 7 blockers`.
pub fn headline(gates: &[Gate; 5], findings: &[Finding]) -> String {
    let pass = gates.iter().filter(|g| g.state == GateState::Passes).count();
    let blockers = findings.iter().filter(|f| f.blocks()).count();
    match blockers {
        0 => format!("{pass} of 5 gates pass · no blockers"),
        n => format!("{pass} of 5 gates pass · {}", count(n, "blocker", "blockers")),
    }
}

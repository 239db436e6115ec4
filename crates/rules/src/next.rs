//! The one thing to do next, from the first finding that blocks.

use crate::{Finding, Gate, GateState, Page, Target, verdict::PointVerdict};
use domain::entity::{DataPoint, Truth};
use domain::{Evidence, ItemId, Plan, PlanState};

/// The next best action.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct NextAction {
    /// What to do, in a few words.
    pub title: String,
    /// Why, in a sentence or two.
    pub sentence: String,
    /// What the button says.
    pub button: String,
    /// Where it leads.
    pub target: Target,
    /// The rule behind it.
    pub rule: Option<String>,
}

/// What to do next. Conflicts of truth come first, then the first error in gate order; without
/// errors, the review.
pub fn next_action(plan: &Plan, evidence: &Evidence, findings: &[Finding], gates: &[Gate; 5]) -> NextAction {
    let blocking: Vec<&Finding> = findings.iter().filter(|f| f.blocks()).collect();
    let conflict = blocking.iter().find(|f| f.rule == "SOT-002");
    let first = conflict.or_else(|| {
        // A gate nobody has begun comes before what is missing in the gates after it.
        let begun = |f: &&&Finding| !gates.iter().any(|g| g.state == GateState::NotBegun && g.number <= f.gate);
        blocking.first().filter(begun)
    });
    match first {
        Some(finding) => mend(plan, evidence, finding),
        None => without_errors(plan, gates),
    }
}

fn without_errors(plan: &Plan, gates: &[Gate; 5]) -> NextAction {
    let page = |title: &str, sentence: &str, button: &str, page| NextAction {
        title: title.into(),
        sentence: sentence.into(),
        button: button.into(),
        target: Target::Page(page),
        rule: None,
    };
    if let Some(gate) = gates.iter().find(|g| g.state == GateState::NotBegun) {
        return match gate.number {
            1 => page(
                "List the data points",
                "An integration moves facts. Name them first, then say for each which system is right.",
                "Add data points",
                Page::Data,
            ),
            2 => page(
                "Draw the first flow",
                "Origins and destinations are known: say what moves, and which process it supports.",
                "Add a flow",
                Page::Flows,
            ),
            3 => page(
                "Compare two copies",
                "Find out whether the data is synchronised at all before anything new is built on it.",
                "Set up a check",
                Page::Sync,
            ),
            _ => page(
                "Answer the four questions",
                "See the integration in action in a test environment.",
                "Open the trial",
                Page::Trial,
            ),
        };
    }
    match plan.state {
        PlanState::Draft => page(
            "Request the review",
            "No finding blocks. Ask those who answer for a part to approve it.",
            "Request review",
            Page::Review,
        ),
        PlanState::InReview => page(
            "Collect the approvals",
            "No finding blocks. Each slot approves its part; the sponsor signs last.",
            "Open the review",
            Page::Review,
        ),
        PlanState::Signed => page(
            "Hand it over",
            "This version is signed. Export it, or revise it to start the next.",
            "Export",
            Page::Export,
        ),
        PlanState::Withdrawn => page(
            "Start the next version",
            "The signature was withdrawn. Revise the plan to go on.",
            "Open the review",
            Page::Review,
        ),
    }
}

fn mend(plan: &Plan, evidence: &Evidence, finding: &Finding) -> NextAction {
    let about = finding.subject.map(|id| plan.title(id)).unwrap_or_default();
    let why = crate::rule(&finding.rule).map(|r| r.why).unwrap_or_default();
    let item = finding.subject.map_or(Target::Page(Page::Findings), Target::Item);
    let act = |title: String, button: &str, target| NextAction {
        title,
        sentence: format!("{}. {why}", finding.message),
        button: button.into(),
        target,
        rule: Some(finding.rule.clone()),
    };
    match finding.rule.as_str() {
        "SOT-002" => {
            let mut action = act(
                format!("Decide which system is right for {about}"),
                "Open the conflict",
                Target::Page(Page::Truth),
            );
            if let Some(measured) = finding.subject.and_then(|id| disagreement(plan, evidence, id)) {
                action.sentence = format!("{}. {measured}", finding.message);
            }
            action
        }
        "SOT-001" => {
            act(format!("Agree a source of truth for {about}"), "Open the truth board", Target::Page(Page::Truth))
        }
        "SOT-011" | "SOT-012" => {
            act(format!("Name the system of record for {about}"), "Open the truth board", Target::Page(Page::Truth))
        }
        "DP-003" => act(format!("Say where {about} lives"), "Open the data point", item),
        "DP-005" => act(format!("Find an identifier for {about}"), "Open the object", item),
        "CHG-002" => act(format!("Tell {about} what changes"), "Plan a message", Target::Page(Page::Change)),
        "WLK-001" => act(format!("Watch how {about} is really done"), "Open the process", item),
        "WLK-004" => act(format!("Settle what was told and what was seen in {about}"), "Open the process", item),
        "SYN-002" | "SYN-004" => {
            act(format!("Measure whether {about} is in sync"), "Open the checks", Target::Page(Page::Sync))
        }
        "SYN-001" => {
            act(format!("Correct the claim about {}", point_of(plan, finding.subject)), "Open the claim", item)
        }
        "CLN-001" => act(
            format!("Decide what happens to existing data of {about}"),
            "Open the decisions",
            Target::Page(Page::History),
        ),
        "TST-001" => act("See the integration in action".into(), "Open the trial", Target::Page(Page::Trial)),
        "REV-001" => act("Find somebody for every slot".into(), "Open the review", Target::Page(Page::Review)),
        _ => {
            let title = crate::rule(&finding.rule).map_or_else(|| finding.message.clone(), |r| r.title.to_owned());
            let title = if about.is_empty() { title } else { format!("{about}: {}", lower_first(&title)) };
            act(title, "Open", item)
        }
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

fn point_of(plan: &Plan, claim: Option<ItemId>) -> String {
    let point = plan.find::<domain::entity::SyncClaim>(claim).and_then(|c| c.data_point);
    point.map_or_else(|| "two copies".to_owned(), |id| plan.title(id))
}

/// What the test data says about a contested point.
fn disagreement(plan: &Plan, evidence: &Evidence, point: ItemId) -> Option<String> {
    plan.get::<DataPoint>(point)?;
    let claimants: Vec<ItemId> = plan
        .each::<Truth>()
        .filter(|t| t.data_point == Some(point))
        .filter_map(|t| plan.find::<domain::entity::Occurrence>(t.occurrence)?.instance)
        .collect();
    let between = |v: &PointVerdict| {
        v.point == point && v.compared > 0 && claimants.contains(&v.left) && claimants.contains(&v.right)
    };
    let verdict = crate::verdict_matrix(plan, evidence).into_iter().find(between)?;
    Some(format!(
        "In the test data they disagree on {} of {} records.",
        crate::number(verdict.different),
        crate::number(verdict.compared)
    ))
}

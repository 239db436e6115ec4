//! TST: the integration was seen in action, in the state it is planned in now.

use super::cards;
use crate::{QuestionState, context::Cx, finding::Hit};
use domain::entity::{Flow, Scope};
use domain::{ItemId, Row};
use std::collections::BTreeSet;

cards! {
    "TST-001" Error @4 no_trial, "No complete trial";
    seed "To investigate and mitigate technical challenges, it is most insightful to see the integration in action.";
    why "Until it has run once, everything above is an opinion.";
    good "Four questions answered yes, each with a run, a file or a note.";
    bad "Two questions answered, none with evidence.";

    "TST-003" Error @4 no_quantity, "No expected quantity";
    seed "whether the data comes out of the system/s of record in the expected format and quantity";
    why "Without a number nobody notices that half is missing.";
    good "4 000 customers a week.";
    bad "No volume, no expected count.";

    "TST-006" Warn @4 super::general::nothing_early, "Write trial before the planning was done";
    seed "This means that after fully understanding and documenting the data points, processes/flows and level of synchronisation, the integration needs to be set up in a test environment.";
    why "A trial of something half understood proves half of something.";
    good "Gates 1 to 3 pass, then the write trial.";
    bad "Write trial done while truths are open.";

    "TST-009" Warn @5 stale_trial, "Trial older than what it tried";
    seed "see the integration in action";
    why "What was tried is not what will go live.";
    good "Mapping unchanged since the trial.";
    bad "Three lines changed after the trial.";
}

fn no_trial(cx: &Cx<'_>) -> Vec<Hit> {
    let open: Vec<&str> = cx
        .trial
        .iter()
        .filter(|q| q.state != QuestionState::Passes)
        .map(|q| domain::Choices::code(q.question))
        .collect();
    if open.is_empty() {
        return Vec::new();
    }
    vec![Hit::plan("No complete trial run — the integration has not been seen in action").facts(open)]
}

fn no_quantity(cx: &Cx<'_>) -> Vec<Hit> {
    let counted: BTreeSet<ItemId> =
        cx.plan.each::<Scope>().filter(|s| s.expected_count.is_some()).filter_map(|s| s.object).collect();
    let objects = |flow: &Row<'_, Flow>| -> BTreeSet<ItemId> {
        cx.carried(flow.id()).iter().filter_map(|m| cx.point(m.point)?.object).collect()
    };
    let mut hits = Vec::new();
    for flow in cx.flows.iter().filter(|f| f.weekly_volume.is_none()) {
        for object in objects(flow).difference(&counted) {
            let from = cx.titled(flow.origin, "no system");
            let message = format!("No expected quantity for {} from {from}", cx.title(*object));
            hits.push(Hit::on(flow.id(), message).field("weekly_volume").fact(object));
        }
    }
    hits
}

fn stale_trial(cx: &Cx<'_>) -> Vec<Hit> {
    let stale = cx.trial.iter().filter(|q| q.state == QuestionState::Stale);
    stale
        .filter_map(|q| {
            let message = "Trial is older than the last change to what it tested";
            Some(Hit::on(q.answer?, message).field("proofs"))
        })
        .collect()
}

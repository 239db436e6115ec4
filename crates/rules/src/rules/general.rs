//! GEN: the plan as a whole, and rules that look at what other rules have found.

use super::cards;
use crate::{
    Finding,
    context::{Cx, count, in_words},
    finding::Hit,
};
use domain::entity::{DecisionState, HistoryDecision, Obligation, Risk, TrialAnswer, TrialQuestion, TrialVerdict};
use domain::{Date, ItemId, PlanState};
use std::collections::BTreeSet;

cards! {
    "GEN-001" Warn @1 no_purpose, "Plan without purpose or sponsor";
    seed "so that the integration drives value and operates without issues from day 1 after go-live";
    why "Every later choice is weighed against it.";
    good "Stores see one customer; sponsor Ines Castro.";
    bad "Purpose empty.";

    "GEN-002" Error @5 go_live_order, "Go-live out of order";
    seed "operates without issues from day 1 after go-live";
    why "A plan whose dates cannot hold is a wish.";
    good "Go-live 14 March, last activity 7 March.";
    bad "Go-live last Tuesday.";

    "GEN-003" Warn @0 nothing_early, "Prepared ahead of order";
    seed "before even thinking about the processes and corresponding flows";
    why "What rests on open questions may have to be done again.";
    good "Decision on history after the truths are agreed.";
    bad "Trial answered while two truths are open.";

    "GEN-004" Warn @2 vague_benefit, "Benefit without a measure";
    seed "so that the integration drives value";
    why "Without a figure before, nobody will ever know.";
    good "From 26 hours a week to 4; owner: head of service.";
    bad "\"Better data\".";

    "GEN-005" Info @2 no_touchpoint, "Process without a customer touchpoint";
    seed "This will enable a better customer experience";
    why "Ask what the customer notices; often it is the best argument.";
    good "Receipts go to the right address.";
    bad "Empty.";

    "GEN-007" Warn @5 unowned, "Items without an owner";
    seed "It will do wonders for your data management, data governance, and business processes in general.";
    why "What belongs to nobody decays first.";
    good "Every object and process has an owner.";
    bad "Customer and Sign-up have none.";

    "GEN-009" Error @0 dangling, "Reference that leads nowhere";
    seed "we need to know what data points to take, from which system to which, and how";
    why "Something the plan speaks of is not in the plan: removed, or not imported.";
    good "The flow's destination is ERP.";
    bad "The flow's destination was removed.";
}

fn on_charter(cx: &Cx<'_>, message: String, field: &'static str) -> Hit {
    cx.charter_id.map_or_else(|| Hit::plan(message.clone()), |id| Hit::on(id, message.clone())).field(field)
}

fn no_purpose(cx: &Cx<'_>) -> Vec<Hit> {
    let field = if cx.charter.purpose.is_empty() {
        "purpose"
    } else if cx.charter.sponsor.is_empty() {
        "sponsor"
    } else {
        return Vec::new();
    };
    let message = "Plan has no purpose or sponsor — say what value the integration drives and for whom";
    vec![on_charter(cx, message.to_owned(), field)]
}

fn go_live_order(cx: &Cx<'_>) -> Vec<Hit> {
    let Some(go_live) = cx.charter.go_live else {
        return Vec::new();
    };
    let date = in_words(go_live);
    if go_live < cx.today && cx.plan.state != PlanState::Signed {
        return vec![on_charter(cx, format!("Go-live {date} is in the past"), "go_live").fact(go_live)];
    }
    // Messages and clean-ups have rules of their own.
    let late = |due: Option<Date>| due.is_some_and(|due| due > go_live);
    let obligations = cx.plan.each::<Obligation>().filter(|o| late(o.due)).map(|o| o.id());
    let actions = cx.plan.each::<Risk>().filter(|r| r.entity.actions.iter().any(|a| !a.done && late(a.due)));
    let cutovers = cx.plan.each::<HistoryDecision>().filter(|d| late(d.cutover)).map(|d| d.id());
    let planned: BTreeSet<ItemId> = obligations.chain(actions.map(|r| r.id())).chain(cutovers).collect();
    if planned.is_empty() {
        return Vec::new();
    }
    let n = count(planned.len(), "planned activity", "planned activities");
    vec![on_charter(cx, format!("Go-live {date} is before {n}"), "go_live").fact(go_live).facts(planned)]
}

/// Rules of this kind look at the findings of the others and run after them.
pub(super) fn nothing_early(_: &Cx<'_>) -> Vec<Hit> {
    Vec::new()
}

fn vague_benefit(cx: &Cx<'_>) -> Vec<Hit> {
    let charter = &cx.charter;
    let missing = [
        ("benefit_baseline", charter.benefit_baseline.is_empty()),
        ("benefit_target", charter.benefit_target.is_empty()),
        ("benefit_owner", charter.benefit_owner.is_empty()),
    ];
    let field = missing.into_iter().find(|(_, missing)| *missing).map(|(field, _)| field);
    match field {
        Some(field) if !charter.benefit.is_empty() => {
            let text: String = charter.benefit.chars().take(80).collect();
            vec![on_charter(cx, format!("Benefit \"{text}\" has no baseline, target or owner"), field)]
        }
        _ => Vec::new(),
    }
}

fn no_touchpoint(cx: &Cx<'_>) -> Vec<Hit> {
    let silent = cx.processes.iter().map(|p| p.process).filter(|p| p.customer_touchpoint.is_empty());
    silent
        .map(|p| {
            Hit::on(p.id(), format!("No customer touchpoint recorded for {}", p.name)).field("customer_touchpoint")
        })
        .collect()
}

fn unowned(cx: &Cx<'_>) -> Vec<Hit> {
    let objects = cx.objects.iter().filter(|o| o.owner.is_empty()).map(|o| o.id());
    let processes = cx.processes.iter().map(|p| p.process).filter(|p| p.owner.is_empty()).map(|p| p.id());
    let items: BTreeSet<ItemId> = objects.chain(processes).collect();
    if items.is_empty() {
        return Vec::new();
    }
    let n = count(items.len(), "item is", "items are");
    vec![Hit::plan(format!("{n} owned by people who left the plan or have no owner")).facts(items)]
}

fn dangling(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for item in cx.covered.values() {
        for link in item.links() {
            let there = cx.plan.item(link.target).map(domain::Item::kind);
            if there == Some(link.kind) {
                continue;
            }
            let label = item.kind().field(link.field).map_or(link.field, |f| f.label);
            let what = match there {
                None => "something that is not there".to_owned(),
                Some(other) => format!("a {} where a {} belongs", other.one(), link.kind.one()),
            };
            let message = format!("{} refers to {what} ({label})", cx.title(item.id));
            hits.push(Hit::on(item.id, message).field(link.field).fact(link.target));
        }
    }
    hits
}

/// Gates with open errors, each with the rules that speak.
pub(crate) struct Order(Vec<(u8, BTreeSet<String>)>);

/// Which gates are still open, from what the other rules have found.
pub(crate) fn sense_of_order(_: &Cx<'_>, findings: &[Finding]) -> Order {
    let open = |gate: u8| {
        let rules = findings.iter().filter(|f| f.gate == gate && f.blocks()).map(|f| f.rule.clone());
        (gate, rules.collect::<BTreeSet<String>>())
    };
    Order((1..=3).map(open).filter(|(_, rules)| !rules.is_empty()).collect())
}

/// Findings that rest on the order of the gates.
pub(crate) fn late_rules(cx: &Cx<'_>, order: &Order) -> Vec<(&'static str, Vec<Hit>)> {
    let first_open = |below: u8| order.0.iter().find(|(gate, _)| *gate < below);
    let mut early = Vec::new();
    let mut note = |id: ItemId, open: &(u8, BTreeSet<String>)| {
        let rules: Vec<&str> = open.1.iter().map(String::as_str).take(3).collect();
        let message =
            format!("{} was prepared before gate {} passed (still open: {})", cx.title(id), open.0, rules.join(", "));
        early.push(Hit::on(id, message).fact(open.0));
    };
    for decision in &cx.decisions {
        if matches!(decision.state, Some(DecisionState::Decided | DecisionState::Done))
            && let Some(open) = first_open(3)
        {
            note(decision.id(), open);
        }
    }
    let mut writes = Vec::new();
    for answer in cx.plan.each::<TrialAnswer>().filter(|a| a.answer == Some(TrialVerdict::Yes)) {
        let Some(open) = first_open(4) else { continue };
        if answer.question == Some(TrialQuestion::Write) {
            let message = "Write trial ran before data, process and sync were documented";
            writes.push(Hit::on(answer.id(), message));
        } else {
            note(answer.id(), open);
        }
    }
    vec![("GEN-003", early), ("TST-006", writes)]
}

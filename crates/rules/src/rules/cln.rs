//! CLN: what happens to existing data is a conscious decision, with what follows from it.

mod overwrite;

use super::cards;
use crate::{
    consequences_of_accept,
    context::{Cx, count, in_words, under},
    finding::{Fix, Hit},
    is_settled, is_taken, number,
};
use domain::entity::{Flow, HistoryChoice, HistoryDecision, Obligation, ObligationKind, ObligationState, Occurrence};
use domain::{ItemId, Kind, Row};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

cards! {
    "CLN-001" Error locked @3 no_decision, "No decision about existing data";
    seed "All ways can work, but it needs to be a conscious decision of what the best fit is for the process and data involved.";
    why "Not deciding is deciding for exceptions, without an owner.";
    good "Customer: overwrite, since the CRM is asked on each call; decided by Ines Castro on 2 February.";
    bad "E-mail differs in 412 records; nobody has decided, or nobody says why.";

    "CLN-002" Error @3 overwrite::overwrite_unlinked, "Overwrite without an identifier";
    seed "This is especially a good idea if the dataset is robust in the source of truth, and if there is a unique identifier.";
    why "Without a link a good value is written onto the wrong record.";
    good "Customer number on both sides; 99.8 % of the records have exactly one partner by it (run 4).";
    bad "Overwrite by name and postcode; customer number on both sides, and no run has matched by it.";

    "CLN-003" Error @3 overwrite::overwrite_weak_source, "Overwrite from a source not proven robust";
    seed "This is especially a good idea if the dataset is robust in the source of truth";
    why "Overwriting spreads whatever is wrong in the source.";
    good "99.6 % of the records have a usable key, 99.9 % of the values are there and well formed (run 4).";
    bad "Never measured; or measured between two other systems.";

    "CLN-004" Error @3 overwrite::overwrite_loses, "Overwrite loses values";
    seed "an approach can be to overwrite the data in the destination system";
    why "Some of the values that go were right.";
    good "400 values replaced, 12 lost; accepted by finance.";
    bad "400 values replaced, 12 lost; nobody asked, or nobody counted.";

    "CLN-005" Error @3 overwrite::overwrite_no_way_back, "Overwrite without a way back";
    seed "just in case anything breaks or does severe damage to the data or to a system";
    why "The first mistake is found after the last backup has gone.";
    good "Export of debtor kept for 90 days, restore tried.";
    bad "Empty.";

    "CLN-006" Warn @3 late_cleanup, "Clean-up comes too late";
    seed "Therefore, we tend to recommend cleaning data at the planning phase of an integration.";
    why "Testing on dirty data tests the dirt.";
    good "Due 1 February, go-live 14 March.";
    bad "Due 30 June, go-live 14 March.";

    "CLN-007" Error @3 unowned_consequences, "Accepted, but nobody owns what follows";
    seed "you will have to accept a level of exception management once the integration starts synchronising the new data";
    why "Accepting history is cheap only when somebody carries the rest.";
    good "Five obligations, five owners.";
    bad "Accepted; no runbook, no owner for duplicates.";

    "CLN-008" Warn @3 unfounded, "Decision without process or run";
    seed "what the best fit is for the process and data involved";
    why "Best fit for what, and judged by what?";
    good "Fits Order hand-over, based on run 3.";
    bad "Process and run empty.";

    "CLN-009" Error @3 no_triage, "Nobody takes the exceptions";
    seed "you will have to accept a level of exception management";
    why "They will come every week; the queue has no reader.";
    good "Exceptions go to the data desk.";
    bad "About 40 a week, owner empty.";

    "CLN-010" Warn @3 no_boundary, "New data looks different from old";
    seed "the destination system having new data that potentially looks different to historic data";
    why "Reports that count by form count two kinds from that day on.";
    good "From 14 March in lower case; two reports adapted.";
    bad "New e-mails in lower case, old ones mixed, reports unknown.";

    "CLN-011" Error @3 duplicates, "Likely duplicates without a rule";
    seed "and to duplicate records in the destination system";
    why "Each duplicate is a customer who is asked twice.";
    good "Merged by customer number; the older record survives.";
    bad "74 duplicate rows, no rule.";

    "CLN-012" Warn @3 no_runbook, "No runbook";
    seed "The integration can also be more complex to troubleshoot.";
    why "It breaks at night; the person on call was not in the workshop.";
    good "Symptoms, where to look, whom to call.";
    bad "Empty.";

    "CLN-013" Error @3 one_option, "Only one option considered";
    seed "All ways can work, but it needs to be a conscious decision";
    why "A choice of one is no choice.";
    good "Overwrite against clean-up against accept, with hours.";
    bad "Overwrite, nothing else listed.";
}

fn no_decision(cx: &Cx<'_>) -> Vec<Hit> {
    // By point the pairs of installations nobody has decided about, each with the decision that is half one.
    let mut open: BTreeMap<ItemId, BTreeMap<(ItemId, ItemId), Option<String>>> = BTreeMap::new();
    for v in cx.verdicts.iter().filter(|v| v.known_unsynchronised()) {
        let Some(object) = cx.point(v.point).and_then(|p| p.object) else {
            continue;
        };
        let about = || cx.decisions.iter().filter(move |d| d.object == Some(object) && v.is_decided_by(d.entity));
        if !about().any(|d| is_settled(d.entity)) {
            let half = about().find(|d| is_taken(d.entity)).map(Row::key);
            open.entry(v.point).or_default().insert((v.left, v.right), half);
        }
    }
    open.into_iter()
        .map(|(point, pairs)| {
            let about = match pairs.values().flatten().next() {
                Some(key) => format!("the decision about existing data ({key}) lacks a reason or a name"),
                None => "no decision was taken about existing data".to_owned(),
            };
            let message = format!("{} is not synchronised and {about}", cx.title(point));
            let pairs = pairs.keys().map(|(left, right)| format!("{left}/{right}"));
            let object = cx.point(point).and_then(|p| p.object);
            let decide = Fix::add("Decide", Kind::HistoryDecision, [("object", json!(object))]);
            Hit::on(point, message).facts(pairs).fix(decide)
        })
        .collect()
}

fn chosen<'c, 'a>(cx: &'c Cx<'a>, choice: HistoryChoice) -> impl Iterator<Item = &'c Row<'a, HistoryDecision>> {
    cx.decisions.iter().filter(move |d| d.choice == Some(choice))
}

fn object_title(cx: &Cx<'_>, decision: &HistoryDecision) -> String {
    cx.titled(decision.object, "an unnamed object")
}

fn obligations<'c, 'a>(cx: &'c Cx<'a>, decision: ItemId) -> &'c [Row<'a, Obligation>] {
    under(&cx.obligations_of, decision)
}

fn late_cleanup(cx: &Cx<'_>) -> Vec<Hit> {
    let Some(go_live) = cx.charter.go_live else {
        return Vec::new();
    };
    let mut hits = Vec::new();
    for decision in chosen(cx, HistoryChoice::CleanUp) {
        if let Some(due) = decision.due.filter(|due| *due >= go_live) {
            let object = object_title(cx, decision);
            let message = format!("Cleanup of {object} is due {}, after trial or go-live", in_words(due));
            hits.push(Hit::on(decision.id(), message).field("due").facts([in_words(due), in_words(go_live)]));
        }
    }
    hits
}

fn unowned_consequences(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for decision in chosen(cx, HistoryChoice::Accept) {
        let owned = |kind: ObligationKind| {
            obligations(cx, decision.id())
                .iter()
                .any(|o| o.kind == Some(kind) && (!o.owner.is_empty() || o.state == Some(ObligationState::Waived)))
        };
        let missing: Vec<&str> =
            consequences_of_accept().iter().filter(|c| !owned(c.kind)).map(|c| domain::Choices::code(c.kind)).collect();
        if !missing.is_empty() {
            let n = count(missing.len(), "obligation has", "obligations have");
            let message = format!("History accepted for {} but {n} no owner", object_title(cx, decision));
            hits.push(Hit::on(decision.id(), message).facts(missing));
        }
    }
    hits
}

fn unfounded(cx: &Cx<'_>) -> Vec<Hit> {
    let loose = cx.decisions.iter().filter(|d| d.choice.is_some() && (d.process.is_none() || d.run.is_none()));
    loose
        .map(|d| {
            let field = if d.process.is_none() { "process" } else { "run" };
            let message = format!("Decision on {} names no process or run it is based on", object_title(cx, d));
            Hit::on(d.id(), message).field(field)
        })
        .collect()
}

/// Flows that bring data of an object whose history is accepted, into where it is accepted.
fn into_accepted<'c, 'a>(cx: &'c Cx<'a>) -> Vec<&'c Row<'a, Flow>> {
    let accepted: Vec<_> = chosen(cx, HistoryChoice::Accept).collect();
    let carries = |flow: &Row<'_, Flow>, object: Option<ItemId>| {
        object.is_some() && cx.carried(flow.id()).iter().any(|m| cx.point(m.point).is_some_and(|p| p.object == object))
    };
    cx.flows
        .iter()
        .filter(|f| {
            accepted.iter().any(|d| (d.destination.is_none() || d.destination == f.destination) && carries(f, d.object))
        })
        .collect()
}

fn no_triage(cx: &Cx<'_>) -> Vec<Hit> {
    let unread = into_accepted(cx).into_iter().filter(|f| f.triage_owner.is_empty());
    unread
        .map(|f| {
            let forecast = match crate::exceptions_of_flow(cx.plan, &cx.verdicts, f.id()) {
                Some(forecast) => format!("forecast {}/week", number(forecast.expected)),
                None => "forecast unknown".to_owned(),
            };
            Hit::on(f.id(), format!("No one triages exceptions ({forecast}) for {}", f.name)).field("triage_owner")
        })
        .collect()
}

fn no_boundary(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for decision in chosen(cx, HistoryChoice::Accept) {
        let described = obligations(cx, decision.id())
            .iter()
            .any(|o| o.kind == Some(ObligationKind::FormatBoundary) && !o.content.is_empty());
        if described {
            continue;
        }
        for v in cx.verdicts.iter().filter(|v| v.is_decided_by(decision) && v.different > 0) {
            if cx.point(v.point).and_then(|p| p.object) != decision.object {
                continue;
            }
            let there = decision.destination.unwrap_or(v.right);
            let occurrence = under(&cx.occurrences_of, v.point).iter().find(|o| o.instance == Some(there));
            let field = occurrence.map_or_else(|| cx.title(v.point), |o: &Row<'_, Occurrence>| cx.title(o.id()));
            let cause = v.causes.first().map_or("differs", |c| c.cause.as_str());
            let message =
                format!("New data in {field} will look different from old ({cause}); affected reports not listed");
            hits.push(Hit::on(decision.id(), message).fact(v.point).fact(there));
        }
    }
    hits
}

fn duplicates(cx: &Cx<'_>) -> Vec<Hit> {
    let ruled: BTreeSet<ItemId> = cx
        .decisions
        .iter()
        .filter(|d| {
            obligations(cx, d.id()).iter().any(|o| {
                o.kind == Some(ObligationKind::DuplicatePlan)
                    && (!o.content.is_empty() || o.state == Some(ObligationState::Done))
            })
        })
        .filter_map(|d| d.object)
        .collect();
    let mut hits = Vec::new();
    for check in cx.checks.iter().filter(|c| c.object.is_none_or(|id| !ruled.contains(&id))) {
        let Some(totals) = crate::current_run(cx.evidence, check).and_then(|r| r.totals.as_ref()) else {
            continue;
        };
        let n = totals.left.duplicate_rows.saturating_add(totals.right.duplicate_rows);
        if n > 0 {
            let object = cx.titled(check.object, &check.name);
            let message = format!("{} likely duplicates in {object} and no rule for them", number(n));
            hits.push(Hit::on(check.object.unwrap_or(check.id()), message).fact(check.id()).fact(n));
        }
    }
    hits
}

fn no_runbook(cx: &Cx<'_>) -> Vec<Hit> {
    let bare = cx.flows.iter().filter(|f| f.runbook.is_empty());
    bare.map(|f| Hit::on(f.id(), format!("No troubleshooting runbook for {}", f.name)).field("runbook")).collect()
}

fn one_option(cx: &Cx<'_>) -> Vec<Hit> {
    let hasty = cx.decisions.iter().filter(|d| {
        let ways: BTreeSet<_> = d.entity.options.iter().filter_map(|o| o.choice).collect();
        d.choice.is_some() && ways.len() < 2
    });
    hasty
        .map(|d| {
            let object = object_title(cx, d);
            let message = format!("Only one option was considered for {object} — the choice must be conscious");
            Hit::on(d.id(), message).field("options")
        })
        .collect()
}

//! RSK: effects are looked for, risks have an owner and an answer, opportunities are asked for.

use super::cards;
use crate::{context::Cx, finding::Hit};
use domain::ItemId;
use domain::entity::{Effect, Occurrence, Opportunity, Risk, RiskState};
use std::collections::{BTreeMap, BTreeSet};

cards! {
    "RSK-001" Error @2 no_response, "Risk without owner or response";
    seed "all possible downstream effects, risks, associated mitigation strategies";
    why "A risk that is only written down is only a worry.";
    good "Owner: Tom. Response: reduce.";
    bad "Owner empty.";

    "RSK-002" Error @5 not_mitigated, "High risk without mitigation before go-live";
    seed "all possible downstream effects, risks, associated mitigation strategies";
    why "After go-live it is no risk any more, it is an incident.";
    good "Load test on 1 March, two weeks before go-live.";
    bad "4 × 5, no action dated.";

    "RSK-003" Warn @2 unchecked_reader, "Another reader nobody has looked at";
    seed "all possible downstream effects";
    why "Who reads a field will notice when it changes.";
    good "The debtor report reads the field; checked by finance.";
    bad "Order hand-over reads the field; no effect recorded.";

    "RSK-004" Info @2 no_risk, "No risk recorded";
    seed "all possible downstream effects, risks, associated mitigation strategies and also opportunities";
    why "There is always one; has anybody asked?";
    good "Three risks, each with an owner.";
    bad "None.";

    "RSK-005" Info @2 no_opportunity, "No opportunity recorded";
    seed "and also opportunities that come as a result of implementing the integration";
    why "Half of the value is what becomes possible afterwards.";
    good "Stores see the loyalty tier at the till.";
    bad "None.";
}

fn live_risks<'a>(cx: &Cx<'a>) -> Vec<domain::Row<'a, Risk>> {
    cx.plan.each::<Risk>().filter(|r| r.state != Some(RiskState::Closed)).collect()
}

fn no_response(cx: &Cx<'_>) -> Vec<Hit> {
    let risks = live_risks(cx).into_iter().filter(|r| r.owner.is_empty() || r.strategy.is_none());
    risks
        .map(|r| {
            let field = if r.owner.is_empty() { "owner" } else { "strategy" };
            Hit::on(r.id(), format!("Risk \"{}\" has no owner or response", r.name)).field(field)
        })
        .collect()
}

fn not_mitigated(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for risk in live_risks(cx) {
        let (Some(probability), Some(impact)) = (risk.probability, risk.impact) else {
            continue;
        };
        let in_time = |due: domain::Date| cx.charter.go_live.is_none_or(|go_live| due < go_live);
        let mitigated = risk.entity.actions.iter().any(|a| a.done || a.due.is_some_and(in_time));
        if probability.saturating_mul(impact) >= cx.profile.high_risk && !mitigated {
            let message =
                format!("High risk \"{}\" ({probability}×{impact}) has no mitigation dated before go-live", risk.name);
            hits.push(Hit::on(risk.id(), message).field("actions").fact(probability).fact(impact));
        }
    }
    hits
}

fn unchecked_reader(cx: &Cx<'_>) -> Vec<Hit> {
    let looked_at: BTreeSet<ItemId> = cx.plan.each::<Effect>().filter_map(|e| e.data_point).collect();
    let mut takers: BTreeMap<ItemId, BTreeSet<ItemId>> = BTreeMap::new();
    for line in &cx.lines {
        for source in &line.entity.sources {
            takers.entry(*source).or_default().extend(line.flow.filter(|id| cx.plan.item(*id).is_some()));
        }
    }
    let mut hits = Vec::new();
    for flow in &cx.flows {
        for moved in cx.carried(flow.id()).iter().filter(|m| !m.targets.is_empty() && !looked_at.contains(&m.point)) {
            let written: BTreeSet<ItemId> =
                moved.targets.iter().filter_map(|id| cx.plan.get::<Occurrence>(*id)?.instance).collect();
            let takers = moved.targets.iter().filter_map(|target| takers.get(target)).flatten();
            let mut readers: BTreeSet<ItemId> = takers.copied().filter(|other| *other != flow.id()).collect();
            for process in cx.processes.iter().filter(|p| !flow.entity.processes.contains(&p.process.id())) {
                let reads = process.today().iter().any(|s| {
                    s.entity.reads.contains(&moved.point) && s.entity.systems.iter().any(|id| written.contains(id))
                });
                if reads {
                    readers.insert(process.process.id());
                }
            }
            for reader in readers {
                let message =
                    format!("{} also reads {}; nobody has checked the effect", cx.title(reader), cx.title(moved.point));
                hits.push(Hit::on(moved.point, message).fact(reader));
            }
        }
    }
    hits.sort_by_key(|h| (h.subject, h.facts.clone()));
    hits.dedup_by_key(|h| (h.subject, h.facts.clone()));
    hits
}

fn no_risk(cx: &Cx<'_>) -> Vec<Hit> {
    let none = cx.plan.each::<Risk>().next().is_none();
    if none { vec![Hit::plan("No risk recorded at all")] } else { Vec::new() }
}

fn no_opportunity(cx: &Cx<'_>) -> Vec<Hit> {
    let none = cx.plan.each::<Opportunity>().next().is_none();
    if none { vec![Hit::plan("No opportunity recorded — none seen, or not asked?")] } else { Vec::new() }
}

//! FLW: flows start at a truth, end somewhere else, and are looked after.

use super::cards;
use crate::{
    FlowPoint,
    context::{Cx, under},
    finding::Hit,
};
use domain::entity::{Flow, WriteMode};
use domain::{ItemId, Row};
use std::collections::{BTreeMap, BTreeSet};

cards! {
    "FLW-001" Error @2 undecided_point, "Flow of an undecided point";
    seed "before even thinking about the processes and corresponding flows in your planned integration";
    why "A flow copies; without a decided truth it spreads whichever value it finds.";
    good "E-mail is decided for CRM; then CRM → ERP carries it.";
    bad "CRM → ERP carries E-mail, for which two truths are still open.";

    "FLW-002" Error @2 same_ends, "Flow from a system to itself";
    seed "we often ship data from system A to system B";
    why "Either an end is mistyped, or it is no integration.";
    good "CRM → ERP.";
    bad "CRM → CRM.";

    "FLW-003" Warn @2 no_process, "Flow without a process";
    seed "it is time to map the processes that the integration will support";
    why "What no process needs, nobody will miss; and nobody will notice when it breaks.";
    good "Supports Sign-up and Consent change.";
    bad "Supports nothing.";

    "FLW-004" Error locked @2 writes_truth, "Flow writes into the truth";
    seed "This is the best and most (ultimately) reliable data point.";
    why "The most reliable value is overwritten by a copy of itself, or of something worse.";
    good "CRM → ERP fills ERP debtor.mail; the truth is CRM customer.email.";
    bad "ERP → CRM fills CRM customer.email, which is the truth.";

    "FLW-005" Error @2 wrong_origin, "Flow takes a copy";
    seed "which system of record they are kept in";
    why "A copy of a copy carries every error made on the way.";
    good "E-mail is taken from CRM, where its truth is.";
    bad "E-mail is taken from the web shop although CRM wins.";

    "FLW-006" Error @2 loop_over, "Flows in a circle";
    seed "One source of truth is easy, but if multiple sources of truth exist";
    why "Two systems that answer each other never come to rest.";
    good "CRM → ERP for e-mail, ERP → CRM for the credit limit.";
    bad "CRM → ERP and ERP → CRM, both with e-mail, and no rule who wins.";

    "FLW-007" Error @2 two_writers, "Two flows fill one field";
    seed "This can also lead to a more complex process and integration flow as well";
    why "The later one wins, and it is not always the same one.";
    good "AU and NZ fill CRM e-mail for their own customers, as their truths say.";
    bad "Web shop → ERP and CRM → ERP both fill debtor.mail.";

    "FLW-008" Warn @2 no_trigger, "Flow without trigger, timing or volume";
    seed "in the expected format and quantity";
    why "How often and how much decides what the systems must bear.";
    good "On change, within minutes, 4 000 records a week.";
    bad "No timing, no volume.";

    "FLW-009" Warn @5 no_monitor, "Flow nobody watches";
    seed "less work technically to maintain and monitor the integration";
    why "An integration that stops silently is found by customers.";
    good "No record for 2 hours in office time: alert to the platform team.";
    bad "No monitor.";

    "FLW-010" Warn @4 no_error_policy, "No rule for failed records";
    seed "you will have to accept a level of exception management";
    why "Some records fail; without a rule they are lost or stop the rest.";
    good "Three retries, then the exception queue, alert at 20.";
    bad "Empty.";

    "FLW-011" Warn @4 no_fallback, "No way to work while it is down";
    seed "all possible downstream effects, risks, associated mitigation strategies";
    why "People will find their own way around it, and nobody will clean up after.";
    good "The call centre notes changes in the daily sheet; they are entered when it is back.";
    bad "Empty.";

    "FLW-012" Error @3 no_key, "Update without a key";
    seed "if there is a unique identifier";
    why "A flow that cannot find the record creates another, or changes the wrong one.";
    good "Finds debtors by customer number.";
    bad "Updates debtors, key not named.";
}

fn undecided_point(cx: &Cx<'_>) -> Vec<Hit> {
    let contested: BTreeSet<ItemId> = cx
        .conflicts
        .iter()
        .filter(|c| c.open() && c.kind != crate::ConflictKind::RoleMismatch)
        .map(|c| c.point)
        .collect();
    let mut hits = Vec::new();
    for flow in &cx.flows {
        for moved in cx.carried(flow.id()) {
            let Some(point) = cx.point(moved.point) else {
                continue;
            };
            if cx.agreed(point.id()).next().is_none() || contested.contains(&point.id()) {
                let title = cx.title(point.id());
                let message = format!("{} moves {title}, whose source of truth is undecided", flow.name);
                hits.push(Hit::on(flow.id(), message).fact(point.id()));
            }
        }
    }
    hits
}

fn same_ends(cx: &Cx<'_>) -> Vec<Hit> {
    let round = cx.flows.iter().filter(|f| f.origin.is_some() && f.origin == f.destination);
    round
        .map(|f| Hit::on(f.id(), format!("{} starts and ends in the same instance", f.name)).field("destination"))
        .collect()
}

fn no_process(cx: &Cx<'_>) -> Vec<Hit> {
    let by_step: BTreeSet<ItemId> = cx.processes.iter().flat_map(|p| p.steps()).filter_map(|s| s.flow).collect();
    let loose = cx.flows.iter().filter(|f| f.entity.processes.is_empty() && !by_step.contains(&f.id()));
    loose.map(|f| Hit::on(f.id(), format!("{} supports no process", f.name)).field("processes")).collect()
}

fn writes_truth(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for flow in &cx.flows {
        for moved in cx.carried(flow.id()) {
            for target in &moved.targets {
                if cx.agreed(moved.point).any(|t| t.occurrence == Some(*target)) {
                    let message = format!(
                        "{} writes {} into its own source of truth {}",
                        flow.name,
                        cx.title(moved.point),
                        cx.title(*target)
                    );
                    hits.push(Hit::on(flow.id(), message).fact(target));
                }
            }
        }
    }
    hits
}

fn wrong_origin(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for flow in &cx.flows {
        for moved in cx.carried(flow.id()) {
            let truths: Vec<_> = cx.agreed(moved.point).collect();
            if truths.is_empty() {
                continue;
            }
            let right: BTreeSet<ItemId> = truths.iter().filter_map(|t| cx.instance_of(t.occurrence)).collect();
            let taken: BTreeSet<ItemId> = moved.sources.iter().filter_map(|s| cx.instance_of(Some(*s))).collect();
            for instance in taken.difference(&right) {
                let scopes: Vec<String> = truths.iter().map(|t| cx.titled(t.scope, "all records")).collect();
                let message = format!(
                    "{} takes {} from {}, which is not its source of truth for {}",
                    flow.name,
                    cx.title(moved.point),
                    cx.title(*instance),
                    scopes.join(", ")
                );
                hits.push(Hit::on(flow.id(), message).fact(moved.point).fact(instance));
            }
        }
    }
    hits
}

type Edge<'c, 'a> = (&'c Row<'a, Flow>, ItemId, ItemId);

/// Flows that carry a point, from instance to instance.
fn edges<'c, 'a>(cx: &'c Cx<'a>) -> BTreeMap<ItemId, Vec<Edge<'c, 'a>>> {
    let mut edges: BTreeMap<ItemId, Vec<_>> = BTreeMap::new();
    for flow in &cx.flows {
        let (Some(from), Some(to)) = (flow.origin, flow.destination) else {
            continue;
        };
        for FlowPoint { point, .. } in
            cx.carried(flow.id()).iter().filter(|m| !m.sources.is_empty() && !m.targets.is_empty())
        {
            edges.entry(*point).or_default().push((flow, from, to));
        }
    }
    edges
}

fn loop_over(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (point, edges) in edges(cx) {
        let ruled = under(&cx.resolutions_of, point)
            .iter()
            .any(|r| r.kind == Some(domain::entity::ResolutionKind::Precedence) && !r.entity.precedence.is_empty());
        if ruled {
            continue;
        }
        for (n, (first, from, to)) in edges.iter().enumerate() {
            // Whatever can be reached from where the first flow ends.
            let mut reached = BTreeSet::from([*to]);
            while let Some((_, _, next)) =
                edges.iter().find(|(f, a, b)| f.id() != first.id() && reached.contains(a) && !reached.contains(b))
            {
                reached.insert(*next);
            }
            let closing =
                edges[n + 1..].iter().find(|(f, a, b)| f.id() != first.id() && reached.contains(a) && b == from);
            if let Some((last, ..)) = closing
                && from != to
            {
                let message = format!(
                    "Flows {} and {} form a loop over {} and no rule says which wins",
                    first.name,
                    last.name,
                    cx.title(point)
                );
                hits.push(Hit::on(first.id(), message).fact(last.id()).fact(point));
            }
        }
    }
    hits
}

fn two_writers(cx: &Cx<'_>) -> Vec<Hit> {
    let mut writers: BTreeMap<ItemId, Vec<&Row<'_, Flow>>> = BTreeMap::new();
    for flow in &cx.flows {
        for target in cx.carried(flow.id()).iter().flat_map(|m| &m.targets) {
            writers.entry(*target).or_default().push(flow);
        }
    }
    let mut hits = Vec::new();
    for (target, flows) in writers {
        let point = cx.plan.get::<domain::entity::Occurrence>(target).and_then(|o| o.data_point);
        // Each flow brings its own population when its origin is the truth of a scope of its own.
        let scope = |flow: &Row<'_, Flow>| {
            let truth = cx.agreed(point?).find(|t| t.scope.is_some() && cx.instance_of(t.occurrence) == flow.origin);
            truth.and_then(|t| t.scope)
        };
        for (n, a) in flows.iter().enumerate() {
            for b in &flows[n + 1..] {
                let apart = matches!((scope(a), scope(b)), (Some(a), Some(b)) if a != b);
                if !apart {
                    let message = format!("Flows {} and {} both write {}", a.name, b.name, cx.title(target));
                    hits.push(Hit::on(b.id(), message).fact(a.id()).fact(target));
                }
            }
        }
    }
    hits
}

fn no_trigger(cx: &Cx<'_>) -> Vec<Hit> {
    let vague = cx.flows.iter().filter(|f| f.trigger.is_none() || f.timing.is_none() || f.weekly_volume.is_none());
    vague
        .map(|f| {
            let field = match (f.trigger, f.timing) {
                (None, _) => "trigger",
                (_, None) => "timing",
                _ => "weekly_volume",
            };
            Hit::on(f.id(), format!("{} has no trigger, timing or expected volume", f.name)).field(field)
        })
        .collect()
}

fn no_monitor(cx: &Cx<'_>) -> Vec<Hit> {
    let blind = cx.flows.iter().filter(|f| f.monitor.is_empty() || f.monitor_owner.is_empty());
    blind
        .map(|f| {
            let field = if f.monitor.is_empty() { "monitor" } else { "monitor_owner" };
            Hit::on(f.id(), format!("{} has no monitor with threshold and owner", f.name)).field(field)
        })
        .collect()
}

fn no_error_policy(cx: &Cx<'_>) -> Vec<Hit> {
    let bare = cx.flows.iter().filter(|f| f.error_policy.is_empty());
    bare.map(|f| {
        Hit::on(f.id(), format!("{} has no error policy (retry, exception queue, alert)", f.name)).field("error_policy")
    })
    .collect()
}

fn no_fallback(cx: &Cx<'_>) -> Vec<Hit> {
    let bare = cx.flows.iter().filter(|f| f.fallback.is_empty());
    bare.map(|f| Hit::on(f.id(), format!("{} has no fallback if it is down", f.name)).field("fallback")).collect()
}

fn no_key(cx: &Cx<'_>) -> Vec<Hit> {
    let finds = |f: &&Row<'_, Flow>| {
        matches!(f.write_mode, Some(WriteMode::Update | WriteMode::Upsert | WriteMode::Delete | WriteMode::Overwrite))
    };
    let blind = cx.flows.iter().filter(finds).filter(|f| f.match_key.is_none());
    blind
        .map(|f| {
            Hit::on(f.id(), format!("{} updates records but names no key to find them", f.name)).field("match_key")
        })
        .collect()
}

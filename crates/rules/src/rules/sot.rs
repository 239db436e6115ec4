//! SOT: one agreed source of truth per point and population, in a system of record.

use super::cards;
use crate::{
    ConflictKind, Fix,
    context::{Cx, count, day, days_between, under},
    finding::Hit,
    truth::in_a_copy,
};
use domain::entity::{RecordRole, ResolutionKind, Role, TruthState};
use domain::{ItemId, Kind, Row};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

cards! {
    "SOT-001" Error @1 undecided, "No agreed source of truth";
    seed "for each data point, there needs to be a source of truth";
    why "Until it is agreed, every flow that touches the point carries somebody's opinion.";
    good "E-mail: CRM customer.email wins, agreed by sales and marketing.";
    bad "E-mail lives in five systems and nobody has said which is right.";

    "SOT-002" Error locked @1 two_truths, "Two sources of truth for the same records";
    seed "One source of truth is easy, but if multiple sources of truth exist like four instances of marketing cloud in one company (live example for one of our clients), this is a lot harder.";
    why "Two winners mean that the last writer wins, by accident.";
    good "CRM is right for stores, Marketing Cloud AU for newsletter customers in Australia.";
    bad "CRM and Marketing Cloud AU are both right for Australia.";

    "SOT-003" Warn @1 no_rationale, "Source of truth without a reason";
    seed "There is no guidance or better practice list to turn to for understanding the source of truth.";
    why "A choice nobody can explain is reopened at the first surprise.";
    good "CRM wins: the call centre confirms the address on every call.";
    bad "CRM wins, reason empty.";

    "SOT-004" Warn @2 no_process, "Source of truth not tied to a process";
    seed "It really depends on the processes in your organisation.";
    why "It is a process that keeps a value right; without it the truth ages.";
    good "Kept right by the process Sign-up.";
    bad "No process named.";

    "SOT-005" Error @1 truth_in_copy, "Truth lies in a copy";
    seed "identify all relevant sources of truth and which system of record they are kept in";
    why "A copy is overwritten by the next load from where the record is kept.";
    good "The truth of E-mail is in CRM, the system of record for customers.";
    bad "The truth of E-mail is in the web shop, which is marked copy.";

    "SOT-008" Warn @1 bulk, "Truths set in bulk";
    seed "it is likely not one system that you would label as the source of truth for your entire organisation";
    why "A system-wide answer is a guess about each point until somebody confirms it.";
    good "12 truths taken from the old mapping, each confirmed.";
    bad "12 truths set from \"CRM is master\", none confirmed.";

    "SOT-010" Info @1 one_holds_all, "One instance holds every truth";
    seed "it is likely not one system that you would label as the source of truth for your entire organisation";
    why "It may be so, but it is rare; look again before you rely on it.";
    good "CRM for customers, ERP for orders.";
    bad "CRM for every single point.";

    "SOT-011" Error @1 no_record, "No system of record";
    seed "identify all relevant sources of truth and which system of record they are kept in";
    why "Somewhere the object is created and looked after; the plan must say where.";
    good "Customer: CRM is the system of record, the others hold copies.";
    bad "Customer with copies only.";

    "SOT-012" Error @1 two_records, "Two systems of record";
    seed "it could even be in different systems (or: systems of record)";
    why "Two places that create the same records create them twice.";
    good "CRM for Australia, ERP for New Zealand.";
    bad "CRM and ERP for all customers.";

    "SOT-013" Warn @2 edited_elsewhere, "Edited where it is not the truth";
    seed "People doing things they shouldn't be doing.";
    why "What is typed into a copy is lost, or wins by accident.";
    good "The address is changed in CRM only.";
    bad "The loyalty desk corrects e-mails in Marketing Cloud although CRM wins.";

    "SOT-014" Warn @1 old_conflict, "Conflict open for long";
    seed "Therefore this is important to know about this early on in the planning phase.";
    why "Everything planned on top of it may have to be done again.";
    good "Raised on Monday, resolved on Thursday.";
    bad "Open since three weeks.";

    "SOT-015" Error @1 no_order, "Precedence without an order";
    seed "One source of truth is easy, but if multiple sources of truth exist";
    why "\"The better one wins\" is no rule a flow can follow.";
    good "1. CRM, 2. ERP; a tie goes to the newer value.";
    bad "Precedence chosen, order empty.";
}

fn undecided(cx: &Cx<'_>) -> Vec<Hit> {
    let open = cx.points.iter().filter(|p| cx.agreed(p.id()).next().is_none());
    open.map(|p| Hit::on(p.id(), format!("{} has no agreed source of truth", cx.title(p.id())))).collect()
}

fn two_truths(cx: &Cx<'_>) -> Vec<Hit> {
    cx.conflicts
        .iter()
        .filter(|c| c.open() && matches!(c.kind, ConflictKind::Duplicate | ConflictKind::Overlap))
        .map(|c| {
            let winners: BTreeSet<ItemId> =
                c.members.iter().filter_map(|id| cx.plan.get::<domain::entity::Truth>(*id)?.occurrence).collect();
            let mut names: Vec<String> = winners.iter().map(|id| cx.title(*id)).collect();
            let last = names.pop().unwrap_or_default();
            let scope = cx.titled(c.scope, "all records");
            let message =
                format!("{} has two sources of truth for {scope}: {} and {last}", cx.title(c.point), names.join(", "));
            let fix = Fix::add("Resolve the conflict", Kind::Resolution, [("data_point", json!(c.point))]);
            Hit::on(c.point, message).facts(winners).fact(c.scope.map_or_else(String::new, |s| s.to_string())).fix(fix)
        })
        .collect()
}

fn no_rationale(cx: &Cx<'_>) -> Vec<Hit> {
    let bare = cx.truths.iter().filter(|t| t.rationale.is_empty());
    bare.map(|t| {
        let point = cx.titled(t.data_point, "an unnamed point");
        Hit::on(t.id(), format!("Source of truth of {point} has no rationale")).field("rationale")
    })
    .collect()
}

fn no_process(cx: &Cx<'_>) -> Vec<Hit> {
    let loose = cx.truths.iter().filter(|t| t.process.is_none());
    loose
        .map(|t| {
            let point = cx.titled(t.data_point, "an unnamed point");
            Hit::on(t.id(), format!("Source of truth of {point} is not tied to a process")).field("process")
        })
        .collect()
}

fn truth_in_copy(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for truth in &cx.truths {
        let Some(point) = truth.data_point.and_then(|id| cx.point(id)) else {
            continue;
        };
        if in_a_copy(cx.plan, &cx.roles_of, point.entity, truth.entity) {
            let message = format!(
                "{}'s truth is in {}, which is marked *copy* of {}",
                cx.title(point.id()),
                cx.titled(cx.instance_of(truth.occurrence), "no system"),
                cx.titled(point.object, "no object")
            );
            hits.push(Hit::on(truth.id(), message).field("occurrence").facts(truth.occurrence));
        }
    }
    hits
}

fn bulk(cx: &Cx<'_>) -> Vec<Hit> {
    let mut sources: BTreeMap<String, Vec<ItemId>> = BTreeMap::new();
    for truth in cx.truths.iter().filter(|t| !t.bulk_source.is_empty() && t.state != Some(TruthState::Agreed)) {
        sources.entry(truth.bulk_source.to_string()).or_default().push(truth.id());
    }
    sources
        .into_iter()
        .map(|(source, truths)| {
            let n = count(truths.len(), "truth was", "truths were");
            let await_ = if truths.len() == 1 { "awaits" } else { "await" };
            Hit::plan(format!("{n} set in bulk from \"{source}\" and {await_} confirmation")).facts(truths)
        })
        .collect()
}

fn one_holds_all(cx: &Cx<'_>) -> Vec<Hit> {
    let agreed = cx.truths.iter().filter(|t| t.state == Some(TruthState::Agreed));
    let instances: Vec<Option<ItemId>> = agreed.map(|t| cx.instance_of(t.occurrence)).collect();
    match instances.as_slice() {
        [Some(first), rest @ ..] if rest.len() > 1 && rest.iter().all(|i| i == &Some(*first)) => {
            vec![Hit::on(*first, "One instance holds the truth for every data point — check that this is really so")]
        }
        _ => Vec::new(),
    }
}

fn records<'c, 'a>(cx: &'c Cx<'a>, object: ItemId) -> impl Iterator<Item = &'c Row<'a, RecordRole>> {
    under(&cx.roles_of, object).iter().filter(|r| r.role == Some(Role::Record))
}

fn no_record(cx: &Cx<'_>) -> Vec<Hit> {
    cx.objects
        .iter()
        .filter(|o| cx.points_of(o.id()).next().is_some() && records(cx, o.id()).next().is_none())
        .map(|o| {
            let fields = [("object", json!(o.id())), ("role", json!("record"))];
            Hit::on(o.id(), format!("{} has no system of record", o.name)).fix(Fix::add(
                "Name the system of record",
                Kind::RecordRole,
                fields,
            ))
        })
        .collect()
}

fn two_records(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for object in &cx.objects {
        let roles: Vec<_> = records(cx, object.id()).collect();
        for (n, a) in roles.iter().enumerate() {
            for b in &roles[n + 1..] {
                let apart = a.scope.is_some() && b.scope.is_some() && a.scope != b.scope;
                if !apart && a.instance != b.instance {
                    let message = format!(
                        "{} has two systems of record ({}, {}) and no scope tells them apart",
                        object.name,
                        cx.titled(a.instance, "none"),
                        cx.titled(b.instance, "none")
                    );
                    hits.push(Hit::on(object.id(), message).facts(a.instance).facts(b.instance));
                }
            }
        }
    }
    hits
}

fn edited_elsewhere(cx: &Cx<'_>) -> Vec<Hit> {
    let mut writers: BTreeMap<ItemId, BTreeSet<ItemId>> = BTreeMap::new();
    for step in cx.processes.iter().flat_map(|p| p.today()).filter(|s| crate::process::by_people(s)) {
        for point in &step.entity.writes {
            writers.entry(*point).or_default().extend(&step.entity.systems);
        }
    }
    let mut hits = Vec::new();
    for point in &cx.points {
        let truths: Vec<_> = cx.agreed(point.id()).collect();
        let right: BTreeSet<ItemId> = truths.iter().filter_map(|t| cx.instance_of(t.occurrence)).collect();
        let holds = |id: &&ItemId| under(&cx.occurrences_of, point.id()).iter().any(|o| o.instance == Some(**id));
        let Some(written) = writers.get(&point.id()) else {
            continue;
        };
        let others: Vec<ItemId> = written.iter().filter(|id| !right.contains(*id)).filter(holds).copied().collect();
        if let (Some(truth), false) = (truths.first(), others.is_empty()) {
            let message = format!(
                "Source of truth {} is edited in {} ({})",
                cx.titled(truth.occurrence, "nowhere"),
                count(others.len(), "other place", "other places"),
                cx.titles(others.iter().copied())
            );
            hits.push(Hit::on(point.id(), message).facts(others));
        }
    }
    hits
}

fn old_conflict(cx: &Cx<'_>) -> Vec<Hit> {
    let mut oldest: BTreeMap<ItemId, i64> = BTreeMap::new();
    for conflict in cx.conflicts.iter().filter(|c| c.open()) {
        let days = days_between(day(conflict.since), cx.today);
        let age = oldest.entry(conflict.point).or_default();
        *age = days.max(*age);
    }
    oldest
        .into_iter()
        .filter(|(_, days)| *days > cx.profile.conflict_days)
        .map(|(point, days)| Hit::on(point, format!("Conflict on {} is open for {days} days", cx.title(point))))
        .collect()
}

fn no_order(cx: &Cx<'_>) -> Vec<Hit> {
    let resolutions = cx.resolutions_of.values().flatten();
    resolutions
        .filter(|r| r.kind == Some(ResolutionKind::Precedence) && r.entity.precedence.is_empty())
        .map(|r| {
            let point = cx.titled(r.data_point, "an unnamed point");
            let message = format!("Precedence chosen for {point} but no order or tie-break is given");
            Hit::on(r.id(), message).field("precedence")
        })
        .collect()
}

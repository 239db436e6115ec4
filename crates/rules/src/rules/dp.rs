//! DP: data points are named, described and can be found and linked.

use super::cards;
use crate::{
    Fix,
    context::{Cx, under},
    finding::Hit,
    number,
};
use domain::entity::{Check, Flow, Identifier, Occurrence};
use domain::{ItemId, Kind, Row, Run, SideCounts};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

cards! {
    "DP-001" Warn @1 no_definition, "Data point without a definition";
    seed "what data points to take, from which system to which, and how";
    why "Two teams that read a name differently will map it differently.";
    good "Customer · E-mail: the address receipts go to, confirmed by the customer.";
    bad "Customer · E-mail, and nothing else.";

    "DP-002" Error @1 same_name, "Two data points with one name";
    seed "for each data point, there needs to be a source of truth";
    why "A truth agreed for one of them would be read as agreed for the other.";
    good "Customer · Billing e-mail and Customer · Login e-mail.";
    bad "Customer · E-mail twice.";

    "DP-003" Error @1 no_occurrence, "Data point that lives nowhere";
    seed "what data points to take, from which system to which, and how";
    why "What lives in no system cannot be moved, compared or trusted.";
    good "Customer · E-mail lives in CRM customer.email and ERP debtor.mail.";
    bad "Customer · E-mail with no field in any system.";

    "DP-004" Warn @1 no_type, "Data point without a type or format";
    seed "whether the data comes out of the system/s of record in the expected format and quantity";
    why "Without an expectation no trial can tell right from wrong.";
    good "Order · Date: date, YYYY-MM-DD.";
    bad "Order · Date with neither type nor format.";

    "DP-005" Error @3 no_identifier, "Records cannot be linked";
    seed "Especially in the absence of unique identifiers that link records together.";
    why "Without an identifier nobody can say which record belongs to which.";
    good "Customer number is stored in CRM and in ERP.";
    bad "ERP stores debtors by name only.";

    "DP-006" Error @3 bad_identifier, "Identifier that does not identify";
    seed "it can be hard to actually work out which records match to which";
    why "Duplicate or empty keys make two records one, or leave one without a partner.";
    good "5 000 customers, 5 000 customer numbers.";
    bad "5 000 customers, 4 380 loyalty numbers, 12 of them twice.";

    "DP-007" Warn @3 one_sided_identifier, "Identifier on one side only";
    seed "Especially in the absence of unique identifiers that link records together.";
    why "Matching by values finds most records, and the wrong partner for some.";
    good "The loyalty number is stored in Marketing Cloud and in ERP.";
    bad "The loyalty number is stored in Marketing Cloud only, yet a flow updates ERP.";

    "DP-008" Info @1 silent_descope, "Out of scope without a reason";
    seed "for each data point, there needs to be a source of truth";
    why "Somebody will ask why it was left out.";
    good "Out of scope: the fax number is no longer kept.";
    bad "Out of scope, no reason.";

    "DP-010" Info @1 no_example, "No example value";
    seed "with varying levels of conversion and other logic in the middle";
    why "One real value says more than a type.";
    good "0412 345 678";
    bad "No example.";
}

fn no_definition(cx: &Cx<'_>) -> Vec<Hit> {
    let bare = cx.points.iter().filter(|p| p.definition.is_empty());
    bare.map(|p| Hit::on(p.id(), format!("{} has no definition", cx.title(p.id()))).field("definition")).collect()
}

fn same_name(cx: &Cx<'_>) -> Vec<Hit> {
    let mut seen: BTreeMap<(Option<ItemId>, String), ItemId> = BTreeMap::new();
    let mut hits = Vec::new();
    for point in &cx.points {
        let first = *seen.entry((point.object, point.name.to_lowercase())).or_insert(point.id());
        if first != point.id() {
            let object = cx.titled(point.object, "The plan");
            let message = format!("{object} has two data points named \"{}\"", point.name);
            hits.push(Hit::on(point.id(), message).field("name").fact(first));
        }
    }
    hits
}

fn no_occurrence(cx: &Cx<'_>) -> Vec<Hit> {
    let homeless = cx.points.iter().filter(|p| under(&cx.occurrences_of, p.id()).is_empty());
    homeless
        .map(|p| {
            let fix = Fix::add("Say where it lives", Kind::Occurrence, [("data_point", json!(p.id()))]);
            Hit::on(p.id(), format!("{} has no occurrence in any system", cx.title(p.id()))).fix(fix)
        })
        .collect()
}

fn no_type(cx: &Cx<'_>) -> Vec<Hit> {
    let vague = cx.points.iter().filter(|p| p.logical_type.is_none() && p.format.is_empty());
    vague
        .map(|p| Hit::on(p.id(), format!("{} has no logical type or format", cx.title(p.id()))).field("logical_type"))
        .collect()
}

/// Objects that live in at least two instances, whose records therefore have to be linked.
fn linked_objects(cx: &Cx<'_>) -> Vec<(ItemId, BTreeSet<ItemId>)> {
    cx.objects.iter().map(|o| (o.id(), cx.instances_of(o.id()))).filter(|(_, i)| i.len() > 1).collect()
}

fn no_identifier(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (object, instances) in linked_objects(cx) {
        let identifiers = under(&cx.identifiers_of, object);
        for instance in instances {
            if !identifiers.iter().any(|i| cx.stores(i.entity, instance)) {
                let message = format!(
                    "{} has no unique identifier in {}; records cannot be linked",
                    cx.title(object),
                    cx.title(instance)
                );
                let fields = [("object", json!(object)), ("stored_in", json!([instance]))];
                hits.push(Hit::on(object, message).fact(instance).fix(Fix::add(
                    "Add an identifier",
                    Kind::Identifier,
                    fields,
                )));
            }
        }
    }
    hits
}

fn one_sided_identifier(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for flow in &cx.flows {
        let (Some(origin), Some(destination)) = (flow.origin, flow.destination) else {
            continue;
        };
        for object in carried_objects(cx, flow) {
            let identifiers = under(&cx.identifiers_of, object);
            let on_both = |i: &Row<'_, Identifier>| cx.stores(i.entity, origin) && cx.stores(i.entity, destination);
            if identifiers.iter().any(on_both) {
                continue;
            }
            for (here, there) in [(origin, destination), (destination, origin)] {
                for identifier in identifiers.iter().filter(|i| cx.stores(i.entity, here)) {
                    let message = format!(
                        "Identifier {} is not stored on the other side ({}) — matching relies on values",
                        identifier.name,
                        cx.title(there)
                    );
                    hits.push(Hit::on(identifier.id(), message).field("stored_in").fact(there));
                }
            }
        }
    }
    hits.sort_by_key(|h| (h.subject, h.facts.clone()));
    hits.dedup_by_key(|h| (h.subject, h.facts.clone()));
    hits
}

fn carried_objects(cx: &Cx<'_>, flow: &Row<'_, Flow>) -> BTreeSet<ItemId> {
    cx.carried(flow.id()).iter().filter_map(|p| cx.point(p.point)?.object).collect()
}

fn bad_identifier(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for check in &cx.checks {
        let Some((run, totals)) = crate::current_run(cx.evidence, check).and_then(|r| Some((r, r.totals.as_ref()?)))
        else {
            continue;
        };
        let identifiers = check.object.map(|object| under(&cx.identifiers_of, object)).unwrap_or_default();
        for identifier in identifiers {
            hits.extend(judged(cx, identifier, check, run, true, totals.left));
            hits.extend(judged(cx, identifier, check, run, false, totals.right));
        }
    }
    hits
}

/// The identifier as measured on one side, if the check matched records by exactly its fields.
fn judged(
    cx: &Cx<'_>,
    identifier: &Row<'_, Identifier>,
    check: &Row<'_, Check>,
    run: &Run,
    left: bool,
    counts: SideCounts,
) -> Option<Hit> {
    let instance = if left { check.left_instance? } else { check.right_instance? };
    let parts = identifier.entity.parts.iter().filter_map(|id| cx.plan.get::<Occurrence>(*id));
    let fields: BTreeSet<String> =
        parts.filter(|o| o.instance == Some(instance)).map(|o| o.field_name.to_lowercase()).collect();
    let columns = check.entity.key.iter().map(|k| if left { &k.left } else { &k.right });
    let key: BTreeSet<String> = columns.map(|c| c.to_lowercase()).collect();
    if fields.is_empty() || fields != key || (counts.duplicate_keys == 0 && counts.empty_keys == 0) {
        return None;
    }
    let message = format!(
        "Identifier {} is not unique or not complete in {}: {} duplicates, {} empty (run {})",
        identifier.name,
        cx.title(instance),
        number(counts.duplicate_keys),
        number(counts.empty_keys),
        run.number
    );
    Some(Hit::on(identifier.id(), message).facts([
        instance.to_string(),
        counts.duplicate_keys.to_string(),
        counts.empty_keys.to_string(),
    ]))
}

fn silent_descope(cx: &Cx<'_>) -> Vec<Hit> {
    cx.plan
        .each::<domain::entity::DataPoint>()
        .filter(|p| p.out_of_scope && p.scope_reason.is_empty())
        .map(|p| {
            Hit::on(p.id(), format!("{} is out of scope without a reason", cx.title(p.id()))).field("scope_reason")
        })
        .collect()
}

fn no_example(cx: &Cx<'_>) -> Vec<Hit> {
    let bare = cx.points.iter().filter(|p| p.entity.examples.is_empty());
    bare.map(|p| Hit::on(p.id(), format!("{} has no example value", cx.title(p.id()))).field("examples")).collect()
}

//! TST: the integration was seen in action, in the state it is planned in now.

use super::cards;
use crate::{QuestionState, context::Cx, current_run, finding::Hit, number, verdict::sides};
use domain::entity::{Check, Flow, Scope};
use domain::{ItemId, Row, RunSide, RunTotals};
use std::collections::BTreeSet;

cards! {
    "TST-001" Error @4 no_trial, "No complete trial";
    seed "To investigate and mitigate technical challenges, it is most insightful to see the integration in action.";
    why "Until it has run once, everything above is an opinion.";
    good "Four questions answered yes, each with a run, a file or a note.";
    bad "Two questions answered, none with evidence.";

    "TST-002" Error @4 unexpected_format, "Values in an unexpected format";
    seed "whether the data comes out of the system/s of record in the expected format and quantity";
    why "What arrives in another format is refused, cut or misread further on.";
    good "5 000 of 5 000 postcodes have four digits.";
    bad "93 of 5 000 postcodes have three digits.";

    "TST-003" Error @4 no_quantity, "No expected quantity";
    seed "whether the data comes out of the system/s of record in the expected format and quantity";
    why "Without a number nobody notices that half is missing.";
    good "4 000 customers a week; or a check that expects 4 000 records.";
    bad "No volume, no expected count.";

    "TST-006" Warn @4 super::general::nothing_early, "Write trial before the planning was done";
    seed "This means that after fully understanding and documenting the data points, processes/flows and level of synchronisation, the integration needs to be set up in a test environment.";
    why "A trial of something half understood proves half of something.";
    good "Gates 1 to 3 pass, then the write trial.";
    bad "Write trial done while truths are open.";

    "TST-008" Error @4 unexpected_quantity, "Not as many records as expected";
    seed "whether the data comes out of the system/s of record in the expected format and quantity";
    why "Half of the records missing looks like a success to everybody who does not count.";
    good "4 012 customers, expected 3 900 to 4 100.";
    bad "2 006 customers, expected 3 900 to 4 100.";

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

/// Checks with the counts of the run that speaks for them.
fn measured<'c, 'a>(cx: &'c Cx<'a>) -> impl Iterator<Item = (&'c Row<'a, Check>, &'a RunTotals)> {
    cx.checks.iter().filter_map(move |check| Some((check, current_run(cx.evidence, check)?.totals.as_ref()?)))
}

/// The instance on a side of a check.
fn instance_on(cx: &Cx<'_>, check: &Check, side: RunSide) -> Option<ItemId> {
    let (left, right) = sides(cx.plan, cx.evidence, check);
    side.of(left, right)
}

/// What to call a column of a check: the field of the plan it is, else its own name.
fn column_title(cx: &Cx<'_>, check: &Check, side: RunSide, column: &str) -> String {
    let table = side.of(&check.left_table, &check.right_table);
    let instance = instance_on(cx, check, side);
    let named = cx.occurrences.iter().filter(|o| o.instance == instance && *o.field_name == *column);
    let places: Vec<_> = named.filter(|_| instance.is_some()).collect();
    let place = places.iter().find(|o| o.object_name == *table).or_else(|| places.first());
    place.map_or_else(|| column.to_owned(), |o| cx.title(o.id()))
}

fn unexpected_format(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (check, totals) in measured(cx) {
        for found in totals.format.iter().filter(|column| column.broken > 0) {
            let column = column_title(cx, check, found.side, &found.column);
            let instance = cx.titled(instance_on(cx, check, found.side), "no system");
            let (values, leave) = if found.broken == 1 { ("value", "leaves") } else { ("values", "leave") };
            let message =
                format!("{} {values} of {column} {leave} {instance} in an unexpected format", number(found.broken));
            let hit =
                Hit::on(check.id(), message).field("expect").fact(found.side.of("left", "right")).fact(&found.column);
            hits.push(hit.fact(&found.expected).facts([found.broken, found.filled]));
        }
    }
    hits
}

fn unexpected_quantity(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (check, totals) in measured(cx) {
        for found in totals.quantity.iter().filter(|quantity| !quantity.within()) {
            let instance = cx.titled(instance_on(cx, check, found.side), "no system");
            let (rows, expected) = (number(found.rows), found.expected(number));
            let field = match (found.side, found.too_few()) {
                (RunSide::Left, true) => "left_min",
                (RunSide::Left, false) => "left_max",
                (RunSide::Right, true) => "right_min",
                (RunSide::Right, false) => "right_max",
            };
            let message = format!("Quantity from {instance}: {rows}, expected {expected}");
            hits.push(Hit::on(check.id(), message).field(field).fact(found.rows).fact(expected));
        }
    }
    hits
}

fn no_quantity(cx: &Cx<'_>) -> Vec<Hit> {
    let counted: BTreeSet<ItemId> =
        cx.plan.each::<Scope>().filter(|s| s.expected_count.is_some()).filter_map(|s| s.object).collect();
    let objects = |flow: &Row<'_, Flow>| -> BTreeSet<ItemId> {
        cx.carried(flow.id()).iter().filter_map(|m| cx.point(m.point)?.object).collect()
    };
    // Objects with the instance that a check bounds the number of their records on.
    let mut bounded: BTreeSet<(ItemId, ItemId)> = BTreeSet::new();
    for check in &cx.checks {
        let bounds = [(check.left_min, check.left_max), (check.right_min, check.right_max)];
        for (side, (min, max)) in [RunSide::Left, RunSide::Right].into_iter().zip(bounds) {
            if min.is_some() || max.is_some() {
                bounded.extend(check.object.zip(instance_on(cx, check, side)));
            }
        }
    }
    let mut hits = Vec::new();
    for flow in cx.flows.iter().filter(|f| f.weekly_volume.is_none()) {
        let open = |object: &&ItemId| flow.origin.is_none_or(|origin| !bounded.contains(&(**object, origin)));
        for object in objects(flow).difference(&counted).filter(open) {
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

//! SMP: the simplest way that works was looked for.

use super::cards;
use crate::{context::Cx, finding::Hit, number};
use domain::entity::{Conversion, DesignOption, Direction, Flow, Process, Timing};
use domain::{ItemId, Row};
use std::collections::BTreeSet;

cards! {
    "SMP-001" Warn @4 one_design, "Only one design considered";
    seed "There are many ways to approach a challenge, and it pays off to stop, think and find the simplest solution.";
    why "The first idea is rarely the simplest.";
    good "Nightly file against event by event.";
    bad "One option.";

    "SMP-002" Error @4 not_simplest, "Not the simplest, and no reason";
    seed "the simpler you can set something up, the better";
    why "There may be a good reason; write it down for those who maintain it.";
    good "Event by event (14 against 6): stores need it within minutes.";
    bad "Event by event (14 against 6), reason empty.";

    "SMP-003" Info @4 needless_two_way, "Two-way where one way would do";
    seed "the simpler you can set something up, the better";
    why "Two-way brings loops, ties and races.";
    good "CRM → ERP, one way.";
    bad "CRM ↔ ERP although every truth is in CRM.";

    "SMP-004" Info @4 needless_code, "Custom code for a standard conversion";
    seed "the simpler you can set something up, the better";
    why "Code must be tested, read and kept.";
    good "Conversion: normalise.";
    bad "Custom code that trims and lower-cases.";

    "SMP-005" Info @4 twin_flows, "Two flows that carry the same";
    seed "less work technically to maintain and monitor the integration";
    why "One flow less is one thing less that can stop.";
    good "One flow CRM → ERP.";
    bad "Two flows CRM → ERP with the same points.";

    "SMP-006" Info @4 needless_real_time, "Real time for a slow process";
    seed "the simpler you can set something up, the better";
    why "Nobody waits for it; a nightly batch is easier to watch and to repeat.";
    good "Monthly statement: nightly batch.";
    bad "Monthly statement: real time.";

    "SMP-007" Warn @5 not_asked, "\"Could this be simpler?\" is unanswered";
    seed "it pays off to stop, think and find the simplest solution";
    why "It is asked once, by name, before signing.";
    good "No: two truths force two flows. (Ana Novak)";
    bad "Empty.";
}

fn one_design(cx: &Cx<'_>) -> Vec<Hit> {
    let options = cx.plan.each::<DesignOption>().count();
    if options > 1 || cx.flows.is_empty() {
        return Vec::new();
    }
    vec![Hit::plan(format!("Only one design was considered for {}", cx.plan.name())).fact(options)]
}

fn not_simplest(cx: &Cx<'_>) -> Vec<Hit> {
    let options: Vec<Row<'_, DesignOption>> = cx.plan.each().collect();
    let mut hits = Vec::new();
    for chosen in options.iter().filter(|o| o.chosen && o.reason.is_empty()) {
        let Some(score) = chosen.complexity else {
            continue;
        };
        let simpler = options.iter().filter(|o| o.complexity.is_some_and(|n| n < score)).min_by_key(|o| o.complexity);
        if let Some(other) = simpler {
            let less = other.complexity.unwrap_or(0);
            let message = format!(
                "{} is chosen although {} is simpler ({} vs {}) and no reason is given",
                chosen.name,
                other.name,
                number(score.unsigned_abs()),
                number(less.unsigned_abs())
            );
            hits.push(Hit::on(chosen.id(), message).field("reason").fact(other.id()).fact(score).fact(less));
        }
    }
    hits
}

fn needless_two_way(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for flow in cx.flows.iter().filter(|f| f.direction == Some(Direction::TwoWay)) {
        let truths = cx.carried(flow.id()).iter().flat_map(|m| cx.agreed(m.point));
        let sides: BTreeSet<Option<ItemId>> = truths.map(|t| cx.instance_of(t.occurrence)).collect();
        if sides.len() == 1 && !sides.contains(&None) {
            let message = format!("{} is two-way but every truth lies on one side", flow.name);
            hits.push(Hit::on(flow.id(), message).field("direction"));
        }
    }
    hits
}

fn needless_code(cx: &Cx<'_>) -> Vec<Hit> {
    let standard = ["trim", "upper", "lower", "concat", "join", "split", "substring", "replace", "look up", "lookup"];
    let custom = cx.lines.iter().filter(|l| l.conversion == Some(Conversion::Custom));
    custom
        .filter(|l| {
            let logic = l.logic.to_lowercase();
            logic.lines().count() == 1 && standard.iter().any(|word| logic.contains(word))
        })
        .map(|l| {
            let message = format!(
                "{} (line to {}) uses custom code where a standard conversion would do",
                l.key(),
                cx.titled(l.target, "no field")
            );
            Hit::on(l.id(), message).field("conversion")
        })
        .collect()
}

fn twin_flows(cx: &Cx<'_>) -> Vec<Hit> {
    let points = |flow: &Row<'_, Flow>| -> BTreeSet<ItemId> { cx.carried(flow.id()).iter().map(|m| m.point).collect() };
    let mut hits = Vec::new();
    for (n, a) in cx.flows.iter().enumerate() {
        let carried = points(a);
        for b in &cx.flows[n + 1..] {
            let same_way = a.origin.is_some() && a.origin == b.origin && a.destination == b.destination;
            if same_way && !carried.is_empty() && carried == points(b) {
                let message =
                    format!("Flows {} and {} carry the same data points in the same direction", a.name, b.name);
                hits.push(Hit::on(b.id(), message).fact(a.id()));
            }
        }
    }
    hits
}

fn needless_real_time(cx: &Cx<'_>) -> Vec<Hit> {
    let slow = ["weekly", "monthly", "quarterly", "yearly", "a week", "a month", "a year", "per week", "per month"];
    let mut hits = Vec::new();
    for flow in cx.flows.iter().filter(|f| f.timing == Some(Timing::RealTime)) {
        let processes: Vec<Row<'_, Process>> = flow.entity.processes.iter().filter_map(|id| cx.plan.get(*id)).collect();
        let is_slow = |p: &Row<'_, Process>| {
            let frequency = p.frequency.to_lowercase();
            slow.iter().any(|word| frequency.contains(word))
        };
        if let (Some(process), true) = (processes.first(), processes.iter().all(is_slow)) {
            let message =
                format!("{} is real-time but {} runs {}", flow.name, process.name, process.frequency.to_lowercase());
            hits.push(Hit::on(flow.id(), message).field("timing").fact(&process.frequency));
        }
    }
    hits
}

fn not_asked(cx: &Cx<'_>) -> Vec<Hit> {
    if !cx.charter.simpler_answer.is_empty() && !cx.charter.simpler_by.is_empty() {
        return Vec::new();
    }
    let message = "\"Could this be simpler?\" is unanswered";
    let hit = cx.charter_id.map_or_else(|| Hit::plan(message), |id| Hit::on(id, message));
    vec![hit.field("simpler_answer")]
}

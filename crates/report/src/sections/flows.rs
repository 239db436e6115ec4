//! Gate 2, first half: the flows, how they run, and the mapping line by line.

use crate::{
    Bundle,
    document::{Block, Blocks, Cell, Figure, Style, Table},
    mermaid,
    text::{anchor, choice, grouped, joined},
};
use domain::{
    Row,
    entity::{Flow, Instance, MappingLine, System, Truth, TruthState},
};
use pictures::system_map;

pub(super) fn build(bundle: &Bundle, out: &mut Blocks) {
    let plan = &bundle.plan;
    let flows: Vec<Row<'_, Flow>> = plan.each::<Flow>().collect();
    if flows.is_empty() {
        out.note("No flow is planned yet.");
        return;
    }
    out.push(Block::Figure(map(bundle, &flows)));
    for flow in &flows {
        let title = |id: Option<domain::ItemId>| id.map_or_else(|| "nothing".into(), |id| plan.title(id));
        out.item(2, flow.item, flow.name.to_string());
        let volume = joined(
            [
                flow.weekly_volume.map(|n| format!("{} records a week", figure(n))).unwrap_or_default(),
                flow.peak_per_minute.map(|n| format!("at most {} a minute", figure(n))).unwrap_or_default(),
            ],
            ", ",
        );
        let way =
            joined([choice(flow.direction), choice(flow.trigger), choice(flow.timing), choice(flow.write_mode)], " · ");
        let processes = joined(flow.processes.iter().map(|id| plan.title(*id)), ", ");
        let when_down = Cell::from(&flow.fallback);
        out.facts(vec![
            ("From → to", Cell::text(format!("{} → {}", title(flow.origin), title(flow.destination)))),
            ("How", Cell::text(way)),
            ("Volume", Cell::text(volume)),
            ("Finds records by", Cell::text(flow.match_key.map(|id| plan.title(id)).unwrap_or_default())),
            ("Processes", Cell::text(processes)),
            ("When a record fails", with_owner(Cell::from(&flow.error_policy), "exceptions go to", &flow.triage_owner)),
            ("When it is down", when_down),
            ("Monitor", with_owner(Cell::from(&flow.monitor), "alert goes to", &flow.monitor_owner)),
            ("Protection", Cell::from(&flow.protection)),
            ("Runbook", Cell::from(&flow.runbook)),
        ]);
        out.table(mapping(bundle, flow));
    }
}

fn figure(n: i64) -> String {
    u64::try_from(n).map_or_else(|_| n.to_string(), grouped)
}

fn with_owner(cell: Cell, label: &str, owner: &str) -> Cell {
    if owner.is_empty() { cell } else { cell.line().styled(format!("{label} {owner}"), Style::Muted) }
}

fn mapping(bundle: &Bundle, flow: &Row<'_, Flow>) -> Table {
    let plan = &bundle.plan;
    let mut table = Table::new(
        &[("Key", 0.55), ("Takes", 2.4), ("Fills", 2.2), ("Conversion", 2.9), ("Examples", 2.1)],
        "No mapping line is written for it yet.",
    );
    for line in plan.each::<MappingLine>().filter(|l| l.flow == Some(flow.id())) {
        let conversion = Cell::default().styled(choice(line.conversion), Style::Strong);
        let conversion = match line.logic.is_empty() {
            true => conversion,
            false => conversion.line().plain(line.logic.to_string()),
        };
        let rules = joined(
            [
                line.null_rule.map(|r| format!("empty: {}", choice(Some(r)).to_lowercase())).unwrap_or_default(),
                line.overflow.map(|r| format!("too long: {}", choice(Some(r)).to_lowercase())).unwrap_or_default(),
                line.time_zone_rule.to_string(),
            ],
            " · ",
        );
        let conversion = if rules.is_empty() { conversion } else { conversion.line().styled(rules, Style::Muted) };
        let examples = line.examples.iter().fold(Cell::default(), |cell, example| {
            cell.line()
                .styled(example.input.to_string(), Style::Mono)
                .plain(" → ")
                .styled(example.expect.to_string(), Style::Mono)
        });
        table.row(
            Some(anchor(line.item)),
            vec![
                Cell::mono(line.key()),
                Cell::lines(line.sources.iter().map(|id| plan.title(*id))),
                Cell::text(line.target.map(|id| plan.title(id)).unwrap_or_default()),
                conversion,
                examples,
            ],
        );
    }
    table
}

fn map(bundle: &Bundle, flows: &[Row<'_, Flow>]) -> Figure {
    let plan = &bundle.plan;
    let ends: Vec<_> = flows.iter().flat_map(|f| [f.origin, f.destination]).flatten().collect();
    let systems = plan
        .each::<Instance>()
        .filter(|i| ends.contains(&i.id()))
        .map(|i| system_map::System {
            id: i.id().to_string(),
            title: i.name.to_string(),
            subtitle: plan.find::<System>(i.system).map(|s| s.category.to_string()).unwrap_or_default(),
            truth: is_truth(bundle, i.id()),
        })
        .collect();
    let flows: Vec<system_map::Flow> = flows
        .iter()
        .filter_map(|f| {
            Some(system_map::Flow {
                from: f.origin?.to_string(),
                to: f.destination?.to_string(),
                label: f.key(),
                undecided: undecided(bundle, f),
            })
        })
        .collect();
    let map = system_map::Map { systems, flows };
    let picture = system_map::picture(&map);
    let dashed = map.flows.iter().filter(|f| f.undecided).count();
    let title = match dashed {
        0 => "Every flow carries data whose truth is agreed".to_owned(),
        1 => "One flow carries data whose truth is not agreed (dashed)".to_owned(),
        n => format!("{n} flows carry data whose truth is not agreed (dashed)"),
    };
    Figure { title, picture, mermaid: mermaid::map(&map) }
}

fn is_truth(bundle: &Bundle, instance: domain::ItemId) -> bool {
    let plan = &bundle.plan;
    let lives_here = |t: &Row<'_, Truth>| {
        plan.find::<domain::entity::Occurrence>(t.occurrence).is_some_and(|o| o.instance == Some(instance))
    };
    plan.each::<Truth>().any(|t| t.state == Some(TruthState::Agreed) && lives_here(&t))
}

/// Whether a data point the flow writes has no agreed truth.
fn undecided(bundle: &Bundle, flow: &Row<'_, Flow>) -> bool {
    let plan = &bundle.plan;
    let points = plan
        .each::<MappingLine>()
        .filter(|l| l.flow == Some(flow.id()))
        .filter_map(|l| plan.find::<domain::entity::Occurrence>(l.target)?.data_point);
    let agreed = |point| {
        let mut truths = plan.each::<Truth>().filter(|t| t.data_point == Some(point)).peekable();
        truths.peek().is_some() && truths.all(|t| t.state == Some(TruthState::Agreed))
    };
    points.into_iter().any(|point| !agreed(point))
}

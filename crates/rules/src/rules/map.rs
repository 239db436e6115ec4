//! MAP: every target field is filled, from something that fits, by a rule somebody can check.

mod fit;

use super::cards;
use crate::{
    Fix,
    context::{Cx, under},
    finding::Hit,
    number,
};
use domain::entity::{Conversion, DataPoint, Instance, LogicalType, MappingLine, Occurrence, WriteMode};
use domain::{ItemId, Kind, Row};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

cards! {
    "MAP-001" Error @2 unmapped_target, "Mandatory field not filled";
    seed "what data points to take, from which system to which, and how";
    why "The destination refuses the record, or fills in something of its own.";
    good "ERP debtor.country is mandatory and filled with the constant AU.";
    bad "ERP debtor.country is mandatory and in no line.";

    "MAP-002" Error @2 no_source, "Line without a source";
    seed "what data points to take, from which system to which, and how";
    why "A line that takes nothing fills nothing.";
    good "debtor.mail takes customer.email.";
    bad "debtor.mail takes nothing and is no constant.";

    "MAP-003" Error @2 fit::does_not_fit, "Value does not fit its target";
    seed "with varying levels of conversion and other logic in the middle";
    why "What does not fit is cut off or refused, and somebody finds out months later.";
    good "CRM name (80) to ERP name (30), cut off at 30.";
    bad "CRM name (80) to ERP name (30), no rule.";

    "MAP-004" Error @2 no_logic, "Conversion without logic";
    seed "with varying levels of conversion and other logic in the middle";
    why "\"Converted somehow\" will be decided by whoever writes the code.";
    good "Phone: drop blanks and brackets, prefix +61.";
    bad "Phone: conversion format, logic empty.";

    "MAP-005" Warn @2 no_example, "Logic without an example";
    seed "whether our code runs over it smoothly";
    why "An example is the shortest test, and the only one the business can read.";
    good "\"(02) 9999 0000\" becomes \"+61299990000\".";
    bad "Logic, and no example.";

    "MAP-007" Error @2 no_null_rule, "Empty values without a rule";
    seed "people make mistakes and just input information in different ways";
    why "Empty values exist; the destination will not take them.";
    good "No phone: leave the record as it is.";
    bad "CRM phone may be empty, ERP phone may not, no rule.";

    "MAP-008" Error @4 uncovered_codes, "Codes without a counterpart";
    seed "with varying levels of conversion and other logic in the middle";
    why "The first record with a missing code fails.";
    good "gold, silver, bronze on both sides.";
    bad "CRM knows platinum, ERP does not.";

    "MAP-009" Error @2 read_only_target, "Target cannot be written";
    seed "whether we can write to destination systems without issues";
    why "The flow will fail on its first record.";
    good "debtor.mail can be written.";
    bad "debtor.created_at is read-only.";

    "MAP-010" Warn @2 unused_source, "Truth that no flow uses";
    seed "what data points to take, from which system to which, and how";
    why "Either a line is missing, or the point need not be in the plan.";
    good "CRM customer.email is the source of one line.";
    bad "CRM customer.phone is the truth and in no line.";

    "MAP-011" Warn @2 filled_twice, "Field filled by two lines";
    seed "the simpler you can set something up, the better";
    why "The order of two lines is not a rule.";
    good "One line joins first and last name.";
    bad "Two lines fill debtor.name.";

    "MAP-012" Warn @2 no_time_zone, "Times cross zones without a rule";
    seed "with varying levels of conversion and other logic in the middle";
    why "A day becomes the day before for a third of the records.";
    good "Sydney time on the left, UTC on the right; converted.";
    bad "AU to EU, no rule.";
}

fn target_title(cx: &Cx<'_>, line: &MappingLine) -> String {
    cx.titled(line.target, "no field")
}

fn unmapped_target(cx: &Cx<'_>) -> Vec<Hit> {
    let mut tables: BTreeMap<(ItemId, String), Vec<&Row<'_, Occurrence>>> = BTreeMap::new();
    for occurrence in cx.occurrences.iter().filter(|o| o.mandatory && !o.read_only) {
        if let Some(instance) = occurrence.instance {
            tables.entry((instance, occurrence.object_name.to_lowercase())).or_default().push(occurrence);
        }
    }
    let mut hits = Vec::new();
    for flow in cx.flows.iter().filter(|f| !matches!(f.write_mode, Some(WriteMode::Update | WriteMode::Delete))) {
        let filled: BTreeSet<ItemId> = under(&cx.lines_of, flow.id()).iter().filter_map(|l| l.target).collect();
        let written: BTreeSet<(ItemId, String)> = filled
            .iter()
            .filter_map(|id| cx.plan.get::<Occurrence>(*id))
            .filter(|o| o.instance.is_some() && o.instance == flow.destination)
            .filter_map(|o| Some((o.instance?, o.object_name.to_lowercase())))
            .collect();
        for missing in written.iter().filter_map(|t| tables.get(t)).flatten().filter(|o| !filled.contains(&o.id())) {
            let message = format!("Required target {} is not mapped in {}", cx.title(missing.id()), flow.name);
            let fields = [("flow", json!(flow.id())), ("target", json!(missing.id()))];
            hits.push(Hit::on(flow.id(), message).fact(missing.id()).fix(Fix::add(
                "Add the line",
                Kind::MappingLine,
                fields,
            )));
        }
    }
    hits
}

fn no_source(cx: &Cx<'_>) -> Vec<Hit> {
    let empty = cx.lines.iter().filter(|l| {
        l.entity.sources.is_empty() && !matches!(l.conversion, Some(Conversion::Constant | Conversion::Default))
    });
    empty
        .map(|l| {
            let message = format!("Mapping line {} has no source and is not a constant or default", l.key());
            Hit::on(l.id(), message).field("sources")
        })
        .collect()
}

fn converts(line: &MappingLine) -> bool {
    !matches!(line.conversion, None | Some(Conversion::Copy | Conversion::Rename))
}

fn no_logic(cx: &Cx<'_>) -> Vec<Hit> {
    let bare = cx.lines.iter().filter(|l| converts(l) && l.logic.is_empty());
    bare.map(|l| Hit::on(l.id(), format!("{} has a conversion but no logic", line_title(cx, l))).field("logic"))
        .collect()
}

fn line_title(cx: &Cx<'_>, line: &Row<'_, MappingLine>) -> String {
    format!("{} (line to {})", line.key(), target_title(cx, line.entity))
}

fn no_example(cx: &Cx<'_>) -> Vec<Hit> {
    let bare = cx.lines.iter().filter(|l| converts(l) && !l.logic.is_empty() && l.entity.examples.is_empty());
    bare.map(|l| {
        Hit::on(l.id(), format!("{} has logic but no example; nobody can check it", line_title(cx, l)))
            .field("examples")
    })
    .collect()
}

fn no_null_rule(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for line in cx.lines.iter().filter(|l| l.null_rule.is_none()) {
        let Some(target) = cx.plan.find::<Occurrence>(line.target).filter(|t| t.mandatory) else {
            continue;
        };
        let sources = line.entity.sources.iter().filter_map(|id| cx.plan.get::<Occurrence>(*id));
        if let Some(source) = sources.filter(|s| !s.mandatory).take(1).next() {
            let message = format!(
                "{} may be empty but {} may not, and no null rule is given",
                cx.title(source.id()),
                cx.title(target.id())
            );
            hits.push(Hit::on(line.id(), message).field("null_rule").fact(source.id()));
        }
    }
    hits
}

fn uncovered_codes(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for line in cx.lines.iter().filter(|l| !converts(l)) {
        let Some(target) = cx.plan.find::<Occurrence>(line.target).filter(|t| !t.entity.codes.is_empty()) else {
            continue;
        };
        for source in line.entity.sources.iter().filter_map(|id| cx.plan.get::<Occurrence>(*id)) {
            let missing: Vec<_> = source.entity.codes.iter().filter(|c| !target.entity.codes.contains(c)).collect();
            if !missing.is_empty() {
                let message = format!(
                    "Code list of {} has no entry for {} values found in {}",
                    cx.title(target.id()),
                    number(missing.len() as u64),
                    cx.title(source.id())
                );
                hits.push(Hit::on(line.id(), message).facts(missing));
            }
        }
    }
    hits
}

fn read_only_target(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for line in &cx.lines {
        if let Some(target) = cx.plan.find::<Occurrence>(line.target).filter(|t| t.read_only) {
            let instance = cx.titled(target.instance, "its system");
            let message = format!("{} is read-only in {instance}", cx.title(target.id()));
            hits.push(Hit::on(line.id(), message).field("target").fact(target.id()));
        }
    }
    hits
}

fn unused_source(cx: &Cx<'_>) -> Vec<Hit> {
    let used: BTreeSet<ItemId> = cx.lines.iter().flat_map(|l| l.entity.sources.iter().copied()).collect();
    let origins: BTreeSet<ItemId> = cx.flows.iter().filter_map(|f| f.origin).collect();
    let mut hits = Vec::new();
    for point in &cx.points {
        for winner in cx.agreed(point.id()).filter_map(|t| cx.plan.find::<Occurrence>(t.occurrence)) {
            let starts_a_flow = winner.instance.is_some_and(|id| origins.contains(&id));
            if starts_a_flow && !used.contains(&winner.id()) {
                let message = format!("Source {} is in scope but used in no mapping", cx.title(winner.id()));
                hits.push(Hit::on(winner.id(), message));
            }
        }
    }
    hits
}

fn filled_twice(cx: &Cx<'_>) -> Vec<Hit> {
    let mut seen = BTreeSet::new();
    let mut hits = Vec::new();
    for line in &cx.lines {
        let (Some(flow), Some(target)) = (line.flow, line.target) else {
            continue;
        };
        if !seen.insert((flow, target)) {
            let message = format!("{} is filled by two lines of {}", cx.title(target), cx.title(flow));
            hits.push(Hit::on(line.id(), message).field("target").fact(target));
        }
    }
    hits
}

fn no_time_zone(cx: &Cx<'_>) -> Vec<Hit> {
    let region = |occurrence: Option<ItemId>| {
        let instance = cx.plan.find::<Instance>(cx.instance_of(occurrence))?;
        (!instance.region.is_empty()).then(|| instance.region.to_lowercase())
    };
    let timed = |occurrence: Option<ItemId>| {
        let point = cx.plan.find::<DataPoint>(cx.plan.find::<Occurrence>(occurrence)?.data_point)?;
        Some(matches!(point.logical_type, Some(LogicalType::Date | LogicalType::Time | LogicalType::Timestamp)))
    };
    let mut hits = Vec::new();
    for line in cx.lines.iter().filter(|l| l.time_zone_rule.is_empty() && timed(l.target) == Some(true)) {
        let there = region(line.target);
        let across = |source: &ItemId| matches!((region(Some(*source)), &there), (Some(a), Some(b)) if a != *b);
        if line.entity.sources.iter().any(across) {
            let message = format!("Dates or times in {} cross time zones without a rule", line_title(cx, line));
            hits.push(Hit::on(line.id(), message).field("time_zone_rule"));
        }
    }
    hits
}

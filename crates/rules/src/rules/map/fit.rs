//! Whether a value fits the field it goes to, as far as the names of physical types tell.

use crate::{context::Cx, finding::Hit};
use domain::entity::{Conversion, Occurrence};

/// What a physical type holds, as far as its name tells.
fn family(physical_type: &str) -> Option<&'static str> {
    let name = physical_type.to_lowercase();
    let starts = |words: &[&str]| words.iter().any(|w| name.starts_with(w));
    if starts(&["varchar", "char", "text", "nvarchar", "nchar", "string", "clob", "citext"]) {
        Some("text")
    } else if starts(&["int", "bigint", "smallint", "tinyint", "serial", "bigserial"]) {
        Some("whole number")
    } else if starts(&["decimal", "numeric", "number", "float", "double", "real", "money"]) {
        Some("number")
    } else if starts(&["timestamp", "datetime"]) {
        Some("timestamp")
    } else if starts(&["date"]) {
        Some("date")
    } else if starts(&["bool", "bit"]) {
        Some("yes/no")
    } else {
        None
    }
}

fn holds(from: &str, to: &str) -> bool {
    from == to || to == "text" || (from == "whole number" && to == "number") || (from == "date" && to == "timestamp")
}

fn measure(occurrence: &Occurrence) -> String {
    let kind = if occurrence.physical_type.is_empty() { "no type" } else { &occurrence.physical_type };
    match occurrence.max_length {
        Some(length) => format!("{kind},{length}"),
        None => kind.to_owned(),
    }
}

pub(super) fn does_not_fit(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for line in &cx.lines {
        let keeps_type = matches!(line.conversion, None | Some(Conversion::Copy | Conversion::Rename));
        let keeps_length = keeps_type
            || matches!(line.conversion, Some(Conversion::Cast | Conversion::Normalise | Conversion::Concat));
        let Some(target) = cx.plan.find::<Occurrence>(line.target) else {
            continue;
        };
        for source in line.entity.sources.iter().filter_map(|id| cx.plan.get::<Occurrence>(*id)) {
            let types = (family(&source.physical_type), family(&target.physical_type));
            let other_type = keeps_type && matches!(types, (Some(from), Some(to)) if !holds(from, to));
            let longer = matches!((source.max_length, target.max_length), (Some(from), Some(to)) if from > to);
            let unbounded = source.max_length.is_none()
                && source.physical_type.eq_ignore_ascii_case("text")
                && target.max_length.is_some();
            if other_type || (keeps_length && (longer || unbounded) && line.overflow.is_none()) {
                let message = format!(
                    "{} ({}) does not fit {} ({}) and no conversion or overflow rule is given",
                    cx.title(source.id()),
                    measure(source.entity),
                    cx.title(target.id()),
                    measure(target.entity)
                );
                let facts = [measure(source.entity), measure(target.entity)];
                hits.push(Hit::on(line.id(), message).field("overflow").fact(source.id()).facts(facts));
            }
        }
    }
    hits
}

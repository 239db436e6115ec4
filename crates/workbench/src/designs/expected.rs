//! What is expected of format and quantity in the design of a check: what is saved, and proposals from what the plan
//! says of data points and of the fields they live in.

use super::{PROPOSED, column_of};
use crate::{Access, Error};
use domain::{
    Choices, Submitted,
    entity::{Check, DataPoint, Expectation, ExpectedType, LogicalType, Occurrence},
};
use reconcile::Pattern;
use views::sync::{CheckDesign, DesignExpectation, DesignPair};

pub(super) fn saved(check: &Check) -> Vec<DesignExpectation> {
    let expectations = check.expect.iter();
    expectations.map(|e| shown(e.id.to_string(), e, String::new())).collect()
}

fn shown(id: String, expected: &Expectation, because: String) -> DesignExpectation {
    DesignExpectation {
        id,
        left: expected.left.to_string(),
        right: expected.right.to_string(),
        value_type: expected.value_type.map(|t| t.code().to_owned()).unwrap_or_default(),
        longest: expected.longest.map(|n| n.to_string()).unwrap_or_default(),
        pattern: expected.pattern.to_string(),
        codes: expected.codes.to_string(),
        words: expected.words(),
        because,
    }
}

/// What the data points of the pairs let expect, where they say anything of their form.
pub(super) fn proposed(access: &Access, design: &CheckDesign) -> Vec<DesignExpectation> {
    let expected = design.pairs.iter().filter_map(|pair| of_pair(access, design, pair));
    let numbered = expected.take(PROPOSED).enumerate();
    numbered.map(|(n, expected)| DesignExpectation { id: format!("new{n:03}"), ..expected }).collect()
}

fn of_pair(access: &Access, design: &CheckDesign, pair: &DesignPair) -> Option<DesignExpectation> {
    let point = access.plan.find::<DataPoint>(pair.data_point)?;
    let here = |o: &&Occurrence| {
        o.data_point == pair.data_point
            && [&design.left, &design.right].into_iter().any(|side| column_of(side, o).is_some())
    };
    let occurrences: Vec<&Occurrence> = access.plan.each::<Occurrence>().map(|row| row.entity).filter(here).collect();
    let value_type = point.logical_type.and_then(|logical| match logical {
        LogicalType::Integer => Some(ExpectedType::WholeNumber),
        LogicalType::Number => Some(ExpectedType::Decimal),
        LogicalType::Date | LogicalType::Timestamp => Some(ExpectedType::Date),
        _ => None,
    });
    // What is written must fit into the shorter of the two fields.
    let longest = occurrences.iter().filter_map(|o| o.max_length).min();
    let format = point.format.trim();
    // A format is free text; only what is plainly a pattern or a list is taken for one.
    let is_pattern = format.starts_with('^') && format.ends_with('$') && Pattern::new(format).is_ok();
    let is_list = format.contains('|') && format.chars().all(|c| c.is_alphanumeric() || matches!(c, '|' | ' ' | '_'));
    let codes: Vec<String> = match is_list {
        true => format.split('|').map(|code| code.trim().to_owned()).filter(|code| !code.is_empty()).collect(),
        false => Vec::new(),
    };
    let mut said: Vec<&str> = Vec::new();
    said.extend(value_type.map(|_| "type"));
    said.extend(longest.map(|_| "length"));
    said.extend((is_pattern || is_list).then_some("format"));
    if said.is_empty() {
        return None;
    }
    let because = format!("{} of the data point {}", said.join(", "), point.name);
    Some(DesignExpectation {
        left: pair.left.clone(),
        right: pair.right.clone(),
        value_type: value_type.map(|t| t.code().to_owned()).unwrap_or_default(),
        longest: longest.map(|n| n.to_string()).unwrap_or_default(),
        pattern: if is_pattern { format.to_owned() } else { String::new() },
        codes: codes.join("\n"),
        because,
        ..DesignExpectation::default()
    })
}

/// Whether what was typed can be expected.
///
/// # Errors
/// For a pattern that cannot be read and for a range that ends before it begins.
pub(super) fn readable(form: &Submitted) -> Result<(), Error> {
    for row in form.parts.get("expect").into_iter().flat_map(|rows| rows.values()) {
        let text = |name: &str| row.get(name).map(|text| text.trim()).unwrap_or_default();
        let column = if text("left").is_empty() { text("right") } else { text("left") };
        if !text("pattern").is_empty() {
            Pattern::new(text("pattern")).map_err(|e| Error::invalid("expect", format!("{column}: {e}")))?;
        }
    }
    let number = |name: &str| {
        let text = form.texts.get(name)?;
        text.chars().filter(|c| !c.is_whitespace()).collect::<String>().parse::<i64>().ok()
    };
    for (side, min, max) in [("left", "left_min", "left_max"), ("right", "right_min", "right_max")] {
        if let (Some(least), Some(most)) = (number(min), number(max))
            && least > most
        {
            return Err(Error::invalid(
                max,
                format!("must be {least} or more, the fewest expected on the {side} side"),
            ));
        }
    }
    Ok(())
}

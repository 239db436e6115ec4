//! A field's value in words: references by title, choices by label. The same on pages, in exports and
//! in comparisons.

use domain::{Date, Evidence, Field, FieldType, Plan};
use serde_json::Value;

/// A field's value in words. An empty value is the empty string.
pub fn display(plan: &Plan, field: &Field, value: &Value) -> String {
    words(plan, None, field, value)
}

/// The same, with runs, files and connections by name.
pub fn display_with(plan: &Plan, evidence: &Evidence, field: &Field, value: &Value) -> String {
    words(plan, Some(evidence), field, value)
}

fn words(plan: &Plan, evidence: Option<&Evidence>, field: &Field, value: &Value) -> String {
    let text = || value.as_str().unwrap_or_default().to_owned();
    match field.kind {
        FieldType::Line | FieldType::Text => text(),
        FieldType::Schedule => domain::Schedule::parse(&text()).map_or_else(|_| text(), |schedule| schedule.words()),
        FieldType::Count { .. } => match value.as_i64() {
            Some(n) if n < 0 => format!("−{}", number(n.unsigned_abs())),
            Some(n) => number(n.unsigned_abs()),
            None => String::new(),
        },
        FieldType::Flag => match value.as_bool() {
            Some(true) => "yes".into(),
            Some(false) => "no".into(),
            None => String::new(),
        },
        FieldType::Date => text().parse::<Date>().map_or_else(|_| text(), crate::context::in_words),
        FieldType::Choice(choices) => {
            let code = text();
            choices.iter().find(|c| c.code == code).map_or(code, |c| c.label.to_owned())
        }
        FieldType::Ref(_) => title(plan, value),
        FieldType::Refs(_) => joined(value, |id| title(plan, id)),
        FieldType::Lines => joined(value, |line| line.as_str().unwrap_or_default().to_owned()),
        FieldType::Parts(fields) => value
            .as_array()
            .into_iter()
            .flatten()
            .map(|part| part_in_words(plan, evidence, fields, part))
            .collect::<Vec<_>>()
            .join("\n"),
        FieldType::Connection => named(text(), |id| {
            let id = id.parse().ok()?;
            evidence?.connections.iter().find(|c| c.id == id).map(|c| c.name.clone())
        }),
        FieldType::Run => named(text(), |id| evidence?.run(id.parse().ok()?).map(|run| format!("run {}", run.number))),
        FieldType::Attachment => named(text(), |id| {
            let id = id.parse().ok()?;
            evidence?.files.iter().find(|f| f.id == id).map(|f| f.name.clone())
        }),
    }
}

/// One part of a list field: `label: value` for what is filled in.
pub(crate) fn part_in_words(plan: &Plan, evidence: Option<&Evidence>, fields: &[Field], part: &Value) -> String {
    fields
        .iter()
        .map(|field| (field, words(plan, evidence, field, &part[field.name])))
        .filter(|(field, words)| !words.is_empty() && (field.kind != FieldType::Flag || words != "no"))
        .map(|(field, words)| format!("{}: {words}", field.label))
        .collect::<Vec<_>>()
        .join("; ")
}

fn title(plan: &Plan, value: &Value) -> String {
    match value.as_str().and_then(|id| id.parse().ok()) {
        Some(id) => plan.title(id),
        None => String::new(),
    }
}

fn joined(value: &Value, each: impl Fn(&Value) -> String) -> String {
    value.as_array().into_iter().flatten().map(each).collect::<Vec<_>>().join(", ")
}

/// The name of something known by id, else the last digits of the id.
fn named(id: String, name: impl Fn(&str) -> Option<String>) -> String {
    if id.is_empty() {
        return id;
    }
    name(&id).unwrap_or_else(|| {
        let tail: String = id.chars().skip(id.chars().count().saturating_sub(6)).collect();
        format!("…{tail}")
    })
}

/// A whole number with groups of three, separated by no-break spaces from 1 000.
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 * 2);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{a0}');
        }
        text.push(digit);
    }
    text
}

/// A share in per cent with one decimal, rounded down, so that only all of it reads 100 %.
pub fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".into();
    }
    let per_mille = u128::from(part) * 1000 / u128::from(whole);
    if per_mille % 10 == 0 {
        format!("{}\u{a0}%", per_mille / 10)
    } else {
        format!("{}.{}\u{a0}%", per_mille / 10, per_mille % 10)
    }
}

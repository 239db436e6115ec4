//! Which columns of two files say the same thing, and what kind of values they hold: guessed from names and data, so
//! that nothing has to be set by hand.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::normalise::{DayOrder, day};
use crate::{
    error::EngineError,
    names::plain_name,
    spec::Side,
    staging::{Staged, StagedColumn},
};

/// Most pairs of columns that are compared: the levels of a pair of records are kept in one word.
pub const MOST_LINKED_FIELDS: usize = 16;
/// The share of values that has to look like a kind.
const ENOUGH: f64 = 0.9;

/// What kind of values a pair of columns holds. It decides how they are normalised and when two are close.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldKind {
    /// Names and words.
    Text,
    /// Identifiers, telephone numbers, whole numbers: a digit more is another one.
    Code,
    /// Days.
    Date,
    /// Measured quantities.
    Number,
}

/// A pair of columns by position, with the columns' names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ColumnPair {
    pub(super) names: [String; 2],
    pub(super) at: [usize; 2],
}

/// The pairs asked for, or where none are asked for the columns of equal name.
pub(super) fn column_pairs(sides: [&Staged; 2], asked: &[(String, String)]) -> Result<Vec<ColumnPair>, EngineError> {
    if asked.len() > MOST_LINKED_FIELDS {
        return Err(EngineError::BadSpec(format!(
            "--compare names {} pairs of columns; records are linked by at most {MOST_LINKED_FIELDS}",
            asked.len()
        )));
    }
    if asked.is_empty() {
        return common_columns(&sides[0].columns, &sides[1].columns);
    }
    let mut pairs = Vec::new();
    for (left, right) in asked {
        let at = [sides[0].column(Side::Left, left)?, sides[1].column(Side::Right, right)?];
        pairs.push(ColumnPair { names: [left.clone(), right.clone()], at });
    }
    Ok(pairs)
}

/// Columns whose names have the same letters and digits, in the order of the left side. A name that stands for
/// several columns of a side stands for none.
fn common_columns(left: &[StagedColumn], right: &[StagedColumn]) -> Result<Vec<ColumnPair>, EngineError> {
    let by_name = |columns: &[StagedColumn]| {
        let mut found: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, column) in columns.iter().enumerate() {
            found.entry(plain_name(&column.name)).or_default().push(at);
        }
        found
    };
    let (lefts, rights) = (by_name(left), by_name(right));
    let mut pairs = Vec::new();
    for (at, column) in left.iter().enumerate() {
        let name = plain_name(&column.name);
        if name.is_empty() || lefts.get(&name).is_none_or(|all| all.len() > 1) {
            continue;
        }
        if let Some(&[other]) = rights.get(&name).map(Vec::as_slice) {
            pairs.push(ColumnPair { names: [column.name.clone(), right[other].name.clone()], at: [at, other] });
        }
    }
    if pairs.is_empty() {
        return Err(EngineError::BadSpec(
            "the two sides have no column of the same name; say which belong together with --compare LEFT=RIGHT,…"
                .into(),
        ));
    }
    if pairs.len() > MOST_LINKED_FIELDS {
        return Err(EngineError::BadSpec(format!(
            "{} columns have the same name on both sides; choose at most {MOST_LINKED_FIELDS} of them with --compare",
            pairs.len()
        )));
    }
    Ok(pairs)
}

/// The kind that the values of both sides have in common.
pub(super) fn kind_of(left: &[String], right: &[String]) -> FieldKind {
    match (one_kind(left), one_kind(right)) {
        (Some(left), Some(right)) if left == right => left,
        (Some(kind), None) | (None, Some(kind)) => kind,
        // Whole numbers on one side, `12.5` on the other.
        (Some(FieldKind::Number), Some(FieldKind::Code)) | (Some(FieldKind::Code), Some(FieldKind::Number))
            if share(left, is_number) >= ENOUGH && share(right, is_number) >= ENOUGH =>
        {
            FieldKind::Number
        }
        (Some(FieldKind::Date), Some(FieldKind::Code)) | (Some(FieldKind::Code), Some(FieldKind::Date)) => {
            FieldKind::Code
        }
        _ => FieldKind::Text,
    }
}

/// Of one side; `None` where it has no values.
fn one_kind(values: &[String]) -> Option<FieldKind> {
    if values.is_empty() {
        return None;
    }
    let order = DayOrder::of(values.iter().map(String::as_str));
    if share(values, |value| day(value, order).is_some()) >= ENOUGH {
        return Some(FieldKind::Date);
    }
    let fraction =
        |value: &str| is_number(value) && value.split_once('.').is_some_and(|(_, f)| !f.trim_matches('0').is_empty());
    if share(values, is_number) >= ENOUGH && share(values, fraction) > 0.1 {
        return Some(FieldKind::Number);
    }
    Some(if share(values, is_code) >= ENOUGH { FieldKind::Code } else { FieldKind::Text })
}

fn share(values: &[String], has: impl Fn(&str) -> bool) -> f64 {
    values.iter().filter(|value| has(value.trim())).count() as f64 / values.len().max(1) as f64
}

fn is_number(value: &str) -> bool {
    value.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-')
        && value.parse::<f64>().is_ok_and(f64::is_finite)
}

/// At least half of the letters and digits are digits.
fn is_code(value: &str) -> bool {
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let letters = value.chars().filter(|c| c.is_alphabetic()).count();
    digits > 0 && digits >= letters
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::{FieldKind, common_columns, kind_of};
    use crate::staging::StagedColumn;

    fn columns(names: &[&str]) -> Vec<StagedColumn> {
        names.iter().map(|name| StagedColumn { name: (*name).to_owned(), numeric: false }).collect()
    }

    fn kind(values: &[&str]) -> FieldKind {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        kind_of(&values, &values)
    }

    #[test]
    fn columns_meet_by_the_letters_of_their_names() {
        let found = common_columns(&columns(&["Given Name", "x", "x"]), &columns(&["x", " given_name"])).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].at, [0, 1]);
        let refused = common_columns(&columns(&["a"]), &columns(&["b"])).unwrap_err().to_string();
        assert!(refused.contains("--compare"), "{refused}");
    }

    #[test]
    fn kinds_are_guessed_from_values() {
        assert_eq!(kind(&["19610203", "19991231"]), FieldKind::Date);
        assert_eq!(kind(&["3.2.1961", "31.12.1999"]), FieldKind::Date);
        assert_eq!(kind(&["310/246-1501", "(213) 624-1501"]), FieldKind::Code);
        assert_eq!(kind(&["4011", "12"]), FieldKind::Code);
        assert_eq!(kind(&["12.50", "7.25"]), FieldKind::Number);
        assert_eq!(kind(&["1999.0", "2001.0"]), FieldKind::Code);
        assert_eq!(kind(&["435 s. la cienega blv.", "12224 ventura blvd."]), FieldKind::Text);
    }
}

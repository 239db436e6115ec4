//! Format and quantity of a run: what the check expects of columns, held against what was read. Counts go into the
//! run's totals; the values themselves stay with what the run kept.

use crate::{Error, own_task::blocking};
use domain::{CauseCount, FormatCounts, Quantity, RunSide, entity, entity::Check};
use reconcile::{Conformance, Expectation, Pattern, Side, Staged, ValueType, conformance};
use std::{
    path::Path,
    sync::{Arc, atomic::AtomicBool},
};

/// Where the examples are, beside the other files of a run.
pub(crate) const EXAMPLES: &str = "examples.json";

/// What a side's columns are expected to be: column, in words, as the engine takes it.
type Expected = Vec<(String, String, Expectation)>;

/// Holds both staged sides against what is expected, and writes examples of what is not so into `folder`.
///
/// # Errors
/// When a column is not there, a pattern cannot be read, or the examples cannot be kept.
pub(super) async fn format(
    check: &Check,
    sides: [&Staged; 2],
    folder: &Path,
    cancel: &Arc<AtomicBool>,
) -> Result<Vec<FormatCounts>, Error> {
    if check.expect.is_empty() {
        return Ok(Vec::new());
    }
    let (mut counts, mut examples) = (Vec::new(), Vec::new());
    for (side, staged) in [Side::Left, Side::Right].into_iter().zip(sides) {
        let expected = of_side(check, side)?;
        let columns =
            expected.iter().map(|(column, _, expected)| (column.clone(), expected.clone())).collect::<Vec<_>>();
        let (staged, cancel) = (staged.clone(), Arc::clone(cancel));
        let found = blocking(move || Ok(conformance(&staged, side, &columns, &cancel)?)).await?;
        for ((column, words, _), found) in expected.into_iter().zip(found) {
            counts.push(counted(side, column, words, &found));
            examples.push(found.examples);
        }
    }
    let text = serde_json::to_vec(&examples).map_err(|e| Error::internal("examples cannot be written", &e))?;
    let kept = tokio::fs::write(folder.join(EXAMPLES), text).await;
    kept.map_err(|e| Error::Unavailable(format!("the evidence cannot be kept: {e}")))?;
    Ok(counts)
}

/// How many records there are, for each side of which a number is expected.
pub(super) fn quantity(check: &Check, rows: [u64; 2]) -> Vec<Quantity> {
    let count = |bound: Option<i64>| bound.and_then(|n| u64::try_from(n).ok());
    let sides = [
        (RunSide::Left, rows[0], check.left_min, check.left_max),
        (RunSide::Right, rows[1], check.right_min, check.right_max),
    ];
    let asked = sides.into_iter().filter(|(.., min, max)| min.is_some() || max.is_some());
    asked.map(|(side, rows, min, max)| Quantity { side, rows, min: count(min), max: count(max) }).collect()
}

fn of_side(check: &Check, side: Side) -> Result<Expected, Error> {
    let mut expected = Vec::new();
    for asked in &check.expect {
        let column = match side {
            Side::Left => asked.left.to_string(),
            Side::Right => asked.right.to_string(),
        };
        let words = asked.words();
        if !column.is_empty() && !words.is_empty() {
            expected.push((column, words, engine(asked)?));
        }
    }
    Ok(expected)
}

fn engine(asked: &entity::Expectation) -> Result<Expectation, Error> {
    let value_type = asked.value_type.map(|value_type| match value_type {
        entity::ExpectedType::WholeNumber => ValueType::WholeNumber,
        entity::ExpectedType::Decimal => ValueType::Decimal,
        entity::ExpectedType::Date => ValueType::Date,
        entity::ExpectedType::Text => ValueType::Text,
    });
    Ok(Expectation {
        value_type,
        longest: asked.longest.and_then(|longest| u64::try_from(longest).ok()),
        pattern: (!asked.pattern.is_empty()).then(|| Pattern::new(&asked.pattern)).transpose()?,
        codes: asked.allowed().map(str::to_owned).collect(),
    })
}

fn counted(side: Side, column: String, expected: String, found: &Conformance) -> FormatCounts {
    let breaks = [
        ("type", found.breaks.value_type),
        ("length", found.breaks.longest),
        ("pattern", found.breaks.pattern),
        ("allowed values", found.breaks.codes),
    ];
    let breaks = breaks.into_iter().filter(|(_, count)| *count > 0);
    FormatCounts {
        side: match side {
            Side::Left => RunSide::Left,
            Side::Right => RunSide::Right,
        },
        column,
        expected,
        filled: found.filled,
        broken: found.broken,
        breaks: breaks.map(|(cause, count)| CauseCount { cause: cause.into(), count }).collect(),
    }
}

//! What rules would do, told from the first rows of both sides before anything is saved or run: how many values are
//! equal as they are, by what is agreed, and which single further rule would make most more equal. The verdicts are
//! those of a check; nothing is read again.

mod merge;
mod sample;

use std::collections::{HashMap, HashSet};

pub use self::sample::{Sampler, SideSample};

use self::merge::merged;
use crate::{
    error::EngineError,
    judge::{Verdict, verdict},
    normalise,
    report::RecordCounts,
    spec::{Pair, Rule, Side, Spec},
};

/// Values that are judged at most; of more pairs of columns fewer records are compared.
const MOST_VALUES: usize = 1_000_000;

/// Every rule, that which changes least first: of two that gain the same the earlier one is named.
const MILDEST_FIRST: [Rule; 10] = [
    Rule::Blank,
    Rule::Trim,
    Rule::Collapse,
    Rule::CaseFold,
    Rule::Unicode,
    Rule::Number,
    Rule::Date,
    Rule::Zeros,
    Rule::Accents,
    Rule::Punctuation,
];

/// What the first rows of both sides say about a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// Rows looked at on the left and on the right.
    pub rows: [u64; 2],
    /// Whether these are all rows of the left and of the right side.
    pub whole: [bool; 2],
    /// How the records among these rows meet.
    pub records: RecordCounts,
    /// Matched records whose values were compared, the first on the left side first.
    pub compared: u64,
    /// The rule under which most keys that are on one side only would meet. Keys are compared exactly: it says what is
    /// to be mended in the data.
    pub key: Option<Gain>,
    /// Per compared pair, in the order of the check.
    pub fields: Vec<FieldPreview>,
}

/// A pair of columns under its rules and under one more. The first three add up to [`Preview::compared`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldPreview {
    /// Equal as they stand.
    pub equal: u64,
    /// Equal by what is agreed only.
    pub equal_by_rule: u64,
    /// Different.
    pub different: u64,
    /// Different values, of both columns, that the agreed rules make the same as another of their column. Tolerance
    /// and codes do not count.
    pub merged: u64,
    /// The single rule, not agreed yet, that would make most more values equal.
    pub gain: Option<Gain>,
}

/// What one more rule would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gain {
    /// The rule.
    pub rule: Rule,
    /// Values (or keys) that would be equal then and are not now.
    pub more: u64,
    /// Different values (or keys) that it would make the same as another of their column.
    pub merged: u64,
}

/// Judges the samples of both sides. Blocking, for about as long as reading them took.
///
/// # Errors
/// When a column of the check is not in its side.
pub fn preview(left: &SideSample, right: &SideSample, spec: &Spec) -> Result<Preview, EngineError> {
    let keys = [Keys::of(left, Side::Left, spec)?, Keys::of(right, Side::Right, spec)?];
    let (records, mut matched) = meet(&keys);
    matched.truncate(MOST_VALUES / spec.compare.len().max(1));
    let fields = spec.compare.iter().map(|pair| field(left, right, pair, &matched)).collect::<Result<_, _>>()?;
    Ok(Preview {
        rows: [left.rows(), right.rows()],
        whole: [left.whole, right.whole],
        records,
        compared: matched.len() as u64,
        key: key_gain(&keys),
        fields,
    })
}

/// The keys of one side: how many rows have each, and the first of them.
struct Keys<'a> {
    rows: HashMap<Vec<&'a str>, (u32, usize)>,
    /// In the order of their first rows.
    order: Vec<Vec<&'a str>>,
}

impl<'a> Keys<'a> {
    fn of(sample: &'a SideSample, side: Side, spec: &Spec) -> Result<Self, EngineError> {
        let columns =
            spec.key_columns(side).iter().map(|name| sample.column(side, name)).collect::<Result<Vec<_>, _>>()?;
        let mut keys = Self { rows: HashMap::new(), order: Vec::new() };
        for row in 0..sample.batch.num_rows() {
            let parts = columns.iter().map(|column| column.value(row).filter(|part| !part.is_empty()));
            // A row without a key belongs to no record.
            let Some(key) = parts.collect::<Option<Vec<&str>>>() else { continue };
            match keys.rows.get_mut(&key) {
                Some((rows, _)) => *rows += 1,
                None => {
                    keys.order.push(key.clone());
                    keys.rows.insert(key, (1, row));
                }
            }
        }
        Ok(keys)
    }

    fn missing_in<'s>(&'s self, other: &'s Self) -> impl Iterator<Item = &'s Vec<&'a str>> {
        self.order.iter().filter(move |key| !other.rows.contains_key(*key))
    }
}

/// How the records meet, and the rows of those that are once on both sides.
fn meet([left, right]: &[Keys<'_>; 2]) -> (RecordCounts, Vec<(usize, usize)>) {
    let mut counts = RecordCounts::default();
    let mut matched = Vec::new();
    for key in &left.order {
        match (left.rows.get(key), right.rows.get(key)) {
            (Some((1, left)), Some((1, right))) => matched.push((*left, *right)),
            (_, Some(_)) => counts.ambiguous += 1,
            (_, None) => counts.only_left += 1,
        }
    }
    counts.matched = matched.len() as u64;
    counts.only_right = right.missing_in(left).count() as u64;
    (counts, matched)
}

/// The rule under which most keys would meet that do not now; rules that only compare values are none for keys.
fn key_gain([left, right]: &[Keys<'_>; 2]) -> Option<Gain> {
    let plain = |key: &Vec<&str>, rule: Rule| -> Vec<String> {
        key.iter().map(|part| normalise::apply(&[rule], part).into_owned()).collect()
    };
    let rules = MILDEST_FIRST.into_iter().filter(|rule| !matches!(rule, Rule::Blank | Rule::Number | Rule::Date));
    let gains = rules.map(|rule| {
        let lefts: HashSet<_> = left.missing_in(right).map(|key| plain(key, rule)).collect();
        let rights: HashSet<_> = right.missing_in(left).map(|key| plain(key, rule)).collect();
        (rule, lefts.intersection(&rights).count() as u64)
    });
    let (rule, more) = best(gains)?;
    let merged = [left, right].map(|side| {
        let forms: HashSet<_> = side.order.iter().map(|key| plain(key, rule)).collect();
        (side.order.len() - forms.len()) as u64
    });
    Some(Gain { rule, more, merged: merged.iter().sum() })
}

/// The most of all gains that are any; of equal ones the first.
fn best<T>(gains: impl Iterator<Item = (T, u64)>) -> Option<(T, u64)> {
    gains.filter(|(_, more)| *more > 0).reduce(|best, next| if next.1 > best.1 { next } else { best })
}

fn field(
    left: &SideSample,
    right: &SideSample,
    pair: &Pair,
    matched: &[(usize, usize)],
) -> Result<FieldPreview, EngineError> {
    let (left, right) = (left.column(Side::Left, &pair.left)?, right.column(Side::Right, &pair.right)?);
    let numeric = left.numeric && right.numeric;
    let with = |rule: Rule| pair.rules.iter().copied().chain([rule]).collect::<Vec<_>>();
    let open = MILDEST_FIRST.into_iter().filter(|rule| !pair.rules.contains(rule));
    let mut further: Vec<(Rule, Vec<Rule>, u64)> = open.map(|rule| (rule, with(rule), 0)).collect();
    let (mut equal, mut equal_by_rule, mut different) = (0, 0, 0);
    for (left_row, right_row) in matched {
        let (l, r) = (left.value(*left_row), right.value(*right_row));
        match verdict(pair, &pair.rules, numeric, l, r) {
            Verdict::Equal => equal += 1,
            Verdict::EqualByRule => equal_by_rule += 1,
            Verdict::Different => {
                different += 1;
                for (_, rules, more) in &mut further {
                    *more += u64::from(verdict(pair, rules, numeric, l, r) != Verdict::Different);
                }
            }
        }
    }
    let values = [left.distinct(), right.distinct()];
    let joined = |rules: &[Rule]| values.iter().map(|values| merged(values, rules, numeric)).sum::<u64>();
    let now = joined(&pair.rules);
    let gain = best(further.into_iter().map(|(rule, rules, more)| ((rule, rules), more)));
    let gain = gain.map(|((rule, rules), more)| Gain { rule, more, merged: joined(&rules).saturating_sub(now) });
    Ok(FieldPreview { equal, equal_by_rule, different, merged: now, gain })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_tried_once() {
        let mut tried = MILDEST_FIRST;
        tried.sort_unstable();
        let mut all = Rule::ALL.to_vec();
        all.sort_unstable();
        assert_eq!(tried.to_vec(), all);
    }
}

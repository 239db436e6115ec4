//! The verdict on one field of one matched record, and the sums of these verdicts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    cause::{self, Cause, CodeList, Codes},
    decimal, normalise,
    report::FieldCounts,
    spec::{Pair, Rule},
};

/// What a pair of values is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Equal,
    EqualByRule,
    Different,
}

/// A pair of values with the verdict on it.
#[derive(Clone, Copy)]
pub(crate) struct Judged<'a> {
    pub(crate) left: Option<&'a str>,
    pub(crate) right: Option<&'a str>,
    pub(crate) verdict: Verdict,
    /// Why, for everything but plain equality.
    pub(crate) cause: Option<Cause>,
}

impl Judged<'_> {
    pub(crate) fn is_weak(&self) -> bool {
        self.cause.is_some_and(Cause::is_weak)
    }
}

/// Judges one pair of columns.
pub(crate) struct FieldJudge {
    pair: Pair,
    /// Both columns are numeric, so values compare as decimals.
    numeric: bool,
    equal: u64,
    equal_by_rule: u64,
    different: u64,
    causes: BTreeMap<Cause, (u64, u64)>,
    only_left: u64,
    only_right: u64,
    both: u64,
    codes: Codes,
}

/// What is known about a compared pair beyond its three counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldDetail {
    /// Column of the left side.
    pub left: String,
    /// Column of the right side.
    pub right: String,
    /// Whether values were compared as decimals (both columns numeric) or as text.
    pub numeric: bool,
    /// Why values were not equal as they stand; causes that did not occur are left out.
    pub causes: Vec<CauseCount>,
    /// Cells of those that differ that hold a value on the left side only; blank text is no value.
    pub only_left: u64,
    /// The same for the right side.
    pub only_right: u64,
    /// The same with a value on both sides.
    pub both: u64,
}

/// How often a cause occurred in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CauseCount {
    /// The cause.
    pub cause: Cause,
    /// Among the values that differ.
    pub different: u64,
    /// Among the values that are equal by rule.
    pub equal_by_rule: u64,
}

impl FieldJudge {
    /// `equal` pairs of values were found equal before.
    pub(crate) fn new(pair: &Pair, numeric: bool, equal: u64) -> Self {
        Self {
            pair: pair.clone(),
            numeric,
            equal,
            equal_by_rule: 0,
            different: 0,
            causes: BTreeMap::new(),
            only_left: 0,
            only_right: 0,
            both: 0,
            codes: Codes::default(),
        }
    }

    /// Judges without counting: the other fields of the record may change the cause.
    pub(crate) fn judge<'a>(&self, left: Option<&'a str>, right: Option<&'a str>) -> Judged<'a> {
        let verdict = verdict(&self.pair, &self.pair.rules, self.numeric, left, right);
        let cause = (verdict != Verdict::Equal).then(|| cause::explain(left, right, self.numeric));
        Judged { left, right, verdict, cause }
    }

    pub(crate) fn count(&mut self, judged: &Judged<'_>) {
        match judged.verdict {
            Verdict::Equal => self.equal += 1,
            Verdict::EqualByRule => self.equal_by_rule += 1,
            Verdict::Different => self.different += 1,
        }
        if judged.verdict == Verdict::Different {
            let filled = |value: Option<&str>| value.is_some_and(|text| !text.trim().is_empty());
            match (filled(judged.left), filled(judged.right)) {
                (true, false) => self.only_left += 1,
                (false, true) => self.only_right += 1,
                (true, true) => self.both += 1,
                (false, false) => {}
            }
        }
        let Some(cause) = judged.cause else { return };
        let (different, by_rule) = self.causes.entry(cause).or_default();
        *(if judged.verdict == Verdict::Different { different } else { by_rule }) += 1;
        if let (true, Some(left), Some(right)) = (cause.may_be_code(), judged.left, judged.right) {
            self.codes.see(left, right, cause);
        }
    }

    /// The sums, what is known beyond them, and the pairs of values that turned out to be codes.
    pub(crate) fn finish(self) -> (FieldCounts, FieldDetail, CodeList) {
        let Self { pair, numeric, equal, equal_by_rule, different, mut causes, only_left, only_right, both, codes } =
            self;
        let Pair { left, right, .. } = pair;
        let list = codes.list();
        for (cause, times) in codes.times(&list) {
            if let Some((different, _)) = causes.get_mut(&cause) {
                *different -= times;
            }
            causes.entry(Cause::CodeList).or_default().0 += times;
        }
        causes.retain(|_, (different, by_rule)| *different + *by_rule > 0);
        let causes = causes
            .into_iter()
            .map(|(cause, (different, equal_by_rule))| CauseCount { cause, different, equal_by_rule })
            .collect();
        let detail =
            FieldDetail { left: left.clone(), right: right.clone(), numeric, causes, only_left, only_right, both };
        (FieldCounts { left, right, equal, equal_by_rule, different }, detail, list)
    }
}

/// The verdict on two values of a pair of columns under `rules`, which may be others than those agreed for it.
///
/// NULL equals NULL and nothing else, unless the rule for blanks is agreed. The same text is equal, unless a code list
/// gives the left one another meaning; two numeric columns compare as decimals, which cannot turn equal texts into
/// different ones. The empty text of a numeric CSV column is no number and equals only itself.
pub(crate) fn verdict(pair: &Pair, rules: &[Rule], numeric: bool, left: Option<&str>, right: Option<&str>) -> Verdict {
    let (left_text, right_text) = match (left, right) {
        (None, None) => return Verdict::Equal,
        (Some(left), Some(right)) => (left, right),
        _ if both_blank(rules, left, right) => return Verdict::EqualByRule,
        _ => return Verdict::Different,
    };
    let same = |left: &str| left == right_text || (numeric && decimal::equal(left, right_text));
    let translated = pair.codes.as_ref().and_then(|codes| codes.translate(left_text));
    match translated {
        None if same(left_text) => Verdict::Equal,
        Some(left_text) if same(left_text) => Verdict::EqualByRule,
        _ if agreed(pair, rules, translated.unwrap_or(left_text), right_text) => Verdict::EqualByRule,
        _ => Verdict::Different,
    }
}

/// Whether two texts that are not the same are so by what was agreed.
fn agreed(pair: &Pair, rules: &[Rule], left: &str, right: &str) -> bool {
    if both_blank(rules, Some(left), Some(right)) {
        return true;
    }
    normalise::apply(rules, left) == normalise::apply(rules, right)
        || (rules.contains(&Rule::Number) && cause::same_number(left, right))
        || (rules.contains(&Rule::Date) && cause::moments_apart(left, right).is_some_and(|apart| apart.is_zero()))
        || pair.tolerance.as_ref().is_some_and(|tolerance| tolerance.admits(left, right))
}

fn both_blank(rules: &[Rule], left: Option<&str>, right: Option<&str>) -> bool {
    rules.contains(&Rule::Blank) && is_blank(left) && is_blank(right)
}

/// NULL, the empty text or mere white space.
pub(crate) fn is_blank(value: Option<&str>) -> bool {
    value.is_none_or(|text| text.trim().is_empty())
}

//! The verdict on one field of one matched record, and the sums of these verdicts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    cause::{self, Cause},
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

/// Judges one pair of columns.
pub(crate) struct FieldJudge {
    left: String,
    right: String,
    rules: Vec<Rule>,
    /// Both columns are numeric, so values compare as decimals.
    numeric: bool,
    equal: u64,
    equal_by_rule: u64,
    different: u64,
    causes: BTreeMap<Cause, (u64, u64)>,
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
            left: pair.left.clone(),
            right: pair.right.clone(),
            rules: pair.rules.clone(),
            numeric,
            equal,
            equal_by_rule: 0,
            different: 0,
            causes: BTreeMap::new(),
        }
    }

    /// Judges and counts; the cause is given for everything but plain equality.
    pub(crate) fn judge(&mut self, left: Option<&str>, right: Option<&str>) -> (Verdict, Option<Cause>) {
        let verdict = self.verdict(left, right);
        match verdict {
            Verdict::Equal => {
                self.equal += 1;
                return (verdict, None);
            }
            Verdict::EqualByRule => self.equal_by_rule += 1,
            Verdict::Different => self.different += 1,
        }
        let cause = cause::explain(left, right, self.numeric);
        let (different, by_rule) = self.causes.entry(cause).or_default();
        *(if verdict == Verdict::Different { different } else { by_rule }) += 1;
        (verdict, Some(cause))
    }

    /// NULL equals NULL and nothing else. The same text is equal in any case; two numeric columns compare
    /// as decimals, which cannot turn equal texts into different ones. The empty text of a numeric CSV
    /// column is no number and equals only itself. Rules are applied to whatever is not equal yet; on
    /// plain numbers they have nothing to remove, so for numeric columns they change no verdict.
    fn verdict(&self, left: Option<&str>, right: Option<&str>) -> Verdict {
        let (left, right) = match (left, right) {
            (None, None) => return Verdict::Equal,
            (Some(left), Some(right)) => (left, right),
            _ => return Verdict::Different,
        };
        if left == right || (self.numeric && decimal::equal(left, right)) {
            Verdict::Equal
        } else if !self.rules.is_empty() && normalise::apply(&self.rules, left) == normalise::apply(&self.rules, right)
        {
            Verdict::EqualByRule
        } else {
            Verdict::Different
        }
    }

    pub(crate) fn finish(self) -> (FieldCounts, FieldDetail) {
        let Self { left, right, numeric, equal, equal_by_rule, different, causes, .. } = self;
        let causes = causes
            .into_iter()
            .map(|(cause, (different, equal_by_rule))| CauseCount { cause, different, equal_by_rule })
            .collect();
        let detail = FieldDetail { left: left.clone(), right: right.clone(), numeric, causes };
        (FieldCounts { left, right, equal, equal_by_rule, different }, detail)
    }
}

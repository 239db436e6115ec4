//! What changed between two runs of one check: counts beside counts, never beside those of another question.

use crate::number;
use domain::{CauseCount, Run, RunTotals};
use serde::{Deserialize, Serialize};

/// What changed since the run before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// Number of the run before: the newest one of the same check that had a result.
    pub before: i64,
    /// The changes; `None` where the check or a rule was changed in between, which makes the counts answers to two
    /// questions.
    pub counts: Option<DriftCounts>,
    /// Rules that both runs applied, and in different versions.
    pub rules: Vec<String>,
}

/// Changes of counts; what grew is above zero.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriftCounts {
    /// Rows of the left side.
    pub left_rows: i64,
    /// Rows of the right side.
    pub right_rows: i64,
    /// Records that met a single partner.
    pub matched: i64,
    /// Records without a single partner.
    pub ambiguous: i64,
    /// Records that the left side lacks.
    pub missing_left: i64,
    /// Records that the right side lacks.
    pub missing_right: i64,
    /// Records in sync on every point.
    pub in_sync: i64,
    /// Per compared pair of columns, in the order of the check.
    pub points: Vec<PointDrift>,
}

/// Changes of one compared pair of columns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointDrift {
    /// Values equal as they are.
    pub equal: i64,
    /// Values equal by the agreed rules only.
    pub by_rule: i64,
    /// Values that differ.
    pub different: i64,
    /// Causes that the run before did not have, with how many values each has now.
    pub new_causes: Vec<CauseCount>,
}

/// What changed between a run with a result and the newest one before it that had one, among runs in any order.
/// `None` where there is no such run.
pub fn drift(runs: &[Run], run: &Run) -> Option<Drift> {
    let now = run.totals.as_ref()?;
    let earlier = runs.iter().filter(|r| r.check == run.check && r.number < run.number);
    let (before, totals) = earlier.filter_map(|r| Some((r, r.totals.as_ref()?))).max_by_key(|(r, _)| r.number)?;
    let rules = changed_rules(totals, now);
    let same = before.spec_hash == run.spec_hash && totals.fields.len() == now.fields.len() && rules.is_empty();
    Some(Drift { before: before.number, counts: same.then(|| counts(totals, now)), rules })
}

/// A run that kept no versions is of the time when each rule was in its first.
fn changed_rules(before: &RunTotals, now: &RunTotals) -> Vec<String> {
    let then = |rule: &str| match before.rules.iter().find(|used| used.rule == rule) {
        Some(used) => Some(used.version),
        None => before.rules.is_empty().then_some(1),
    };
    let changed = now.rules.iter().filter(|used| then(&used.rule).is_some_and(|version| version != used.version));
    changed.map(|used| used.rule.clone()).collect()
}

fn counts(before: &RunTotals, now: &RunTotals) -> DriftCounts {
    let points = before.fields.iter().zip(&now.fields).map(|(before, now)| {
        let known = |cause: &&CauseCount| !before.causes.iter().any(|b| b.cause == cause.cause);
        PointDrift {
            equal: change(before.equal, now.equal),
            by_rule: change(before.equal_by_rule, now.equal_by_rule),
            different: change(before.different, now.different),
            new_causes: now.causes.iter().filter(known).cloned().collect(),
        }
    });
    DriftCounts {
        left_rows: change(before.left.rows, now.left.rows),
        right_rows: change(before.right.rows, now.right.rows),
        matched: change(before.records.matched, now.records.matched),
        ambiguous: change(before.records.ambiguous, now.records.ambiguous),
        missing_left: change(before.records.only_right, now.records.only_right),
        missing_right: change(before.records.only_left, now.records.only_left),
        in_sync: change(before.in_sync, now.in_sync),
        points: points.collect(),
    }
}

fn change(before: u64, now: u64) -> i64 {
    let apart = i64::try_from(now.abs_diff(before)).unwrap_or(i64::MAX);
    if now < before { -apart } else { apart }
}

impl DriftCounts {
    /// Whether the copies came apart anywhere: more that differs, lacks a partner or is missing, or a new cause.
    pub fn worse(&self) -> bool {
        let records = [self.ambiguous, self.missing_left, self.missing_right];
        records.iter().any(|n| *n > 0) || self.points.iter().any(|p| p.different > 0 || !p.new_causes.is_empty())
    }

    /// Whether the two sides stand otherwise to each other than before. That both have more records which are equal
    /// is no drift.
    pub fn drifted(&self) -> bool {
        let records = [self.ambiguous, self.missing_left, self.missing_right];
        self.worse()
            || records.iter().any(|n| *n != 0)
            || self.points.iter().any(|p| p.different != 0 || p.by_rule != 0)
    }
}

impl Drift {
    /// In one sentence without full stop, largest changes first; `names` are those of the compared points.
    pub fn words(&self, names: &[String]) -> String {
        let since = format!("since run {}", self.before);
        let Some(counts) = &self.counts else {
            if !self.rules.is_empty() {
                let rules = self.rules.join(", ");
                return format!("another version of {rules} applies {since}: their counts are not compared");
            }
            return format!("the check was changed {since}: their counts are not compared");
        };
        let mut changes: Vec<(i64, String)> = Vec::new();
        for (place, point) in counts.points.iter().enumerate() {
            let name = names.get(place).map_or("a point", String::as_str);
            changes.push((point.different, format!("different in {name}")));
            changes.push((point.by_rule, format!("equal by rule only in {name}")));
        }
        changes.push((counts.missing_left, "missing left".to_owned()));
        changes.push((counts.missing_right, "missing right".to_owned()));
        changes.push((counts.ambiguous, "without a single partner".to_owned()));
        changes.retain(|(n, _)| *n != 0);
        changes.sort_by_key(|(n, _)| std::cmp::Reverse(n.unsigned_abs()));
        let more = changes.len().saturating_sub(SAID);
        let mut words: Vec<String> =
            changes.iter().take(SAID).map(|(n, what)| format!("{} {what}", more_or_fewer(*n))).collect();
        if more > 0 {
            words.push(format!("{more} more changes"));
        }
        let causes = counts.points.iter().enumerate().flat_map(|(place, point)| {
            let name = names.get(place).map_or("a point", String::as_str);
            point.new_causes.iter().map(move |cause| format!("{} in {name}", cause.cause))
        });
        let causes: Vec<String> = causes.take(SAID).collect();
        if !causes.is_empty() {
            words.push(format!("new: {}", causes.join(", ")));
        }
        if words.is_empty() { format!("{since}: nothing drifted") } else { format!("{since}: {}", words.join(", ")) }
    }
}

/// Changes that a sentence names before it only counts.
const SAID: usize = 4;

/// "12 more" or "4 fewer".
fn more_or_fewer(n: i64) -> String {
    format!("{} {}", number(n.unsigned_abs()), if n < 0 { "fewer" } else { "more" })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use domain::{FieldCounts, RecordCounts, RuleUsed, RunState, SideCounts, Timestamp};

    /// An id that ends in this number.
    fn id<T: std::str::FromStr>(n: i64) -> T
    where
        T::Err: std::fmt::Debug,
    {
        format!("00000000-0000-7000-8000-{n:012}").parse().unwrap()
    }

    fn field(equal: u64, equal_by_rule: u64, different: u64, causes: &[(&str, u64)]) -> FieldCounts {
        let causes = causes.iter().map(|(cause, count)| CauseCount { cause: (*cause).into(), count: *count }).collect();
        FieldCounts {
            left: "city".into(),
            right: "town".into(),
            equal,
            equal_by_rule,
            different,
            causes,
            ..FieldCounts::default()
        }
    }

    fn run(number: i64, spec: &str, totals: Option<RunTotals>) -> Run {
        Run {
            id: id(number),
            number,
            check: id(100),
            state: if totals.is_some() { RunState::Done } else { RunState::Failed },
            by: id(200),
            by_name: String::new(),
            queued_at: Timestamp::UNIX_EPOCH,
            ended_at: None,
            spec_hash: spec.into(),
            slice_hash: String::new(),
            left_hash: None,
            right_hash: None,
            totals,
            result_hash: None,
            message: None,
            took_ms: None,
        }
    }

    fn totals(rows: u64, only_left: u64, only_right: u64, fields: Vec<FieldCounts>) -> RunTotals {
        let records = RecordCounts { matched: rows, ambiguous: 0, only_left, only_right };
        let side = SideCounts { rows, ..SideCounts::default() };
        RunTotals { left: side, right: side, records, fields, ..RunTotals::default() }
    }

    #[test]
    fn counts_are_compared_with_the_newest_result_before() {
        let first = totals(100, 9, 0, vec![field(90, 5, 5, &[("case", 5)])]);
        let last = totals(110, 5, 0, vec![field(88, 5, 17, &[("case", 7), ("typo", 10)])]);
        let mut other = run(4, "a", Some(first.clone()));
        other.check = id(101);
        // In any order, with one that failed between, one of another check, and a later one.
        let runs =
            [run(6, "a", Some(first.clone())), other, run(3, "a", Some(first)), run(4, "a", None), run(1, "b", None)];
        let found = drift(&runs, &run(5, "a", Some(last))).unwrap();
        assert_eq!(found.before, 3);
        let counts = found.counts.as_ref().unwrap();
        assert_eq!((counts.left_rows, counts.right_rows, counts.matched), (10, 10, 10));
        assert_eq!((counts.missing_left, counts.missing_right), (0, -4));
        let point = &counts.points[0];
        assert_eq!((point.equal, point.by_rule, point.different), (-2, 0, 12));
        assert_eq!(point.new_causes, [CauseCount { cause: "typo".into(), count: 10 }]);
        assert!(counts.worse() && counts.drifted());
        assert_eq!(
            found.words(&["city".to_owned()]),
            "since run 3: 12 more different in city, 4 fewer missing right, new: typo in city"
        );
    }

    #[test]
    fn growth_alone_and_repair_are_no_worsening() {
        let compared = |before: RunTotals, now: RunTotals| {
            let found = drift(&[run(1, "a", Some(before))], &run(2, "a", Some(now))).unwrap();
            (found.words(&["city".into()]), found.counts.unwrap())
        };
        let (words, grown) =
            compared(totals(10, 0, 0, vec![field(10, 0, 0, &[])]), totals(20, 0, 0, vec![field(20, 0, 0, &[])]));
        assert!(!grown.worse() && !grown.drifted());
        assert_eq!((words.as_str(), grown.matched), ("since run 1: nothing drifted", 10));
        let (words, mended) = compared(
            totals(10, 0, 0, vec![field(5, 0, 5, &[("case", 5)])]),
            totals(10, 0, 0, vec![field(9, 0, 1, &[("case", 1)])]),
        );
        assert!(!mended.worse() && mended.drifted());
        assert_eq!(words, "since run 1: 4 fewer different in city");
    }

    #[test]
    fn another_question_is_not_compared() {
        let same = totals(10, 0, 0, vec![field(10, 0, 0, &[])]);
        let found = drift(&[run(1, "a", Some(same.clone()))], &run(2, "b", Some(same.clone()))).unwrap();
        assert_eq!(found.counts, None);
        assert_eq!(found.words(&[]), "the check was changed since run 1: their counts are not compared");
        let with = |version| {
            let rules = vec![RuleUsed { rule: "trim".into(), version }];
            RunTotals { rules, ..same.clone() }
        };
        let counted = |before: RunTotals, now| drift(&[run(1, "b", Some(before))], &run(2, "b", Some(now))).unwrap();
        let found = counted(with(1), with(2));
        assert_eq!((found.counts.as_ref(), found.rules.as_slice()), (None, ["trim".to_owned()].as_slice()));
        assert_eq!(found.words(&[]), "another version of trim applies since run 1: their counts are not compared");
        assert!(counted(same.clone(), with(1)).counts.is_some(), "what was not kept was the first version");
        assert!(counted(same.clone(), with(2)).counts.is_none() && counted(with(2), with(2)).counts.is_some());
        assert_eq!(drift(&[], &run(2, "b", Some(same.clone()))), None);
        assert_eq!(drift(&[], &run(2, "b", None)), None);
    }

    #[test]
    fn a_long_sentence_counts_the_rest() {
        let fields = |n: u64| (0..6_u64).map(|place| field(10 - n * (place + 1), 0, n * (place + 1), &[])).collect();
        let found =
            drift(&[run(1, "a", Some(totals(10, 0, 0, fields(0))))], &run(2, "a", Some(totals(10, 0, 0, fields(1)))));
        let names: Vec<String> = ["a", "b", "c", "d", "e", "f"].map(String::from).to_vec();
        assert_eq!(
            found.unwrap().words(&names),
            "since run 1: 6 more different in f, 5 more different in e, 4 more different in d, 3 more different in c, 2 more changes"
        );
    }
}

//! What a preview says of rules, against the check itself and against a plain recount pair by pair.

use std::collections::BTreeSet;

use proptest::prelude::*;
use reconcile::{Class, Filter, Gain, Rule, Sampler, SideSample, Spec, page, preview};

use crate::tables::{Rows, Table, run_with, settings, spec};

fn sample(table: &Table) -> SideSample {
    let mut sampler = Sampler::new(1000, 1 << 20);
    for rows in table.rows.chunks(3) {
        sampler.add(&table.batch(rows)).unwrap();
    }
    sampler.finish(Some(&table.schema())).unwrap()
}

#[test]
fn the_best_single_rule_is_named_with_its_price() {
    let left = Table::new("k v", &["1 Ann_", "2 Bob", "3 bob", "4 Cleo", "5 Dan_", "6 Eve", "7 x"]);
    let right = Table::new("k v", &["1 Ann", "2 Bob", "3 Bob", "4 Cleo_", "5 Dan", "6 Eva", "8 x"]);
    let seen = preview(&sample(&left), &sample(&right), &spec("k", "v", "")).unwrap();
    assert_eq!((seen.records.matched, seen.records.only_left, seen.records.only_right), (6, 1, 1));
    assert_eq!((seen.compared, seen.rows, seen.whole), (6, [7, 7], [true, true]));
    let field = &seen.fields[0];
    assert_eq!((field.equal, field.equal_by_rule, field.different, field.merged), (1, 0, 5, 0));
    assert_eq!(field.gain, Some(Gain { rule: Rule::Trim, more: 3, merged: 0 }));
    // With that agreed, case is next, and makes Bob and bob one.
    let seen = preview(&sample(&left), &sample(&right), &spec("k", "v", "trim")).unwrap();
    let field = &seen.fields[0];
    assert_eq!((field.equal, field.equal_by_rule, field.different, field.merged), (1, 3, 2, 0));
    assert_eq!(field.gain, Some(Gain { rule: Rule::CaseFold, more: 1, merged: 1 }));
    let seen = preview(&sample(&left), &sample(&right), &spec("k", "v", "trim,casefold")).unwrap();
    assert_eq!((seen.fields[0].different, seen.fields[0].merged, seen.fields[0].gain), (1, 1, None));
}

#[test]
fn keys_that_would_meet_and_keys_that_would_merge_are_told() {
    let left = Table::new("k v", &["a1 x", "A2 x", "a3 x", "A3 x", "b x", "b x", "'' x", "∅ x"]);
    let right = Table::new("k v", &["A1 x", "a2 x", "b x", "c x"]);
    let seen = preview(&sample(&left), &sample(&right), &spec("k", "v", "")).unwrap();
    assert_eq!(seen.key, Some(Gain { rule: Rule::CaseFold, more: 2, merged: 1 }), "a3 and A3 would be one");
    let r = seen.records;
    assert_eq!((r.matched, r.ambiguous, r.only_left, r.only_right), (0, 1, 4, 3));
    let seen = preview(&sample(&left), &sample(&left), &spec("k", "v", "")).unwrap();
    assert_eq!(seen.key, None, "every key has its partner");
}

#[test]
fn the_sample_is_bounded_by_rows_and_by_bytes_and_says_so() {
    let rows: Vec<String> = (0..100).map(|n| format!("{n} {}", "x".repeat(98))).collect();
    let table = Table::new("k v", &rows.iter().map(String::as_str).collect::<Vec<_>>());
    let kept = |most_rows, most_bytes| {
        let mut sampler = Sampler::new(most_rows, most_bytes);
        for rows in table.rows.chunks(8) {
            sampler.add(&table.batch(rows)).unwrap();
        }
        let sample = sampler.finish(Some(&table.schema())).unwrap();
        (sample.rows(), sample.whole)
    };
    assert_eq!(kept(100, 1 << 20), (100, true));
    assert_eq!(kept(99, 1 << 20), (99, false));
    let (rows, whole) = kept(100, 5000);
    assert!((26..=50).contains(&rows) && !whole, "{rows} rows of 100 bytes in 5000");
    // A side that was not read to its end is never the whole.
    let mut sampler = Sampler::new(1000, 1 << 20);
    sampler.add(&table.batch(&table.rows)).unwrap();
    assert!(!sampler.finish(None).unwrap().whole);
    let missing = preview(&sample(&table), &sample(&table), &spec("k", "street", "")).unwrap_err().to_string();
    assert!(missing.contains("no column `street`"), "{missing}");
    let empty = sample(&Table::new("k v", &[]));
    assert_eq!(preview(&empty, &empty, &spec("k", "v", "")).unwrap().fields[0].different, 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// The counts are those of a check of the same rows under the same rules; the gain is that of the best check with
    /// one rule more; what merges is recounted by comparing every value of a column with every other.
    #[test]
    fn a_preview_agrees_with_checks_and_with_a_plain_recount(
        left in table(), right in table(), agreed in prop::collection::btree_set(0..Rule::ALL.len(), 0..3),
    ) {
        let name = |at: &usize| Rule::ALL[*at].name();
        let rules: Vec<&str> = agreed.iter().map(name).collect();
        let seen = preview(&sample(&left), &sample(&right), &spec("k", "v", &rules.join(","))).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let staged = (left.stage(&dir.path().join("l.parquet")), right.stage(&dir.path().join("r.parquet")));
        let check = |spec: &Spec| run_with(&staged.0, &staged.1, spec, &settings(dir.path()));
        let now = check(&spec("k", "v", &rules.join(",")));
        prop_assert_eq!(seen.records, now.report.records);
        let (field, counts) = (&seen.fields[0], &now.report.fields[0]);
        prop_assert_eq!(
            (field.equal, field.equal_by_rule, field.different),
            (counts.equal, counts.equal_by_rule, counts.different)
        );
        let numeric = now.fields[0].numeric;
        let merged = |rules: &[&str]| merges(&left, rules, numeric) + merges(&right, rules, numeric);
        prop_assert_eq!(field.merged, merged(&rules));
        let further = (0..Rule::ALL.len()).filter(|at| !agreed.contains(at)).map(|at| {
            let with: Vec<&str> = rules.iter().copied().chain([name(&at)]).collect();
            (Rule::ALL[at], counts.different - check(&spec("k", "v", &with.join(","))).report.fields[0].different)
        });
        let further: Vec<(Rule, u64)> = further.collect();
        let best = further.iter().map(|(_, more)| *more).max().unwrap_or_default();
        prop_assert_eq!(field.gain.map_or(0, |gain| gain.more), best);
        if let Some(gain) = field.gain {
            prop_assert!(further.contains(&(gain.rule, gain.more)));
            let with: Vec<&str> = rules.iter().copied().chain([gain.rule.name()]).collect();
            prop_assert_eq!(gain.merged, merged(&with) - merged(&rules));
        }
    }
}

pub fn table() -> impl Strategy<Value = Table> {
    prop::collection::vec((key(), value()), 0..8).prop_map(|rows| Table {
        columns: ["k", "v"].map(str::to_owned).to_vec(),
        rows: rows.into_iter().map(|(key, value)| vec![key, value]).collect(),
        numeric: vec![None, None],
    })
}

fn key() -> impl Strategy<Value = Option<String>> {
    prop::sample::select(vec!["a", "b", "c", "d", "e", "A", ""]).prop_map(|s| Some(s.to_owned()))
}

fn value() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        1 => Just(None),
        8 => prop::sample::select(vec![
            "", " ", "a", "A", " a", "á", "a\u{301}", "a-", "1", "1.0", "1,0", "01", "1.000", "1000", "1'000.0",
            "2024-03-05", "05.03.2024", "20240305", "03/05/2024",
        ]).prop_map(|s| Some(s.to_owned())),
    ]
}

/// How many different values of the second column are one with another by these rules: each is compared with each by a
/// check, and groups are followed from value to value.
fn merges(table: &Table, rules: &[&str], numeric: bool) -> u64 {
    groups(table, &[], numeric) - groups(table, rules, numeric)
}

fn groups(table: &Table, rules: &[&str], numeric: bool) -> u64 {
    let values: BTreeSet<Option<String>> = table.rows.iter().map(|row| row[1].clone()).collect();
    let values: Vec<Option<String>> = values.into_iter().collect();
    let (mut lefts, mut rights): (Rows, Rows) = (Vec::new(), Vec::new());
    for (l, left) in values.iter().enumerate() {
        for (r, right) in values.iter().enumerate() {
            lefts.push(vec![Some(format!("{l}-{r}")), left.clone()]);
            rights.push(vec![Some(format!("{l}-{r}")), right.clone()]);
        }
    }
    let stage = |rows, path| {
        let columns = ["k", "v"].map(str::to_owned).to_vec();
        Table { columns, rows, numeric: vec![None, Some(numeric)] }.stage(path)
    };
    let dir = tempfile::tempdir().unwrap();
    let (left, right) = (stage(lefts, &dir.path().join("l.parquet")), stage(rights, &dir.path().join("r.parquet")));
    let settings = settings(dir.path());
    run_with(&left, &right, &spec("k", "v", &rules.join(",")), &settings);
    let different = Filter { class: Some(Class::Different), ..Filter::default() };
    let found = page(settings.differences.as_deref().unwrap(), &different, 0, 10_000).unwrap();
    let apart: BTreeSet<String> = found.entries.into_iter().map(|entry| entry.key.concat()).collect();
    let mut open: BTreeSet<usize> = (0..values.len()).collect();
    let mut groups = 0;
    while let Some(first) = open.pop_first() {
        groups += 1;
        let mut reached = vec![first];
        while let Some(at) = reached.pop() {
            let near: Vec<usize> = open.iter().copied().filter(|n| !apart.contains(&format!("{at}-{n}"))).collect();
            open.retain(|n| !near.contains(n));
            reached.extend(near);
        }
    }
    groups
}

//! A finished check under other rules, against a check of its own with these rules.

use std::collections::BTreeSet;

use proptest::prelude::*;
use reconcile::{CodeMap, Rule, Tolerance, compared, recount};

use crate::{
    preview::table,
    tables::{Table, run_with, settings, spec},
};

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn other_rules_count_what_a_check_with_them_counts(
        left in table(), right in table(),
        before in prop::collection::btree_set(0..Rule::ALL.len(), 0..3),
        after in prop::collection::btree_set(0..Rule::ALL.len(), 0..4),
        more in any::<bool>(),
    ) {
        let rules = |set: &BTreeSet<usize>| -> Vec<Rule> { set.iter().map(|at| Rule::ALL[*at]).collect() };
        // The same column twice: once under rules, once under none, with a tolerance and codes on demand.
        let agreed = |set: &BTreeSet<usize>| {
            let mut spec = spec("k", "v,v", "");
            spec.compare[0].rules = rules(set);
            if more {
                spec.compare[1].tolerance = Some(Tolerance::parse("1").unwrap());
                spec.compare[1].codes = Some(CodeMap::new([("a".to_owned(), "1".to_owned())]).unwrap());
            }
            spec
        };
        let dir = tempfile::tempdir().unwrap();
        let (l, r) = (left.stage(&dir.path().join("l.parquet")), right.stage(&dir.path().join("r.parquet")));
        let settings = settings(dir.path());
        run_with(&l, &r, &agreed(&before), &settings);
        let kept = settings.differences.clone().unwrap();
        prop_assert_eq!(compared(&kept).unwrap(), agreed(&before));
        let found = recount(&kept, [&l.path, &r.path], &[rules(&after), Vec::new()]).unwrap();
        let other = reconcile::Settings { differences: None, ..settings };
        let expected = run_with(&l, &r, &agreed(&after), &other);
        let counts: Vec<_> = expected.report.fields.iter().map(|f| (f.equal_by_rule, f.different)).collect();
        prop_assert_eq!(found.fields, counts);
        prop_assert_eq!(expected.report.records.matched - found.unequal, expected.in_sync);
    }
}

#[test]
fn what_does_not_fit_or_is_gone_is_said_in_words() {
    let dir = tempfile::tempdir().unwrap();
    let table = Table::new("k v", &["1 a"]);
    let (l, r) = (table.stage(&dir.path().join("l.parquet")), table.stage(&dir.path().join("r.parquet")));
    let settings = settings(dir.path());
    run_with(&l, &r, &spec("k", "v", ""), &settings);
    let kept = settings.differences.unwrap();
    let error = recount(&kept, [&l.path, &r.path], &[]).unwrap_err().to_string();
    assert!(error.contains("1 pairs were compared; there are rules for 0"), "{error}");
    let error = recount(&l.path, [&l.path, &r.path], &[Vec::new()]).unwrap_err().to_string();
    assert!(error.contains("holds no differences of a check"), "{error}");
    let error = recount(&dir.path().join("gone.parquet"), [&l.path, &r.path], &[Vec::new()]).unwrap_err().to_string();
    assert!(error.contains("cannot read gone.parquet"), "{error}");
}

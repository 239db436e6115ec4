//! One test per sentence of the contract of `plumbline check`.

use reconcile::{FieldCounts, RecordCounts, SideCounts, parse_pairs, parse_rules};

use crate::tables::{Table, first_field, run};

#[test]
fn the_object_has_exactly_these_fields_in_this_order() {
    let table = Table::new("k v", &["1 a"]);
    let report = run(&table, &table, "k", "v", "").report;
    let hash = &report.result_sha256;
    assert_eq!(hash.len(), 64);
    assert_eq!(
        serde_json::to_string(&report).unwrap(),
        format!(
            "{{\"left\":{{\"rows\":1,\"empty_keys\":0,\"duplicate_keys\":0,\"duplicate_rows\":0}},\
             \"right\":{{\"rows\":1,\"empty_keys\":0,\"duplicate_keys\":0,\"duplicate_rows\":0}},\
             \"records\":{{\"matched\":1,\"ambiguous\":0,\"only_left\":0,\"only_right\":0}},\
             \"fields\":[{{\"left\":\"v\",\"right\":\"v\",\"equal\":1,\"equal_by_rule\":0,\"different\":0}}],\
             \"result_sha256\":\"{hash}\"}}"
        )
    );
}

#[test]
fn the_hash_is_over_the_canonical_json_without_the_hash() {
    use sha2::{Digest, Sha256};
    let table = Table::new("k v", &["1 a"]);
    let report = run(&table, &table, "k", "v", "").report;
    let canonical = "{\"fields\":[{\"different\":0,\"equal\":1,\"equal_by_rule\":0,\"left\":\"v\",\"right\":\"v\"}],\
        \"left\":{\"duplicate_keys\":0,\"duplicate_rows\":0,\"empty_keys\":0,\"rows\":1},\
        \"records\":{\"ambiguous\":0,\"matched\":1,\"only_left\":0,\"only_right\":0},\
        \"right\":{\"duplicate_keys\":0,\"duplicate_rows\":0,\"empty_keys\":0,\"rows\":1}}";
    let expected: String = Sha256::digest(canonical).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(report.result_sha256, expected);
    assert_eq!(report.hash().unwrap(), expected);
}

#[test]
fn a_row_with_a_null_or_empty_key_part_is_counted_in_empty_keys_and_nowhere_else() {
    let left = Table::new("a b v", &["1 1 x", "∅ 1 x", "1 ∅ x", "'' 1 x", "1 '' x", "∅ ∅ x", "∅ 1 x"]);
    let right = Table::new("a b v", &["1 1 x", "∅ 1 x", "'' 1 x"]);
    let report = run(&left, &right, "a,b", "v", "").report;
    assert_eq!(report.left, SideCounts { rows: 7, empty_keys: 6, duplicate_keys: 0, duplicate_rows: 0 });
    assert_eq!(report.right, SideCounts { rows: 3, empty_keys: 2, duplicate_keys: 0, duplicate_rows: 0 });
    assert_eq!(report.records, RecordCounts { matched: 1, ..RecordCounts::default() });
}

#[test]
fn a_blank_is_no_empty_key_and_rules_never_touch_keys() {
    let left = Table::new("k v", &["_ x", "A x", "B_ x", "007 x"]);
    let right = Table::new("k v", &["__ x", "a x", "B x", "7 x"]);
    let report = run(&left, &right, "k", "v", "trim,collapse,casefold").report;
    assert_eq!(report.left.empty_keys, 0);
    assert_eq!(report.records, RecordCounts { matched: 0, ambiguous: 0, only_left: 4, only_right: 4 });
}

#[test]
fn keys_are_text_even_where_both_sides_are_numeric() {
    let left = Table::new("k v", &["1.0 x", "2 x"]);
    let right = Table::new("k v", &["1 x", "2 x"]).typed("k", true);
    let report = run(&left, &right, "k", "v", "").report;
    assert_eq!(report.records, RecordCounts { matched: 1, ambiguous: 0, only_left: 1, only_right: 1 });
}

#[test]
fn duplicate_keys_are_distinct_keys_and_duplicate_rows_all_their_rows() {
    let left = Table::new("k v", &["1 a", "2 a", "1 b", "3 a", "1 a", "3 c"]);
    let right = Table::new("k v", &["9 a"]);
    let report = run(&left, &right, "k", "v", "").report;
    assert_eq!(report.left, SideCounts { rows: 6, empty_keys: 0, duplicate_keys: 2, duplicate_rows: 5 });
    assert_eq!(report.records, RecordCounts { matched: 0, ambiguous: 0, only_left: 3, only_right: 1 });
}

#[test]
fn ambiguous_are_keys_on_both_sides_that_are_duplicated_on_at_least_one() {
    let left = Table::new("k v", &["both a", "both a", "l a", "l a", "r a", "one a"]);
    let right = Table::new("k v", &["both a", "both a", "l a", "r a", "r a", "one a"]);
    let outcome = run(&left, &right, "k", "v", "");
    assert_eq!(outcome.report.records, RecordCounts { matched: 1, ambiguous: 3, only_left: 0, only_right: 0 });
    // matched + ambiguous + only_left = distinct left keys; fields are judged on matched records only.
    assert_eq!(first_field(&outcome), (1, 0, 0));
}

#[test]
fn composite_keys_do_not_run_into_each_other() {
    let left = Table::new("a b v", &["ab c x", "1, 2 x"]);
    let right = Table::new("a b v", &["a bc x", "1 ,2 x"]);
    let report = run(&left, &right, "a,b", "v", "").report;
    assert_eq!(report.records, RecordCounts { matched: 0, ambiguous: 0, only_left: 2, only_right: 2 });
}

#[test]
fn key_columns_may_have_different_names_and_parts_are_taken_in_order() {
    let left = Table::new("a b v", &["1 2 x"]);
    let right = Table::new("p q v", &["2 1 x"]);
    let swapped = run(&left, &right, "a=q,b=p", "v", "").report;
    assert_eq!(swapped.records.matched, 1);
    let straight = run(&left, &right, "a=p,b=q", "v", "").report;
    assert_eq!(straight.records.matched, 0);
}

#[test]
fn null_equals_null_and_nothing_else() {
    let left = Table::new("k v", &["1 ∅", "2 ∅", "3 ''", "4 ''", "5 ∅", "6 _"]);
    let right = Table::new("k v", &["1 ∅", "2 ''", "3 ∅", "4 ''", "5 x", "6 ∅"]);
    assert_eq!(first_field(&run(&left, &right, "k", "v", "")), (2, 0, 4));
    // Rules do not bridge NULL and ''.
    assert_eq!(first_field(&run(&left, &right, "k", "v", "trim,collapse,casefold")), (2, 0, 4));
}

#[test]
fn numeric_columns_compare_as_decimals_where_both_sides_are_numeric() {
    let left = Table::new("k v", &["1 0.10", "2 -0", "3 1", "4 100000000000000000000000000001", "5 ''"]);
    let right = Table::new("k v", &["1 0.1", "2 0.0", "3 1.5", "4 100000000000000000000000000000", "5 ''"]);
    let outcome = run(&left, &right, "k", "v", "");
    assert_eq!(first_field(&outcome), (3, 0, 2));
    assert!(outcome.fields[0].numeric);
    // An empty field of a numeric column is no zero.
    let right = Table::new("k v", &["5 0"]);
    assert_eq!(first_field(&run(&left, &right, "k", "v", "")), (0, 0, 1));
}

#[test]
fn one_value_that_is_no_number_makes_the_whole_column_text() {
    let left = Table::new("k v", &["1 0800", "2 1.0"]);
    let right = Table::new("k v", &["1 800", "2 1"]);
    let outcome = run(&left, &right, "k", "v", "");
    assert!(!outcome.fields[0].numeric);
    assert_eq!(first_field(&outcome), (0, 0, 2));
    // Also where the value is on a row that is never compared.
    let left = Table::new("k v", &["2 1.0", "∅ n/a"]);
    assert_eq!(first_field(&run(&left, &right, "k", "v", "")), (0, 0, 1));
}

#[test]
fn a_column_without_any_value_is_not_numeric() {
    let left = Table::new("k v", &["1 ''", "2 ''"]);
    let right = Table::new("k v", &["1 0", "2 ''"]);
    let outcome = run(&left, &right, "k", "v", "");
    assert!(!outcome.fields[0].numeric);
    assert_eq!(first_field(&outcome), (1, 0, 1));
}

#[test]
fn what_a_typed_source_says_wins_over_the_pattern() {
    let csv = Table::new("k v", &["1 1.0", "2 2"]);
    let number = Table::new("k v", &["1 1", "2 2e0"]).typed("v", true);
    let text = Table::new("k v", &["1 1", "2 2"]).typed("v", false);
    assert_eq!(first_field(&run(&csv, &number, "k", "v", "")), (2, 0, 0));
    assert_eq!(first_field(&run(&csv, &text, "k", "v", "")), (1, 0, 1));
}

#[test]
fn equal_by_rule_counts_those_made_equal_by_the_rules_only() {
    let left = Table::new("k v", &["1 a", "2 _a", "3 A", "4 a__b", "5 a", "6 STRASSE"]);
    let right = Table::new("k v", &["1 a", "2 a", "3 a", "4 a_b", "5 b", "6 Straße"]);
    for (rules, expected) in [
        ("", (1, 0, 5)),
        ("trim", (1, 1, 4)),
        ("casefold", (1, 2, 3)),
        ("collapse", (1, 1, 4)),
        ("casefold,collapse,trim", (1, 4, 1)),
        ("trim,trim", (1, 1, 4)),
    ] {
        assert_eq!(first_field(&run(&left, &right, "k", "v", rules)), expected, "{rules}");
    }
}

#[test]
fn rules_are_applied_in_one_order_whatever_the_order_given() {
    let left = Table::new("k v", &["1 \u{a0}A\u{2003}\u{3000}ẞ\u{a0}"]);
    let right = Table::new("k v", &["1 a_SS"]);
    let hashes: Vec<String> = ["trim,collapse,casefold", "casefold,collapse,trim", "collapse,trim,casefold"]
        .iter()
        .map(|rules| {
            let outcome = run(&left, &right, "k", "v", rules);
            assert_eq!(first_field(&outcome), (0, 1, 0));
            outcome.report.result_sha256
        })
        .collect();
    assert!(hashes.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn the_hash_is_the_same_in_any_row_order_and_split_into_batches() {
    let left = Table::new("k v", &["1 a", "2 b", "2 c", "3 d", "∅ e", "5 x"]);
    let right = Table::new("k v", &["3 D", "1 a", "4 f", "5 y"]);
    let expected = run(&left, &right, "k", "v", "casefold").report;
    let turned = |table: &Table| {
        let mut table = table.clone();
        table.rows.reverse();
        table
    };
    assert_eq!(run(&turned(&left), &turned(&right), "k", "v", "casefold").report, expected);
}

#[test]
fn clean_means_nothing_differs_nothing_is_missing_no_key_is_duplicate_or_empty() {
    let clean = Table::new("k v", &["1 a", "2 ∅"]);
    assert!(run(&clean, &clean, "k", "v", "").report.is_clean());
    let by_rule = Table::new("k v", &["1 A", "2 ∅"]);
    assert!(run(&clean, &by_rule, "k", "v", "casefold").report.is_clean());
    for other in [
        Table::new("k v", &["1 b", "2 ∅"]),
        Table::new("k v", &["1 a"]),
        Table::new("k v", &["1 a", "2 ∅", "3 a"]),
        Table::new("k v", &["1 a", "2 ∅", "∅ a"]),
        Table::new("k v", &["1 a", "2 ∅", "2 ∅"]),
    ] {
        assert!(!run(&clean, &other, "k", "v", "").report.is_clean(), "{other:?}");
        assert!(!run(&other, &clean, "k", "v", "").report.is_clean(), "{other:?}");
    }
}

#[test]
fn empty_sides_and_several_fields() {
    let none = Table::new("k v w", &[]);
    let some = Table::new("k v w", &["1 a b"]);
    let report = run(&none, &some, "k", "v,w,v=w", "").report;
    assert_eq!(report.records, RecordCounts { only_right: 1, ..RecordCounts::default() });
    let field = |left: &str, right: &str| FieldCounts {
        left: left.into(),
        right: right.into(),
        equal: 0,
        equal_by_rule: 0,
        different: 0,
    };
    assert_eq!(report.fields, [field("v", "v"), field("w", "w"), field("v", "w")]);
    assert!(run(&none, &none, "k", "v", "").report.is_clean());
}

#[test]
fn a_key_column_may_be_compared_and_names_may_be_anything() {
    let names = ["a,b", "a=b", "A.b\"c", "größe"];
    let table = Table {
        columns: names.iter().map(|name| (*name).to_owned()).collect(),
        rows: vec![names.iter().map(|name| Some((*name).to_owned())).collect()],
        numeric: vec![None; 4],
    };
    let report = run(&table, &table, "a\\,b,A.b\"c", "a\\,b,a\\=b,A.b\"c=größe", "").report;
    assert_eq!(report.records.matched, 1);
    let verdicts: Vec<_> = report.fields.iter().map(|f| (f.left.as_str(), f.right.as_str(), f.equal)).collect();
    assert_eq!(verdicts, [("a,b", "a,b", 1), ("a=b", "a=b", 1), ("A.b\"c", "größe", 0)]);
}

#[test]
fn pairs_and_rules_are_parsed_exactly() {
    let pairs = |text| parse_pairs("--key", text).unwrap();
    let owned = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(left, right)| ((*left).into(), (*right).into())).collect()
    };
    assert_eq!(pairs("a"), owned(&[("a", "a")]));
    assert_eq!(pairs("a=b,c"), owned(&[("a", "b"), ("c", "c")]));
    assert_eq!(pairs("a\\,b=c\\=d"), owned(&[("a,b", "c=d")]));
    assert_eq!(pairs(" a , b"), owned(&[(" a ", " a "), (" b", " b")]));
    assert_eq!(pairs("a\\b"), owned(&[("a\\b", "a\\b")]));
    for text in ["", ",", "a,", ",a", "a=", "=a", "a=b=c", "a,=,b"] {
        let message = parse_pairs("--key", text).unwrap_err().to_string();
        assert!(message.starts_with("--key: "), "{message}");
        assert_eq!(message.lines().count(), 1);
    }
    use reconcile::Rule::{CaseFold, Collapse, Trim};
    assert_eq!(parse_rules("").unwrap(), []);
    assert_eq!(parse_rules("casefold,trim,collapse,trim").unwrap(), [Trim, Collapse, CaseFold]);
    for text in ["Trim", "trim,", "upper", " trim", ","] {
        assert!(parse_rules(text).unwrap_err().to_string().contains("; the rules are blank, unicode,"));
    }
}

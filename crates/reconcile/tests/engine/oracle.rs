//! Random tables, checked by the engine and by a plain implementation of the contract's sentences that
//! shares no code with it.

use std::{cmp::Ordering, collections::BTreeMap};

use proptest::prelude::*;
use reconcile::{FieldCounts, RecordCounts, Report, SideCounts};

use crate::tables::{Rows, Table, run_with, settings, spec};

#[derive(Clone, Copy, Debug)]
struct Rules {
    trim: bool,
    collapse: bool,
    casefold: bool,
}

/// Each case has two tables, so these are 10 000. More of them on demand: `PROPTEST_CASES=100000`.
fn config() -> ProptestConfig {
    let asked = ProptestConfig::default();
    ProptestConfig { cases: asked.cases.max(5000), failure_persistence: None, ..asked }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_engine_agrees_with_the_oracle(
        (left, right, key_parts) in tables(),
        rules in (any::<bool>(), any::<bool>(), any::<bool>()),
        threads in 1_usize..4,
        chunk in 1_usize..6,
    ) {
        let rules = Rules { trim: rules.0, collapse: rules.1, casefold: rules.2 };
        let names: Vec<&str> = [("casefold", rules.casefold), ("trim", rules.trim), ("collapse", rules.collapse)]
            .into_iter().filter(|(_, on)| *on).map(|(name, _)| name).collect();
        let spec = spec(if key_parts == 1 { "a" } else { "a,b" }, "v,w", &names.join(","));
        let dir = tempfile::tempdir().unwrap();
        let staged_left = left.stage_by(&dir.path().join("l.parquet"), chunk);
        let staged_right = right.stage_by(&dir.path().join("r.parquet"), chunk);
        let mut settings = settings(dir.path());
        settings.threads = threads;
        let outcome = run_with(&staged_left, &staged_right, &spec, &settings);
        let expected = oracle(&left, &right, key_parts, rules);
        prop_assert_eq!(&outcome.report.left, &expected.0);
        prop_assert_eq!(&outcome.report.right, &expected.1);
        prop_assert_eq!(&outcome.report.records, &expected.2);
        prop_assert_eq!(&outcome.report.fields, &expected.3);
        adds_up(&outcome.report)?;
    }
}

fn adds_up(report: &Report) -> Result<(), TestCaseError> {
    for field in &report.fields {
        prop_assert_eq!(field.equal + field.equal_by_rule + field.different, report.records.matched);
    }
    for side in [&report.left, &report.right] {
        prop_assert!(side.duplicate_rows >= 2 * side.duplicate_keys);
        prop_assert!(side.rows >= side.empty_keys + side.duplicate_rows);
    }
    prop_assert_eq!(report.hash().unwrap(), report.result_sha256.clone());
    Ok(())
}

fn tables() -> impl Strategy<Value = (Table, Table, usize)> {
    (table(), table(), 1_usize..3)
}

fn table() -> impl Strategy<Value = Table> {
    let kinds = (any::<bool>(), any::<bool>());
    (prop::collection::vec((key(), key(), text(), number()), 0..14), kinds, prop::option::of(any::<bool>())).prop_map(
        |(rows, (v_numbers, w_numbers), typed)| {
            let rows: Rows = rows
                .into_iter()
                .map(|(a, b, text, number)| {
                    let pick = |numbers: bool| {
                        if numbers { number.clone() } else { text.clone() }
                    };
                    let (v, w) = (pick(v_numbers), pick(w_numbers));
                    vec![a, b, v, w]
                })
                .collect();
            // A typed source only says that a column is numeric where its values are numbers.
            let said = typed
                .map(|yes| yes && w_numbers && rows.iter().any(|row| row[3].as_deref().is_some_and(|v| !v.is_empty())));
            let columns = ["a", "b", "v", "w"].map(str::to_owned).to_vec();
            Table { columns, rows, numeric: vec![None, None, None, said] }
        },
    )
}

fn key() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        1 => Just(None),
        1 => Just(Some(String::new())),
        8 => prop::sample::select(vec!["a", "b", "ab", "A", "1", "01", " ", "ß"]).prop_map(|s| Some(s.to_owned())),
    ]
}

fn text() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        1 => Just(None),
        2 => Just(Some(String::new())),
        6 => prop::sample::select(vec![
            "a", "A", " a", "a ", "a  b", "a b", "a\u{a0}b", "A B", "ß", "SS", "ss", "ẞ", "İ", "i̇", "\u{2003}", "  ",
            "ΌΣΟΣ", "όσος", "é", "e\u{301}", "ﬀ", "FF", "0800", "800", "\u{1f}a", "\u{feff}a", "a\u{85}b",
        ]).prop_map(|s| Some(s.to_owned())),
        2 => "[aAß \u{a0}\t0-9]{0,4}".prop_map(Some),
    ]
}

fn number() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        1 => Just(None),
        1 => Just(Some(String::new())),
        8 => prop::sample::select(vec![
            "0", "-0", "0.0", "-0.00", "1", "1.0", "1.10", "1.1", "-1", "10", "100", "9007199254740993",
            "9007199254740992", "9007199254740993.0", "123456789012345678901234567890", "0.1", "0.10",
        ]).prop_map(|s| Some(s.to_owned())),
        1 => "-?(0|[1-9][0-9]{0,3})(\\.[0-9]{1,3})?".prop_map(Some),
    ]
}

type Expected = (SideCounts, SideCounts, RecordCounts, Vec<FieldCounts>);

fn oracle(left: &Table, right: &Table, key_parts: usize, rules: Rules) -> Expected {
    let (left_counts, left_keys) = side(left, key_parts);
    let (right_counts, right_keys) = side(right, key_parts);
    let mut records = RecordCounts::default();
    let mut matched = Vec::new();
    for (key, rows) in &left_keys {
        match right_keys.get(key) {
            None => records.only_left += 1,
            Some(others) if rows.len() == 1 && others.len() == 1 => {
                records.matched += 1;
                matched.push((rows[0], others[0]));
            }
            Some(_) => records.ambiguous += 1,
        }
    }
    records.only_right = right_keys.keys().filter(|key| !left_keys.contains_key(*key)).count() as u64;
    let fields = [("v", 2), ("w", 3)]
        .into_iter()
        .map(|(name, column)| {
            let numeric = is_numeric(left, column) && is_numeric(right, column);
            let mut counts =
                FieldCounts { left: name.into(), right: name.into(), equal: 0, equal_by_rule: 0, different: 0 };
            for (l, r) in &matched {
                let (l, r) = (left.rows[*l][column].as_deref(), right.rows[*r][column].as_deref());
                if same(l, r, numeric) {
                    counts.equal += 1;
                } else if same(normal(l, rules).as_deref(), normal(r, rules).as_deref(), false) {
                    counts.equal_by_rule += 1;
                } else {
                    counts.different += 1;
                }
            }
            counts
        })
        .collect();
    (left_counts, right_counts, records, fields)
}

fn side(table: &Table, key_parts: usize) -> (SideCounts, BTreeMap<Vec<String>, Vec<usize>>) {
    let mut counts = SideCounts { rows: table.rows.len() as u64, ..SideCounts::default() };
    let mut keys: BTreeMap<Vec<String>, Vec<usize>> = BTreeMap::new();
    for (at, row) in table.rows.iter().enumerate() {
        let parts: Option<Vec<String>> =
            row[..key_parts].iter().map(|part| part.clone().filter(|part| !part.is_empty())).collect();
        match parts {
            Some(parts) => keys.entry(parts).or_default().push(at),
            None => counts.empty_keys += 1,
        }
    }
    for rows in keys.values().filter(|rows| rows.len() > 1) {
        counts.duplicate_keys += 1;
        counts.duplicate_rows += rows.len() as u64;
    }
    (counts, keys)
}

fn is_numeric(table: &Table, column: usize) -> bool {
    if let Some(said) = table.numeric[column] {
        return said;
    }
    let mut values = table.rows.iter().filter_map(|row| row[column].as_deref()).filter(|v| !v.is_empty()).peekable();
    values.peek().is_some() && values.all(looks_numeric)
}

fn looks_numeric(text: &str) -> bool {
    let (whole, fraction) = match text.strip_prefix('-').unwrap_or(text).split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text.strip_prefix('-').unwrap_or(text), None),
    };
    let digits = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    digits(whole) && (whole == "0" || !whole.starts_with('0')) && fraction.is_none_or(digits)
}

fn same(left: Option<&str>, right: Option<&str>, numeric: bool) -> bool {
    match (left, right) {
        (None, None) => true,
        (Some(l), Some(r)) if numeric && !l.is_empty() && !r.is_empty() => decimal_order(l, r) == Ordering::Equal,
        (Some(l), Some(r)) => l == r,
        _ => false,
    }
}

/// School arithmetic: both numbers padded to the same number of digits before and after the point.
fn decimal_order(left: &str, right: &str) -> Ordering {
    let pad = |text: &str| {
        let negative = text.starts_with('-');
        let text = text.trim_start_matches('-');
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = format!("{whole:0>60}{fraction:0<60}");
        let zero = digits.chars().all(|c| c == '0');
        (negative && !zero, digits)
    };
    pad(left).cmp(&pad(right))
}

fn normal(text: Option<&str>, rules: Rules) -> Option<String> {
    const WHITE_SPACE: &str = "\u{9}\u{a}\u{b}\u{c}\u{d} \u{85}\u{a0}\u{1680}\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\u{2006}\u{2007}\u{2008}\u{2009}\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}";
    let white = |c: char| WHITE_SPACE.contains(c);
    let mut text: Vec<char> = text?.chars().collect();
    if rules.trim {
        while text.first().is_some_and(|c| white(*c)) {
            text.remove(0);
        }
        while text.last().is_some_and(|c| white(*c)) {
            text.pop();
        }
    }
    if rules.collapse {
        let mut collapsed: Vec<char> = Vec::new();
        for (at, c) in text.iter().enumerate() {
            let in_run = at > 0 && white(text[at - 1]);
            match (white(*c), in_run) {
                (true, true) => {}
                (true, false) => collapsed.push(' '),
                (false, _) => collapsed.push(*c),
            }
        }
        text = collapsed;
    }
    let text: String = text.into_iter().collect();
    Some(if rules.casefold { fold(&text) } else { text })
}

/// Full case folding of the characters these tests use.
fn fold(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            'ß' | 'ẞ' => "ss".into(),
            'İ' => "i\u{307}".into(),
            'ς' => "σ".into(),
            'ﬀ' => "ff".into(),
            c => c.to_lowercase().collect::<String>(),
        })
        .collect()
}

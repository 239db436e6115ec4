//! What people agree about a pair of columns beyond the contract's three rules: blanks, forms, tolerances, code lists.

use reconcile::{CodeMap, Outcome, Pair, Spec, Tolerance, parse_pairs, parse_rules};

use crate::tables::{Table, first_field, run, run_with, settings};

fn run_pair(left: &Table, right: &Table, pair: Pair) -> Outcome {
    let dir = tempfile::tempdir().unwrap();
    let (left, right) = (left.stage(&dir.path().join("l.parquet")), right.stage(&dir.path().join("r.parquet")));
    let spec = Spec { key: parse_pairs("--key", "k").unwrap(), compare: vec![pair] };
    run_with(&left, &right, &spec, &settings(dir.path()))
}

fn pair() -> Pair {
    Pair { left: "v".into(), right: "v".into(), ..Pair::default() }
}

#[test]
fn each_rule_bridges_what_its_name_says_and_nothing_else() {
    let left = Table::new(
        "k v",
        &["1 ∅", "2 ''", "3 Zürich", "4 ﬁn", "5 +49_(30)_12", "6 007", "7 1.234,50", "8 05.03.2024", "9 1,234", "10 x"],
    );
    let right = Table::new(
        "k v",
        &["1 ''", "2 _", "3 Zurich", "4 fin", "5 +493012", "6 7", "7 1234.5", "8 2024-03-05", "9 1234", "10 ∅"],
    );
    for (rules, bridged) in [
        ("", 0),
        ("blank", 2),
        ("unicode", 1),
        ("accents", 2),
        ("punctuation", 3), // white space is none, and 1,234 has the digits of 1234
        ("zeros", 1),
        ("number", 1),
        ("date", 1),
        ("blank,accents,punctuation,zeros,number,date", 9),
    ] {
        let outcome = run(&left, &right, "k", "v", rules);
        assert_eq!(first_field(&outcome), (0, bridged, 10 - bridged), "{rules}");
    }
}

#[test]
fn a_tolerance_makes_near_values_equal_by_rule_in_numeric_columns_too() {
    let left = Table::new("k v", &["1 10.00", "2 10.00", "3 10.00", "4 10.0"]);
    let right = Table::new("k v", &["1 10.01", "2 10.02", "3 ∅", "4 10.00"]);
    let outcome = run_pair(&left, &right, Pair { tolerance: Some(Tolerance::parse("0.01").unwrap()), ..pair() });
    assert_eq!(first_field(&outcome), (1, 1, 2));
    assert_eq!(outcome.in_sync, 2);
}

#[test]
fn a_code_list_gives_left_codes_their_meaning_on_the_right() {
    // On the left M is a man, on the right a married person.
    let left = Table::new("k v", &["1 M", "2 M", "3 F", "4 F", "5 X", "6 ∅"]);
    let right = Table::new("k v", &["1 male", "2 M", "3 Female", "4 F", "5 X", "6 ∅"]);
    let codes = |list: &[(&str, &str)]| {
        Some(CodeMap::new(list.iter().map(|(l, r)| ((*l).to_owned(), (*r).to_owned()))).unwrap())
    };
    let list = codes(&[("M", "male"), ("F", "female"), ("X", "X")]);
    let outcome = run_pair(&left, &right, Pair { codes: list.clone(), ..pair() });
    // The same text with another meaning is no agreement.
    assert_eq!(first_field(&outcome), (2, 1, 3));
    let rules = parse_rules("casefold").unwrap();
    let outcome = run_pair(&left, &right, Pair { codes: list, rules, ..pair() });
    assert_eq!(first_field(&outcome), (2, 2, 2));
}

#[test]
fn code_lists_and_tolerances_are_read_from_the_command_line_with_messages_that_help() {
    let spec = || Spec::new(parse_pairs("--key", "k").unwrap(), parse_pairs("--compare", "v=w,x,v=y").unwrap(), &[]);
    let mut read = spec();
    read.map_codes("column,left,right\nv,M,male\nv,F,female\nx,1,one\n".as_bytes()).unwrap();
    read.tolerate("x=1%,v=5min").unwrap();
    assert!(read.compare.iter().all(|pair| pair.codes.is_some() && pair.tolerance.is_some()));
    for (file, said) in [
        ("a,b,c\n", "the first line must be `column,left,right`"),
        ("column,left,right\nw,M,male\n", "the column `w` is not among those that are compared"),
        ("column,left,right\nv,M,male\nv,M,man\n", "line 3: the code `M` stands for `male` and for `man`"),
        ("column,left,right\nv,M\n", "--map"),
    ] {
        let error = spec().map_codes(file.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
    for (text, said) in [("y=1", "the column `y`"), ("x=much", "write it like 0.01"), ("x", "cannot be read")] {
        let error = spec().tolerate(text).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
}

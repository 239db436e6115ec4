//! Columns held against what is expected of them, read from the staged side.

use std::sync::atomic::AtomicBool;

use reconcile::{Breaks, Expectation, Pattern, Side, ValueType, conformance};

use crate::tables::Table;

#[test]
fn each_column_says_how_many_values_break_what() {
    let dir = tempfile::tempdir().unwrap();
    let rows = ["1 EUR 12", "2 eur 0800", "3 EURO 12.5", "4 ∅ ''", "5 EURO x", "6 _ 7"];
    let staged = Table::new("id currency amount", &rows).stage_by(&dir.path().join("l.parquet"), 2);
    let currency = Expectation {
        longest: Some(3),
        pattern: Some(Pattern::new("[A-Z]{3}").unwrap()),
        codes: ["EUR", "USD", "EURO"].map(str::to_owned).into(),
        ..Expectation::default()
    };
    let amount = Expectation { value_type: Some(ValueType::WholeNumber), ..Expectation::default() };
    // The order asked for, not that of the file; a column may be asked for twice.
    let short = Expectation { longest: Some(2), ..Expectation::default() };
    let expected = [("amount".to_owned(), amount), ("currency".to_owned(), currency), ("amount".to_owned(), short)];
    let never = AtomicBool::new(false);
    let found = conformance(&staged, Side::Left, &expected, &never).unwrap();
    let [amount, currency, short] = &found[..] else { panic!("three columns") };
    assert_eq!((amount.filled, amount.broken), (5, 3));
    assert_eq!(amount.breaks, Breaks { value_type: 3, ..Breaks::default() });
    assert_eq!(amount.examples, ["0800", "12.5", "x"]);
    assert_eq!((currency.filled, currency.broken), (4, 3), "NULL and blank break nothing");
    assert_eq!(currency.breaks, Breaks { longest: 2, pattern: 3, codes: 1, ..Breaks::default() });
    assert_eq!(currency.examples, ["eur", "EURO"]);
    assert_eq!((short.filled, short.broken), (5, 2));

    let gone = [("street".to_owned(), Expectation::default())];
    let error = conformance(&staged, Side::Right, &gone, &never).unwrap_err().to_string();
    assert!(error.contains("the right side has no column `street`"), "{error}");
    let stopped = conformance(&staged, Side::Left, &expected, &AtomicBool::new(true));
    assert!(stopped.is_err_and(|error| error.to_string() == "cancelled"));
}

#[test]
fn examples_are_few_and_short() {
    let dir = tempfile::tempdir().unwrap();
    let rows: Vec<String> = (0..20).map(|n| format!("{n} {}", "x".repeat(300 + n / 2))).collect();
    let table = Table::new("id v", &rows.iter().map(String::as_str).collect::<Vec<_>>());
    let staged = table.stage(&dir.path().join("l.parquet"));
    let expected = [("v".to_owned(), Expectation { longest: Some(10), ..Expectation::default() })];
    let found = conformance(&staged, Side::Left, &expected, &AtomicBool::new(false)).unwrap();
    assert_eq!(found[0].broken, 20);
    assert_eq!(found[0].examples, ["x".repeat(200)], "they are the same as far as they are kept");
}

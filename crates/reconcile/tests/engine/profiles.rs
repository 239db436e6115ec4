//! What a profile says of a dataset, and which keys and pairs it proposes for two.

use reconcile::profile::{Kind, Profile, Profiler, composites, keys, pairs};

use crate::tables::Table;

fn profile(table: &Table, together: Vec<Vec<String>>) -> Profile {
    let mut profiler = Profiler::new(together);
    for rows in table.rows.chunks(7) {
        profiler.add(&table.batch(rows)).unwrap();
    }
    profiler.finish(&table.schema()).unwrap()
}

/// So many rows, each made by a function of its number; cells are separated by blanks.
fn table(columns: &str, rows: usize, row: impl Fn(usize) -> String) -> Table {
    let rows: Vec<String> = (0..rows).map(row).collect();
    Table::new(columns, &rows.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn columns_are_described_by_what_is_in_them() {
    let rows =
        ["1 0800 x@example.org 2024-03-05 Meier_", "2 0801 ∅ 2024-03-06 ''", "3 0801 y@example.org 2024-03-07 Mo"];
    let seen = profile(&Table::new("id code mail day name", &rows), Vec::new());
    assert_eq!(seen.rows, 3);
    let kinds: Vec<Kind> = seen.columns.iter().map(|column| column.kind).collect();
    assert_eq!(kinds, [Kind::WholeNumber, Kind::Code, Kind::Email, Kind::Day, Kind::Text]);
    let [_, code, mail, _, name] = &seen.columns[..] else { panic!("five columns") };
    assert_eq!((code.variety.distinct, code.variety.counted, code.variety.unique), (2, true, 0.5));
    assert_eq!((mail.nulls, mail.blanks), (1, 0));
    assert_eq!((name.nulls, name.blanks, name.padded, name.shortest, name.longest), (0, 1, 1, 2, 6));
    assert_eq!(code.patterns[0].pattern, "9999");
    assert!((seen.filled(mail) - 2.0 / 3.0).abs() < 1e-9);
}

#[test]
fn a_table_without_rows_has_columns_and_no_key() {
    let empty = profile(&Table::new("a b", &[]), Vec::new());
    assert_eq!(empty.columns.iter().map(|column| column.kind).collect::<Vec<_>>(), [Kind::Empty, Kind::Empty]);
    assert!(keys(&empty, &empty).is_empty());
    assert!(composites(&empty, &empty).is_empty());
}

#[test]
fn one_column_that_both_sides_share_is_proposed_as_the_key() {
    let left = table("customer_no city row", 500, |n| format!("C{n:05} city{} {n}", n % 9));
    let right = table("no town CustomerNo", 400, |n| format!("{} city{} C{:05}", n + 100_000, n % 9, n + 50));
    let (left, right) = (profile(&left, Vec::new()), profile(&right, Vec::new()));
    let found = keys(&left, &right);
    assert_eq!(found[0].columns, [("customer_no".to_owned(), "CustomerNo".to_owned())]);
    assert_eq!((found[0].unique, found[0].filled, found[0].found), ((1.0, 1.0), (1.0, 1.0), 1.0));
    assert_eq!(found.len(), 1, "numbers that are not shared are no key");
    let pairs = pairs(&left, &right);
    assert_eq!(pairs.len(), 1, "nine cities are shared by chance");
    assert!(pairs[0].same_name);
}

#[test]
fn columns_that_only_together_tell_records_apart_are_found() {
    let row = |n: usize| format!("o{} {} {}", n / 4, n % 4, n % 3);
    let (left, right) = (table("order line size", 400, row), table("order line size", 300, row));
    let (first_left, first_right) = (profile(&left, Vec::new()), profile(&right, Vec::new()));
    assert!(keys(&first_left, &first_right).is_empty());
    let sets = composites(&first_left, &first_right);
    let names = |side: fn(&(String, String)) -> &String| {
        sets.iter().map(|set| set.iter().map(side).cloned().collect()).collect::<Vec<Vec<String>>>()
    };
    let (left, right) = (profile(&left, names(|pair| &pair.0)), profile(&right, names(|pair| &pair.1)));
    let found = keys(&left, &right);
    let smallest: Vec<&str> = found[0].columns.iter().map(|(left, _)| left.as_str()).collect();
    assert_eq!(smallest, ["order", "line"], "{found:?}");
}

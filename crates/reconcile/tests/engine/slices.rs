//! Slices, sets of keys and workbooks: counted again in the plainest way.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Cursor, Read},
    path::PathBuf,
    sync::atomic::AtomicBool,
};

use proptest::prelude::*;
use reconcile::{
    Class, Filter, FoundSlice, KeyDigest, KeySet, Slice, entries_kept, equal_among, export_csv, export_xlsx,
    find_slices, matching_keys, page, slice_keys,
};
use tempfile::TempDir;

use crate::tables::{Table, run_with, settings, spec};

struct Files {
    dir: TempDir,
    left: PathBuf,
    differences: PathBuf,
}

/// Checks two tables with the key `k` and keeps what a run keeps.
fn kept(left: &Table, right: &Table, compare: &str) -> Files {
    let dir = tempfile::tempdir().unwrap();
    let (l, r) = (left.stage_by(&dir.path().join("l.parquet"), 97), right.stage(&dir.path().join("r.parquet")));
    run_with(&l, &r, &spec("k", compare, "trim"), &settings(dir.path()));
    Files { left: dir.path().join("l.parquet"), differences: dir.path().join("differences.parquet"), dir }
}

fn table(columns: &str, rows: Vec<Vec<Option<String>>>) -> Table {
    let columns: Vec<String> = columns.split(' ').map(str::to_owned).collect();
    Table { numeric: vec![None; columns.len()], columns, rows }
}

/// One record of the left side, and whether its city differs on the right.
#[derive(Debug, Clone)]
struct One {
    country: Option<String>,
    born: Option<String>,
    differs: bool,
    there: u8,
}

fn records() -> impl Strategy<Value = Vec<One>> {
    let country = prop_oneof![
        3 => Just(Some("FI".to_owned())),
        5 => Just(Some("SE".to_owned())),
        5 => Just(Some("DE".to_owned())),
        1 => Just(None),
        1 => Just(Some(String::new())),
    ];
    let born = prop_oneof![9 => (2019..2024_u32, 1..13_u32, 1..29_u32).prop_map(Some), 1 => Just(None)];
    // How often a record differs depends on where it comes from, more or less strongly.
    let one = (country, born, 0..100_u32, prop_oneof![18 => Just(1_u8), 1 => Just(0), 1 => Just(2)]);
    (prop::collection::vec(one, 0..400), 0..100_u32, 0..30_u32).prop_map(|(all, in_fi, elsewhere)| {
        type Drawn = (Option<String>, Option<(u32, u32, u32)>, u32, u8);
        let made = |(country, born, dice, there): Drawn| One {
            differs: dice < if country.as_deref() == Some("FI") { in_fi } else { elsewhere },
            born: born.map(|(y, m, d)| format!("{y}-{m:02}-{d:02}")),
            country,
            there,
        };
        all.into_iter().map(made).collect()
    })
}

fn tables(records: &[One]) -> (Table, Table) {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for (n, one) in records.iter().enumerate() {
        let key = Some(format!("{}{n}", if n % 3 == 0 { "A" } else { "B" }));
        let city = |text: &str| Some(format!("{text} {n}"));
        left.push(vec![key.clone(), one.country.clone(), one.born.clone(), city("Town"), Some("same".into())]);
        for _ in 0..one.there {
            right.push(vec![key.clone(), if one.differs { city("Other") } else { city("Town") }, Some("same".into())]);
        }
    }
    (table("k country born city note", left), table("k city note", right))
}

/// (records, different) of each part of a column among the records that are once on both sides.
fn recount(records: &[One], part: impl Fn(usize, &One) -> Option<Slice>) -> BTreeMap<Slice, (u64, u64)> {
    let mut counts: BTreeMap<Slice, (u64, u64)> = BTreeMap::new();
    for (n, one) in records.iter().enumerate().filter(|(_, one)| one.there == 1) {
        if let Some(slice) = part(n, one) {
            let count = counts.entry(slice).or_default();
            count.0 += 1;
            count.1 += u64::from(one.differs);
        }
    }
    counts
}

fn every_part(records: &[One]) -> BTreeMap<Slice, (u64, u64)> {
    let by_value = |_: usize, one: &One| Some(Slice::Value { column: "country".into(), value: one.country.clone() });
    let by_year = |_: usize, one: &One| {
        one.born.as_ref().map(|day| Slice::Year { column: "born".into(), year: day[..4].to_owned() })
    };
    let by_letter = |n: usize, _: &One| {
        Some(Slice::Prefix { column: "k".into(), prefix: if n.is_multiple_of(3) { "A" } else { "B" }.to_owned() })
    };
    let mut all = recount(records, by_value);
    all.extend(recount(records, by_year));
    all.extend(recount(records, by_letter));
    all
}

/// The floor in other words: enough, at least twice the share, a twentieth of all, more than five deviations.
fn tells(records: u64, different: u64, all: u64, all_different: u64) -> bool {
    let (n, d, a, e) = (records as f64, different as f64, all as f64, all_different as f64);
    let share = e / a;
    let deviation = (n * share * (1.0 - share) * (a - n) / a).sqrt();
    different >= 10
        && records < all
        && different * (all - records) >= 2 * (all_different - different) * records
        && different * 20 >= all_different
        && d - n * share > 5.0 * deviation
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn slices_are_what_a_plain_recount_finds(records in records()) {
        let (left, right) = tables(&records);
        let files = kept(&left, &right, "city,note");
        let found = find_slices(&files.left, &files.differences, &AtomicBool::new(false)).unwrap().unwrap();
        let counts = every_part(&records);
        let all = records.iter().filter(|one| one.there == 1).count() as u64;
        let different = records.iter().filter(|one| one.there == 1 && one.differs).count() as u64;
        for slice in &found {
            prop_assert_eq!(slice.field, 0, "the note never differs");
            prop_assert_eq!(slice.records + slice.others, all);
            prop_assert_eq!(slice.different + slice.others_different, different);
            prop_assert!(tells(slice.records, slice.different, all, different), "{:?}", slice);
            prop_assert_eq!(slice.causes.iter().map(|(_, n)| n).sum::<u64>(), slice.different);
            if let Some(counted) = counts.get(&slice.slice) {
                prop_assert_eq!((slice.records, slice.different), *counted, "{:?}", slice.slice);
            }
            // The keys of a slice lead to its differences and to no others.
            let keys = slice_keys(&files.left, &files.differences, &slice.slice).unwrap();
            let wanted = Filter { class: Some(Class::Different), field: Some(0), keys: Some(keys), ..Filter::default() };
            prop_assert_eq!(page(&files.differences, &wanted, 0, 5).unwrap().total, slice.different);
        }
        // Nothing above the floor is left out, unless another slice has the same counts or five say more.
        let told: BTreeSet<_> = found.iter().map(|slice| (slice.records, slice.different)).collect();
        for (slice, (n, d)) in counts {
            if tells(n, d, all, different) && found.len() < 5 {
                prop_assert!(told.contains(&(n, d)), "{:?} {} of {} is not reported: {:?}", slice, d, n, found);
            }
        }
        prop_assert_eq!(find_slices(&files.left, &files.differences, &AtomicBool::new(false)).unwrap().unwrap(), found);
    }
}

/// 430 records of FI, 412 of which differ; 3 of 570 elsewhere.
fn finland() -> Files {
    let one = |n: usize| One {
        country: Some(if n < 430 { "FI" } else { "SE" }.to_owned()),
        born: None,
        differs: n < 412 || (430..433).contains(&n),
        there: 1,
    };
    let records: Vec<_> = (0..1000).map(one).collect();
    let (left, right) = tables(&records);
    kept(&left, &right, "city,note")
}

#[test]
fn a_country_that_differs_stands_out() {
    let files = finland();
    let found = find_slices(&files.left, &files.differences, &AtomicBool::new(false)).unwrap().unwrap();
    let FoundSlice { slice, records, different, others, others_different, .. } = &found[0];
    assert_eq!(*slice, Slice::Value { column: "country".into(), value: Some("FI".into()) });
    assert_eq!((*records, *different, *others, *others_different), (430, 412, 570, 3));
    assert!(found.len() <= 5, "{found:?}");
    let missing =
        slice_keys(&files.left, &files.differences, &Slice::Year { column: "none".into(), year: "2024".into() });
    assert!(missing.unwrap_err().to_string().contains("no column `none`"));
}

#[test]
fn remembered_records_are_judged_by_a_later_run() {
    let files = finland();
    let wanted = Filter { class: Some(Class::Different), field: Some(0), ..Filter::default() };
    let matching = matching_keys(&files.differences, &wanted, 415).unwrap();
    let keys = matching.keys.unwrap();
    assert_eq!((matching.entries, keys.len()), (415, 415));
    assert_eq!(matching_keys(&files.differences, &wanted, 414).unwrap().keys, None, "too many to remember");
    assert_eq!(KeySet::from_bytes(&keys.to_bytes()), keys);
    assert_eq!(equal_among(&files.left, &files.differences, &keys, Some(0)).unwrap(), 0);
    assert_eq!(equal_among(&files.left, &files.differences, &keys, Some(1)).unwrap(), 415);
    assert_eq!(entries_kept(&files.differences).unwrap(), 415);

    // Later: 100 are repaired, one is gone on the right, one on both sides, one is there twice.
    let one = |n: usize| One { country: None, born: None, differs: (100..412).contains(&n), there: 1 };
    let mut records: Vec<_> = (0..1000).map(one).collect();
    records[0].there = 0;
    records[2].there = 2;
    let (mut left, right) = tables(&records);
    left.rows.remove(1);
    let later = kept(&left, &right, "city,note");
    // 100 repaired and 430, 431, 432, without the three.
    assert_eq!(equal_among(&later.left, &later.differences, &keys, Some(0)).unwrap(), 100 + 3 - 3);
    let whole: KeySet = ["A0", "B1", "B2", "A3", "nobody"].iter().map(|key| KeyDigest::of([*key])).collect();
    assert_eq!(
        equal_among(&later.left, &later.differences, &whole, None).unwrap(),
        2,
        "A3, and nobody's on neither side"
    );
}

#[test]
fn a_key_is_told_by_its_parts() {
    assert_ne!(KeyDigest::of(["ab", "c"]), KeyDigest::of(["a", "bc"]));
    assert_ne!(KeyDigest::of(["", "a"]), KeyDigest::of(["a", ""]));
    assert_eq!(KeyDigest::of(["a", "b"]), KeyDigest::of(["a", "b"]));
}

#[test]
fn neither_file_executes_anything_when_it_is_opened() {
    let bad = ["=1+1", "+1+1", "-1+1", "@sum(1)", "=cmd|' /c calc'!a1", "http://x.example/", "plain"];
    let rows = |text: fn(&str) -> String| {
        bad.iter().enumerate().map(|(n, bad)| vec![Some(format!("={n}")), Some(text(bad))]).collect::<Vec<_>>()
    };
    let (left, right) = (table("k v", rows(|bad| bad.to_owned())), table("k v", rows(|bad| format!("{bad}!"))));
    let files = kept(&left, &right, "v");
    let mut csv = Vec::new();
    export_csv(&files.differences, &Filter::default(), &mut csv).unwrap();
    let csv = String::from_utf8(csv).unwrap();
    assert!(csv.contains("'=0,different,v,v,'=1+1,'=1+1!"), "{csv}");

    let book = export_xlsx(&files.differences, &Filter::default()).unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    let mut part = |name: &str| {
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    let sheet = part("xl/worksheets/sheet1.xml");
    assert!(!sheet.contains("<f>") && !sheet.contains("<f ") && !sheet.contains("hyperlink"), "{sheet}");
    let cells = sheet.matches("<c ").count();
    assert_eq!(cells, sheet.matches(" t=\"s\"").count(), "every cell is text: {sheet}");
    assert_eq!(sheet.matches("<row ").count(), bad.len() + 1);
    let strings = part("xl/sharedStrings.xml");
    for text in ["=1+1", "@sum(1)", "key: k"] {
        assert!(strings.contains(&format!(">{text}<")), "values stay as they are: {strings}");
    }
    drop(files.dir);
}

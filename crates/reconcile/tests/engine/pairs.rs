//! Records under other keys: which they are, and what comparing them by a crosswalk counts.

use std::{
    path::Path,
    sync::{Arc, atomic::AtomicBool},
};

use reconcile::{
    Key, LinkProgressFn, Outcome, Proposing, Side, Spec, Staged, check_pairs, keys_on_one_side, proposals, propose,
    single_keys,
};

use super::tables::{Table, run_with, settings, spec};

fn keys(list: &[&str]) -> Vec<Key> {
    list.iter().map(|key| vec![(*key).to_owned()]).collect()
}

/// Both sides staged and checked in `dir`, with the differences kept.
fn checked(dir: &Path, left: &Table, right: &Table, spec: &Spec) -> (Staged, Staged, Outcome) {
    let (left, right) = (left.stage(&dir.join("left.parquet")), right.stage(&dir.join("right.parquet")));
    let outcome = run_with(&left, &right, spec, &settings(dir));
    (left, right, outcome)
}

fn by_crosswalk(dir: &Path, left: &Staged, right: &Staged, spec: &Spec, pairs: &[(&str, &str)]) -> Option<Outcome> {
    let confirmed = pairs.iter().map(|(l, r)| (vec![(*l).to_owned()], vec![(*r).to_owned()])).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let settings = settings(dir);
    let work = check_pairs([left, right], spec, &settings, confirmed, Arc::new(AtomicBool::new(false)));
    runtime.block_on(work).unwrap()
}

#[test]
fn single_keys_and_keys_of_one_side() {
    let dir = tempfile::tempdir().unwrap();
    let left = Table::new("id v", &["1 a", "2 b", "2 c", "'' d", "∅ e", "4 f", "5 g"]);
    let right = Table::new("id v", &["1 a", "8 h", "8 h", "9 i"]);
    let spec = spec("id", "v", "");
    let (left, _, outcome) = checked(dir.path(), &left, &right, &spec);
    assert_eq!((outcome.report.records.only_left, outcome.report.records.only_right), (3, 2));
    let cancel = AtomicBool::new(false);
    assert_eq!(single_keys(&left, Side::Left, &spec, &cancel).unwrap(), keys(&["1", "4", "5"]));
    let of = |side| keys_on_one_side(&dir.path().join("differences.parquet"), side, |_| true).unwrap();
    // A key that occurs twice stands for no record.
    assert_eq!((of(Side::Left), of(Side::Right)), (keys(&["4", "5"]), keys(&["9"])));
    let some = keys_on_one_side(&dir.path().join("differences.parquet"), Side::Left, |key| key == ["5"]).unwrap();
    assert_eq!(some, keys(&["5"]));
}

#[test]
fn a_confirmed_pair_is_compared_as_if_its_keys_were_equal() {
    let dir = tempfile::tempdir().unwrap();
    let left = Table::new("id name n", &["1 ann 1", "2 bob 2", "3 cleo 3", "4 dan 4.0", "5 eve x"]);
    let right = Table::new("nr name n", &["1 ann 1", "B ben 2", "C CLEO 3", "D dan 4"]);
    let spec = spec("id=nr", "name,n", "casefold");
    let (left, right, outcome) = checked(dir.path(), &left, &right, &spec);
    let before = outcome.report.records;
    assert_eq!((before.matched, before.only_left, before.only_right), (1, 4, 3));
    // One pair is matched by key on the left, one has no right record, one nobody has ever heard of.
    let pairs = [("2", "B"), ("3", "C"), ("4", "D"), ("1", "X"), ("5", "gone"), ("7", "8")];
    let found = by_crosswalk(dir.path(), &left, &right, &spec, &pairs).unwrap();
    assert_eq!((found.report.records.matched, found.report.records.only_left), (3, 0));
    let counts: Vec<_> = found.report.fields.iter().map(|f| (f.equal, f.equal_by_rule, f.different)).collect();
    // The column is no number on the left, because of the record that is not in any pair: 4.0 is not 4.
    assert_eq!(counts, [(1, 1, 1), (2, 0, 1)]);
    assert_eq!(found.in_sync, 1);
    assert!(by_crosswalk(dir.path(), &left, &right, &spec, &[("1", "B"), ("5", "gone")]).is_none());
    let left_over: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(left_over.iter().all(|name| !name.to_string_lossy().contains("crosswalk")), "{left_over:?}");
}

#[test]
fn proposals_are_kept_with_the_values_they_come_from_and_refused_pairs_are_not() {
    let dir = tempfile::tempdir().unwrap();
    const NAMES: [&str; 12] = ["ann", "bob", "cleo", "dan", "eve", "fay", "gus", "hal", "ida", "jon", "kim", "leo"];
    const TOWNS: [&str; 3] = ["berg", "tal", "see"];
    let row = |n: usize, right: bool| {
        let backwards: String = NAMES[n % 12].chars().rev().collect();
        let name = if n < 12 { NAMES[n].to_owned() } else { format!("{backwards}rix") };
        let (town, born) = (TOWNS[n % 3], format!("19{}-0{}-1{}", 50 + n, 1 + n % 9, n % 9));
        // Of some the right side knows the first letter only.
        let (name, born) = if right && n % 6 == 5 { (name[..1].to_owned(), "''".to_owned()) } else { (name, born) };
        format!("{}{n} {name}_{town} {town} {born}", if right { "R" } else { "L" })
    };
    let rows = |right| (0..24).map(|n| row(n, right)).collect::<Vec<String>>();
    let (lefts, rights) = (rows(false), rows(true));
    let table = |rows: &[String]| Table::new("id name town born", &rows.iter().map(String::as_str).collect::<Vec<_>>());
    let spec = spec("id", "name,town,born", "");
    let (left, right, _) = checked(dir.path(), &table(&lefts), &table(&rights), &spec);
    let of = |side| keys_on_one_side(&dir.path().join("differences.parquet"), side, |_| true).unwrap();
    let (left_keys, right_keys) = (of(Side::Left), of(Side::Right));
    let quiet: LinkProgressFn = Arc::new(|_| {});
    let linked = |refused: &dyn Fn(&Key, &Key) -> bool, most_unclear: usize| {
        let path = dir.path().join("pairs.parquet");
        let how = Proposing { temp_dir: dir.path().to_owned(), path: path.clone(), most_unclear, threads: 2 };
        let keys = [left_keys.as_slice(), right_keys.as_slice()];
        let counts = propose([&left, &right], &spec, keys, refused, &how, &quiet, &AtomicBool::new(false)).unwrap();
        (counts, proposals(&path, 0, 10_000).unwrap())
    };
    let (counts, all) = linked(&|_, _| false, 100);
    assert_eq!(all.len() as u64, counts.sure + counts.unclear);
    let right_one = |left: &Key, right: &Key| left[0][1..] == right[0][1..];
    assert!(counts.sure >= 16 && counts.unclear >= 2, "{counts:?}");
    assert!(all.iter().filter(|pair| pair.sure).all(|pair| right_one(&pair.left, &pair.right)), "{all:?}");
    let one = all.iter().find(|pair| pair.left == ["L3"] && pair.right == ["R3"]).unwrap();
    assert_eq!((one.fields.len(), one.fields[0].left.as_deref()), (3, Some("dan berg")));
    assert_eq!(one.fields[0].left, one.fields[0].right);
    assert!(one.fields[0].weight > 0.0 && one.score > 0.5, "{one:?}");
    // People first, the likeliest first; then what needs nobody.
    let split = usize::try_from(counts.unclear).unwrap();
    assert!(all[..split].iter().all(|pair| !pair.sure) && all[split..].iter().all(|pair| pair.sure));
    assert!(all[..split].windows(2).all(|two| two[0].score >= two[1].score));
    assert_eq!(proposals(&dir.path().join("pairs.parquet"), 2, 3).unwrap(), all[2..5]);

    let (fewer, rest) = linked(&right_one, 100);
    assert!(rest.iter().all(|pair| !right_one(&pair.left, &pair.right)) && fewer.refused >= counts.sure, "{rest:?}");
    let (bounded, few) = linked(&|_, _| false, 1);
    assert_eq!((bounded.unclear, bounded.beyond, few.len() as u64), (1, counts.unclear - 1, counts.sure + 1));
    assert_eq!(few[0], all[0], "the likeliest is kept");
}

//! Differing records: what is kept, how it is filtered, paged, looked up and exported.

use std::io::{Cursor, Read};

use reconcile::{
    Cause, CauseCount, Class, Difference, Expected, Filled, Filter, Mask, Outcome, Side, Soundness, Spec, Staged,
    export_csv, export_xlsx, find_records, page, soundness,
};
use tempfile::TempDir;

use crate::tables::{Table, run_with, settings, spec};

struct Run {
    dir: TempDir,
    left: Staged,
    right: Staged,
    spec: Spec,
    outcome: Outcome,
}

fn example() -> Run {
    let left =
        Table::new("k v w", &["1 a =x", "2 _a 5", "3 b ∅", "4 c 0800", "5 d x", "5 e x", "6 f x", "7 g x", "7 h x"]);
    let right = Table::new("k v w", &["1 a =y", "2 A 5", "3 b ''", "4 c 800", "5 d x", "8 x x", "9 x x", "9 x x"]);
    let dir = tempfile::tempdir().unwrap();
    let (left, right) = (left.stage(&dir.path().join("l.parquet")), right.stage(&dir.path().join("r.parquet")));
    let spec = spec("k", "v,w", "trim,casefold");
    let outcome = run_with(&left, &right, &spec, &settings(dir.path()));
    Run { dir, left, right, spec, outcome }
}

impl Run {
    fn page(&self, filter: &Filter, offset: u64, limit: usize) -> (u64, Vec<Difference>) {
        let page = page(&self.dir.path().join("differences.parquet"), filter, offset, limit).unwrap();
        assert_eq!(page.spec, self.spec);
        (page.total, page.entries)
    }
}

#[test]
fn every_finding_is_kept_in_key_order_with_its_cause() {
    let run = example();
    let (total, entries) = run.page(&Filter::default(), 0, 100);
    let seen: Vec<_> = entries
        .iter()
        .map(|entry| (entry.key[0].as_str(), entry.class, entry.field, entry.cause, entry.left_rows, entry.right_rows))
        .collect();
    assert_eq!(
        seen,
        [
            ("1", Class::Different, Some(1), Some(Cause::Other), 1, 1),
            ("2", Class::EqualByRule, Some(0), Some(Cause::Case), 1, 1),
            ("3", Class::Different, Some(1), Some(Cause::NullOrBlank), 1, 1),
            ("4", Class::Different, Some(1), Some(Cause::LeadingZeros), 1, 1),
            ("5", Class::Ambiguous, None, None, 2, 1),
            ("5", Class::DuplicateLeft, None, None, 2, 1),
            ("6", Class::OnlyLeft, None, None, 1, 0),
            ("7", Class::OnlyLeft, None, None, 2, 0),
            ("7", Class::DuplicateLeft, None, None, 2, 0),
            ("8", Class::OnlyRight, None, None, 0, 1),
            ("9", Class::OnlyRight, None, None, 0, 2),
            ("9", Class::DuplicateRight, None, None, 0, 2),
        ]
    );
    assert_eq!((entries[2].left.as_deref(), entries[2].right.as_deref()), (None, Some("")));
    assert_eq!((total, run.outcome.differences_kept, run.outcome.differences_total), (12, 12, 12));
    let causes = |different, equal_by_rule, cause| CauseCount { cause, different, equal_by_rule };
    assert_eq!(run.outcome.fields[0].causes, [causes(0, 1, Cause::Case)]);
    assert_eq!(
        run.outcome.fields[1].causes,
        [causes(1, 0, Cause::NullOrBlank), causes(1, 0, Cause::LeadingZeros), causes(1, 0, Cause::Other)]
    );
}

#[test]
fn filters_and_pages() {
    let run = example();
    let all = run.page(&Filter::default(), 0, 100).1;
    assert_eq!(run.page(&Filter::default(), 3, 2), (12, all[3..5].to_vec()));
    assert_eq!(run.page(&Filter::default(), 100, 2), (12, vec![]));
    let class = Filter { class: Some(Class::Different), ..Filter::default() };
    assert_eq!(run.page(&class, 1, 1), (3, vec![all[2].clone()]));
    let field = Filter { field: Some(0), ..Filter::default() };
    assert_eq!(run.page(&field, 0, 10), (1, vec![all[1].clone()]));
    let cause = Filter { cause: Some(Cause::LeadingZeros), field: Some(1), ..Filter::default() };
    assert_eq!(run.page(&cause, 0, 10), (1, vec![all[3].clone()]));
    let text = Filter { text: Some("=X".into()), ..Filter::default() };
    assert_eq!(run.page(&text, 0, 10), (1, vec![all[0].clone()]));
    let in_key = Filter { text: Some("9".into()), class: Some(Class::DuplicateRight), ..Filter::default() };
    assert_eq!(run.page(&in_key, 0, 10), (1, vec![all[11].clone()]));
    let filled = |filled| Filter { class: Some(Class::Different), filled: Some(filled), ..Filter::default() };
    assert_eq!(run.page(&filled(Filled::Both), 0, 10), (2, vec![all[0].clone(), all[3].clone()]));
    assert_eq!(run.page(&filled(Filled::Left), 0, 10), (0, vec![]), "blank text is no value");
    let nothing = Filter { text: Some("nowhere".into()), ..Filter::default() };
    assert_eq!(run.page(&nothing, 0, 10), (0, vec![]));
}

#[test]
fn the_export_disarms_formulas() {
    let run = example();
    let mut out = Vec::new();
    let filter = Filter { field: Some(1), ..Filter::default() };
    let count = export_csv(&run.dir.path().join("differences.parquet"), &filter, &mut out).unwrap();
    assert_eq!(count, 3);
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "key: k,class,left field,right field,left,right,cause,left rows,right rows\r\n\
         1,different,w,w,'=x,'=y,other,1,1\r\n\
         3,different,w,w,,\"\",null or blank,1,1\r\n\
         4,different,w,w,0800,800,leading zeros,1,1\r\n"
    );
}

#[test]
fn masked_values_are_neither_shown_nor_found() {
    let run = example();
    let path = run.dir.path().join("differences.parquet");
    let all = run.page(&Filter::default(), 0, 100).1;
    let values = Filter { mask: Mask { keys: vec![false], fields: vec![false, true] }, ..Filter::default() };
    let (total, entries) = run.page(&values, 0, 100);
    let masked = |entry: &Difference| {
        let sign = Some("•••".to_owned());
        Difference { left: sign.clone(), right: sign, ..entry.clone() }
    };
    let expected = [masked(&all[0]), all[1].clone(), all[2].clone(), masked(&all[3])];
    assert_eq!((total, &entries[..4]), (12, &expected[..]), "what is blank stays blank");
    assert_eq!(entries[4..], all[4..]);
    let found = |filter: &Filter, text: &str| run.page(&Filter { text: Some(text.into()), ..filter.clone() }, 0, 100).0;
    assert_eq!((found(&Filter::default(), "=x"), found(&values, "=x"), found(&values, "800")), (1, 0, 0));
    assert_eq!((found(&values, "9"), found(&values, "a")), (2, 1), "what is shown is found");

    let keys = Filter { mask: Mask { keys: vec![true], fields: vec![false, false] }, ..Filter::default() };
    let (total, entries) = run.page(&keys, 3, 2);
    assert_eq!((total, entries.len(), entries[0].left.as_deref()), (12, 2, Some("0800")));
    assert!(entries.iter().all(|entry| entry.key == ["•••"]), "{entries:?}");
    assert_eq!((found(&Filter::default(), "9"), found(&keys, "9"), found(&keys, "=x")), (2, 0, 1));

    let mut csv = Vec::new();
    export_csv(&path, &Filter { field: Some(1), ..values.clone() }, &mut csv).unwrap();
    assert_eq!(
        String::from_utf8(csv).unwrap(),
        "key: k,class,left field,right field,left,right,cause,left rows,right rows\r\n\
         1,different,w,w,•••,•••,other,1,1\r\n\
         3,different,w,w,,\"\",null or blank,1,1\r\n\
         4,different,w,w,•••,•••,leading zeros,1,1\r\n"
    );
    let strings = |filter: &Filter| {
        let mut archive = zip::ZipArchive::new(Cursor::new(export_xlsx(&path, filter).unwrap())).unwrap();
        let mut text = String::new();
        archive.by_name("xl/sharedStrings.xml").unwrap().read_to_string(&mut text).unwrap();
        text
    };
    assert!(strings(&Filter::default()).contains("0800"));
    let strings = strings(&values);
    assert!(strings.contains("•••") && !strings.contains("0800") && !strings.contains("=y"), "{strings}");
}

#[test]
fn whole_records_are_found_by_key() {
    let run = example();
    let keys = run.spec.key_columns(Side::Left);
    let found = find_records(&run.left, Side::Left, &keys, &["5".into()], 10).unwrap();
    let values: Vec<Vec<Option<&str>>> =
        found.iter().map(|record| record.values.iter().map(|(_, value)| value.as_deref()).collect()).collect();
    assert_eq!(values, [[Some("5"), Some("d"), Some("x")], [Some("5"), Some("e"), Some("x")]]);
    assert_eq!(found[0].values[2].0, "w");
    let found = find_records(&run.right, Side::Right, &keys, &["3".into()], 10).unwrap();
    assert_eq!(found[0].values[2], ("w".into(), Some(String::new())));
    assert_eq!(find_records(&run.left, Side::Left, &keys, &["nobody".into()], 10).unwrap(), []);
    assert_eq!(find_records(&run.left, Side::Left, &keys, &["7".into()], 1).unwrap().len(), 1);
}

#[test]
fn a_staged_file_is_its_own_description() {
    let run = example();
    let opened = Staged::open(&run.left.path).unwrap();
    assert_eq!(opened, run.left);
    assert!(!opened.columns[2].numeric);
    assert!(opened.columns[0].numeric);
    let wrong = Staged::open(&run.dir.path().join("differences.parquet")).unwrap_err();
    assert!(wrong.to_string().contains("not a file staged by this program"), "{wrong}");
    let missing = Staged::open(&run.dir.path().join("nothing.parquet")).unwrap_err();
    assert!(missing.to_string().starts_with("cannot read nothing.parquet: "), "{missing}");
}

#[test]
fn values_of_one_side_only_are_counted_found_and_seen_as_missing() {
    let left = Table::new("k v", &["1 a", "2 ∅", "3 ''", "4 _", "5 x", "6 ∅"]);
    let right = Table::new("k v", &["1 ∅", "2 b", "3 c", "4 ∅", "5 y", "6 ∅"]);
    let dir = tempfile::tempdir().unwrap();
    let (left, right) = (left.stage(&dir.path().join("l.parquet")), right.stage(&dir.path().join("r.parquet")));
    let outcome = run_with(&left, &right, &spec("k", "v", ""), &settings(dir.path()));
    let field = &outcome.fields[0];
    let counted = (outcome.report.fields[0].different, field.only_left, field.only_right, field.both);
    assert_eq!(counted, (5, 1, 2, 1), "a blank against nothing is on no side");
    let keys = |filled| {
        let filter = Filter { filled: Some(filled), ..Filter::default() };
        let page = page(&dir.path().join("differences.parquet"), &filter, 0, 10).unwrap();
        page.entries.into_iter().map(|entry| entry.key[0].clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        (keys(Filled::Left), keys(Filled::Right), keys(Filled::Both)),
        (vec!["1".to_owned()], vec!["2".to_owned(), "3".to_owned()], vec!["5".to_owned()],)
    );
    let go = std::sync::atomic::AtomicBool::new(false);
    let columns =
        [("v".to_owned(), Expected::Text), ("k".to_owned(), Expected::Number), ("v".to_owned(), Expected::Number)];
    let seen = soundness(&left, Side::Left, &columns, &go).unwrap();
    let of = |empty, malformed| Soundness { empty, malformed };
    assert_eq!(seen, [of(4, 0), of(0, 0), of(4, 2)]);
    assert!(soundness(&left, Side::Left, &[("gone".to_owned(), Expected::Text)], &go).is_err());
}

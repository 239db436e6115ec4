//! How long it takes to look at a finished run of 1 000 000 rows and ten columns, where every tenth record differs in
//! three columns: under other rules, a page of its differences from their middle, one record of both sides.
#![expect(clippy::unwrap_used, reason = "a measurement stops at the first surprise")]

use std::{
    path::Path,
    sync::{Arc, atomic::AtomicBool},
};

use criterion::{Criterion, criterion_group, criterion_main};
use reconcile::{
    Class, Filter, Rule, Settings, Side, Spec, Staged, Stager,
    arrow::{
        array::{ArrayRef, RecordBatch, StringArray},
        datatypes::{DataType, Field, Schema},
    },
    check, find_records, page, parse_pairs, recount,
};

const ROWS: u64 = 1_000_000;
const COLUMNS: [&str; 10] = ["id", "name", "mail", "city", "postcode", "amount", "born", "phone", "street", "country"];
/// Rows written at once.
const BATCH: u64 = 8192;

fn look(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let left = stage(&folder.path().join("left.parquet"), |_| false);
    let right = stage(&folder.path().join("right.parquet"), |n| n % 10 == 0);
    let pairs = |text: &str| parse_pairs("the measurement", text).unwrap();
    let spec = Spec::new(pairs("id"), pairs(&COLUMNS[1..].join(",")), &[]);
    let mut settings = Settings::new(folder.path().into());
    let differences = folder.path().join("differences.parquet");
    settings.differences = Some(differences.clone());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let cancel = Arc::new(AtomicBool::new(false));
    let done = runtime.block_on(check(&left, &right, &spec, &settings, Arc::new(|_| {}), cancel)).unwrap();
    assert_eq!(done.differences_kept, 3 * ROWS / 10);
    let rules = vec![vec![Rule::Trim, Rule::CaseFold, Rule::Collapse]; spec.compare.len()];
    let mut group = criterion.benchmark_group("finished run of 1 000 000 × 10");
    group.sample_size(10);
    group.bench_function("under other rules", |timed| {
        timed.iter(|| recount(&differences, [&left.path, &right.path], &rules).unwrap());
    });
    let of_a_column = Filter { class: Some(Class::Different), field: Some(2), ..Filter::default() };
    group.bench_function("a page of differences", |timed| {
        timed.iter(|| assert_eq!(page(&differences, &of_a_column, ROWS / 20, 50).unwrap().entries.len(), 50));
    });
    let (column, key) = (["id".to_owned()], [(ROWS / 2).to_string()]);
    group.bench_function("a record of both sides", |timed| {
        timed.iter(|| {
            for (side, staged) in [(Side::Left, &left), (Side::Right, &right)] {
                assert_eq!(find_records(staged, side, &column, &key, 10).unwrap().len(), 1);
            }
        });
    });
    group.finish();
}

fn stage(path: &Path, differs: impl Fn(u64) -> bool) -> Staged {
    let schema = Arc::new(Schema::new(COLUMNS.map(|name| Field::new(name, DataType::Utf8, true)).to_vec()));
    let mut stager = Stager::new(path);
    for first in (0..ROWS).step_by(BATCH as usize) {
        let rows: Vec<_> = (first..ROWS.min(first + BATCH)).map(|n| row(n, differs(n))).collect();
        let column =
            |at: usize| -> ArrayRef { Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row[at]))) };
        stager.write(&RecordBatch::try_new(Arc::clone(&schema), (0..10).map(column).collect()).unwrap()).unwrap();
    }
    stager.finish(&schema).unwrap()
}

fn row(n: u64, differs: bool) -> [String; 10] {
    let (name, city) = (format!("Name {n}"), format!("City {}", n % 997));
    let (name, city) = if differs { (name.to_lowercase(), format!("{city} ")) } else { (name, city) };
    [
        n.to_string(),
        name,
        format!("n{n}@example.org"),
        city,
        format!("{:05}", n % 90_000),
        format!("{}.50", n % 3000 + u64::from(differs)),
        format!("19{:02}-0{}-1{}", n % 100, n % 9 + 1, n % 10),
        format!("+49 30 {n:07}"),
        format!("Street {}", n % 5000),
        "DE".to_owned(),
    ]
}

criterion_group!(benches, look);
criterion_main!(benches);

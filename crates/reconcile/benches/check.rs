//! How long a check of two sides of 500 000 rows and six columns takes, every tenth record of which differs.
#![expect(clippy::unwrap_used, reason = "a measurement stops at the first surprise")]

use std::{
    path::Path,
    sync::{Arc, atomic::AtomicBool},
};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use reconcile::{
    Settings, Spec, Staged, Stager,
    arrow::{
        array::{ArrayRef, RecordBatch, StringArray},
        datatypes::{DataType, Field, Schema},
    },
    check, parse_pairs, parse_rules,
};

const ROWS: u64 = 500_000;
const COLUMNS: [&str; 6] = ["id", "name", "mail", "city", "postcode", "amount"];
/// Rows written at once.
const BATCH: u64 = 8192;

fn check_two_sides(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let left = stage(&folder.path().join("left.parquet"), |_| false);
    let right = stage(&folder.path().join("right.parquet"), |n| n % 10 == 0);
    let pairs = |text| parse_pairs("the measurement", text).unwrap();
    let rules = parse_rules("trim,casefold,collapse").unwrap();
    let spec = Spec::new(pairs("id"), pairs("name,mail,city,postcode,amount"), &rules);
    let mut settings = Settings::new(folder.path().into());
    settings.differences = Some(folder.path().join("differences.parquet"));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut group = criterion.benchmark_group("reconcile");
    group.sample_size(10).throughput(Throughput::Elements(2 * ROWS));
    group.bench_function("check of 500 000 × 6 a side", |timed| {
        timed.iter(|| {
            let cancel = Arc::new(AtomicBool::new(false));
            let checked = check(&left, &right, &spec, &settings, Arc::new(|_| {}), cancel);
            runtime.block_on(checked).unwrap()
        });
    });
    group.finish();
}

/// Rows in an order of their own, those that `differs` picks with another name.
fn stage(path: &Path, differs: impl Fn(u64) -> bool) -> Staged {
    let schema = Arc::new(Schema::new(COLUMNS.map(|name| Field::new(name, DataType::Utf8, true)).to_vec()));
    let mut stager = Stager::new(path);
    for first in (0..ROWS).step_by(BATCH as usize) {
        let rows: Vec<_> = (first..ROWS.min(first + BATCH)).map(|n| row((n * 48_271) % ROWS, &differs)).collect();
        let column =
            |at: usize| -> ArrayRef { Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row[at]))) };
        let columns = (0..COLUMNS.len()).map(column).collect();
        stager.write(&RecordBatch::try_new(Arc::clone(&schema), columns).unwrap()).unwrap();
    }
    stager.finish(&schema).unwrap()
}

fn row(n: u64, differs: impl Fn(u64) -> bool) -> [String; 6] {
    let name = if differs(n) { format!("name {n}") } else { format!("Name {n}") };
    let city = format!("City {}", n % 997);
    [n.to_string(), name, format!("n{n}@example.org"), city, format!("{:05}", n % 90_000), format!("{}.50", n % 3000)]
}

criterion_group!(benches, check_two_sides);
criterion_main!(benches);

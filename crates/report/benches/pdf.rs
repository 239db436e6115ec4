//! How long the PDF of a plan as large as the demo takes.
#![expect(clippy::unwrap_used, reason = "a measurement stops at the first surprise")]

#[path = "../tests/report/demo_sized.rs"]
mod demo_sized;
#[path = "../tests/report/measured.rs"]
mod measured;
#[expect(dead_code, reason = "the tests use all of it")]
#[path = "../tests/report/plans.rs"]
mod plans;

use criterion::{Criterion, criterion_group, criterion_main};

fn pdf(criterion: &mut Criterion) {
    let bundle = demo_sized::demo_sized();
    let mut group = criterion.benchmark_group("report");
    group.sample_size(10);
    group.bench_function("PDF of a plan as large as the demo", |timed| timed.iter(|| report::pdf(&bundle).unwrap()));
    group.finish();
}

criterion_group!(benches, pdf);
criterion_main!(benches);

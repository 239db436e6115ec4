//! PDF files as bytes. What only a reader of PDF can tell is in `pdf_tools`.

use crate::{demo_sized::demo_sized, plans::small};
use report::pdf;
use std::time::Instant;

#[test]
fn the_same_bundle_gives_the_same_bytes() {
    assert!(pdf(&small()).unwrap() == pdf(&small()).unwrap());
}

#[test]
fn a_plan_as_large_as_the_demo_takes_seconds_at_most() {
    let bundle = demo_sized();
    pdf(&small()).unwrap();
    let start = Instant::now();
    pdf(&bundle).unwrap();
    let took = start.elapsed();
    // Other builds may run beside this one; the bound that matters is an order of magnitude.
    assert!(took.as_secs_f64() < 6.0, "took {took:?}");
}

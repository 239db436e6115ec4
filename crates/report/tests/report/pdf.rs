//! PDF files as bytes. What only a reader of PDF can tell is in `pdf_tools`.

use crate::plans::small;
use report::pdf;

#[test]
fn the_same_bundle_gives_the_same_bytes() {
    assert!(pdf(&small()).unwrap() == pdf(&small()).unwrap());
}

//! Reading gate 2: processes with their pictures, flows with their mapping, the change, risks.

mod one;
mod pages;
mod pictures_of;

use crate::Access;
use domain::ItemId;
use rules::Severity;

/// Open error findings on any of these items.
fn errors_on(access: &Access, items: &[ItemId]) -> u64 {
    access
        .open_findings()
        .filter(|f| f.severity == Severity::Error && f.subject.is_some_and(|s| items.contains(&s)))
        .count() as u64
}

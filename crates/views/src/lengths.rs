//! How many entries a page of a list holds: what the workbench cuts off is what the links below the list count with.

/// Differences of a run.
pub const DIFFERENCES: u16 = 50;
/// Records of a work-list.
pub const RECORDS: u16 = 50;
/// Pairs of a run, and lines of the crosswalk.
pub const PAIRS: u16 = 50;
/// Values that overwriting would change.
pub const OVERWRITTEN: u16 = 20;
/// Findings.
pub const FINDINGS: u16 = 200;
/// Items of a kind.
pub const ITEMS: u16 = 200;
/// Items that differ between two versions.
pub const COMPARED: u16 = 200;

//! The sync-check engine: are two datasets synchronised, record by record and field by field?
//!
//! The way through it: [`Stager`] writes each side to Parquet (the evidence); [`check()`] settles what is plainly
//! equal by digests, sorts the rest by key with DataFusion, walks it side by side and counts; what differs is kept
//! as Parquet, too, and read back by [`page`] and [`export_csv`]. It knows nothing of where the rows came from.

mod cause;
mod check;
mod codes;
mod conformance;
mod decimal;
mod differences;
mod error;
mod export;
mod groups;
mod judge;
mod keyset;
mod link;
mod lookup;
mod mask;
mod names;
mod normalise;
mod pairs;
mod preview;
pub mod profile;
mod recount;
mod report;
mod settle;
mod slices;
mod sorted;
mod soundness;
mod spec;
mod staging;
mod tolerance;

pub use cause::Cause;
pub use check::{Outcome, Phase, Progress, ProgressFn, Settings, check, check_rest};
pub use codes::CodeMap;
pub use conformance::{Breaks, Conformance, Expectation, Pattern, ValueType, conformance};
pub use differences::{Class, Difference, Filled, Filter, Page, page};
pub use error::EngineError;
pub use export::{LineFile, MOST_SHEET_ROWS, export_csv, export_xlsx};
pub use judge::{CauseCount, FieldDetail};
pub use keyset::{KeyDigest, KeySet, MatchingKeys, entries_kept, equal_among, matching_keys};
pub use link::{
    FieldKind, FieldSummary, Level, LevelSummary, LinkPhase, LinkProgressFn, LinkSettings, LinkSpec, LinkSummary,
    Linked, LinkedPair, MOST_LINKED_FIELDS, PassSummary, Reason, link,
};
pub use lookup::{Record, find_records};
pub use mask::{Mask, masked};
pub use names::plain_name;
pub use pairs::{
    Key, Proposal, ProposalField, Proposed, Proposing, SURE, check_pairs, keys_on_one_side, proposals, propose,
    single_keys,
};
pub use preview::{FieldPreview, Gain, Preview, Sampler, SideSample, preview};
pub use recount::{Recount, compared, recount};
pub use report::{FieldCounts, RecordCounts, Report, SideCounts};
pub use settle::{FirstLook, Rest, SeenSide, Settled, SideLook};
pub use slices::{FoundSlice, SLICE_FEWEST, SLICE_ONE_IN, SLICE_TIMES, Slice, find_slices, slice_keys};
pub use soundness::{Expected, Soundness, soundness};
pub use spec::{Pair, Rule, Side, Spec, parse_pairs, parse_rules};
pub use staging::{NUMERIC, Staged, StagedColumn, Stager};
pub use tolerance::Tolerance;

/// Arrow as the engine uses it, so that a caller builds its batches with the same version.
pub use arrow;

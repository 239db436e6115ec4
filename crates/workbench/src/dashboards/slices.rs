//! Where the differences of a run concentrate. Looked for once, when the run ends, and kept beside its evidence:
//! the file holds values of the data and goes with it.
//!
//! A column whose data point is personal, confidential or restricted is never shown as a slice, to nobody: there its
//! values would stand in a heading, seen by those who look for something else.

use crate::{Access, Error, Workbench, own_task::blocking};
use domain::Run;
use reconcile::{FoundSlice, SLICE_FEWEST, SLICE_ONE_IN, SLICE_TIMES, Slice};
use std::{
    path::Path,
    sync::{Arc, atomic::AtomicBool},
};
use views::{
    sync::PointRow,
    worklists::{SliceFloor, SliceRow},
};

/// The file beside the differences.
const FILE: &str = "slices.json";
/// Slices on the dashboard.
const SHOWN: usize = 12;
/// What the engine wants of each.
pub(super) const FLOOR: SliceFloor = SliceFloor { records: SLICE_FEWEST, times: SLICE_TIMES, one_in: SLICE_ONE_IN };
/// Longest slice in an address.
const LONGEST: usize = 2_000;

/// Looks where the differences in this folder concentrate and keeps the answer there. A run is worth as much without
/// it, so that it fails quietly.
pub(crate) async fn keep_slices(folder: &Path, cancel: &Arc<AtomicBool>) {
    let (left, differences, file) =
        (folder.join("left.parquet"), folder.join("differences.parquet"), folder.join(FILE));
    let cancel = Arc::clone(cancel);
    let found = blocking(move || {
        let found = reconcile::find_slices(&left, &differences, &cancel)?.unwrap_or_default();
        let json = serde_json::to_vec(&found).map_err(|e| Error::internal("slices cannot be written", &e))?;
        std::fs::write(&file, json).map_err(|e| Error::Unavailable(format!("slices cannot be kept: {e}")))
    });
    if let Err(error) = found.await {
        tracing::warn!(%error, "where the differences of a run concentrate is not known");
    }
}

impl Workbench {
    /// What was found when the run ended, as far as it may be shown.
    pub(super) async fn slices(&self, access: &Access, run: &Run, points: &[PointRow]) -> Vec<SliceRow> {
        let hidden = self.hidden(access, run).await;
        let found = self.found_slices(run).await.into_iter();
        let shown = found.filter(|found| !hidden.covers(&found.slice)).filter_map(|found| {
            Some(SliceRow {
                field: found.field,
                name: points.get(found.field)?.name.clone(),
                words: slice_words(&found.slice),
                slice: serde_json::to_string(&found.slice).ok()?,
                records: found.records,
                different: found.different,
                others: found.others,
                others_different: found.others_different,
            })
        });
        shown.take(SHOWN).collect()
    }

    /// What was found when the run ended; nothing for runs that kept nothing.
    pub(crate) async fn found_slices(&self, run: &Run) -> Vec<FoundSlice> {
        let Ok(differences) = self.differences_path(run.id).await else { return Vec::new() };
        let Ok(json) = tokio::fs::read(differences.with_file_name(FILE)).await else { return Vec::new() };
        serde_json::from_slice(&json).unwrap_or_default()
    }
}

/// A slice as filters and forms send it.
pub(crate) fn parsed_slice(text: &str) -> Result<Slice, Error> {
    let read = if text.len() > LONGEST { None } else { serde_json::from_str(text).ok() };
    read.ok_or_else(|| Error::invalid("slice", "is no part of the data; take one from the run's page"))
}

/// A slice in words.
pub(crate) fn slice_words(slice: &Slice) -> String {
    match slice {
        Slice::Value { column, value: None } => format!("{column} is missing"),
        Slice::Value { column, value: Some(value) } if value.trim().is_empty() => format!("{column} is blank"),
        Slice::Value { column, value: Some(value) } => format!("{column} = {value}"),
        Slice::Prefix { column, prefix } => format!("{column} starts with {prefix}"),
        Slice::Year { column, year } => format!("{column} in {year}"),
    }
}

//! Reading what a run kept: its differences page by page and as a download, whole records side by side. What the caller
//! may not see of it is masked here, and in nothing that is kept.

use super::{parsed_slice, point_name, sides, slice_words};
use crate::{
    Access, Caller, Error, Workbench,
    checks::EXAMPLES,
    downloads::{CsvOf, Download},
    hidden::Hidden,
    own_task::blocking,
    plans,
    turns::Work,
};
use domain::{Item, PlanRole, Run, RunId, RunSide, entity::Check};
use jiff::tz::TimeZone;
use reconcile::{Cause, Class, Filled, Filter, KeySet, Mask, Record, Side, Slice, Spec, Staged, masked};
use std::path::{Path, PathBuf};
use store::StoredRun;
use views::{
    lengths,
    sync::{DifferenceFilter, DifferenceRow, DifferencesPage, RecordField, RecordPage},
};

/// Longest value on a page, in characters; downloads have all of it.
const SHOWN: usize = 2_000;
/// Records of one key shown for each side.
const RECORDS: usize = 10;

impl Workbench {
    /// One page of the differences of a run.
    ///
    /// # Errors
    /// When the caller may not see the plan, the run kept no differences, or all that a search would look through is
    /// masked.
    pub async fn differences(
        &self,
        caller: &Caller,
        key: &str,
        number: i64,
        filter: &DifferenceFilter,
        offset: u64,
    ) -> Result<DifferencesPage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let run = self.run_by_number(access.plan.document.id, number).await?;
        let path = self.differences_path(run.id).await?;
        let wanted = self.wanted(&access, &run, &path, filter).await?;
        let mask = wanted.mask.clone();
        let length = lengths::DIFFERENCES.into();
        let page = blocking(move || Ok(reconcile::page(&path, &wanted, offset, length)?)).await?;
        let (left, right) = sides_of(&access, &run);
        let totals = run.totals.clone().unwrap_or_default();
        let fields: Vec<String> = totals.fields.iter().map(|f| point_name(&access, f)).collect();
        Ok(DifferencesPage {
            head: plans::head(&access),
            name: access.plan.document.items.get(&run.check).map(Item::title).unwrap_or_default(),
            left,
            right,
            key_names: key_names(&page.spec),
            total: page.total,
            offset,
            rows: page.entries.into_iter().map(|d| difference(d, &fields, &mask)).collect(),
            masked: mask.any(),
            fields,
            slice: filter.slice.as_deref().and_then(|text| parsed_slice(text).ok()).map(|slice| slice_words(&slice)),
            run,
        })
    }

    /// The differences of a run as a file for spreadsheet programs, written as it is fetched.
    ///
    /// # Errors
    /// As for [`Workbench::differences`], or when too many are being fetched.
    pub async fn differences_csv(
        &self,
        caller: &Caller,
        key: &str,
        number: i64,
        filter: &DifferenceFilter,
    ) -> Result<Download, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let run = self.run_by_number(access.plan.document.id, number).await?;
        let path = self.differences_path(run.id).await?;
        let wanted = self.wanted(&access, &run, &path, filter).await?;
        self.download(caller, CsvOf { path, wanted }).await
    }

    /// The whole records of one key on both sides, as they were read.
    ///
    /// # Errors
    /// When the caller may not see the plan or the key, the run kept nothing, or the key is none of its.
    pub async fn record(&self, caller: &Caller, key: &str, number: i64, record: &str) -> Result<RecordPage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let stored = self.store().load_run_numbered(access.plan.document.id, number).await?;
        let (run, files) = (stored.run.clone(), &stored.files);
        let parts: Vec<String> = serde_json::from_str(record).map_err(|_| Error::NotFound("record"))?;
        let differences = self.kept(&stored, files.differences.as_deref())?;
        let (left, right) = (self.kept(&stored, files.left.as_deref())?, self.kept(&stored, files.right.as_deref())?);
        let hidden = self.hidden(&access, &run).await.for_caller(&access);
        let spec = blocking(move || Ok(reconcile::compared(&differences)?)).await?;
        if hidden.mask(&spec).any_key() {
            // Whether there is such a record would tell the key, too.
            let words = "the key of these records is protected; ask an editor of the plan to look at the whole record";
            return Err(Error::Denied(words.into()));
        }
        if spec.key.len() != parts.len() {
            return Err(Error::NotFound("record"));
        }
        let (own, key_parts) = (spec.clone(), parts.clone());
        let (left, right) = blocking(move || {
            let find = |path: PathBuf, side: Side| {
                let staged = Staged::open(&path)?;
                reconcile::find_records(&staged, side, &own.key_columns(side), &key_parts, RECORDS)
            };
            Ok((find(left, Side::Left)?, find(right, Side::Right)?))
        })
        .await?;
        if left.is_empty() && right.is_empty() {
            return Err(Error::NotFound("record"));
        }
        let names: Vec<String> =
            run.totals.iter().flat_map(|t| &t.fields).map(|counts| point_name(&access, counts)).collect();
        let (left_name, right_name) = sides_of(&access, &run);
        let count = left.len().max(right.len());
        let any = |records: &[Record], side: Side| {
            records.iter().flat_map(|record| &record.values).any(|(column, _)| hidden.column(side, column))
        };
        Ok(RecordPage {
            head: plans::head(&access),
            name: access.plan.document.items.get(&run.check).map(Item::title).unwrap_or_default(),
            key: key_names(&spec).into_iter().zip(parts.into_iter().map(cut)).collect(),
            left: left_name,
            right: right_name,
            left_records: left.len() as u64,
            right_records: right.len() as u64,
            pairs: (0..count).map(|n| side_by_side(&spec, &names, &hidden, [left.get(n), right.get(n)])).collect(),
            masked: any(&left, Side::Left) || any(&right, Side::Right),
            run,
        })
    }

    /// The first values of each column that are not as expected, and whether any of them is masked; nothing when
    /// nothing was expected or the run kept none.
    pub(super) async fn format_examples(&self, access: &Access, run: &Run) -> Option<(Vec<Vec<String>>, bool)> {
        let columns = run.totals.as_ref().map(|totals| &totals.format).filter(|columns| !columns.is_empty())?;
        let file = self.differences_path(run.id).await.ok()?.with_file_name(EXAMPLES);
        let kept: Vec<Vec<String>> = serde_json::from_slice(&tokio::fs::read(file).await.ok()?).ok()?;
        let hidden = self.hidden(access, run).await.for_caller(access);
        let mut any = false;
        let shown = kept.into_iter().zip(columns).map(|(values, column)| {
            let side = match column.side {
                RunSide::Left => Side::Left,
                RunSide::Right => Side::Right,
            };
            if !hidden.column(side, &column.column) {
                return values;
            }
            any |= !values.is_empty();
            // One sign says as much as several.
            values.iter().take(1).map(|value| masked(value)).collect()
        });
        Some((shown.collect(), any))
    }

    /// What of the differences of a run, kept at this path, the caller may not see.
    pub(crate) async fn mask_for(&self, access: &Access, run: &Run, differences: &Path) -> Result<Mask, Error> {
        let hidden = self.hidden(access, run).await.for_caller(access);
        if hidden.is_nothing() {
            return Ok(Mask::default());
        }
        let path = differences.to_owned();
        let spec = blocking(move || Ok(reconcile::compared(&path)?)).await?;
        Ok(hidden.mask(&spec))
    }

    /// The filter as the engine takes it; a slice becomes the keys of its records.
    async fn wanted(
        &self,
        access: &Access,
        run: &Run,
        differences: &Path,
        filter: &DifferenceFilter,
    ) -> Result<Filter, Error> {
        let mut wanted = Filter { mask: self.mask_for(access, run, differences).await?, ..parsed(filter)? };
        if wanted.text.is_some() && !wanted.mask.leaves(wanted.field) {
            let words = "would look through values that only editors of the plan see; filter by the cause instead";
            return Err(Error::invalid("text", words));
        }
        if let Some(text) = filter.slice.as_deref().filter(|text| !text.is_empty()) {
            let slice = parsed_slice(text)?;
            if self.hidden(access, run).await.covers(&slice) {
                return Err(Error::invalid("slice", "goes by a column that is classified; choose another"));
            }
            wanted.keys = Some(self.keys_of(run.id, slice).await?);
        }
        Ok(wanted)
    }

    /// The keys of the records of a run that belong to a slice.
    pub(crate) async fn keys_of(&self, run: RunId, slice: Slice) -> Result<KeySet, Error> {
        let (left, differences) = (self.left_path(run).await?, self.differences_path(run).await?);
        self.aside(Work::Previewing, move || Ok(reconcile::slice_keys(&left, &differences, &slice)?)).await?
    }

    /// Where the left side of a run is kept.
    pub(crate) async fn left_path(&self, run: RunId) -> Result<PathBuf, Error> {
        let stored = self.store().load_run(run).await?;
        self.kept(&stored, stored.files.left.as_deref())
    }

    /// Where the differences of a run are kept.
    pub(crate) async fn differences_path(&self, run: RunId) -> Result<PathBuf, Error> {
        let stored = self.store().load_run(run).await?;
        self.kept(&stored, stored.files.differences.as_deref())
    }

    /// Where a file of a run is kept.
    ///
    /// # Errors
    /// In words where it is not, or was removed.
    pub(crate) fn kept(&self, run: &StoredRun, file: Option<&str>) -> Result<PathBuf, Error> {
        let path = file.map(|file| self.settings().evidence_dir().join(file));
        if let Some(path) = path.filter(|path| path.is_file()) {
            return Ok(path);
        }
        let when = match run.removed_at {
            Some(at) => format!(" since {}", at.to_zoned(TimeZone::UTC).date()),
            None => String::new(),
        };
        let number = run.run.number;
        Err(Error::Conflict(format!("the rows of run {number} are not kept{when}; run the check again to see records")))
    }
}

pub(crate) fn sides_of(access: &Access, run: &Run) -> (String, String) {
    let check = access.plan.get::<Check>(run.check).map(|r| r.entity.clone()).unwrap_or_default();
    sides(access, &check)
}

pub(crate) fn key_names(spec: &Spec) -> Vec<String> {
    spec.key.iter().map(|(l, r)| if l == r { l.clone() } else { format!("{l} = {r}") }).collect()
}

/// An entry as pages show it, read with this mask.
pub(crate) fn difference(found: reconcile::Difference, fields: &[String], mask: &Mask) -> DifferenceRow {
    // A link to the whole record would tell the key.
    let record = if mask.any_key() { String::new() } else { serde_json::to_string(&found.key).unwrap_or_default() };
    DifferenceRow {
        class: found.class.label().into(),
        field: found.field.and_then(|n| fields.get(n).cloned()),
        cause: found.cause.map(|c| c.label().to_owned()),
        record,
        key: found.key.into_iter().map(cut).collect(),
        left: found.left.map(cut),
        right: found.right.map(cut),
        left_rows: found.left_rows,
        right_rows: found.right_rows,
    }
}

/// A value as pages show it: a novel is cut and its length told.
fn cut(value: String) -> String {
    match value.char_indices().nth(SHOWN) {
        None => value,
        Some((end, _)) => {
            let all = rules::number(value.chars().count() as u64);
            format!("{}… ({all} characters)", &value[..end])
        }
    }
}

/// Two records: first the compared pairs, then whatever else each side has.
fn side_by_side(
    spec: &Spec,
    names: &[String],
    hidden: &Hidden,
    [left, right]: [Option<&Record>; 2],
) -> Vec<RecordField> {
    let shown = |side: Side, column: &str, value: &Option<String>| match value {
        Some(value) if hidden.column(side, column) => Some(masked(value)),
        value => value.clone().map(cut),
    };
    let value = |record: Option<&Record>, side: Side, column: &str| {
        let (_, value) = record?.values.iter().find(|(name, _)| name == column)?;
        shown(side, column, value)
    };
    let mut fields: Vec<RecordField> = spec
        .compare
        .iter()
        .enumerate()
        .map(|(n, pair)| RecordField {
            name: names.get(n).cloned().unwrap_or_else(|| pair.left.clone()),
            compared: true,
            left: value(left, Side::Left, &pair.left),
            right: value(right, Side::Right, &pair.right),
        })
        .collect();
    let seen = |column: &str, side: Side| {
        let of_pair = |pair: &reconcile::Pair| match side {
            Side::Left => pair.left == column,
            Side::Right => pair.right == column,
        };
        spec.compare.iter().any(of_pair) || spec.key_columns(side).iter().any(|key| key == column)
    };
    for (record, side) in [(left, Side::Left), (right, Side::Right)] {
        for (column, value) in record.iter().flat_map(|r| &r.values).filter(|(column, _)| !seen(column, side)) {
            let value = shown(side, column, value);
            let (left, right) = if side == Side::Left { (value, None) } else { (None, value) };
            fields.push(RecordField { name: format!("{column} ({side} only)"), compared: false, left, right });
        }
    }
    fields
}

fn parsed(filter: &DifferenceFilter) -> Result<Filter, Error> {
    let some = |text: &Option<String>| text.clone().filter(|t| !t.is_empty());
    let class = some(&filter.class)
        .map(|t| Class::from_label(&t).ok_or_else(|| Error::invalid("class", format!("“{t}” is no class"))))
        .transpose()?;
    let cause = some(&filter.cause)
        .map(|t| Cause::from_label(&t).ok_or_else(|| Error::invalid("cause", format!("“{t}” is no cause"))))
        .transpose()?;
    let filled = some(&filter.filled)
        .map(|t| Filled::from_label(&t).ok_or_else(|| Error::invalid("filled", format!("“{t}” is no side"))))
        .transpose()?;
    Ok(Filter { class, field: filter.field, cause, filled, text: some(&filter.text), ..Filter::default() })
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_long_value_is_cut_and_its_length_told() {
        assert_eq!(cut("short".into()), "short");
        let long = cut("ü".repeat(12_345));
        assert!(long.ends_with("ü… (12\u{202f}345 characters)") || long.ends_with(" characters)"), "{long}");
        assert!(long.chars().count() < 2_100);
    }
}

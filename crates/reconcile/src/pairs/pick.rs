//! Some records of a staged side by key, as a staged side of their own: what linking and the crosswalk work on.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch, StringArray},
    compute::filter_record_batch,
    datatypes::{DataType, Field, Schema},
};
use parquet::arrow::{ProjectionMask, arrow_reader::ParquetRecordBatchReader};

use crate::{
    differences::{Class, Filter, Reader},
    error::EngineError,
    lookup::open,
    spec::{Side, Spec},
    staging::{NUMERIC, Staged, Stager},
};

/// Parts of a key.
pub type Key = Vec<String>;

/// Column of picked records that holds what they were picked for. No source has a name with this character.
pub(super) const NUMBER: &str = "\u{1}number";
/// No more is held in memory for a side.
const MOST_BYTES: usize = 512 << 20;

/// The keys of a file of differences that occur once, and on this side only. `keep` says which are wanted.
///
/// # Errors
/// When the file cannot be read.
pub fn keys_on_one_side(
    differences: &Path,
    side: Side,
    mut keep: impl FnMut(&[String]) -> bool,
) -> Result<Vec<Key>, EngineError> {
    let class = side.pick(Class::OnlyLeft, Class::OnlyRight);
    let filter = Filter { class: Some(class), ..Filter::default() };
    let mut keys = Vec::new();
    Reader::open(differences, &filter, None)?.for_each(|entry| {
        let entry = entry();
        if side.pick(entry.left_rows, entry.right_rows) == 1 && keep(&entry.key) {
            keys.push(entry.key);
        }
        Ok(())
    })?;
    Ok(keys)
}

/// The keys of a side that occur once and have no empty part, in the order of the rows.
///
/// # Errors
/// A column that is not there, a file that cannot be read, cancelling.
pub fn single_keys(staged: &Staged, side: Side, spec: &Spec, cancel: &AtomicBool) -> Result<Vec<Key>, EngineError> {
    let key = positions(staged, side, &spec.key_columns(side))?;
    let mut order = Vec::new();
    let (mut seen, mut again) = (HashSet::new(), HashSet::new());
    let columns = in_order(key.clone());
    each_batch(staged, &columns, cancel, |batch| {
        let parts = parts(&texts(&batch)?, &columns, &key);
        for row in 0..batch.num_rows() {
            let Some(key) = key_of(&parts, row) else { continue };
            if seen.insert(key.clone()) {
                order.push(key);
            } else {
                again.insert(key);
            }
        }
        Ok(())
    })?;
    order.retain(|key| !again.contains(key));
    Ok(order)
}

/// Records picked out of a side.
pub(super) struct Picked {
    /// They alone, as a side of their own, with the column [`NUMBER`].
    pub(super) staged: Staged,
    /// For each record its number, in the order of the rows.
    pub(super) numbers: Vec<usize>,
    batches: Vec<RecordBatch>,
    /// Where each batch begins.
    starts: Vec<usize>,
}

impl Picked {
    /// The value of a column of a picked record.
    pub(super) fn value(&self, row: usize, column: &str) -> Option<&str> {
        let at = self.starts.partition_point(|start| *start <= row).checked_sub(1)?;
        let array = self.batches[at].column_by_name(column)?.as_string_opt::<i32>()?;
        let row = row - self.starts[at];
        array.is_valid(row).then(|| array.value(row))
    }
}

/// Picks the records with one of these keys, each with the number it stands under. `compare` are the columns wanted
/// besides the key; the file at `path` is for the time of the work only.
pub(super) fn pick(
    staged: &Staged,
    side: Side,
    spec: &Spec,
    wanted: &HashMap<Key, usize>,
    path: &Path,
    cancel: &AtomicBool,
) -> Result<Picked, EngineError> {
    let key = positions(staged, side, &spec.key_columns(side))?;
    let compare = positions(staged, side, &spec.compare_columns(side))?;
    let columns = in_order(key.iter().chain(&compare).copied().collect());
    let schema = schema(staged, &columns);
    let (mut numbers, mut batches, mut starts, mut bytes) = (Vec::new(), Vec::new(), Vec::new(), 0);
    let mut stager = Stager::scratch(path);
    each_batch(staged, &columns, cancel, |batch| {
        let parts = parts(&texts(&batch)?, &columns, &key);
        let found: Vec<Option<usize>> =
            (0..batch.num_rows()).map(|row| wanted.get(&key_of(&parts, row)?).copied()).collect();
        let mask: BooleanArray = found.iter().map(|number| Some(number.is_some())).collect();
        if mask.true_count() == 0 {
            return Ok(());
        }
        let picked = filter_record_batch(&batch, &mask)?;
        let labels: StringArray = found.iter().flatten().map(|number| Some(number.to_string())).collect();
        let mut arrays: Vec<ArrayRef> = vec![Arc::new(labels)];
        arrays.extend(picked.columns().iter().cloned());
        let picked = RecordBatch::try_new(Arc::clone(&schema), arrays)?;
        bytes += picked.get_array_memory_size();
        if bytes > MOST_BYTES {
            let mb = MOST_BYTES >> 20;
            return Err(EngineError::BadSpec(format!(
                "the records of the {side} side hold more than {mb} MB in the compared columns; compare fewer columns"
            )));
        }
        stager.write(&picked)?;
        starts.push(numbers.len());
        numbers.extend(found.into_iter().flatten());
        batches.push(picked);
        Ok(())
    })?;
    let staged = stager.finish(&schema)?;
    Ok(Picked { staged, numbers, batches, starts })
}

/// What is numeric among all records of a side is so among some of them.
fn schema(staged: &Staged, columns: &[usize]) -> Arc<Schema> {
    let field = |name: &str, numeric: bool| {
        let said = if numeric { "yes" } else { "no" };
        Field::new(name, DataType::Utf8, true).with_metadata(HashMap::from([(NUMERIC.to_owned(), said.to_owned())]))
    };
    let mut fields = vec![field(NUMBER, false)];
    fields.extend(columns.iter().map(|at| field(&staged.columns[*at].name, staged.columns[*at].numeric)));
    Arc::new(Schema::new(fields))
}

fn positions(staged: &Staged, side: Side, names: &[String]) -> Result<Vec<usize>, EngineError> {
    names.iter().map(|name| staged.column(side, name)).collect()
}

/// Each position once, in the order in which columns are read.
fn in_order(mut columns: Vec<usize>) -> Vec<usize> {
    columns.sort_unstable();
    columns.dedup();
    columns
}

/// The parts of a key among the columns that were read.
fn parts<'a>(read: &[&'a StringArray], columns: &[usize], key: &[usize]) -> Vec<&'a StringArray> {
    key.iter().filter_map(|part| columns.binary_search(part).ok()).map(|at| read[at]).collect()
}

/// Reads these columns, which are in order, batch by batch.
fn each_batch(
    staged: &Staged,
    columns: &[usize],
    cancel: &AtomicBool,
    mut see: impl FnMut(RecordBatch) -> Result<(), EngineError>,
) -> Result<(), EngineError> {
    let builder = open(&staged.path)?;
    let mask = ProjectionMask::roots(builder.parquet_schema(), columns.iter().copied());
    let reader: ParquetRecordBatchReader =
        builder.with_projection(mask).build().map_err(|error| EngineError::parquet("read", &staged.path, &error))?;
    for batch in reader {
        if cancel.load(Relaxed) {
            return Err(EngineError::Cancelled);
        }
        see(batch.map_err(|error| EngineError::storage("read", &staged.path, error))?)?;
    }
    Ok(())
}

fn texts(batch: &RecordBatch) -> Result<Vec<&StringArray>, EngineError> {
    let texts: Option<Vec<_>> = batch.columns().iter().map(|column| column.as_string_opt::<i32>()).collect();
    texts.ok_or_else(|| EngineError::Internal("a staged column is not text".into()))
}

/// The key of a row; none where a part is missing.
fn key_of(parts: &[&StringArray], row: usize) -> Option<Key> {
    let part = |array: &&StringArray| {
        (array.is_valid(row) && !array.value(row).is_empty()).then(|| array.value(row).to_owned())
    };
    parts.iter().map(part).collect()
}

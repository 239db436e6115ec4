//! Whole records of a staged side by key, for showing the two sides of a finding next to each other.

use std::{fs::File, path::Path};

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use parquet::arrow::{
    ProjectionMask,
    arrow_reader::{ArrowPredicateFn, ParquetRecordBatchReaderBuilder, RowFilter},
};
use serde::{Deserialize, Serialize};

use crate::{error::EngineError, spec::Side, staging::Staged};

/// No more records of one key are shown than this.
const MOST_RECORDS: usize = 100;

/// A staged record: (column, value) in the order of the source; `None` is NULL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Columns and values.
    pub values: Vec<(String, Option<String>)>,
}

/// The records of one side that have exactly this key, at most `limit` (and never more than 100).
/// Reads the key columns of the whole file and other columns of matching rows only. Blocking.
pub fn find_records(
    staged: &Staged,
    side: Side,
    key_columns: &[String],
    key: &[String],
    limit: usize,
) -> Result<Vec<Record>, EngineError> {
    if key_columns.len() != key.len() {
        return Err(EngineError::BadSpec(format!("the key has {} parts, not {}", key_columns.len(), key.len())));
    }
    let wanted: Vec<(usize, String)> = key_columns
        .iter()
        .zip(key)
        .map(|(column, part)| Ok((staged.column(side, column)?, part.clone())))
        .collect::<Result<_, EngineError>>()?;
    let builder = open(&staged.path)?;
    let mut positions: Vec<usize> = wanted.iter().map(|(column, _)| *column).collect();
    positions.sort_unstable();
    positions.dedup();
    let mask = ProjectionMask::roots(builder.parquet_schema(), positions.clone());
    let has_key = ArrowPredicateFn::new(mask, move |batch: RecordBatch| {
        let matches = |row: usize| {
            wanted.iter().all(|(column, part)| {
                let place = positions.iter().position(|position| position == column).unwrap_or_default();
                let array = batch.column(place).as_string::<i32>();
                array.is_valid(row) && array.value(row) == part
            })
        };
        Ok((0..batch.num_rows()).map(|row| Some(matches(row))).collect::<BooleanArray>())
    });
    let reader = builder
        .with_row_filter(RowFilter::new(vec![Box::new(has_key)]))
        .with_limit(limit.min(MOST_RECORDS))
        .build()
        .map_err(|error| EngineError::parquet("read", &staged.path, &error))?;
    let mut records = Vec::new();
    for batch in reader {
        let batch = batch.map_err(|error| EngineError::storage("read", &staged.path, error))?;
        records.extend((0..batch.num_rows()).map(|row| record(&batch, row)));
    }
    Ok(records)
}

/// A file of the engine, ready to be read.
pub(crate) fn open(path: &Path) -> Result<ParquetRecordBatchReaderBuilder<File>, EngineError> {
    let failed = |reason: String| EngineError::storage("read", path, reason);
    let file = File::open(path).map_err(|error| failed(error.to_string()))?;
    ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| failed(error.to_string()))
}

fn record(batch: &RecordBatch, row: usize) -> Record {
    let value = |array: &dyn Array| {
        let array = array.as_string::<i32>();
        array.is_valid(row).then(|| array.value(row).to_owned())
    };
    let schema = batch.schema();
    let names = schema.fields().iter().map(|field| field.name().clone());
    Record { values: names.zip(batch.columns().iter().map(|array| value(array.as_ref()))).collect() }
}

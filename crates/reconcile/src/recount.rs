//! The counts of a finished check under other rules. Values that are equal as they stand stay so under any rule; all
//! others are in the file of differences, so that neither a source nor a whole side is read again.

use std::{fs::File, path::Path};

use arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::UInt32Type,
};
use parquet::arrow::{ProjectionMask, arrow_reader::ParquetRecordBatchReaderBuilder};

use crate::{
    differences::{Class, spec_of},
    error::EngineError,
    judge::{Verdict, verdict},
    spec::{Pair, Rule, Side, Spec},
    staging::{Staged, StagedColumn, place},
};

const BATCH_ROWS: usize = 8192;

/// A finished check under other rules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recount {
    /// Per compared pair: values equal by these rules only, and values that differ.
    pub fields: Vec<(u64, u64)>,
    /// Matched records in which any value differs.
    pub unequal: u64,
}

/// What a finished check compared, as its file of differences says. Blocking.
///
/// # Errors
/// When the file cannot be read or holds no differences of a check.
pub fn compared(differences: &Path) -> Result<Spec, EngineError> {
    spec_of(differences, open(differences)?.metadata())
}

/// Counts anew with `rules` for each compared pair; tolerances and codes stay as agreed. `sides` are the staged left
/// and right side, of which only the description is read. Blocking.
///
/// # Errors
/// When a file cannot be read or there are not as many lists of rules as pairs.
pub fn recount(differences: &Path, sides: [&Path; 2], rules: &[Vec<Rule>]) -> Result<Recount, EngineError> {
    let builder = open(differences)?;
    let spec = spec_of(differences, builder.metadata())?;
    if spec.compare.len() != rules.len() {
        let (pairs, lists) = (spec.compare.len(), rules.len());
        return Err(EngineError::BadSpec(format!("{pairs} pairs were compared; there are rules for {lists}")));
    }
    let numeric = numeric(&spec, sides)?;
    let keys = spec.key.len();
    // Key, class, field and the two values.
    let mask = ProjectionMask::roots(builder.parquet_schema(), 0..keys + 4);
    let reader = builder.with_projection(mask).with_batch_size(BATCH_ROWS).build();
    let reader = reader.map_err(|error| EngineError::parquet("read", differences, &error))?;
    let mut found = Recount { fields: vec![(0, 0); rules.len()], unequal: 0 };
    let mut last: Vec<String> = Vec::new();
    for batch in reader {
        let batch = batch.map_err(|error| EngineError::storage("read", differences, error))?;
        for row in 0..batch.num_rows() {
            let Some((field, left, right)) = values(&batch, row, keys) else { continue };
            let (Some(pair), Some(counts)) = (spec.compare.get(field), found.fields.get_mut(field)) else {
                return Err(EngineError::Internal(format!("a difference is of pair {field}, which there is not")));
            };
            if verdict(pair, &rules[field], numeric[field], left, right) != Verdict::Different {
                counts.0 += 1;
                continue;
            }
            counts.1 += 1;
            // The entries of a record stand together.
            let parts = |part: usize| text(&batch, part, row).unwrap_or_default();
            if last.is_empty() || (0..keys).any(|part| last[part] != parts(part)) {
                found.unequal += 1;
                last = (0..keys).map(|part| parts(part).to_owned()).collect();
            }
        }
    }
    Ok(found)
}

fn open(path: &Path) -> Result<ParquetRecordBatchReaderBuilder<File>, EngineError> {
    let failed = |reason: String| EngineError::storage("read", path, reason);
    let file = File::open(path).map_err(|error| failed(error.to_string()))?;
    ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| failed(error.to_string()))
}

/// Per compared pair whether its values were compared as decimals.
fn numeric(spec: &Spec, [left, right]: [&Path; 2]) -> Result<Vec<bool>, EngineError> {
    let (left, right) = (Staged::columns_of(left)?, Staged::columns_of(right)?);
    let is_numeric = |columns: &[StagedColumn], side: Side, name: &str| -> Result<bool, EngineError> {
        let at = place(side, name, columns.iter().map(|column| &column.name))?;
        Ok(columns[at].numeric)
    };
    let both = |pair: &Pair| -> Result<bool, EngineError> {
        Ok(is_numeric(&left, Side::Left, &pair.left)? && is_numeric(&right, Side::Right, &pair.right)?)
    };
    spec.compare.iter().map(both).collect()
}

/// Pair and values of an entry about a field; `None` for one about a whole key.
fn values(batch: &RecordBatch, row: usize, keys: usize) -> Option<(usize, Option<&str>, Option<&str>)> {
    let class = text(batch, keys, row).and_then(Class::from_label)?;
    if !matches!(class, Class::Different | Class::EqualByRule) {
        return None;
    }
    let field = batch.column(keys + 1).as_primitive::<UInt32Type>();
    let field = field.is_valid(row).then(|| field.value(row) as usize)?;
    Some((field, text(batch, keys + 2, row), text(batch, keys + 3, row)))
}

fn text(batch: &RecordBatch, column: usize, row: usize) -> Option<&str> {
    let array = batch.column(column).as_string::<i32>();
    array.is_valid(row).then(|| array.value(row))
}

//! The first rows of one side, kept in memory within bounds.

use std::collections::HashSet;

use arrow::{
    array::{Array, AsArray, RecordBatch, StringArray},
    compute::concat_batches,
    datatypes::{Schema, SchemaRef},
};

use crate::{
    error::EngineError,
    spec::Side,
    staging::{StagedColumn, Watch, described, place},
};

/// Keeps the batches of one side as they are read, until it has enough.
pub struct Sampler {
    most_rows: usize,
    most_bytes: usize,
    schema: Option<SchemaRef>,
    watches: Vec<Watch>,
    batches: Vec<RecordBatch>,
    rows: usize,
    bytes: usize,
    full: bool,
}

/// The first rows of one side.
pub struct SideSample {
    pub(super) batch: RecordBatch,
    columns: Vec<StagedColumn>,
    /// Whether these are all rows of the side.
    pub whole: bool,
}

/// A column of a sample.
pub(super) struct Column<'a> {
    values: &'a StringArray,
    /// Whether its values are numbers, as far as they were seen.
    pub(super) numeric: bool,
}

impl Sampler {
    /// Nothing kept yet. `most_bytes` counts the text of the values.
    pub fn new(most_rows: usize, most_bytes: usize) -> Self {
        Self {
            most_rows,
            most_bytes,
            schema: None,
            watches: Vec::new(),
            batches: Vec::new(),
            rows: 0,
            bytes: 0,
            full: false,
        }
    }

    /// Takes a batch, or as much of it as there is room for. Every column must be text (Utf8); all batches must have
    /// the same columns.
    ///
    /// # Errors
    /// `Internal` for a column that is no text.
    pub fn add(&mut self, batch: &RecordBatch) -> Result<(), EngineError> {
        if self.full {
            return Ok(());
        }
        if self.schema.is_none() {
            self.schema = Some(batch.schema());
            self.watches = vec![Watch::default(); batch.num_columns()];
        }
        let mut rows = batch.num_rows().min(self.most_rows - self.rows);
        let bytes = |rows: usize| -> Result<usize, EngineError> {
            let text = |column: &dyn Array| match column.as_string_opt::<i32>() {
                Some(text) => Ok(text.value_offsets()[rows].abs_diff(text.value_offsets()[0]) as usize),
                None => Err(EngineError::Internal(format!("{} is no text column", column.data_type()))),
            };
            batch.columns().iter().map(|column| text(column.as_ref())).sum()
        };
        while rows > 0 && self.bytes + bytes(rows)? > self.most_bytes {
            rows /= 2;
        }
        self.full = rows < batch.num_rows();
        if rows > 0 {
            let kept = batch.slice(0, rows);
            for (column, watch) in kept.columns().iter().zip(&mut self.watches) {
                watch.see(column.as_ref())?;
            }
            self.rows += rows;
            self.bytes += bytes(rows)?;
            self.batches.push(kept);
        }
        Ok(())
    }

    /// Ends the sample. `typed` is the schema of the source once it was read to its end; `None` where it was not.
    ///
    /// # Errors
    /// `Internal` when the batches do not fit together.
    pub fn finish(self, typed: Option<&Schema>) -> Result<SideSample, EngineError> {
        let schema = self.schema.or_else(|| typed.cloned().map(Into::into)).unwrap_or_else(|| Schema::empty().into());
        let watches =
            if self.batches.is_empty() { vec![Watch::default(); schema.fields().len()] } else { self.watches };
        let columns = described(&schema, &watches, typed.unwrap_or(&schema));
        let batch = concat_batches(&schema, &self.batches)?;
        Ok(SideSample { batch, columns, whole: typed.is_some() && !self.full })
    }
}

impl SideSample {
    /// Rows in it.
    pub fn rows(&self) -> u64 {
        self.batch.num_rows() as u64
    }

    /// Whether there is a column of this name.
    pub fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|known| known.name == column)
    }

    pub(super) fn column(&self, side: Side, name: &str) -> Result<Column<'_>, EngineError> {
        let at = place(side, name, self.columns.iter().map(|column| &column.name))?;
        Ok(Column { values: self.batch.column(at).as_string::<i32>(), numeric: self.columns[at].numeric })
    }
}

impl<'a> Column<'a> {
    pub(super) fn value(&self, row: usize) -> Option<&'a str> {
        self.values.is_valid(row).then(|| self.values.value(row))
    }

    /// Its different values; NULL is one.
    pub(super) fn distinct(&self) -> HashSet<Option<&'a str>> {
        self.values.iter().collect()
    }
}

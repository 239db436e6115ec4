//! Rows put together into Arrow batches of nullable text, and what is known about numeric columns.

use std::{collections::HashMap, sync::Arc};

use arrow::{
    array::{ArrayRef, RecordBatch, StringBuilder},
    datatypes::{DataType, Field, Schema, SchemaRef},
};

use crate::error::ConnectorError;

/// Arrow field metadata key by which a typed source says whether a column is numeric: `yes` or `no`.
/// CSV columns lack it: whoever compares them decides by the values.
pub const NUMERIC: &str = "numeric";

/// More columns than this are taken for a broken file.
pub(crate) const MOST_FIELDS: usize = 10_000;

const BATCH_ROWS: usize = 8192;
/// A batch is also full at this size, so that wide rows do not pile up.
const BATCH_BYTES: usize = 16 << 20;
/// What a value takes beside its text, also a missing one.
const VALUE_BYTES: usize = 4;

/// Collects rows column by column.
pub(crate) struct Batcher {
    schema: SchemaRef,
    builders: Vec<StringBuilder>,
    rows: usize,
    bytes: usize,
    row_bytes: u64,
    emitted: bool,
}

impl Batcher {
    pub(crate) fn new(names: &[String]) -> Self {
        Self::with_schema(schema(names, &[]))
    }

    /// For a source that knows its types before it gives the first row.
    pub(crate) fn with_schema(schema: SchemaRef) -> Self {
        Self {
            builders: schema.fields().iter().map(|_| StringBuilder::new()).collect(),
            schema,
            rows: 0,
            bytes: 0,
            row_bytes: 0,
            emitted: false,
        }
    }

    /// Appends a value to a column. Every column gets one value per row.
    pub(crate) fn push(&mut self, column: usize, value: Option<&str>) {
        self.builders[column].append_option(value);
        let bytes = value.map_or(0, str::len);
        self.bytes += VALUE_BYTES + bytes;
        self.row_bytes += bytes as u64;
    }

    /// Ends the row and returns its bytes.
    pub(crate) fn end_row(&mut self) -> u64 {
        self.rows += 1;
        std::mem::take(&mut self.row_bytes)
    }

    pub(crate) fn is_full(&self) -> bool {
        self.rows == BATCH_ROWS || self.bytes >= BATCH_BYTES
    }

    /// Whether there is something to hand over at the end: rows, or the columns of an empty table.
    pub(crate) fn has_rest(&self) -> bool {
        self.rows > 0 || !self.emitted
    }

    pub(crate) fn take(&mut self, system: &str) -> Result<RecordBatch, ConnectorError> {
        (self.rows, self.bytes, self.emitted) = (0, 0, true);
        let columns = self.builders.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef).collect();
        RecordBatch::try_new(Arc::clone(&self.schema), columns)
            .map_err(|error| ConnectorError::bad_data(system, format!("its rows do not fit together: {error}")))
    }
}

/// The schema of text columns; `numeric` has one entry per column for typed sources and none otherwise.
pub(crate) fn schema(names: &[String], numeric: &[bool]) -> SchemaRef {
    let field = |(index, name): (usize, &String)| {
        let field = Field::new(name, DataType::Utf8, true);
        match numeric.get(index) {
            Some(numeric) => {
                let said = if *numeric { "yes" } else { "no" };
                field.with_metadata(HashMap::from([(NUMERIC.to_owned(), said.to_owned())]))
            }
            None => field,
        }
    };
    Arc::new(Schema::new(names.iter().enumerate().map(field).collect::<Vec<_>>()))
}

//! Writing the differing records while a check runs, a batch at a time.

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow::{
    array::{ArrayRef, RecordBatch, StringBuilder, UInt32Builder, UInt64Builder},
    datatypes::{DataType, Field, Schema, SchemaRef},
};
use parquet::{arrow::ArrowWriter, file::metadata::KeyValue};
use sha2::{Digest, Sha256};

use super::{BATCH_ROWS, Class, SPEC};
use crate::{
    cause::Cause,
    error::EngineError,
    report::hex,
    spec::Spec,
    staging::{HashingFile, writer_properties},
};

const BATCH_BYTES: usize = 16 << 20;

/// What the check hands to the writer: [`Difference`] without the key and without owning the values.
pub(crate) struct Entry<'a> {
    pub(crate) class: Class,
    pub(crate) field: Option<usize>,
    pub(crate) left: Option<&'a str>,
    pub(crate) right: Option<&'a str>,
    pub(crate) cause: Option<Cause>,
    pub(crate) rows: (u64, u64),
}

impl Entry<'_> {
    /// An entry about a whole key.
    pub(crate) fn record(class: Class, left_rows: u64, right_rows: u64) -> Self {
        Self { class, field: None, left: None, right: None, cause: None, rows: (left_rows, right_rows) }
    }
}

/// Writes entries as they come, up to a limit; goes on counting after it.
pub(crate) struct DifferencesWriter {
    path: PathBuf,
    writer: ArrowWriter<HashingFile>,
    schema: SchemaRef,
    keys: Vec<StringBuilder>,
    class: StringBuilder,
    field: UInt32Builder,
    left: StringBuilder,
    right: StringBuilder,
    cause: StringBuilder,
    left_rows: UInt64Builder,
    right_rows: UInt64Builder,
    rows: usize,
    bytes: usize,
    kept: u64,
    total: u64,
    max: u64,
}

impl DifferencesWriter {
    pub(crate) fn create(path: &Path, spec: &Spec, max: u64) -> Result<Self, EngineError> {
        let schema = schema(spec.key.len());
        let file = File::create(path).map_err(|error| EngineError::storage("create", path, error))?;
        let file = HashingFile { file, hash: Sha256::new(), bytes: 0 };
        let mut writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(writer_properties()))
            .map_err(|error| EngineError::parquet("write", path, &error))?;
        let described = serde_json::to_string(spec).map_err(|error| EngineError::Internal(error.to_string()))?;
        writer.append_key_value_metadata(KeyValue::new(SPEC.to_owned(), described));
        Ok(Self {
            path: path.to_owned(),
            writer,
            schema,
            keys: spec.key.iter().map(|_| StringBuilder::new()).collect(),
            class: StringBuilder::new(),
            field: UInt32Builder::new(),
            left: StringBuilder::new(),
            right: StringBuilder::new(),
            cause: StringBuilder::new(),
            left_rows: UInt64Builder::new(),
            right_rows: UInt64Builder::new(),
            rows: 0,
            bytes: 0,
            kept: 0,
            total: 0,
            max,
        })
    }

    pub(crate) fn kept(&self) -> u64 {
        self.kept
    }

    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    pub(crate) fn write(&mut self, key: &[String], entry: &Entry) -> Result<(), EngineError> {
        self.total += 1;
        if self.kept == self.max {
            return Ok(());
        }
        self.kept += 1;
        for (builder, part) in self.keys.iter_mut().zip(key) {
            builder.append_value(part);
            self.bytes += part.len();
        }
        self.class.append_value(entry.class.label());
        self.field.append_option(entry.field.and_then(|field| u32::try_from(field).ok()));
        self.left.append_option(entry.left);
        self.right.append_option(entry.right);
        self.cause.append_option(entry.cause.map(Cause::label));
        self.left_rows.append_value(entry.rows.0);
        self.right_rows.append_value(entry.rows.1);
        self.bytes += entry.left.map_or(0, str::len) + entry.right.map_or(0, str::len);
        self.rows += 1;
        if self.rows == BATCH_ROWS || self.bytes >= BATCH_BYTES { self.flush() } else { Ok(()) }
    }

    /// Completes the file and returns its SHA-256.
    pub(crate) fn finish(mut self) -> Result<String, EngineError> {
        self.flush()?;
        let Self { path, writer, .. } = self;
        let file = writer.into_inner().map_err(|error| EngineError::parquet("write", &path, &error))?;
        file.file.sync_all().map_err(|error| EngineError::storage("write", &path, error))?;
        Ok(hex(&file.hash.finalize()))
    }

    fn flush(&mut self) -> Result<(), EngineError> {
        let mut columns: Vec<ArrayRef> =
            self.keys.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef).collect();
        columns.push(Arc::new(self.class.finish()));
        columns.push(Arc::new(self.field.finish()));
        columns.push(Arc::new(self.left.finish()));
        columns.push(Arc::new(self.right.finish()));
        columns.push(Arc::new(self.cause.finish()));
        columns.push(Arc::new(self.left_rows.finish()));
        columns.push(Arc::new(self.right_rows.finish()));
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns)?;
        (self.rows, self.bytes) = (0, 0);
        self.writer.write(&batch).map_err(|error| EngineError::parquet("write", &self.path, &error))
    }
}

fn schema(key_parts: usize) -> SchemaRef {
    let mut fields: Vec<Field> =
        (0..key_parts).map(|part| Field::new(format!("key_{part}"), DataType::Utf8, false)).collect();
    fields.push(Field::new("class", DataType::Utf8, false));
    fields.push(Field::new("field", DataType::UInt32, true));
    fields.push(Field::new("left", DataType::Utf8, true));
    fields.push(Field::new("right", DataType::Utf8, true));
    fields.push(Field::new("cause", DataType::Utf8, true));
    fields.push(Field::new("left_rows", DataType::UInt64, false));
    fields.push(Field::new("right_rows", DataType::UInt64, false));
    Arc::new(Schema::new(fields))
}

//! Writing the differing records while a check runs, a batch at a time.

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow::{
    array::{Array, ArrayRef, AsArray, RecordBatch, StringArray, StringBuilder, UInt32Builder, UInt64Builder},
    datatypes::{DataType, Field, Schema, SchemaRef, UInt32Type},
};
use parquet::{
    arrow::{ArrowWriter, arrow_reader::ParquetRecordBatchReaderBuilder},
    file::metadata::KeyValue,
};
use sha2::{Digest, Sha256};

use super::{BATCH_ROWS, Class, SPEC};
use crate::{
    cause::{Cause, CodeList},
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
        let file = HashingFile { file, hash: Some(Sha256::new()), bytes: 0 };
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

    /// Completes the file and returns its SHA-256. `codes` holds, by field, the pairs of values that turned out to
    /// be codes only when the whole column was seen.
    pub(crate) fn finish(mut self, codes: &[CodeList]) -> Result<String, EngineError> {
        self.flush()?;
        let Self { path, writer, keys, .. } = self;
        let sha256 = complete(writer, &path)?;
        if codes.iter().all(CodeList::is_empty) { Ok(sha256) } else { rewrite(&path, keys.len(), codes) }
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

fn complete(writer: ArrowWriter<HashingFile>, path: &Path) -> Result<String, EngineError> {
    let file = writer.into_inner().map_err(|error| EngineError::parquet("write", path, &error))?;
    file.file.sync_all().map_err(|error| EngineError::storage("write", path, error))?;
    Ok(file.hash.map(|hash| hex(&hash.finalize())).unwrap_or_default())
}

/// Writes the file once more with the cause of codes where nothing better was known.
fn rewrite(path: &Path, keys: usize, codes: &[CodeList]) -> Result<String, EngineError> {
    let failed = |error: String| EngineError::storage("write", path, error);
    let file = File::open(path).map_err(|error| failed(error.to_string()))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| failed(error.to_string()))?;
    let described = reader.metadata().file_metadata().key_value_metadata().cloned().unwrap_or_default();
    let schema = schema(keys);
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let file = File::create(&partial).map_err(|error| failed(error.to_string()))?;
    let file = HashingFile { file, hash: Some(Sha256::new()), bytes: 0 };
    let mut writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(writer_properties()))
        .map_err(|error| failed(error.to_string()))?;
    for pair in described.into_iter().filter(|pair| pair.key == SPEC) {
        writer.append_key_value_metadata(pair);
    }
    let reader = reader.with_batch_size(BATCH_ROWS).build().map_err(|error| failed(error.to_string()))?;
    for batch in reader {
        let batch = batch.map_err(|error| failed(error.to_string()))?;
        let mut columns = batch.columns().to_vec();
        columns[keys + 4] = Arc::new(causes(&batch, keys, codes));
        let batch = RecordBatch::try_new(Arc::clone(&schema), columns)?;
        writer.write(&batch).map_err(|error| failed(error.to_string()))?;
    }
    let sha256 = complete(writer, path)?;
    std::fs::rename(&partial, path).map_err(|error| failed(error.to_string()))?;
    Ok(sha256)
}

/// The causes of a batch, those of codes replaced.
fn causes(batch: &RecordBatch, keys: usize, codes: &[CodeList]) -> StringArray {
    let text = |column: usize, row: usize| {
        let array = batch.column(column).as_string::<i32>();
        array.is_valid(row).then(|| array.value(row))
    };
    let fields = batch.column(keys + 1).as_primitive::<UInt32Type>();
    let cause = |row: usize| {
        let known = text(keys + 4, row);
        let open = known.and_then(Cause::from_label).is_some_and(Cause::may_be_code);
        let list = codes.get(fields.is_valid(row).then(|| fields.value(row) as usize)?)?;
        let pair = (text(keys + 2, row)?.to_owned(), text(keys + 3, row)?.to_owned());
        (open && list.contains(&pair)).then(|| Cause::CodeList.label())
    };
    (0..batch.num_rows()).map(|row| cause(row).or_else(|| text(keys + 4, row))).collect()
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

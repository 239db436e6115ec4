//! One side of a check as a Parquet file: the evidence that every later question is answered from, so
//! that the source is read once. Memory is bounded by the size of a row group, not of the table.

use std::{
    fs::File,
    io::{Read, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::{DataType, Field, Schema, SchemaRef},
};
use parquet::{
    arrow::{ArrowWriter, arrow_reader::ParquetRecordBatchReaderBuilder},
    basic::Compression,
    file::{
        metadata::KeyValue,
        properties::{EnabledStatistics, WriterProperties},
    },
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{decimal, error::EngineError, report::hex, spec::Side};

/// Arrow field metadata key by which a typed source says whether a column is numeric: `yes` or `no`.
/// Where it is absent the engine decides by the pattern of the values.
pub const NUMERIC: &str = "numeric";

/// Key of the Parquet metadata under which the columns are described.
const COLUMNS: &str = "plumbline.columns";
const ROW_GROUP_ROWS: usize = 131_072;
const ROW_GROUP_BYTES: usize = 32 << 20;

/// A staged side: where it is, what it holds, and the hash that identifies it as evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staged {
    /// The Parquet file.
    pub path: PathBuf,
    /// Rows in it.
    pub rows: u64,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 (hexadecimal) of the file; empty for one that is not kept.
    pub sha256: String,
    /// Its columns in order.
    pub columns: Vec<StagedColumn>,
}

/// A column of a staged side. All values are text or NULL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StagedColumn {
    /// The name as the source has it.
    pub name: String,
    /// Whether the whole column holds numbers: said by a typed source, else every non-empty value
    /// matches the number pattern and there is at least one.
    pub numeric: bool,
}

impl Staged {
    /// Opens a file staged earlier. Reads it once to compute its hash.
    pub fn open(path: &Path) -> Result<Self, EngineError> {
        let failed = |reason: String| EngineError::storage("read", path, reason);
        let mut file = File::open(path).map_err(|error| failed(error.to_string()))?;
        let mut hash = Sha256::new();
        let mut buffer = vec![0; 1 << 18];
        let mut bytes = 0;
        loop {
            let n = file.read(&mut buffer).map_err(|error| failed(error.to_string()))?;
            if n == 0 {
                break;
            }
            hash.update(&buffer[..n]);
            bytes += n as u64;
        }
        let (columns, rows) = footer(file, path)?;
        Ok(Self { path: path.to_owned(), rows, bytes, sha256: hex(&hash.finalize()), columns })
    }

    /// The columns of a file staged earlier, of which only the end is read.
    pub fn columns_of(path: &Path) -> Result<Vec<StagedColumn>, EngineError> {
        let file = File::open(path).map_err(|error| EngineError::storage("read", path, error))?;
        Ok(footer(file, path)?.0)
    }

    /// Position of a column, or an error that lists the columns there are.
    pub fn column(&self, side: Side, name: &str) -> Result<usize, EngineError> {
        place(side, name, self.columns.iter().map(|column| &column.name))
    }

    /// The Arrow schema of the file: every column is nullable text.
    pub(crate) fn schema(&self) -> SchemaRef {
        let field = |column: &StagedColumn| Field::new(&column.name, DataType::Utf8, true);
        Arc::new(Schema::new(self.columns.iter().map(field).collect::<Vec<_>>()))
    }
}

/// The columns and the number of rows, as the end of a staged file tells them.
fn footer(file: File, path: &Path) -> Result<(Vec<StagedColumn>, u64), EngineError> {
    let failed = |reason: String| EngineError::storage("read", path, reason);
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| failed(error.to_string()))?;
    let metadata = reader.metadata().file_metadata();
    let columns = metadata
        .key_value_metadata()
        .and_then(|all| all.iter().find(|pair| pair.key == COLUMNS))
        .and_then(|pair| pair.value.as_deref())
        .and_then(|json| serde_json::from_str(json).ok())
        .ok_or_else(|| failed("it is not a file staged by this program".into()))?;
    Ok((columns, u64::try_from(metadata.num_rows()).unwrap_or_default()))
}

/// Position of a column among those a side has.
pub(crate) fn place<'a>(
    side: Side,
    name: &str,
    mut have: impl Iterator<Item = &'a String> + Clone,
) -> Result<usize, EngineError> {
    let all = have.clone();
    have.position(|column| column == name).ok_or_else(|| EngineError::MissingColumn {
        side,
        column: name.to_owned(),
        wanted: "",
        have: all.cloned().collect(),
    })
}

/// Writes batches to a staged file. The file appears under its name only when it is complete: until then
/// it is called `….partial`, and it is removed when the stager is dropped unfinished.
pub struct Stager {
    path: PathBuf,
    partial: PathBuf,
    /// Kept as evidence: small on the disk, and hashed.
    kept: bool,
    open: Option<Open>,
}

struct Open {
    writer: ArrowWriter<HashingFile>,
    schema: SchemaRef,
    watches: Vec<Watch>,
    rows: u64,
}

/// The columns of a side once all rows were seen. What `typed` says wins over the pattern of the values.
pub(crate) fn described(schema: &Schema, watches: &[Watch], typed: &Schema) -> Vec<StagedColumn> {
    let column = |(field, watch): (&Arc<Field>, &Watch)| {
        let said = typed.field_with_name(field.name()).ok().and_then(|field| field.metadata().get(NUMERIC));
        let numeric = said.map_or(watch.number && !watch.other, |said| said == "yes");
        StagedColumn { name: field.name().clone(), numeric }
    };
    schema.fields().iter().zip(watches).map(column).collect()
}

/// What is known so far about a column of an untyped source.
#[derive(Clone, Copy, Default)]
pub(crate) struct Watch {
    number: bool,
    other: bool,
}

impl Stager {
    /// Prepares to write to `path`; nothing is created before the first batch.
    pub fn new(path: &Path) -> Self {
        let mut partial = path.as_os_str().to_owned();
        partial.push(".partial");
        Self { path: path.to_owned(), partial: partial.into(), kept: true, open: None }
    }

    /// The same for a file that is thrown away after the check: written as fast as it goes, and without a hash.
    pub fn scratch(path: &Path) -> Self {
        let mut stager = Self::new(path);
        stager.kept = false;
        stager
    }

    /// Appends a batch. Every column must be text (Utf8); all batches must have the same columns.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), EngineError> {
        let path = self.path.clone();
        let open = self.open(batch.schema_ref())?;
        for (column, watch) in batch.columns().iter().zip(&mut open.watches) {
            watch.see(column.as_ref())?;
        }
        let batch = RecordBatch::try_new(Arc::clone(&open.schema), batch.columns().to_vec())?;
        open.writer.write(&batch).map_err(|error| EngineError::parquet("write", &path, &error))?;
        open.rows += batch.num_rows() as u64;
        Ok(())
    }

    /// Completes the file. `typed` is the source's schema after all rows were read: its field metadata
    /// [`NUMERIC`] wins over the pattern of the values.
    pub fn finish(mut self, typed: &Schema) -> Result<Staged, EngineError> {
        self.open(typed)?;
        let Some(Open { mut writer, schema, watches, rows }) = self.open.take() else {
            return Err(EngineError::Internal("a staged file was finished twice".into()));
        };
        let columns = described(&schema, &watches, typed);
        let described = serde_json::to_string(&columns).map_err(|error| EngineError::Internal(error.to_string()))?;
        writer.append_key_value_metadata(KeyValue::new(COLUMNS.to_owned(), described));
        let failed = |reason: String| EngineError::storage("write", &self.path, reason);
        let file = writer.into_inner().map_err(|error| EngineError::parquet("write", &self.path, &error))?;
        let HashingFile { file, hash, bytes } = file;
        if self.kept {
            file.sync_all().map_err(|error| failed(error.to_string()))?;
        }
        std::fs::rename(&self.partial, &self.path).map_err(|error| failed(error.to_string()))?;
        let sha256 = hash.map(|hash| hex(&hash.finalize())).unwrap_or_default();
        Ok(Staged { path: self.path.clone(), rows, bytes, sha256, columns })
    }

    fn open(&mut self, source: &Schema) -> Result<&mut Open, EngineError> {
        let open = match self.open.take() {
            Some(open) => open,
            None => create(&self.path, &self.partial, self.kept, source)?,
        };
        Ok(self.open.insert(open))
    }
}

impl Drop for Stager {
    fn drop(&mut self) {
        if self.open.take().is_some() {
            // Nothing more can be done about a file that refuses to go.
            let _ = std::fs::remove_file(&self.partial);
        }
    }
}

fn create(path: &Path, partial: &Path, kept: bool, source: &Schema) -> Result<Open, EngineError> {
    let fields = source.fields().iter().map(|field| Field::new(field.name(), DataType::Utf8, true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let file = File::create(partial).map_err(|error| EngineError::storage("create", path, error))?;
    let file = HashingFile { file, hash: kept.then(Sha256::new), bytes: 0 };
    let properties = if kept { writer_properties() } else { scratch_properties() };
    let writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties))
        .map_err(|error| EngineError::parquet("write", path, &error))?;
    let watches = vec![Watch::default(); schema.fields().len()];
    Ok(Open { writer, schema, watches, rows: 0 })
}

/// Settings shared by all files of the engine. No statistics: values are looked up by exact match in
/// columns that are in no useful order, and minima and maxima would put data into the footer.
pub(crate) fn writer_properties() -> WriterProperties {
    WriterProperties::builder()
        .set_compression(Compression::LZ4_RAW)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_max_row_group_bytes(Some(ROW_GROUP_BYTES))
        .build()
}

/// Plain values without dictionaries or compression.
fn scratch_properties() -> WriterProperties {
    WriterProperties::builder()
        .set_compression(Compression::UNCOMPRESSED)
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_max_row_group_bytes(Some(ROW_GROUP_BYTES))
        .build()
}

impl Watch {
    pub(crate) fn see(&mut self, column: &dyn Array) -> Result<(), EngineError> {
        let Some(values) = column.as_string_opt::<i32>() else {
            return Err(EngineError::Internal(format!("{} is no text column", column.data_type())));
        };
        if self.other {
            return Ok(());
        }
        for value in values.iter().flatten().filter(|value| !value.is_empty()) {
            if !decimal::is_plain_number(value) {
                self.other = true;
                return Ok(());
            }
            self.number = true;
        }
        Ok(())
    }
}

/// Hashes what is written on its way to the disk, where it is kept.
pub(crate) struct HashingFile {
    pub(crate) file: File,
    pub(crate) hash: Option<Sha256>,
    pub(crate) bytes: u64,
}

impl Write for HashingFile {
    fn write(&mut self, buffer: &[u8]) -> std::io::Result<usize> {
        let written = self.file.write(buffer)?;
        if let Some(hash) = &mut self.hash {
            hash.update(&buffer[..written]);
        }
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

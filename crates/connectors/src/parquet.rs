//! Parquet files: typed columns, every value as text. A column is numeric where its type is. The file is looked through
//! before it is read.

mod header;
mod lengths;
mod look;
mod numbers;
mod values;

use std::{
    collections::HashSet,
    fs::File,
    sync::{Arc, atomic::AtomicBool},
};

use arrow::{
    array::{AsArray, BooleanArray, RecordBatch},
    buffer::BooleanBuffer,
    compute::filter_record_batch,
    datatypes::{DataType, FieldRef, Fields, Schema},
};
use parquet::{
    arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection},
    file::metadata::ParquetMetaData,
};

use self::values::{is_numeric, text};
use crate::{
    ColumnInfo, Part, ReadSummary, Sink, SourceFile, TableInfo,
    batch::{MOST_FIELDS, schema},
    blocking::{Emit, hand_over},
    error::{ConnectorError, ErrorKind, ReadError, cut},
    file::{system, table_name},
    fingerprint::of_file,
    limits::{Limits, Meter},
};

/// Most rows that are read at once; fewer where values are large.
const BATCH_ROWS: usize = 8192;

/// The single table of the file, named like the file without its ending.
pub(crate) async fn catalogue(file: &SourceFile) -> Result<Vec<TableInfo>, ConnectorError> {
    let (file, name) = (file.clone(), system(file));
    let opened = tokio::task::spawn_blocking(move || open(&file));
    let builder =
        opened.await.map_err(|error| ConnectorError::bad_data(name, format!("reading broke off: {error}")))??;
    let column = |field: &Arc<arrow::datatypes::Field>| ColumnInfo {
        name: field.name().clone(),
        type_name: field.data_type().to_string(),
        nullable: field.is_nullable(),
        key: false,
    };
    let columns = builder.reader.schema().fields().iter().map(column).collect();
    let rows = u64::try_from(builder.reader.metadata().file_metadata().num_rows()).ok();
    Ok(vec![TableInfo { schema: None, name: builder.name, columns, row_estimate: rows, tells_nullable: true }])
}

/// Reads rows.
pub(crate) async fn read(
    file: &SourceFile,
    limits: &Limits,
    part: Part,
    sink: &mut Sink<'_>,
    cancel: &Arc<AtomicBool>,
) -> Result<ReadSummary, ReadError> {
    let system = system(file);
    let (file, meter) = (file.clone(), Meter::new(&system, limits, cancel));
    hand_over(&system, sink, move |emit| read_here(&file, part, meter, emit)).await
}

/// A file whose footer could be read.
struct Opened {
    name: String,
    file: File,
    reader: ParquetRecordBatchReaderBuilder<File>,
}

fn open(source: &SourceFile) -> Result<Opened, ConnectorError> {
    let system = system(source);
    let file = source.open(&system)?;
    look::footer(&file, &system)?;
    let again = file.try_clone().map_err(|error| ConnectorError::file(&system, &error))?;
    let metadata = metadata(&again).map_err(|error| {
        ConnectorError::bad_data(&system, format!("it is no Parquet file or a broken one: {error}"))
    })?;
    let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(again, metadata);
    if reader.parquet_schema().num_columns() > MOST_FIELDS {
        let message = format!("it has more than {MOST_FIELDS} columns; leave out what is not compared");
        return Err(ConnectorError::new(ErrorKind::Limit, system, message));
    }
    Ok(Opened { name: table_name(source), file, reader })
}

/// What a file says of itself, with texts to be read as we keep them: another form would be copied once more.
fn metadata(file: &File) -> parquet::errors::Result<ArrowReaderMetadata> {
    let found = ArrowReaderMetadata::load(file, ArrowReaderOptions::new())?;
    let as_kept = |field: &FieldRef| match field.data_type() {
        DataType::LargeUtf8 | DataType::Utf8View => Arc::new(field.as_ref().clone().with_data_type(DataType::Utf8)),
        _ => Arc::clone(field),
    };
    let fields: Fields = found.schema().fields().iter().map(as_kept).collect();
    if fields == *found.schema().fields() {
        return Ok(found);
    }
    let options = ArrowReaderOptions::new().with_schema(Arc::new(Schema::new(fields)));
    ArrowReaderMetadata::try_new(Arc::clone(found.metadata()), options)
}

fn read_here(
    source: &SourceFile,
    part: Part,
    mut meter: Meter,
    emit: &mut Emit<'_>,
) -> Result<ReadSummary, ConnectorError> {
    let system = system(source);
    meter.file(source)?;
    let Opened { file, reader, .. } = open(source)?;
    let typed = Arc::clone(reader.schema());
    let names: Vec<String> = typed.fields().iter().map(|field| field.name().clone()).collect();
    named_once(&system, &names)?;
    flat(&system, &typed)?;
    let numeric: Vec<bool> = typed.fields().iter().map(|field| is_numeric(field.data_type())).collect();
    let columns = schema(&names, &numeric);
    // Who reads some rows knows the file already.
    let fingerprint = match &part {
        Part::All => of_file(source, &meter)?,
        Part::First(_) | Part::Rows(_) => String::new(),
    };
    let groups = match &part {
        Part::First(rows) => groups_of(reader.metadata(), *rows),
        Part::All | Part::Rows(_) => reader.metadata().num_row_groups(),
    };
    let first = if let Part::First(rows) = part { Some(rows) } else { None };
    let at_once = look::rows_at_once(&file, reader.metadata(), groups, first, &meter)?;
    let broken = |error: &dyn std::fmt::Display| ConnectorError::bad_data(&system, format!("it is broken: {error}"));
    let (reader, wanted) = match part {
        Part::All => (reader, None),
        // What was not looked through is not read, whatever the row groups say of their rows.
        Part::First(rows) => {
            let limit = usize::try_from(rows).unwrap_or(usize::MAX);
            (reader.with_row_groups((0..groups).collect()).with_limit(limit), None)
        }
        Part::Rows(rows) if u64::try_from(reader.metadata().file_metadata().num_rows()) != Ok(rows.len() as u64) => {
            return Err(other_rows(&system));
        }
        // Picking rows, the library decodes those in between, too; where values are large, there are to be few at once.
        Part::Rows(rows) if at_once < BATCH_ROWS => (reader, Some(rows)),
        Part::Rows(rows) => (reader.with_row_selection(RowSelection::from(rows)), None),
    };
    let (mut emitted, mut at) = (false, 0);
    for batch in reader.with_batch_size(at_once).build().map_err(|error| broken(&error))? {
        let mut batch = batch.map_err(|error| broken(&error))?;
        if let Some(wanted) = &wanted {
            let rows = batch.num_rows();
            batch = only(&batch, wanted, at, &system)?;
            at += rows;
            if batch.num_rows() == 0 {
                meter.look()?;
                continue;
            }
        }
        let batch = as_text(&batch, &columns, &system)?;
        count(&batch, &mut meter)?;
        emit(batch)?;
        emitted = true;
    }
    if !emitted {
        emit(RecordBatch::new_empty(Arc::clone(&columns)))?;
    }
    Ok(ReadSummary { rows: meter.rows, bytes: meter.bytes, schema: columns, fingerprint, notes: Vec::new() })
}

/// In how many row groups the first rows are.
fn groups_of(metadata: &ParquetMetaData, rows: u64) -> usize {
    let mut before = 0_u64;
    let mut groups = metadata.row_groups().iter();
    let last = groups.position(|group| {
        before = before.saturating_add(u64::try_from(group.num_rows()).unwrap_or_default());
        before >= rows
    });
    last.map_or(metadata.num_row_groups(), |last| last + 1)
}

/// Of a batch the rows whose bit is set; `at` is where its first row stands in the file.
fn only(batch: &RecordBatch, wanted: &BooleanBuffer, at: usize, system: &str) -> Result<RecordBatch, ConnectorError> {
    let rows = batch.num_rows();
    if at + rows > wanted.len() {
        return Err(other_rows(system));
    }
    let mask = BooleanArray::new(wanted.slice(at, rows), None);
    filter_record_batch(batch, &mask)
        .map_err(|error| ConnectorError::bad_data(system, format!("its rows do not fit together: {error}")))
}

fn other_rows(system: &str) -> ConnectorError {
    ConnectorError::bad_data(system, "it has other rows than before; do it again")
}

fn named_once(system: &str, names: &[String]) -> Result<(), ConnectorError> {
    let mut seen = HashSet::new();
    let twice = names.iter().find(|name| !seen.insert(name.as_str()));
    twice.map_or(Ok(()), |name| {
        Err(ConnectorError::bad_data(system, format!("two columns have the same name `{}`", cut(name))))
    })
}

/// Fails for a column whose values are made of several parts.
fn flat(system: &str, typed: &Schema) -> Result<(), ConnectorError> {
    let nested = typed.fields().iter().find(|field| field.data_type().is_nested());
    nested.map_or(Ok(()), |field| {
        let (name, kind) = (cut(field.name()), cut(&field.data_type().to_string()));
        let message = format!("column `{name}` holds values made of several parts ({kind}); leave it out of the file");
        Err(ConnectorError::bad_data(system, message))
    })
}

fn as_text(batch: &RecordBatch, columns: &Arc<Schema>, system: &str) -> Result<RecordBatch, ConnectorError> {
    let cells = batch.columns().iter().zip(columns.fields()).map(|(column, field)| {
        text(column).map_err(|reason| {
            let name = cut(field.name());
            ConnectorError::bad_data(system, format!("column `{name}` {reason}; leave it out of the file"))
        })
    });
    let cells = cells.collect::<Result<Vec<_>, _>>()?;
    RecordBatch::try_new(Arc::clone(columns), cells)
        .map_err(|error| ConnectorError::bad_data(system, format!("its rows do not fit together: {error}")))
}

fn count(batch: &RecordBatch, meter: &mut Meter) -> Result<(), ConnectorError> {
    for (column, field) in batch.columns().iter().zip(batch.schema_ref().fields()) {
        let offsets = column.as_string::<i32>().value_offsets();
        let widest = offsets.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or_default();
        let place = || format!("a value of column `{}`", cut(field.name()));
        meter.field(usize::try_from(widest).unwrap_or_default(), place)?;
    }
    meter.rows(batch.num_rows() as u64, crate::text_bytes(batch) as u64)
}

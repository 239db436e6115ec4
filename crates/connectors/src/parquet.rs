//! Parquet files: typed columns, every value as text. A column is numeric where its type is.

mod values;

use std::{
    fs::File,
    sync::{Arc, atomic::AtomicBool},
};

use arrow::{
    array::{AsArray, RecordBatch},
    datatypes::Schema,
};
use parquet::arrow::arrow_reader::{ParquetRecordBatchReaderBuilder, RowSelection};

use self::values::{is_numeric, text};
use crate::{
    ColumnInfo, Part, ReadSummary, Sink, SourceFile, TableInfo,
    batch::schema,
    blocking::{Emit, hand_over},
    error::{ConnectorError, ReadError},
    file::{system, table_name},
    fingerprint::of_file,
    limits::{Limits, Meter},
};

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
    Ok(vec![TableInfo { schema: None, name: builder.name, columns, row_estimate: rows }])
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
    reader: ParquetRecordBatchReaderBuilder<File>,
}

fn open(file: &SourceFile) -> Result<Opened, ConnectorError> {
    let system = system(file);
    let reader = ParquetRecordBatchReaderBuilder::try_new(file.open(&system)?).map_err(|error| {
        ConnectorError::bad_data(&system, format!("it is no Parquet file or a broken one: {error}"))
    })?;
    Ok(Opened { name: table_name(file), reader })
}

fn read_here(
    file: &SourceFile,
    part: Part,
    mut meter: Meter,
    emit: &mut Emit<'_>,
) -> Result<ReadSummary, ConnectorError> {
    let system = system(file);
    meter.file(file)?;
    let Opened { reader, .. } = open(file)?;
    let typed = Arc::clone(reader.schema());
    let names: Vec<String> = typed.fields().iter().map(|field| field.name().clone()).collect();
    named_once(&system, &names)?;
    let numeric: Vec<bool> = typed.fields().iter().map(|field| is_numeric(field.data_type())).collect();
    let columns = schema(&names, &numeric);
    // Who reads some rows knows the file already.
    let fingerprint = match &part {
        Part::All => of_file(file, &meter)?,
        Part::First(_) | Part::Rows(_) => String::new(),
    };
    let reader = match part {
        Part::All => reader,
        Part::First(rows) => reader.with_limit(usize::try_from(rows).unwrap_or(usize::MAX)),
        Part::Rows(rows) if u64::try_from(reader.metadata().file_metadata().num_rows()) != Ok(rows.len() as u64) => {
            return Err(ConnectorError::bad_data(&system, "it has other rows than before; do it again"));
        }
        Part::Rows(rows) => reader.with_row_selection(RowSelection::from(rows)),
    };
    let broken = |error: &dyn std::fmt::Display| ConnectorError::bad_data(&system, format!("it is broken: {error}"));
    let mut emitted = false;
    for batch in reader.with_batch_size(BATCH_ROWS).build().map_err(|error| broken(&error))? {
        let batch = as_text(&batch.map_err(|error| broken(&error))?, &columns, &system)?;
        count(&batch, &mut meter)?;
        emit(batch)?;
        emitted = true;
    }
    if !emitted {
        emit(RecordBatch::new_empty(Arc::clone(&columns)))?;
    }
    Ok(ReadSummary { rows: meter.rows, bytes: meter.bytes, schema: columns, fingerprint, notes: Vec::new() })
}

fn named_once(system: &str, names: &[String]) -> Result<(), ConnectorError> {
    let twice = names.iter().enumerate().find(|(at, name)| names[..*at].contains(name));
    twice.map_or(Ok(()), |(_, name)| {
        let message = format!("two columns have the same name `{}`", crate::error::cut(name));
        Err(ConnectorError::bad_data(system, message))
    })
}

fn as_text(batch: &RecordBatch, columns: &Arc<Schema>, system: &str) -> Result<RecordBatch, ConnectorError> {
    let cells = batch.columns().iter().zip(columns.fields()).map(|(column, field)| {
        text(column).map_err(|reason| {
            let name = crate::error::cut(field.name());
            ConnectorError::bad_data(system, format!("column `{name}` {reason}; leave it out of the file"))
        })
    });
    let cells = cells.collect::<Result<Vec<_>, _>>()?;
    RecordBatch::try_new(Arc::clone(columns), cells)
        .map_err(|error| ConnectorError::bad_data(system, format!("its rows do not fit together: {error}")))
}

fn count(batch: &RecordBatch, meter: &mut Meter) -> Result<(), ConnectorError> {
    let mut bytes = 0;
    for (column, field) in batch.columns().iter().zip(batch.schema_ref().fields()) {
        let offsets = column.as_string::<i32>().value_offsets();
        let widest = offsets.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or_default();
        let place = || format!("a value of column `{}`", crate::error::cut(field.name()));
        meter.field(usize::try_from(widest).unwrap_or_default(), place)?;
        let all = offsets.last().zip(offsets.first()).map_or(0, |(last, first)| last - first);
        bytes += u64::try_from(all).unwrap_or_default();
    }
    meter.rows(batch.num_rows() as u64, bytes)
}

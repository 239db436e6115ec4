//! Rows of a server's answer, one by one, into batches of nullable text, within the limits.

use futures::{TryStreamExt, stream::BoxStream};

use crate::{
    Sink,
    batch::Batcher,
    error::{ConnectorError, ReadError, cut},
    limits::Meter,
};

/// How a kind of database gives its values.
pub(crate) struct Dialect<R> {
    /// The value in a column as text; the buffer is for values that have to be written out first.
    pub(crate) value: for<'a> fn(&'a R, usize, &'a mut String) -> Result<Option<&'a str>, sqlx::Error>,
    /// The driver's error in words, for the system of this name.
    pub(crate) translate: fn(&str, &sqlx::Error) -> ConnectorError,
}

/// Hands all rows on and says of each column whether it has a value at all. `arrived` hears of every row.
pub(crate) async fn pour<R>(
    mut rows: BoxStream<'_, Result<R, sqlx::Error>>,
    names: &[String],
    dialect: &Dialect<R>,
    meter: &mut Meter,
    sink: &mut Sink<'_>,
    arrived: impl Fn(),
) -> Result<Vec<bool>, ReadError> {
    let system = meter.system.clone();
    let mut batcher = Batcher::new(names);
    let mut has_value = vec![false; names.len()];
    let mut written = String::new();
    loop {
        let next = meter.wait(rows.try_next()).await?;
        let Some(row) = next.map_err(|error| (dialect.translate)(&system, &error))? else {
            break;
        };
        arrived();
        for (column, has_value) in has_value.iter_mut().enumerate() {
            written.clear();
            let value =
                (dialect.value)(&row, column, &mut written).map_err(|error| (dialect.translate)(&system, &error))?;
            if let Some(value) = value {
                *has_value = true;
                meter.field(value.len(), || format!("`{}` in row {}", cut(&names[column]), meter.rows + 1))?;
            }
            batcher.push(column, value);
        }
        meter.row(batcher.end_row())?;
        if batcher.is_full() {
            sink(batcher.take(&system)?).map_err(ReadError::Sink)?;
        }
    }
    if batcher.has_rest() {
        sink(batcher.take(&system)?).map_err(ReadError::Sink)?;
    }
    Ok(has_value)
}

//! JSON files: one array of objects, or one object per line. Read twice: first for the columns, which are the keys
//! of all objects in the order in which they appear, then for the rows. Numbers keep the digits of the source.

mod fields;
pub(crate) mod record;
mod records;
pub(crate) mod value;
mod words;

use std::sync::{Arc, atomic::AtomicBool};

use self::{
    fields::Columns,
    records::{Form, Records},
};
use crate::{
    Part, ReadSummary, Sink, SourceFile, Turn,
    batch::{Batcher, schema},
    blocking::{Emit, hand_over},
    error::{ConnectorError, ReadError},
    file::system,
    limits::{Limits, Meter},
    text::{
        FileText,
        encoding::{Detected, detect_unicode},
    },
};

/// Reads rows; `lines` says that every line holds one object.
pub(crate) async fn read(
    file: &SourceFile,
    lines: bool,
    limits: &Limits,
    part: Part,
    sink: &mut Sink<'_>,
    cancel: &Arc<AtomicBool>,
) -> Result<ReadSummary, ReadError> {
    let system = system(file);
    let form = if lines { Form::Lines } else { Form::Array };
    let job = Job { file: file.clone(), form, part, meter: Meter::new(&system, limits, cancel) };
    hand_over(&system, sink, move |emit| job.run(emit)).await
}

/// One reading of one file.
struct Job {
    file: SourceFile,
    form: Form,
    part: Part,
    meter: Meter,
}

impl Job {
    fn run(mut self, emit: &mut Emit<'_>) -> Result<ReadSummary, ConnectorError> {
        self.meter.file(&self.file)?;
        let detected = detect_unicode(&self.file, &self.meter.system)?;
        let mut columns = Columns::default();
        let mut first = self.records(&detected)?;
        let mut counted = self.meter.clone();
        while let Some(record) = first.next_record()? {
            columns.read(&record, &counted, &mut |_, _| {})?;
            counted.row(0)?;
        }
        let (fingerprint, said) = first.finish();
        if columns.names().is_empty() {
            return Err(self.without_columns());
        }
        let whole = self.rows(&detected, &mut columns, emit)?;
        if whole.is_some_and(|again| again != fingerprint) {
            return Err(ConnectorError::bad_data(&self.meter.system, "it was changed while it was read; do it again"));
        }
        Ok(ReadSummary {
            rows: self.meter.rows,
            bytes: self.meter.bytes,
            schema: schema(columns.names(), &columns.numeric()),
            fingerprint,
            notes: detected.note.into_iter().chain(said).collect(),
        })
    }

    /// Hands over the rows; returns the fingerprint where the file was read to its end.
    fn rows(
        &mut self,
        detected: &Detected,
        columns: &mut Columns,
        emit: &mut Emit<'_>,
    ) -> Result<Option<String>, ConnectorError> {
        const LOOK_EVERY: u64 = 4096;
        let mut batcher = Batcher::with_schema(schema(columns.names(), &columns.numeric()));
        let known = columns.names().len();
        let mut records = self.records(detected)?;
        let mut whole = true;
        for at in 0_u64.. {
            let turn = self.part.turn(at);
            if turn == Turn::End {
                whole = false;
                break;
            }
            if turn == Turn::Skip && at % LOOK_EVERY == 0 {
                self.meter.look()?;
            }
            let Some(record) = records.next_record()? else {
                break;
            };
            if turn == Turn::Skip {
                continue;
            }
            columns.read(&record, &self.meter, &mut |column, value| {
                if column < known {
                    batcher.push(column, value);
                }
            })?;
            columns.missing().filter(|column| *column < known).for_each(|column| batcher.push(column, None));
            self.meter.row(batcher.end_row())?;
            if batcher.is_full() {
                emit(batcher.take(&self.meter.system)?)?;
            }
        }
        if batcher.has_rest() {
            emit(batcher.take(&self.meter.system)?)?;
        }
        Ok(whole.then(|| records.finish().0))
    }

    fn records(&self, detected: &Detected) -> Result<Records, ConnectorError> {
        let text = FileText::open(&self.file, &self.meter.system, detected)?;
        Ok(Records::new(text, self.form, &self.meter))
    }

    fn without_columns(&self) -> ConnectorError {
        let message = "it holds no object with a value, so its columns are not known; \
                       an empty table can be told by a .csv file with its header line";
        ConnectorError::bad_data(&self.meter.system, message)
    }
}

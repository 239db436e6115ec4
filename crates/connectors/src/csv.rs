//! CSV files: delimiter and encoding are detected, a header line is required, and every fault is named with
//! its line. A field is text; an empty one is the empty text, never NULL, quoted or not.

mod dialect;
mod parser;

use std::sync::{Arc, atomic::AtomicBool};

use serde::{Deserialize, Serialize};

use self::parser::{Fault, Parser, Record};
use crate::{
    Part, ReadSummary, Sink, SourceFile, Turn,
    batch::{Batcher, MOST_FIELDS, schema},
    blocking::{Emit, hand_over},
    error::{ConnectorError, ReadError, cut},
    file::system,
    limits::{Limits, Meter, size},
    text::{
        FileText, Text,
        encoding::{self, Detected, LONGEST_LINE},
    },
};

/// Rows passed over between two looks at the clock.
const LOOK_EVERY: u64 = 4096;

/// What is not to be detected.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CsvOptions {
    /// The delimiter, one ASCII character.
    pub delimiter: Option<char>,
    /// The encoding's name, for example `windows-1252`.
    pub encoding: Option<String>,
}

/// Reads all rows.
pub(crate) async fn read(
    file: &SourceFile,
    options: &CsvOptions,
    limits: &Limits,
    part: Part,
    sink: &mut Sink<'_>,
    cancel: &Arc<AtomicBool>,
) -> Result<ReadSummary, ReadError> {
    let system = system(file);
    let job = Job {
        file: file.clone(),
        meter: Meter::new(&system, limits, cancel),
        options: options.clone(),
        limits: limits.clone(),
        part,
        system: system.clone(),
    };
    hand_over(&system, sink, move |emit| job.run(emit)).await
}

/// One reading of one file.
struct Job {
    file: SourceFile,
    system: String,
    options: CsvOptions,
    limits: Limits,
    part: Part,
    meter: Meter,
}

impl Job {
    fn run(mut self, emit: &mut Emit<'_>) -> Result<ReadSummary, ConnectorError> {
        self.meter.file(&self.file)?;
        let wanted = self.options.encoding.as_deref();
        let detected = encoding::detect(&self.file, wanted, &self.meter)?;
        let delimiter = self.delimiter(&detected)?;
        let text = FileText::open(&self.file, &self.system, &detected)?;
        let mut parser = Parser::new(text, delimiter, self.limits.max_field_bytes);
        let names = match parser.next_record().map_err(|fault| self.fault(fault))? {
            Some(record) => self.header(record)?,
            None => {
                let message = "the file holds only blank lines; it needs a header line with the column names";
                return Err(ConnectorError::bad_data(&self.system, message));
            }
        };
        let mut batcher = Batcher::new(&names);
        for at in 0_u64.. {
            match self.part.turn(at) {
                Turn::End => break,
                Turn::Skip => {
                    if at % LOOK_EVERY == 0 {
                        self.meter.look()?;
                    }
                    if !parser.skip_record().map_err(|fault| self.fault(fault))? {
                        break;
                    }
                    continue;
                }
                Turn::Take => {}
            }
            let Some(record) = parser.next_record().map_err(|fault| self.fault(fault))? else {
                break;
            };
            self.row(record, &names, &mut batcher)?;
            if batcher.is_full() {
                emit(batcher.take(&self.system)?)?;
            }
        }
        if batcher.has_rest() {
            emit(batcher.take(&self.system)?)?;
        }
        let fingerprint = parser.into_text().fingerprint();
        Ok(ReadSummary {
            rows: self.meter.rows,
            bytes: self.meter.bytes,
            schema: schema(&names, &[]),
            fingerprint,
            notes: detected.note.into_iter().collect(),
        })
    }

    fn row(&mut self, record: &Record, names: &[String], batcher: &mut Batcher) -> Result<(), ConnectorError> {
        if record.len() != names.len() {
            let (line, has, header) = (record.line, count(record.len(), "field"), names.len());
            let message = format!(
                "line {line} has {has} where the header has {header}; \
                 quote values that hold the delimiter, and complete short lines"
            );
            return Err(ConnectorError::bad_data(&self.system, message));
        }
        let text = record.text().ok_or_else(|| self.damaged(record))?;
        for column in 0..names.len() {
            batcher.push(column, Some(record.field(text, column).ok_or_else(|| self.damaged(record))?));
        }
        self.meter.row(batcher.end_row())
    }

    /// Column names exactly as they stand in the file.
    fn header(&self, record: &Record) -> Result<Vec<String>, ConnectorError> {
        let mut names: Vec<String> = Vec::new();
        for column in 0..record.len() {
            let name = self.text(record, column)?.to_owned();
            if let Some(earlier) = names.iter().position(|known| *known == name) {
                let message = format!(
                    "line {}: columns {} and {} have the same name `{}`; give each column its own name",
                    record.line,
                    earlier + 1,
                    column + 1,
                    cut(&name)
                );
                return Err(ConnectorError::bad_data(&self.system, message));
            }
            names.push(name);
        }
        let no_name = |name: &String| name.is_empty() || name.parse::<f64>().is_ok_and(f64::is_finite);
        if names.iter().all(no_name) {
            let message = format!(
                "line {} holds only numbers, so there seems to be no header; \
                 put a line with the column names first",
                record.line
            );
            return Err(ConnectorError::bad_data(&self.system, message));
        }
        Ok(names)
    }

    fn text<'a>(&self, record: &'a Record, column: usize) -> Result<&'a str, ConnectorError> {
        record.text().and_then(|text| record.field(text, column)).ok_or_else(|| self.damaged(record))
    }

    fn damaged(&self, record: &Record) -> ConnectorError {
        let message = format!("line {} is not valid UTF-8 any more; was the file changed meanwhile?", record.line);
        ConnectorError::bad_data(&self.system, message)
    }

    fn delimiter(&self, detected: &Detected) -> Result<u8, ConnectorError> {
        if let Some(wanted) = self.options.delimiter {
            return u8::try_from(wanted)
                .ok()
                .filter(|byte| byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r' | 0))
                .ok_or_else(|| {
                    let message = format!("`{wanted}` cannot be the delimiter; use one ASCII character such as `;`");
                    ConnectorError::bad_data(&self.system, message)
                });
        }
        let mut text = FileText::open(&self.file, &self.system, detected)?;
        let start = text.next_piece()?.to_vec();
        let valid = match std::str::from_utf8(&start) {
            Ok(valid) => valid,
            Err(error) => std::str::from_utf8(&start[..error.valid_up_to()]).unwrap_or_default(),
        };
        Ok(dialect::detect(valid, text.is_complete(), self.limits.max_field_bytes))
    }

    fn fault(&self, fault: Fault<ConnectorError>) -> ConnectorError {
        let most = size(self.limits.max_field_bytes as u64);
        let message = match fault {
            Fault::Source(error) => return error,
            Fault::FieldTooLong { line, quoted: false } => {
                return self.meter.limit(format!("a field on line {line} is larger than {most}; is it a CSV file?"));
            }
            Fault::FieldTooLong { line, quoted: true } => {
                return self.meter.limit(format!(
                    "the field that begins on line {line} is larger than {most}; is the quote there ever closed?"
                ));
            }
            Fault::RecordTooLong { line } => {
                let most = size(LONGEST_LINE as u64);
                return self.meter.limit(format!("the record on line {line} is larger than {most}; is it a CSV file?"));
            }
            Fault::TooManyFields { line } => {
                return self.meter.limit(format!("line {line} has more than {MOST_FIELDS} fields; is it a CSV file?"));
            }
            Fault::OpenQuote { line } => {
                format!("the quote opened on line {line} is never closed; close it, or double quotes inside a value")
            }
            Fault::Nul { line } => format!("line {line} holds a zero byte; is it a text file?"),
        };
        ConnectorError::bad_data(&self.system, message)
    }
}

fn count(n: usize, thing: &str) -> String {
    if n == 1 { format!("1 {thing}") } else { format!("{n} {thing}s") }
}

//! Records on their way: written to a temporary file as JSON lines while the columns are collected, and handed
//! over from there. So memory holds one page, whatever the service gives. The file is a few times as large as the
//! values, which the limits bound.

use std::{
    collections::HashMap,
    fs::File,
    io::{BufRead, BufReader, BufWriter, Seek, Write},
    sync::{Arc, atomic::AtomicBool},
};

use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::json_path::JsonPath;
use crate::{
    ReadSummary,
    batch::{Batcher, MOST_FIELDS, schema},
    blocking::Emit,
    error::{ConnectorError, ErrorKind, cut, listed},
    fingerprint::fingerprint,
    json::{
        record::{elements, flatten, members},
        value::{Kind, kind, text_of},
    },
    limits::{Limits, Meter},
};

/// A longer name is data that was taken for one.
const LONGEST_NAME: usize = 1000;

/// The records read so far.
pub(super) struct Spool {
    file: BufWriter<File>,
    records: JsonPath,
    /// Where the answer says how the next page is asked for.
    next: Option<JsonPath>,
    first: Option<u64>,
    columns: Columns,
    meter: Meter,
    pages: u64,
    hash: Sha256,
    notes: Vec<String>,
}

#[derive(Default)]
struct Columns {
    names: Vec<String>,
    by_name: HashMap<String, usize>,
    /// Whether a number was seen, and whether something else was.
    number: Vec<bool>,
    other: Vec<bool>,
}

/// What a page held.
pub(super) struct Seen {
    pub(super) records: u64,
    /// Hash of its records.
    pub(super) digest: [u8; 32],
    /// How the next page is asked for.
    pub(super) next: Option<String>,
}

impl Spool {
    pub(super) fn new(
        system: &str,
        records: JsonPath,
        next: Option<JsonPath>,
        limits: &Limits,
        first: Option<u64>,
        cancel: &Arc<AtomicBool>,
    ) -> Result<Self, ConnectorError> {
        let file = tempfile::tempfile().map_err(|error| unwritten(system, &error))?;
        Ok(Self {
            file: BufWriter::new(file),
            records,
            next,
            first,
            columns: Columns::default(),
            meter: Meter::new(system, limits, cancel),
            pages: 0,
            hash: Sha256::new(),
            notes: Vec::new(),
        })
    }

    pub(super) fn system(&self) -> &str {
        &self.meter.system
    }

    pub(super) fn names(&self) -> &[String] {
        &self.columns.names
    }

    /// Whether all values of each column are numbers, and there is one.
    pub(super) fn numeric(&self) -> Vec<bool> {
        self.columns.number.iter().zip(&self.columns.other).map(|(number, other)| *number && !other).collect()
    }

    pub(super) fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    /// Whether there are as many rows as somebody wants.
    pub(super) fn has_enough(&self) -> bool {
        self.first.is_some_and(|first| self.meter.rows >= first)
    }

    /// Takes the records of a page; without text there are none.
    pub(super) fn page(&mut self, text: Option<&str>) -> Result<Seen, ConnectorError> {
        self.pages += 1;
        let nothing = Seen { records: 0, digest: [0; 32], next: None };
        let Some(text) = text else {
            return Ok(nothing);
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let root: &RawValue = serde_json::from_str(text).map_err(|error| {
            self.wrong(format!("it is not valid JSON (line {}, column {})", error.line(), error.column()))
        })?;
        let records = self.records.clone().find(root).map_err(|reason| self.wrong(reason))?;
        let records =
            records.filter(|found| kind(found) == Kind::Array).ok_or_else(|| self.no_records(root, records))?;
        let mut seen = Seen { next: self.next_of(root)?, ..nothing };
        let mut digest = Sha256::new();
        let mut failure = None;
        let walked = elements(records, &mut |record| {
            if self.has_enough() {
                return Ok(false);
            }
            seen.records += 1;
            digest.update(record.get());
            digest.update("\n");
            failure = self.record(record, seen.records).err();
            Ok(failure.is_none())
        });
        if let Some(error) = failure {
            return Err(error);
        }
        walked.map_err(|reason| self.wrong(reason))?;
        seen.digest = digest.finalize().into();
        self.hash.update(seen.digest);
        Ok(seen)
    }

    fn record(&mut self, record: &RawValue, number: u64) -> Result<(), ConnectorError> {
        let place = || format!("record {number}");
        let fields = flatten(record).map_err(|reason| self.wrong(format!("{}: {reason}", place())))?;
        let mut line: Vec<(usize, &str)> = Vec::with_capacity(fields.len());
        let mut bytes = 0;
        for field in &fields {
            let column = self.column(&field.path, number)?;
            let Some(value) = field.value.as_deref() else {
                continue;
            };
            let pages = self.pages;
            self.meter.field(value.len(), || format!("page {pages}, {}: `{}`", place(), cut(&field.path)))?;
            bytes += value.len() as u64;
            self.columns.number[column] |= field.number;
            self.columns.other[column] |= !field.number;
            line.push((column, value));
        }
        self.meter.row(bytes)?;
        let failed = |error: std::io::Error| unwritten(&self.meter.system, &error);
        serde_json::to_writer(&mut self.file, &line).map_err(|error| failed(error.into()))?;
        self.file.write_all(b"\n").map_err(failed)
    }

    fn column(&mut self, name: &str, number: u64) -> Result<usize, ConnectorError> {
        if let Some(column) = self.columns.by_name.get(name) {
            return Ok(*column);
        }
        if name.len() > LONGEST_NAME {
            let message = format!("record {number}: a name in it is longer than {LONGEST_NAME} bytes; is it a table?");
            return Err(self.meter.limit(message));
        }
        let column = self.columns.names.len();
        if column == MOST_FIELDS {
            let message = format!("there are more than {MOST_FIELDS} different fields so far; is it a table?");
            return Err(self.meter.limit(message));
        }
        self.columns.names.push(name.to_owned());
        self.columns.by_name.insert(name.to_owned(), column);
        self.columns.number.push(false);
        self.columns.other.push(false);
        Ok(column)
    }

    fn next_of(&self, root: &RawValue) -> Result<Option<String>, ConnectorError> {
        let Some(path) = &self.next else {
            return Ok(None);
        };
        let found = path.find(root).map_err(|reason| self.wrong(reason))?;
        let Some(found) = found.filter(|found| !matches!(kind(found), Kind::Null) && found.get() != "false") else {
            return Ok(None);
        };
        if !matches!(kind(found), Kind::String | Kind::Number) {
            return Err(self.wrong(format!("what should lead to the next page is {}", kind(found).words())));
        }
        let text = text_of(found).map_err(|reason| self.wrong(reason))?;
        Ok(text.filter(|text| !text.is_empty()).map(|text| text.into_owned()))
    }

    fn no_records(&self, root: &RawValue, found: Option<&RawValue>) -> ConnectorError {
        const MOST_NAMED: usize = 21;
        let mut lists = Vec::new();
        if kind(root) == Kind::Object {
            // Only for naming them; an object that is broken here is told anyway.
            let _ = members(root, &mut |name, value| {
                if kind(value) == Kind::Array {
                    lists.push(name.into_owned());
                }
                Ok(lists.len() < MOST_NAMED)
            });
        }
        let is = found.map_or("nothing", |found| kind(found).words());
        let next = if lists.is_empty() {
            "check the path to the records".to_owned()
        } else {
            format!("lists it holds: {}", listed(&lists))
        };
        self.wrong(format!("where the array of records should be is {is}; {next}"))
    }

    /// Hands over all rows.
    pub(super) fn emit(self, emit: &mut Emit<'_>) -> Result<ReadSummary, ConnectorError> {
        let numeric = self.numeric();
        let Self { file, columns, meter, hash, notes, .. } = self;
        let names = columns.names;
        if names.is_empty() {
            let message = "it gives no record with a value, so its columns are not known";
            return Err(ConnectorError::bad_data(&meter.system, message));
        }
        let failed = |error: std::io::Error| unwritten(&meter.system, &error);
        let mut file = file.into_inner().map_err(|error| failed(error.into_error()))?;
        file.rewind().map_err(failed)?;
        let mut file = BufReader::new(file);
        let mut batcher = Batcher::new(&names);
        let mut row: Vec<Option<String>> = vec![None; names.len()];
        let mut line = String::new();
        for _ in 0..meter.rows {
            line.clear();
            file.read_line(&mut line).map_err(failed)?;
            let values: Vec<(usize, String)> = serde_json::from_str(&line).map_err(|error| failed(error.into()))?;
            values.into_iter().for_each(|(column, value)| row[column] = Some(value));
            row.iter_mut().enumerate().for_each(|(column, value)| batcher.push(column, value.take().as_deref()));
            batcher.end_row();
            if batcher.is_full() {
                meter.look()?;
                emit(batcher.take(&meter.system)?)?;
            }
        }
        if batcher.has_rest() {
            emit(batcher.take(&meter.system)?)?;
        }
        Ok(ReadSummary {
            rows: meter.rows,
            bytes: meter.bytes,
            schema: schema(&names, &numeric),
            fingerprint: format!("rest {} {}", meter.system, fingerprint(hash)),
            notes,
        })
    }

    fn wrong(&self, reason: String) -> ConnectorError {
        ConnectorError::bad_data(&self.meter.system, format!("page {}: {reason}", self.pages))
    }
}

fn unwritten(system: &str, error: &std::io::Error) -> ConnectorError {
    let message = format!("the temporary file for its records cannot be used ({}); make room for it", error.kind());
    ConnectorError::new(ErrorKind::Limit, system, message)
}

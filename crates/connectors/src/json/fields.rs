//! The fields of an object: nested objects become paths (`address.city`), arrays and what is nested deeper become
//! compact JSON text. The columns of a file are the paths of all its objects.

use std::{borrow::Cow, collections::HashMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{
    records::Record,
    value::{DEEPEST_PATH, Kind, is_empty, kind, text_of},
};
use crate::{
    batch::MOST_FIELDS,
    error::{ConnectorError, cut},
    limits::Meter,
};

/// A longer path is data that was taken for a name.
const LONGEST_PATH: usize = 1000;

/// Takes the text of one value, `None` for null.
pub(super) type Take<'a> = dyn FnMut(usize, Option<&str>) + 'a;

/// What is known about the columns of a file.
#[derive(Default)]
pub(super) struct Columns {
    names: Vec<String>,
    shown: Vec<Shown>,
    /// Every path, also those of objects.
    paths: Vec<Path>,
    by_path: HashMap<String, usize>,
    /// Counts the records, in both readings.
    record: u64,
    /// The path that follows the last one where records are alike.
    next: usize,
}

/// Which kinds of values a column has shown so far.
#[derive(Clone, Copy, Default)]
struct Shown {
    number: bool,
    other: bool,
    /// The last record that has it.
    record: u64,
}

struct Path {
    text: String,
    column: Option<usize>,
    /// The last record that has it.
    record: u64,
}

/// An object as it stands in the text.
struct Members<'a>(Vec<(Name<'a>, &'a RawValue)>);

#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl Columns {
    /// Their names, in the order in which they appeared.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether all values of each are numbers, and there is one.
    pub(super) fn numeric(&self) -> Vec<bool> {
        self.shown.iter().map(|column| column.number && !column.other).collect()
    }

    /// Columns the last record does not have.
    pub(super) fn missing(&self) -> impl Iterator<Item = usize> {
        self.shown.iter().enumerate().filter(|(_, shown)| shown.record != self.record).map(|(column, _)| column)
    }

    /// Takes the values of a record, each with the position of its column, which may be a new one.
    pub(super) fn read(&mut self, record: &Record, meter: &Meter, take: &mut Take) -> Result<(), ConnectorError> {
        self.record += 1;
        self.next = 0;
        self.object(record.text, "", 1, record, meter, take)
    }

    fn object(
        &mut self,
        text: &str,
        inside: &str,
        depth: usize,
        record: &Record,
        meter: &Meter,
        take: &mut Take,
    ) -> Result<(), ConnectorError> {
        let Members(members) = serde_json::from_str(text).map_err(|error| record.broken(&error))?;
        for (Name(name), value) in members {
            let path = if inside.is_empty() { name } else { Cow::Owned(format!("{inside}.{name}")) };
            let at = self.path(&path, record, meter)?;
            if self.paths[at].record == self.record {
                return Err(record.wrong(&format!("it has two values for `{}`; leave one of them out", cut(&path))));
            }
            self.paths[at].record = self.record;
            if depth < DEEPEST_PATH && kind(value) == Kind::Object && !is_empty(value) {
                self.object(value.get(), &path, depth + 1, record, meter, take)?;
                continue;
            }
            let column = self.column(at, record, meter)?;
            let text = text_of(value).map_err(|reason| record.wrong(&format!("`{}` {reason}", cut(&path))))?;
            let seen = &mut self.shown[column];
            seen.record = self.record;
            if let Some(text) = &text {
                let number = kind(value) == Kind::Number;
                seen.number |= number;
                seen.other |= !number;
                meter.field(text.len(), || format!("{}: `{}`", record.place(), cut(&path)))?;
            }
            take(column, text.as_deref());
        }
        Ok(())
    }

    /// The position of a path. Most records have the paths of the one before, in the same order.
    fn path(&mut self, path: &str, record: &Record, meter: &Meter) -> Result<usize, ConnectorError> {
        let expected = self.paths.get(self.next).is_some_and(|next| next.text == path);
        let known = if expected { Some(self.next) } else { self.by_path.get(path).copied() };
        let at = match known {
            Some(at) => at,
            None => {
                if path.len() > LONGEST_PATH {
                    let longest = format!("{}: a name in it is longer than {LONGEST_PATH} bytes", record.place());
                    return Err(meter.limit(format!("{longest}; is it a table?")));
                }
                if self.paths.len() >= 2 * MOST_FIELDS {
                    return Err(too_many(record, meter));
                }
                self.by_path.insert(path.to_owned(), self.paths.len());
                self.paths.push(Path { text: path.to_owned(), column: None, record: 0 });
                self.paths.len() - 1
            }
        };
        self.next = at + 1;
        Ok(at)
    }

    fn column(&mut self, path: usize, record: &Record, meter: &Meter) -> Result<usize, ConnectorError> {
        if let Some(column) = self.paths[path].column {
            return Ok(column);
        }
        if self.names.len() >= MOST_FIELDS {
            return Err(too_many(record, meter));
        }
        let column = self.names.len();
        self.names.push(self.paths[path].text.clone());
        self.shown.push(Shown::default());
        self.paths[path].column = Some(column);
        Ok(column)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    if members.len() == MOST_FIELDS {
                        return Err(A::Error::custom(format!("it has more than {MOST_FIELDS} fields")));
                    }
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

fn too_many(record: &Record, meter: &Meter) -> ConnectorError {
    let place = record.place();
    meter.limit(format!("{place}: there are more than {MOST_FIELDS} different fields so far; is it a table?"))
}

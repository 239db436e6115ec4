//! The fields of an object: nested objects become paths (`address.city`), arrays and what is nested deeper become
//! compact JSON text. The columns of a file are the paths of all its objects.

use std::{borrow::Cow, collections::HashMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::records::Record;
use crate::{
    batch::MOST_FIELDS,
    error::{ConnectorError, cut},
    limits::Meter,
};

/// Objects nested deeper than this stay JSON text, as arrays do.
const DEEPEST_PATH: usize = 8;
/// Nesting beyond this is no data.
const DEEPEST: usize = 64;
/// A longer path is data that was taken for a name.
const LONGEST_PATH: usize = 1000;

/// Takes the text of one value, `None` for null.
pub(super) type Take<'a> = dyn FnMut(usize, Option<&str>) + 'a;

/// What is known about the columns of a file.
#[derive(Default)]
pub(super) struct Columns {
    names: Vec<String>,
    kinds: Vec<Kind>,
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
struct Kind {
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
        self.kinds.iter().map(|kind| kind.number && !kind.other).collect()
    }

    /// Columns the last record does not have.
    pub(super) fn missing(&self) -> impl Iterator<Item = usize> {
        self.kinds.iter().enumerate().filter(|(_, kind)| kind.record != self.record).map(|(column, _)| column)
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
            let value = value.get();
            if depth < DEEPEST_PATH && value.starts_with('{') && !is_empty(value) {
                self.object(value, &path, depth + 1, record, meter, take)?;
                continue;
            }
            let column = self.column(at, record, meter)?;
            let text = text_of(value).map_err(|reason| record.wrong(&format!("`{}` {reason}", cut(&path))))?;
            let kind = &mut self.kinds[column];
            kind.record = self.record;
            if let Some(text) = &text {
                let number = value.starts_with(|first: char| first == '-' || first.is_ascii_digit());
                kind.number |= number;
                kind.other |= !number;
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
        self.kinds.push(Kind::default());
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

fn is_empty(object: &str) -> bool {
    object[1..object.len() - 1].trim_ascii().is_empty()
}

/// A value as text: numbers digit by digit as they stand there, null as `None`.
fn text_of(value: &str) -> Result<Option<Cow<'_, str>>, String> {
    match value.as_bytes().first() {
        Some(b'n') => Ok(None),
        Some(b'"') => string(value).map(Some),
        Some(b'[' | b'{') => compact(value).map(|text| Some(Cow::Owned(text))),
        _ => Ok(Some(Cow::Borrowed(value))),
    }
}

/// What a JSON string says.
fn string(quoted: &str) -> Result<Cow<'_, str>, String> {
    if quoted.contains('\\') {
        let text = serde_json::from_str(quoted).map_err(|_| "holds half of a character (`\\ud800` and the like)")?;
        return Ok(Cow::Owned(text));
    }
    Ok(Cow::Borrowed(&quoted[1..quoted.len() - 1]))
}

/// JSON text without white space between its parts and with every character written in one way, so that equal
/// values are equal texts. Members keep their order, numbers their digits.
fn compact(value: &str) -> Result<String, String> {
    let mut text = String::with_capacity(value.len());
    let (mut depth, mut rest) = (0_usize, value);
    while let Some(first) = rest.bytes().next() {
        let end = match first {
            b'"' => string_end(rest),
            // Everything outside of strings is ASCII.
            _ => 1,
        };
        let (part, others) = rest.split_at(end);
        rest = others;
        match first {
            b'"' if part.contains('\\') => {
                text += &serde_json::to_string(&string(part)?).map_err(|error| error.to_string())?;
            }
            b' ' | b'\t' | b'\r' | b'\n' => {}
            _ => text += part,
        }
        match first {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return Err(format!("is nested more than {DEEPEST} levels deep"));
        }
    }
    Ok(text)
}

/// Where the string at the start ends, behind its closing quote.
fn string_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 1;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(bytes.len())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{compact, text_of};

    #[test]
    fn values_are_written_in_one_way() {
        for (value, expected) in [
            ("null", None),
            ("true", Some("true")),
            ("12345678901234567890.10", Some("12345678901234567890.10")),
            ("-0.0e-7", Some("-0.0e-7")),
            (r#""""#, Some("")),
            (r#""a\u00e9\n\"\ud834\udd1e""#, Some("aé\n\"𝄞")),
            ("[ ]", Some("[]")),
            ("{ \"b\" : [ 1.0 , \"x y\" ] , \"a\":null}", Some("{\"b\":[1.0,\"x y\"],\"a\":null}")),
            (r#"["\u00e9","\/","\\","\""]"#, Some(r#"["é","/","\\","\""]"#)),
        ] {
            assert_eq!(text_of(value).unwrap().as_deref(), expected, "{value}");
        }
        assert!(text_of(r#""\ud800""#).unwrap_err().contains("half of a character"));
    }

    #[test]
    fn nesting_has_an_end() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(compact(&nested(64)).unwrap(), nested(64));
        assert!(compact(&nested(65)).unwrap_err().contains("64 levels"));
    }
}

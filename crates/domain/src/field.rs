//! Field tables: what a form, a grid column, a comparison and an export know about a field.

use crate::{Invalid, Kind, Line, Text};
use serde_json::Value;

/// One allowed value of a choice field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// Stored and exported form.
    pub code: &'static str,
    /// Wording shown to people.
    pub label: &'static str,
}

/// An enum that a choice field takes its values from.
pub trait Choices: Copy + 'static {
    /// All values in the order shown.
    const CHOICES: &'static [Choice];
    /// Stored form of this value.
    fn code(self) -> &'static str;
    /// Wording of this value.
    fn label(self) -> &'static str;
}

/// What a field holds. The JSON form is given in brackets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FieldType {
    /// One line (string).
    Line,
    /// Several lines (string).
    Text,
    /// A whole number within bounds (integer or null).
    Count {
        /// Smallest accepted value.
        min: i64,
        /// Largest accepted value.
        max: i64,
    },
    /// Yes or no (boolean).
    Flag,
    /// A calendar day (`YYYY-MM-DD` or null).
    Date,
    /// One of a closed list (code or null).
    Choice(&'static [Choice]),
    /// Another item (id or null).
    Ref(Kind),
    /// Several other items (array of ids).
    Refs(Kind),
    /// Several lines (array of strings).
    Lines,
    /// A list of parts, each with an `id` and the given fields (array of objects).
    Parts(&'static [Field]),
    /// A connection to a test environment (id or null).
    Connection,
    /// A run of a sync check (id or null).
    Run,
    /// A file kept as evidence (id or null).
    Attachment,
    /// When something happens by itself: a cron expression of five parts (string).
    Schedule,
}

/// The part of a plan a reviewing slot answers for. Every field belongs to exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Slice {
    /// Purpose, sponsor, dates: covered by the root alone.
    Plan,
    /// Data points, occurrences, truths, record roles, decisions about existing data.
    Data,
    /// Processes, variants, steps, walk-throughs, effects, risks.
    Process,
    /// Impacts and communications.
    Change,
    /// Systems, flows, mapping, checks, trial.
    Technical,
    /// Classification and personal data.
    Privacy,
}

impl Slice {
    /// Every slice, in the order shown.
    pub const ALL: [Self; 6] = [Self::Plan, Self::Data, Self::Process, Self::Change, Self::Technical, Self::Privacy];

    /// Stored form.
    pub fn code(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Data => "data",
            Self::Process => "process",
            Self::Change => "change",
            Self::Technical => "technical",
            Self::Privacy => "privacy",
        }
    }

    /// Wording shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Plan => "Plan",
            Self::Data => "Data",
            Self::Process => "Process",
            Self::Change => "Change",
            Self::Technical => "Technical",
            Self::Privacy => "Privacy",
        }
    }
}

/// One row of a field table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Field {
    /// Name in the model, in JSON and in URLs.
    pub name: &'static str,
    /// Label on forms and columns.
    pub label: &'static str,
    /// One sentence of help.
    pub help: &'static str,
    /// What it holds.
    pub kind: FieldType,
    /// Whether an item cannot be kept without it.
    pub required: bool,
    /// Whether it is covered by signatures.
    pub normative: bool,
    /// Which slot answers for it; `None` means the slice of its kind.
    pub slice: Option<Slice>,
    /// Whether lists show it as a column.
    pub column: bool,
}

impl Field {
    /// A normative, optional field that is not a column.
    pub const fn new(name: &'static str, label: &'static str, help: &'static str, kind: FieldType) -> Self {
        Self { name, label, help, kind, required: false, normative: true, slice: None, column: false }
    }

    /// An item cannot be kept without it.
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Not covered by signatures.
    pub const fn loose(mut self) -> Self {
        self.normative = false;
        self
    }

    /// Lists show it.
    pub const fn column(mut self) -> Self {
        self.column = true;
        self
    }

    /// Another slot than that of its kind answers for it.
    pub const fn slice(mut self, slice: Slice) -> Self {
        self.slice = Some(slice);
        self
    }

    /// The value an untouched field has.
    pub fn empty(&self) -> Value {
        match self.kind {
            FieldType::Line | FieldType::Text | FieldType::Schedule => Value::String(String::new()),
            FieldType::Flag => Value::Bool(false),
            FieldType::Refs(_) | FieldType::Lines | FieldType::Parts(_) => Value::Array(Vec::new()),
            _ => Value::Null,
        }
    }

    /// Reads what a person typed into a form or a cell. Lists of scalars are one value a line
    /// (ids may also be separated by commas).
    ///
    /// # Errors
    /// Says what was expected instead.
    pub fn parse(&self, text: &str) -> Result<Value, Invalid> {
        let text = text.trim();
        let wrong = |reason: String| Invalid::new(self.name, reason);
        match self.kind {
            FieldType::Line => Line::new(text).map(|l| Value::String(l.to_string())).map_err(|e| wrong(e.into_owned())),
            FieldType::Text => Text::new(text).map(|l| Value::String(l.to_string())).map_err(|e| wrong(e.into_owned())),
            FieldType::Flag => match text.to_lowercase().as_str() {
                "" | "false" | "no" | "off" | "0" => Ok(Value::Bool(false)),
                "true" | "yes" | "on" | "1" => Ok(Value::Bool(true)),
                other => Err(wrong(format!("“{other}” is neither yes nor no"))),
            },
            _ if text.is_empty() => Ok(self.empty()),
            FieldType::Count { .. } => {
                let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
                let number = plain.parse::<i64>().map_err(|_| wrong(format!("“{text}” is not a whole number")))?;
                self.check(&Value::from(number))?;
                Ok(Value::from(number))
            }
            FieldType::Choice(choices) => choices
                .iter()
                .find(|c| c.code.eq_ignore_ascii_case(text) || c.label.eq_ignore_ascii_case(text))
                .map(|c| Value::String(c.code.into()))
                .ok_or_else(|| {
                    let all: Vec<_> = choices.iter().map(|c| c.label).collect();
                    wrong(format!("“{text}” is not one of: {}", all.join(", ")))
                }),
            FieldType::Lines => Ok(text.lines().map(str::trim).filter(|l| !l.is_empty()).map(Value::from).collect()),
            FieldType::Refs(_) => {
                Ok(text.split([',', '\n']).map(str::trim).filter(|l| !l.is_empty()).map(Value::from).collect())
            }
            FieldType::Date | FieldType::Ref(_) | FieldType::Connection | FieldType::Run | FieldType::Attachment => {
                let value = Value::String(text.into());
                self.check(&value)?;
                Ok(value)
            }
            FieldType::Schedule => {
                let parts: Vec<_> = text.split_whitespace().collect();
                let value = Value::String(parts.join(" "));
                self.check(&value)?;
                Ok(value)
            }
            FieldType::Parts(_) => {
                crate::JsonBounds::ITEM.read(text.as_bytes()).map_err(|_| wrong("is not a list of parts".into()))
            }
        }
    }

    /// Whether a JSON value has the form this field needs.
    ///
    /// # Errors
    /// Says what was expected instead.
    pub fn check(&self, value: &Value) -> Result<(), Invalid> {
        let wrong = |reason: String| Err(Invalid::new(self.name, reason));
        let as_text = value.as_str();
        match self.kind {
            FieldType::Line | FieldType::Text => match as_text {
                None => wrong("must be text".into()),
                Some(text) => {
                    let bad = match self.kind {
                        FieldType::Line => Line::new(text).err(),
                        _ => Text::new(text).err(),
                    };
                    match bad {
                        Some(reason) => wrong(reason.into_owned()),
                        None if self.required && text.trim().is_empty() => wrong("is needed".into()),
                        None => Ok(()),
                    }
                }
            },
            FieldType::Schedule => match as_text {
                None => wrong("must be text".into()),
                Some("") => Ok(()),
                Some(text) => crate::Schedule::parse(text).map(drop).or_else(wrong),
            },
            _ if value.is_null() => {
                let list = matches!(self.kind, FieldType::Refs(_) | FieldType::Lines | FieldType::Parts(_));
                if self.required {
                    wrong("is needed".into())
                } else if list || self.kind == FieldType::Flag {
                    wrong("cannot be null".into())
                } else {
                    Ok(())
                }
            }
            FieldType::Count { min, max } => match value.as_i64() {
                Some(n) if (min..=max).contains(&n) => Ok(()),
                _ => wrong(format!("must be a whole number from {min} to {max}")),
            },
            FieldType::Flag => value.as_bool().map_or_else(|| wrong("must be yes or no".into()), |_| Ok(())),
            FieldType::Date => match as_text.and_then(|t| t.parse::<crate::Date>().ok()) {
                Some(_) => Ok(()),
                None => wrong("must be a day such as 2027-03-14".into()),
            },
            FieldType::Choice(choices) => match as_text {
                Some(code) if choices.iter().any(|c| c.code == code) => Ok(()),
                _ => wrong(format!("{value} is not one of the choices")),
            },
            FieldType::Ref(_) | FieldType::Connection | FieldType::Run | FieldType::Attachment => {
                match as_text.and_then(|t| t.parse::<uuid::Uuid>().ok()) {
                    Some(_) => Ok(()),
                    None => wrong("must be an id".into()),
                }
            }
            FieldType::Refs(_) => match value.as_array() {
                Some(list) if list.len() > 500 => wrong("holds more than 500 items".into()),
                Some(list) if list.iter().all(|v| v.as_str().is_some_and(|t| t.parse::<uuid::Uuid>().is_ok())) => {
                    Ok(())
                }
                _ => wrong("must be a list of ids".into()),
            },
            FieldType::Lines => match value.as_array() {
                Some(list) if list.len() > 500 => wrong("holds more than 500 lines".into()),
                Some(list) => {
                    for line in list {
                        match line.as_str().map(Line::new) {
                            Some(Ok(_)) => {}
                            Some(Err(reason)) => return wrong(reason.into_owned()),
                            None => return wrong("must be a list of lines".into()),
                        }
                    }
                    Ok(())
                }
                None => wrong("must be a list of lines".into()),
            },
            FieldType::Parts(fields) => match value.as_array() {
                Some(list) if list.len() > 500 => wrong("holds more than 500 parts".into()),
                Some(list) => list.iter().try_for_each(|part| check_part(self.name, fields, part)),
                None => wrong("must be a list of parts".into()),
            },
        }
    }
}

fn check_part(name: &str, fields: &[Field], part: &Value) -> Result<(), Invalid> {
    let Some(object) = part.as_object() else {
        return Err(Invalid::new(name, "each part must be an object"));
    };
    if object.get("id").and_then(Value::as_str).and_then(|t| t.parse::<uuid::Uuid>().ok()).is_none() {
        return Err(Invalid::new(name, "each part needs an id"));
    }
    for (key, value) in object.iter().filter(|(key, _)| *key != "id") {
        match fields.iter().find(|f| f.name == key) {
            Some(field) => {
                field.check(value).map_err(|e| Invalid::new(format!("{name}.{}", e.field), e.reason))?;
            }
            None => return Err(Invalid::new(name, format!("parts have no field “{key}”"))),
        }
    }
    match fields.iter().find(|f| f.required && !object.contains_key(f.name)) {
        Some(field) => Err(Invalid::new(format!("{name}.{}", field.name), "is needed")),
        None => Ok(()),
    }
}

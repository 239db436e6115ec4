//! What an HTML form sends about one item, and how it becomes field values. The same shape works with
//! and without scripts: text by field name, ticked references, parts row by row.

use crate::{Entity, Field, FieldType, Invalid, Kind};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{collections::BTreeMap, fmt::Display};

/// What stands before an id in the name of a form control.
const ID: &str = "id-";

/// The key under which a form sends something about an id: `people[id-0193…]`. An id alone would not do,
/// as many of them begin with a digit and are then read as a place in a list.
pub fn form_key(id: impl Display) -> String {
    format!("{ID}{id}")
}

/// The id in such a key.
pub fn id_of_key(key: &str) -> &str {
    key.strip_prefix(ID).unwrap_or(key)
}

/// A submitted form. Everything the form showed is in it; an absent tick means no.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Submitted {
    /// Text of simple fields, by field name.
    pub texts: BTreeMap<String, String>,
    /// Ticked references, by field name and [`form_key`] of the id.
    pub ticks: BTreeMap<String, BTreeMap<String, String>>,
    /// Parts, by field name, [`form_key`] of the part id (`new…` for new rows) and sub-field name.
    pub parts: BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>>,
}

impl Submitted {
    /// The values of every field of a kind.
    ///
    /// # Errors
    /// Every field that cannot be read, with the reason.
    pub fn read(&self, kind: Kind) -> Result<Map<String, Value>, Vec<Invalid>> {
        let mut values = Map::new();
        let mut problems = Vec::new();
        for field in kind.fields() {
            match self.value(field) {
                Ok(value) => {
                    values.insert(field.name.to_owned(), value);
                }
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(values) } else { Err(problems) }
    }

    /// The item as the form describes it, to be judged and not kept: new rows have no id of their own yet.
    ///
    /// # Errors
    /// Every field that cannot be read, with the reason.
    pub fn preview(&self, kind: Kind) -> Result<Entity, Vec<Invalid>> {
        let mut values = self.read(kind)?;
        for field in kind.fields().iter().filter(|field| matches!(field.kind, FieldType::Parts(_))) {
            let list = identified(&values[field.name]);
            values.insert(field.name.to_owned(), list);
        }
        kind.read(Value::Object(values)).map_err(|e| vec![Invalid::new(kind.code(), e.to_string())])
    }

    fn value(&self, field: &Field) -> Result<Value, Invalid> {
        let text = self.texts.get(field.name).map(String::as_str).unwrap_or_default();
        let value = match field.kind {
            FieldType::Refs(_) => {
                let ticked = self.ticks.get(field.name).into_iter().flat_map(BTreeMap::keys);
                ticked.map(|key| Value::from(id_of_key(key))).collect()
            }
            FieldType::Parts(inner) => {
                let list = self.part_list(field, inner)?;
                field.check(&identified(&list))?;
                return Ok(list);
            }
            _ => field.parse(text)?,
        };
        if field.required || !value.is_null() {
            field.check(&value)?;
        }
        Ok(value)
    }

    fn part_list(&self, field: &Field, inner: &[Field]) -> Result<Value, Invalid> {
        let mut list = Vec::new();
        for (key, texts) in self.parts.get(field.name).into_iter().flatten() {
            let id = id_of_key(key);
            let mut part = Map::new();
            let mut filled = false;
            for sub in inner {
                let text = texts.get(sub.name).map(String::as_str).unwrap_or_default();
                let value = sub
                    .parse(text)
                    .map_err(|e| Invalid::new(field.name, format!("{}: {}", sub.label.to_lowercase(), e.reason)))?;
                filled |= value != sub.empty();
                part.insert(sub.name.to_owned(), value);
            }
            // A row with nothing in it is a row taken away, or the spare one at the end.
            if filled {
                let id = if id.starts_with("new") { Value::Null } else { Value::from(id) };
                part.insert("id".to_owned(), id);
                list.push(Value::Object(part));
            }
        }
        Ok(Value::Array(list))
    }
}

/// The list as it will be checked once its new rows have the ids that they get when they are kept.
fn identified(list: &Value) -> Value {
    let mut list = list.clone();
    for part in list.as_array_mut().into_iter().flatten().filter(|part| part["id"].is_null()) {
        part["id"] = Value::String(uuid::Uuid::nil().to_string());
    }
    list
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn text_ticks_and_rows_become_values() {
        let mut form = Submitted::default();
        form.texts.insert("name".into(), " E-mail ".into());
        form.texts.insert("examples".into(), "a\n\nb".into());
        form.texts.insert("critical".into(), "true".into());
        let values = form.read(Kind::DataPoint).unwrap();
        assert_eq!(values["name"], "E-mail");
        assert_eq!(values["examples"], serde_json::json!(["a", "b"]));
        assert_eq!(values["critical"], true);
        assert_eq!(values["personal"], false);
        assert_eq!(values["object"], Value::Null);
    }

    #[test]
    fn every_wrong_field_is_named() {
        let mut form = Submitted::default();
        form.texts.insert("probability".into(), "nine".into());
        let problems = form.read(Kind::Risk).unwrap_err();
        let fields: Vec<_> = problems.iter().map(|p| p.field.as_str()).collect();
        assert_eq!(fields, ["name", "probability"]);
    }

    #[test]
    fn ids_in_keys_are_marked_and_a_new_row_has_none() {
        let (team, old) = ("018f0000-0000-7000-8000-000000000001", "018f0000-0000-7000-8000-000000000002");
        let mut form = Submitted::default();
        form.texts.insert("name".into(), "Go".into());
        form.ticks.entry("audience".into()).or_default().insert(form_key(team), "true".into());
        assert_eq!(form.read(Kind::Communication).unwrap()["audience"], serde_json::json!([team]));

        let mut form = Submitted::default();
        form.texts.insert("name".into(), "Data loss".into());
        let rows = form.parts.entry("actions".into()).or_default();
        for (key, what) in [(form_key(old), "Back up"), (form_key("new1"), "Rehearse")] {
            rows.entry(key).or_default().insert("what".into(), what.into());
        }
        let actions = form.read(Kind::Risk).unwrap()["actions"].clone();
        let ids: Vec<_> = actions.as_array().unwrap().iter().map(|a| (a["id"].as_str(), a["what"].as_str())).collect();
        assert_eq!(ids, [(Some(old), Some("Back up")), (None, Some("Rehearse"))]);
        // What a new row must have is still asked for.
        form.parts.get_mut("actions").unwrap().get_mut("id-new1").unwrap().insert("what".into(), String::new());
        form.parts.get_mut("actions").unwrap().get_mut("id-new1").unwrap().insert("owner".into(), "Ann".into());
        assert!(form.read(Kind::Risk).is_err());
    }

    #[test]
    fn empty_rows_are_dropped() {
        let mut form = Submitted::default();
        let rows = form.parts.entry("examples".into()).or_default();
        rows.entry("new1".into()).or_default().insert("input".into(), "x".into());
        rows.entry("new2".into()).or_default().insert("input".into(), "  ".into());
        form.texts.insert("conversion".into(), "copy".into());
        let id = "018f0000-0000-7000-8000-000000000001";
        form.texts.insert("flow".into(), id.into());
        form.texts.insert("target".into(), id.into());
        let values = form.read(Kind::MappingLine).unwrap();
        assert_eq!(values["examples"].as_array().unwrap().len(), 1);
    }
}

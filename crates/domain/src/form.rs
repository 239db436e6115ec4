//! What an HTML form sends about one item, and how it becomes field values. The same shape works with
//! and without scripts: text by field name, ticked references, parts row by row.

use crate::{Field, FieldType, Invalid, Kind};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A submitted form. Everything the form showed is in it; an absent tick means no.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Submitted {
    /// Text of simple fields, by field name.
    pub texts: BTreeMap<String, String>,
    /// Ticked references, by field name and id.
    pub ticks: BTreeMap<String, BTreeMap<String, String>>,
    /// Parts, by field name, part id (`new…` for new rows) and sub-field name.
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

    fn value(&self, field: &Field) -> Result<Value, Invalid> {
        let text = self.texts.get(field.name).map(String::as_str).unwrap_or_default();
        let value = match field.kind {
            FieldType::Refs(_) => {
                let ticked = self.ticks.get(field.name).into_iter().flat_map(BTreeMap::keys);
                ticked.map(|id| Value::String(id.clone())).collect()
            }
            FieldType::Parts(inner) => self.part_list(field, inner)?,
            _ => field.parse(text)?,
        };
        if field.required || !value.is_null() {
            field.check(&value)?;
        }
        Ok(value)
    }

    fn part_list(&self, field: &Field, inner: &[Field]) -> Result<Value, Invalid> {
        let mut list = Vec::new();
        for (id, texts) in self.parts.get(field.name).into_iter().flatten() {
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
                let id = if id.starts_with("new") { Value::Null } else { Value::String(id.clone()) };
                part.insert("id".to_owned(), id);
                list.push(Value::Object(part));
            }
        }
        Ok(Value::Array(list))
    }
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

//! One JSON object as a row: nested objects become paths (`address.city`), arrays and what is nested deeper
//! become compact JSON text. Numbers keep every digit of the source, so nothing here is ever a float.

use std::{borrow::Cow, collections::HashSet, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use super::value::{DEEPEST_PATH, Kind, is_empty, kind, text_of};
use crate::{batch::MOST_FIELDS, error::cut};

/// One field of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field<'a> {
    /// The keys that lead to it, joined by dots.
    pub(crate) path: Cow<'a, str>,
    /// Its text; `None` for null.
    pub(crate) value: Option<Cow<'a, str>>,
    /// Whether the value is a JSON number.
    pub(crate) number: bool,
}

/// What a step over members or elements says: go on or not, or what is wrong.
pub(crate) type Step = Result<bool, String>;

/// The fields of one record in their order. Two values for one path are an error.
pub(crate) fn flatten(record: &RawValue) -> Result<Vec<Field<'_>>, String> {
    let mut fields = Vec::new();
    if kind(record) != Kind::Object {
        return Err(format!("it is {} instead of an object", kind(record).words()));
    }
    add(record, "", 1, &mut fields)?;
    let mut seen = HashSet::with_capacity(fields.len());
    if let Some(twice) = fields.iter().find(|field| !seen.insert(field.path.as_ref())) {
        return Err(format!("it has two values for `{}`; leave one of them out", cut(&twice.path)));
    }
    Ok(fields)
}

fn add<'a>(object: &'a RawValue, inside: &str, depth: usize, fields: &mut Vec<Field<'a>>) -> Result<(), String> {
    members(object, &mut |name, value| {
        let path = if inside.is_empty() { name } else { Cow::Owned(format!("{inside}.{name}")) };
        if depth < DEEPEST_PATH && kind(value) == Kind::Object && !is_empty(value) {
            add(value, &path, depth + 1, fields)?;
            return Ok(true);
        }
        if fields.len() == MOST_FIELDS {
            return Err(format!("it has more than {MOST_FIELDS} fields"));
        }
        let text = text_of(value).map_err(|reason| format!("`{}` {reason}", cut(&path)))?;
        fields.push(Field { path, value: text, number: kind(value) == Kind::Number });
        Ok(true)
    })
}

/// Goes over the members of an object until told to stop.
pub(crate) fn members<'a>(
    object: &'a RawValue,
    take: &mut dyn FnMut(Cow<'a, str>, &'a RawValue) -> Step,
) -> Result<(), String> {
    walk(object, Walk { member: Some(take), element: None, wrong: None })
}

/// Goes over the elements of an array until told to stop.
pub(crate) fn elements<'a>(array: &'a RawValue, take: &mut dyn FnMut(&'a RawValue) -> Step) -> Result<(), String> {
    walk(array, Walk { member: None, element: Some(take), wrong: None })
}

fn walk<'a>(value: &'a RawValue, mut walk: Walk<'a, '_>) -> Result<(), String> {
    let mut deserializer = serde_json::Deserializer::from_str(value.get());
    let ended = (&mut walk).deserialize(&mut deserializer);
    match (walk.wrong, ended) {
        // Told to stop: what follows is not looked at.
        (Some(None), _) => Ok(()),
        (Some(Some(reason)), _) => Err(reason),
        (None, ended) => ended.map_err(|_| {
            "it holds half of a character (`\\ud800` and the like), or is not what it seemed to be".to_owned()
        }),
    }
}

/// What takes members or elements, and why it ended early: `Some(None)` by wish.
struct Walk<'a, 't> {
    member: Option<&'t mut dyn FnMut(Cow<'a, str>, &'a RawValue) -> Step>,
    element: Option<&'t mut dyn FnMut(&'a RawValue) -> Step>,
    wrong: Option<Option<String>>,
}

impl Walk<'_, '_> {
    fn goes_on<E: Error>(&mut self, step: Step) -> Result<(), E> {
        self.wrong = match step {
            Ok(true) => return Ok(()),
            Ok(false) => Some(None),
            Err(reason) => Some(Some(reason)),
        };
        Err(E::custom("stopped"))
    }
}

impl<'de> DeserializeSeed<'de> for &mut Walk<'de, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Visitor<'de> for &mut Walk<'de, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object or an array")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some((Name(name), value)) = map.next_entry::<Name<'de>, &'de RawValue>()? {
            if let Some(take) = &mut self.member {
                let step = take(name, value);
                self.goes_on(step)?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        while let Some(value) = elements.next_element::<&'de RawValue>()? {
            if let Some(take) = &mut self.element {
                let step = take(value);
                self.goes_on(step)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use serde_json::value::RawValue;

    use super::flatten;

    fn flat(record: &str) -> Result<Vec<(String, Option<String>, bool)>, String> {
        let record: &RawValue = serde_json::from_str(record).unwrap();
        let fields = flatten(record)?;
        Ok(fields.into_iter().map(|f| (f.path.into_owned(), f.value.map(|v| v.into_owned()), f.number)).collect())
    }

    #[test]
    fn values_keep_their_digits_and_objects_become_paths() {
        for (record, expected) in [
            ("{}", vec![]),
            (r#"{ "id" : 12345678901234567890.10 }"#, vec![("id", Some("12345678901234567890.10"), true)]),
            (r#"{"a":-0.0e-7,"b":true}"#, vec![("a", Some("-0.0e-7"), true), ("b", Some("true"), false)]),
            (r#"{"a":{"b":{"c":"x"}},"d":null}"#, vec![("a.b.c", Some("x"), false), ("d", None, false)]),
            (r#"{"a":{ },"b":[ ]}"#, vec![("a", Some("{}"), false), ("b", Some("[]"), false)]),
            (r#"{"k\u00e9y":"a\n\"\ud834\udd1e"}"#, vec![("kéy", Some("a\n\"𝄞"), false)]),
            (r#"{"a":[ 1.0 , {"b" : "x y"} , "\u00e9\/" ]}"#, vec![("a", Some(r#"[1.0,{"b":"x y"},"é/"]"#), false)]),
        ] {
            let expected: Vec<_> =
                expected.into_iter().map(|(path, value, n)| (path.to_owned(), value.map(str::to_owned), n)).collect();
            assert_eq!(flat(record).unwrap(), expected, "{record}");
        }
        let deep = format!("{}1{}", r#"{"a":"#.repeat(10), "}".repeat(10));
        assert_eq!(flat(&deep).unwrap(), [("a.a.a.a.a.a.a.a".into(), Some(r#"{"a":{"a":1}}"#.into()), false)]);
    }

    #[test]
    fn what_is_no_record_is_told() {
        for (record, expected) in [
            (r#"{"a":1,"a":2}"#, "it has two values for `a`; leave one of them out"),
            (r#"{"a.b":1,"a":{"b":2}}"#, "it has two values for `a.b`; leave one of them out"),
            ("[1]", "it is an array instead of an object"),
            ("1.5", "it is a number instead of an object"),
            (r#"{"a":"\ud800"}"#, "`a` holds half of a character (`\\ud800` and the like)"),
        ] {
            assert_eq!(flat(record).unwrap_err(), expected, "{record}");
        }
        let nested = format!("{{\"a\":{}{}}}", "[".repeat(65), "]".repeat(65));
        assert_eq!(flat(&nested).unwrap_err(), "`a` is nested more than 64 levels deep");
        let wide: Vec<String> = (0..=10_000).map(|n| format!("\"f{n}\":1")).collect();
        assert_eq!(flat(&format!("{{{}}}", wide.join(","))).unwrap_err(), "it has more than 10000 fields");
    }
}

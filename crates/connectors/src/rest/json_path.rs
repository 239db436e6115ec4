//! Where in an answer the records are: the singular queries of RFC 9535 (`$.data['items'][0]`), with `[*]` allowed
//! at the end. Not a library: those work on parsed values, in which numbers have lost their digits.

use serde_json::value::RawValue;

use crate::json::{
    record::{elements, members},
    value::{Kind, kind},
};

/// A longer one leads nowhere.
const MOST_STEPS: usize = 32;

/// A parsed path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct JsonPath(Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Name(String),
    Index(usize),
}

impl JsonPath {
    /// Parses it, or says in words what is wrong.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no path such as `$.data.items`; names with other signs stand in ['…']");
        let mut rest = text.trim().strip_prefix('$').ok_or_else(wrong)?;
        rest = rest.strip_suffix("[*]").unwrap_or(rest);
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let (step, others) = step(rest).ok_or_else(wrong)?;
            steps.push(step);
            rest = others;
            if steps.len() > MOST_STEPS {
                return Err(format!("the path has more than {MOST_STEPS} steps"));
            }
        }
        Ok(Self(steps))
    }

    /// The value it leads to, if there is one.
    pub(super) fn find<'a>(&self, root: &'a RawValue) -> Result<Option<&'a RawValue>, String> {
        let mut at = root;
        for step in &self.0 {
            let mut found = None;
            match step {
                Step::Name(wanted) if kind(at) == Kind::Object => members(at, &mut |name, value| {
                    if name == wanted.as_str() && found.replace(value).is_some() {
                        return Err(format!("it has two values for `{wanted}`"));
                    }
                    Ok(true)
                })?,
                Step::Index(wanted) if kind(at) == Kind::Array => {
                    let mut index = 0;
                    elements(at, &mut |value| {
                        if index == *wanted {
                            found = Some(value);
                        }
                        index += 1;
                        Ok(found.is_none())
                    })?;
                }
                _ => {}
            }
            match found {
                Some(value) => at = value,
                None => return Ok(None),
            }
        }
        Ok(Some(at))
    }
}

/// The first step and what follows it.
fn step(text: &str) -> Option<(Step, &str)> {
    if let Some(rest) = text.strip_prefix('.') {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let name = &rest[..end];
        let plain = |c: char| c.is_alphanumeric() || c == '_';
        let starts = name.starts_with(|c: char| plain(c) && !c.is_ascii_digit());
        return (starts && name.chars().all(plain)).then(|| (Step::Name(name.to_owned()), &rest[end..]));
    }
    let rest = text.strip_prefix('[')?;
    if let Some(quote) = rest.chars().next().filter(|c| matches!(c, '\'' | '"')) {
        let mut name = String::new();
        let mut chars = rest.char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => name.push(chars.next().map(|(_, c)| c).filter(|c| matches!(c, '\\' | '\'' | '"'))?),
                c if c == quote => return Some((Step::Name(name), rest[at + 1..].strip_prefix(']')?)),
                c => name.push(c),
            }
        }
        return None;
    }
    let (index, rest) = rest.split_once(']')?;
    let canonical = index == "0" || (!index.starts_with('0') && index.bytes().all(|byte| byte.is_ascii_digit()));
    Some((Step::Index(index.parse().ok().filter(|_| canonical)?), rest))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use serde_json::value::RawValue;

    use super::JsonPath;

    #[test]
    fn paths_lead_to_one_value() {
        let text = r#"{"data":{"items":[{"id":1.10},{"id":2}],"it's":"x","a.b":7,"größe":3}}"#;
        let root: &RawValue = serde_json::from_str(text).unwrap();
        let found = |path: &str| JsonPath::parse(path).unwrap().find(root).unwrap().map(RawValue::get);
        assert_eq!(found("$"), Some(text));
        assert_eq!(found("$.data.items[*]"), Some(r#"[{"id":1.10},{"id":2}]"#));
        assert_eq!(found("$['data'][\"items\"][0].id"), Some("1.10"));
        assert_eq!(found(r"$.data['it\'s']"), Some("\"x\""));
        assert_eq!(found("$.data['a.b']"), Some("7"));
        assert_eq!(found("$.data.größe"), Some("3"));
        for nowhere in ["$.data.items[2]", "$.nothing", "$.data.items.id", "$.data[0]"] {
            assert_eq!(found(nowhere), None, "{nowhere}");
        }
        let twice: &RawValue = serde_json::from_str(r#"{"a":1,"a":2}"#).unwrap();
        assert_eq!(JsonPath::parse("$.a").unwrap().find(twice).unwrap_err(), "it has two values for `a`");
    }

    #[test]
    fn other_queries_are_refused() {
        let long = format!("${}", ".a".repeat(33));
        for wrong in [
            "",
            "data",
            "$.",
            "$..a",
            "$.*",
            "$[*].a",
            "$[-1]",
            "$[01]",
            "$[0:2]",
            "$[?@.a]",
            "$['a]",
            "$['a'",
            "$['a','b']",
            "$.a-b",
            "$.1a",
            "$[",
            "$x",
            &long,
        ] {
            assert!(JsonPath::parse(wrong).is_err(), "{wrong}");
        }
    }
}

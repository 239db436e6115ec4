//! JSON values as text: numbers digit by digit as they stand there, so nothing here is ever a float.

use std::borrow::Cow;

use serde_json::value::RawValue;

/// Objects nested deeper than this stay JSON text, as arrays do.
pub(super) const DEEPEST_PATH: usize = 8;
/// Nesting beyond this is no data.
const DEEPEST: usize = 64;

/// Kinds of JSON values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Bool,
    Number,
    String,
    Array,
    Object,
}

impl Kind {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "a boolean",
            Self::Number => "a number",
            Self::String => "a text",
            Self::Array => "an array",
            Self::Object => "an object",
        }
    }
}

pub(crate) fn kind(value: &RawValue) -> Kind {
    match value.get().trim_ascii_start().as_bytes().first() {
        Some(b'{') => Kind::Object,
        Some(b'[') => Kind::Array,
        Some(b'"') => Kind::String,
        Some(b't' | b'f') => Kind::Bool,
        Some(b'n') => Kind::Null,
        _ => Kind::Number,
    }
}

/// A value as text: numbers digit by digit as they stand there, null as `None`.
pub(crate) fn text_of(value: &RawValue) -> Result<Option<Cow<'_, str>>, String> {
    let text = value.get().trim_ascii();
    match kind(value) {
        Kind::Null => Ok(None),
        Kind::String => string(text).map(Some),
        Kind::Array | Kind::Object => compact(text).map(|text| Some(Cow::Owned(text))),
        Kind::Bool | Kind::Number => Ok(Some(Cow::Borrowed(text))),
    }
}

/// Whether an object has no members.
pub(super) fn is_empty(object: &RawValue) -> bool {
    let text = object.get().trim_ascii();
    text[1..text.len() - 1].trim_ascii().is_empty()
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
        // Everything outside of strings is ASCII.
        let (part, others) = rest.split_at(if first == b'"' { string_end(rest) } else { 1 });
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

    use serde_json::value::RawValue;

    use super::{compact, text_of};

    fn raw(value: &str) -> &RawValue {
        serde_json::from_str(value).unwrap()
    }

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
            assert_eq!(text_of(raw(value)).unwrap().as_deref(), expected, "{value}");
        }
        assert!(text_of(raw(r#""\ud800""#)).unwrap_err().contains("half of a character"));
    }

    #[test]
    fn nesting_has_an_end() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(compact(&nested(64)).unwrap(), nested(64));
        assert!(compact(&nested(65)).unwrap_err().contains("64 levels"));
    }
}

//! What goes wrong with a JSON file, in words.

use super::records::Form;
use crate::error::ConnectorError;

/// What is wrong with the text that begins on a line. The column is known only where a line begins a text.
pub(super) fn fault(system: &str, form: Form, line: u64, number: u64, error: &serde_json::Error) -> ConnectorError {
    let at = line + (error.line() as u64).saturating_sub(1);
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let reason = if error.is_eof() {
        "the text ends too early; is the file complete?"
    } else {
        text.strip_suffix(&place).unwrap_or(&text)
    };
    let message = match form {
        Form::Lines => format!("line {at}, column {}: {reason}; every line must hold one whole object", error.column()),
        Form::Array => format!("line {at}, in or after record {}: {reason}", number.saturating_sub(1)),
    };
    ConnectorError::bad_data(system, message)
}

/// A record that is something else than an object.
pub(super) fn no_object(system: &str, form: Form, line: u64, number: u64, text: &str) -> ConnectorError {
    let is = match text.trim_ascii_start().bytes().next() {
        Some(b'[') => "an array",
        Some(b'"') => "a text",
        Some(b'-' | b'0'..=b'9') => "a number",
        _ => "something else",
    };
    let message = match form {
        Form::Lines => format!(
            "line {line} begins with {is} instead of an object; \
             every line must hold one whole object; a file that is one array ends in .json"
        ),
        Form::Array => format!("record {number} (line {line}) is {is} and no object"),
    };
    ConnectorError::bad_data(system, message)
}

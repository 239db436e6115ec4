//! The payload of a PDF: its two attached files. Not a PDF reader: it looks for the streams of embedded files, which
//! are never hidden inside other objects, and refuses a file that has any other number of them.

use crate::{ReportError, payload::unpack};

/// The canonical plan and the facts.
pub(super) fn payload(file: &[u8]) -> Result<(Vec<u8>, Vec<u8>), ReportError> {
    let mut found: Vec<Vec<u8>> = Vec::new();
    let mut from = 0;
    while let Some(at) = find(file, b"/EmbeddedFile", from) {
        from = at + b"/EmbeddedFile".len();
        // The name tree of attached files is called `/EmbeddedFiles`.
        if file.get(from).is_some_and(u8::is_ascii_alphanumeric) {
            continue;
        }
        if found.len() == 2 {
            return Err(damaged("it has more than two attachments"));
        }
        found.push(stream(file, at)?);
    }
    match <[Vec<u8>; 2]>::try_from(found) {
        Ok([a, b]) if is_facts(&b) && !is_facts(&a) => Ok((a, b)),
        Ok([a, b]) if is_facts(&a) && !is_facts(&b) => Ok((b, a)),
        Ok(_) => Err(damaged("its attachments are not a plan and its facts")),
        Err(_) => Err(ReportError::NoPayload),
    }
}

fn is_facts(bytes: &[u8]) -> bool {
    bytes.starts_with(b"{\"plumbline_facts\":")
}

/// The content of the stream whose dictionary holds the byte at `at`.
fn stream(file: &[u8], at: usize) -> Result<Vec<u8>, ReportError> {
    let begin = rfind(file, b" obj", at).ok_or_else(|| damaged("an attachment has no beginning"))?;
    let data = find(file, b"stream\n", at)
        .map(|s| s + b"stream\n".len())
        .or_else(|| find(file, b"stream\r\n", at).map(|s| s + b"stream\r\n".len()))
        .ok_or_else(|| damaged("an attachment has no content"))?;
    let head = file.get(begin..data).unwrap_or_default();
    if head.len() > 4096 || find(head, b"endobj", 0).is_some() {
        return Err(damaged("an attachment has no content"));
    }
    let length = length(head).ok_or_else(|| damaged("an attachment does not say how long it is"))?;
    let end = data.checked_add(length).filter(|end| *end <= file.len());
    let content = end.and_then(|end| file.get(data..end)).ok_or_else(|| damaged("an attachment is cut off"))?;
    if find(head, b"/Filter", 0).is_none() {
        return Ok(content.to_vec());
    }
    if find(head, b"/FlateDecode", 0).is_none() {
        return Err(damaged("an attachment is packed in an unknown way"));
    }
    unpack(content)
}

/// The number after `/Length`.
fn length(head: &[u8]) -> Option<usize> {
    let at = find(head, b"/Length", 0)? + b"/Length".len();
    let digits: Vec<u8> = head
        .get(at..)?
        .iter()
        .copied()
        .skip_while(u8::is_ascii_whitespace)
        .take_while(u8::is_ascii_digit)
        .take(9)
        .collect();
    std::str::from_utf8(&digits).ok()?.parse().ok()
}

fn find(haystack: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    haystack.get(from..)?.windows(needle.len()).position(|w| w == needle).map(|at| at + from)
}

fn rfind(haystack: &[u8], needle: &[u8], before: usize) -> Option<usize> {
    haystack.get(..before)?.windows(needle.len()).rposition(|w| w == needle)
}

fn damaged(reason: &str) -> ReportError {
    ReportError::Damaged(reason.to_owned())
}

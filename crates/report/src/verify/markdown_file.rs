//! The payload of a Markdown document: two packed, base64-encoded parts in the comment that ends the file.

use crate::{
    ReportError,
    markdown::{PAYLOAD_END, PAYLOAD_START},
    payload::unpack,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// The canonical plan and the facts.
pub(super) fn payload(file: &[u8]) -> Result<(Vec<u8>, Vec<u8>), ReportError> {
    let text = std::str::from_utf8(file).map_err(|_| ReportError::NoPayload)?;
    let start = text.rfind(PAYLOAD_START).ok_or(ReportError::NoPayload)?;
    let comment = &text[start + PAYLOAD_START.len()..];
    let body = comment
        .strip_suffix(PAYLOAD_END)
        .ok_or_else(|| ReportError::Damaged("the comment at its end is not closed, or something follows it".into()))?;
    let (_, rest) = body.split_once("\nplan:\n").ok_or_else(|| missing("plan"))?;
    let (plan, facts) = rest.split_once("\nfacts:\n").ok_or_else(|| missing("facts"))?;
    Ok((part(plan)?, part(facts)?))
}

fn part(lines: &str) -> Result<Vec<u8>, ReportError> {
    let packed: String = lines.split('\n').collect();
    let packed = STANDARD.decode(packed).map_err(|_| ReportError::Damaged("its comment is not base64".into()))?;
    unpack(&packed)
}

fn missing(what: &str) -> ReportError {
    ReportError::Damaged(format!("its comment has no {what}"))
}

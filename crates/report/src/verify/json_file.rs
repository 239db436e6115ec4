//! The payload of a JSON export: the canonical plan and, as the last member, its seal.

use super::plan_json;
use crate::{
    ReportError,
    json::{SIGNATURE, digest, member},
    payload::{Head, MARK, read_head},
};
use domain::JsonBounds;
use serde_json::Value;

/// A JSON export taken apart. What is in it is not believed yet.
pub(super) struct Sealed {
    pub canonical: Vec<u8>,
    pub head: Head,
    pub digest: [u8; 32],
    pub signature: Option<String>,
    /// The whole seal as it is written.
    pub seal: Vec<u8>,
}

/// Takes a JSON export apart.
pub(super) fn payload(file: &[u8]) -> Result<Sealed, ReportError> {
    let member = member();
    let at = file.windows(member.len()).rposition(|bytes| bytes == member.as_bytes());
    let Some((plan, rest)) = at.and_then(|at| file.split_at_checked(at)) else { return Err(without_seal(file)) };
    let seal = rest.get(member.len()..).and_then(|rest| rest.strip_suffix(b"}")).unwrap_or_default();
    let Ok(Value::Object(seal)) = JsonBounds::ITEM.read(seal) else { return Err(without_seal(file)) };
    if !seal.contains_key(MARK) {
        return Err(without_seal(file));
    }
    let mut unsigned = seal.clone();
    let signature = unsigned.remove(SIGNATURE);
    let unsigned = Value::Object(unsigned);
    let mut canonical = plan.to_vec();
    canonical.push(b'}');
    Ok(Sealed {
        digest: digest(&canonical, &unsigned),
        head: read_head(unsigned, &canonical)?,
        canonical,
        signature: signature.as_ref().and_then(Value::as_str).map(str::to_owned),
        // Written anew, so that whatever else stood there makes another file of it.
        seal: rules::canonical_bytes(&Value::Object(seal)),
    })
}

/// What is to be said of a file that does not end in a seal.
fn without_seal(file: &[u8]) -> ReportError {
    let mut json = match plan_json(file) {
        Ok(Some(json)) => json,
        Ok(None) => return ReportError::NoPayload,
        Err(too_large) => return too_large,
    };
    let is_plan = json["format"].as_str().is_some_and(|form| form.starts_with("plumbline-plan/"));
    match (is_plan, rules::take_seal(&mut json)) {
        (false, _) => ReportError::NoPayload,
        (true, None) => ReportError::Unsealed,
        (true, Some(_)) => ReportError::Damaged("its bytes are not those that were sealed; export it again".into()),
    }
}

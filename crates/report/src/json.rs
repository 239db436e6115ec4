//! The canonical plan as JSON with one member more at its end: the seal, which holds what vouches for the plan. It is
//! taken off before anything is hashed. Nothing is rendered, so such a file is verified by every version.

use crate::{Bundle, ReportError, payload};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Member of the seal with the signature over the plan and the rest of the seal, hex.
pub(crate) const SIGNATURE: &str = "signature";
/// Member of the seal with the signature of the sponsor.
pub(crate) const SIGNED_BY: &str = "signed_by";

/// The canonical plan, byte for byte, and the seal over it: the artefact to keep beside the code, and to import.
///
/// # Errors
/// When the seal cannot be written as JSON.
pub fn json(bundle: &Bundle) -> Result<Vec<u8>, ReportError> {
    let mut seal = unsigned(bundle)?;
    seal[SIGNATURE] = Value::from(bundle.seal.clone());
    joined(&bundle.canonical, &rules::canonical_bytes(&seal))
}

/// What the installation signs as the seal of a JSON export: a digest over the canonical plan and the rest of the seal.
///
/// # Errors
/// When the seal cannot be written as JSON.
pub fn json_digest(bundle: &Bundle) -> Result<[u8; 32], ReportError> {
    Ok(digest(&bundle.canonical, &unsigned(bundle)?))
}

fn unsigned(bundle: &Bundle) -> Result<Value, ReportError> {
    let broken = |e: serde_json::Error| ReportError::Damaged(e.to_string());
    let mut seal = serde_json::to_value(payload::head(bundle)).map_err(broken)?;
    seal[SIGNED_BY] = serde_json::to_value(&bundle.signature).map_err(broken)?;
    Ok(seal)
}

/// The digest over a plan and a seal without its signature.
pub(crate) fn digest(canonical: &[u8], unsigned: &Value) -> [u8; 32] {
    let digest = Sha256::new().chain_update(b"plumbline-json\0").chain_update(Sha256::digest(canonical));
    digest.chain_update(rules::canonical_bytes(unsigned)).finalize().into()
}

/// A plan and its seal as one object.
pub(crate) fn joined(canonical: &[u8], seal: &[u8]) -> Result<Vec<u8>, ReportError> {
    let open = canonical.strip_suffix(b"}");
    let open = open.ok_or_else(|| ReportError::Damaged("the canonical plan is not a JSON object".into()))?;
    let mut file = open.to_vec();
    file.extend_from_slice(member().as_bytes());
    file.extend_from_slice(seal);
    file.push(b'}');
    Ok(file)
}

/// What stands between the plan and the seal. No text in either can hold it: there, quotes are escaped.
pub(crate) fn member() -> String {
    format!(",\"{}\":", rules::SEAL)
}

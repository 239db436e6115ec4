//! What travels inside a document: the canonical plan and the facts it was rendered from.

use crate::{Bundle, RENDERER, ReportError};
use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::{Read as _, Write as _};

/// Most bytes anything inside a document may unpack to.
pub(crate) const MAX_UNPACKED: u64 = 64 * 1024 * 1024;

/// The facts as they are written into the document.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Facts {
    /// Marks the file; always [`RENDERER`] of the writer.
    pub plumbline_facts: String,
    /// SHA-256 of the canonical plan beside it, hex.
    pub canonical_sha256: String,
    /// Everything rendered.
    pub bundle: Bundle,
}

/// The facts of a trimmed bundle as JSON.
pub(crate) fn facts(bundle: &Bundle) -> Result<Vec<u8>, ReportError> {
    let facts = Facts {
        plumbline_facts: RENDERER.to_owned(),
        canonical_sha256: hex(&Sha256::digest(&bundle.canonical)),
        bundle: bundle.clone(),
    };
    serde_json::to_vec(&facts).map_err(|e| ReportError::Damaged(e.to_string()))
}

/// What the installation signs as the bundle's seal: a digest over the canonical plan and the facts without the seal
/// itself. It does not depend on the renderer.
///
/// # Errors
/// When the bundle cannot be written as JSON.
pub fn seal_digest(bundle: &Bundle) -> Result<[u8; 32], ReportError> {
    let mut open = bundle.trimmed();
    open.seal = None;
    let json = serde_json::to_vec(&open).map_err(|e| ReportError::Damaged(e.to_string()))?;
    let digest = Sha256::new().chain_update(b"plumbline-seal\0").chain_update(Sha256::digest(&bundle.canonical));
    Ok(digest.chain_update(json).finalize().into())
}

/// Reads facts and puts the canonical plan back beside them.
pub(crate) fn read_facts(json: &[u8], canonical: Vec<u8>) -> Result<(String, Bundle), ReportError> {
    let facts: Facts = serde_json::from_slice(json).map_err(|e| ReportError::Damaged(format!("its facts: {e}")))?;
    if facts.canonical_sha256 != hex(&Sha256::digest(&canonical)) {
        return Err(ReportError::Damaged("the canonical plan is not the one its facts were taken with".into()));
    }
    let mut bundle = facts.bundle;
    bundle.canonical = canonical;
    Ok((facts.plumbline_facts, bundle))
}

/// Packs bytes; the same bytes always give the same result.
pub(crate) fn pack(bytes: &[u8]) -> Result<Vec<u8>, ReportError> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    let packed = encoder.write_all(bytes).and_then(|()| encoder.finish());
    packed.map_err(|e| ReportError::Damaged(e.to_string()))
}

/// Unpacks bytes, refusing what would grow beyond [`MAX_UNPACKED`].
pub(crate) fn unpack(packed: &[u8]) -> Result<Vec<u8>, ReportError> {
    let mut out = Vec::new();
    let mut decoder = ZlibDecoder::new(packed).take(MAX_UNPACKED + 1);
    decoder.read_to_end(&mut out).map_err(|e| ReportError::Damaged(format!("its packing: {e}")))?;
    if u64::try_from(out.len()).unwrap_or(u64::MAX) > MAX_UNPACKED {
        return Err(ReportError::TooLarge("the plan inside the file unpacks to more than 64 MB".into()));
    }
    if usize::try_from(decoder.get_ref().total_in()).ok() != Some(packed.len()) {
        return Err(ReportError::Damaged("something follows the packed plan".into()));
    }
    Ok(out)
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

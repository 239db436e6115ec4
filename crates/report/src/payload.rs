//! What travels inside a document: the canonical plan and the facts it was rendered from.

use crate::{Bundle, ReportError};
use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::io::{Read as _, Write as _};

/// Most bytes anything inside a document may unpack to.
pub(crate) const MAX_UNPACKED: u64 = 64 * 1024 * 1024;

/// Most bytes of the first line of the facts; it holds two names and a few hashes.
const MAX_HEAD: usize = 64 * 1024;

/// Name of the form in which facts are written. It changes when [`Head`] or the lines do, not with the renderer.
const FORM: &str = "plumbline-facts/1";

/// Member of [`Head`] that holds the name of the form.
pub(crate) const MARK: &str = "plumbline_facts";

/// What is said about a document without laying it out. Every version that knows [`FORM`] can read it, whatever drew
/// the document: members may be added, none may change or go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Marks the file; stands first.
    plumbline_facts: String,
    /// What rendered it: [`crate::RENDERER`] of the writer.
    pub renderer: String,
    /// Name of the plan.
    pub plan: String,
    /// Version of the plan.
    pub version: i64,
    /// `draft`, `signed` or `withdrawn`.
    pub state: String,
    /// Root hash the document claims, hex.
    pub root: String,
    /// Ed25519 signature over the root, hex.
    pub root_signature: Option<String>,
    /// Fingerprint of the key the document says it was signed with.
    pub key_fingerprint: String,
    /// That key, 32 bytes as hex. Files of earlier versions name its fingerprint alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
    /// SHA-256 of the canonical plan beside it, hex.
    canonical_sha256: String,
}

/// The last line.
#[derive(Serialize, Deserialize)]
struct Tail {
    seal: Option<String>,
}

/// Facts taken apart. The bundle stays as it was written: only the renderer that wrote it can read it.
pub(crate) struct Facts {
    pub head: Head,
    pub bundle: Vec<u8>,
    pub digest: [u8; 32],
    pub seal: Option<String>,
}

/// The facts of a trimmed bundle: three lines of JSON, the head, everything rendered, and the seal over both.
pub(crate) fn facts(bundle: &Bundle) -> Result<Vec<u8>, ReportError> {
    let mut lines = sealed_lines(bundle)?;
    lines.extend(written(&Tail { seal: bundle.seal.clone() })?);
    lines.push(b'\n');
    Ok(lines)
}

/// What the installation signs as the bundle's seal: a digest over the canonical plan and the facts, byte for byte as
/// they stand in the document.
///
/// # Errors
/// When the bundle cannot be written as JSON.
pub fn seal_digest(bundle: &Bundle) -> Result<[u8; 32], ReportError> {
    Ok(digest(&bundle.canonical, &sealed_lines(&bundle.trimmed())?))
}

fn digest(canonical: &[u8], lines: &[u8]) -> [u8; 32] {
    let digest = Sha256::new().chain_update(b"plumbline-seal\0").chain_update(Sha256::digest(canonical));
    digest.chain_update(lines).finalize().into()
}

/// What is said first about a bundle.
pub(crate) fn head(bundle: &Bundle) -> Head {
    Head {
        plumbline_facts: FORM.to_owned(),
        renderer: crate::RENDERER.to_owned(),
        plan: bundle.plan.name(),
        version: bundle.version,
        state: bundle.state.code().to_owned(),
        root: bundle.root.clone(),
        root_signature: bundle.root_signature.clone(),
        key_fingerprint: bundle.key_fingerprint.clone(),
        public_key: bundle.public_key.clone(),
        canonical_sha256: hex(&Sha256::digest(&bundle.canonical)),
    }
}

fn sealed_lines(bundle: &Bundle) -> Result<Vec<u8>, ReportError> {
    let mut lines = written(&head(bundle))?;
    lines.push(b'\n');
    lines.extend(written(bundle)?);
    lines.push(b'\n');
    Ok(lines)
}

fn written(value: &impl Serialize) -> Result<Vec<u8>, ReportError> {
    serde_json::to_vec(value).map_err(|e| ReportError::Damaged(e.to_string()))
}

/// Takes facts apart. What is in them is not believed yet.
pub(crate) fn read_facts(bytes: &[u8], canonical: &[u8]) -> Result<Facts, ReportError> {
    let mut ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at);
    let (Some(first), Some(second), Some(third), None) = (ends.next(), ends.next(), ends.next(), ends.next()) else {
        return Err(other_form(bytes));
    };
    if first > MAX_HEAD {
        return Err(ReportError::TooLarge("the first line of its facts is longer than 64 kB".into()));
    }
    let head: Value = serde_json::from_slice(&bytes[..first]).map_err(|e| broken(&e))?;
    if head[MARK] != FORM {
        return Err(other_form(bytes));
    }
    let head = read_head(head, canonical)?;
    let tail: Tail = serde_json::from_slice(&bytes[second + 1..third]).map_err(|e| broken(&e))?;
    if third + 1 != bytes.len() {
        return Err(ReportError::Damaged("something follows its facts".into()));
    }
    Ok(Facts {
        bundle: bytes[first + 1..second].to_vec(),
        digest: digest(canonical, &bytes[..=second]),
        seal: tail.seal,
        head,
    })
}

/// Reads a head of this form, of facts taken with this canonical plan.
pub(crate) fn read_head(head: Value, canonical: &[u8]) -> Result<Head, ReportError> {
    let head: Head = serde_json::from_value(head).map_err(|e| broken(&e))?;
    if head.plumbline_facts != FORM {
        return Err(form_of(&head.plumbline_facts).unwrap_or_else(|| broken(&"their form has no name")));
    }
    if head.canonical_sha256 != hex(&Sha256::digest(canonical)) {
        return Err(ReportError::Damaged("the canonical plan is not the one its facts were taken with".into()));
    }
    Ok(head)
}

fn broken(reason: &dyn std::fmt::Display) -> ReportError {
    ReportError::Damaged(format!("its facts: {reason}"))
}

/// Files of another form say its name first, whatever follows.
fn other_form(bytes: &[u8]) -> ReportError {
    let head = bytes.get(..200.min(bytes.len())).map(String::from_utf8_lossy).unwrap_or_default();
    let form = head.strip_prefix("{\"plumbline_facts\":\"").and_then(|rest| rest.split('"').next());
    form.and_then(form_of)
        .unwrap_or_else(|| ReportError::Damaged("its facts do not have the three lines they should have".into()))
}

/// The answer to facts of another form, if that is the name of one.
fn form_of(name: &str) -> Option<ReportError> {
    let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '/' | '.');
    let other = name != FORM && name.starts_with("plumbline-facts/");
    other.then(|| ReportError::OtherForm(name.chars().filter(plain).take(40).collect()))
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

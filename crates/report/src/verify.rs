//! Takes an export apart: which plan, which root, which signature, and whether rendering it again gives the same
//! bytes. Files come from anywhere, so every step is bounded and nothing in them is trusted.

mod json_file;
mod markdown_file;
mod pdf_file;

use crate::{
    Bundle, Head, ReportError,
    json::{SIGNED_BY, joined},
    markdown,
    payload::read_facts,
    pdf,
};
use domain::{JsonBounds, JsonRefused, Signature};
use serde_json::Value;

/// Largest document looked at.
pub const MAX_FILE_BYTES: usize = 10 * 1024 * 1024;
/// Largest JSON export looked at.
pub const MAX_JSON_BYTES: usize = 64 * 1024 * 1024;

/// What kind of export a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Portable Document Format.
    Pdf,
    /// Markdown.
    Markdown,
    /// The canonical plan with its seal.
    Json,
}

/// What was found inside an export. None of it is proven yet: the caller checks that `canonical` leads to the root of
/// `head`, and that its signature and `seal` are by the key it trusts, before it lays anything out.
#[derive(Debug, Clone, PartialEq)]
pub struct Extracted {
    /// Kind of export.
    pub format: Format,
    /// The canonical plan, byte for byte.
    pub canonical: Vec<u8>,
    /// What it says about itself.
    pub head: Head,
    /// What the seal is over: see [`crate::seal_digest`] and [`crate::json_digest`].
    pub digest: [u8; 32],
    /// Ed25519 signature over `digest`, hex.
    pub seal: Option<String>,
    /// Everything it was rendered from, as its renderer wrote it; of a JSON export its seal.
    facts: Vec<u8>,
}

/// Whether a document is what its contents render to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Comparison {
    /// Byte for byte.
    Same,
    /// The visible text or anything else was altered.
    Altered,
    /// Rendered by this other version; its text was not compared.
    OtherRenderer(String),
}

impl Extracted {
    /// The canonical plan as JSON; `None` where it is none.
    ///
    /// # Errors
    /// [`ReportError::TooLarge`] when it holds more than a plan does: a small file can unpack to very many values.
    pub fn plan(&self) -> Result<Option<Value>, ReportError> {
        plan_json(&self.canonical)
    }

    /// Everything a document was rendered from.
    ///
    /// # Errors
    /// [`ReportError::Damaged`] when this renderer cannot read it; another one may. A JSON export is not rendered.
    /// [`ReportError::TooLarge`] when it holds more than a document does.
    pub fn bundle(&self) -> Result<Bundle, ReportError> {
        let bundle: Bundle = JsonBounds::DOCUMENT.read(&self.facts).map_err(|error| match error {
            JsonRefused::TooMuch => too_much("what it was rendered from"),
            JsonRefused::Broken(e) => ReportError::Damaged(format!("what it was rendered from: {e}")),
        })?;
        let (seal, public_key) = (self.seal.clone(), self.head.public_key.clone());
        Ok(Bundle { canonical: self.canonical.clone(), seal, public_key, ..bundle })
    }

    /// The signature of the sponsor, if the file holds one that this version can read. It is as good as the seal.
    pub fn sponsor(&self) -> Option<Signature> {
        if self.format != Format::Json {
            return self.bundle().ok()?.signature;
        }
        let seal: Value = serde_json::from_slice(&self.facts).ok()?;
        serde_json::from_value(seal[SIGNED_BY].clone()).ok()
    }

    /// Renders the contents again and compares every byte with the file they were taken from. Of a document that costs
    /// as much as an export: ask only for files whose seal holds.
    ///
    /// # Errors
    /// When the contents cannot be rendered.
    pub fn compare(&self, file: &[u8]) -> Result<Comparison, ReportError> {
        if self.format != Format::Json && self.head.renderer != crate::RENDERER {
            return Ok(Comparison::OtherRenderer(self.head.renderer.clone()));
        }
        let same = match self.format {
            Format::Pdf => pdf(&self.bundle()?)? == file,
            Format::Markdown => markdown(&self.bundle()?)?.as_bytes() == file,
            Format::Json => joined(&self.canonical, &self.facts)? == file,
        };
        Ok(if same { Comparison::Same } else { Comparison::Altered })
    }
}

/// A plan as JSON; `None` where it is no JSON.
///
/// # Errors
/// [`ReportError::TooLarge`] when it holds more than a plan does.
pub fn plan_json(text: &[u8]) -> Result<Option<Value>, ReportError> {
    match JsonBounds::PLAN.read(text) {
        Ok(plan) => Ok(Some(plan)),
        Err(JsonRefused::Broken(_)) => Ok(None),
        Err(JsonRefused::TooMuch) => Err(too_much("the plan inside the file")),
    }
}

fn too_much(what: &str) -> ReportError {
    ReportError::TooLarge(format!("{what} holds more values than any plan, or nests them too deeply"))
}

/// Finds the plan in an export.
///
/// # Errors
/// [`ReportError::NoPayload`] when the file carries none, [`ReportError::Unsealed`] when it is nothing but a plan,
/// [`ReportError::Damaged`] when it cannot be read, [`ReportError::OtherForm`] when another version must,
/// [`ReportError::TooLarge`] beyond the bounds.
pub fn verify(file: &[u8]) -> Result<Extracted, ReportError> {
    if file.starts_with(b"{") {
        return sealed(file);
    }
    if file.len() > MAX_FILE_BYTES {
        return Err(ReportError::TooLarge("the file is larger than 10 MB; documents of Plumbline are not".into()));
    }
    let (format, canonical, facts) = if file.starts_with(b"%PDF-") {
        let (canonical, facts) = pdf_file::payload(file)?;
        (Format::Pdf, canonical, facts)
    } else {
        let (canonical, facts) = markdown_file::payload(file)?;
        (Format::Markdown, canonical, facts)
    };
    let facts = read_facts(&facts, &canonical)?;
    Ok(Extracted { format, canonical, head: facts.head, digest: facts.digest, seal: facts.seal, facts: facts.bundle })
}

fn sealed(file: &[u8]) -> Result<Extracted, ReportError> {
    if file.len() > MAX_JSON_BYTES {
        return Err(ReportError::TooLarge("the file is larger than 64 MB; exports of Plumbline are not".into()));
    }
    let json_file::Sealed { canonical, head, digest, signature, seal } = json_file::payload(file)?;
    Ok(Extracted { format: Format::Json, canonical, head, digest, seal: signature, facts: seal })
}

//! Takes a document apart: which plan, which root, which signature, and whether rendering it again gives the same
//! bytes. Files come from anywhere, so every step is bounded and nothing in them is trusted.

mod markdown_file;
mod pdf_file;

use crate::{Bundle, RENDERER, ReportError, markdown, pdf};

/// Largest file looked at.
pub const MAX_FILE_BYTES: usize = 10 * 1024 * 1024;

/// What kind of document a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Portable Document Format.
    Pdf,
    /// Markdown.
    Markdown,
}

/// What was found inside a document. None of it is proven yet: the caller checks that `canonical` is the canonical
/// form of `bundle.plan`, that it leads to `root`, and that `signature` and `seal` are by the key it trusts.
#[derive(Debug, Clone, PartialEq)]
pub struct Extracted {
    /// Kind of document.
    pub format: Format,
    /// The canonical plan, byte for byte.
    pub canonical: Vec<u8>,
    /// Root hash the document claims, hex.
    pub root: String,
    /// Ed25519 signature over the root, hex.
    pub signature: Option<String>,
    /// Ed25519 signature over [`crate::seal_digest`] of `bundle`, hex.
    pub seal: Option<String>,
    /// Fingerprint of the key the document says it was signed with.
    pub key_fingerprint: String,
    /// What rendered it.
    pub renderer: String,
    /// Everything it was rendered from.
    pub bundle: Bundle,
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
    /// Renders the contents again and compares every byte with the file they were taken from.
    ///
    /// # Errors
    /// When the contents cannot be rendered.
    pub fn compare(&self, file: &[u8]) -> Result<Comparison, ReportError> {
        if self.renderer != RENDERER {
            return Ok(Comparison::OtherRenderer(self.renderer.clone()));
        }
        let same = match self.format {
            Format::Pdf => pdf(&self.bundle)? == file,
            Format::Markdown => markdown(&self.bundle)?.as_bytes() == file,
        };
        Ok(if same { Comparison::Same } else { Comparison::Altered })
    }
}

/// Finds the plan in a document.
///
/// # Errors
/// [`ReportError::NoPayload`] when the file carries none, [`ReportError::Damaged`] when it cannot be read,
/// [`ReportError::TooLarge`] beyond the bounds.
pub fn verify(file: &[u8]) -> Result<Extracted, ReportError> {
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
    let (renderer, bundle) = crate::payload::read_facts(&facts, canonical)?;
    Ok(Extracted {
        format,
        canonical: bundle.canonical.clone(),
        root: bundle.root.clone(),
        signature: bundle.root_signature.clone(),
        seal: bundle.seal.clone(),
        key_fingerprint: bundle.key_fingerprint.clone(),
        renderer,
        bundle,
    })
}

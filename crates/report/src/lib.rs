//! A plan with everything measured and agreed about it, as a document: Markdown, PDF, JSON.
//!
//! Pure: no clock, no files, no network; the same bundle gives the same bytes. Every document
//! carries what it was made from, so that [`verify`] can take it apart and render it again.
//! Deliberately absent: keys, signing, and any judgement of a plan (that is `rules`).

mod bundle;
mod document;
mod json;
mod markdown;
mod mermaid;
mod payload;
mod pdf;
mod sections;
mod text;
mod verify;

pub use bundle::{Bundle, ReportState, RuleCard};
pub use json::{json, json_digest};
pub use markdown::markdown;
pub use payload::{Head, seal_digest};
pub use pdf::pdf;
pub use verify::{Comparison, Extracted, Format, MAX_FILE_BYTES, MAX_JSON_BYTES, plan_json, verify};

/// Name and version of what draws the documents. It changes whenever the same bundle would give other bytes.
pub const RENDERER: &str = "plumbline-report/3";

/// Why a document was not made or could not be taken apart.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// The page layout failed. The message is for the log, not for people.
    #[error("the document could not be laid out: {0}")]
    Layout(String),
    /// A bound was exceeded.
    #[error("{0}")]
    TooLarge(String),
    /// The file carries no plan of ours.
    #[error("the file carries no plan; export it again from Plumbline")]
    NoPayload,
    /// The file is the canonical plan alone.
    #[error("the file is a plan without a seal; nobody's key vouches for it")]
    Unsealed,
    /// The file is of a form that this version does not know.
    #[error("it is written in the form {0}, which this version does not know; use the version that wrote it")]
    OtherForm(String),
    /// The file carries something that looks like a plan but cannot be read.
    #[error("the plan inside the file is damaged: {0}")]
    Damaged(String),
}

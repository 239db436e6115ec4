//! The document as PDF/A-3a and PDF/UA-1, laid out by Typst from templates of ours.
//!
//! Text of people reaches the templates as data only (a JSON file they read), never as markup, and the world they
//! run in has no file system, no packages and no clock.

mod data;
mod fonts;
mod world;

use crate::{Bundle, ReportError, payload, sections, verify::MAX_FILE_BYTES};
use data::Coverage;
use typst::{
    diag::SourceDiagnostic,
    foundations::{Bytes, Datetime, Smart},
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};
use world::Desk;

/// Most pages of a document.
const MAX_PAGES: usize = 2_000;

/// The document as PDF.
///
/// # Errors
/// [`ReportError::TooLarge`] beyond the bounds, [`ReportError::Layout`] when the layout fails.
pub fn pdf(bundle: &Bundle) -> Result<Vec<u8>, ReportError> {
    let bundle = &bundle.trimmed();
    // Characters are checked one by one against the fonts; a combination no single font has makes the first attempt
    // fail, and then only what the text face itself can draw is kept.
    let bytes = match attempt(bundle, Coverage::AnyFont) {
        Err(ReportError::Layout(_)) => attempt(bundle, Coverage::TextFace)?,
        other => other?,
    };
    if bytes.len() > MAX_FILE_BYTES {
        return Err(ReportError::TooLarge("the document is larger than 10 MB; export it as JSON".into()));
    }
    Ok(bytes)
}

fn attempt(bundle: &Bundle, coverage: Coverage) -> Result<Vec<u8>, ReportError> {
    let sections = sections::all(bundle);
    let material = data::collect(bundle, &sections, coverage)?;
    let mut files: Vec<(String, Bytes)> = vec![
        ("data.json".into(), Bytes::new(material.json)),
        ("plan.json".into(), Bytes::new(bundle.canonical.clone())),
        ("verification.jsonl".into(), Bytes::new(payload::facts(bundle)?)),
    ];
    files.extend(material.pictures.into_iter().map(|(name, svg)| (name, Bytes::from_string(svg))));
    let desk = Desk::new(files)?;
    let result = lay_out(&desk, bundle);
    // Typst remembers everything it has computed until it is told to forget, also after a failure.
    typst::comemo::evict(0);
    result
}

fn lay_out(desk: &Desk, bundle: &Bundle) -> Result<Vec<u8>, ReportError> {
    let document = typst::compile::<PagedDocument>(desk).output.map_err(|e| failed(&e))?;
    if document.pages().len() > MAX_PAGES {
        return Err(ReportError::TooLarge(format!("the document has more than {MAX_PAGES} pages; export it as JSON")));
    }
    let standards = PdfStandards::new(&[PdfStandard::A_3a, PdfStandard::Ua_1])
        .map_err(|e| ReportError::Layout(e.message().to_string()))?;
    let options = PdfOptions {
        ident: Smart::Custom(format!("plumbline {} v{} {}", bundle.plan.key, bundle.version, bundle.root)),
        creator: Smart::Custom(Some(format!("Plumbline ({})", crate::RENDERER))),
        timestamp: timestamp(bundle),
        standards,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&document, &options).map_err(|e| failed(&e))
}

/// The moment of the signature, or the day of the draft: never the time of the export.
fn timestamp(bundle: &Bundle) -> Option<Timestamp> {
    let at = bundle.moment().to_zoned(jiff::tz::TimeZone::UTC);
    let part = |n: i8| u8::try_from(n).ok();
    let datetime = Datetime::from_ymd_hms(
        i32::from(at.year()),
        part(at.month())?,
        part(at.day())?,
        part(at.hour())?,
        part(at.minute())?,
        part(at.second())?,
    )?;
    Some(Timestamp::new_utc(datetime))
}

fn failed(errors: &[SourceDiagnostic]) -> ReportError {
    let words: Vec<String> = errors.iter().take(5).map(|e| e.message.to_string()).collect();
    ReportError::Layout(words.join("; "))
}

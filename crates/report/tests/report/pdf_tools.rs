//! What only a reader of PDF can tell: the text as it is set, the structure of the file. `scripts/test` skips
//! this module where poppler or qpdf is missing, and says so.

use crate::{
    demo_sized::demo_sized,
    hostile::{HOSTILE, hostile, scripts},
    plans::small,
};
use report::{ReportState, markdown, pdf};
use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
};

/// The text of a PDF.
fn pdf_text(name: &str, pdf: &[u8]) -> String {
    let path = file(name, pdf);
    String::from_utf8_lossy(&run("pdftotext", &["-layout", path.to_str().unwrap(), "-"])).into_owned()
}

/// A file to look at, under the target directory.
fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    fs::write(&path, bytes).unwrap();
    path
}

fn run(program: &str, args: &[&str]) -> Vec<u8> {
    let output = Command::new(program).args(args).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{program} failed: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn a_draft_says_so_and_a_signed_plan_does_not() {
    let draft = pdf_text("draft.pdf", &pdf(&small()).unwrap());
    assert!(draft.contains("DRAFT"));
    let bundle = demo_sized();
    assert_eq!(bundle.state, ReportState::Signed);
    let signed = pdf_text("signed.pdf", &pdf(&bundle).unwrap());
    assert!(!signed.contains("DRAFT"));
    for words in ["Ines Castro", "I accept this plan as a whole", "2026-11-23 10:32:00 UTC", &bundle.root[..16]] {
        assert!(signed.contains(words), "{words} is missing");
    }
    let whole = squeezed(&signed);
    for words in ["Quantity is not as expected in ERP", "Values of 2 of 4 columns are not of the expected format"] {
        assert!(whole.contains(&squeezed(words)), "{words} is missing");
    }
    let pages = signed.matches('\u{c}').count();
    assert!(signed.matches(&format!(" of {pages}")).count() >= pages, "a page has no number");
}

#[test]
fn a_plan_as_large_as_the_demo_is_a_sound_file() {
    let path = file("demo_sized.pdf", &pdf(&demo_sized()).unwrap());
    let words = run("qpdf", &["--check", path.to_str().unwrap()]);
    let words = String::from_utf8_lossy(&words);
    assert!(words.contains("No syntax or stream encoding errors"), "{words}");
}

#[test]
fn hostile_text_appears_literally() {
    let text = pdf_text("hostile.pdf", &pdf(&hostile()).unwrap());
    // Lines are broken by the layout of columns, so the prose of the summary is looked at, where lines are whole.
    let text = squeezed(&text);
    for hostile in HOSTILE {
        assert!(text.contains(&squeezed(hostile)), "{hostile} is not in the text");
    }
}

#[test]
fn other_scripts_and_long_words_are_set() {
    let bundle = scripts();
    let text = squeezed(&pdf_text("scripts.pdf", &pdf(&bundle).unwrap()));
    for word in ["Привет", "Ελληνικά", "ZoëMüller-Żółć", "[U+9867]", "[U+202E]evil", "[U+1F389]"] {
        assert!(text.contains(word), "{word} is missing");
    }
    assert!(text.matches('x').count() >= 10_000, "the long word is cut");
    assert!(text.contains("שלום") || text.contains("םולש"), "hebrew is missing");
    assert!(markdown(&bundle).unwrap().contains("顧客"));
}

//! Programs that read PDF files, when they are installed. A test that cannot ask them says so.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
};

/// The text of a PDF, or `None` with a visible remark when poppler is not installed.
pub fn pdf_text(name: &str, pdf: &[u8]) -> Option<String> {
    let path = file(name, pdf);
    let output = run("pdftotext", &["-layout", path.to_str().unwrap(), "-"])?;
    Some(String::from_utf8_lossy(&output).into_owned())
}

/// Asks qpdf whether the structure is sound; `None` when it is not installed.
pub fn qpdf_check(name: &str, pdf: &[u8]) -> Option<String> {
    let path = file(name, pdf);
    run("qpdf", &["--check", path.to_str().unwrap()]).map(|o| String::from_utf8_lossy(&o).into_owned())
}

/// Writes a file for looking at, under the target directory.
pub fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    fs::write(&path, bytes).unwrap();
    path
}

fn run(program: &str, args: &[&str]) -> Option<Vec<u8>> {
    match Command::new(program).args(args).stdin(Stdio::null()).output() {
        Ok(output) => {
            let error = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{program} failed: {error}");
            Some(output.stdout)
        }
        Err(_) => {
            eprintln!("SKIPPED: {program} is not installed");
            None
        }
    }
}

//! Workbooks made by hand, part by part, so that they can hold what no program writes.

use std::io::{Cursor, Write};

use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATION: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A workbook with one sheet, `Sheet1`.
pub struct Workbook {
    parts: Vec<(String, Vec<u8>)>,
}

impl Workbook {
    /// With these rows: what stands between `<sheetData>` and `</sheetData>`.
    pub fn new(rows: &str) -> Self {
        let package = "http://schemas.openxmlformats.org/package/2006/relationships";
        let mut workbook = Self { parts: Vec::new() };
        for (name, text) in [
            (
                "_rels/.rels",
                format!(
                    r#"<Relationships xmlns="{package}"><Relationship Id="r" Type="{RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
                ),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                format!(
                    r#"<Relationships xmlns="{package}"><Relationship Id="r1" Type="{RELATION}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
                ),
            ),
            (
                "xl/workbook.xml",
                format!(
                    r#"<workbook xmlns="{MAIN}" xmlns:r="{RELATION}"><sheets><sheet name="Sheet1" sheetId="1" r:id="r1"/></sheets></workbook>"#
                ),
            ),
            (
                "xl/worksheets/sheet1.xml",
                format!(r#"<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>"#),
            ),
        ] {
            workbook = workbook.part(name, text);
        }
        workbook
    }

    /// Adds a part, or puts it in the place of the one of this name.
    pub fn part(mut self, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.parts.retain(|(known, _)| known != name);
        self.parts.push((name.to_owned(), bytes.into()));
        self
    }

    /// With shared texts; `announced` is how many the list says it has.
    pub fn shared(self, announced: &str, texts: &[&str]) -> Self {
        let items: String = texts.iter().map(|text| format!("<si><t>{text}</t></si>")).collect();
        self.part("xl/sharedStrings.xml", format!(r#"<sst xmlns="{MAIN}" uniqueCount="{announced}">{items}</sst>"#))
    }

    /// With styles: what stands between `<styleSheet>` and `</styleSheet>`.
    pub fn styles(self, inner: &str) -> Self {
        self.part("xl/styles.xml", format!(r#"<styleSheet xmlns="{MAIN}">{inner}</styleSheet>"#))
    }

    /// The file.
    pub fn bytes(&self) -> Vec<u8> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in &self.parts {
            zip.start_file(name.as_str(), options).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }
}

/// Changes what the list of entries says about a part: its record of 46 bytes and the name behind it.
pub fn declare(mut file: Vec<u8>, part: &str, change: impl FnOnce(&mut [u8])) -> Vec<u8> {
    let at = file
        .windows(4)
        .enumerate()
        .filter(|(_, start)| *start == b"PK\x01\x02")
        .map(|(at, _)| at)
        .find(|at| file[at + 46..].starts_with(part.as_bytes()))
        .unwrap();
    change(&mut file[at..at + 46]);
    file
}

/// Text that hardly gets smaller when it is compressed.
pub fn noise(bytes: usize) -> String {
    let mut state = 1_u32;
    let mut letter = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'a' + (state >> 24) as u8 % 26)
    };
    (0..bytes).map(|_| letter()).collect()
}

//! Differing records, and other lines, as CSV or a workbook that a spreadsheet program opens without executing anything
//! in it.

use std::{io::Write, path::Path};

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use crate::{
    cause::Cause,
    decimal,
    differences::{Filter, Reader},
    error::EngineError,
};

/// Most entries of a workbook; a spreadsheet program opens no more.
pub const MOST_SHEET_ROWS: u64 = 100_000;
/// Longest text of a cell of a workbook, in UTF-16 units.
const LONGEST_CELL: usize = 32_767;

/// Writes all matching entries as CSV (RFC 4180, UTF-8, header first) and returns how many. NULL is written
/// as nothing and the empty text as `""`. Cells a spreadsheet would take for a formula get a leading `'`;
/// plain numbers stay numbers. Blocking.
pub fn export_csv(path: &Path, filter: &Filter, out: &mut dyn Write) -> Result<u64, EngineError> {
    let failed = |error: std::io::Error| EngineError::storage("export", path, error);
    let mut line = Line::default();
    let count = each_row(path, filter, |cells| {
        for cell in cells {
            line.cell(*cell);
        }
        out.write_all(line.end()).map_err(failed)
    })?;
    out.flush().map_err(failed)?;
    Ok(count)
}

/// The matching entries as a workbook with the columns of the CSV. Every cell is text, which no program takes for a
/// formula, so values stay as they are; a text too long for a cell is cut. Blocking.
///
/// # Errors
/// `BadSpec` when more than [`MOST_SHEET_ROWS`] match.
pub fn export_xlsx(path: &Path, filter: &Filter) -> Result<Vec<u8>, EngineError> {
    let mut file = LineFile::workbook("Records")?;
    each_row(path, filter, |cells| file.line(cells))?;
    file.end()
}

/// Lines for spreadsheet programs that are being put together, with the same care: as CSV, or as a workbook of one
/// sheet. The first line holds the titles.
pub struct LineFile(Form);

enum Form {
    Csv { line: Line, text: Vec<u8> },
    Workbook(Box<Sheet>),
}

struct Sheet {
    sheet: Worksheet,
    head: Format,
    lines: u32,
}

impl LineFile {
    /// CSV without a line.
    pub fn csv() -> Self {
        Self(Form::Csv { line: Line::default(), text: Vec::new() })
    }

    /// A workbook whose sheet has this name, without a line.
    ///
    /// # Errors
    /// When no sheet can have that name.
    pub fn workbook(name: &str) -> Result<Self, EngineError> {
        let mut sheet = Worksheet::new();
        sheet.set_name(name).map_err(unwritten)?;
        sheet.set_freeze_panes(1, 0).map_err(unwritten)?;
        Ok(Self(Form::Workbook(Box::new(Sheet { sheet, head: Format::new().set_bold(), lines: 0 }))))
    }

    /// Adds a line; nothing is an empty cell.
    ///
    /// # Errors
    /// `BadSpec` when a workbook has [`MOST_SHEET_ROWS`] lines below its titles.
    pub fn line(&mut self, cells: &[Option<&str>]) -> Result<(), EngineError> {
        match &mut self.0 {
            Form::Csv { line, text } => {
                for cell in cells {
                    line.cell(*cell);
                }
                text.extend_from_slice(line.end());
                Ok(())
            }
            Form::Workbook(sheet) => sheet.line(cells),
        }
    }

    /// The file as a whole. Of a large workbook this is most of the work.
    ///
    /// # Errors
    /// When a workbook cannot be written.
    pub fn end(self) -> Result<Vec<u8>, EngineError> {
        match self.0 {
            Form::Csv { text, .. } => Ok(text),
            Form::Workbook(sheet) => {
                let mut book = Workbook::new();
                book.push_worksheet(sheet.sheet);
                book.save_to_buffer().map_err(unwritten)
            }
        }
    }
}

impl Sheet {
    fn line(&mut self, cells: &[Option<&str>]) -> Result<(), EngineError> {
        if u64::from(self.lines) > MOST_SHEET_ROWS {
            let words = format!("a workbook holds at most {MOST_SHEET_ROWS} entries; download CSV instead");
            return Err(EngineError::BadSpec(words));
        }
        for (column, cell) in (0..).zip(cells) {
            let Some(cell) = cell.map(shortened) else { continue };
            let written = match self.lines {
                0 => self.sheet.write_string_with_format(0, column, cell, &self.head),
                row => self.sheet.write_string(row, column, cell),
            };
            written.map_err(unwritten)?;
        }
        self.lines += 1;
        Ok(())
    }
}

fn unwritten(error: XlsxError) -> EngineError {
    EngineError::Internal(format!("the workbook was not written: {error}"))
}

fn shortened(text: &str) -> &str {
    let mut units = 0;
    let end = text.char_indices().find(|(_, letter)| {
        units += letter.len_utf16();
        units > LONGEST_CELL
    });
    end.map_or(text, |(end, _)| &text[..end])
}

/// Calls `each` with the header and then with every matching entry; returns how many those are.
fn each_row(
    path: &Path,
    filter: &Filter,
    mut each: impl FnMut(&[Option<&str>]) -> Result<(), EngineError>,
) -> Result<u64, EngineError> {
    let reader = Reader::open(path, filter, None)?;
    let spec = reader.spec.clone();
    let named = |(left, right): &(String, String)| {
        let name = if left == right { left.clone() } else { format!("{left} = {right}") };
        format!("key: {name}")
    };
    let keys: Vec<String> = spec.key.iter().map(named).collect();
    let titles = ["class", "left field", "right field", "left", "right", "cause", "left rows", "right rows"];
    each(&keys.iter().map(String::as_str).chain(titles).map(Some).collect::<Vec<_>>())?;
    let mut count = 0;
    reader.for_each(|entry| {
        let entry = entry();
        let pair = entry.field.and_then(|field| spec.compare.get(field));
        let (left_rows, right_rows) = (entry.left_rows.to_string(), entry.right_rows.to_string());
        let mut cells: Vec<Option<&str>> = entry.key.iter().map(|part| Some(part.as_str())).collect();
        cells.extend([
            Some(entry.class.label()),
            pair.map(|pair| pair.left.as_str()),
            pair.map(|pair| pair.right.as_str()),
            entry.left.as_deref(),
            entry.right.as_deref(),
            entry.cause.map(Cause::label),
            Some(&left_rows),
            Some(&right_rows),
        ]);
        count += 1;
        each(&cells)
    })?;
    Ok(count)
}

/// One CSV line being put together.
#[derive(Default)]
struct Line {
    text: Vec<u8>,
    cells: usize,
    ended: bool,
}

impl Line {
    fn cell(&mut self, value: Option<&str>) {
        if self.ended {
            self.text.clear();
            (self.cells, self.ended) = (0, false);
        }
        if self.cells > 0 {
            self.text.push(b',');
        }
        self.cells += 1;
        let Some(value) = value else { return };
        let guard = if is_formula(value) { "'" } else { "" };
        if value.is_empty() || value.contains(['"', ',', ';', '\t', '\r', '\n']) {
            self.text.extend_from_slice(format!("\"{guard}{}\"", value.replace('"', "\"\"")).as_bytes());
        } else {
            self.text.extend_from_slice(guard.as_bytes());
            self.text.extend_from_slice(value.as_bytes());
        }
    }

    fn end(&mut self) -> &[u8] {
        self.text.extend_from_slice(b"\r\n");
        self.ended = true;
        &self.text
    }
}

/// Whether a spreadsheet may read this cell as a formula or a command: it starts with one of `= + - @`
/// (also in their full-width forms), a tab, a carriage return or NUL, blanks before it not counted.
fn is_formula(value: &str) -> bool {
    if value.starts_with(['\t', '\r', '\n', '\0']) {
        return true;
    }
    let starts = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\0'];
    value.trim_start().starts_with(starts) && !decimal::is_plain_number(value)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{Line, LineFile, MOST_SHEET_ROWS, is_formula};

    #[test]
    fn formulas_are_disarmed_and_numbers_are_left_alone() {
        for bad in ["=1+1", "+1", "-1+1", "@sum", "\tx", "\rx", " =1", "\u{3000}=1", "＝1", "\0=", "-", "-01"] {
            assert!(is_formula(bad), "{bad:?}");
        }
        for good in ["", "x", "1", "-1", "-1.5", "a=b", "'=1", "1-2"] {
            assert!(!is_formula(good), "{good:?}");
        }
    }

    #[test]
    fn null_and_the_empty_text_are_told_apart() {
        let mut line = Line::default();
        for cell in [Some("a,b"), None, Some(""), Some("say \"=x\""), Some("=\"x\"")] {
            line.cell(cell);
        }
        assert_eq!(line.end(), "\"a,b\",,\"\",\"say \"\"=x\"\"\",\"'=\"\"x\"\"\"\r\n".as_bytes());
        line.cell(Some("next"));
        assert_eq!(line.end(), b"next\r\n");
    }

    #[test]
    fn lines_of_a_file_are_written_with_the_same_care() {
        let mut file = LineFile::csv();
        file.line(&[Some("left key"), Some("verdict")]).unwrap();
        file.line(&[Some("=1+1"), None]).unwrap();
        assert_eq!(file.end().unwrap(), b"left key,verdict\r\n'=1+1,\r\n");
    }

    #[test]
    fn a_workbook_is_refused_when_it_grows_too_long() {
        let mut file = LineFile::workbook("Lines").unwrap();
        for _ in 0..=MOST_SHEET_ROWS {
            file.line(&[]).unwrap();
        }
        let error = file.line(&[]).unwrap_err().to_string();
        assert!(error.contains("download CSV instead"), "{error}");
    }
}

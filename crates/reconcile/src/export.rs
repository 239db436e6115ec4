//! Differing records as CSV that a spreadsheet program opens without executing anything in it.

use std::{io::Write, path::Path};

use crate::{
    cause::Cause,
    decimal,
    differences::{Filter, Reader},
    error::EngineError,
};

/// Writes all matching entries as CSV (RFC 4180, UTF-8, header first) and returns how many. NULL is written
/// as nothing and the empty text as `""`. Cells a spreadsheet would take for a formula get a leading `'`;
/// plain numbers stay numbers. Blocking.
pub fn export_csv(path: &Path, filter: &Filter, out: &mut dyn Write) -> Result<u64, EngineError> {
    let reader = Reader::open(path, filter, None)?;
    let spec = reader.spec.clone();
    let failed = |error: std::io::Error| EngineError::storage("export", path, error);
    let named = |(left, right): &(String, String)| {
        if left == right { left.clone() } else { format!("{left} = {right}") }
    };
    let mut line = Line::default();
    for part in &spec.key {
        line.cell(Some(&format!("key: {}", named(part))));
    }
    for title in ["class", "left field", "right field", "left", "right", "cause", "left rows", "right rows"] {
        line.cell(Some(title));
    }
    out.write_all(line.end()).map_err(failed)?;
    let mut count = 0;
    reader.for_each(|entry| {
        let entry = entry();
        for part in &entry.key {
            line.cell(Some(part));
        }
        let pair = entry.field.and_then(|field| spec.compare.get(field));
        line.cell(Some(entry.class.label()));
        line.cell(pair.map(|pair| pair.left.as_str()));
        line.cell(pair.map(|pair| pair.right.as_str()));
        line.cell(entry.left.as_deref());
        line.cell(entry.right.as_deref());
        line.cell(entry.cause.map(Cause::label));
        line.cell(Some(&entry.left_rows.to_string()));
        line.cell(Some(&entry.right_rows.to_string()));
        count += 1;
        out.write_all(line.end()).map_err(failed)
    })?;
    out.flush().map_err(failed)?;
    Ok(count)
}

/// One line of CSV with the same care for spreadsheet programs, its end included.
pub fn csv_line<'a>(cells: impl IntoIterator<Item = Option<&'a str>>) -> Vec<u8> {
    let mut line = Line::default();
    for cell in cells {
        line.cell(cell);
    }
    line.end().to_vec()
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
    use super::{Line, is_formula};

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
}

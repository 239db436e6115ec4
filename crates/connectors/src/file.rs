//! Files named on the command line, of the kind their ending says: `FILE.csv`, `FILE.db#TABLE`, `FILE.xlsx#SHEET`.

use std::path::{Path, PathBuf};

use crate::{CsvOptions, Source, SourceFile, error::ConnectorError, limits::Limits, sqlite};

/// Kinds of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// Text with a header line.
    Csv,
    /// The same with tabs between the fields.
    Tsv,
    /// One array of objects.
    Json,
    /// One object per line.
    JsonLines,
    /// Columns of values.
    Parquet,
    /// A SQLite database.
    Sqlite,
    /// An Excel workbook.
    Xlsx,
}

/// A file and, where it may hold several, the table in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileTable {
    /// The file.
    pub path: PathBuf,
    /// What its ending says it is.
    pub kind: FileKind,
    /// What stands after `#`.
    pub table: Option<String>,
}

/// Takes `FILE[#TABLE]` apart; opens nothing. The file ends at the first `#` that follows a known ending
/// (`.csv`, `.xlsx`, `.db` …, in any case), so file names and table names may hold `#` themselves.
pub fn parse(text: &str) -> Result<FileTable, ConnectorError> {
    let cut = text.match_indices('#').map(|(at, _)| at).find(|at| kind(&text[..*at]).is_some());
    let (file, table) = match (kind(text), cut) {
        // A file whose own name holds `#` wins over a table that happens to end in `.csv`.
        (Some(kind), Some(_)) if Path::new(text).is_file() => {
            return Ok(FileTable { path: text.into(), kind, table: None });
        }
        (_, Some(at)) => (&text[..at], Some(&text[at + 1..])),
        (_, None) => (text, None),
    };
    let Some(kind) = kind(file) else {
        return Err(ConnectorError::bad_data(file, unknown(file)));
    };
    if table == Some("") {
        return Err(ConnectorError::bad_data(file, "no table stands after `#`; write FILE#TABLE or only FILE"));
    }
    if !matches!(kind, FileKind::Sqlite | FileKind::Xlsx) && table.is_some() {
        return Err(ConnectorError::bad_data(file, "such a file has no tables; leave out `#` and what follows"));
    }
    Ok(FileTable { path: file.into(), kind, table: table.map(str::to_owned) })
}

/// Parses `FILE[#TABLE]` and finds the table: where none is named, the only one there is. A sheet is looked for when
/// the workbook is read.
pub async fn open(text: &str, limits: &Limits) -> Result<Source, ConnectorError> {
    let FileTable { path, kind, table } = parse(text)?;
    let path = SourceFile::from(path);
    match kind {
        FileKind::Csv => Ok(Source::Csv { path, options: CsvOptions::default() }),
        FileKind::Tsv => {
            Ok(Source::Csv { path, options: CsvOptions { delimiter: Some('\t'), ..CsvOptions::default() } })
        }
        FileKind::Json => Ok(Source::Json { path, lines: false }),
        FileKind::JsonLines => Ok(Source::Json { path, lines: true }),
        FileKind::Xlsx => Ok(Source::Xlsx { path, sheet: table }),
        FileKind::Parquet => Ok(Source::Parquet { path }),
        FileKind::Sqlite => {
            let table = sqlite::choose_table(&path, table.as_deref(), limits).await?;
            Ok(Source::Sqlite { path, table })
        }
    }
}

/// A file as the user knows it: without its folder.
pub(crate) fn system(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// What the single table of a file is called: like the file without its ending.
pub(crate) fn table_name(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

fn kind(file: &str) -> Option<FileKind> {
    match ending(file)?.as_str() {
        "csv" => Some(FileKind::Csv),
        "tsv" => Some(FileKind::Tsv),
        "json" => Some(FileKind::Json),
        "jsonl" | "ndjson" => Some(FileKind::JsonLines),
        "xlsx" => Some(FileKind::Xlsx),
        "parquet" => Some(FileKind::Parquet),
        "sqlite" | "db" => Some(FileKind::Sqlite),
        _ => None,
    }
}

fn ending(file: &str) -> Option<String> {
    Some(Path::new(file).extension()?.to_str()?.to_ascii_lowercase())
}

/// Why a file of this name is not read.
fn unknown(file: &str) -> &'static str {
    // What stands behind `#` belongs to no ending.
    let ending = ending(file.split('#').next().unwrap_or(file)).unwrap_or_default();
    match ending.as_str() {
        "xls" | "xlsm" | "xlsb" | "ods" => "such a workbook is not read; save it as .xlsx",
        _ => {
            "its ending says neither CSV, JSON, Excel, Parquet nor SQLite; \
             name a .csv, .tsv, .json, .jsonl, .xlsx, .parquet, .sqlite or .db file"
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{FileKind, FileTable, parse};

    #[test]
    fn file_and_table_are_told_apart() {
        for (text, path, kind, table) in [
            ("a.csv", "a.csv", FileKind::Csv, None),
            ("dir/A.CSV", "dir/A.CSV", FileKind::Csv, None),
            ("a#1.csv", "a#1.csv", FileKind::Csv, None),
            ("a.parquet", "a.parquet", FileKind::Parquet, None),
            ("a.db", "a.db", FileKind::Sqlite, None),
            ("a.sqlite#t", "a.sqlite", FileKind::Sqlite, Some("t")),
            ("a.tsv", "a.tsv", FileKind::Tsv, None),
            ("a.json", "a.json", FileKind::Json, None),
            ("a.JSONL", "a.JSONL", FileKind::JsonLines, None),
            ("a.ndjson", "a.ndjson", FileKind::JsonLines, None),
            ("a.xlsx", "a.xlsx", FileKind::Xlsx, None),
            ("a.xlsx#My sheet", "a.xlsx", FileKind::Xlsx, Some("My sheet")),
            ("a.db#t#u.db", "a.db", FileKind::Sqlite, Some("t#u.db")),
            ("a#b.db#t", "a#b.db", FileKind::Sqlite, Some("t")),
        ] {
            let expected = FileTable { path: path.into(), kind, table: table.map(str::to_owned) };
            assert_eq!(parse(text).unwrap(), expected, "{text}");
        }
        for text in ["", "a", "a.txt", "a.db#", "a.xlsx#", "a.csv#t", "a.json#t", "a.parquet#t", "csv", "#t"] {
            assert!(parse(text).is_err(), "{text}");
        }
        for text in ["a.xls", "a.XLSM", "a.ods#t", "a.xlsb"] {
            assert!(parse(text).unwrap_err().message.contains("save it as .xlsx"), "{text}");
        }
    }
}

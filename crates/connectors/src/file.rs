//! Files named on the command line: `FILE.csv`, `FILE.parquet`, `FILE.sqlite`, `FILE.db#TABLE`.

use std::path::{Path, PathBuf};

use crate::{CsvOptions, Source, error::ConnectorError, limits::Limits, sqlite};

/// Kinds of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// Text with a header line.
    Csv,
    /// Columns of values.
    Parquet,
    /// A SQLite database.
    Sqlite,
}

/// A file and, for a database, the table in it.
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
/// (`.csv`, `.parquet`, `.sqlite`, `.db`, in any case), so file names and table names may hold `#` themselves.
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
        let message = "its ending says neither CSV, Parquet nor SQLite; name a .csv, .parquet, .sqlite or .db file";
        return Err(ConnectorError::bad_data(file, message));
    };
    if table == Some("") {
        return Err(ConnectorError::bad_data(file, "no table stands after `#`; write FILE#TABLE or only FILE"));
    }
    if kind != FileKind::Sqlite && table.is_some() {
        return Err(ConnectorError::bad_data(file, "such a file has no tables; leave out `#` and what follows"));
    }
    Ok(FileTable { path: file.into(), kind, table: table.map(str::to_owned) })
}

/// Parses `FILE[#TABLE]` and finds the table: where none is named, the only one there is.
pub async fn open(text: &str, limits: &Limits) -> Result<Source, ConnectorError> {
    let FileTable { path, kind, table } = parse(text)?;
    match kind {
        FileKind::Csv => Ok(Source::Csv { path, options: CsvOptions::default() }),
        FileKind::Parquet => Ok(Source::Parquet { path }),
        FileKind::Sqlite => {
            let table = sqlite::choose_table(&path, table.as_deref(), limits).await?;
            Ok(Source::Sqlite { path, table })
        }
    }
}

fn kind(file: &str) -> Option<FileKind> {
    let extension = Path::new(file).extension()?.to_str()?.to_ascii_lowercase();
    match extension.as_str() {
        "csv" => Some(FileKind::Csv),
        "parquet" => Some(FileKind::Parquet),
        "sqlite" | "db" => Some(FileKind::Sqlite),
        _ => None,
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
            ("a.db#t#u.db", "a.db", FileKind::Sqlite, Some("t#u.db")),
            ("a#b.db#t", "a#b.db", FileKind::Sqlite, Some("t")),
        ] {
            let expected = FileTable { path: path.into(), kind, table: table.map(str::to_owned) };
            assert_eq!(parse(text).unwrap(), expected, "{text}");
        }
        for text in ["", "a", "a.txt", "a.xlsx#t", "a.db#", "a.csv#t", "a.parquet#t", "csv", "#t"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}

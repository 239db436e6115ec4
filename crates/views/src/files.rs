//! The kinds of files that can be connected to, once for the server and the page that offers them.

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileKind {
    /// What a connection to such a file says it is.
    pub adapter: &'static str,
    /// Wording shown to people.
    pub label: &'static str,
    /// Endings of their names, in lower case.
    pub endings: &'static [&'static str],
}

/// Every kind.
pub const FILE_KINDS: [FileKind; 5] = [
    FileKind { adapter: "csv", label: "CSV file", endings: &["csv", "tsv", "txt"] },
    FileKind { adapter: "xlsx", label: "Excel workbook", endings: &["xlsx"] },
    FileKind { adapter: "json", label: "JSON file", endings: &["json", "jsonl", "ndjson"] },
    FileKind { adapter: "parquet", label: "Parquet file", endings: &["parquet"] },
    FileKind { adapter: "sqlite", label: "SQLite file", endings: &["sqlite", "sqlite3", "db"] },
];

impl FileKind {
    /// The kind of the files with this ending, in whatever case.
    pub fn of_ending(ending: &str) -> Option<&'static Self> {
        FILE_KINDS.iter().find(|kind| kind.endings.iter().any(|known| known.eq_ignore_ascii_case(ending)))
    }

    /// The kind a connection says it is.
    pub fn of_adapter(adapter: &str) -> Option<&'static Self> {
        FILE_KINDS.iter().find(|kind| kind.adapter == adapter)
    }

    /// The endings as a file chooser takes them: `.csv,.tsv,.txt`.
    pub fn accept(&self) -> String {
        let endings: Vec<String> = self.endings.iter().map(|ending| format!(".{ending}")).collect();
        endings.join(",")
    }
}

/// The endings of every kind in words: `.csv, .tsv … or .db`.
pub fn all_endings() -> String {
    let endings: Vec<String> =
        FILE_KINDS.iter().flat_map(|kind| kind.endings).map(|ending| format!(".{ending}")).collect();
    match endings.split_last() {
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{FileKind, all_endings};

    #[test]
    fn endings_lead_to_kinds_and_read_as_words() {
        assert_eq!(FileKind::of_ending("XLSX").map(|kind| kind.adapter), Some("xlsx"));
        assert_eq!(FileKind::of_ending("xls"), None);
        assert_eq!(FileKind::of_adapter("json").map(FileKind::accept).as_deref(), Some(".json,.jsonl,.ndjson"));
        assert!(all_endings().starts_with(".csv, .tsv, ") && all_endings().ends_with(" or .db"));
    }
}

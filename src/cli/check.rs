//! `plumbline check`: two files, a key, pairs of columns. The contract of its output is fixed; the
//! numbers and their hash come from the engine as they are.

use super::{Outcome, Print, Refused, print, print_json};
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;
use workbench::FileCheck;

/// Compare two files.
#[derive(Args)]
pub(super) struct Check {
    /// File (.csv, .tsv, .json, .jsonl, .xlsx, .parquet, .sqlite, .db); FILE#TABLE or FILE#SHEET where it has several.
    #[arg(long)]
    left: String,
    /// File (.csv, .tsv, .json, .jsonl, .xlsx, .parquet, .sqlite, .db); FILE#TABLE or FILE#SHEET where it has several.
    #[arg(long)]
    right: String,
    /// Columns that identify a record: L[=R][,…]. `\,` and `\=` stand for the signs themselves.
    #[arg(long)]
    key: String,
    /// Columns to compare: L[=R][,…].
    #[arg(long)]
    compare: String,
    /// Differences that do not count: trim, casefold, collapse.
    #[arg(long, default_value = "")]
    rules: String,
    /// Say for every field why its values are not equal.
    #[arg(long)]
    causes: bool,
    /// Write what differs to this file (.csv or .parquet).
    #[arg(long, value_name = "FILE")]
    differences: Option<PathBuf>,
    /// Memory for matching and sorting, such as 512MB; what does not fit goes to disk.
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    memory: Option<usize>,
    /// Threads that work at the same time.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Print,
}

/// The report with the causes of each field.
#[derive(Serialize)]
struct Explained<R, C> {
    #[serde(flatten)]
    report: R,
    causes: C,
}

/// A size with a unit: `64MB`, `1GB`.
fn bytes(text: &str) -> Result<usize, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match text[digits.len()..].to_ascii_uppercase().as_str() {
        "" | "B" => 1,
        "K" | "KB" => 1 << 10,
        "M" | "MB" => 1 << 20,
        "G" | "GB" => 1 << 30,
        _ => 0,
    };
    match digits.parse::<usize>().ok().and_then(|n| n.checked_mul(factor)) {
        Some(bytes) if bytes >= SMALLEST_MEMORY => Ok(bytes),
        Some(_) if factor > 0 => Err("at least 64MB are needed".into()),
        _ => Err("write a number with KB, MB or GB, such as 512MB".into()),
    }
}

/// The least that makes sense, as the engine says of its settings.
const SMALLEST_MEMORY: usize = 64 << 20;

impl Check {
    pub(super) async fn run(self) -> Result<Outcome, Refused> {
        let asked = FileCheck {
            left: self.left,
            right: self.right,
            key: self.key,
            compare: self.compare,
            rules: self.rules,
            memory_bytes: self.memory,
            threads: self.threads.map(usize::from),
            differences: self.differences,
        };
        let outcome = workbench::compare_files(&asked).await?;
        let (report, details) = (outcome.report, outcome.fields);
        let (left, right, records) = (&report.left, &report.right, &report.records);
        let clean = [left, right].iter().all(|side| side.empty_keys == 0 && side.duplicate_keys == 0)
            && records.only_left == 0
            && records.only_right == 0
            && report.fields.iter().all(|field| field.different == 0);
        if self.format == Print::Json && self.causes {
            print_json(&Explained { report: &report, causes: &details })?;
        } else if self.format == Print::Json {
            print_json(&report)?;
        } else {
            let mut text = String::new();
            for (name, side) in [("left", left), ("right", right)] {
                text += &format!(
                    "{name}: {} rows, {} without a key, {} keys more than once ({} rows)\n",
                    side.rows, side.empty_keys, side.duplicate_keys, side.duplicate_rows
                );
            }
            text += &format!(
                "records: {} matched, {} ambiguous, {} only left, {} only right\n",
                records.matched, records.ambiguous, records.only_left, records.only_right
            );
            for (field, detail) in report.fields.iter().zip(&details) {
                let pair = if field.left == field.right {
                    field.left.clone()
                } else {
                    format!("{} = {}", field.left, field.right)
                };
                text += &format!(
                    "{pair}: {} equal, {} equal by rule, {} different\n",
                    field.equal, field.equal_by_rule, field.different
                );
                for cause in detail.causes.iter().filter(|_| self.causes) {
                    let (different, by_rule) = (cause.different, cause.equal_by_rule);
                    text += &format!("  {}: {different} different, {by_rule} equal by rule\n", cause.cause.label());
                }
            }
            print(&format!("{text}result {}\n", report.result_sha256))?;
        }
        Ok(if clean { Outcome::Good } else { Outcome::Findings })
    }
}

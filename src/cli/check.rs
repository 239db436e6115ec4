//! `plumbline check`: two files or tables of test databases, a key, pairs of columns. The contract of its output is
//! fixed; the numbers and their hash come from the engine as they are.

use super::{Outcome, Print, Refused, note, print, print_json};
use crate::config::Config;
use clap::Args;
use serde::Serialize;
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};
use workbench::FileCheck;

/// What databases need, below the options.
const DATABASES: &str = "\
Databases:
  postgres://USER@HOST[:PORT]/DATABASE[?sslmode=MODE]#[SCHEMA.]TABLE
  mysql://USER@HOST[:PORT]/DATABASE[?sslmode=MODE]#TABLE    (also for MariaDB)

  The password is taken from PGPASSWORD or MYSQL_PWD in the environment. It may stand in the URL, but everybody on
  this machine sees that in the list of processes. MODE is disable, require, verify-ca or verify-full (the default:
  encrypted, and the certificate is for this host). In names, write . as %2E, # as %23 and % as %25.

  Only what allowed_targets in the configuration lists is connected to, an address of this machine only when it is
  listed itself, and nothing that looks like production. Take a user who can only read.";

/// Compare two files or tables.
#[derive(Args)]
#[command(after_help = DATABASES)]
pub(super) struct Check {
    /// File (.csv, .tsv, .json, .jsonl, .xlsx, .parquet, .sqlite, .db); FILE#TABLE or FILE#SHEET where it has several; or
    /// the URL of a database.
    #[arg(long)]
    left: String,
    /// File (.csv, .tsv, .json, .jsonl, .xlsx, .parquet, .sqlite, .db); FILE#TABLE or FILE#SHEET where it has several; or
    /// the URL of a database.
    #[arg(long)]
    right: String,
    /// What sort of environment a database is; needed for every database.
    #[arg(long, value_parser = ["test", "development"])]
    environment: Option<String>,
    /// Columns that identify a record: L[=R][,…]. `\,` and `\=` stand for the signs themselves.
    #[arg(long)]
    key: String,
    /// Columns to compare: L[=R][,…].
    #[arg(long)]
    compare: String,
    /// Differences that do not count: trim, collapse, casefold, blank (NULL, empty, white space), unicode, accents,
    /// punctuation, zeros (at the start), number and date (however written).
    #[arg(long, default_value = "")]
    rules: String,
    /// How far apart values may be: COLUMN=HOW[,…] with HOW like 0.01, 1%, 90s, 5min, 2h or 1d.
    #[arg(long, default_value = "")]
    tolerance: String,
    /// What codes of the left side are called on the right: a CSV file with the columns column, left, right.
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
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

/// A database would go on working on a query whose reader is gone: it is told to stop.
async fn stop_when_interrupted(cancel: Arc<AtomicBool>) {
    if tokio::signal::ctrl_c().await.is_ok() {
        cancel.store(true, Relaxed);
    }
}

/// The least that makes sense, as the engine says of its settings.
const SMALLEST_MEMORY: usize = 64 << 20;

impl Check {
    pub(super) async fn run(self, config: &Config) -> Result<Outcome, Refused> {
        let asked = FileCheck {
            left: self.left,
            right: self.right,
            databases: config.databases(self.environment),
            cancel: Arc::default(),
            key: self.key,
            compare: self.compare,
            rules: self.rules,
            tolerance: self.tolerance,
            map: self.map,
            memory_bytes: self.memory,
            threads: self.threads.map(usize::from),
            differences: self.differences,
        };
        if asked.reads_a_database() {
            tokio::spawn(stop_when_interrupted(Arc::clone(&asked.cancel)));
        }
        let compared = workbench::compare_files(&asked).await?;
        compared.notes.iter().for_each(|told| note(told));
        let (report, details) = (compared.outcome.report, compared.outcome.fields);
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

//! `plumbline check`: two files, a key, pairs of columns. The contract of its output is fixed; the
//! numbers and their hash come from the engine as they are.

use super::{Outcome, Print, Refused, print, print_json};
use clap::Args;

/// Compare two files.
#[derive(Args)]
pub(super) struct Check {
    /// File, or FILE#TABLE for SQLite.
    #[arg(long)]
    left: String,
    /// File, or FILE#TABLE for SQLite.
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
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Print,
}

impl Check {
    pub(super) async fn run(self) -> Result<Outcome, Refused> {
        let report = workbench::compare_files(&self.left, &self.right, &self.key, &self.compare, &self.rules).await?;
        let (left, right, records) = (&report.left, &report.right, &report.records);
        let clean = [left, right].iter().all(|side| side.empty_keys == 0 && side.duplicate_keys == 0)
            && records.only_left == 0
            && records.only_right == 0
            && report.fields.iter().all(|field| field.different == 0);
        if self.format == Print::Json {
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
            for field in &report.fields {
                let pair = if field.left == field.right {
                    field.left.clone()
                } else {
                    format!("{} = {}", field.left, field.right)
                };
                text += &format!(
                    "{pair}: {} equal, {} equal by rule, {} different\n",
                    field.equal, field.equal_by_rule, field.different
                );
            }
            print(&format!("{text}result {}\n", report.result_sha256))?;
        }
        Ok(if clean { Outcome::Good } else { Outcome::Findings })
    }
}

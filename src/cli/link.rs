//! `plumbline link`: which records of two files, or within one, stand for the same thing, without an identifier that
//! they have in common.

use super::{Outcome, Refused, note_json, print, print_json};
use clap::{Args, ValueEnum};
use serde::Serialize;
use std::fmt::Write;
use workbench::{FileLink, Linked, LinkedPair};

/// Find the records that stand for the same thing.
#[derive(Args)]
pub(super) struct Link {
    /// File, or FILE#TABLE or FILE#SHEET where it has several.
    #[arg(long, required_unless_present = "within", conflicts_with = "within", requires = "right")]
    left: Option<String>,
    /// File, or FILE#TABLE or FILE#SHEET where it has several.
    #[arg(long, conflicts_with = "within", requires = "left")]
    right: Option<String>,
    /// Look for records within this one file.
    #[arg(long, value_name = "FILE")]
    within: Option<String>,
    /// Columns to link by: L[=R][,…] [default: the columns of equal name]. `\,` and `\=` stand for the signs themselves.
    #[arg(long, default_value = "", hide_default_value = true)]
    compare: String,
    /// Threads that work at the same time.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    /// How to print [default: text].
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Also say how it went for programs: one line of JSON on standard error, beside what --format prints. Without
    /// --format it is all that is printed, like --format json.
    #[arg(long)]
    json: bool,
}

/// How pairs are printed.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// How it went, for people.
    Text,
    /// How it went, for programs.
    Json,
    /// The pairs: rows from 0, best first.
    Csv,
}

/// How it went.
#[derive(Serialize)]
struct Summary<'a, S> {
    pairs: usize,
    possible: usize,
    #[serde(flatten)]
    summary: &'a S,
    /// The pairs a person should look at, with their reasons.
    to_look_at: &'a [LinkedPair],
}

/// Pairs for a person that are printed.
const SHOWN: usize = 20;

impl Link {
    pub(super) async fn run(self) -> Result<Outcome, Refused> {
        let left = self.within.or(self.left).ok_or_else(|| Refused("name two files or one --within".into()))?;
        let threads = self.threads.map(usize::from);
        let linked =
            workbench::link_files(&FileLink { left, right: self.right, compare: self.compare, threads }).await?;
        let summary = Summary {
            pairs: linked.pairs.len(),
            possible: linked.possible.len(),
            summary: &linked.summary,
            to_look_at: &linked.possible[..linked.possible.len().min(SHOWN)],
        };
        let format = self.format.unwrap_or(if self.json { Format::Json } else { Format::Text });
        match format {
            Format::Csv => print(&csv(&linked)?)?,
            Format::Json => print_json(&summary)?,
            Format::Text => print(&in_words(&linked)?)?,
        }
        if self.json && format != Format::Json {
            note_json(&summary)?;
        }
        Ok(Outcome::Good)
    }
}

fn csv(linked: &Linked) -> Result<String, Refused> {
    let mut text = String::from("left_row,right_row,score\n");
    for pair in &linked.pairs {
        writeln!(text, "{},{},{:.6}", pair.left_row, pair.right_row, shown(pair.score)).map_err(unwritten)?;
    }
    Ok(text)
}

/// What is not certain is not printed as certain.
fn shown(score: f64) -> f64 {
    score.min(0.999_999)
}

fn in_words(linked: &Linked) -> Result<String, Refused> {
    let summary = &linked.summary;
    let (left, right) = (summary.left_rows, summary.right_rows);
    let mut text = format!(
        "{} pairs of {left} and {right} rows are the same; {} more are possible\n",
        linked.pairs.len(),
        linked.possible.len()
    );
    for field in &summary.fields {
        write!(text, "{}:", field.left.trim()).map_err(unwritten)?;
        for level in &field.levels {
            write!(text, " {} {:+.1}", level.level.label(), level.weight).map_err(unwritten)?;
        }
        text.push('\n');
    }
    for pass in &summary.passes {
        writeln!(text, "by {}: {} pairs, {} groups too large", pass.by, pass.pairs, pass.left_out)
            .map_err(unwritten)?;
    }
    Ok(text)
}

fn unwritten(error: std::fmt::Error) -> Refused {
    Refused(error.to_string())
}

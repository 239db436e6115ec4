//! `plumbline export`, `plumbline import` and `plumbline verify`: plans that leave, and come back to be checked.

use super::{Outcome, Print, Refused, existing, installed, note, print, print_json};
use crate::config::Config;
use clap::{Args, ValueEnum};
use serde_json::json;
use std::{
    io::Write,
    path::{Path, PathBuf},
};
use views::review::Verification;
use workbench::{Caller, ExportFormat, Workbench};

/// Format of an export.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Markdown.
    Md,
    /// A document to print and keep.
    Pdf,
    /// The canonical plan with its seal.
    Json,
}

/// Write a plan to a file.
#[derive(Args)]
pub(super) struct Export {
    /// KEY: the newest signed version, or the draft when none is signed. KEY@draft, KEY@v2: that one.
    #[arg(long, value_name = "KEY[@VERSION]")]
    plan: String,
    /// What to write.
    #[arg(long, value_enum)]
    format: Format,
    /// Where to; `-` is standard output.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

impl Export {
    pub(super) async fn run(self, workbench: &Workbench) -> Result<Outcome, Refused> {
        let (key, version) = super::plans::named(&self.plan);
        let format = match self.format {
            Format::Md => ExportFormat::Markdown,
            Format::Pdf => ExportFormat::Pdf,
            Format::Json => ExportFormat::Json,
        };
        let exported = workbench.export(&Caller::Operator, key, version, format).await?;
        if self.output == Path::new("-") {
            std::io::stdout().lock().write_all(&exported.bytes)?;
        } else {
            let named =
                |error: std::io::Error| Refused(format!("{} cannot be written: {error}", self.output.display()));
            std::fs::write(&self.output, &exported.bytes).map_err(named)?;
        }
        Ok(Outcome::Good)
    }
}

/// Start a plan from an exported one.
#[derive(Args)]
pub(super) struct Import {
    /// What `export --format json` wrote, with its seal or without.
    file: PathBuf,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Print,
}

impl Import {
    pub(super) async fn run(self, workbench: &Workbench) -> Result<Outcome, Refused> {
        let bytes = read(&self.file, workbench::IMPORT_MAX as u64)?;
        let there = workbench.import_plan(&Caller::Operator, &bytes).await?;
        if self.format == Print::Json {
            print_json(&json!({
                "key": there.key, "name": there.name, "items": there.items, "workspace_items": there.workspace_items, "left_out": there.left_out,
            }))?;
        } else {
            let left_out = match there.left_out.as_slice() {
                [] => String::new(),
                list => format!("Left out, as evidence of where they were made: {}.\n", list.join(", ")),
            };
            print(&format!("{} is here as {} with {} items.\n{left_out}", there.name, there.key, there.items))?;
        }
        Ok(Outcome::Good)
    }
}

/// What the answer is worth, below the options.
const WORTH: &str = "\
Of a file that the installation in --data exported, the answer also says who signed it and whether that was withdrawn.
Any other file, and every file where there is no installation, is judged by the key that it carries. Anybody can make
a key: compare the fingerprint printed with the one that the installation you expect shows, or give that with
--fingerprint.

Exit 0: signed and unaltered; with --fingerprint also by that key. Exit 1: anything else, drafts among them.";

/// Say whether a file is what was signed.
#[derive(Args)]
#[command(after_help = WORTH)]
pub(super) struct Verify {
    /// A PDF, Markdown or JSON export; without one the database and its audit trails are checked.
    file: Option<PathBuf>,
    /// Fingerprint of the key that should have signed the file, as its installation shows it.
    #[arg(long, value_name = "HEX", requires = "file", value_parser = fingerprint)]
    fingerprint: Option<String>,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Print,
}

/// A fingerprint however it was copied.
fn fingerprint(text: &str) -> Result<String, String> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != ':').collect();
    if digits.len() == 32 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Ok(digits.to_ascii_lowercase());
    }
    Err("a fingerprint has 32 hexadecimal digits; copy it from the account or export page".into())
}

impl Verify {
    /// `named`: the folder of the installation was named on the command line.
    pub(super) async fn run(self, config: &Config, named: bool) -> Result<Outcome, Refused> {
        let Some(file) = &self.file else { return integrity(&existing(config).await?, self.format).await };
        let (bytes, expected) = (read(file, workbench::IMPORT_MAX as u64)?, self.fingerprint.as_deref());
        let here = named || installed(config);
        let said = if here {
            existing(config).await?.verify(&Caller::Operator, bytes, expected).await?
        } else {
            note(&format!("no installation in {}: the file is judged by what it carries", config.data.display()));
            workbench::verify_file(bytes, expected).await?
        };
        if self.format == Print::Json {
            let signers = said.signatures.iter().map(|s| {
                json!({
                    "name": s.name, "role": s.slot.label(), "meaning": s.meaning, "at": s.at.to_string(),
                    "proved_at": s.proved_at.to_string(),
                })
            });
            print_json(&json!({
                "verdict": said.verdict, "sentence": said.sentence, "plan": said.plan, "version": said.version, "root": said.root,
                "key_fingerprint": said.key_fingerprint, "signers": signers.collect::<Vec<_>>(),
                "withdrawn": said.withdrawn, "note": said.note,
                "steps": said.steps.iter().map(|(step, held)| json!({ "step": step, "held": held })).collect::<Vec<_>>(),
            }))?;
        } else {
            print(&in_words(&said))?;
        }
        // Where there is an installation, it is asked whether the file is its own.
        let good = (said.verdict == "signed" || (said.verdict == "whole" && !here)) && !said.withdrawn;
        Ok(if good { Outcome::Good } else { Outcome::Findings })
    }
}

/// Whether what is stored is whole: the database and every audit trail.
pub(super) async fn integrity(workbench: &Workbench, format: Print) -> Result<Outcome, Refused> {
    let found = workbench.check_integrity(&Caller::Operator).await?;
    if format == Print::Json {
        print_json(&json!({ "trails": found.trails, "faults": found.faults }))?;
    } else if found.faults.is_empty() {
        print(&format!("The database is sound; {} audit trails are whole.\n", found.trails))?;
    } else {
        print(&found.faults.iter().map(|fault| format!("DAMAGED: {fault}\n")).collect::<String>())?;
    }
    Ok(if found.faults.is_empty() { Outcome::Good } else { Outcome::Findings })
}

/// The answer for people: what matters most first.
fn in_words(said: &Verification) -> String {
    let mut text = format!("{}: {}\n", said.verdict, said.sentence);
    if let Some(note) = &said.note {
        text += &format!("{note}\n");
    }
    for (step, held) in &said.steps {
        text += &format!("  {} {step}\n", if *held { "yes" } else { "NO " });
    }
    for signature in &said.signatures {
        let (role, at) = (signature.slot.label(), signature.at);
        text += &format!("  {role}: {}, {at:.0}: “{}”\n", signature.name, signature.meaning);
    }
    if let Some(key) = &said.key_fingerprint {
        text += &format!("  key {key}\n");
    }
    text
}

/// The bytes of a file that is not larger than an export can be.
fn read(file: &Path, largest: u64) -> Result<Vec<u8>, Refused> {
    let named = |error: std::io::Error| Refused(format!("{} cannot be read: {error}", file.display()));
    let size = std::fs::metadata(file).map_err(named)?.len();
    if size > largest {
        return Err(Refused(format!("{} has {size} bytes; an export has at most {largest}", file.display())));
    }
    std::fs::read(file).map_err(named)
}

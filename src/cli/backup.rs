//! `plumbline backup`: a copy of the installation while it works.

use super::{Outcome, Print, Refused, files::integrity, note, print};
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use workbench::{BackupParts, Caller, Workbench};

/// Files that are gone and told by name.
const TOLD: usize = 20;

/// How to go back, below the options.
const RESTORE: &str = "\
To restore: stop the server, put the copy where the data folder was (under the same path, as connections to uploaded
files hold it), and start the server. A copy made with --with is laid out like a data folder; a copy of the database
alone becomes plumbline.sqlite in one. Without --with keys put master.key and signing.key there yourself before the
first start, or new ones are made, and stored passwords can no longer be read.";

/// Copy the installation.
#[derive(Args)]
#[command(after_help = RESTORE)]
pub(super) struct Backup {
    /// The file to write, or with --with the folder; it must not exist.
    target: PathBuf,
    /// What to copy beside the database, separated by commas.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PART[,…]")]
    with: Vec<Part>,
}

/// A part of an installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// What runs kept.
    Evidence,
    /// Uploaded files.
    Uploads,
    /// The master key and the signing key: keep such a copy as you keep them.
    Keys,
}

impl Backup {
    pub(super) async fn run(self, workbench: &Workbench) -> Result<Outcome, Refused> {
        let (target, asked) = (self.target.display(), |part| self.with.contains(&part));
        let apart = "Keep master.key and signing.key apart from it.";
        if self.with.is_empty() {
            workbench.backup(&Caller::Operator, &self.target).await?;
            print(&format!("The database is in {target}. {apart}\n"))?;
            return integrity(workbench, Print::Text).await;
        }
        let parts =
            BackupParts { evidence: asked(Part::Evidence), uploads: asked(Part::Uploads), keys: asked(Part::Keys) };
        let gone = workbench.backup_with(&Caller::Operator, &self.target, parts).await?;
        let keys =
            if parts.keys { "It holds the keys: whoever has it can read stored passwords and sign." } else { apart };
        print(&format!("{target} is laid out like a data folder. {keys}\n"))?;
        for file in gone.iter().take(TOLD) {
            note(&format!("{file} is gone, and not in the copy"));
        }
        if gone.len() > TOLD {
            note(&format!("{} more files are gone", gone.len() - TOLD));
        }
        let whole = integrity(workbench, Print::Text).await?;
        Ok(if gone.is_empty() { whole } else { Outcome::Findings })
    }
}

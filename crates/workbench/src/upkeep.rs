//! What the operator does with the installation as a whole.

mod files;

use crate::{Caller, Error, Workbench, keys, own_task::blocking};
use domain::DocumentId;
use files::Wanted;
use std::{
    collections::{BTreeSet, HashMap},
    path::Path,
};
use store::{Location, Store};

/// Name of the embedded database in a data folder.
pub(crate) const DATABASE: &str = "plumbline.sqlite";

/// What a backup holds beside the database.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BackupParts {
    /// Staged rows and results of the runs it refers to, and the pairs that were found.
    pub evidence: bool,
    /// Uploaded files that connections lead to.
    pub uploads: bool,
    /// The master key and the signing key.
    pub keys: bool,
}

/// Whether what is stored is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integrity {
    /// Audit trails that were recomputed.
    pub trails: usize,
    /// What is wrong, one sentence each: the document, the line, the reason.
    pub faults: Vec<String>,
}

impl Workbench {
    /// Copies the embedded database to a new file, consistent even while it is written to. Keys, uploads and
    /// evidence are not part of it.
    ///
    /// # Errors
    /// When the file exists, cannot be written, or the data is on PostgreSQL; the message says what to do.
    pub async fn backup(&self, caller: &Caller, file: &Path) -> Result<(), Error> {
        self.owner(caller)?;
        match self.store().backup_to(file).await {
            Err(store::StoreError::Conflict { .. }) => {
                Err(Error::Conflict(format!("{} exists already; name a new file", file.display())))
            }
            other => Ok(other?),
        }
    }

    /// Makes a new folder, laid out like a data folder, with a copy of the embedded database and the parts asked for:
    /// the database first, then the files that this copy refers to. Answers which of them are gone.
    ///
    /// # Errors
    /// When the folder exists or cannot be written, or the data is on PostgreSQL; then nothing is left behind.
    pub async fn backup_with(&self, caller: &Caller, folder: &Path, parts: BackupParts) -> Result<Vec<String>, Error> {
        self.owner(caller)?;
        files::new_folder(folder)?;
        let filled = self.fill(caller, folder, parts).await;
        if filled.is_err() {
            // Half a copy is worse than none; that it cannot be removed either adds nothing.
            let _ = tokio::fs::remove_dir_all(folder).await;
        }
        filled
    }

    async fn fill(&self, caller: &Caller, folder: &Path, parts: BackupParts) -> Result<Vec<String>, Error> {
        let database = folder.join(DATABASE);
        self.backup(caller, &database).await?;
        let mut wanted = Vec::new();
        if parts.evidence || parts.uploads {
            let copy = Store::open(&Location::Sqlite(database)).await?;
            let referred = self.referred(&copy, parts).await;
            copy.close().await;
            wanted = referred?;
        }
        let (folder, keys) = (folder.to_owned(), parts.keys.then(|| keys::files(self.settings())));
        blocking(move || {
            for (name, from) in keys.into_iter().flatten() {
                files::copy_key(&from, &folder.join(name))?;
            }
            let gone = wanted.iter().map(|part| part.copy_to(&folder)).collect::<Result<Vec<_>, _>>()?;
            Ok(gone.into_iter().flatten().collect())
        })
        .await
    }

    /// The files that a copy of the database refers to.
    async fn referred(&self, copy: &Store, parts: BackupParts) -> Result<Vec<Wanted>, Error> {
        let mut wanted = Vec::new();
        if parts.evidence {
            let runs = copy.list_run_files().await?;
            let of_runs = runs.into_iter().flat_map(store::RunFiles::paths);
            let files: BTreeSet<String> = of_runs.chain(copy.list_linking_files().await?).collect();
            wanted.push(Wanted { name: "evidence", folder: self.settings().evidence_dir(), files });
        }
        if parts.uploads {
            let folder = self.uploads_dir();
            let mut files = BTreeSet::new();
            for listing in copy.list_plans(None, true).await? {
                let connections = copy.list_connections(listing.plan.document).await?;
                files.extend(connections.iter().filter_map(|connection| self.uploaded(connection)));
            }
            wanted.push(Wanted { name: "uploads", folder, files });
        }
        Ok(wanted)
    }

    /// Asks the database whether it is sound and recomputes every audit trail.
    ///
    /// # Errors
    /// When the caller is no owner or the store does not answer; what is wrong is in the answer.
    pub async fn check_integrity(&self, caller: &Caller) -> Result<Integrity, Error> {
        self.owner(caller)?;
        let found = self.store().integrity().await?;
        let plans = self.store().list_plans(None, true).await?;
        let keys: HashMap<DocumentId, String> = plans.into_iter().map(|l| (l.plan.document, l.plan.key)).collect();
        let trails = found.chains.len();
        let broken = found.chains.into_iter().filter_map(|chain| {
            let name =
                keys.get(&chain.document).map_or_else(|| "the workspace".to_owned(), |key| format!("plan {key}"));
            chain.broken.map(|fault| format!("audit trail of {name}, line {}: {}", fault.seq, fault.reason))
        });
        Ok(Integrity { trails, faults: found.database.into_iter().chain(broken).collect() })
    }
}

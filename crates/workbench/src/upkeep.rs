//! What the operator does with the installation as a whole.

use crate::{Caller, Error, Workbench};
use domain::DocumentId;
use std::{collections::HashMap, path::Path};

/// Whether what is stored is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integrity {
    /// Audit trails that were recomputed.
    pub trails: usize,
    /// What is wrong, one sentence each: the document, the line, the reason.
    pub faults: Vec<String>,
}

impl Workbench {
    /// Copies the embedded database to a new file, consistent even while it is written to. Keys and
    /// staged evidence are not part of it.
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

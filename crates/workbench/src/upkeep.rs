//! What the operator does with the installation as a whole.

use crate::{Caller, Error, Workbench};
use std::path::Path;

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
}

//! Uploaded files of connections: the room they may take, and that none outlives its connection. Runs keep a copy of
//! what they read of it.

use super::change::place_of;
use crate::{Caller, Error, Workbench, own_task::blocking};
use domain::DocumentId;
use std::{
    collections::BTreeSet,
    fs::DirEntry,
    path::{Path, PathBuf},
    time::Duration,
};

/// How long an uploaded file may be without a connection: those of a database that is put back for a while stay.
const UNUSED: Duration = Duration::from_hours(24);
/// From so many bytes on a size is told in megabytes.
const MEGABYTE: u64 = 1_000_000;

impl Workbench {
    /// Says in words when another uploaded file of so many bytes does not fit beside those that the connections of the
    /// plan have. The one that it replaces does not count.
    pub(super) async fn room_for(&self, plan: DocumentId, bytes: usize, replaces: Option<&Path>) -> Result<(), Error> {
        let mut taken: u64 = 0;
        for file in self.uploads_of(plan).await? {
            if Some(file.as_path()) != replaces
                && let Ok(found) = tokio::fs::metadata(&file).await
            {
                taken = taken.saturating_add(found.len());
            }
        }
        let most = self.settings().plan_upload_bytes;
        if taken.saturating_add(bytes as u64) <= most {
            return Ok(());
        }
        let words = format!(
            "has {} and there is no room for it: the uploaded files of a plan may have {} together, and they have {}; \
             remove a connection that nobody needs, or let the operator put the file into a folder of the server",
            size(bytes as u64),
            size(most),
            size(taken)
        );
        Err(Error::invalid("file", words))
    }

    /// Deletes an uploaded file that no connection of the plan has any more. Files elsewhere are not ours.
    pub(super) async fn forget_upload(&self, plan: DocumentId, file: &Path) {
        let Some(folder) = self.upload_folder(file) else { return };
        match self.uploads_of(plan).await {
            Ok(used) if used.iter().any(|used| used == file) => {}
            Ok(_) => {
                if let Err(error) = tokio::fs::remove_dir_all(folder).await {
                    tracing::warn!(%error, "an uploaded file could not be deleted");
                }
            }
            Err(error) => tracing::warn!(%error, "an uploaded file was not deleted"),
        }
    }

    /// Deletes uploaded files that no connection has: somebody went away or the server stopped while they came. For the
    /// server, now and then. Returns how many.
    ///
    /// # Errors
    /// When the caller is no owner or the store does not answer.
    pub async fn remove_unused_uploads(&self, caller: &Caller) -> Result<usize, Error> {
        self.owner(caller)?;
        let mut used = BTreeSet::new();
        for listing in self.store().list_plans(None, true).await? {
            for file in self.uploads_of(listing.plan.document).await? {
                used.extend(self.upload_folder(&file));
            }
        }
        let uploads = self.uploads_dir();
        blocking(move || Ok(remove_unused(&uploads, &used))).await
    }

    /// The uploaded files that the connections of a plan have.
    async fn uploads_of(&self, plan: DocumentId) -> Result<Vec<PathBuf>, Error> {
        let connections = self.store().list_connections(plan).await?;
        let places = connections.iter().filter_map(|connection| place_of(connection).ok());
        let files = places.filter_map(|(place, _)| place.path().map(Path::to_owned));
        Ok(files.filter(|file| self.upload_folder(file).is_some()).collect())
    }

    /// The folder that an uploaded file has for itself; none for files elsewhere. However the data folder was spelled
    /// when the file came.
    pub(super) fn upload_folder(&self, file: &Path) -> Option<PathBuf> {
        let (folder, ours) = (file.parent()?, self.uploads_dir());
        let uploads = std::path::absolute(folder.parent()?).ok()?;
        (Some(uploads) == std::path::absolute(&ours).ok()).then(|| ours.join(folder.file_name().unwrap_or_default()))
    }
}

/// What came long enough ago to have its connection by now.
fn remove_unused(uploads: &Path, used: &BTreeSet<PathBuf>) -> usize {
    let Ok(entries) = std::fs::read_dir(uploads) else { return 0 };
    let is_old = |entry: &DirEntry| {
        let written = entry.metadata().and_then(|found| found.modified()).ok();
        written.and_then(|at| at.elapsed().ok()).is_some_and(|age| age > UNUSED)
    };
    let unused = entries.flatten().filter(|entry| !used.contains(&entry.path()) && is_old(entry));
    unused.filter(|entry| std::fs::remove_dir_all(entry.path()).is_ok()).count()
}

fn size(bytes: u64) -> String {
    if bytes < MEGABYTE {
        return rules::count(usize::try_from(bytes).unwrap_or(usize::MAX), "byte", "bytes");
    }
    format!("{} MB", rules::number(bytes / MEGABYTE))
}

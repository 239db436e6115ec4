//! Uploaded files of connections: the room they may take, and that none outlives its connection. Runs keep a copy of
//! what they read of it.

use super::change::place_of;
use crate::{Error, Workbench};
use domain::DocumentId;
use std::path::{Path, PathBuf};

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

fn size(bytes: u64) -> String {
    if bytes < MEGABYTE {
        return rules::count(usize::try_from(bytes).unwrap_or(usize::MAX), "byte", "bytes");
    }
    format!("{} MB", rules::number(bytes / MEGABYTE))
}

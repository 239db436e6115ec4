//! The files of a backup. What vanishes while they are copied is left out and told; every other trouble ends the copy.

use crate::{Error, keys};
use std::{
    collections::BTreeSet,
    fs, io,
    path::{Component, Path, PathBuf},
};

/// A part of a data folder and the files in it that are needed.
pub(super) struct Wanted {
    /// Its name in a data folder.
    pub name: &'static str,
    /// Where it is.
    pub folder: PathBuf,
    /// Paths within it.
    pub files: BTreeSet<String>,
}

/// Makes a folder that nobody else may read and that is not there yet.
pub(super) fn new_folder(folder: &Path) -> Result<(), Error> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            Error::Conflict(format!("{} exists already; name a new folder", folder.display()))
        }
        _ => unusable(folder, &error),
    })
}

/// Copies a key so that nobody else may read it.
pub(super) fn copy_key(from: &Path, to: &Path) -> Result<(), Error> {
    let key = fs::read(from).map_err(|e| unusable(from, &e))?;
    keys::write_private(to, &key).map_err(|e| unusable(to, &e))
}

impl Wanted {
    /// Copies the files, and what stands beside them, into a backup; answers which are gone.
    pub(super) fn copy_to(&self, backup: &Path) -> Result<Vec<String>, Error> {
        let target = backup.join(self.name);
        // The database may come from anywhere: nothing outside the folder is meant.
        let inside = |path: &&Path| path.components().all(|part| matches!(part, Component::Normal(_)));
        let folders: BTreeSet<&Path> = self.files.iter().filter_map(|file| Path::new(file).parent()).collect();
        for folder in folders.into_iter().filter(inside) {
            copy_files(&self.folder.join(folder), &target.join(folder))?;
        }
        let gone = self.files.iter().filter(|file| !target.join(file).is_file());
        Ok(gone.map(|file| format!("{}/{file}", self.name)).collect())
    }
}

/// Copies the files of a folder, without those in folders of it.
fn copy_files(from: &Path, to: &Path) -> Result<(), Error> {
    let entries = match fs::read_dir(from) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(|e| unusable(from, &e))?,
    };
    fs::create_dir_all(to).map_err(|e| unusable(to, &e))?;
    for entry in entries {
        let entry = entry.map_err(|e| unusable(from, &e))?;
        if entry.file_type().is_ok_and(|kind| kind.is_file()) {
            let (from, to) = (entry.path(), to.join(entry.file_name()));
            copy_file(&from, &to).map_err(|e| unusable(&from, &e))?;
        }
    }
    Ok(())
}

fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    match fs::copy(from, to) {
        Ok(_) => fs::File::open(to)?.sync_all(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

fn unusable(path: &Path, error: &io::Error) -> Error {
    Error::unusable(&path.display().to_string(), error)
}

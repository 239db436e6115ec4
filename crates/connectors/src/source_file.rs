//! A file that is read. One that the guard has looked at is opened as that very file: a link that somebody put in its
//! place, or in place of a folder above it, is not followed.

use std::{
    fs::File,
    io,
    ops::Deref,
    path::{Path, PathBuf},
};

use crate::error::{ConnectorError, ErrorKind};

/// A file and how it is opened. Derefs to its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    path: PathBuf,
    /// Whether links on the way to it are followed.
    follows_links: bool,
}

impl SourceFile {
    /// The file at a real path, which no link is part of, such as [`crate::guard::GuardProof::file`].
    pub fn without_links(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), follows_links: false }
    }

    /// Opens it for reading.
    pub(crate) fn open(&self, system: &str) -> Result<File, ConnectorError> {
        let file = File::open(&self.path).map_err(|error| ConnectorError::file(system, &error))?;
        // Looked at once it is open: nobody can put another one in its place any more.
        if self.follows_links || opened_path(&file, &self.path).is_ok_and(|opened| opened == self.path) {
            return Ok(file);
        }
        let message = "it may not be the file that was accepted: a link leads elsewhere; test the connection again";
        Err(ConnectorError::new(ErrorKind::Refused, system, message))
    }
}

/// As somebody names it who may read what they name: links are followed.
impl From<PathBuf> for SourceFile {
    fn from(path: PathBuf) -> Self {
        Self { path, follows_links: true }
    }
}

impl Deref for SourceFile {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.path
    }
}

/// Where an open file is, as the system knows it.
#[cfg(target_os = "linux")]
fn opened_path(file: &File, _path: &Path) -> io::Result<PathBuf> {
    use std::os::fd::AsRawFd;
    std::fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd()))
}

/// Where an open file is, as far as its path leads to it still. Who changes links fast enough can deceive this.
#[cfg(not(target_os = "linux"))]
fn opened_path(_file: &File, path: &Path) -> io::Result<PathBuf> {
    path.canonicalize()
}

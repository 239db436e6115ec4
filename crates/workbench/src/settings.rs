//! What the operator decides, read once at start and handed down as a value.

use crate::Error;
use domain::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use std::{net::SocketAddr, path::PathBuf};
use store::Location;

/// What the operator decides.
#[derive(Clone)]
pub struct Settings {
    /// Folder of the embedded database, the keys and the staged evidence.
    pub data_dir: PathBuf,
    /// Address of a PostgreSQL database; `None` means the embedded one in the data directory.
    pub database_url: Option<SecretString>,
    /// File with the master key; `None` means `master.key` in the data directory, made at first start.
    pub key_file: Option<PathBuf>,
    /// Folders on the server that CSV and SQLite connections may read from.
    pub source_dirs: Vec<PathBuf>,
    /// Networks and ports connections may reach, such as `10.1.0.0/16:5432` or `127.0.0.1:5432`.
    pub allowed_targets: Vec<String>,
    /// Addresses this server itself listens on: no connection leads to them.
    pub own: Vec<SocketAddr>,
    /// Most rows of one side of a check.
    pub max_rows: u64,
    /// Most bytes of one side of a check.
    pub max_bytes: u64,
    /// Longest a check may take, in seconds.
    pub max_seconds: u64,
    /// The clock. Handed in so that tests and the demo decide what day it is.
    pub clock: fn() -> Timestamp,
}

impl Settings {
    /// Settings for a data directory, everything else as in `config.default.toml`.
    pub fn for_data_dir(data_dir: PathBuf, clock: fn() -> Timestamp) -> Self {
        Self {
            data_dir,
            database_url: None,
            key_file: None,
            source_dirs: Vec::new(),
            allowed_targets: Vec::new(),
            own: Vec::new(),
            max_rows: 10_000_000,
            max_bytes: 4 << 30,
            max_seconds: 900,
            clock,
        }
    }

    /// Where our own data is kept.
    pub(crate) fn database(&self) -> Result<Location, Error> {
        match &self.database_url {
            Some(url) => Ok(url.expose_secret().parse()?),
            None => Ok(Location::Sqlite(self.data_dir.join("plumbline.sqlite"))),
        }
    }

    /// Folder of staged rows, results and uploads.
    pub(crate) fn evidence_dir(&self) -> PathBuf {
        self.data_dir.join("evidence")
    }
}

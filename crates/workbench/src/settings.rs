//! What the operator decides, read once at start and handed down as a value.

use crate::Error;
use domain::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use std::{net::SocketAddr, path::PathBuf, time::Duration};
use store::Location;

/// Memory below which sorting makes no sense, in bytes.
const LEAST_MEMORY: usize = 64 << 20;

/// What the operator decides.
#[derive(Clone)]
pub struct Settings {
    /// Folder of the embedded database, the keys and the staged evidence.
    pub data_dir: PathBuf,
    /// Address of a PostgreSQL database; `None` means the embedded one in the data directory.
    pub database_url: Option<SecretString>,
    /// File with the master key; `None` means `master.key` in the data directory, made at first start.
    pub key_file: Option<PathBuf>,
    /// Folders on the server in which connections may read files.
    pub source_dirs: Vec<PathBuf>,
    /// Networks and ports connections may reach, such as `10.1.0.0/16:5432` or `127.0.0.1:5432`.
    pub allowed_targets: Vec<String>,
    /// Addresses this server itself listens on: only a target with exactly this address and port leads to them.
    pub own: Vec<SocketAddr>,
    /// Most bytes of the uploaded files of a plan's connections together.
    pub plan_upload_bytes: u64,
    /// Most rows of one side of a check.
    pub max_rows: u64,
    /// Most bytes of one side of a check.
    pub max_bytes: u64,
    /// Longest a check may take, in seconds.
    pub max_seconds: u64,
    /// Most differences a run keeps; counting goes on beyond.
    pub max_differences: u64,
    /// Days that the rows of a run are kept; 0 keeps them for ever.
    pub keep_days: u32,
    /// Runs of checks worked on at the same time; 0 means half the cores, at least 2 and at most 8.
    pub at_once: usize,
    /// Memory that all of them together may take for sorting, in bytes; what does not fit goes to disk.
    pub memory_bytes: usize,
    /// Longest somebody who fetches a file may take nothing of it.
    pub download_stall: Duration,
    /// Longest a file may be fetched that is written meanwhile.
    pub download_time: Duration,
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
            plan_upload_bytes: 1 << 30,
            max_rows: 10_000_000,
            max_bytes: 4 << 30,
            max_seconds: 900,
            max_differences: 5_000_000,
            keep_days: 90,
            at_once: 0,
            memory_bytes: 1 << 30,
            download_stall: Duration::from_secs(30),
            download_time: Duration::from_secs(3600),
            clock,
        }
    }

    /// Runs of checks that are worked on at the same time.
    pub fn runs_at_once(&self) -> usize {
        match self.at_once {
            0 => std::thread::available_parallelism().map_or(2, |cores| (cores.get() / 2).clamp(2, 8)),
            n => n,
        }
    }

    /// Memory of one run: its share, and never less than sorting needs.
    pub(crate) fn memory_of_a_run(&self) -> usize {
        (self.memory_bytes / self.runs_at_once()).max(LEAST_MEMORY)
    }

    /// Where our own data is kept.
    pub(crate) fn database(&self) -> Result<Location, Error> {
        match &self.database_url {
            Some(url) => Ok(url.expose_secret().parse()?),
            None => Ok(Location::Sqlite(self.data_dir.join(crate::upkeep::DATABASE))),
        }
    }

    /// Folder of staged rows and results.
    pub(crate) fn evidence_dir(&self) -> PathBuf {
        self.data_dir.join("evidence")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_share_cores_and_memory() {
        let mut settings = Settings::for_data_dir(PathBuf::new(), || Timestamp::UNIX_EPOCH);
        assert!((2..=8).contains(&settings.runs_at_once()));
        settings.at_once = 4;
        assert_eq!((settings.runs_at_once(), settings.memory_of_a_run()), (4, 256 << 20));
        settings.at_once = 100;
        assert_eq!(settings.memory_of_a_run(), 64 << 20);
    }
}

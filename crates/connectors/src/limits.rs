//! How much a single read may take: rows, bytes, width of a field, time. A source is never trusted to end.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};

use crate::{
    SourceFile,
    error::{ConnectorError, ErrorKind},
};

/// Limits of one operation on a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Most rows.
    pub rows: u64,
    /// Most bytes of text in all values; for files also the size of the file.
    pub bytes: u64,
    /// Most bytes of one value.
    pub max_field_bytes: usize,
    /// Longest time for the whole operation.
    pub wall: Duration,
    /// Longest time for connecting.
    pub connect: Duration,
}

impl Default for Limits {
    /// 50 million rows, 16 GB, 8 MB a field, one hour, 10 seconds to connect.
    fn default() -> Self {
        Self {
            rows: 50_000_000,
            bytes: 16 << 30,
            max_field_bytes: 8 << 20,
            wall: Duration::from_secs(3600),
            connect: Duration::from_secs(10),
        }
    }
}

/// Counts what was read and says when to stop.
#[derive(Clone)]
pub(crate) struct Meter {
    pub(crate) system: String,
    limits: Limits,
    cancel: Arc<AtomicBool>,
    started: Instant,
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
}

impl Meter {
    pub(crate) fn new(system: &str, limits: &Limits, cancel: &Arc<AtomicBool>) -> Self {
        Self {
            system: system.to_owned(),
            limits: limits.clone(),
            cancel: Arc::clone(cancel),
            started: Instant::now(),
            rows: 0,
            bytes: 0,
        }
    }

    /// Counts one row; looks at clock and cancel flag now and then.
    pub(crate) fn row(&mut self, bytes: u64) -> Result<(), ConnectorError> {
        const LOOK_EVERY: u64 = 512;
        self.count(1, bytes)?;
        if self.rows.is_multiple_of(LOOK_EVERY) { self.look() } else { Ok(()) }
    }

    /// Counts a batch and looks at clock and cancel flag.
    pub(crate) fn rows(&mut self, rows: u64, bytes: u64) -> Result<(), ConnectorError> {
        self.count(rows, bytes)?;
        self.look()
    }

    fn count(&mut self, rows: u64, bytes: u64) -> Result<(), ConnectorError> {
        self.rows += rows;
        self.bytes += bytes;
        if self.rows > self.limits.rows {
            let message =
                format!("it has more than {} rows; raise the row limit or take a part of it", self.limits.rows);
            return Err(self.limit(message));
        }
        if self.bytes > self.limits.bytes {
            let message =
                format!("it holds more than {}; raise the size limit or take a part of it", size(self.limits.bytes));
            return Err(self.limit(message));
        }
        Ok(())
    }

    /// Fails for what is no file, and for one that is larger than allowed.
    pub(crate) fn file(&self, file: &SourceFile) -> Result<(), ConnectorError> {
        let metadata = file.open(&self.system)?.metadata();
        let metadata = metadata.map_err(|error| ConnectorError::file(&self.system, &error))?;
        if metadata.is_dir() {
            return Err(ConnectorError::bad_data(&self.system, "this is a directory; name a file in it"));
        }
        if metadata.len() > self.limits.bytes {
            let (is, most) = (size(metadata.len()), size(self.limits.bytes));
            return Err(self.limit(format!("the file has {is}, more than the limit of {most}; raise the size limit")));
        }
        Ok(())
    }

    /// Most bytes a read may give.
    pub(crate) fn most_bytes(&self) -> u64 {
        self.limits.bytes
    }

    /// Fails where somebody cancelled or time is up.
    pub(crate) fn look(&self) -> Result<(), ConnectorError> {
        if self.cancel.load(Relaxed) {
            return Err(ConnectorError::new(ErrorKind::Cancelled, &self.system, "reading was cancelled"));
        }
        if self.started.elapsed() > self.limits.wall {
            return Err(self.timed_out());
        }
        Ok(())
    }

    /// Waits for the source, looking at clock and cancel flag meanwhile.
    pub(crate) async fn wait<T>(&self, work: impl Future<Output = T>) -> Result<T, ConnectorError> {
        const LOOK_AROUND: Duration = Duration::from_millis(200);
        let mut work = std::pin::pin!(work);
        loop {
            match tokio::time::timeout(LOOK_AROUND, &mut work).await {
                Ok(done) => return Ok(done),
                Err(_) => self.look()?,
            }
        }
    }

    /// What is left of the time for the whole operation.
    pub(crate) fn left(&self) -> Duration {
        self.limits.wall.saturating_sub(self.started.elapsed())
    }

    pub(crate) fn timed_out(&self) -> ConnectorError {
        let wall = self.limits.wall.as_secs_f64();
        let message = format!("reading took longer than {wall} s; raise the time limit or take a part of it");
        ConnectorError::new(ErrorKind::TimedOut, &self.system, message)
    }

    pub(crate) fn limit(&self, message: String) -> ConnectorError {
        ConnectorError::new(ErrorKind::Limit, &self.system, message)
    }

    /// Fails for a value that is too wide; `place` says where it is.
    pub(crate) fn field(&self, bytes: usize, place: impl FnOnce() -> String) -> Result<(), ConnectorError> {
        if bytes <= self.limits.max_field_bytes {
            return Ok(());
        }
        let most = size(self.limits.max_field_bytes as u64);
        Err(self.limit(format!("{} is larger than {most}; raise the field limit or leave it out", place())))
    }
}

/// A size in words, rounded down.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} bytes"),
        10_000..10_000_000 => format!("{} kB", bytes / 1000),
        10_000_000..10_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{} GB", bytes / 1_000_000_000),
    }
}

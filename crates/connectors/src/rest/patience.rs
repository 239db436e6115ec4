//! Waiting for a service: never longer than allowed, and never past a cancellation.

use std::{
    future::Future,
    pin::pin,
    time::{Duration, Instant},
};

use crate::{
    error::{ConnectorError, ErrorKind},
    limits::Meter,
};

/// How long a service is waited for.
pub(super) struct Patience {
    meter: Meter,
    /// Longest wait for an answer to begin and for its next bytes.
    pub(super) answer: Duration,
}

impl Patience {
    pub(super) fn new(meter: Meter, answer: Duration) -> Self {
        Self { meter, answer }
    }

    pub(super) fn system(&self) -> &str {
        &self.meter.system
    }

    /// Waits for at most `longest`; `late` says what did not happen in that time.
    pub(super) async fn wait<T>(
        &self,
        longest: Duration,
        late: &str,
        future: impl Future<Output = T>,
    ) -> Result<T, ConnectorError> {
        const LOOK_AROUND: Duration = Duration::from_millis(100);
        let started = Instant::now();
        let mut future = pin!(future);
        loop {
            self.meter.look()?;
            let left = longest.saturating_sub(started.elapsed()).min(LOOK_AROUND);
            if let Ok(value) = tokio::time::timeout(left, &mut future).await {
                return Ok(value);
            }
            if started.elapsed() >= longest {
                let message = format!("{late} within {} s; check that it is well", longest.as_secs_f64());
                return Err(ConnectorError::new(ErrorKind::TimedOut, self.system(), message));
            }
        }
    }

    /// Waits because the service wants it (`why`), where that is not longer than what is left of the time.
    pub(super) async fn pause(&self, pause: Duration, why: &str) -> Result<(), ConnectorError> {
        if pause > self.meter.left() {
            let (asked, left) = (pause.as_secs_f64().ceil(), self.meter.left().as_secs());
            let message = format!(
                "{why} to wait {asked} s, and {left} s are left of the time limit; try later or raise the limit"
            );
            return Err(ConnectorError::new(ErrorKind::TimedOut, self.system(), message));
        }
        let started = Instant::now();
        while started.elapsed() < pause {
            self.meter.look()?;
            let left = pause.saturating_sub(started.elapsed());
            tokio::time::sleep(left.min(Duration::from_millis(100))).await;
        }
        Ok(())
    }
}

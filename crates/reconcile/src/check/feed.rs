//! Batches on their way from DataFusion's asynchronous streams to the blocking walk.

use std::{sync::Arc, time::Duration};

use arrow::array::RecordBatch;
use datafusion_execution::{SendableRecordBatchStream, TaskContext};
use futures::StreamExt;
use tokio::{runtime::Handle, sync::mpsc, time::timeout};

use super::Reporter;
use crate::{error::EngineError, groups::Batches, sorted::SortedSide};

/// Brings batches from the asynchronous stream to the blocking walk, a few ahead.
pub(super) struct Feed {
    receiver: mpsc::Receiver<Result<RecordBatch, EngineError>>,
    handle: Handle,
    reporter: Reporter,
    /// The sort has given its first batch; from then on the walk tells how far it is.
    started: bool,
}

impl Feed {
    pub(super) fn start(
        side: &SortedSide,
        context: &Arc<TaskContext>,
        reporter: Reporter,
    ) -> Result<Self, EngineError> {
        let stream = side.stream(context)?;
        let (sender, receiver) = mpsc::channel(4);
        tokio::spawn(forward(stream, sender));
        Ok(Self { receiver, handle: Handle::current(), reporter, started: false })
    }
}

/// Ends as soon as nobody listens any more, which drops the stream and with it the sort.
async fn forward(mut stream: SendableRecordBatchStream, sender: mpsc::Sender<Result<RecordBatch, EngineError>>) {
    loop {
        let next = tokio::select! {
            next = stream.next() => next,
            () = sender.closed() => return,
        };
        let Some(batch) = next else { return };
        let failed = batch.is_err();
        if sender.send(batch.map_err(EngineError::from)).await.is_err() || failed {
            return;
        }
    }
}

impl Batches for Feed {
    fn next_batch(&mut self) -> Result<Option<RecordBatch>, EngineError> {
        const LOOK_AROUND: Duration = Duration::from_millis(200);
        loop {
            self.reporter.stop_if_cancelled()?;
            let wait = async { timeout(LOOK_AROUND, self.receiver.recv()).await };
            match self.handle.block_on(wait) {
                Ok(batch) => {
                    self.started = true;
                    return batch.transpose();
                }
                Err(_) if !self.started => self.reporter.sorting(),
                Err(_) => {}
            }
        }
    }
}

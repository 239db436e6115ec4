//! Files are read on a thread of their own, which hands batches over to whoever waits for them.

use arrow::array::RecordBatch;
use tokio::sync::mpsc;

use crate::{
    ReadSummary, Sink,
    error::{ConnectorError, ErrorKind, ReadError},
};

/// Takes one batch on the reading thread.
pub(crate) type Emit<'a> = dyn FnMut(RecordBatch) -> Result<(), ConnectorError> + 'a;

/// Runs `job` where it may block; at most two batches are under way.
pub(crate) async fn hand_over(
    system: &str,
    sink: &mut Sink<'_>,
    job: impl FnOnce(&mut Emit<'_>) -> Result<ReadSummary, ConnectorError> + Send + 'static,
) -> Result<ReadSummary, ReadError> {
    let (sender, mut receiver) = mpsc::channel::<RecordBatch>(2);
    // Nobody listening any more ends the thread like a cancellation.
    let gone = ConnectorError::new(ErrorKind::Cancelled, system, "reading was cancelled");
    let reader =
        tokio::task::spawn_blocking(move || job(&mut |batch| sender.blocking_send(batch).map_err(|_| gone.clone())));
    while let Some(batch) = receiver.recv().await {
        sink(batch).map_err(ReadError::Sink)?;
    }
    let ended =
        reader.await.map_err(|error| ConnectorError::bad_data(system, format!("reading broke off: {error}")))?;
    Ok(ended?)
}

//! Files that are written while they are fetched. Places to write them are few, so that a person has one of them, and
//! whoever takes nothing more of a file, or fetches it for too long, loses theirs.

use crate::{Caller, Error, Workbench};
use bytes::Bytes;
use domain::UserId;
use reconcile::Filter;
use std::{
    collections::HashMap,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::{
    runtime::Handle,
    sync::{
        OwnedSemaphorePermit, Semaphore,
        mpsc::{self, OwnedPermit, Receiver, Sender},
    },
    time::timeout,
};

/// Files written at the same time; more wait for a moment and are then told to come back.
const PLACES: usize = 4;
/// How long a download waits for its turn.
const TURN: Duration = Duration::from_secs(10);
/// Bytes handed on at a time, and pieces ahead of the reader.
const PIECE: usize = 64 << 10;
const AHEAD: usize = 4;

/// A file that is written while it is read.
#[derive(Debug)]
pub struct Download {
    /// Its beginning.
    pub first: Bytes,
    /// The rest, piece by piece; an error ends it.
    pub rest: Receiver<io::Result<Bytes>>,
}

/// What a download holds.
pub(crate) struct CsvOf {
    /// The file of differences.
    pub path: PathBuf,
    /// Which of them.
    pub wanted: Filter,
}

/// The places, and which persons have one.
pub(crate) struct Downloads {
    places: Arc<Semaphore>,
    own: Mutex<HashMap<UserId, Arc<Semaphore>>>,
}

/// The right to write a file to be fetched, as long as it is held.
pub(crate) struct Turn {
    _own: Option<OwnedSemaphorePermit>,
    _place: OwnedSemaphorePermit,
}

impl Downloads {
    /// All places are free.
    pub(crate) fn new() -> Self {
        Self { places: Arc::new(Semaphore::new(PLACES)), own: Mutex::default() }
    }

    /// The one place of a person.
    fn of(&self, person: UserId) -> Arc<Semaphore> {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever has a place, or waits for it, holds it as well.
        own.retain(|_, place| Arc::strong_count(place) > 1);
        own.entry(person).or_insert_with(|| Arc::new(Semaphore::new(1))).clone()
    }
}

impl Workbench {
    /// The right to write a file to be fetched, when the caller fetches no other and there is a place.
    ///
    /// # Errors
    /// When neither happens for a while.
    pub(crate) async fn download_turn(&self, caller: &Caller) -> Result<Turn, Error> {
        let mut own = None;
        if let Some(person) = caller.user_id() {
            let words = "you are fetching another file; wait until it is there, or end it";
            own = Some(turn(self.downloads().of(person), words).await?);
        }
        let words = "others are fetching files; try again in a moment";
        let place = turn(Arc::clone(&self.downloads().places), words).await?;
        Ok(Turn { _own: own, _place: place })
    }

    /// The matching differences as CSV, written as they are fetched; authorised by the caller of this.
    pub(crate) async fn download(&self, caller: &Caller, CsvOf { path, wanted }: CsvOf) -> Result<Download, Error> {
        let turn = self.download_turn(caller).await?;
        let (sender, mut rest) = mpsc::channel(AHEAD + 1);
        // A place for the error that ends it: without one, half a file that nobody takes more of would look whole.
        let last = sender.clone().try_reserve_owned();
        let last = last.map_err(|_| Error::Internal("a download has no place for its end".into()))?;
        let pieces = Pieces {
            sender,
            runtime: Handle::current(),
            patience: self.settings().download_stall,
            began: Instant::now(),
            longest: self.settings().download_time,
            ended: false,
        };
        tokio::task::spawn_blocking(move || write_csv(&path, &wanted, pieces, last, turn));
        // What is wrong from the start is said in words and not in half a file.
        match rest.recv().await {
            Some(Ok(first)) => Ok(Download { first, rest }),
            Some(Err(error)) => Err(Error::Unavailable(error.to_string())),
            None => Err(Error::Internal("a download ended before it began".into())),
        }
    }
}

/// Waits for a turn, and says `words` when it does not come.
async fn turn(places: Arc<Semaphore>, words: &str) -> Result<OwnedSemaphorePermit, Error> {
    let turn = timeout(TURN, places.acquire_owned()).await;
    turn.map_err(|_| Error::Unavailable(words.into()))?.map_err(|e| Error::internal("no more downloads", &e))
}

/// Writes the file into the channel; holds its turn until the last piece was handed on.
fn write_csv(path: &Path, wanted: &Filter, pieces: Pieces, last: OwnedPermit<io::Result<Bytes>>, _turn: Turn) {
    let mut out = BufWriter::with_capacity(PIECE, pieces);
    if let Err(error) = reconcile::export_csv(path, wanted, &mut out) {
        // What was not handed on yet is of no use to anybody.
        drop(out.into_parts());
        last.send(Err(io::Error::other(error.to_string())));
    }
}

/// Hands on what is written as pieces.
struct Pieces {
    sender: Sender<io::Result<Bytes>>,
    runtime: Handle,
    /// How long the reader may take nothing.
    patience: Duration,
    began: Instant,
    /// How long the whole file may take.
    longest: Duration,
    ended: bool,
}

impl Pieces {
    fn hand_on(&self, piece: Bytes) -> io::Result<()> {
        let left = self.longest.saturating_sub(self.began.elapsed());
        let late = || io::Error::new(io::ErrorKind::TimedOut, "the file was not fetched in time; fetch it again");
        if left.is_zero() {
            return Err(late());
        }
        let sending = async { timeout(self.patience.min(left), self.sender.send(Ok(piece))).await };
        match self.runtime.block_on(sending) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::ErrorKind::BrokenPipe.into()),
            Err(_) => Err(late()),
        }
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.ended {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let handed_on = self.hand_on(Bytes::copy_from_slice(bytes));
        self.ended = handed_on.is_err();
        handed_on.map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

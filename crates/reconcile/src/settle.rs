//! What needs no second look: records whose key occurs once on each side with the same text in every compared
//! column, and rows without a key. Found by digests of 128 bits, so that memory does not grow with the width of
//! a row, and only the rest is sorted and compared by value.
//!
//! The seeds differ from run to run: nobody can prepare two texts that are taken for equal here.

mod digest;
mod look;
mod pairing;
mod partitions;

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed},
};

use arrow::buffer::{BooleanBuffer, Buffer};

use self::{
    digest::{Seeds, SideDigests},
    pairing::Pairing,
    partitions::{PARTITIONS, Partitions},
};
use crate::{
    check::{Reporter, Settings},
    error::EngineError,
    report::{RecordCounts, SideCounts},
    spec::{Side, Spec},
    staging::Staged,
};

pub use self::look::{FirstLook, SeenSide, SideLook};

/// Both sides after the first look.
#[derive(Debug)]
pub struct Settled {
    /// Rows that are done with, on the left and on the right.
    pub(crate) counts: [SideCounts; 2],
    /// Keys that are done with. The matched ones are equal in every field.
    pub(crate) records: RecordCounts,
    /// What is still to be compared, on the left and on the right.
    pub rest: [Rest; 2],
}

/// Rows of a side that are still to be compared.
#[derive(Debug, Clone)]
pub struct Rest {
    /// One bit for each row of the side, in the order it was read.
    pub mask: BooleanBuffer,
    /// How many are set.
    pub rows: u64,
}

/// Looks at every row of both sides once. Blocking.
///
/// Where the differences are kept, only equal records and rows without a key are settled, because the keys of all
/// others are needed. Where they are not, keys on one side only or more than once are counted here, too.
pub(crate) fn settle(
    sides: [&Staged; 2],
    spec: &Spec,
    settings: &Settings,
    reporter: &Reporter,
) -> Result<Settled, EngineError> {
    let seeds = Seeds::new(spec);
    let digests = [SideDigests::open(Side::Left, sides[0], spec)?, SideDigests::open(Side::Right, sides[1], spec)?];
    let done = [Rows::none(sides[0].rows)?, Rows::none(sides[1].rows)?];
    let partitions = Arc::new(Partitions::new(settings.memory_bytes / 2, &settings.temp_dir));

    let pieces: Vec<(usize, usize)> =
        (0..2).flat_map(|side| (0..digests[side].pieces()).map(move |piece| (side, piece))).collect();
    let (seen, empty) = (AtomicU64::new(0), [AtomicU64::new(0), AtomicU64::new(0)]);
    in_parallel(settings.threads, pieces.len(), |at| {
        let (side, piece) = pieces[at];
        let mut writer = partitions.writer(side);
        digests[side].read(
            piece,
            &seeds,
            |row, entry| {
                match entry {
                    Some((key, digest)) => writer.add(key, digest, row)?,
                    None => {
                        empty[side].fetch_add(1, Relaxed);
                        done[side].mark(row);
                    }
                }
                Ok(())
            },
            |rows| {
                reporter.matching(seen.fetch_add(rows, Relaxed) + rows);
                reporter.stop_if_cancelled()
            },
        )?;
        writer.finish()
    })?;

    let everything = settings.differences.is_none();
    let empty = empty.map(AtomicU64::into_inner);
    pair(&partitions, settings.threads, everything, done, empty, || reporter.stop_if_cancelled())
}

/// Pairs what was read. `empty` rows without a key are marked as done already.
fn pair(
    partitions: &Partitions,
    threads: usize,
    everything: bool,
    done: [Rows; 2],
    empty: [u64; 2],
    go_on: impl Fn() -> Result<(), EngineError> + Sync,
) -> Result<Settled, EngineError> {
    let total = Mutex::new(Pairing::default());
    in_parallel(threads, PARTITIONS, |partition| {
        go_on()?;
        let (left, right) = (partitions.take(0, partition)?, partitions.take(1, partition)?);
        let found = Pairing::of(left, right, everything, &done);
        total.lock().unwrap_or_else(PoisonError::into_inner).add(&found);
        Ok(())
    })?;
    let Pairing { records, mut counts } = total.into_inner().unwrap_or_else(PoisonError::into_inner);
    for (counts, empty) in counts.iter_mut().zip(empty) {
        counts.rows += empty;
        counts.empty_keys += empty;
    }
    Ok(Settled { counts, records, rest: done.map(Rows::rest) })
}

/// Which rows of a side are done with, written by several threads at once.
struct Rows {
    words: Vec<AtomicU64>,
    rows: usize,
}

impl Rows {
    fn none(rows: u64) -> Result<Self, EngineError> {
        let rows = u32::try_from(rows).map_err(|_| Self::too_many(rows))? as usize;
        Ok(Self { words: (0..rows.div_ceil(64)).map(|_| AtomicU64::new(0)).collect(), rows })
    }

    fn too_many(rows: u64) -> EngineError {
        EngineError::BadSpec(format!("a side has {rows} rows or more; at most {} can be compared", u32::MAX))
    }

    fn mark(&self, row: u32) {
        let row = row as usize;
        self.words[row / 64].fetch_or(1 << (row % 64), Relaxed);
    }

    fn rest(self) -> Rest {
        let words: Vec<u64> = self.words.into_iter().map(|word| (!word.into_inner()).to_le()).collect();
        let mask = BooleanBuffer::new(Buffer::from_vec(words), 0, self.rows);
        let rows = mask.count_set_bits() as u64;
        Rest { mask, rows }
    }
}

/// Does `jobs` jobs on some threads. The first failure ends them all.
fn in_parallel(
    threads: usize,
    jobs: usize,
    work: impl Fn(usize) -> Result<(), EngineError> + Sync,
) -> Result<(), EngineError> {
    let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let failure = Mutex::new(None);
    std::thread::scope(|scope| {
        for _ in 0..threads.clamp(1, jobs.max(1)) {
            scope.spawn(|| {
                while !failed.load(Relaxed) {
                    let job = next.fetch_add(1, Relaxed);
                    if job >= jobs {
                        return;
                    }
                    if let Err(error) = work(job) {
                        failed.store(true, Relaxed);
                        failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                    }
                }
            });
        }
    });
    failure.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
}

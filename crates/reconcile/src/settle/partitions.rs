//! Digests of both sides in partitions by key: what belongs together is in the same one, and each is small. What
//! does not fit into memory is on disk until it is needed.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::error::EngineError;

/// Into how many parts each side is cut.
pub(super) const PARTITIONS: usize = 256;

/// Bytes of an entry: key, digest, row.
const ENTRY: usize = 16 + 16 + 4;
/// Bytes that a writer collects for a partition before it hands them over.
const CHUNK: usize = 400 * ENTRY;

/// A row as it is paired.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) key: u128,
    pub(super) digest: u128,
    pub(super) row: u32,
}

/// All digests of both sides.
pub(super) struct Partitions {
    store: Mutex<Store>,
    /// Bytes that may stay in memory.
    budget: usize,
    spill: PathBuf,
}

#[derive(Default)]
struct Store {
    /// By side and partition.
    chunks: Vec<Vec<Chunk>>,
    in_memory: usize,
    file: Option<File>,
    spilled: u64,
}

enum Chunk {
    Memory(Vec<u8>),
    Disk { from: u64, bytes: usize },
}

impl Partitions {
    pub(super) fn new(budget: usize, folder: &Path) -> Self {
        let chunks = (0..2 * PARTITIONS).map(|_| Vec::new()).collect();
        let store = Mutex::new(Store { chunks, ..Store::default() });
        Self { store, budget, spill: folder.join("digests.spill") }
    }

    /// Takes entries of one side (0 left, 1 right).
    pub(super) fn writer(self: &Arc<Self>, side: usize) -> Writer {
        Writer { partitions: Arc::clone(self), side, buffers: vec![Vec::new(); PARTITIONS] }
    }

    /// The entries of one partition, which are forgotten here.
    pub(super) fn take(&self, side: usize, partition: usize) -> Result<Vec<Entry>, EngineError> {
        let mut store = self.lock();
        let chunks = std::mem::take(&mut store.chunks[side * PARTITIONS + partition]);
        let mut entries = Vec::new();
        for chunk in chunks {
            let bytes = match chunk {
                Chunk::Memory(bytes) => {
                    store.in_memory -= bytes.len();
                    bytes
                }
                Chunk::Disk { from, bytes } => {
                    let mut buffer = vec![0; bytes];
                    let file = store.file.as_mut().ok_or_else(|| EngineError::Internal("no spilled rows".into()))?;
                    let read = file.seek(SeekFrom::Start(from)).and_then(|_| file.read_exact(&mut buffer));
                    read.map_err(|error| EngineError::storage("read", &self.spill, error))?;
                    buffer
                }
            };
            entries.extend(bytes.chunks_exact(ENTRY).map(Entry::read));
        }
        Ok(entries)
    }

    fn keep(&self, side: usize, partition: usize, bytes: Vec<u8>) -> Result<(), EngineError> {
        let mut store = self.lock();
        let chunk = if store.in_memory + bytes.len() <= self.budget {
            store.in_memory += bytes.len();
            Chunk::Memory(bytes)
        } else {
            let failed = |error| EngineError::storage("write", &self.spill, error);
            if store.file.is_none() {
                let options = File::options().read(true).write(true).create(true).truncate(true).open(&self.spill);
                store.file = Some(options.map_err(failed)?);
            }
            let from = store.spilled;
            store.spilled += bytes.len() as u64;
            if let Some(file) = &mut store.file {
                file.write_all(&bytes).map_err(failed)?;
            }
            Chunk::Disk { from, bytes: bytes.len() }
        };
        store.chunks[side * PARTITIONS + partition].push(chunk);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Partitions {
    fn drop(&mut self) {
        if self.lock().file.take().is_some() {
            // Nothing more can be done about a file that refuses to go.
            let _ = std::fs::remove_file(&self.spill);
        }
    }
}

impl Entry {
    fn read(bytes: &[u8]) -> Self {
        let long = |from: usize| u128::from_le_bytes(std::array::from_fn(|at| bytes[from + at]));
        let row = u32::from_le_bytes(std::array::from_fn(|at| bytes[32 + at]));
        Self { key: long(0), digest: long(16), row }
    }
}

/// Sorts the entries of one thread into partitions.
pub(super) struct Writer {
    partitions: Arc<Partitions>,
    side: usize,
    buffers: Vec<Vec<u8>>,
}

impl Writer {
    pub(super) fn add(&mut self, key: u128, digest: u128, row: u32) -> Result<(), EngineError> {
        let partition = (key >> 120) as usize;
        let buffer = &mut self.buffers[partition];
        if buffer.capacity() == 0 {
            buffer.reserve_exact(CHUNK);
        }
        buffer.extend_from_slice(&key.to_le_bytes());
        buffer.extend_from_slice(&digest.to_le_bytes());
        buffer.extend_from_slice(&row.to_le_bytes());
        if buffer.len() == CHUNK {
            let full = std::mem::take(buffer);
            self.partitions.keep(self.side, partition, full)?;
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<(), EngineError> {
        for partition in 0..PARTITIONS {
            let mut rest = std::mem::take(&mut self.buffers[partition]);
            if !rest.is_empty() {
                rest.shrink_to_fit();
                self.partitions.keep(self.side, partition, rest)?;
            }
        }
        Ok(())
    }
}

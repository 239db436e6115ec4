//! The first look at sides that are not staged: digests are made of the batches as they are read, and afterwards
//! only the rows that need a second look have to be read again.

use std::sync::Arc;

use arrow::{
    array::{AsArray, RecordBatch},
    datatypes::{Schema, SchemaRef},
};

use super::{
    Rows, Settled,
    digest::{Digests, Seeds},
    pair,
    partitions::{Partitions, Writer},
};
use crate::{
    check::Settings,
    error::EngineError,
    spec::{Side, Spec},
    staging::{NUMERIC, StagedColumn, Watch, described, place},
};

/// Both sides of a check, looked at while they are read.
pub struct FirstLook {
    spec: Arc<Spec>,
    seeds: Arc<Seeds>,
    partitions: Arc<Partitions>,
    threads: usize,
    everything: bool,
}

impl FirstLook {
    /// Nothing read yet. `settings` are those of the check.
    pub fn new(spec: &Spec, settings: &Settings) -> Self {
        Self {
            spec: Arc::new(spec.clone()),
            seeds: Arc::new(Seeds::new(spec)),
            partitions: Arc::new(Partitions::new(settings.memory_bytes / 2, &settings.temp_dir)),
            threads: settings.threads,
            everything: settings.differences.is_none(),
        }
    }

    /// Takes the batches of one side, on whatever thread they are read.
    pub fn side(&self, side: Side) -> SideLook {
        SideLook {
            side,
            spec: Arc::clone(&self.spec),
            seeds: Arc::clone(&self.seeds),
            writer: self.partitions.writer(side.pick(0, 1)),
            open: None,
            digests: Digests::default(),
            rows: 0,
            empty: Vec::new(),
        }
    }

    /// Pairs both sides once they are read to their end. Blocking.
    pub fn settle(self, left: SeenSide, right: SeenSide) -> Result<Settled, EngineError> {
        let done = [left.done()?, right.done()?];
        let empty = [left.empty.len() as u64, right.empty.len() as u64];
        pair(&self.partitions, self.threads, self.everything, done, empty, || Ok(()))
    }
}

/// One side while it is read.
pub struct SideLook {
    side: Side,
    spec: Arc<Spec>,
    seeds: Arc<Seeds>,
    writer: Writer,
    open: Option<Open>,
    digests: Digests,
    rows: u32,
    empty: Vec<u32>,
}

/// What the first batch told.
struct Open {
    schema: SchemaRef,
    key: Vec<usize>,
    compare: Vec<usize>,
    watches: Vec<Watch>,
    /// Compared columns of which the source does not say whether they are numeric.
    watched: Vec<usize>,
}

/// One side that was read to its end.
pub struct SeenSide {
    /// All its columns.
    pub columns: Vec<StagedColumn>,
    rows: u32,
    /// Rows in which a key part is NULL or empty.
    empty: Vec<u32>,
}

impl SideLook {
    /// Takes a batch. Every column must be text (Utf8); all batches must have the same columns.
    pub fn add(&mut self, batch: &RecordBatch) -> Result<(), EngineError> {
        let open = match self.open.take() {
            Some(open) => open,
            None => Open::new(self.side, &self.spec, batch.schema_ref())?,
        };
        let open = self.open.insert(open);
        for at in &open.watched {
            open.watches[*at].see(batch.column(*at).as_ref())?;
        }
        let column = |at: &usize| batch.column(*at).as_string::<i32>();
        let (key, compare) = (open.key.iter().map(column), open.compare.iter().map(column));
        self.digests.of(self.side, batch.num_rows(), key, compare, &self.seeds);
        for digest in self.digests.rows() {
            match digest {
                Some((key, digest)) => self.writer.add(key, digest, self.rows)?,
                None => self.empty.push(self.rows),
            }
            self.rows = self.rows.checked_add(1).ok_or_else(|| Rows::too_many(u64::from(u32::MAX) + 1))?;
        }
        Ok(())
    }

    /// Ends the side. `typed` is the source's schema after all rows were read.
    pub fn finish(mut self, typed: &Schema) -> Result<SeenSide, EngineError> {
        let open = match self.open.take() {
            Some(open) => open,
            None => Open::new(self.side, &self.spec, &Arc::new(typed.clone()))?,
        };
        self.writer.finish()?;
        let columns = described(&open.schema, &open.watches, typed);
        Ok(SeenSide { columns, rows: self.rows, empty: self.empty })
    }
}

impl Open {
    fn new(side: Side, spec: &Spec, schema: &SchemaRef) -> Result<Self, EngineError> {
        let names: Vec<&String> = schema.fields().iter().map(|field| field.name()).collect();
        let find = |name: &String| place(side, name, names.iter().copied());
        let in_key = |name| find(name).map_err(EngineError::of_key);
        let compared = |name| find(name).map_err(EngineError::of_comparison);
        let key: Vec<usize> = spec.key_columns(side).iter().map(in_key).collect::<Result<_, _>>()?;
        let compare: Vec<usize> = spec.compare_columns(side).iter().map(compared).collect::<Result<_, _>>()?;
        let untyped = |at: &usize| !schema.field(*at).metadata().contains_key(NUMERIC);
        Ok(Self {
            key,
            watched: compare.iter().copied().filter(untyped).collect(),
            compare,
            watches: vec![Watch::default(); schema.fields().len()],
            schema: Arc::clone(schema),
        })
    }
}

impl SeenSide {
    fn done(&self) -> Result<Rows, EngineError> {
        let done = Rows::none(u64::from(self.rows))?;
        self.empty.iter().for_each(|row| done.mark(*row));
        Ok(done)
    }
}

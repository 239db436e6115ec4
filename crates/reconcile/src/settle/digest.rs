//! Keys and rows as digests of 128 bits, read piece by piece (row group by row group) from a staged file.

use std::{
    fs::File,
    hash::{BuildHasher, RandomState},
    path::PathBuf,
    sync::Arc,
};

use arrow::{
    array::{AsArray, StringArrayType},
    datatypes::{DataType, Field, Schema},
};
use parquet::arrow::{
    ProjectionMask,
    arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder},
};
use twox_hash::XxHash3_128;

use crate::{
    codes::CodeMap,
    error::EngineError,
    spec::{Side, Spec},
    staging::Staged,
};

const BATCH_ROWS: usize = 8192;

/// A seed for each key part and each compared pair: the same text in another place has another digest, so that
/// `("ab","c")` and `("a","bc")` stay apart. Both sides use the same ones.
pub(super) struct Seeds {
    key: Vec<u64>,
    compare: Vec<u64>,
    codes: Vec<Option<CodeMap>>,
}

impl Seeds {
    pub(super) fn new(spec: &Spec) -> Self {
        let random = RandomState::new();
        let seeds = |what: &str, n: usize| (0..n).map(|at| random.hash_one((what, at))).collect();
        Self {
            key: seeds("key", spec.key.len()),
            compare: seeds("compare", spec.compare.len()),
            codes: spec.compare.iter().map(|pair| pair.codes.clone()).collect(),
        }
    }
}

/// One side, ready to be read.
pub(super) struct SideDigests {
    side: Side,
    path: PathBuf,
    metadata: ArrowReaderMetadata,
    mask: ProjectionMask,
    /// Where the key parts and the compared columns are in a batch.
    key: Vec<usize>,
    compare: Vec<usize>,
    /// Number of the first row of each piece.
    first_rows: Vec<u64>,
}

impl SideDigests {
    pub(super) fn open(side: Side, staged: &Staged, spec: &Spec) -> Result<Self, EngineError> {
        let place = |name: &String| staged.column(side, name);
        let in_key = |name| place(name).map_err(EngineError::of_key);
        let compared = |name| place(name).map_err(EngineError::of_comparison);
        let key = spec.key_columns(side).iter().map(in_key).collect::<Result<Vec<_>, _>>()?;
        let compare = spec.compare_columns(side).iter().map(compared).collect::<Result<Vec<_>, _>>()?;
        let mut columns: Vec<usize> = key.iter().chain(&compare).copied().collect();
        columns.sort_unstable();
        columns.dedup();
        let inside =
            |all: Vec<usize>| all.into_iter().filter_map(|column| columns.binary_search(&column).ok()).collect();

        let failed = |reason: String| EngineError::storage("read", &staged.path, reason);
        let file = File::open(&staged.path).map_err(|error| failed(error.to_string()))?;
        let field = |column: &crate::staging::StagedColumn| Field::new(&column.name, DataType::Utf8View, true);
        let schema = Schema::new(staged.columns.iter().map(field).collect::<Vec<_>>());
        let options = ArrowReaderOptions::new().with_schema(Arc::new(schema));
        let metadata = ArrowReaderMetadata::load(&file, options).map_err(|error| failed(error.to_string()))?;
        let groups = metadata.metadata().row_groups().iter();
        let first_rows = groups.scan(0, |next, group| {
            let first = *next;
            *next += u64::try_from(group.num_rows()).unwrap_or_default();
            Some(first)
        });
        Ok(Self {
            side,
            path: staged.path.clone(),
            mask: ProjectionMask::roots(metadata.parquet_schema(), columns.iter().copied()),
            key: inside(key),
            compare: inside(compare),
            first_rows: first_rows.collect(),
            metadata,
        })
    }

    /// How many pieces can be read apart from each other.
    pub(super) fn pieces(&self) -> usize {
        self.first_rows.len()
    }

    /// Reads one piece: `row` hears the number of each row with the digests of its key and of its compared columns,
    /// or without where a key part is NULL or empty; `rows` hears how many rows came after every batch.
    pub(super) fn read(
        &self,
        piece: usize,
        seeds: &Seeds,
        mut row: impl FnMut(u32, Option<(u128, u128)>) -> Result<(), EngineError>,
        rows: impl Fn(u64) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let failed = |reason: String| EngineError::storage("read", &self.path, reason);
        let file = File::open(&self.path).map_err(|error| failed(error.to_string()))?;
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
            .with_row_groups(vec![piece])
            .with_projection(self.mask.clone())
            .with_batch_size(BATCH_ROWS)
            .build()
            .map_err(|error| failed(error.to_string()))?;
        let mut number = u32::try_from(self.first_rows[piece]).map_err(|error| failed(error.to_string()))?;
        let mut digests = Digests::default();
        for batch in reader {
            let batch = batch.map_err(|error| failed(error.to_string()))?;
            let column = |at: &usize| batch.column(*at).as_string_view();
            let (key, compare) = (self.key.iter().map(column), self.compare.iter().map(column));
            digests.of(self.side, batch.num_rows(), key, compare, seeds);
            for digest in digests.rows() {
                row(number, digest)?;
                number += 1;
            }
            rows(batch.num_rows() as u64)?;
        }
        Ok(())
    }
}

/// The digests of a batch.
#[derive(Default)]
pub(super) struct Digests {
    keys: Vec<u128>,
    rows: Vec<u128>,
    empty: Vec<bool>,
}

impl Digests {
    /// Computes them for a batch of so many rows, in place of those of the batch before.
    pub(super) fn of<'a, S: StringArrayType<'a> + Copy>(
        &mut self,
        side: Side,
        rows: usize,
        key: impl Iterator<Item = S>,
        compare: impl Iterator<Item = S>,
        seeds: &Seeds,
    ) {
        for filled in [&mut self.keys, &mut self.rows] {
            filled.clear();
            filled.resize(rows, 0);
        }
        self.empty.clear();
        self.empty.resize(rows, false);
        for (column, seed) in key.zip(&seeds.key) {
            add(&mut self.keys, column, *seed);
            for (at, empty) in self.empty.iter_mut().enumerate() {
                *empty |= column.is_null(at) || column.value(at).is_empty();
            }
        }
        for ((column, seed), codes) in compare.zip(&seeds.compare).zip(&seeds.codes) {
            add(&mut self.rows, column, *seed);
            if let (Side::Left, Some(codes)) = (side, codes) {
                set_apart(&mut self.rows, column, codes, *seed);
            }
        }
    }

    /// Key and compared columns of each row; `None` where a key part is NULL or empty.
    pub(super) fn rows(&self) -> impl Iterator<Item = Option<(u128, u128)>> {
        let rows = self.keys.iter().zip(&self.rows).zip(&self.empty);
        rows.map(|((key, row), empty)| (!empty).then_some((*key, *row)))
    }
}

/// Adds the digests of a column to those of the rows. A sum of independent digests is as good as each of them.
fn add<'a>(sums: &mut [u128], column: impl StringArrayType<'a>, seed: u64) {
    // NULL is no text, not even the empty one.
    let null = XxHash3_128::oneshot_with_seed(!seed, b"NULL");
    let nulls = column.null_count() > 0;
    for (at, sum) in sums.iter_mut().enumerate() {
        let digest = match nulls && column.is_null(at) {
            true => null,
            false => XxHash3_128::oneshot_with_seed(seed, column.value(at).as_bytes()),
        };
        *sum = sum.wrapping_add(digest);
    }
}

/// A code with another meaning on the right is not settled by being the same text there: its row gets a digest that
/// no row of the other side has.
fn set_apart<'a>(sums: &mut [u128], column: impl StringArrayType<'a>, codes: &CodeMap, seed: u64) {
    let apart = XxHash3_128::oneshot_with_seed(!seed, b"translated");
    for (at, sum) in sums.iter_mut().enumerate() {
        if !column.is_null(at) && codes.translate(column.value(at)).is_some() {
            *sum = sum.wrapping_add(apart);
        }
    }
}

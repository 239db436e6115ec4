//! Where differences concentrate: parts of the left side in which a compared pair differs much more often than
//! elsewhere. Found by counting each matched record once, in the evidence a run has kept; nothing is sampled.

mod cut;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs::File,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use arrow::array::{Array, AsArray, RecordBatch, StringArray};
use parquet::arrow::{ProjectionMask, arrow_reader::ParquetRecordBatchReaderBuilder};
use serde::{Deserialize, Serialize};

use self::cut::{Bucket, Cut, cuts};
use crate::{
    cause::Cause,
    differences::{Class, Filter, Reader},
    error::EngineError,
    keyset::{KeyDigest, KeySet, keys_of_rows},
    spec::Side,
};

/// Runs with more entries than this are not searched.
const MOST_ENTRIES: u64 = 1_000_000;
/// Slices reported for one pair, and for all.
const PER_PAIR: usize = 5;
const IN_ALL: usize = 40;
/// What is not reported: fewer differing records than this,
pub const SLICE_FEWEST: u64 = 10;
/// a share that is not so many times that of the other records,
pub const SLICE_TIMES: u64 = 2;
/// less than this part (one in so many) of the pair's differences,
pub const SLICE_ONE_IN: u64 = 20;
/// or what chance would do: the distance from the common share, in standard deviations.
const DEVIATIONS: f64 = 5.0;

/// A part of the left side.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Slice {
    /// The records with this value in a column; `None` is NULL.
    Value {
        /// The column of the left side.
        column: String,
        /// The value, exactly.
        value: Option<String>,
    },
    /// The records whose key part starts with this.
    Prefix {
        /// The column of the left side.
        column: String,
        /// The first characters.
        prefix: String,
    },
    /// The records whose day in a column lies in this year.
    Year {
        /// The column of the left side.
        column: String,
        /// Four digits.
        year: String,
    },
}

impl Slice {
    /// The column of the left side it goes by.
    pub fn column(&self) -> &str {
        match self {
            Self::Value { column, .. } | Self::Prefix { column, .. } | Self::Year { column, .. } => column,
        }
    }

    /// How the column is cut: slices of one way have no record in common.
    fn way(&self) -> (String, usize) {
        let length = match self {
            Self::Value { .. } => 0,
            Self::Prefix { prefix, .. } => prefix.chars().count(),
            Self::Year { .. } => usize::MAX,
        };
        (self.column().to_owned(), length)
    }

    /// Whether a record with this value in the column belongs to it.
    fn takes(&self, found: Option<&str>) -> bool {
        match self {
            Self::Value { value, .. } => found == value.as_deref(),
            Self::Prefix { prefix, .. } => found.is_some_and(|text| text.starts_with(prefix.as_str())),
            Self::Year { year, .. } => found.is_some_and(|text| cut::year(text) == Some(year.as_str())),
        }
    }
}

/// A slice in which a pair differs much more often than elsewhere. All counts are of matched records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundSlice {
    /// Index of the compared pair in the check.
    pub field: usize,
    /// Which part.
    pub slice: Slice,
    /// Records in it.
    pub records: u64,
    /// How many of them differ.
    pub different: u64,
    /// Records elsewhere.
    pub others: u64,
    /// How many of those differ.
    pub others_different: u64,
    /// The differing records of the slice by cause, the most frequent first.
    pub causes: Vec<(Cause, u64)>,
}

impl FoundSlice {
    /// Differing records beyond what there would be if the slice were like the others.
    fn explains(&self) -> f64 {
        let (records, others) = (self.records as f64, self.others as f64);
        self.different as f64 - records * self.others_different as f64 / others
    }

    /// Whether it is above the floor under which nothing is reported.
    fn tells(&self) -> bool {
        let (n, d, m, e) = (self.records, self.different, self.others, self.others_different);
        if d < SLICE_FEWEST || m == 0 || d * SLICE_ONE_IN < d + e {
            return false;
        }
        if u128::from(d) * u128::from(m) < u128::from(SLICE_TIMES) * u128::from(e) * u128::from(n) {
            return false;
        }
        let all = (n + m) as f64;
        let share = (d + e) as f64 / all;
        let expected = share * n as f64;
        // Without replacement: of a slice that is nearly everything nothing is surprising.
        let spread = (expected * (1.0 - share) * m as f64 / all).sqrt();
        d as f64 - expected > DEVIATIONS * spread
    }
}

/// What is known of one record of the differences file.
#[derive(Default)]
struct Standing {
    /// The key is not once on both sides.
    unmatched: bool,
    /// Pairs that differ, with their causes.
    different: Vec<(u32, Option<Cause>)>,
}

/// Looks for slices in the staged left side of a run and its differences. `None` where the run has too many
/// differences to be searched. The same evidence gives the same answer. Blocking.
///
/// # Errors
/// When a file cannot be read, or it was cancelled.
pub fn find_slices(
    left: &Path,
    differences: &Path,
    cancel: &AtomicBool,
) -> Result<Option<Vec<FoundSlice>>, EngineError> {
    let reader = Reader::open(differences, &Filter::default(), None)?;
    if reader.all > MOST_ENTRIES {
        return Ok(None);
    }
    let spec = reader.spec.clone();
    let mut standing: HashMap<KeyDigest, Standing> = HashMap::new();
    reader.for_each_key(|key, entry| match (entry.class, entry.field) {
        (Class::EqualByRule, _) => {}
        (Class::Different, Some(field)) => {
            let field = u32::try_from(field).unwrap_or(u32::MAX);
            standing.entry(key).or_default().different.push((field, entry.cause));
        }
        _ => standing.entry(key).or_default().unmatched = true,
    })?;
    if standing.values().all(|record| record.different.is_empty()) {
        return Ok(Some(Vec::new()));
    }
    let rows = Rows::open(left)?;
    let key: Vec<usize> = spec.key_columns(Side::Left).iter().map(|name| rows.place(name)).collect::<Result<_, _>>()?;
    let mut cuts = cuts(rows.names.len(), &key);
    let mut all = Bucket::default();
    let columns: Vec<usize> = cuts.iter().map(|cut| cut.column).chain(key.iter().copied()).collect();
    let names = rows.names.clone();
    let nothing = Standing::default();
    rows.for_each(&columns, |batch, at| {
        if cancel.load(Ordering::Relaxed) {
            return Err(EngineError::Cancelled);
        }
        let column = |position: usize| batch.column(at[&position]).as_string::<i32>();
        let keys: Vec<&StringArray> = key.iter().map(|part| column(*part)).collect();
        cuts.retain(Cut::alive);
        let columns: Vec<&StringArray> = cuts.iter().map(|cut| column(cut.column)).collect();
        for row in 0..batch.num_rows() {
            if keys.iter().any(|part| part.is_null(row) || part.value(row).is_empty()) {
                continue;
            }
            let record = standing.get(&KeyDigest::in_row(&keys, row)).unwrap_or(&nothing);
            if record.unmatched {
                continue;
            }
            all.add(&record.different);
            for (cut, column) in cuts.iter_mut().zip(&columns) {
                cut.add(column.is_valid(row).then(|| column.value(row)), &record.different);
            }
        }
        Ok(())
    })?;
    let pairs: Vec<&str> = spec.compare.iter().map(|pair| pair.left.as_str()).collect();
    Ok(Some(choose(&pairs, &names, &cuts, &all)))
}

/// The keys of the left records in a slice. Blocking.
///
/// # Errors
/// `MissingColumn` when the run did not read that column, `BadSpec` when the slice is too large.
pub fn slice_keys(left: &Path, differences: &Path, slice: &Slice) -> Result<KeySet, EngineError> {
    let spec = Reader::open(differences, &Filter::default(), None)?.spec;
    keys_of_rows(left, &spec, &[slice.column()], |others, row, _| {
        others.iter().all(|column| slice.takes(column.is_valid(row).then(|| column.value(row))))
    })
}

/// What is above the floor, the most telling first.
fn choose(pairs: &[&str], names: &[String], cuts: &[Cut], all: &Bucket) -> Vec<FoundSlice> {
    let mut found = Vec::new();
    for (field, pair) in pairs.iter().enumerate() {
        let total = all.different(field);
        let mut of_pair: Vec<FoundSlice> = Vec::new();
        for cut in cuts.iter().filter(|cut| cut.alive() && names[cut.column] != *pair) {
            let column = &names[cut.column];
            of_pair.extend(cut.buckets().filter_map(|(value, bucket)| {
                let different = bucket.different(field);
                let slice = FoundSlice {
                    field,
                    slice: cut.slice(column, value),
                    records: bucket.records,
                    different,
                    others: all.records - bucket.records,
                    others_different: total - different,
                    causes: bucket.causes(field),
                };
                slice.tells().then_some(slice)
            }));
        }
        of_pair.sort_by(|a, b| b.explains().total_cmp(&a.explains()).then_with(|| a.slice.cmp(&b.slice)));
        // Two columns that say the same are told once; parts of one column are never the same.
        let mut told: BTreeMap<(u64, u64), (String, usize)> = BTreeMap::new();
        of_pair.retain(|found| {
            let way = found.slice.way();
            *told.entry((found.records, found.different)).or_insert_with(|| way.clone()) == way
        });
        of_pair.truncate(PER_PAIR);
        found.extend(of_pair);
    }
    found.sort_by(|a, b| {
        b.explains().total_cmp(&a.explains()).then_with(|| (a.field, &a.slice).cmp(&(b.field, &b.slice)))
    });
    found.truncate(IN_ALL);
    found
}

/// The rows of a staged side, batch by batch.
pub(crate) struct Rows {
    path: PathBuf,
    /// Its columns in order.
    pub(crate) names: Vec<String>,
    builder: ParquetRecordBatchReaderBuilder<File>,
}

impl Rows {
    pub(crate) fn open(path: &Path) -> Result<Self, EngineError> {
        let failed = |reason: String| EngineError::storage("read", path, reason);
        let file = File::open(path).map_err(|error| failed(error.to_string()))?;
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| failed(error.to_string()))?;
        let names = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
        Ok(Self { path: path.to_owned(), names, builder })
    }

    /// Position of a column.
    pub(crate) fn place(&self, name: &str) -> Result<usize, EngineError> {
        crate::staging::place(Side::Left, name, self.names.iter())
    }

    /// Calls `each` with every batch of some columns, and where in it each of them is.
    pub(crate) fn for_each(
        self,
        columns: &[usize],
        mut each: impl FnMut(&RecordBatch, &BTreeMap<usize, usize>) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let Self { path, builder, .. } = self;
        let columns: BTreeSet<usize> = columns.iter().copied().collect();
        let at = columns.iter().enumerate().map(|(place, column)| (*column, place)).collect();
        let mask = ProjectionMask::roots(builder.parquet_schema(), columns);
        let reader =
            builder.with_projection(mask).build().map_err(|error| EngineError::parquet("read", &path, &error))?;
        for batch in reader {
            each(&batch.map_err(|error| EngineError::storage("read", &path, error))?, &at)?;
        }
        Ok(())
    }
}

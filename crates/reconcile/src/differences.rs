//! The differing records of a check as Parquet, in key order: written while the check runs, read back page
//! by page. Equal records are not in it; for a whole record as it was staged see `lookup`.

mod writer;

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use arrow::{
    array::{Array, AsArray, BooleanArray, RecordBatch, StringArray},
    datatypes::{UInt32Type, UInt64Type},
};
use parquet::{
    arrow::{
        ProjectionMask,
        arrow_reader::{ArrowPredicate, ArrowPredicateFn, ParquetRecordBatchReaderBuilder, RowFilter},
    },
    file::metadata::ParquetMetaData,
};
use serde::{Deserialize, Serialize};

pub(crate) use self::writer::{DifferencesWriter, Entry};
use crate::{
    cause::Cause,
    error::EngineError,
    keyset::{KeyDigest, KeySet},
    mask::Mask,
    spec::Spec,
};

/// Key of the Parquet metadata that holds the check's description, so that the file explains itself.
const SPEC: &str = "plumbline.spec";
const BATCH_ROWS: usize = 8192;
/// No page is longer, whatever is asked for.
const LONGEST_PAGE: usize = 10_000;

/// What an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// A field of a matched record differs.
    Different,
    /// A field of a matched record is equal by the agreed rules only.
    EqualByRule,
    /// The key is on the left side only.
    OnlyLeft,
    /// The key is on the right side only.
    OnlyRight,
    /// The key is on both sides and more than once on at least one.
    Ambiguous,
    /// The key is more than once on the left side (in addition to the entry of one of the three above).
    DuplicateLeft,
    /// The key is more than once on the right side (likewise).
    DuplicateRight,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 7] = [
        Self::Different,
        Self::EqualByRule,
        Self::OnlyLeft,
        Self::OnlyRight,
        Self::Ambiguous,
        Self::DuplicateLeft,
        Self::DuplicateRight,
    ];

    /// The name in files and filters.
    pub fn label(self) -> &'static str {
        match self {
            Self::Different => "different",
            Self::EqualByRule => "equal_by_rule",
            Self::OnlyLeft => "only_left",
            Self::OnlyRight => "only_right",
            Self::Ambiguous => "ambiguous",
            Self::DuplicateLeft => "duplicate_left",
            Self::DuplicateRight => "duplicate_right",
        }
    }

    /// The class with this name.
    pub fn from_label(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.label() == label)
    }
}

/// One entry: a field of a matched record, or a whole key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The key's parts.
    pub key: Vec<String>,
    /// What it is about.
    pub class: Class,
    /// Index of the compared pair in the check; `None` where the entry is about a whole key.
    pub field: Option<usize>,
    /// Value on the left; `None` is NULL (or no field).
    pub left: Option<String>,
    /// Value on the right.
    pub right: Option<String>,
    /// Why the values are not equal as they stand.
    pub cause: Option<Cause>,
    /// Rows with this key on the left.
    pub left_rows: u64,
    /// Rows with this key on the right.
    pub right_rows: u64,
}

/// Which sides of a cell hold a value; blank text is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Filled {
    /// The left one only.
    Left,
    /// The right one only.
    Right,
    /// Both.
    Both,
}

impl Filled {
    /// The name in filters.
    pub fn label(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
            Self::Both => "both",
        }
    }

    /// The one with this name.
    pub fn from_label(label: &str) -> Option<Self> {
        [Self::Left, Self::Right, Self::Both].into_iter().find(|filled| filled.label() == label)
    }

    fn fits(self, left: bool, right: bool) -> bool {
        (left, right) == (self != Self::Right, self != Self::Left)
    }
}

/// Which entries to show, and what of them. Everything left out matches all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only this class.
    pub class: Option<Class>,
    /// Only this compared pair.
    pub field: Option<usize>,
    /// Only this cause.
    pub cause: Option<Cause>,
    /// Only cells of which these sides hold a value.
    pub filled: Option<Filled>,
    /// Only entries with this text in a key part or value that is shown, whatever its case.
    pub text: Option<String>,
    /// Only entries of these keys.
    pub keys: Option<KeySet>,
    /// Values that are not shown.
    pub mask: Mask,
}

/// What [`Reader::for_each_key`] tells of an entry besides its key.
pub(crate) struct KeyEntry {
    pub(crate) class: Class,
    pub(crate) field: Option<usize>,
    pub(crate) cause: Option<Cause>,
}

/// A page of entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// Entries that match, on all pages.
    pub total: u64,
    /// The entries of this page.
    pub entries: Vec<Difference>,
    /// The check the file belongs to: names of key parts and compared pairs.
    pub spec: Spec,
}

/// Reads one page in key order. Blocking: call it where blocking is allowed.
pub fn page(path: &Path, filter: &Filter, offset: u64, limit: usize) -> Result<Page, EngineError> {
    let limit = limit.min(LONGEST_PAGE);
    let (mut total, mut entries) = (0, Vec::new());
    let everything = Filter { mask: filter.mask.clone(), ..Filter::default() };
    let window = if *filter == everything { Some((offset, limit)) } else { None };
    let reader = Reader::open(path, filter, window)?;
    let (spec, all) = (reader.spec.clone(), reader.all);
    reader.for_each(|entry| {
        if window.is_some() || (total >= offset && entries.len() < limit) {
            entries.push(entry());
        }
        total += 1;
        Ok(())
    })?;
    Ok(Page { total: if window.is_some() { all } else { total }, entries, spec })
}

/// Reads entries that match a filter, decoding values of matching rows only.
pub(crate) struct Reader {
    path: PathBuf,
    /// The check the file belongs to.
    pub(crate) spec: Spec,
    /// All entries of the file, matching or not.
    pub(crate) all: u64,
    mask: Mask,
    builder: ParquetRecordBatchReaderBuilder<File>,
}

impl Reader {
    /// `window` is (offset, limit) and only makes sense without a filter.
    pub(crate) fn open(path: &Path, filter: &Filter, window: Option<(u64, usize)>) -> Result<Self, EngineError> {
        let failed = |reason: String| EngineError::storage("read", path, reason);
        let file = File::open(path).map_err(|error| failed(error.to_string()))?;
        let mut builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| failed(error.to_string()))?;
        let all = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or_default();
        let spec = spec_of(path, builder.metadata())?;
        if let Some((offset, limit)) = window {
            builder = builder.with_offset(usize::try_from(offset).unwrap_or(usize::MAX)).with_limit(limit);
        }
        let predicates = predicates(filter, spec.key.len(), &builder);
        if !predicates.is_empty() {
            builder = builder.with_row_filter(RowFilter::new(predicates));
        }
        Ok(Self { path: path.to_owned(), spec, all, mask: filter.mask.clone(), builder })
    }

    /// Calls `each` for every entry, in order, with a function that makes it as it may be shown: what is only counted
    /// is not built.
    pub(crate) fn for_each(
        self,
        mut each: impl FnMut(&dyn Fn() -> Difference) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let Self { path, spec, mask, builder, .. } = self;
        let keys = spec.key.len();
        let reader =
            builder.with_batch_size(BATCH_ROWS).build().map_err(|error| EngineError::parquet("read", &path, &error))?;
        for batch in reader {
            let batch = batch.map_err(|error| EngineError::storage("read", &path, error))?;
            for row in 0..batch.num_rows() {
                each(&|| mask.entry(entry(&batch, row, keys)))?;
            }
        }
        Ok(())
    }

    /// Calls `each` for every entry, in order, with the digest of its key; values are not read.
    pub(crate) fn for_each_key(self, mut each: impl FnMut(KeyDigest, KeyEntry)) -> Result<(), EngineError> {
        let Self { path, spec, builder, .. } = self;
        let keys = spec.key.len();
        let mask = ProjectionMask::roots(builder.parquet_schema(), (0..keys + 2).chain([keys + 4]));
        let reader = builder
            .with_projection(mask)
            .with_batch_size(BATCH_ROWS)
            .build()
            .map_err(|error| EngineError::parquet("read", &path, &error))?;
        for batch in reader {
            let batch = batch.map_err(|error| EngineError::storage("read", &path, error))?;
            let parts = key_columns(&batch, keys);
            let text = |column: usize, row: usize| {
                let array = batch.column(column).as_string::<i32>();
                array.is_valid(row).then(|| array.value(row))
            };
            let field = batch.column(keys + 1).as_primitive::<UInt32Type>();
            for row in 0..batch.num_rows() {
                let entry = KeyEntry {
                    class: text(keys, row).and_then(Class::from_label).unwrap_or(Class::Different),
                    field: field.is_valid(row).then(|| field.value(row) as usize),
                    cause: text(keys + 2, row).and_then(Cause::from_label),
                };
                each(KeyDigest::in_row(&parts, row), entry);
            }
        }
        Ok(())
    }
}

fn key_columns(batch: &RecordBatch, keys: usize) -> Vec<&StringArray> {
    batch.columns().iter().take(keys).map(|column| column.as_string::<i32>()).collect()
}

/// The check that a file of differences belongs to.
pub(crate) fn spec_of(path: &Path, metadata: &ParquetMetaData) -> Result<Spec, EngineError> {
    let pairs = metadata.file_metadata().key_value_metadata();
    let json =
        pairs.and_then(|pairs| pairs.iter().find(|pair| pair.key == SPEC)).and_then(|pair| pair.value.as_deref());
    let spec = json.and_then(|json| serde_json::from_str(json).ok());
    spec.ok_or_else(|| EngineError::storage("read", path, "it holds no differences of a check"))
}

fn entry(batch: &RecordBatch, row: usize, keys: usize) -> Difference {
    let text = |column: usize| {
        let array = batch.column(column).as_string::<i32>();
        array.is_valid(row).then(|| array.value(row))
    };
    let count = |column: usize| batch.column(column).as_primitive::<UInt64Type>().value(row);
    let field = batch.column(keys + 1).as_primitive::<UInt32Type>();
    Difference {
        key: (0..keys).map(|part| text(part).unwrap_or_default().to_owned()).collect(),
        class: text(keys).and_then(Class::from_label).unwrap_or(Class::Different),
        field: field.is_valid(row).then(|| field.value(row) as usize),
        left: text(keys + 2).map(str::to_owned),
        right: text(keys + 3).map(str::to_owned),
        cause: text(keys + 4).and_then(Cause::from_label),
        left_rows: count(keys + 5),
        right_rows: count(keys + 6),
    }
}

/// Conditions on class, field and cause first: they are cheap and usually leave little to search for text.
fn predicates(
    filter: &Filter,
    keys: usize,
    builder: &ParquetRecordBatchReaderBuilder<File>,
) -> Vec<Box<dyn ArrowPredicate>> {
    let mut predicates: Vec<Box<dyn ArrowPredicate>> = Vec::new();
    let mask = |columns: Vec<usize>| ProjectionMask::roots(builder.parquet_schema(), columns);
    let labels = [(keys, filter.class.map(Class::label)), (keys + 4, filter.cause.map(Cause::label))];
    for (column, label) in labels.into_iter().filter_map(|(column, label)| label.map(|label| (column, label))) {
        predicates.push(Box::new(ArrowPredicateFn::new(mask(vec![column]), move |batch| {
            let array = batch.column(0).as_string::<i32>();
            Ok(array.iter().map(|value| Some(value == Some(label))).collect::<BooleanArray>())
        })));
    }
    if let Some(field) = filter.field {
        predicates.push(Box::new(ArrowPredicateFn::new(mask(vec![keys + 1]), move |batch| {
            let array = batch.column(0).as_primitive::<UInt32Type>();
            let wanted = u32::try_from(field).ok();
            Ok(array.iter().map(|value| Some(value.is_some() && value == wanted)).collect::<BooleanArray>())
        })));
    }
    if let Some(filled) = filter.filled {
        predicates.push(Box::new(ArrowPredicateFn::new(mask(vec![keys + 2, keys + 3]), move |batch| {
            let has = |column: usize, row: usize| {
                let array = batch.column(column).as_string::<i32>();
                array.is_valid(row) && !array.value(row).trim().is_empty()
            };
            let fits = |row: usize| Some(filled.fits(has(0, row), has(1, row)));
            Ok((0..batch.num_rows()).map(fits).collect::<BooleanArray>())
        })));
    }
    if let Some(wanted) = filter.keys.clone() {
        predicates.push(Box::new(ArrowPredicateFn::new(mask((0..keys).collect()), move |batch| {
            let parts = key_columns(&batch, keys);
            let has = |row: usize| Some(wanted.contains(&KeyDigest::in_row(&parts, row)));
            Ok((0..batch.num_rows()).map(has).collect::<BooleanArray>())
        })));
    }
    if let Some(text) = filter.text.as_deref().filter(|text| !text.is_empty()) {
        let text = caseless::default_case_fold_str(text);
        let (shown, columns) = (filter.mask.clone(), (0..keys).chain(keys + 1..keys + 4).collect());
        predicates.push(Box::new(ArrowPredicateFn::new(mask(columns), move |batch| {
            let field = batch.column(keys).as_primitive::<UInt32Type>();
            let has = |column: usize, row: usize| {
                let array = batch.column(column).as_string::<i32>();
                array.is_valid(row) && caseless::default_case_fold_str(array.value(row)).contains(&text)
            };
            let fits = |row: usize| {
                let hides = field.is_valid(row) && shown.field(field.value(row) as usize);
                let in_key = (0..keys).any(|part| !shown.part(part) && has(part, row));
                in_key || (!hides && (has(keys + 1, row) || has(keys + 2, row)))
            };
            Ok((0..batch.num_rows()).map(|row| Some(fits(row))).collect::<BooleanArray>())
        })));
    }
    predicates
}

//! Both sides in memory, column by column: every distinct normalised value once, and a number for it in each row.
//! That is what two million records with ten columns fit into.

use std::{
    collections::HashMap,
    fs::File,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

use arrow::array::AsArray;
use parquet::arrow::{ProjectionMask, arrow_reader::ParquetRecordBatchReaderBuilder};

use super::{
    fields::{ColumnPair, FieldKind, kind_of},
    normalise::{DayOrder, normalise},
    parallel::in_parallel,
};
use crate::{error::EngineError, staging::Staged};

/// A row has no value here.
pub(super) const MISSING: u32 = u32::MAX;
/// Values of each side that are looked at to guess the kind of a column.
const LOOKED_AT: usize = 5_000;
const BATCH_ROWS: usize = 8_192;

/// A pair of columns.
pub(super) struct Field {
    pub(super) names: [String; 2],
    pub(super) kind: FieldKind,
    /// For each side and row the number of its value, or [`MISSING`].
    pub(super) rows: [Vec<u32>; 2],
    pub(super) values: Values,
    /// For each side how often each value occurs.
    pub(super) counts: [Vec<u32>; 2],
    /// For each side the number of rows with a value.
    pub(super) filled: [u32; 2],
    pub(super) tokens: Tokens,
}

impl Field {
    /// The larger share that a value has of the values of a side.
    pub(super) fn frequency(&self, value: u32) -> f64 {
        let share = |side: usize| f64::from(self.counts[side][value as usize]) / f64::from(self.filled[side].max(1));
        share(0).max(share(1))
    }
}

/// Distinct texts by number.
#[derive(Default)]
pub(super) struct Values {
    text: String,
    ends: Vec<usize>,
    /// For each value which characters occur in it: a bit for every 32nd of them.
    letters: Vec<u32>,
}

impl Values {
    pub(super) fn get(&self, value: u32) -> &str {
        let at = value as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.text[start..self.ends[at]]
    }

    /// Characters of `a` that `b` cannot have, at least.
    pub(super) fn foreign(&self, a: u32, b: u32) -> u32 {
        (self.letters[a as usize] & !self.letters[b as usize]).count_ones()
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
        self.letters.push(text.chars().filter(|c| *c != ' ').fold(0, |seen, c| seen | 1 << (c as u32 % 32)));
    }
}

/// The words of each value, and how much each word says.
#[derive(Default)]
pub(super) struct Tokens {
    words: Values,
    /// Bits of information: the rarer a word the more.
    weights: Vec<f32>,
    list: Vec<u32>,
    ends: Vec<usize>,
    /// Words per value on average.
    pub(super) mean: f64,
}

impl Tokens {
    /// The words of a value, the rarest first.
    pub(super) fn of(&self, value: u32) -> &[u32] {
        let at = value as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.list[start..self.ends[at]]
    }

    pub(super) fn word(&self, token: u32) -> &str {
        self.words.get(token)
    }

    pub(super) fn weight(&self, token: u32) -> f32 {
        self.weights[token as usize]
    }

    /// Words of all values; how often a value occurs counts.
    fn new(values: &Values, counts: &[Vec<u32>; 2]) -> Self {
        let mut tokens = Self::default();
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        let mut seen: Vec<f64> = Vec::new();
        let mut total = 0.0;
        for (at, (left, right)) in (0_u32..).zip(counts[0].iter().zip(&counts[1])) {
            let times = f64::from(*left) + f64::from(*right);
            total += times;
            for word in values.get(at).split(' ') {
                let number = *numbers.entry(word).or_insert_with(|| {
                    tokens.words.push(word);
                    seen.push(0.0);
                    (seen.len() - 1) as u32
                });
                seen[number as usize] += times;
                tokens.list.push(number);
            }
            tokens.ends.push(tokens.list.len());
        }
        tokens.weights = seen.iter().map(|times| (1.0 + total / times.max(1.0)).log2() as f32).collect();
        tokens.mean = tokens.list.len() as f64 / values.len().max(1) as f64;
        let mut start = 0;
        for end in &tokens.ends {
            let weights = &tokens.weights;
            tokens.list[start..*end].sort_by(|a, b| {
                weights[*b as usize]
                    .total_cmp(&weights[*a as usize])
                    .then(tokens.words.get(*a).cmp(tokens.words.get(*b)))
            });
            start = *end;
        }
        tokens
    }
}

/// Reads the columns of both sides; within one file it is read once.
pub(super) fn read_fields(
    sides: [&Staged; 2],
    within: bool,
    pairs: &[ColumnPair],
    threads: usize,
    cancel: &AtomicBool,
) -> Result<Vec<Field>, EngineError> {
    in_parallel(threads, pairs.len(), |at| read_field(sides, within, &pairs[at], cancel))
}

fn read_field(sides: [&Staged; 2], within: bool, pair: &ColumnPair, cancel: &AtomicBool) -> Result<Field, EngineError> {
    let looked = [first_values(sides[0], pair.at[0])?, first_values(sides[1], pair.at[1])?];
    let kind = kind_of(&looked[0], &looked[1]);
    let mut numbers: HashMap<Box<str>, u32> = HashMap::new();
    let mut values = Values::default();
    let mut rows = [Vec::new(), Vec::new()];
    let mut normal = String::new();
    for (side, staged) in sides.into_iter().enumerate().take(if within { 1 } else { 2 }) {
        let order = DayOrder::of(looked[side].iter().map(String::as_str));
        rows[side].reserve_exact(usize::try_from(staged.rows).unwrap_or_default());
        each_value(staged, pair.at[side], |value| {
            normal.clear();
            if let Some(value) = value {
                normalise(value, kind, order, &mut normal);
            }
            rows[side].push(match numbers.get(normal.as_str()) {
                _ if normal.is_empty() => MISSING,
                Some(number) => *number,
                None => {
                    let number = numbers.len() as u32;
                    numbers.insert(normal.as_str().into(), number);
                    values.push(&normal);
                    number
                }
            });
            let stop = rows[side].len().is_multiple_of(BATCH_ROWS) && cancel.load(Relaxed);
            if stop { Err(EngineError::Cancelled) } else { Ok(true) }
        })?;
    }
    drop(numbers);
    if within {
        rows[1] = rows[0].clone();
    }
    let counts = [0, 1].map(|side: usize| {
        let mut counts = vec![0_u32; values.len()];
        for value in rows[side].iter().filter(|value| **value != MISSING) {
            counts[*value as usize] += 1;
        }
        counts
    });
    let filled = [0, 1].map(|side: usize| counts[side].iter().sum());
    let tokens = if kind == FieldKind::Text { Tokens::new(&values, &counts) } else { Tokens::default() };
    Ok(Field { names: pair.names.clone(), kind, rows, values, counts, filled, tokens })
}

/// The first values of a column that are not blank.
fn first_values(staged: &Staged, column: usize) -> Result<Vec<String>, EngineError> {
    let mut found = Vec::new();
    each_value(staged, column, |value| {
        if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
            found.push(value.to_owned());
        }
        Ok(found.len() < LOOKED_AT)
    })?;
    Ok(found)
}

/// Calls `see` with each value of a column in the order of rows, until it says that it has seen enough.
fn each_value(
    staged: &Staged,
    column: usize,
    mut see: impl FnMut(Option<&str>) -> Result<bool, EngineError>,
) -> Result<(), EngineError> {
    let path = &staged.path;
    let file = File::open(path).map_err(|error| EngineError::storage("read", path, error))?;
    let reader =
        ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| EngineError::parquet("read", path, &error))?;
    let mask = ProjectionMask::roots(reader.parquet_schema(), [column]);
    let reader = reader
        .with_projection(mask)
        .with_batch_size(BATCH_ROWS)
        .build()
        .map_err(|error| EngineError::parquet("read", path, &error))?;
    for batch in reader {
        let batch = batch?;
        let Some(texts) = batch.column(0).as_string_opt::<i32>() else {
            return Err(EngineError::Internal(format!("column {column} of a staged file is no text")));
        };
        for value in texts {
            if !see(value)? {
                return Ok(());
            }
        }
    }
    Ok(())
}

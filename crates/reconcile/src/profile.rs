//! What a dataset looks like before anything is compared: how full and how varied each column is, what its values
//! look like, which columns tell records apart, and which columns of two datasets belong together. One pass, memory
//! bounded however many rows there are.

mod column;
mod sketch;
mod suggest;

use arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::Schema,
};
use serde::Serialize;

use self::{column::ColumnProfiler, sketch::Sketch};
use crate::error::EngineError;

pub use self::{
    column::{Kind, Pattern},
    suggest::{KeySuggestion, PairSuggestion, composites, keys, pairs},
};

/// Takes the batches of one dataset.
#[derive(Default)]
pub struct Profiler {
    rows: u64,
    columns: Vec<ColumnProfiler>,
    /// Sets of columns looked at as one, with their places once the first batch has come.
    together: Vec<(Vec<String>, Vec<usize>, Sketch)>,
}

/// A dataset in figures.
#[derive(Debug, Clone, Serialize)]
pub struct Profile {
    /// Rows read.
    pub rows: u64,
    /// Its columns in order.
    pub columns: Vec<ColumnProfile>,
    /// Sets of columns that were asked for, and how well each tells rows apart.
    #[serde(skip)]
    pub together: Vec<(Vec<String>, Variety)>,
}

/// A column in figures.
#[derive(Debug, Clone, Serialize)]
pub struct ColumnProfile {
    /// Its name.
    pub name: String,
    /// Rows in which it is NULL.
    pub nulls: u64,
    /// Rows in which it is text, but empty or only white space.
    pub blanks: u64,
    /// Rows with white space at an end of the value.
    pub padded: u64,
    /// Characters of the shortest and the longest value that is not blank; both 0 where there is none.
    pub shortest: u64,
    /// See [`Self::shortest`].
    pub longest: u64,
    /// What its values are.
    pub kind: Kind,
    /// Values that are not blank and of another kind.
    pub of_another_kind: u64,
    /// How varied its values are.
    #[serde(flatten)]
    pub variety: Variety,
    /// The most frequent shapes of its values, at most five: `9` for a digit, `A` and `a` for letters.
    pub patterns: Vec<Pattern>,
}

/// How varied values are. Above 4 096 different values these are estimates, off by about 2 in 100.
#[derive(Debug, Clone, Serialize)]
pub struct Variety {
    /// Different values; NULL and blank ones do not count.
    pub distinct: u64,
    /// Whether [`Self::distinct`] was counted, not estimated.
    pub counted: bool,
    /// Which share of the different values occurs once, 0 to 1.
    pub unique: f64,
    #[serde(skip)]
    sketch: Sketch,
}

impl Profiler {
    /// Nothing read yet. Each of `together` names columns that are to be looked at as one as well.
    pub fn new(together: Vec<Vec<String>>) -> Self {
        let together = together.into_iter().map(|names| (names, Vec::new(), Sketch::default())).collect();
        Self { together, ..Self::default() }
    }

    /// Takes a batch. Every column must be text (Utf8); all batches must have the same columns.
    ///
    /// # Errors
    /// `Internal` for a column that is no text or was not there before.
    pub fn add(&mut self, batch: &RecordBatch) -> Result<(), EngineError> {
        self.open(batch.schema_ref())?;
        self.rows += batch.num_rows() as u64;
        let text = |at: usize| {
            let column = batch.columns().get(at).and_then(|column| column.as_string_opt::<i32>());
            column.ok_or_else(|| EngineError::Internal(format!("column {at} is no text column")))
        };
        for (at, profiler) in self.columns.iter_mut().enumerate() {
            profiler.add(text(at)?);
        }
        for (_, places, sketch) in &mut self.together {
            let columns = places.iter().map(|at| text(*at)).collect::<Result<Vec<_>, _>>()?;
            let mut whole = Vec::new();
            for row in 0..batch.num_rows() {
                if columns.iter().any(|column| column.is_null(row) || column.value(row).trim().is_empty()) {
                    continue;
                }
                whole.clear();
                for column in &columns {
                    let value = column.value(row).as_bytes();
                    whole.extend_from_slice(&(value.len() as u64).to_le_bytes());
                    whole.extend_from_slice(value);
                }
                sketch.see(&whole);
            }
        }
        Ok(())
    }

    /// Ends the dataset; `schema` tells the columns of one that has no rows.
    ///
    /// # Errors
    /// As for [`Self::add`].
    pub fn finish(mut self, schema: &Schema) -> Result<Profile, EngineError> {
        self.open(schema)?;
        let rows = self.rows;
        let together = self.together.into_iter().map(|(names, _, sketch)| (names, Variety::of(sketch, rows))).collect();
        Ok(Profile { rows, columns: self.columns.into_iter().map(|column| column.finish(rows)).collect(), together })
    }

    fn open(&mut self, schema: &Schema) -> Result<(), EngineError> {
        if !self.columns.is_empty() {
            return Ok(());
        }
        self.columns = schema.fields().iter().map(|field| ColumnProfiler::new(field.name())).collect();
        for (names, places, _) in &mut self.together {
            for name in names.iter() {
                let place = schema.index_of(name).map_err(|error| EngineError::Internal(error.to_string()))?;
                places.push(place);
            }
        }
        Ok(())
    }
}

impl Profile {
    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&ColumnProfile> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Which share of the rows has a value in a column, 0 to 1.
    pub fn filled(&self, column: &ColumnProfile) -> f64 {
        if self.rows == 0 { 0.0 } else { 1.0 - (column.nulls + column.blanks) as f64 / self.rows as f64 }
    }
}

impl Variety {
    /// Of `rows` rows, which is the most there can be.
    fn of(sketch: Sketch, rows: u64) -> Self {
        Self { distinct: sketch.distinct().min(rows), counted: sketch.is_whole(), unique: sketch.unique(), sketch }
    }
}

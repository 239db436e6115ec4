//! A sorted side cut into groups of rows with the same key. A group keeps its first row only: the fields
//! of a key that occurs more than once are never compared, just counted.

use std::{cmp::Ordering, sync::Arc};

use arrow::array::{Array, AsArray, RecordBatch, StringArray};

use crate::{error::EngineError, report::SideCounts};

/// Gives the next batch in key order, or `None` at the end.
pub(crate) trait Batches {
    /// Blocks until there is one.
    fn next_batch(&mut self) -> Result<Option<RecordBatch>, EngineError>;
}

/// The first row of a key and how many rows have that key.
#[derive(Clone)]
pub(crate) struct Group {
    columns: Arc<[StringArray]>,
    row: usize,
    /// Rows with this key.
    pub(crate) rows: u64,
}

impl Group {
    /// The value in the column at this position of the batch.
    pub(crate) fn value(&self, column: usize) -> Option<&str> {
        let array = &self.columns[column];
        array.is_valid(self.row).then(|| array.value(self.row))
    }
}

/// Walks one side group by group and counts rows, empty and duplicate keys on the way.
pub(crate) struct Groups<B> {
    batches: B,
    key: Vec<usize>,
    columns: Arc<[StringArray]>,
    row: usize,
    len: usize,
    done: bool,
    /// What has been counted so far.
    pub(crate) counts: SideCounts,
}

impl<B: Batches> Groups<B> {
    pub(crate) fn new(batches: B, key: Vec<usize>) -> Self {
        Self { batches, key, columns: Arc::new([]), row: 0, len: 0, done: false, counts: SideCounts::default() }
    }

    /// The next key that is not empty. Rows with a NULL or empty key part are counted and passed over:
    /// among the others the order by key still holds.
    pub(crate) fn next_group(&mut self) -> Result<Option<Group>, EngineError> {
        let Some(mut group) = self.next_row()? else {
            return Ok(None);
        };
        while self.fill()? {
            if self.has_empty_key() {
                self.counts.rows += 1;
                self.counts.empty_keys += 1;
            } else if self.current().cmp_key(&self.key, &group, &self.key) == Ordering::Equal {
                self.counts.rows += 1;
                group.rows += 1;
            } else {
                break;
            }
            self.row += 1;
        }
        if group.rows > 1 {
            self.counts.duplicate_keys += 1;
            self.counts.duplicate_rows += group.rows;
        }
        Ok(Some(group))
    }

    fn next_row(&mut self) -> Result<Option<Group>, EngineError> {
        while self.fill()? {
            self.counts.rows += 1;
            let empty = self.has_empty_key();
            let row = self.current();
            self.row += 1;
            if !empty {
                return Ok(Some(row));
            }
            self.counts.empty_keys += 1;
        }
        Ok(None)
    }

    /// Makes `self.row` point at a row; false at the end.
    fn fill(&mut self) -> Result<bool, EngineError> {
        while self.row == self.len && !self.done {
            let Some(batch) = self.batches.next_batch()? else {
                self.done = true;
                break;
            };
            let columns: Option<Vec<StringArray>> =
                batch.columns().iter().map(|column| column.as_string_opt::<i32>().cloned()).collect();
            let columns = columns.ok_or_else(|| EngineError::Internal("a staged column is not text".into()))?;
            self.columns = columns.into();
            self.len = batch.num_rows();
            self.row = 0;
        }
        Ok(self.row < self.len)
    }

    fn has_empty_key(&self) -> bool {
        self.key.iter().any(|part| {
            let array = &self.columns[*part];
            array.is_null(self.row) || array.value(self.row).is_empty()
        })
    }

    fn current(&self) -> Group {
        Group { columns: Arc::clone(&self.columns), row: self.row, rows: 1 }
    }
}

impl Group {
    /// Compares the keys of two groups part by part, by bytes: the same order the sort uses. Parts are never
    /// joined into one text, so `("ab","c")` and `("a","bc")` stay apart.
    pub(crate) fn cmp_key(&self, key: &[usize], other: &Self, other_key: &[usize]) -> Ordering {
        key.iter()
            .zip(other_key)
            .map(|(mine, theirs)| self.value(*mine).cmp(&other.value(*theirs)))
            .find(|ordering| ordering.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

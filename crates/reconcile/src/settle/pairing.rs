//! One partition of both sides, paired by key.

use super::{Rows, partitions::Entry};
use crate::report::{RecordCounts, SideCounts};

/// What pairing settled.
#[derive(Default)]
pub(super) struct Pairing {
    pub(super) records: RecordCounts,
    pub(super) counts: [SideCounts; 2],
}

impl Pairing {
    /// Pairs a partition and marks the rows that are done with. With `everything`, keys on one side only and keys
    /// that occur more than once are settled, too.
    pub(super) fn of(mut left: Vec<Entry>, mut right: Vec<Entry>, everything: bool, done: &[Rows; 2]) -> Self {
        left.sort_unstable_by_key(|entry| entry.key);
        right.sort_unstable_by_key(|entry| entry.key);
        let mut found = Self::default();
        let (mut left, mut right) = (left.as_slice(), right.as_slice());
        while let Some(key) = [left.first(), right.first()].into_iter().flatten().map(|entry| entry.key).min() {
            let (l, r) = (split(&mut left, key), split(&mut right, key));
            match (l, r) {
                ([one], [other]) if one.digest == other.digest => found.records.matched += 1,
                ([_], [_]) => continue,
                _ if !everything => continue,
                ([], _) => found.records.only_right += 1,
                (_, []) => found.records.only_left += 1,
                _ => found.records.ambiguous += 1,
            }
            for (side, rows) in [l, r].into_iter().enumerate() {
                let (counts, n) = (&mut found.counts[side], rows.len() as u64);
                counts.rows += n;
                if n > 1 {
                    counts.duplicate_keys += 1;
                    counts.duplicate_rows += n;
                }
                for entry in rows {
                    done[side].mark(entry.row);
                }
            }
        }
        found
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.records.matched += other.records.matched;
        self.records.ambiguous += other.records.ambiguous;
        self.records.only_left += other.records.only_left;
        self.records.only_right += other.records.only_right;
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            mine.add(theirs);
        }
    }
}

/// Takes the entries with this key off the front.
fn split<'a>(entries: &mut &'a [Entry], key: u128) -> &'a [Entry] {
    let (these, others) = entries.split_at(entries.iter().take_while(|entry| entry.key == key).count());
    *entries = others;
    these
}

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
    pub(super) fn of(left: Vec<Entry>, right: Vec<Entry>, everything: bool, done: &[Rows; 2]) -> Self {
        let (left, right) = (by_key(&left), by_key(&right));
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

/// In the order of their keys. Those of one partition have their first byte in common and are spread evenly beyond it,
/// so that each is put near its place at once, which is less work than comparing.
fn by_key(entries: &[Entry]) -> Vec<Entry> {
    let Some(first) = entries.first() else { return Vec::new() };
    let bits = entries.len().ilog2().max(1);
    let place = |entry: &Entry| ((entry.key << 8) >> (128 - bits)) as usize;
    let mut next = vec![0_usize; (1 << bits) + 1];
    for entry in entries {
        next[place(entry) + 1] += 1;
    }
    for at in 1..next.len() {
        next[at] += next[at - 1];
    }
    let mut placed = vec![*first; entries.len()];
    for entry in entries {
        let at = &mut next[place(entry)];
        placed[*at] = *entry;
        *at += 1;
    }
    // Each number is now where the entries of its place end.
    let mut begin = 0;
    for end in next {
        if end > begin + 1 {
            placed[begin..end].sort_unstable_by_key(|entry| entry.key);
        }
        begin = begin.max(end);
    }
    placed
}

/// Takes the entries with this key off the front.
fn split<'a>(entries: &mut &'a [Entry], key: u128) -> &'a [Entry] {
    let (these, others) = entries.split_at(entries.iter().take_while(|entry| entry.key == key).count());
    *entries = others;
    these
}

#[cfg(test)]
mod tests {
    use super::{Entry, by_key};

    #[test]
    fn entries_come_in_the_order_of_their_keys() {
        let spread = |n: u128| (7 << 120) | (n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835) >> 8);
        for count in [0, 1, 2, 3, 100, 5000] {
            // Some stand there more than once.
            let keys: Vec<u128> = (0..count).map(|n| spread(n % 3000)).collect();
            let entries: Vec<Entry> = (0..).zip(&keys).map(|(row, key)| Entry { key: *key, digest: 0, row }).collect();
            let mut expected = keys.clone();
            expected.sort_unstable();
            let sorted = by_key(&entries);
            assert_eq!(sorted.iter().map(|entry| entry.key).collect::<Vec<_>>(), expected, "{count}");
            let mut rows: Vec<u32> = sorted.iter().map(|entry| entry.row).collect();
            rows.sort_unstable();
            assert!((0..).zip(rows).all(|(at, row)| at == row), "each once");
        }
        // However unevenly they are spread.
        let same: Vec<Entry> = (0..50).map(|row| Entry { key: 9, digest: 0, row }).collect();
        assert_eq!(by_key(&same).len(), 50);
    }
}

//! Ways of cutting the left side into few parts, and the counts of each part.

use std::collections::{BTreeMap, HashMap};

use super::Slice;
use crate::cause::Cause;

/// A column with more parts than this is no way of cutting.
const MOST_PARTS: usize = 50;
/// Nor is one with a longer value.
const LONGEST_VALUE: usize = 100;
/// Columns beyond this are not looked at.
const MOST_COLUMNS: usize = 200;
/// Lengths of the beginnings of keys that are tried.
const PREFIXES: [usize; 2] = [1, 2];

/// How a column is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Value,
    Prefix(usize),
    Year,
}

/// Counts of one part.
#[derive(Debug, Default)]
pub(super) struct Bucket {
    /// Matched records in it.
    pub(super) records: u64,
    different: BTreeMap<(u32, Option<Cause>), u64>,
}

impl Bucket {
    /// Counts a record that differs in these pairs.
    pub(super) fn add(&mut self, different: &[(u32, Option<Cause>)]) {
        self.records += 1;
        for pair in different {
            *self.different.entry(*pair).or_default() += 1;
        }
    }

    /// Records that differ in a pair.
    pub(super) fn different(&self, field: usize) -> u64 {
        self.of(field).map(|(_, count)| count).sum()
    }

    /// The same by cause, the most frequent first.
    pub(super) fn causes(&self, field: usize) -> Vec<(Cause, u64)> {
        let mut causes: Vec<_> = self.of(field).filter_map(|(cause, count)| Some((cause?, count))).collect();
        causes.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        causes
    }

    fn of(&self, field: usize) -> impl Iterator<Item = (Option<Cause>, u64)> {
        let field = u32::try_from(field).unwrap_or(u32::MAX);
        let range = (field, None)..=(field, Cause::ALL.last().copied());
        self.different.range(range).map(|((_, cause), count)| (*cause, *count))
    }
}

/// A column cut into parts, as long as they are few.
pub(super) struct Cut {
    /// Position of the column on the left side.
    pub(super) column: usize,
    by: By,
    dead: bool,
    null: Option<Bucket>,
    parts: HashMap<String, Bucket>,
}

/// Every way of cutting a side with so many columns.
pub(super) fn cuts(columns: usize, key: &[usize]) -> Vec<Cut> {
    let cut = |column, by| Cut { column, by, dead: false, null: None, parts: HashMap::new() };
    let columns = 0..columns.min(MOST_COLUMNS);
    let plain = columns.flat_map(|column| [cut(column, By::Value), cut(column, By::Year)]);
    let of_key = key.iter().flat_map(|part| PREFIXES.map(|length| cut(*part, By::Prefix(length))));
    plain.chain(of_key).collect()
}

impl Cut {
    /// Whether its parts are still few.
    pub(super) fn alive(&self) -> bool {
        !self.dead
    }

    /// Counts a record with this value in the column.
    pub(super) fn add(&mut self, value: Option<&str>, different: &[(u32, Option<Cause>)]) {
        if self.dead {
            return;
        }
        let part = match (self.by, value) {
            (By::Value, Some(value)) => (value.len() <= LONGEST_VALUE).then_some(Some(value)),
            (By::Value, None) => Some(None),
            // Records without a day belong to no year.
            (By::Year, None | Some("")) => return,
            (By::Year, Some(value)) => year(value).map(Some),
            (By::Prefix(length), Some(value)) => match beginning(value, length) {
                Some(start) => Some(Some(start)),
                None => return,
            },
            (By::Prefix(_), None) => return,
        };
        match part {
            None => self.die(),
            Some(None) => self.null.get_or_insert_default().add(different),
            Some(Some(part)) => {
                if let Some(bucket) = self.parts.get_mut(part) {
                    bucket.add(different);
                } else if self.parts.len() == MOST_PARTS {
                    self.die();
                } else {
                    self.parts.entry(part.to_owned()).or_default().add(different);
                }
            }
        }
    }

    /// The parts and their counts.
    pub(super) fn buckets(&self) -> impl Iterator<Item = (Option<&str>, &Bucket)> {
        let null = self.null.iter().map(|bucket| (None, bucket));
        self.parts.iter().map(|(value, bucket)| (Some(value.as_str()), bucket)).chain(null)
    }

    /// One of the parts by name.
    pub(super) fn slice(&self, column: &str, value: Option<&str>) -> Slice {
        let (column, text) = (column.to_owned(), value.unwrap_or_default().to_owned());
        match self.by {
            By::Value => Slice::Value { column, value: value.map(str::to_owned) },
            By::Prefix(_) => Slice::Prefix { column, prefix: text },
            By::Year => Slice::Year { column, year: text },
        }
    }

    fn die(&mut self) {
        self.dead = true;
        self.parts = HashMap::new();
        self.null = None;
    }
}

/// The first characters, where there are so many.
fn beginning(value: &str, characters: usize) -> Option<&str> {
    let (end, last) = value.char_indices().nth(characters.checked_sub(1)?)?;
    Some(&value[..end + last.len_utf8()])
}

/// The year of a day or moment in ISO form.
pub(super) fn year(value: &str) -> Option<&str> {
    let day = value.as_bytes().get(..10)?;
    let digits = |range: std::ops::Range<usize>| day[range].iter().all(u8::is_ascii_digit);
    let iso = digits(0..4) && digits(5..7) && digits(8..10) && day[4] == b'-' && day[7] == b'-';
    iso.then(|| &value[..4])
}

#[cfg(test)]
mod tests {
    use super::{beginning, year};

    #[test]
    fn years_are_those_of_iso_days() {
        assert_eq!(year("2024-03-05"), Some("2024"));
        assert_eq!(year("2024-03-05T10:00:00Z"), Some("2024"));
        for none in ["", "2024", "05.03.2024", "2024/03/05", "20240305", "2024-3-05x", "ÄÖ24-03-05"] {
            assert_eq!(year(none), None, "{none}");
        }
    }

    #[test]
    fn beginnings_are_of_characters() {
        assert_eq!((beginning("Äbc", 1), beginning("Äb", 2)), (Some("Ä"), Some("Äb")));
        assert_eq!((beginning("Ä", 2), beginning("", 1)), (None, None));
    }
}

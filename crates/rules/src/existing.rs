//! What runs say about existing data: how robust a source is, what overwriting a destination with it would do, and
//! what a decision about it rests on.

mod measured;

pub(crate) use measured::stores;
pub use measured::{ExistingData, Linked, Linking, MeasuredData, is_settled, is_taken};

use domain::{FieldCounts, ItemId, RunTotals, SeenPair, SideCounts};

/// A part of a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// The part.
    pub part: u64,
    /// The whole.
    pub whole: u64,
}

impl Share {
    /// Whether it is at least so many per thousand. Of nothing, nothing is enough.
    pub fn reaches(self, per_mille: u64) -> bool {
        self.whole > 0 && u128::from(self.part) * 1000 >= u128::from(self.whole) * u128::from(per_mille)
    }

    /// In per cent, rounded down.
    pub fn in_words(self) -> String {
        crate::percent(self.part, self.whole)
    }
}

/// How robust the data of a side is. What is counted more than once makes it look worse, never better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Robustness {
    /// Rows of the side.
    pub records: u64,
    /// Rows without a usable key: empty, or shared with another row.
    pub unusable: u64,
    /// The values compared; `None` where the run did not look at all of them.
    pub values: Option<Values>,
}

/// The values of a side in the columns compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Values {
    /// All of them, missing ones included.
    pub all: u64,
    /// Missing.
    pub empty: u64,
    /// Not well formed.
    pub malformed: u64,
}

impl Robustness {
    /// Rows with a usable key.
    pub fn usable(&self) -> u64 {
        self.records.saturating_sub(self.unusable)
    }

    /// Their share of all rows.
    pub fn keys(&self) -> Share {
        Share { part: self.usable(), whole: self.records }
    }
}

impl Values {
    /// Values that are there and well formed.
    pub fn sound(&self) -> u64 {
        self.all.saturating_sub(self.empty).saturating_sub(self.malformed)
    }

    /// Their share of all values.
    pub fn share(&self) -> Share {
        Share { part: self.sound(), whole: self.all }
    }
}

/// How robust a side of a run is; `right` says which.
pub fn robustness(totals: &RunTotals, right: bool) -> Robustness {
    let side: SideCounts = if right { totals.right } else { totals.left };
    let seen = |f: &FieldCounts| f.seen.map(|seen| if right { seen.right } else { seen.left });
    let all = totals.fields.iter().map(seen).collect::<Option<Vec<_>>>().filter(|columns| !columns.is_empty());
    Robustness {
        records: side.rows,
        unusable: side.empty_keys.saturating_add(side.duplicate_rows),
        values: all.map(|columns| Values {
            all: side.rows.saturating_mul(columns.len() as u64),
            empty: columns.iter().map(|c| c.empty).fold(0, u64::saturating_add),
            malformed: columns.iter().map(|c| c.malformed).fold(0, u64::saturating_add),
        }),
    }
}

/// What overwriting would do to the values of one compared pair of columns, in matched records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loss {
    /// Place in the check.
    pub field: usize,
    /// The data point, where the check names one.
    pub point: Option<ItemId>,
    /// Values of the destination that another value of the source would take the place of.
    pub replaced: u64,
    /// Values of the destination where the source has none.
    pub lost: u64,
    /// Values that the destination has not and the source has.
    pub gained: u64,
}

impl Loss {
    /// Values of the destination that would not be what they are.
    pub fn gone(&self) -> u64 {
        self.replaced.saturating_add(self.lost)
    }
}

/// What overwriting one side of a run with the other would do; `right` says that the right side is the destination.
/// `None` where the run did not count which side has a value.
pub fn losses(totals: &RunTotals, right: bool) -> Option<Vec<Loss>> {
    let loss = |(field, counts): (usize, &FieldCounts)| {
        let SeenPair { only_left, only_right, both, .. } = counts.seen?;
        let (lost, gained) = if right { (only_right, only_left) } else { (only_left, only_right) };
        Some(Loss { field, point: counts.data_point, replaced: both, lost, gained })
    };
    totals.fields.iter().enumerate().map(loss).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::{Loss, Share, losses, robustness};
    use domain::{ColumnCounts, FieldCounts, RunTotals, SeenPair, SideCounts};

    fn totals() -> RunTotals {
        let seen = SeenPair {
            left: ColumnCounts { empty: 3, malformed: 1 },
            right: ColumnCounts { empty: 2, malformed: 0 },
            only_left: 2,
            only_right: 3,
            both: 4,
        };
        let field = FieldCounts { equal: 90, different: 10, seen: Some(seen), ..FieldCounts::default() };
        RunTotals {
            left: SideCounts { rows: 100, empty_keys: 1, duplicate_keys: 1, duplicate_rows: 2 },
            right: SideCounts { rows: 120, ..SideCounts::default() },
            fields: vec![field.clone(), FieldCounts { seen: Some(SeenPair::default()), ..field }],
            ..RunTotals::default()
        }
    }

    #[test]
    fn a_side_is_as_robust_as_its_keys_and_values() {
        let left = robustness(&totals(), false);
        assert_eq!((left.records, left.usable()), (100, 97));
        let values = left.values.unwrap();
        assert_eq!((values.all, values.empty, values.malformed, values.sound()), (200, 3, 1, 196));
        let right = robustness(&totals(), true);
        assert_eq!((right.usable(), right.values.unwrap().sound()), (120, 238));
    }

    #[test]
    fn a_share_is_enough_from_its_threshold_on() {
        let share = |part, whole| Share { part, whole };
        assert!(share(99, 100).reaches(990) && !share(989, 1000).reaches(990));
        assert!(share(u64::MAX, u64::MAX).reaches(1000));
        assert!(!share(0, 0).reaches(0), "of nothing, nothing is enough");
    }

    #[test]
    fn what_is_lost_depends_on_the_direction() {
        let loss = |field, replaced, lost, gained| Loss { field, point: None, replaced, lost, gained };
        assert_eq!(losses(&totals(), true).unwrap(), [loss(0, 4, 3, 2), loss(1, 0, 0, 0)]);
        assert_eq!(losses(&totals(), false).unwrap()[0], loss(0, 4, 2, 3));
    }

    #[test]
    fn a_run_that_did_not_look_says_that_nobody_knows() {
        let mut old = totals();
        old.fields[1].seen = None;
        assert_eq!((robustness(&old, false).values, losses(&old, true)), (None, None));
        old.fields.clear();
        assert_eq!(robustness(&old, false).values, None, "no column compared is no sound value");
    }
}

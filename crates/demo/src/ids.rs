//! Ids and chance, both from the seed alone. An id depends on what it is for and not on the order things
//! are made in; its time part says how old the item is meant to be.

use domain::{ItemId, PartId};
use uuid::Uuid;

/// Milliseconds of a day.
const DAY_MS: u64 = 86_400_000;

/// A small generator (SplitMix64): not for secrets, only for test data that look alive.
#[derive(Debug, Clone)]
pub(crate) struct Chance(u64);

impl Chance {
    pub fn new(seed: u64, what: &str) -> Self {
        Self(what.bytes().fold(seed ^ 0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)))
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`; 0 when `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        let n = n.max(1) as u64;
        usize::try_from(self.next() % n).unwrap_or(0)
    }

    /// One of a list that is not empty.
    pub fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list.get(self.below(list.len())).copied().unwrap_or_default()
    }

    /// The numbers below `n` in an order of their own.
    pub fn shuffled(&mut self, n: usize) -> Vec<usize> {
        let mut all: Vec<usize> = (0..n).collect();
        for at in (1..n).rev() {
            all.swap(at, self.below(at + 1));
        }
        all
    }
}

/// Makes ids.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ids {
    seed: u64,
    /// Nine o'clock of the day of making, in milliseconds since 1970.
    morning: u64,
}

impl Ids {
    /// `days` since 1970 is the day of making.
    pub fn new(seed: u64, days: u64) -> Self {
        Self { seed, morning: days * DAY_MS + 9 * 3_600_000 }
    }

    /// The id of the item with this handle, as if it was made `age` days ago.
    pub fn item(&self, handle: &str, age: u64) -> ItemId {
        ItemId(self.make(handle, self.morning.saturating_sub(age * DAY_MS)))
    }

    /// The id of an item of the workspace: the same on every day, so that a second try finds the first.
    pub fn shared(&self, handle: &str) -> ItemId {
        ItemId(self.make(handle, 20_457 * DAY_MS))
    }

    pub fn part(&self, handle: &str, n: usize) -> PartId {
        PartId(self.make(&format!("{handle}#{n}"), self.morning))
    }

    fn make(&self, handle: &str, millis: u64) -> Uuid {
        let mut chance = Chance::new(self.seed, handle);
        let mut random = [0_u8; 10];
        let words = [chance.next().to_be_bytes(), chance.next().to_be_bytes()].concat();
        random.copy_from_slice(&words[..10]);
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::{Chance, Ids};

    #[test]
    fn ids_come_from_seed_day_and_handle_alone() {
        let (a, b) = (Ids::new(1, 20_000), Ids::new(1, 20_000));
        assert_eq!(a.item("crm", 3), b.item("crm", 3));
        assert_ne!(a.item("crm", 3), a.item("erp", 3));
        assert_ne!(a.item("crm", 3), Ids::new(2, 20_000).item("crm", 3));
        assert_ne!(a.item("crm", 3), Ids::new(1, 20_001).item("crm", 3));
        assert_eq!(a.shared("crm"), Ids::new(1, 20_001).shared("crm"));
        assert_eq!(a.item("crm", 0).0.get_version_num(), 7);
    }

    #[test]
    fn shuffling_loses_nothing() {
        let mut all = Chance::new(7, "x").shuffled(500);
        assert_ne!(all, (0..500).collect::<Vec<_>>());
        all.sort_unstable();
        assert_eq!(all, (0..500).collect::<Vec<_>>());
    }
}

//! How varied values are, in bounded memory: of all different values those with the smallest digests are kept and
//! counted. Two sketches keep the same values, so that they also tell how many values two columns share.
//!
//! Source: the k-minimum-values estimate of Bar-Yossef et al., "Counting distinct elements in a data stream" (2002).

use std::collections::BTreeMap;

use twox_hash::XxHash3_128;

/// Different values that are kept: the estimates are off by about 1/√k.
const KEPT: usize = 4096;

/// The kept values of one column.
#[derive(Debug, Clone, Default)]
pub(super) struct Sketch {
    /// Digest → how often it occurred. A value that is kept was kept from its first occurrence on, because the
    /// largest digest that is kept only ever gets smaller.
    counts: BTreeMap<u64, u64>,
    /// A value was turned away or given up: there are more than those kept.
    overflown: bool,
}

impl Sketch {
    pub(super) fn see(&mut self, value: &[u8]) {
        // The same digest everywhere, or two sketches would keep different values. Estimates need no secret.
        let digest = XxHash3_128::oneshot(value) as u64;
        if let Some(count) = self.counts.get_mut(&digest) {
            *count += 1;
            return;
        }
        if self.counts.len() == KEPT {
            self.overflown = true;
            if self.largest().is_none_or(|largest| digest > largest) {
                return;
            }
            self.counts.pop_last();
        }
        self.counts.insert(digest, 1);
    }

    /// Whether every value is kept.
    pub(super) fn is_whole(&self) -> bool {
        !self.overflown
    }

    /// How many different values there are.
    pub(super) fn distinct(&self) -> u64 {
        match self.largest() {
            Some(largest) if self.overflown => {
                let share = largest as f64 / u64::MAX as f64;
                ((self.counts.len() - 1) as f64 / share).round() as u64
            }
            _ => self.counts.len() as u64,
        }
    }

    /// Which share of the different values occurs once; 0 where there is none.
    pub(super) fn unique(&self) -> f64 {
        let once = self.counts.values().filter(|count| **count == 1).count();
        if self.counts.is_empty() { 0.0 } else { once as f64 / self.counts.len() as f64 }
    }

    /// Which share of this sketch's different values the other one has as well; 0 where there is none.
    pub(super) fn found_in(&self, other: &Self) -> f64 {
        // Beyond the smaller of the two bounds one of them says nothing.
        let bound = [self, other].into_iter().filter(|sketch| sketch.overflown).filter_map(Sketch::largest).min();
        let bound = bound.unwrap_or(u64::MAX);
        let (mut all, mut both) = (0_u64, 0_u64);
        for digest in self.counts.range(..=bound).map(|(digest, _)| digest) {
            all += 1;
            both += u64::from(other.counts.contains_key(digest));
        }
        if all == 0 { 0.0 } else { both as f64 / all as f64 }
    }

    fn largest(&self) -> Option<u64> {
        self.counts.last_key_value().map(|(digest, _)| *digest)
    }
}

#[cfg(test)]
mod tests {
    use super::{KEPT, Sketch};

    fn sketch(values: impl IntoIterator<Item = u64>) -> Sketch {
        let mut sketch = Sketch::default();
        values.into_iter().for_each(|value| sketch.see(&value.to_le_bytes()));
        sketch
    }

    #[test]
    fn few_values_are_counted() {
        let counted = sketch((0..100).chain(0..50));
        assert!(counted.is_whole());
        assert_eq!((counted.distinct(), counted.unique()), (100, 0.5));
        assert_eq!(sketch([]).distinct(), 0);
        let full = sketch(0..KEPT as u64);
        assert!(full.is_whole());
        assert_eq!(full.distinct(), KEPT as u64);
    }

    #[test]
    fn many_values_are_estimated() {
        // Four times what such an estimate is off by in the mean.
        let near = |found: f64, expected: f64| (found / expected - 1.0).abs() < 0.15;
        let many = sketch((0..100_000).chain(0..50_000));
        assert!(!many.is_whole());
        assert!(near(many.distinct() as f64, 100_000.0), "{}", many.distinct());
        assert!(near(many.unique(), 0.5), "{}", many.unique());
        let half = sketch(50_000..250_000);
        assert!(near(many.found_in(&half), 0.5), "{}", many.found_in(&half));
        assert!(near(half.found_in(&many), 0.25), "{}", half.found_in(&many));
        // One that was counted and one that was estimated.
        let few = sketch(99_990..100_010);
        assert_eq!(few.found_in(&few), 1.0);
        assert_eq!(sketch(0..20).found_in(&few), 0.0);
    }

    #[test]
    fn the_order_of_the_values_does_not_matter() {
        let (up, down) = (sketch(0..20_000), sketch((0..20_000).rev()));
        assert_eq!(up.counts, down.counts);
    }
}

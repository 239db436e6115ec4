//! Two code lists for one thing: seen only by looking at a whole column.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::Cause;

/// Longer texts are no codes.
const LONGEST_CODE: usize = 40;
/// Different pairs that are counted; codes are frequent, so they are among the first.
const MOST_PAIRS: usize = 1024;
/// How often a pair must meet to be a rule, and how often of ten.
const FEWEST: u64 = 3;
const OF_TEN: u64 = 9;

/// How often which value met which, where only a weak cause was found.
#[derive(Default)]
pub(crate) struct Codes {
    /// With the cause found: it follows from the pair alone, except where the record says more.
    pairs: HashMap<(String, String), BTreeMap<Cause, u64>>,
}

/// Pairs of values that stand for one another.
pub(crate) type CodeList = HashSet<(String, String)>;

impl Codes {
    pub(crate) fn see(&mut self, left: &str, right: &str, cause: Cause) {
        if left.len() > LONGEST_CODE || right.len() > LONGEST_CODE {
            return;
        }
        let pair = (left.to_owned(), right.to_owned());
        if self.pairs.len() < MOST_PAIRS || self.pairs.contains_key(&pair) {
            *self.pairs.entry(pair).or_default().entry(cause).or_default() += 1;
        }
    }

    /// The pairs in which each value nearly always meets the other, and is found on its own side only.
    pub(crate) fn list(&self) -> CodeList {
        let (mut lefts, mut rights) = (BTreeMap::<&str, u64>::new(), BTreeMap::<&str, u64>::new());
        for ((left, right), causes) in &self.pairs {
            let times: u64 = causes.values().sum();
            *lefts.entry(left).or_default() += times;
            *rights.entry(right).or_default() += times;
        }
        let is_rule = |(left, right): &(&str, &str), times: u64| {
            let most = |all: u64| times * 10 >= all * OF_TEN;
            let apart = !rights.contains_key(left) && !lefts.contains_key(right);
            times >= FEWEST && most(lefts[left]) && most(rights[right]) && apart
        };
        self.pairs
            .iter()
            .filter(|((left, right), causes)| is_rule(&(left.as_str(), right.as_str()), causes.values().sum()))
            .map(|(pair, _)| pair.clone())
            .collect()
    }

    /// How often the pairs of a list were counted under which cause.
    pub(crate) fn times<'a>(&'a self, list: &'a CodeList) -> impl Iterator<Item = (Cause, u64)> + 'a {
        list.iter().filter_map(|pair| self.pairs.get(pair)).flatten().map(|(cause, times)| (*cause, *times))
    }
}

#[cfg(test)]
mod tests {
    use super::{Cause, Codes};

    #[test]
    fn values_that_always_meet_are_codes() {
        let mut codes = Codes::default();
        for _ in 0..20 {
            codes.see("M", "male", Cause::Other);
        }
        for _ in 0..5 {
            codes.see("F", "female", Cause::Other);
        }
        codes.see("F", "male", Cause::Other);
        codes.see("X", "unknown", Cause::Other);
        let mut list: Vec<_> = codes.list().into_iter().collect();
        list.sort();
        assert_eq!(list, [("M".to_owned(), "male".to_owned())], "F met male too often, X met unknown once");
    }

    #[test]
    fn two_states_of_one_list_are_no_codes() {
        let mut codes = Codes::default();
        for _ in 0..5 {
            codes.see("open", "closed", Cause::Other);
            codes.see("closed", "open", Cause::Other);
        }
        assert!(codes.list().is_empty());
    }
}

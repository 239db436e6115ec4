//! Which columns of two datasets belong together: those that tell records apart on both sides and share their values
//! become keys, those of one name or with shared values become pairs. Proposals; a person decides.

use std::collections::HashSet;

use serde::Serialize;

use super::{Kind, Profile, Variety};
use crate::names::plain_name;

/// A key tells at least this share of its values apart and is filled in at least this share of the rows.
const UNIQUE: f64 = 0.95;
const FILLED: f64 = 0.5;
/// Of a key's values on the side that has fewer, so many are found on the other side.
const FOUND: f64 = 0.2;
/// Columns of different names belong together when so many values of the one are found in the other.
const SHARED: f64 = 0.5;
/// Columns with fewer different values share them by chance.
const VARIED: u64 = 20;
/// Columns that sets are made of, and columns in a set.
const MOST_PARTS: usize = 6;
const LARGEST_SET: usize = 3;
/// Keys that are proposed.
const MOST_KEYS: usize = 5;

/// Columns that may tell which records belong together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KeySuggestion {
    /// (left column, right column) of each part.
    pub columns: Vec<(String, String)>,
    /// Which share of the different values occurs once, on the left and on the right.
    pub unique: (f64, f64),
    /// Which share of the rows has a value in every part, on the left and on the right.
    pub filled: (f64, f64),
    /// Which share of the values on the side that has fewer is found on the other.
    pub found: f64,
}

/// Columns that may hold the same data point.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairSuggestion {
    /// Column of the left side.
    pub left: String,
    /// Column of the right side.
    pub right: String,
    /// Whether the names are the same but for case and punctuation.
    pub same_name: bool,
    /// Which share of the values on the side that has fewer is found on the other.
    pub found: f64,
}

/// Keys, the most promising first: single columns, and the sets that both profiles looked at.
pub fn keys(left: &Profile, right: &Profile) -> Vec<KeySuggestion> {
    let mut found: Vec<KeySuggestion> = Vec::new();
    for l in &left.columns {
        for r in &right.columns {
            let columns = vec![(l.name.clone(), r.name.clone())];
            let filled = (left.filled(l), right.filled(r));
            found.extend(key(columns, (&l.variety, &r.variety), filled));
        }
    }
    for ((left_names, l), (right_names, r)) in left.together.iter().zip(&right.together) {
        let columns: Vec<_> = left_names.iter().cloned().zip(right_names.iter().cloned()).collect();
        let least = |profile: &Profile, names: &[String]| {
            let shares = names.iter().filter_map(|name| profile.column(name)).map(|column| profile.filled(column));
            shares.fold(1.0, f64::min)
        };
        found.extend(key(columns, (l, r), (least(left, left_names), least(right, right_names))));
    }
    found.sort_by(|a, b| a.columns.len().cmp(&b.columns.len()).then_with(|| b.promise().total_cmp(&a.promise())));
    found.truncate(MOST_KEYS);
    found
}

/// Sets of columns worth a look of their own, because no column alone is a key.
pub fn composites(left: &Profile, right: &Profile) -> Vec<Vec<(String, String)>> {
    if left.rows.min(right.rows) == 0 {
        return Vec::new();
    }
    let parts = |pair: PairSuggestion| {
        let (l, r) = (left.column(&pair.left)?, right.column(&pair.right)?);
        Some((l.variety.distinct.min(r.variety.distinct), (pair.left, pair.right)))
    };
    let mut parts: Vec<_> = pairs(left, right).into_iter().filter_map(parts).collect();
    parts.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    parts.truncate(MOST_PARTS);
    let mut sets: Vec<Vec<usize>> = (0..parts.len()).map(|at| vec![at]).collect();
    let mut found = Vec::new();
    for _ in 1..LARGEST_SET {
        let larger = |set: &Vec<usize>| {
            let last = set.last().copied().unwrap_or_default();
            (last + 1..parts.len()).map(|next| [set.as_slice(), &[next]].concat()).collect::<Vec<_>>()
        };
        sets = sets.iter().flat_map(larger).collect();
        let enough = |set: &&Vec<usize>| {
            let different = set.iter().map(|at| parts[*at].0 as f64).product::<f64>();
            different >= UNIQUE * left.rows.min(right.rows) as f64
        };
        found.extend(sets.iter().filter(enough).map(|set| set.iter().map(|at| parts[*at].1.clone()).collect()));
    }
    found
}

/// Pairs of columns in the order of the left side, each column in one pair at most: the same name first, else shared
/// values of the same kind.
pub fn pairs(left: &Profile, right: &Profile) -> Vec<PairSuggestion> {
    let mut candidates = Vec::new();
    for (at, l) in left.columns.iter().enumerate() {
        for r in &right.columns {
            let same_name = plain_name(&l.name) == plain_name(&r.name);
            let found = shared(&l.variety, &r.variety);
            let varied = l.variety.distinct.min(r.variety.distinct) >= VARIED;
            if same_name || (found >= SHARED && varied && alike(l.kind, r.kind)) {
                let pair = PairSuggestion { left: l.name.clone(), right: r.name.clone(), same_name, found };
                candidates.push((at, pair));
            }
        }
    }
    candidates.sort_by(|(_, a), (_, b)| {
        b.same_name.cmp(&a.same_name).then_with(|| b.found.total_cmp(&a.found)).then_with(|| a.right.cmp(&b.right))
    });
    let (mut lefts, mut rights) = (HashSet::new(), HashSet::new());
    candidates.retain(|(_, pair)| {
        let free = !lefts.contains(&pair.left) && !rights.contains(&pair.right);
        if free {
            lefts.insert(pair.left.clone());
            rights.insert(pair.right.clone());
        }
        free
    });
    candidates.sort_by_key(|(at, _)| *at);
    candidates.into_iter().map(|(_, pair)| pair).collect()
}

impl KeySuggestion {
    /// How good it looks, 0 to 1: equal names are worth a little, because numbers counted up from 1 are found anywhere.
    fn promise(&self) -> f64 {
        let named = self.columns.iter().all(|(left, right)| plain_name(left) == plain_name(right));
        let name = if named { 1.0 } else { 0.8 };
        self.unique.0 * self.unique.1 * self.filled.0 * self.filled.1 * self.found * name
    }
}

fn key(columns: Vec<(String, String)>, varieties: (&Variety, &Variety), filled: (f64, f64)) -> Option<KeySuggestion> {
    let (l, r) = varieties;
    let found = shared(l, r);
    let fits = [l.unique, r.unique].iter().all(|share| *share >= UNIQUE)
        && [filled.0, filled.1].iter().all(|share| *share >= FILLED)
        && found >= FOUND;
    fits.then_some(KeySuggestion { columns, unique: (l.unique, r.unique), filled, found })
}

fn shared(left: &Variety, right: &Variety) -> f64 {
    let (few, many) = if left.distinct <= right.distinct { (left, right) } else { (right, left) };
    few.sketch.found_in(&many.sketch)
}

/// Whether two columns may hold the same thing: of two kinds of numbers one may just happen to be whole.
fn alike(left: Kind, right: Kind) -> bool {
    let number = |kind| matches!(kind, Kind::WholeNumber | Kind::Number);
    left != Kind::Empty && (left == right || (number(left) && number(right)))
}

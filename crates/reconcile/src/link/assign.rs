//! From scored pairs to an answer: each record at most once between two files, groups of records within one; and
//! where to stop, chosen so that the answer is expected to be right most often.

use std::collections::HashMap;

use super::{blocking::rows, similarity::Levels};

/// A group of records within one file that is larger is not filled up with pairs nobody compared.
const LARGEST_GROUP: usize = 64;

/// A pair with the odds that it is a match.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scored {
    pub(super) pair: u64,
    /// What each field said.
    pub(super) levels: Levels,
    /// Natural logarithm of the odds.
    pub(super) odds: f64,
    /// Probability of being a match, others for the same records considered.
    pub(super) score: f64,
}

/// Each record at most once: the most likely pairs first. What a record could be as well, as far as that is still
/// free, takes from the score.
pub(super) fn one_to_one(mut pairs: Vec<Scored>, sides: [usize; 2]) -> Vec<Scored> {
    sort(&mut pairs);
    let of = |pair: u64| <[u32; 2]>::from(rows(pair)).map(|row| row as usize);
    // The pairs of each record, best first.
    let lists = [0, 1].map(|side: usize| {
        let mut starts = vec![0_u32; sides[side] + 1];
        for scored in &pairs {
            starts[of(scored.pair)[side] + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut list = vec![0_u32; pairs.len()];
        for (at, scored) in pairs.iter().enumerate() {
            let slot = &mut next[of(scored.pair)[side]];
            list[*slot as usize] = at as u32;
            *slot += 1;
        }
        (starts, list)
    });
    let mut taken = sides.map(|rows| vec![false; rows]);
    let mut assigned = Vec::new();
    for (at, scored) in pairs.iter().enumerate() {
        let ends = of(scored.pair);
        if taken[0][ends[0]] || taken[1][ends[1]] {
            continue;
        }
        let mut others = 0.0;
        for (side, (starts, list)) in lists.iter().enumerate() {
            for other in &list[starts[ends[side]] as usize..starts[ends[side] + 1] as usize] {
                let rival = &pairs[*other as usize];
                if *other as usize != at && !taken[1 - side][of(rival.pair)[1 - side]] {
                    others += (rival.odds - scored.odds).exp();
                }
            }
        }
        taken[0][ends[0]] = true;
        taken[1][ends[1]] = true;
        let score = 1.0 / (1.0 + (-scored.odds).exp() + others);
        assigned.push(Scored { score, ..*scored });
    }
    by_score(&mut assigned);
    assigned
}

/// Pairs within one file, each for itself.
pub(super) fn many_to_many(mut pairs: Vec<Scored>) -> Vec<Scored> {
    for scored in &mut pairs {
        scored.score = 1.0 / (1.0 + (-scored.odds).exp());
    }
    by_score(&mut pairs);
    pairs
}

/// How many of the pairs, which are sorted by score, to take: as many as make the expected F1 the largest.
pub(super) fn how_many(pairs: &[Scored]) -> usize {
    let expected: f64 = pairs.iter().map(|scored| scored.score).sum();
    let (mut right, mut best) = (0.0, (0.0, 0));
    for (at, scored) in pairs.iter().enumerate() {
        right += scored.score;
        let f1 = 2.0 * right / ((at + 1) as f64 + expected);
        if f1 >= best.0 && scored.score >= 0.5 {
            best = (f1, at + 1);
        }
    }
    best.1
}

/// The pairs that follow from the given ones within one file: who is the same as a third is the same. Only pairs
/// that are not there already.
pub(super) fn implied(pairs: &[Scored]) -> Vec<u64> {
    let mut parents: HashMap<u32, u32> = HashMap::new();
    fn root(parents: &mut HashMap<u32, u32>, row: u32) -> u32 {
        let mut at = row;
        while let Some(parent) = parents.get(&at).copied().filter(|parent| *parent != at) {
            at = parent;
        }
        parents.insert(row, at);
        at
    }
    for scored in pairs {
        let (left, right) = rows(scored.pair);
        let (a, b) = (root(&mut parents, left), root(&mut parents, right));
        // The smallest row stands for the group.
        parents.insert(a.max(b), a.min(b));
    }
    let mut members: Vec<u32> = parents.keys().copied().collect();
    members.sort_unstable();
    let mut groups: HashMap<u32, Vec<u32>> = HashMap::new();
    for row in members {
        groups.entry(root(&mut parents, row)).or_default().push(row);
    }
    let there: std::collections::HashSet<u64> = pairs.iter().map(|scored| scored.pair).collect();
    let mut found = Vec::new();
    for group in groups.values().filter(|group| group.len() <= LARGEST_GROUP) {
        for (at, left) in group.iter().enumerate() {
            let pairs = group[at + 1..].iter().map(|right| u64::from(*left) << 32 | u64::from(*right));
            found.extend(pairs.filter(|pair| !there.contains(pair)));
        }
    }
    found.sort_unstable();
    found
}

/// Best first; rows decide between equals.
fn sort(pairs: &mut [Scored]) {
    pairs.sort_unstable_by(|a, b| b.odds.total_cmp(&a.odds).then(a.pair.cmp(&b.pair)));
}

fn by_score(pairs: &mut [Scored]) {
    pairs
        .sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then(b.odds.total_cmp(&a.odds)).then(a.pair.cmp(&b.pair)));
}

#[cfg(test)]
mod tests {
    use super::{Levels, Scored, how_many, implied, one_to_one};

    fn scored(left: u64, right: u64, odds: f64) -> Scored {
        Scored { pair: left << 32 | right, levels: Levels::default(), odds, score: 1.0 / (1.0 + (-odds).exp()) }
    }

    #[test]
    fn each_record_is_taken_once_and_doubt_shows_in_the_score() {
        let found = one_to_one(
            vec![scored(0, 0, 9.0), scored(0, 1, 8.0), scored(1, 1, 5.0), scored(2, 2, 7.0), scored(2, 3, 7.0)],
            [3, 4],
        );
        let pairs: Vec<(u64, u64)> = found.iter().map(|s| (s.pair >> 32, s.pair & 0xffff)).collect();
        assert_eq!(pairs, [(1, 1), (0, 0), (2, 2)]);
        assert!((found[2].score - 0.5).abs() < 0.01, "two that are as good: {}", found[2].score);
    }

    #[test]
    fn what_is_more_likely_wrong_is_not_taken() {
        assert_eq!(how_many(&[scored(0, 0, 5.0), scored(1, 1, 2.0), scored(2, 2, -3.0)]), 2);
        assert_eq!(how_many(&[]), 0);
    }

    #[test]
    fn groups_are_filled_up() {
        assert_eq!(implied(&[scored(1, 4, 5.0), scored(4, 7, 5.0), scored(2, 3, 5.0)]), [1 << 32 | 7]);
    }
}

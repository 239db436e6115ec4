//! What each level of each field is worth (Fellegi and Sunter): the share of matches that show it against the share
//! of other pairs that do. Learned without labels by expectation and maximisation; what is rare in pairs at random
//! comes from a random sample, and agreeing on a rare value counts for more than agreeing on a common one.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

use super::{
    blocking::rows,
    parallel::in_parallel,
    random::Random,
    similarity::{Comparer, LEVELS, Level, Levels},
    table::Field,
};
use crate::error::EngineError;

/// Pairs at random that are compared.
const RANDOM_PAIRS: usize = 600_000;
const RANDOM_PIECE: usize = 20_000;
/// Candidate pairs that are learned from, about.
const LEARNED_FROM: usize = 2_000_000;
const MOST_ROUNDS: usize = 60;
/// What is believed of matches before anything was seen, by level, and how many matches that belief weighs.
const BELIEVED: [f64; LEVELS] = [0.0, 0.7, 0.12, 0.05, 0.03, 0.08, 0.02];
const BELIEF: f64 = 2.0;
/// Pairs of a level that are added to what was seen: nothing is impossible.
const UNSEEN: f64 = 0.5;

/// Levels that matches show and that other pairs show, for each field.
pub(super) struct Model {
    /// Of matches.
    pub(super) matches: Vec<[f64; LEVELS]>,
    /// Of other pairs.
    pub(super) others: Vec<[f64; LEVELS]>,
    /// The share of matches in all pairs.
    pub(super) prior: f64,
    /// For each field and value the logarithm (natural) of how frequent it is.
    rarity: Vec<Vec<f32>>,
}

/// Pairs with their levels.
pub(super) struct Compared<'a> {
    pub(super) pairs: &'a [u64],
    pub(super) levels: &'a [Levels],
}

impl Model {
    /// Learns from the candidates.
    pub(super) fn learn(
        fields: &[Field],
        comparer: &Comparer<'_>,
        compared: &Compared<'_>,
        within: bool,
        threads: usize,
        cancel: &AtomicBool,
    ) -> Result<Self, EngineError> {
        let [left, right] = [0, 1].map(|side: usize| fields[0].rows[side].len() as f64);
        let possible = if within { left * (left - 1.0) / 2.0 } else { left * right }.max(1.0);
        let random = random_pairs(fields, comparer, within, threads, cancel)?;
        // Of few pairs each is drawn many times, which teaches no more than seeing each once.
        let scale = (possible / RANDOM_PAIRS as f64).min(1.0);
        let random: Vec<(Levels, f64)> = random.into_iter().map(|(levels, n)| (levels, n as f64 * scale)).collect();
        let rarity = |field: &Field| (0..field.values.len() as u32).map(|v| field.frequency(v).ln() as f32).collect();
        let mut model = Self {
            matches: vec![BELIEVED; fields.len()],
            others: vec![[1.0; LEVELS]; fields.len()],
            prior: (0.5 * left.min(right) / possible).min(0.5),
            rarity: fields.iter().map(rarity).collect(),
        };
        model.see_others(fields, &random, false);
        let share = compared.pairs.len().div_ceil(LEARNED_FROM).max(1);
        for _ in 0..MOST_ROUNDS {
            if cancel.load(Relaxed) {
                return Err(EngineError::Cancelled);
            }
            let before = model.prior;
            model.see_matches(fields, compared, share as u64, possible, within);
            model.see_others(fields, &random, true);
            if (model.prior - before).abs() <= 1e-4 * before {
                break;
            }
        }
        Ok(model)
    }

    /// The weight of a field in a pair, in bits: above 0 speaks for a match.
    pub(super) fn weight(&self, field: usize, level: Level, value: u32) -> f64 {
        self.evidence(field, level, value) / std::f64::consts::LN_2
    }

    /// The natural logarithm of the odds that a pair is a match.
    pub(super) fn odds(&self, fields: &[Field], pair: u64, levels: Levels) -> f64 {
        let (left, _) = rows(pair);
        let evidence = |at: usize| self.evidence(at, levels.get(at), fields[at].rows[0][left as usize]);
        (self.prior / (1.0 - self.prior)).ln() + (0..fields.len()).map(evidence).sum::<f64>()
    }

    fn evidence(&self, field: usize, level: Level, value: u32) -> f64 {
        match level {
            Level::Missing => 0.0,
            Level::Equal => self.matches[field][level as usize].ln() - f64::from(self.rarity[field][value as usize]),
            _ => (self.matches[field][level as usize] / self.others[field][level as usize]).ln(),
        }
    }

    /// One round: how likely each pair is a match, and what matches look like then.
    fn see_matches(&mut self, fields: &[Field], compared: &Compared<'_>, share: u64, possible: f64, within: bool) {
        let mut seen = vec![[0.0; LEVELS]; fields.len()];
        let mut total = 0.0;
        let mut odds = Vec::new();
        let mut start = 0;
        let blocks = compared.pairs.chunk_by(|a, b| a >> 32 == b >> 32);
        for block in blocks {
            let range = start..start + block.len();
            start = range.end;
            if !(block[0] >> 32).is_multiple_of(share) {
                continue;
            }
            odds.clear();
            odds.extend(range.clone().map(|at| self.odds(fields, compared.pairs[at], compared.levels[at]).exp()));
            // A record has at most one match on the other side; within one file it may have several.
            let all = 1.0 + odds.iter().sum::<f64>();
            for (at, odds) in range.zip(&odds) {
                let likely = if !odds.is_finite() { 1.0 } else { odds / if within { 1.0 + odds } else { all } };
                if likely < 1e-6 {
                    continue;
                }
                total += likely;
                for (field, seen) in seen.iter_mut().enumerate() {
                    seen[compared.levels[at].get(field) as usize] += likely;
                }
            }
        }
        self.prior = (total * share as f64 / possible).clamp(1e-12, 0.5);
        for (matches, seen) in self.matches.iter_mut().zip(seen) {
            let known: f64 = seen[1..].iter().sum::<f64>() + BELIEF;
            for (level, share) in matches.iter_mut().enumerate().skip(1) {
                *share = (seen[level] + BELIEF * BELIEVED[level]) / known;
            }
        }
    }

    /// What pairs at random look like, less the matches among them.
    fn see_others(&mut self, fields: &[Field], random: &[(Levels, f64)], learned: bool) {
        let mut seen = vec![[0.0; LEVELS]; fields.len()];
        for (levels, times) in random {
            let mut odds = (self.prior / (1.0 - self.prior)).ln();
            for field in 0..fields.len() {
                let level = levels.get(field) as usize;
                if learned && level != 0 {
                    odds += (self.matches[field][level] / self.others[field][level]).ln();
                }
            }
            let counted = times * if learned { 1.0 / (1.0 + odds.exp()) } else { 1.0 };
            for (field, seen) in seen.iter_mut().enumerate() {
                seen[levels.get(field) as usize] += counted;
            }
        }
        for (others, seen) in self.others.iter_mut().zip(seen) {
            let known: f64 = seen[1..].iter().sum::<f64>() + UNSEEN * (LEVELS - 1) as f64;
            for (share, seen) in others.iter_mut().zip(seen).skip(1) {
                *share = (seen + UNSEEN) / known;
            }
        }
    }
}

/// How often each combination of levels occurs in pairs at random.
fn random_pairs(
    fields: &[Field],
    comparer: &Comparer<'_>,
    within: bool,
    threads: usize,
    cancel: &AtomicBool,
) -> Result<Vec<(Levels, u64)>, EngineError> {
    let [left, right] = [0, 1].map(|side: usize| fields[0].rows[side].len() as u32);
    let pieces = in_parallel(threads, RANDOM_PAIRS / RANDOM_PIECE, |piece| {
        if cancel.load(Relaxed) {
            return Err(EngineError::Cancelled);
        }
        let mut random = Random::new(piece as u64);
        let mut seen: BTreeMap<Levels, u64> = BTreeMap::new();
        for _ in 0..RANDOM_PIECE {
            let (l, r) = (random.below(left), random.below(right));
            if !(within && l == r) {
                *seen.entry(comparer.compare(l, r)).or_default() += 1;
            }
        }
        Ok(seen)
    })?;
    let mut all: BTreeMap<Levels, u64> = BTreeMap::new();
    for (levels, times) in pieces.into_iter().flatten() {
        *all.entry(levels).or_default() += times;
    }
    Ok(all.into_iter().collect())
}

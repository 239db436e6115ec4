//! Which passes to make: a sample tells what each would cost, and imagined damaged records tell what it would find.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

use super::{MOST_KEYS, Pass, Piece};
use crate::{
    error::EngineError,
    link::{
        Limits,
        keys::{hashes, mix, parts},
        parallel::in_parallel,
        random::Random,
        table::Field,
    },
};

/// Rows of each side that the choice of passes looks at.
const SAMPLE: usize = 10_000;
/// Imagined damaged records that the passes should find.
const DAMAGES: usize = 4_096;
/// Passes at most.
const MOST_PASSES: usize = 48;

/// Chooses the passes.
pub(super) fn choose(fields: &[Field], limits: &Limits, cancel: &AtomicBool) -> Result<Vec<Pass>, EngineError> {
    let pieces: Vec<Piece> =
        (0..fields.len()).flat_map(|at| parts(&fields[at]).iter().map(move |part| (at, *part))).collect();
    let mut passes: Vec<Pass> = pieces.iter().map(|piece| Pass { pieces: vec![*piece] }).collect();
    for (at, first) in pieces.iter().enumerate() {
        let others = pieces[at + 1..].iter().filter(|second| second.0 != first.0);
        passes.extend(others.map(|second| Pass { pieces: vec![*first, *second] }));
    }
    let sample = Sample::new(fields, &pieces);
    let costs = in_parallel(limits.threads, passes.len(), |at| {
        if cancel.load(Relaxed) {
            return Err(EngineError::Cancelled);
        }
        Ok(sample.pairs(&passes[at]))
    })?;
    let damages = Damages::new(fields);
    let finds: Vec<Vec<u64>> = passes.iter().map(|pass| damages.found_by(pass)).collect();
    let per_row = (fields[0].rows[0].len() + fields[0].rows[1].len()) as f64;
    let (mut open, mut spent) = (vec![u64::MAX; DAMAGES / 64], 0.0);
    let mut chosen = Vec::new();
    while chosen.len() < MOST_PASSES {
        let mut best: Option<(f64, usize, f64)> = None;
        for (at, found) in finds.iter().enumerate() {
            // A pass that makes far more pairs than it may leaves nearly all of its blocks out.
            let cost = costs[at].min(limits.pairs_per_pass as f64);
            if costs[at] > 3.0 * limits.pairs_per_pass as f64 || spent + cost > limits.pairs as f64 {
                continue;
            }
            let new: u32 = found.iter().zip(&open).map(|(found, open)| (found & open).count_ones()).sum();
            let gain = f64::from(new) / (cost + per_row);
            if new > 0 && best.is_none_or(|(most, ..)| gain > most) {
                best = Some((gain, at, cost));
            }
        }
        let Some((_, at, cost)) = best else { break };
        spent += cost;
        open.iter_mut().zip(&finds[at]).for_each(|(open, found)| *open &= !found);
        chosen.push(passes[at].clone());
    }
    Ok(chosen)
}

/// The hashes of all parts of some rows.
struct Sample {
    places: BTreeMap<Piece, usize>,
    /// For each part and side the hashes of each row.
    hashes: Vec<[Vec<Vec<u64>>; 2]>,
    /// Pairs of the whole for each pair of the sample.
    scale: f64,
}

impl Sample {
    fn new(fields: &[Field], pieces: &[Piece]) -> Self {
        let sides = [0, 1].map(|side: usize| fields[0].rows[side].len());
        let taken = sides.map(|rows| rows.min(SAMPLE));
        let mut places = BTreeMap::new();
        let mut all = Vec::new();
        for (at, (field, part)) in pieces.iter().enumerate() {
            places.insert((*field, *part), at);
            all.push([0, 1].map(|side: usize| {
                let row = |at: usize| fields[*field].rows[side][at * sides[side] / taken[side]];
                let of = |at: usize| {
                    let mut found = Vec::new();
                    hashes(&fields[*field], *part, row(at), &mut found);
                    found
                };
                (0..taken[side]).map(of).collect()
            }));
        }
        let share = |side: usize| sides[side] as f64 / taken[side].max(1) as f64;
        Self { places, hashes: all, scale: share(0) * share(1) }
    }

    /// The pairs that a pass would make of all rows.
    fn pairs(&self, pass: &Pass) -> f64 {
        let tables: Vec<&usize> = pass.pieces.iter().filter_map(|piece| self.places.get(piece)).collect();
        let keys = |side: usize| {
            let mut keys = Vec::new();
            for row in 0..self.hashes[0][side].len() {
                let of = |at: usize| &self.hashes[*tables[at]][side][row];
                if tables.len() == 1 {
                    keys.extend_from_slice(of(0));
                } else {
                    let both = of(0).iter().flat_map(|first| of(1).iter().map(move |second| mix(*first, *second)));
                    keys.extend(both.take(MOST_KEYS));
                }
            }
            keys.sort_unstable();
            keys
        };
        let (left, right) = (keys(0), keys(1));
        let mut rights = right.chunk_by(|a, b| a == b).peekable();
        let mut pairs = 0.0;
        for block in left.chunk_by(|a, b| a == b) {
            while rights.next_if(|other| other[0] < block[0]).is_some() {}
            if let Some(other) = rights.next_if(|other| other[0] == block[0]) {
                pairs += block.len() as f64 * other.len() as f64;
            }
        }
        pairs * self.scale
    }
}

/// Imagined pairs of records: which parts of which fields are the same in them.
struct Damages {
    /// For each field the parts that are intact in each damage, as bits in the order of [`Part`].
    intact: Vec<Vec<u8>>,
}

impl Damages {
    fn new(fields: &[Field]) -> Self {
        // How often a value is untouched in the worst record and how much more often in the best; how often a part of
        // a damaged value is. Damage comes in bunches: who moved has another street, number, town and postcode.
        const UNTOUCHED: f64 = 0.3;
        const BETTER: f64 = 0.6;
        const PART: f64 = 0.3;
        let mut random = Random::new(0x6c69_6e6b);
        let care: Vec<f64> = (0..DAMAGES).map(|_| UNTOUCHED + BETTER * random.unit()).collect();
        let mut intact = Vec::new();
        for field in fields {
            let share = |side: usize| f64::from(field.filled[side]) / field.rows[side].len().max(1) as f64;
            // Where a value is missing it is often missing on both sides.
            let filled = share(0).min(share(1));
            let damage = |untouched: &f64| {
                if random.unit() >= filled {
                    0_u8
                } else if random.unit() < *untouched {
                    u8::MAX
                } else {
                    let part = |at: u8| if random.unit() < PART { 1_u8 << at } else { 0 };
                    (1..5_u8).map(part).sum::<u8>()
                }
            };
            intact.push(care.iter().map(damage).collect());
        }
        Self { intact }
    }

    /// The damages in spite of which a pass finds the pair, as bits.
    fn found_by(&self, pass: &Pass) -> Vec<u64> {
        let mut found = vec![0_u64; DAMAGES / 64];
        for at in 0..DAMAGES {
            if pass.pieces.iter().all(|(field, part)| self.intact[*field][at] & (1_u8 << *part as u8) != 0) {
                found[at / 64] |= 1 << (at % 64);
            }
        }
        found
    }
}

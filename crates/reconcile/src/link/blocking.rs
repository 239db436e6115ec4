//! Which pairs of records are worth comparing. Several passes, each of one or two parts of values that have to be
//! the same; a sample tells what a pass costs, and passes are chosen so that a record with any likely damage is still
//! found by one of them. Large blocks are left out where a pass would make more pairs than it may.

mod choice;

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

use super::{
    Limits,
    keys::{Part, hashes, mix},
    parallel::in_parallel,
    table::Field,
};
use crate::error::EngineError;

/// Keys that two parts of several words each may have together.
const MOST_KEYS: usize = 16;

/// A part of a field.
type Piece = (usize, Part);

/// One pass: records that have all these parts in common are compared.
#[derive(Debug, Clone)]
pub(super) struct Pass {
    pieces: Vec<Piece>,
}

/// What a pass found.
pub(super) struct Found {
    pub(super) name: String,
    pub(super) pairs: u64,
    /// Blocks too large to be compared.
    pub(super) left_out: u64,
}

/// Pairs of rows, left in the upper half of each word; sorted, each once.
pub(super) type Pairs = Vec<u64>;

/// Left and right row of a pair.
pub(super) fn rows(pair: u64) -> (u32, u32) {
    ((pair >> 32) as u32, pair as u32)
}

fn pair(left: u32, right: u32) -> u64 {
    u64::from(left) << 32 | u64::from(right)
}

/// The pairs to compare, and how they were found.
pub(super) fn candidates(
    fields: &[Field],
    within: bool,
    limits: &Limits,
    cancel: &AtomicBool,
) -> Result<(Pairs, Vec<Found>), EngineError> {
    let [left, right] = [0, 1].map(|side: usize| fields[0].rows[side].len());
    let all = if within { left * left.saturating_sub(1) / 2 } else { left * right };
    if all <= limits.compare_all {
        let mut pairs = Vec::with_capacity(all);
        for l in 0..left as u32 {
            pairs.extend((if within { l + 1 } else { 0 }..right as u32).map(|r| pair(l, r)));
        }
        return Ok((pairs, vec![Found { name: "every pair".into(), pairs: all as u64, left_out: 0 }]));
    }
    let passes = choice::choose(fields, limits, cancel)?;
    let tables = tables(fields, &passes, limits.threads, cancel)?;
    let found = in_parallel(limits.threads, passes.len(), |at| {
        if cancel.load(Relaxed) {
            return Err(EngineError::Cancelled);
        }
        let [left, right] =
            [0, 1].map(
                |side: usize| {
                    if side == 1 && within { Vec::new() } else { keyed(fields, &tables, &passes[at], side) }
                },
            );
        Ok(run(&left, &right, within, limits.pairs_per_pass))
    })?;
    drop(tables);
    let mut pairs = Vec::with_capacity(found.iter().map(|(pairs, _)| pairs.len()).sum());
    let mut told = Vec::new();
    for ((mut some, left_out), pass) in found.into_iter().zip(&passes) {
        told.push(Found { name: named(fields, pass), pairs: some.len() as u64, left_out });
        pairs.append(&mut some);
    }
    pairs.sort_unstable();
    pairs.dedup();
    Ok((pairs, told))
}

fn named(fields: &[Field], pass: &Pass) -> String {
    let piece = |(field, part): &Piece| match part {
        Part::Whole => fields[*field].names[0].trim().to_owned(),
        part => format!("{} of {}", part.name(), fields[*field].names[0].trim()),
    };
    pass.pieces.iter().map(piece).collect::<Vec<_>>().join(" and ")
}

/// The keys of the rows of a side, by key.
fn keyed(fields: &[Field], tables: &BTreeMap<Piece, Table>, pass: &Pass, side: usize) -> Vec<(u64, u32)> {
    let tables: Vec<&Table> = pass.pieces.iter().filter_map(|piece| tables.get(piece)).collect();
    let count = fields[0].rows[side].len();
    let mut keys = Vec::with_capacity(count);
    for row in 0..count {
        let of = |at: usize| tables[at].of(fields[pass.pieces[at].0].rows[side][row]);
        if tables.len() == 1 {
            keys.extend(of(0).iter().map(|key| (*key, row as u32)));
        } else {
            let (firsts, seconds) = (of(0), of(1));
            let both = firsts.iter().flat_map(|first| seconds.iter().map(move |second| mix(*first, *second)));
            keys.extend(both.take(MOST_KEYS).map(|key| (key, row as u32)));
        }
    }
    keys.sort_unstable();
    keys
}

/// The hashes that the passes need.
fn tables(
    fields: &[Field],
    passes: &[Pass],
    threads: usize,
    cancel: &AtomicBool,
) -> Result<BTreeMap<Piece, Table>, EngineError> {
    let mut pieces: Vec<Piece> = passes.iter().flat_map(|pass| pass.pieces.iter().copied()).collect();
    pieces.sort_unstable();
    pieces.dedup();
    let tables = in_parallel(threads, pieces.len(), |at| {
        if cancel.load(Relaxed) {
            return Err(EngineError::Cancelled);
        }
        Ok(Table::new(fields, pieces[at]))
    })?;
    Ok(pieces.into_iter().zip(tables).collect())
}

/// The hashes of a part for every value of a field.
struct Table {
    hashes: Vec<u64>,
    ends: Vec<u32>,
}

impl Table {
    fn new(fields: &[Field], (field, part): Piece) -> Self {
        let field = &fields[field];
        let mut table = Self { hashes: Vec::new(), ends: Vec::with_capacity(field.values.len()) };
        for value in 0..field.values.len() as u32 {
            hashes(field, part, value, &mut table.hashes);
            table.ends.push(table.hashes.len() as u32);
        }
        table
    }

    fn of(&self, value: u32) -> &[u64] {
        let Some(end) = self.ends.get(value as usize) else { return &[] };
        let start = if value == 0 { 0 } else { self.ends[value as usize - 1] };
        &self.hashes[start as usize..*end as usize]
    }
}

/// Runs a pass; returns its pairs and the number of blocks that were too large.
fn run(left: &[(u64, u32)], right: &[(u64, u32)], within: bool, limit: usize) -> (Pairs, u64) {
    // Pairs in blocks by the logarithm of their size: as many of the small ones are taken as fit.
    let mut by_size = [0_usize; 64];
    let size = |l: usize, r: usize| if within { l * (l - 1) / 2 } else { l * r };
    let bucket = |pairs: usize| pairs.checked_ilog2().unwrap_or_default() as usize;
    each_block(left, right, within, |l, r| {
        let pairs = size(l.len(), r.len());
        by_size[bucket(pairs)] += pairs;
    });
    let mut total = 0;
    let fits = by_size.iter().take_while(|pairs| {
        total += **pairs;
        total <= limit
    });
    let largest = fits.count();
    let (mut pairs, mut left_out) = (Vec::with_capacity(by_size[..largest].iter().sum()), 0);
    each_block(left, right, within, |l, r| {
        if bucket(size(l.len(), r.len())) >= largest {
            left_out += 1;
            return;
        }
        for (at, (_, a)) in l.iter().enumerate() {
            let others = if within { &r[at + 1..] } else { r };
            pairs.extend(others.iter().map(|(_, b)| if within { pair(*a.min(b), *a.max(b)) } else { pair(*a, *b) }));
        }
    });
    if within {
        pairs.retain(|pair| rows(*pair).0 != rows(*pair).1);
    }
    (pairs, left_out)
}

/// Calls `see` with the rows of both sides that have a key in common; within one file with those that share one.
fn each_block(
    left: &[(u64, u32)],
    right: &[(u64, u32)],
    within: bool,
    mut see: impl FnMut(&[(u64, u32)], &[(u64, u32)]),
) {
    let same = |a: &(u64, u32), b: &(u64, u32)| a.0 == b.0;
    if within {
        left.chunk_by(same).filter(|block| block.len() > 1).for_each(|block| see(block, block));
        return;
    }
    let mut rights = right.chunk_by(same).peekable();
    for block in left.chunk_by(same) {
        while rights.next_if(|other| other[0].0 < block[0].0).is_some() {}
        if let Some(other) = rights.next_if(|other| other[0].0 == block[0].0) {
            see(block, other);
        }
    }
}

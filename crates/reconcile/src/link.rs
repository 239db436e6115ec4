//! Linking records that have no identifier in common: candidate pairs are found by what their values share, judged
//! field by field, weighed as Fellegi and Sunter do with weights learned from the data, and assigned. Nothing has to
//! be set by hand. The same inputs give the same answer on any number of threads.

mod answer;
mod assign;
mod blocking;
mod fields;
mod keys;
mod model;
mod normalise;
mod parallel;
mod random;
mod similarity;
mod table;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::Relaxed},
};

use serde::{Deserialize, Serialize};

pub use self::{
    answer::{FieldSummary, LevelSummary, LinkSummary, Linked, LinkedPair, PassSummary, Reason},
    fields::{FieldKind, MOST_LINKED_FIELDS},
    similarity::Level,
};
use self::{
    assign::Scored,
    blocking::rows,
    model::{Compared, Model},
    parallel::in_parallel,
    similarity::{ALL, Comparer, Levels},
    table::Field,
};
use crate::{error::EngineError, staging::Staged};

/// Candidates compared between two looks at the cancel flag.
const PIECE: usize = 1 << 15;
/// Pairs below this probability are nobody's business.
const LEAST_POSSIBLE: f64 = 0.05;
/// Candidates below these odds (natural logarithm) cannot take part in an answer.
const LEAST_ODDS: f64 = -7.0;

/// What to link by.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkSpec {
    /// Pairs of columns to compare as (left, right); none: the columns of equal name, whatever their case and
    /// punctuation.
    pub compare: Vec<(String, String)>,
    /// Both sides are the same file, and records in it that stand for the same thing are looked for.
    pub within: bool,
}

/// What linking may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkSettings {
    /// Threads that work at the same time.
    pub threads: usize,
    /// Most pairs of records that are compared; each takes about 40 bytes of memory.
    pub most_pairs: usize,
}

impl Default for LinkSettings {
    fn default() -> Self {
        Self { threads: 2, most_pairs: 50_000_000 }
    }
}

/// What a running link is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LinkPhase {
    /// Reading both sides.
    Reading,
    /// Looking for pairs worth comparing.
    Blocking,
    /// Comparing them.
    Comparing,
    /// Learning what agreement is worth, and deciding.
    Deciding,
}

/// Called at the beginning of each phase.
pub type LinkProgressFn = Arc<dyn Fn(LinkPhase) + Send + Sync>;

/// Bounds of the search for pairs.
struct Limits {
    threads: usize,
    /// Pairs in all.
    pairs: usize,
    pairs_per_pass: usize,
    /// Up to so many possible pairs all of them are compared.
    compare_all: usize,
}

impl Limits {
    fn new(settings: &LinkSettings, rows: usize) -> Self {
        const COMPARE_ALL: usize = 600_000;
        let pairs = rows.saturating_mul(40).max(2_000_000).min(settings.most_pairs.max(1));
        Self {
            threads: settings.threads.max(1),
            pairs,
            pairs_per_pass: pairs / 10,
            compare_all: COMPARE_ALL.min(pairs),
        }
    }
}

/// Links two staged sides, or the records within one (then `right` is not read). Works on the calling thread and on
/// those it starts; cancelling takes effect within about a second.
///
/// # Errors
/// Columns that are not there, none in common, a file that cannot be read, more rows than can be numbered.
pub fn link(
    left: &Staged,
    right: &Staged,
    spec: &LinkSpec,
    settings: &LinkSettings,
    progress: &LinkProgressFn,
    cancel: &AtomicBool,
) -> Result<Linked, EngineError> {
    let right = if spec.within { left } else { right };
    if left.rows.max(right.rows) >= u64::from(u32::MAX) {
        return Err(EngineError::BadSpec("a side has more than 4 billion rows; link parts of it".into()));
    }
    let pairs = fields::column_pairs([left, right], &spec.compare)?;
    progress(LinkPhase::Reading);
    let threads = settings.threads.max(1);
    let fields = table::read_fields([left, right], spec.within, &pairs, threads, cancel)?;
    let enough = if spec.within { 2 } else { 1 };
    if left.rows < enough || right.rows < enough {
        return Ok(nothing(&fields, left.rows, right.rows));
    }
    progress(LinkPhase::Blocking);
    let limits = Limits::new(settings, fields[0].rows[0].len().max(fields[0].rows[1].len()));
    let (pairs, passes) = blocking::candidates(&fields, spec.within, &limits, cancel)?;
    progress(LinkPhase::Comparing);
    let comparer = Comparer::new(&fields);
    let levels = compare_all(&comparer, &pairs, threads, cancel)?;
    progress(LinkPhase::Deciding);
    let compared = Compared { pairs: &pairs, levels: &levels };
    let model = Model::learn(&fields, &comparer, &compared, spec.within, threads, cancel)?;
    let decision = Decision { fields: &fields, comparer: &comparer, model: &model, compared: &compared };
    let (taken, possible) = decision.decide(spec.within, threads, cancel)?;
    let summary = LinkSummary {
        threshold: taken.last().map_or(1.0, |pair| pair.score),
        compared: pairs.len() as u64,
        expected_matches: taken.iter().chain(&possible).map(|pair| pair.score).sum(),
        passes: passes
            .into_iter()
            .map(|found| PassSummary { by: found.name, pairs: found.pairs, left_out: found.left_out })
            .collect(),
        fields: fields.iter().enumerate().map(|(at, field)| described(field, Some((&model, at)))).collect(),
        ..nothing(&[], left.rows, right.rows).summary
    };
    Ok(Linked { pairs: taken, possible, summary })
}

fn compare_all(
    comparer: &Comparer<'_>,
    pairs: &[u64],
    threads: usize,
    cancel: &AtomicBool,
) -> Result<Vec<Levels>, EngineError> {
    let pieces: Vec<&[u64]> = pairs.chunks(PIECE).collect();
    let levels = in_parallel(threads, pieces.len(), |at| {
        if cancel.load(Relaxed) {
            return Err(EngineError::Cancelled);
        }
        let compare = |pair: &u64| {
            let (left, right) = rows(*pair);
            comparer.compare(left, right)
        };
        Ok(pieces[at].iter().map(compare).collect::<Vec<_>>())
    })?;
    Ok(levels.concat())
}

/// What the last step works with.
struct Decision<'a> {
    fields: &'a [Field],
    comparer: &'a Comparer<'a>,
    model: &'a Model,
    compared: &'a Compared<'a>,
}

impl Decision<'_> {
    /// The pairs taken for the same, and those for a person.
    fn decide(
        &self,
        within: bool,
        threads: usize,
        cancel: &AtomicBool,
    ) -> Result<(Vec<LinkedPair>, Vec<LinkedPair>), EngineError> {
        let pairs = self.compared.pairs;
        let scored = in_parallel(threads, pairs.len().div_ceil(PIECE), |piece| {
            if cancel.load(Relaxed) {
                return Err(EngineError::Cancelled);
            }
            let range = piece * PIECE..pairs.len().min((piece + 1) * PIECE);
            let scored = range.map(|at| Scored {
                pair: pairs[at],
                levels: self.compared.levels[at],
                odds: self.model.odds(self.fields, pairs[at], self.compared.levels[at]),
                score: 0.0,
            });
            Ok(scored.filter(|scored| scored.odds > LEAST_ODDS).collect::<Vec<_>>())
        })?
        .concat();
        let sides = [0, 1].map(|side: usize| self.fields[0].rows[side].len());
        let ranked = if within { assign::many_to_many(scored) } else { assign::one_to_one(scored, sides) };
        let (taken, rest) = ranked.split_at(assign::how_many(&ranked));
        let mut taken = taken.to_vec();
        if within {
            self.fill_up(&mut taken);
        }
        let there: std::collections::HashSet<u64> = taken.iter().map(|scored| scored.pair).collect();
        let possible = rest.iter().filter(|scored| scored.score >= LEAST_POSSIBLE && !there.contains(&scored.pair));
        let possible = possible.map(|scored| self.explained(scored)).collect();
        Ok((taken.iter().map(|scored| self.explained(scored)).collect(), possible))
    }

    /// Adds the pairs that follow from the others within one file. They are as certain as the group is.
    fn fill_up(&self, taken: &mut Vec<Scored>) {
        let threshold = taken.last().map_or(1.0, |scored| scored.score);
        for pair in assign::implied(taken) {
            let (left, right) = rows(pair);
            let levels = self.comparer.compare(left, right);
            let odds = self.model.odds(self.fields, pair, levels);
            taken.push(Scored { pair, levels, odds, score: threshold });
        }
    }

    fn explained(&self, scored: &Scored) -> LinkedPair {
        let (left_row, right_row) = rows(scored.pair);
        let reason = |at: usize| {
            let level = scored.levels.get(at);
            let value = self.fields[at].rows[0][left_row as usize];
            Reason { level, weight: self.model.weight(at, level, value) as f32 }
        };
        let weight = scored.odds / std::f64::consts::LN_2;
        let reasons = (0..self.fields.len()).map(reason).collect();
        LinkedPair { left_row, right_row, score: scored.score, weight, reasons }
    }
}

/// The answer where there is nothing to compare.
fn nothing(fields: &[Field], left_rows: u64, right_rows: u64) -> Linked {
    let summary = LinkSummary {
        left_rows,
        right_rows,
        compared: 0,
        expected_matches: 0.0,
        threshold: 1.0,
        possible_threshold: LEAST_POSSIBLE,
        passes: Vec::new(),
        fields: fields.iter().map(|field| described(field, None)).collect(),
    };
    Linked { pairs: Vec::new(), possible: Vec::new(), summary }
}

fn described(field: &Field, learned: Option<(&Model, usize)>) -> FieldSummary {
    let level = |(model, at): (&Model, usize), level: Level| {
        let (in_matches, in_others) = (model.matches[at][level as usize], model.others[at][level as usize]);
        LevelSummary { level, in_matches, in_others, weight: (in_matches / in_others).log2() }
    };
    let [left, right] = field.names.clone();
    let levels = learned.map_or_else(Vec::new, |learned| ALL[1..].iter().map(|each| level(learned, *each)).collect());
    FieldSummary { left, right, kind: field.kind, levels }
}

//! What keys keep apart: records of both sides are linked by their values, proposed as pairs and kept as a file; pairs
//! that people have confirmed are compared as if their keys were equal. Works on staged sides alone.

mod pick;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
};

use arrow::{
    array::{Array, AsArray, RecordBatch, StringArray},
    datatypes::{DataType, Field, Schema},
};
use parquet::arrow::ArrowWriter;
use serde::{Deserialize, Serialize};

pub use self::pick::{Key, keys_on_one_side, single_keys};
use self::pick::{NUMBER, pick};
use crate::{
    check::{Outcome, Settings, check},
    error::EngineError,
    link::{Level, LinkProgressFn, LinkSettings, LinkSpec, Linked, LinkedPair, link},
    lookup::open,
    spec::{Side, Spec},
    staging::{Staged, writer_properties},
};

/// From here on a pair is sure; below, a person decides.
pub const SURE: f64 = 0.95;
/// No page of proposals is longer.
const LONGEST_PAGE: usize = 10_000;
/// Longest value kept with a proposal, in characters: the whole record is where it was staged.
const KEPT: usize = 300;
const PIECE: usize = 4_096;

/// Two records that may stand for the same thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// Key of the left record.
    pub left: Key,
    /// Key of the right record.
    pub right: Key,
    /// Probability that the two are the same, as far as the model goes (0 to 1).
    pub score: f64,
    /// Whether it needs nobody to look at it.
    pub sure: bool,
    /// What each pair of columns says, in the order of the check.
    pub fields: Vec<ProposalField>,
}

/// What a pair of columns says about two records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProposalField {
    /// How alike the values are.
    pub level: Level,
    /// Evidence in bits: above 0 for the same, below against.
    pub weight: f32,
    /// Value on the left; `None` is NULL.
    pub left: Option<String>,
    /// Value on the right.
    pub right: Option<String>,
}

/// What is to be linked, and where the answer goes.
#[derive(Debug, Clone)]
pub struct Proposing {
    /// Existing directory for the time of the work.
    pub temp_dir: PathBuf,
    /// Where to keep the proposals (Parquet).
    pub path: PathBuf,
    /// Most pairs for people; the likeliest are kept.
    pub most_unclear: usize,
    /// Threads that work at the same time.
    pub threads: usize,
}

/// What was proposed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Proposed {
    /// Pairs that were compared.
    pub compared: u64,
    /// Pairs that need nobody to look at them.
    pub sure: u64,
    /// Pairs for people, in the file before the sure ones.
    pub unclear: u64,
    /// Pairs for people beyond the limit; not in the file.
    pub beyond: u64,
    /// Pairs that were refused before, left out.
    pub refused: u64,
}

/// Links the records with these keys and keeps what comes of it, pairs for people first, the likeliest first. Blocking;
/// cancelling takes effect within about a second. `refused` are pairs that are not to be proposed again.
///
/// # Errors
/// Columns that are not there, files that cannot be read or written, more than fits into memory.
pub fn propose(
    sides: [&Staged; 2],
    spec: &Spec,
    keys: [&[Key]; 2],
    refused: &dyn Fn(&Key, &Key) -> bool,
    how: &Proposing,
    progress: &LinkProgressFn,
    cancel: &AtomicBool,
) -> Result<Proposed, EngineError> {
    let picked = |side: Side| {
        let at = side.pick(0, 1);
        let wanted = keys[at].iter().cloned().zip(0..).collect();
        pick(sides[at], side, spec, &wanted, &how.temp_dir.join(format!("{side}.rest")), cancel)
    };
    let (left, right) = (picked(Side::Left)?, picked(Side::Right)?);
    let compare = spec.compare.iter().map(|pair| (pair.left.clone(), pair.right.clone())).collect();
    let settings = LinkSettings { threads: how.threads, ..LinkSettings::default() };
    let link_spec = LinkSpec { compare, within: false };
    let linked = link(&left.staged, &right.staged, &link_spec, &settings, progress, cancel)?;
    let Linked { pairs, possible, summary } = linked;
    let key_of = |pair: &LinkedPair| {
        (&keys[0][left.numbers[pair.left_row as usize]], &keys[1][right.numbers[pair.right_row as usize]])
    };
    let mut counts = Proposed { compared: summary.compared, ..Proposed::default() };
    let (mut sure, mut unclear) = (Vec::new(), Vec::new());
    let taken = pairs.len();
    for (at, pair) in pairs.into_iter().chain(possible).enumerate() {
        let (l, r) = key_of(&pair);
        if refused(l, r) {
            counts.refused += 1;
        } else if at < taken && pair.score >= SURE {
            sure.push(pair);
        } else {
            unclear.push(pair);
        }
    }
    // Pairs of equal score stay in the order in which they were found, which is always the same.
    unclear.sort_by(|a, b| b.score.total_cmp(&a.score));
    counts.beyond = unclear.len().saturating_sub(how.most_unclear) as u64;
    unclear.truncate(how.most_unclear);
    (counts.sure, counts.unclear) = (sure.len() as u64, unclear.len() as u64);
    let proposal = |pair: &LinkedPair, sure: bool| {
        let (l, r) = key_of(pair);
        let fields = spec.compare.iter().zip(&pair.reasons).map(|(columns, reason)| ProposalField {
            level: reason.level,
            weight: reason.weight,
            left: left.value(pair.left_row as usize, &columns.left).map(cut),
            right: right.value(pair.right_row as usize, &columns.right).map(cut),
        });
        Proposal { left: l.clone(), right: r.clone(), score: pair.score, sure, fields: fields.collect() }
    };
    let all = unclear.iter().map(|pair| proposal(pair, false)).chain(sure.iter().map(|pair| proposal(pair, true)));
    write(&how.path, all)?;
    Ok(counts)
}

fn cut(value: &str) -> String {
    match value.char_indices().nth(KEPT) {
        None => value.to_owned(),
        Some((end, _)) => format!("{}…", &value[..end]),
    }
}

fn schema() -> Arc<Schema> {
    Arc::new(Schema::new(vec![Field::new("proposal", DataType::Utf8, false)]))
}

fn write(path: &Path, mut all: impl Iterator<Item = Proposal>) -> Result<(), EngineError> {
    let failed = |error: std::io::Error| EngineError::storage("write", path, error.to_string());
    let file = std::fs::File::create(path).map_err(failed)?;
    let mut writer = ArrowWriter::try_new(file, schema(), Some(writer_properties()))
        .map_err(|error| EngineError::parquet("write", path, &error))?;
    loop {
        let piece: Vec<String> = all
            .by_ref()
            .take(PIECE)
            .map(|proposal| serde_json::to_string(&proposal))
            .collect::<Result<_, _>>()
            .map_err(|error| EngineError::Internal(error.to_string()))?;
        if piece.is_empty() {
            break;
        }
        let batch = RecordBatch::try_new(schema(), vec![Arc::new(StringArray::from(piece))])?;
        writer.write(&batch).map_err(|error| EngineError::parquet("write", path, &error))?;
    }
    let file = writer.into_inner().map_err(|error| EngineError::parquet("write", path, &error))?;
    file.sync_all().map_err(failed)
}

/// Proposals from a place on, at most `limit` (10 000). Blocking.
///
/// # Errors
/// When the file cannot be read or is another one.
pub fn proposals(path: &Path, offset: usize, limit: usize) -> Result<Vec<Proposal>, EngineError> {
    let reader = open(path)?
        .with_offset(offset)
        .with_limit(limit.min(LONGEST_PAGE))
        .build()
        .map_err(|error| EngineError::parquet("read", path, &error))?;
    let strange = || EngineError::storage("read", path, "it holds no proposed pairs");
    let mut found = Vec::new();
    for batch in reader {
        let batch = batch.map_err(|error| EngineError::storage("read", path, error))?;
        let texts = batch.column(0).as_string_opt::<i32>().ok_or_else(strange)?;
        for row in 0..texts.len() {
            found.push(serde_json::from_str(texts.value(row)).map_err(|_| strange())?);
        }
    }
    Ok(found)
}

/// Compares confirmed pairs as if their keys were equal. A pair counts only where both of its keys are on one side
/// only, so no record counts twice; the differences that a check with these `settings` kept say so. `None` where there is
/// no such pair.
///
/// # Errors
/// As for [`check()`].
pub async fn check_pairs(
    sides: [&Staged; 2],
    spec: &Spec,
    settings: &Settings,
    confirmed: Vec<(Key, Key)>,
    cancel: Arc<AtomicBool>,
) -> Result<Option<Outcome>, EngineError> {
    let Some(differences) = settings.differences.clone() else { return Ok(None) };
    let (sides, own, stop) = (sides.map(Clone::clone), spec.clone(), Arc::clone(&cancel));
    let folder = settings.temp_dir.clone();
    let work = move || pick_pairs([&sides[0], &sides[1]], &own, &differences, &confirmed, &folder, &stop);
    let picked =
        tokio::task::spawn_blocking(work).await.map_err(|error| EngineError::Internal(error.to_string()))??;
    let Some([left, right]) = picked else { return Ok(None) };
    let spec = Spec { key: vec![(NUMBER.to_owned(), NUMBER.to_owned())], compare: spec.compare.clone() };
    let settings = Settings { differences: None, ..settings.clone() };
    let outcome = check(&left, &right, &spec, &settings, Arc::new(|_| {}), cancel).await;
    for side in [left, right] {
        // What refuses to go is removed with the folder of the run.
        let _ = std::fs::remove_file(&side.path);
    }
    outcome.map(Some)
}

fn pick_pairs(
    sides: [&Staged; 2],
    spec: &Spec,
    differences: &Path,
    confirmed: &[(Key, Key)],
    temp_dir: &Path,
    cancel: &AtomicBool,
) -> Result<Option<[Staged; 2]>, EngineError> {
    let mut lefts: HashMap<&[String], usize> = HashMap::new();
    let mut rights: HashMap<&[String], usize> = HashMap::new();
    for (number, (left, right)) in confirmed.iter().enumerate() {
        lefts.insert(left, number);
        rights.insert(right, number);
    }
    let mut here = [vec![false; confirmed.len()], vec![false; confirmed.len()]];
    for (at, side, numbers) in [(0, Side::Left, &lefts), (1, Side::Right, &rights)] {
        for key in keys_on_one_side(differences, side, |key| numbers.contains_key(key))? {
            if let Some(number) = numbers.get(key.as_slice()) {
                here[at][*number] = true;
            }
        }
    }
    let both: Vec<usize> = (0..confirmed.len()).filter(|number| here[0][*number] && here[1][*number]).collect();
    if both.is_empty() {
        return Ok(None);
    }
    let picked = |side: Side| {
        let key = |number: &usize| (side.pick(&confirmed[*number].0, &confirmed[*number].1).clone(), *number);
        let wanted: HashMap<Key, usize> = both.iter().map(key).collect();
        let path = temp_dir.join(format!("{side}.crosswalk"));
        Ok::<_, EngineError>(pick(sides[side.pick(0, 1)], side, spec, &wanted, &path, cancel)?.staged)
    };
    Ok(Some([picked(Side::Left)?, picked(Side::Right)?]))
}

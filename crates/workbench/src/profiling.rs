//! Data looked at before a check is designed: what each column holds, and which columns of two sides belong together.
//! Nothing is written.

use crate::{Error, comparison::unread, own_task::on_its_own};
use connectors::{
    ErrorKind, Limits, ReadError, ReadSummary, Sink, SinkError, Source,
    arrow::{array::RecordBatch, datatypes::Schema},
};
use reconcile::{
    Sampler, SideSample,
    profile::{self, KeySuggestion, PairSuggestion, Profile, Profiler},
};
use serde::Serialize;
use std::sync::{Arc, atomic::AtomicBool};

/// What was seen of one file, or of two and how they fit together.
#[derive(Debug, Serialize)]
pub struct Profiled {
    /// The file, or the left one.
    pub left: Profile,
    /// The other file, where one was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub right: Option<Profile>,
    /// Columns that may tell which records belong together, the most promising first. Of one file: which tell its
    /// records apart.
    pub keys: Vec<KeySuggestion>,
    /// Columns that may hold the same data point; empty for one file.
    pub pairs: Vec<PairSuggestion>,
}

/// Reads a file, or two, and says what is in them.
///
/// # Errors
/// Bad input in words that name the file.
pub async fn profile_files(left: &str, right: Option<&str>) -> Result<Profiled, Error> {
    let limits = Limits::default();
    let left_source = connectors::file::open(left, &limits).await?;
    let right_source = match right {
        Some(right) => Some(connectors::file::open(right, &limits).await?),
        None => None,
    };
    let (mut left, mut right) = look(&left_source, right_source.as_ref(), &[], &limits).await?;
    let mut keys = profile::keys(&left, right.as_ref().unwrap_or(&left));
    if keys.is_empty() {
        let sets = profile::composites(&left, right.as_ref().unwrap_or(&left));
        if !sets.is_empty() {
            (left, right) = look(&left_source, right_source.as_ref(), &sets, &limits).await?;
            keys = profile::keys(&left, right.as_ref().unwrap_or(&left));
        }
    }
    let pairs = right.as_ref().map(|right| profile::pairs(&left, right)).unwrap_or_default();
    Ok(Profiled { left, right, keys, pairs })
}

/// Reads both sides at the same time; each of `sets` are columns to look at as one.
async fn look(
    left: &Source,
    right: Option<&Source>,
    sets: &[Vec<(String, String)>],
    limits: &Limits,
) -> Result<(Profile, Option<Profile>), Error> {
    let lefts = sets.iter().map(|set| set.iter().map(|(left, _)| left.clone()).collect()).collect();
    let rights = sets.iter().map(|set| set.iter().map(|(_, right)| right.clone()).collect()).collect();
    let left = on_its_own(look_at(left.clone(), lefts, limits.clone()));
    match right {
        Some(right) => {
            let right = on_its_own(look_at(right.clone(), rights, limits.clone()));
            tokio::try_join!(left, right).map(|(left, right)| (left, Some(right)))
        }
        None => Ok((left.await?, None)),
    }
}

async fn look_at(source: Source, sets: Vec<Vec<String>>, limits: Limits) -> Result<Profile, Error> {
    let mut profiler = Profiler::new(sets);
    let mut sink = |batch: RecordBatch| Ok(profiler.add(&batch)?);
    let summary = fill(&mut sink, &source, &limits).await.map_err(unread)?;
    Ok(profiler.finish(&summary.schema)?)
}

/// Reads a source; what came before it failed is in the sink.
async fn fill(sink: &mut Sink<'_>, source: &Source, limits: &Limits) -> Result<ReadSummary, ReadError> {
    let cancel = Arc::new(AtomicBool::new(false));
    connectors::read(source, limits, sink, &cancel).await
}

/// What the first rows of two sources say, and these rows.
pub(crate) struct Glanced {
    /// Columns that may be the key, the most promising first.
    pub keys: Vec<KeySuggestion>,
    /// Columns that may belong together.
    pub pairs: Vec<PairSuggestion>,
    /// The first rows of the left side.
    pub left: SideSample,
    /// The first rows of the right side.
    pub right: SideSample,
}

/// Looks at as many rows of two sources as `limits` let through; of those it keeps at most `bytes` of text a side. What
/// cannot be read says nothing.
pub(crate) async fn glance(left: Source, right: Source, limits: &Limits, bytes: usize) -> Option<Glanced> {
    let left = on_its_own(first_rows(left, limits.clone(), bytes));
    let right = on_its_own(first_rows(right, limits.clone(), bytes));
    let ((left, left_rows), (right, right_rows)) = tokio::try_join!(left, right).ok()?;
    let (keys, pairs) = (profile::keys(&left, &right), profile::pairs(&left, &right));
    Some(Glanced { keys, pairs, left: left_rows, right: right_rows })
}

async fn first_rows(source: Source, limits: Limits, bytes: usize) -> Result<(Profile, SideSample), Error> {
    let mut profiler = Profiler::default();
    let mut sampler = Sampler::new(usize::try_from(limits.rows).unwrap_or(usize::MAX), bytes);
    let mut sink = |batch: RecordBatch| -> Result<(), SinkError> {
        profiler.add(&batch)?;
        Ok(sampler.add(&batch)?)
    };
    match fill(&mut sink, &source, &limits).await {
        Ok(summary) => Ok((profiler.finish(&summary.schema)?, sampler.finish(Some(&summary.schema))?)),
        Err(ReadError::Source(stopped)) if matches!(stopped.kind, ErrorKind::Limit | ErrorKind::TimedOut) => {
            Ok((profiler.finish(&Schema::empty())?, sampler.finish(None)?))
        }
        Err(error) => Err(unread(error)),
    }
}

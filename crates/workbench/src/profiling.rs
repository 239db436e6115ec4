//! Data looked at before a check is designed: what each column holds, and which columns of two sides belong together.
//! Nothing is kept.

use crate::{Error, comparison::unread, own_task::on_its_own};
use connectors::{
    ErrorKind, Limits, ReadError, ReadSummary, Source,
    arrow::{array::RecordBatch, datatypes::Schema},
};
use reconcile::profile::{self, KeySuggestion, PairSuggestion, Profile, Profiler};
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
    let summary = fill(&mut profiler, &source, &limits).await.map_err(unread)?;
    Ok(profiler.finish(&summary.schema)?)
}

/// Reads a source; what came before it failed is in the profiler.
async fn fill(profiler: &mut Profiler, source: &Source, limits: &Limits) -> Result<ReadSummary, ReadError> {
    let cancel = Arc::new(AtomicBool::new(false));
    let mut sink = |batch: RecordBatch| Ok(profiler.add(&batch)?);
    connectors::read(source, limits, &mut sink, &cancel).await
}

/// What the first rows of two sources say about which columns belong together: keys and pairs, the most promising
/// first. As many rows as `limits` let through; what cannot be read says nothing.
pub(crate) async fn glance(
    left: Source,
    right: Source,
    limits: &Limits,
) -> Option<(Vec<KeySuggestion>, Vec<PairSuggestion>)> {
    let left = on_its_own(first_rows(left, limits.clone()));
    let right = on_its_own(first_rows(right, limits.clone()));
    let (left, right) = tokio::try_join!(left, right).ok()?;
    Some((profile::keys(&left, &right), profile::pairs(&left, &right)))
}

async fn first_rows(source: Source, limits: Limits) -> Result<Profile, Error> {
    let mut profiler = Profiler::default();
    match fill(&mut profiler, &source, &limits).await {
        Ok(summary) => Ok(profiler.finish(&summary.schema)?),
        Err(ReadError::Source(stopped)) if matches!(stopped.kind, ErrorKind::Limit | ErrorKind::TimedOut) => {
            Ok(profiler.finish(&Schema::empty())?)
        }
        Err(error) => Err(unread(error)),
    }
}

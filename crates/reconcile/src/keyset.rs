//! Sets of records by the digests of their keys: what a slice holds, what a work-list remembers.
//!
//! A digest says whether it is the same key again without keeping the key itself.

use std::{collections::HashSet, path::Path, sync::Arc};

use arrow::array::{Array, AsArray, RecordBatch, StringArray};
use sha2::{Digest, Sha256};

use crate::{
    differences::{Class, Filter, Reader},
    error::EngineError,
    slices::Rows,
    spec::{Side, Spec},
};

/// Bytes of a digest.
const BYTES: usize = 16;
/// Larger sets are refused: they would hold more memory than a page is worth.
pub(crate) const MOST_KEYS: usize = 4_000_000;

/// The first half of a SHA-256 over the parts of a key, each with its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyDigest([u8; BYTES]);

impl KeyDigest {
    /// The digest of a key.
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        let mut digest = [0; BYTES];
        digest.copy_from_slice(&hash.finalize()[..BYTES]);
        Self(digest)
    }

    /// The digest of the key in one row of a batch, whose parts are in these columns.
    pub(crate) fn in_row(columns: &[&StringArray], row: usize) -> Self {
        Self::of(columns.iter().map(|column| if column.is_valid(row) { column.value(row) } else { "" }))
    }
}

/// Some keys. Cheap to clone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeySet(Arc<HashSet<KeyDigest>>);

impl KeySet {
    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this key is one of them.
    pub fn contains(&self, key: &KeyDigest) -> bool {
        self.0.contains(key)
    }

    /// All digests one after the other, sorted: the same set gives the same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut all: Vec<_> = self.0.iter().collect();
        all.sort_unstable();
        all.into_iter().flat_map(|digest| digest.0).collect()
    }

    /// What [`Self::to_bytes`] made; a rest that is no whole digest is left out.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        bytes.chunks_exact(BYTES).filter_map(|chunk| chunk.try_into().ok()).map(KeyDigest).collect()
    }
}

impl FromIterator<KeyDigest> for KeySet {
    fn from_iter<T: IntoIterator<Item = KeyDigest>>(keys: T) -> Self {
        Self(Arc::new(keys.into_iter().collect()))
    }
}

/// Keys of entries that match a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchingKeys {
    /// How many entries match.
    pub entries: u64,
    /// Their keys; `None` where there are more of them than asked for.
    pub keys: Option<KeySet>,
}

/// The keys of all matching entries, as long as there are at most `most`. Blocking.
pub fn matching_keys(differences: &Path, filter: &Filter, most: usize) -> Result<MatchingKeys, EngineError> {
    let (mut entries, mut keys) = (0, HashSet::new());
    Reader::open(differences, filter, None)?.for_each_key(|key, _| {
        entries += 1;
        if keys.len() <= most {
            keys.insert(key);
        }
    })?;
    let keys = (keys.len() <= most).then(|| KeySet(Arc::new(keys)));
    Ok(MatchingKeys { entries, keys })
}

/// How many entries a file of differences holds. Blocking.
pub fn entries_kept(differences: &Path) -> Result<u64, EngineError> {
    Ok(Reader::open(differences, &Filter::default(), None)?.all)
}

/// How many of these records a run shows to be equal. Blocking.
///
/// With a compared pair: the key is once on both sides and the pair is equal, as it stands or by rule. Without one:
/// the key is once on both sides, or on neither.
pub fn equal_among(left: &Path, differences: &Path, keys: &KeySet, field: Option<usize>) -> Result<u64, EngineError> {
    let reader = Reader::open(differences, &Filter { keys: Some(keys.clone()), ..Filter::default() }, None)?;
    let spec = reader.spec.clone();
    let mut open = HashSet::new();
    reader.for_each_key(|key, entry| {
        let counts = match (entry.class, entry.field) {
            (Class::Different, at) => field.is_some() && at == field,
            (Class::EqualByRule, _) => false,
            _ => true,
        };
        if counts {
            open.insert(key);
        }
    })?;
    let settled = |seen: &KeySet| seen.0.iter().filter(|key| !open.contains(key)).count() as u64;
    if field.is_none() {
        return Ok(settled(keys));
    }
    let here = keys_of_rows(left, &spec, &[], |_, _, key| keys.contains(&key))?;
    Ok(settled(&here))
}

/// Keys of the rows of the left side that `wanted` takes; it sees the other columns asked for, the row and the key.
pub(crate) fn keys_of_rows(
    left: &Path,
    spec: &Spec,
    others: &[&str],
    wanted: impl Fn(&[&StringArray], usize, KeyDigest) -> bool,
) -> Result<KeySet, EngineError> {
    let names = spec.key_columns(Side::Left);
    let rows = Rows::open(left)?;
    let place = |name: &str| rows.place(name);
    let key: Vec<usize> = names.iter().map(|name| place(name)).collect::<Result<_, _>>()?;
    let others: Vec<usize> = others.iter().map(|name| place(name)).collect::<Result<_, _>>()?;
    let mut found = HashSet::new();
    rows.for_each(&[key.as_slice(), &others].concat(), |batch: &RecordBatch, at| {
        let column = |position: &usize| batch.column(at[position]).as_string::<i32>();
        let key: Vec<_> = key.iter().map(column).collect();
        let others: Vec<_> = others.iter().map(column).collect();
        for row in 0..batch.num_rows() {
            let digest = KeyDigest::in_row(&key, row);
            if wanted(&others, row, digest) {
                found.insert(digest);
            }
        }
        if found.len() > MOST_KEYS {
            let words = format!("more than {MOST_KEYS} records belong to it; choose a smaller part of the data");
            return Err(EngineError::BadSpec(words));
        }
        Ok(())
    })?;
    Ok(KeySet(Arc::new(found)))
}

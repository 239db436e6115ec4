//! What the codes of the left side are called on the right, agreed by people and read from a file.

use std::{collections::BTreeMap, io::Read};

use serde::{Deserialize, Serialize};

use crate::{error::EngineError, spec::Spec};

/// The columns of a file of code lists.
const HEADER: [&str; 3] = ["column", "left", "right"];
/// Codes beyond this are no code list.
const MOST_CODES: usize = 100_000;

/// For each code of the left side that is written otherwise on the right: how. Texts are taken exactly.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CodeMap(BTreeMap<String, String>);

impl CodeMap {
    /// A list of (left code, right code). Several left codes may lead to one right code, not the other way round.
    ///
    /// # Errors
    /// `BadSpec` when one left code leads to two right codes, or the list is longer than 100 000.
    pub fn new(codes: impl IntoIterator<Item = (String, String)>) -> Result<Self, EngineError> {
        let mut map = Self::default();
        for (left, right) in codes {
            map.insert(left, right)?;
        }
        Ok(map)
    }

    /// What a left value is called on the right, where that is another text.
    pub(crate) fn translate(&self, left: &str) -> Option<&str> {
        self.0.get(left).map(String::as_str).filter(|right| *right != left)
    }

    fn insert(&mut self, left: String, right: String) -> Result<(), EngineError> {
        if self.0.len() >= MOST_CODES {
            return Err(EngineError::BadSpec(format!("a code list has more than {MOST_CODES} codes; is it one?")));
        }
        match self.0.get(&left) {
            Some(known) if *known != right => Err(EngineError::BadSpec(format!(
                "the code `{left}` stands for `{known}` and for `{right}`; leave one of the two lines"
            ))),
            _ => {
                self.0.insert(left, right);
                Ok(())
            }
        }
    }
}

impl Spec {
    /// Sets what a file of code lists says: CSV with the columns `column` (its name on the left side), `left`, `right`.
    ///
    /// # Errors
    /// `BadSpec` with the line when it cannot be read, names a column that is not compared, or contradicts itself.
    pub fn map_codes(&mut self, file: impl Read) -> Result<(), EngineError> {
        let mut reader = csv::ReaderBuilder::new().from_reader(file);
        let unread = |error: csv::Error| EngineError::BadSpec(format!("--map: {error}"));
        let header = reader.headers().map_err(unread)?;
        if !header.iter().map(|name| name.trim_start_matches('\u{feff}')).eq(HEADER) {
            let message = format!("--map: the first line must be `{}`", HEADER.join(","));
            return Err(EngineError::BadSpec(message));
        }
        for record in reader.records() {
            let record = record.map_err(unread)?;
            let text = |at: usize| record.get(at).unwrap_or_default().to_owned();
            let line = record.position().map_or(0, csv::Position::line);
            for pair in self.pairs("--map", &text(0))? {
                let kept = pair.codes.get_or_insert_default().insert(text(1), text(2));
                kept.map_err(|error| EngineError::BadSpec(format!("--map, line {line}: {error}")))?;
            }
        }
        Ok(())
    }
}

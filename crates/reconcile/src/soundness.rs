//! How sound the values of a staged side are: which are missing, and which are not what they should be. It looks at
//! one side alone; whether a value is right only shows beside another.

use std::{
    fs::File,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

use arrow::array::{AsArray, StringArray};
use parquet::arrow::{ProjectionMask, arrow_reader::ParquetRecordBatchReaderBuilder};

use crate::{cause, decimal, error::EngineError, spec::Side, staging::Staged};

/// What the values of a column should be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Expected {
    /// Any text.
    #[default]
    Text,
    /// Numbers in plain form.
    Number,
    /// Days or moments, in any of the usual forms.
    Moment,
}

/// What was seen of a column.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Soundness {
    /// Rows without a value: NULL, empty or only white space.
    pub empty: u64,
    /// Values with white space at an end, with characters that cannot be read, or that are not what is expected.
    pub malformed: u64,
}

/// Looks at columns of a staged side, in the order asked for. Reads these columns once. Blocking.
///
/// # Errors
/// When the file cannot be read, a column is missing, or it was cancelled.
pub fn soundness(
    staged: &Staged,
    side: Side,
    columns: &[(String, Expected)],
    cancel: &AtomicBool,
) -> Result<Vec<Soundness>, EngineError> {
    let places: Vec<usize> = columns.iter().map(|(name, _)| staged.column(side, name)).collect::<Result<_, _>>()?;
    let mut wanted = places.clone();
    wanted.sort_unstable();
    wanted.dedup();
    let mut seen = vec![Soundness::default(); columns.len()];
    if wanted.is_empty() {
        return Ok(seen);
    }
    let failed = |reason: String| EngineError::storage("read", &staged.path, reason);
    let file = File::open(&staged.path).map_err(|error| failed(error.to_string()))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| failed(error.to_string()))?;
    let mask = ProjectionMask::roots(builder.parquet_schema(), wanted.clone());
    let reader =
        builder.with_projection(mask).build().map_err(|error| EngineError::parquet("read", &staged.path, &error))?;
    for batch in reader {
        if cancel.load(Relaxed) {
            return Err(EngineError::Cancelled);
        }
        let batch = batch.map_err(|error| EngineError::storage("read", &staged.path, error))?;
        for ((place, (_, expected)), seen) in places.iter().zip(columns).zip(&mut seen) {
            let column = wanted.iter().position(|wanted| wanted == place).unwrap_or_default();
            look(batch.column(column).as_string::<i32>(), *expected, seen);
        }
    }
    Ok(seen)
}

fn look(column: &StringArray, expected: Expected, seen: &mut Soundness) {
    for value in column {
        let text = value.unwrap_or_default();
        let trimmed = text.trim();
        if trimmed.is_empty() {
            seen.empty += 1;
        } else if trimmed.len() != text.len() || unreadable(text) || !fits(trimmed, expected) {
            seen.malformed += 1;
        }
    }
}

/// Line breaks and tabs inside a text are read well.
fn unreadable(text: &str) -> bool {
    text.chars().any(|c| c == '\u{fffd}' || (c.is_control() && !c.is_whitespace()))
}

fn fits(text: &str, expected: Expected) -> bool {
    match expected {
        Expected::Text => true,
        Expected::Number => decimal::equal(text, text),
        Expected::Moment => cause::is_moment(text),
    }
}

#[cfg(test)]
mod tests {
    use super::{Expected, Soundness, look};
    use arrow::array::StringArray;

    #[test]
    fn what_is_missing_and_what_is_not_well_formed_is_counted() {
        let text =
            [Some("Ann"), Some(" Bob"), Some(""), None, Some("  "), Some("Zo\u{fffd}"), Some("a\u{0}b"), Some("x\ny")];
        let numbers = [Some("1"), Some("-0.5"), Some("twelve"), Some("1e3"), None];
        let days = [Some("2024-03-05"), Some("5 Mar 2024"), Some("soon"), Some("2024-03-05 10:00")];
        for (values, expected, empty, malformed) in [
            (&text[..], Expected::Text, 3, 3),
            (&numbers[..], Expected::Number, 1, 1),
            (&days[..], Expected::Moment, 0, 1),
        ] {
            let mut seen = Soundness::default();
            look(&StringArray::from(values.to_vec()), expected, &mut seen);
            assert_eq!(seen, Soundness { empty, malformed }, "{values:?}");
        }
    }
}

//! Whether the values of a column are what people expect of it: their type, their length, their form, one of a list
//! of codes. Read from the staged side, so that what is said of a run can be looked up in what the run kept.

use std::{
    collections::BTreeSet,
    fs::File,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

use arrow::array::{AsArray, StringArray};
use parquet::arrow::{ProjectionMask, arrow_reader::ParquetRecordBatchReaderBuilder};
use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

use crate::{cause, decimal, error::EngineError, spec::Side, staging::Staged};

/// Longest pattern, in characters, and most bytes that it may take once it is compiled.
const LONGEST_PATTERN: usize = 1000;
const LARGEST_PATTERN: usize = 1 << 20;
/// Different values kept of each column as examples, and the characters kept of each.
const EXAMPLES: usize = 5;
const LONGEST_EXAMPLE: usize = 200;
const BATCH_ROWS: usize = 8192;

/// What the values of a column should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueType {
    /// Whole numbers in plain form, without zeros at the start: `0800` is a code.
    WholeNumber,
    /// Numbers in plain form, or with an exponent.
    Decimal,
    /// Days or moments in any of the usual forms.
    Date,
    /// Anything.
    Text,
}

/// What is expected of a column. Values that are NULL, empty or only white space break nothing.
#[derive(Debug, Clone, Default)]
pub struct Expectation {
    /// What its values are.
    pub value_type: Option<ValueType>,
    /// Most characters of a value.
    pub longest: Option<u64>,
    /// What a value looks like, from its first to its last character.
    pub pattern: Option<Pattern>,
    /// The values there may be; empty for any.
    pub codes: BTreeSet<String>,
}

/// A regular expression for whole values.
#[derive(Debug, Clone)]
pub struct Pattern(Regex);

impl Pattern {
    /// Reads a regular expression of at most 1000 characters.
    ///
    /// # Errors
    /// `BadSpec` when it cannot be read or is too large.
    pub fn new(text: &str) -> Result<Self, EngineError> {
        if text.chars().count() > LONGEST_PATTERN {
            return Err(EngineError::BadSpec(format!("a pattern has at most {LONGEST_PATTERN} characters")));
        }
        // Alone, so that what closes a group too many does not close ours.
        let alone = RegexBuilder::new(text).size_limit(LARGEST_PATTERN).build();
        let whole = alone.and_then(|_| {
            RegexBuilder::new(&format!("^(?:{text})$"))
                .size_limit(LARGEST_PATTERN)
                .dfa_size_limit(LARGEST_PATTERN)
                .build()
        });
        whole.map(Self).map_err(|error| {
            let last = error.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            EngineError::BadSpec(format!("the pattern `{text}` cannot be read: {last}"))
        })
    }

    fn fits(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

/// How often each part of an expectation is broken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breaks {
    /// Values of another type.
    pub value_type: u64,
    /// Values that are too long.
    pub longest: u64,
    /// Values that look otherwise.
    pub pattern: u64,
    /// Values that are none of the codes.
    pub codes: u64,
}

/// How the values of a column are as expected.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conformance {
    /// Values that are neither NULL nor blank.
    pub filled: u64,
    /// Those that break anything.
    pub broken: u64,
    /// What they break; one value may break several things.
    pub breaks: Breaks,
    /// The first different values that break anything, at most five, cut to 200 characters.
    pub examples: Vec<String>,
}

impl Expectation {
    fn breaks(&self, text: &str) -> [bool; 4] {
        let is_of = |value_type: ValueType| match value_type {
            ValueType::WholeNumber => decimal::is_plain_number(text) && !text.contains('.'),
            ValueType::Decimal => decimal::is_number(text),
            ValueType::Date => cause::is_moment(text),
            ValueType::Text => true,
        };
        [
            self.value_type.is_some_and(|value_type| !is_of(value_type)),
            self.longest.is_some_and(|longest| text.chars().count() as u64 > longest),
            self.pattern.as_ref().is_some_and(|pattern| !pattern.fits(text)),
            !self.codes.is_empty() && !self.codes.contains(text),
        ]
    }
}

impl Conformance {
    fn see(&mut self, expected: &Expectation, column: &StringArray) {
        for text in column.iter().flatten().filter(|text| !text.trim().is_empty()) {
            self.filled += 1;
            let broken = expected.breaks(text);
            let [value_type, longest, pattern, codes] = broken.map(u64::from);
            self.breaks.value_type += value_type;
            self.breaks.longest += longest;
            self.breaks.pattern += pattern;
            self.breaks.codes += codes;
            if broken.contains(&true) {
                self.broken += 1;
                let example = || text.chars().take(LONGEST_EXAMPLE).collect::<String>();
                if self.examples.len() < EXAMPLES && !self.examples.contains(&example()) {
                    self.examples.push(example());
                }
            }
        }
    }
}

/// Holds columns of a staged side against what is expected of them, in the order asked for. Reads these columns only.
/// Blocking; ends soon after `cancel` was set.
///
/// # Errors
/// When a column is not there, the file cannot be read, or somebody cancelled.
pub fn conformance(
    staged: &Staged,
    side: Side,
    expected: &[(String, Expectation)],
    cancel: &AtomicBool,
) -> Result<Vec<Conformance>, EngineError> {
    let mut found = vec![Conformance::default(); expected.len()];
    let places: Vec<usize> =
        expected.iter().map(|(name, _)| staged.column(side, name)).collect::<Result<_, EngineError>>()?;
    if places.is_empty() {
        return Ok(found);
    }
    let failed = |reason: String| EngineError::storage("read", &staged.path, reason);
    let file = File::open(&staged.path).map_err(|error| failed(error.to_string()))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| failed(error.to_string()))?;
    let mask = ProjectionMask::roots(builder.parquet_schema(), places.iter().copied());
    let reader = builder.with_projection(mask).with_batch_size(BATCH_ROWS).build();
    let mut read = places.clone();
    read.sort_unstable();
    read.dedup();
    for batch in reader.map_err(|error| failed(error.to_string()))? {
        if cancel.load(Relaxed) {
            return Err(EngineError::Cancelled);
        }
        let batch = batch.map_err(|error| failed(error.to_string()))?;
        for ((place, (_, expected)), found) in places.iter().zip(expected).zip(&mut found) {
            let at = read.binary_search(place).unwrap_or_default();
            found.see(expected, batch.column(at).as_string::<i32>());
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{Expectation, Pattern, ValueType};

    fn breaks(expected: &Expectation, text: &str) -> bool {
        expected.breaks(text).contains(&true)
    }

    #[test]
    fn types_are_told_from_the_text() {
        for (value_type, good, bad) in [
            (
                ValueType::WholeNumber,
                &["0", "-12", "12345678901234567890"][..],
                &["0800", "12.0", "1e3", "x", " 1"][..],
            ),
            (ValueType::Decimal, &["12", "-0.5", "1.5e-3"], &["1,5", "0800", "12 EUR", "1."]),
            (ValueType::Date, &["2024-03-05", "05.03.2024", "2024-03-05 10:00"], &["2024-13-05", "soon", "20"]),
            (ValueType::Text, &["anything"], &[]),
        ] {
            let expected = Expectation { value_type: Some(value_type), ..Expectation::default() };
            for text in good {
                assert!(!breaks(&expected, text), "{text} is {value_type:?}");
            }
            for text in bad {
                assert!(breaks(&expected, text), "{text} is no {value_type:?}");
            }
        }
    }

    #[test]
    fn a_pattern_is_for_the_whole_value() {
        let expected =
            |pattern: &str| Expectation { pattern: Some(Pattern::new(pattern).unwrap()), ..Default::default() };
        for (pattern, text, fits) in [
            ("[A-Z]{3}", "ABC", true),
            ("[A-Z]{3}", "ABCD", false),
            ("^[A-Z]{3}$", "ABC", true),
            ("A|BC", "BC", true),
            ("A|BC", "AC", false),
            (r"\d+", "٣", true),
        ] {
            assert_eq!(!breaks(&expected(pattern), text), fits, "{pattern}: {text}");
        }
    }

    #[test]
    fn what_is_no_pattern_or_too_large_a_one_is_refused_in_words() {
        for pattern in ["(", "a)(?:b", "[z-a]", r"(\w{100}){100}", &"x".repeat(1001)] {
            let error = Pattern::new(pattern).unwrap_err().to_string();
            assert!(error.contains("pattern"), "{error}");
            assert!(!error.contains('\n'), "{error}");
        }
    }

    #[test]
    fn lengths_are_counted_in_characters_and_codes_are_exact() {
        let longest = Expectation { longest: Some(3), ..Expectation::default() };
        assert!(!breaks(&longest, "Zür"));
        assert!(breaks(&longest, "Züri"));
        let codes = ["M", "F"].map(str::to_owned).into();
        let codes = Expectation { codes, ..Expectation::default() };
        assert!(!breaks(&codes, "M"));
        assert!(breaks(&codes, "m"));
    }
}

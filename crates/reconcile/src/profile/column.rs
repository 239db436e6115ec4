//! One column on its way through: what its values are and what they look like.

use std::collections::BTreeMap;

use arrow::array::{Array, StringArray};
use serde::Serialize;

use super::{ColumnProfile, Variety, sketch::Sketch};
use crate::{cause, decimal};

/// Different shapes that are counted; what comes later is not.
const MOST_SHAPES: usize = 1024;
/// Shapes that are shown.
const SHOWN: usize = 5;
/// Characters of a value that its shape is made of.
const LONGEST_SHAPE: usize = 40;
/// A column is of a kind when so many in a hundred of its values are.
const NEARLY_ALL: u64 = 98;

/// What values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Whole numbers without leading zeros.
    WholeNumber,
    /// Numbers in plain form.
    Number,
    /// A word for yes or no.
    YesNo,
    /// Days, in any of the usual forms.
    Day,
    /// Days with a time.
    Moment,
    /// E-mail addresses.
    Email,
    /// Identifiers of 128 bits in their usual form.
    Uuid,
    /// Text without letters in lower case and without blanks, with a digit in it.
    Code,
    /// Anything else.
    Text,
    /// No value at all.
    Empty,
}

impl Kind {
    /// In words.
    pub fn label(self) -> &'static str {
        match self {
            Self::WholeNumber => "whole numbers",
            Self::Number => "numbers",
            Self::YesNo => "yes or no",
            Self::Day => "days",
            Self::Moment => "moments",
            Self::Email => "e-mail addresses",
            Self::Uuid => "UUIDs",
            Self::Code => "codes",
            Self::Text => "text",
            Self::Empty => "nothing",
        }
    }
}

/// A shape of values and how often it occurs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pattern {
    /// The shape: `9` for a digit, `A` and `a` for letters in upper and lower case, three letters or more as `A…` or
    /// `a…`, everything else as it is.
    pub pattern: String,
    /// Values of this shape.
    pub count: u64,
}

pub(super) struct ColumnProfiler {
    name: String,
    nulls: u64,
    blanks: u64,
    padded: u64,
    lengths: Option<(u64, u64)>,
    kinds: BTreeMap<Kind, u64>,
    shapes: BTreeMap<String, u64>,
    sketch: Sketch,
}

impl ColumnProfiler {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            nulls: 0,
            blanks: 0,
            padded: 0,
            lengths: None,
            kinds: BTreeMap::new(),
            shapes: BTreeMap::new(),
            sketch: Sketch::default(),
        }
    }

    pub(super) fn add(&mut self, column: &StringArray) {
        self.nulls += column.null_count() as u64;
        for value in column.iter().flatten() {
            let text = value.trim();
            if text.is_empty() {
                self.blanks += 1;
                continue;
            }
            self.padded += u64::from(text.len() != value.len());
            let length = value.chars().count() as u64;
            let (shortest, longest) = self.lengths.unwrap_or((length, length));
            self.lengths = Some((shortest.min(length), longest.max(length)));
            *self.kinds.entry(kind(text)).or_default() += 1;
            self.shape(text);
            self.sketch.see(value.as_bytes());
        }
    }

    fn shape(&mut self, text: &str) {
        let shape = shape(text);
        if let Some(count) = self.shapes.get_mut(&shape) {
            *count += 1;
        } else if self.shapes.len() < MOST_SHAPES {
            self.shapes.insert(shape, 1);
        }
    }

    pub(super) fn finish(self, rows: u64) -> ColumnProfile {
        let (kind, of_another_kind) = settle(&self.kinds);
        let mut patterns: Vec<Pattern> =
            self.shapes.into_iter().map(|(pattern, count)| Pattern { pattern, count }).collect();
        patterns.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.pattern.cmp(&b.pattern)));
        patterns.truncate(SHOWN);
        let (shortest, longest) = self.lengths.unwrap_or_default();
        ColumnProfile {
            name: self.name,
            nulls: self.nulls,
            blanks: self.blanks,
            padded: self.padded,
            shortest,
            longest,
            kind,
            of_another_kind,
            variety: Variety::of(self.sketch, rows - self.nulls - self.blanks),
            patterns,
        }
    }
}

/// The narrowest kind that nearly all values are of, and how many are not.
fn settle(kinds: &BTreeMap<Kind, u64>) -> (Kind, u64) {
    let all: u64 = kinds.values().sum();
    if all == 0 {
        return (Kind::Empty, 0);
    }
    let of = |narrower: &[Kind]| narrower.iter().filter_map(|kind| kinds.get(kind)).sum::<u64>();
    let kinds = [
        (Kind::WholeNumber, &[Kind::WholeNumber][..]),
        (Kind::Number, &[Kind::WholeNumber, Kind::Number]),
        (Kind::YesNo, &[Kind::YesNo]),
        (Kind::Day, &[Kind::Day]),
        (Kind::Moment, &[Kind::Day, Kind::Moment]),
        (Kind::Email, &[Kind::Email]),
        (Kind::Uuid, &[Kind::Uuid]),
        (Kind::Code, &[Kind::WholeNumber, Kind::Number, Kind::Code]),
    ];
    let found = kinds.into_iter().find(|(_, narrower)| of(narrower) * 100 >= all * NEARLY_ALL);
    found.map_or((Kind::Text, 0), |(kind, narrower)| (kind, all - of(narrower)))
}

fn kind(text: &str) -> Kind {
    if decimal::is_plain_number(text) {
        return if text.contains('.') { Kind::Number } else { Kind::WholeNumber };
    }
    if ["yes", "no", "true", "false", "y", "n"].iter().any(|word| text.eq_ignore_ascii_case(word)) {
        return Kind::YesNo;
    }
    if cause::is_moment(text) {
        return if text.contains(':') { Kind::Moment } else { Kind::Day };
    }
    if is_email(text) {
        return Kind::Email;
    }
    if is_uuid(text) {
        return Kind::Uuid;
    }
    let is_code =
        text.bytes().any(|b| b.is_ascii_digit()) && !text.chars().any(|c| c.is_lowercase() || c.is_whitespace());
    if is_code { Kind::Code } else { Kind::Text }
}

/// Something, `@`, a name with a dot in it; no blanks.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let dotted = domain.split('.').count() > 1 && domain.split('.').all(|part| !part.is_empty());
    !local.is_empty() && dotted && !domain.contains('@') && !text.contains(char::is_whitespace)
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// What a value looks like, see [`Pattern`].
fn shape(text: &str) -> String {
    let sign = |c: char| match c {
        c if c.is_ascii_digit() => '9',
        c if c.is_uppercase() => 'A',
        c if c.is_alphabetic() => 'a',
        c if c.is_whitespace() => ' ',
        c => c,
    };
    let mut shape = String::new();
    let mut signs = text.chars().take(LONGEST_SHAPE).map(sign).peekable();
    while let Some(sign) = signs.next() {
        let mut run = 1;
        while signs.next_if_eq(&sign).is_some() {
            run += 1;
        }
        if sign.is_alphabetic() && run >= 3 {
            shape.extend([sign, '…']);
        } else {
            shape.extend(std::iter::repeat_n(sign, run));
        }
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::{Kind, kind, shape};

    #[test]
    fn values_are_of_the_narrowest_kind() {
        for (text, expected) in [
            ("12", Kind::WholeNumber),
            ("-0.5", Kind::Number),
            ("0800", Kind::Code),
            ("AB-12", Kind::Code),
            ("No", Kind::YesNo),
            ("2024-03-05", Kind::Day),
            ("5 Mar 2024", Kind::Day),
            ("2024-03-05 10:00", Kind::Moment),
            ("a.b@example.org", Kind::Email),
            ("a@b", Kind::Text),
            ("123e4567-e89b-12d3-a456-426614174000", Kind::Uuid),
            ("Meier", Kind::Text),
        ] {
            assert_eq!(kind(text), expected, "{text}");
        }
    }

    #[test]
    fn shapes_show_what_values_look_like() {
        for (text, expected) in
            [("0800-12", "9999-99"), ("Zürich", "Aa…"), ("AB 12", "AA 99"), ("HEATHROW", "A…"), ("a\u{a0}b", "a a")]
        {
            assert_eq!(shape(text), expected, "{text}");
        }
    }
}

//! Why two values differ, as a first guess a person can act on: the first cause, in a fixed order, that
//! makes the two equal. The longer list of causes comes with explained checks.

use serde::{Deserialize, Serialize};

use crate::{normalise, spec::Rule};

/// Why a pair of values is not equal as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Cause {
    /// NULL on one side, blank text on the other.
    #[serde(rename = "null or blank")]
    NullOrBlank,
    /// A value on one side, NULL or blank text on the other.
    #[serde(rename = "empty on one side")]
    EmptyOnOneSide,
    /// Equal but for white space.
    #[serde(rename = "white space")]
    WhiteSpace,
    /// Equal but for upper and lower case (and white space, where both differ).
    #[serde(rename = "case")]
    Case,
    /// Equal but for zeros at the start.
    #[serde(rename = "leading zeros")]
    LeadingZeros,
    /// One is the beginning of the other.
    #[serde(rename = "truncated")]
    Truncated,
    /// None of these.
    #[serde(rename = "other")]
    Other,
}

/// Shorter beginnings than this prove nothing: `A` is the beginning of a lot.
const SHORTEST_TRUNCATION: usize = 3;

impl Cause {
    /// Every cause in the order they are tried.
    pub const ALL: [Self; 7] = [
        Self::NullOrBlank,
        Self::EmptyOnOneSide,
        Self::WhiteSpace,
        Self::Case,
        Self::LeadingZeros,
        Self::Truncated,
        Self::Other,
    ];

    /// The label, also stored and used in filters.
    pub fn label(self) -> &'static str {
        match self {
            Self::NullOrBlank => "null or blank",
            Self::EmptyOnOneSide => "empty on one side",
            Self::WhiteSpace => "white space",
            Self::Case => "case",
            Self::LeadingZeros => "leading zeros",
            Self::Truncated => "truncated",
            Self::Other => "other",
        }
    }

    /// The cause with this label.
    pub fn from_label(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.label() == label)
    }
}

/// The cause for two values that are known to be unequal. Of two numbers none is a truncation of the other.
pub(crate) fn explain(left: Option<&str>, right: Option<&str>, numeric: bool) -> Cause {
    let (left, right) = match (blank(left), blank(right)) {
        (None, None) if left.is_none() != right.is_none() => return Cause::NullOrBlank,
        (None, None) => return Cause::WhiteSpace,
        (Some(left), Some(right)) => (left, right),
        _ => return Cause::EmptyOnOneSide,
    };
    let spaced = |text| normalise::apply(&[Rule::Trim, Rule::Collapse], text);
    if spaced(left) == spaced(right) {
        return Cause::WhiteSpace;
    }
    let folded = |text| normalise::apply(&[Rule::Trim, Rule::Collapse, Rule::CaseFold], text);
    let (left, right) = (folded(left), folded(right));
    if left == right {
        return Cause::Case;
    }
    if !numeric && left.trim_start_matches('0') == right.trim_start_matches('0') {
        return Cause::LeadingZeros;
    }
    let (short, long) = if left.len() < right.len() { (&left, &right) } else { (&right, &left) };
    if !numeric && short.chars().count() >= SHORTEST_TRUNCATION && long.starts_with(short.as_ref()) {
        return Cause::Truncated;
    }
    Cause::Other
}

fn blank(value: Option<&str>) -> Option<&str> {
    value.filter(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::{Cause, explain};

    #[test]
    fn the_first_fitting_cause_is_named() {
        let text = |left, right| explain(Some(left), Some(right), false);
        assert_eq!(explain(None, Some(""), false), Cause::NullOrBlank);
        assert_eq!(explain(None, Some(" \t"), false), Cause::NullOrBlank);
        assert_eq!(explain(None, Some("x"), false), Cause::EmptyOnOneSide);
        assert_eq!(text("", "x"), Cause::EmptyOnOneSide);
        assert_eq!(text("", " "), Cause::WhiteSpace);
        assert_eq!(text("a  b", " a b"), Cause::WhiteSpace);
        assert_eq!(text("Straße", "STRASSE"), Cause::Case);
        assert_eq!(text("A b ", "a  B"), Cause::Case);
        assert_eq!(text("0800", "800"), Cause::LeadingZeros);
        assert_eq!(text("Heathrow Airport", "Heathrow"), Cause::Truncated);
        assert_eq!(text("He", "Heathrow"), Cause::Other);
        assert_eq!(explain(Some("123"), Some("1234"), true), Cause::Other);
        assert_eq!(text("a", "b"), Cause::Other);
        for cause in Cause::ALL {
            assert_eq!(Cause::from_label(cause.label()), Some(cause));
        }
    }
}

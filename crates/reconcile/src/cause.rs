//! Why two values differ: the first cause, in a fixed order, that makes the two equal. The order goes from what is
//! mended by a rule to what is a fact of its own, so that a person can act on the first lines of a list.

mod codes;
mod moment;
mod number;
mod record;
mod text;

use serde::{Deserialize, Serialize};

pub(crate) use self::{
    codes::{CodeList, Codes},
    moment::{is_moment, moments_apart, only_moment},
    number::{only_number, same_number},
    record::refine,
};
use crate::{normalise, spec::Rule};

/// Declares the causes in the order they are tried, each with its label.
macro_rules! causes {
    ($($(#[$doc:meta])+ $cause:ident = $label:literal),+ $(,)?) => {
        /// Why a pair of values is not equal as it stands.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Cause {
            $($(#[$doc])+ #[serde(rename = $label)] $cause,)+
        }

        impl Cause {
            /// Every cause in the order they are tried.
            pub const ALL: &[Self] = &[$(Self::$cause),+];

            /// The label, also stored and used in filters.
            pub fn label(self) -> &'static str {
                match self { $(Self::$cause => $label,)+ }
            }
        }
    };
}

causes! {
    /// NULL on one side, blank text on the other.
    NullOrBlank = "null or blank",
    /// A value on one side, NULL or blank text on the other.
    EmptyOnOneSide = "empty on one side",
    /// Equal but for white space.
    WhiteSpace = "white space",
    /// Equal but for upper and lower case.
    Case = "case",
    /// The same text in another Unicode form: composed and decomposed, full width, ligatures.
    UnicodeForm = "unicode form",
    /// Text that was read in the wrong encoding, or whose letters were replaced by question marks.
    Encoding = "encoding",
    /// Equal but for accents.
    Accents = "accents",
    /// Equal but for zeros at the start.
    LeadingZeros = "leading zeros",
    /// The same number, written otherwise: thousands separators, decimal comma, a currency or percent sign.
    NumberFormat = "number format",
    /// The same day or moment, written otherwise.
    DateFormat = "date format",
    /// One number is the other rounded.
    Rounding = "rounding",
    /// One number is the other times a power of ten.
    Scale = "scale",
    /// Equal but for punctuation: the same letters and digits, as in two formats of a telephone number.
    Punctuation = "punctuation",
    /// Day and month changed places.
    DayAndMonth = "day and month",
    /// Two moments that lie whole quarters of an hour apart, at most fourteen hours: a time zone.
    TimeOffset = "time offset",
    /// One is the beginning of the other.
    Truncated = "truncated",
    /// Two codes for one thing: through the whole column the one always meets the other.
    CodeList = "code list",
    /// One holds the other together with another field of the record.
    Concatenated = "concatenated",
    /// The values of two fields changed places.
    Swapped = "swapped fields",
    /// One or two slips of the keyboard apart.
    Typo = "typo",
    /// None of these: the two sides say different things.
    Other = "other",
}

/// Shorter beginnings than this prove nothing: `A` is the beginning of a lot.
const SHORTEST_TRUNCATION: usize = 3;

impl Cause {
    /// Whether it says little, so that the record as a whole may say more.
    pub(crate) fn is_weak(self) -> bool {
        matches!(self, Self::Truncated | Self::Typo | Self::Other)
    }

    /// Whether the column as a whole may show that the two values are codes for one thing.
    pub(crate) fn may_be_code(self) -> bool {
        matches!(self, Self::Typo | Self::Other)
    }

    /// The cause with this label.
    pub fn from_label(label: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|cause| cause.label() == label)
    }
}

/// The cause for two values that are known to be unequal, as far as the two alone tell. Of two numbers none is a
/// truncation or a typo of the other.
pub(crate) fn explain(left: Option<&str>, right: Option<&str>, numeric: bool) -> Cause {
    let (left, right) = match (blank(left), blank(right)) {
        (None, None) if left.is_none() != right.is_none() => return Cause::NullOrBlank,
        (None, None) => return Cause::WhiteSpace,
        (Some(left), Some(right)) => (left, right),
        _ => return Cause::EmptyOnOneSide,
    };
    let spaced = |text| normalise::apply(&[Rule::Trim, Rule::Collapse], text);
    let (left, right) = (spaced(left), spaced(right));
    if left == right {
        return Cause::WhiteSpace;
    }
    if numeric {
        return number::measured(&left, &right).unwrap_or(Cause::Other);
    }
    let folded = |text| normalise::apply(&[Rule::Trim, Rule::Collapse, Rule::CaseFold], text);
    let (raw_left, raw_right) = (left, right);
    let (left, right) = (folded(&raw_left), folded(&raw_right));
    if left == right {
        return Cause::Case;
    }
    if text::misread(&raw_left, &raw_right) {
        return Cause::Encoding;
    }
    let tries = [
        text::form,
        leading_zeros,
        number::written,
        moment::written,
        number::measured,
        text::punctuation,
        moment::shifted,
        truncated,
        text::typo,
    ];
    tries.iter().find_map(|attempt| attempt(&left, &right)).unwrap_or(Cause::Other)
}

fn leading_zeros(left: &str, right: &str) -> Option<Cause> {
    (left.trim_start_matches('0') == right.trim_start_matches('0')).then_some(Cause::LeadingZeros)
}

fn truncated(left: &str, right: &str) -> Option<Cause> {
    let (short, long) = if left.len() < right.len() { (left, right) } else { (right, left) };
    (short.chars().count() >= SHORTEST_TRUNCATION && long.starts_with(short)).then_some(Cause::Truncated)
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
        for (left, right, cause) in [
            ("", "x", Cause::EmptyOnOneSide),
            ("", " ", Cause::WhiteSpace),
            ("a  b", " a b", Cause::WhiteSpace),
            ("Straße", "STRASSE", Cause::Case),
            ("A b ", "a  B", Cause::Case),
            ("Zu\u{308}rich", "Z\u{fc}rich", Cause::UnicodeForm),
            ("ＡＢＣ", "abc", Cause::UnicodeForm),
            ("MÃ¼nchen", "München", Cause::Encoding),
            ("M?nchen", "München", Cause::Encoding),
            ("M\u{fffd}nchen", "München", Cause::Encoding),
            ("São Paulo", "Sao Paulo", Cause::Accents),
            ("+49 (30) 123-45", "+49 30 12345", Cause::Punctuation),
            ("O'Brien", "O’Brien", Cause::Punctuation),
            ("0800", "800", Cause::LeadingZeros),
            ("1,234.50", "1234.5", Cause::NumberFormat),
            ("1.234,50", "1234.50", Cause::NumberFormat),
            ("12,5", "12.50", Cause::NumberFormat),
            ("€ 12.50", "12.5", Cause::NumberFormat),
            ("12.35", "12.3456", Cause::Rounding),
            ("12.5", "1250", Cause::Scale),
            ("2024-03-05", "05.03.2024", Cause::DateFormat),
            ("20240305", "5 Mar 2024", Cause::DateFormat),
            ("2024-03-05T10:00:00Z", "2024-03-05 10:00", Cause::DateFormat),
            ("2024-03-05", "2024-05-03", Cause::DayAndMonth),
            ("03/05/2024", "05/03/2024", Cause::DayAndMonth),
            ("2024-03-05 10:00", "2024-03-05 12:00", Cause::TimeOffset),
            ("2024-03-05 23:30:00", "2024-03-06 01:30:00", Cause::TimeOffset),
            ("Heathrow Airport", "Heathrow", Cause::Truncated),
            ("Jonathan", "Jonahtan", Cause::Typo),
            ("Meier", "Meyer", Cause::Typo),
            ("He", "Heathrow", Cause::Other),
            ("a", "b", Cause::Other),
            ("2024-03-05", "2024-03-06", Cause::Other),
            ("1000", "1001", Cause::Other),
        ] {
            assert_eq!(text(left, right), cause, "{left} / {right}");
            assert_eq!(text(right, left), cause, "{right} / {left}");
        }
        assert_eq!(explain(Some("123"), Some("1234"), true), Cause::Other);
        assert_eq!(explain(Some("12.35"), Some("12.3456"), true), Cause::Rounding);
        assert_eq!(explain(Some("12"), Some("12000"), true), Cause::Scale);
        for cause in Cause::ALL {
            assert_eq!(Cause::from_label(cause.label()), Some(*cause));
        }
    }
}

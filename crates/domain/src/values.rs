//! Values that are parsed once and are right from then on.

use serde::{Deserialize, Deserializer, Serialize, de};
use std::{borrow::Cow, fmt, ops::Deref};

/// A calendar day without a zone, as ISO 8601 text on the wire.
pub type Date = jiff::civil::Date;
/// An instant in UTC, as RFC 3339 text on the wire.
pub type Timestamp = jiff::Timestamp;

/// What is wrong with one field, in words for the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct Invalid {
    /// Name of the field as in the field table.
    pub field: String,
    /// Lower-case sentence without a full stop: what is wrong and what would be right.
    pub reason: String,
}

impl Invalid {
    /// Makes the complaint about `field`.
    pub fn new(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { field: field.into(), reason: reason.into() }
    }
}

macro_rules! bounded_text {
    ($(#[$doc:meta])+ $name:ident, $max:literal, $multi:literal) => {
        $(#[$doc])+
        #[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Most characters it holds.
            pub const MAX: usize = $max;

            /// Accepts text within the bounds; surrounding white space is dropped.
            ///
            /// # Errors
            /// A sentence saying which bound was broken.
            pub fn new(text: &str) -> Result<Self, Cow<'static, str>> {
                let text = text.trim();
                let count = text.chars().count();
                if count > Self::MAX {
                    return Err(format!("has {count} characters; at most {} fit", Self::MAX).into());
                }
                let control = |c: char| c.is_control() && !($multi && matches!(c, '\n' | '\t'));
                if text.chars().filter(|c| *c != '\r').any(control) {
                    return Err("contains a control character; remove it".into());
                }
                Ok(Self(text.replace('\r', "")))
            }

            /// Whether nothing was typed.
            pub fn is_empty(&self) -> bool { self.0.is_empty() }
        }

        impl Deref for $name {
            type Target = str;
            fn deref(&self) -> &str { &self.0 }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Debug::fmt(&self.0, f) }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = Cow::<'de, str>::deserialize(deserializer)?;
                Self::new(&text).map_err(de::Error::custom)
            }
        }
    };
}

bounded_text! {
    /// One line of text: a name, an owner, a format.
    Line, 200, false
}
bounded_text! {
    /// Several lines of text: a definition, a rationale, a message.
    Text, 20_000, true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_trimmed_and_bounded() {
        assert_eq!(Line::new("  E-mail ").as_deref(), Ok("E-mail"));
        assert!(Line::new("two\nlines").is_err());
        let long = "x".repeat(201);
        assert_eq!(Line::new(&long).err().as_deref(), Some("has 201 characters; at most 200 fit"));
    }

    #[test]
    fn text_keeps_lines_and_drops_carriage_returns() {
        assert_eq!(Text::new("a\r\nb").as_deref(), Ok("a\nb"));
        assert!(Text::new("bell \u{7}").is_err());
    }
}

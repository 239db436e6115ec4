//! Wording that several sections share: figures, dates, anchors.

use domain::{Choices, Date, Item, Timestamp};
use std::fmt::Write as _;

/// A figure with its thousands apart.
pub(crate) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() * 2);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

/// A count with its noun: `1 key`, `2 keys`.
pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

/// A day, or nothing.
pub(crate) fn day(date: Option<Date>) -> String {
    date.map(|d| d.to_string()).unwrap_or_default()
}

/// An instant to the second, with its zone.
pub(crate) fn instant(at: Timestamp) -> String {
    let z = at.to_zoned(jiff::tz::TimeZone::UTC);
    let mut out = String::new();
    let _ = write!(
        out,
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC",
        z.year(),
        z.month(),
        z.day(),
        z.hour(),
        z.minute(),
        z.second()
    );
    out
}

/// Wording of a choice, or nothing.
pub(crate) fn choice<C: Choices>(choice: Option<C>) -> &'static str {
    choice.map_or("", C::label)
}

/// Joins what is not empty.
pub(crate) fn joined<S: AsRef<str>>(parts: impl IntoIterator<Item = S>, by: &str) -> String {
    let mut out = String::new();
    for part in parts {
        let part = part.as_ref();
        if part.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push_str(by);
        }
        out.push_str(part);
    }
    out
}

/// The stable name of an item for links: it survives renaming and is the same in every version.
pub(crate) fn anchor(item: &Item) -> String {
    let id = item.id.0.simple().to_string();
    format!("{}-{}", item.kind().letter().to_lowercase(), &id[id.len() - 10..])
}

/// The first sixteen digits of a hash.
pub(crate) fn short_hash(hash: &str) -> String {
    hash.chars().take(16).collect()
}

/// Text without what could lie about the order of characters or is no character at all: such code points are
/// written out, so that a reader sees that they are there.
pub(crate) fn visible(text: &str) -> String {
    if !text.chars().any(hidden) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if hidden(c) {
            let _ = write!(out, "[U+{:04X}]", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

fn hidden(c: char) -> bool {
    let control = c.is_control() && c != '\n' && c != '\t';
    control
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{2060}'..='\u{2064}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffc}' | '\u{e0000}'..='\u{e007f}' | '\u{2028}' | '\u{2029}'
            | '\u{fdd0}'..='\u{fdef}' | '\u{e000}'..='\u{f8ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(5016), "5\u{202f}016");
        assert_eq!(grouped(1_234_567), "1\u{202f}234\u{202f}567");
    }

    #[test]
    fn overrides_become_visible() {
        assert_eq!(visible("a\u{202e}b"), "a[U+202E]b");
        assert_eq!(visible("שלום"), "שלום");
    }
}

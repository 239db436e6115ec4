//! What is left of a value once its spelling is taken away: case, accents, punctuation, white space, and the notation
//! of days and numbers.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::fields::FieldKind;

/// Longer values are cut: what tells records apart stands at their beginning.
const LONGEST: usize = 512;

/// The order of day and month where the year comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DayOrder {
    DayFirst,
    MonthFirst,
}

impl DayOrder {
    /// As a column has it: months do not go beyond twelve. Where nothing tells, the day comes first.
    pub(super) fn of<'a>(values: impl Iterator<Item = &'a str>) -> Self {
        let (mut first, mut second) = (0, 0);
        for value in values {
            if let Some([a, b, c]) = groups(value)
                && c > 31
            {
                first += usize::from(a > 12);
                second += usize::from(b > 12);
            }
        }
        if second > first { Self::MonthFirst } else { Self::DayFirst }
    }
}

/// Writes the normal form of `value` to `out`, which is empty afterwards where nothing is left.
pub(super) fn normalise(value: &str, kind: FieldKind, order: DayOrder, out: &mut String) {
    out.clear();
    let value = match value.char_indices().nth(LONGEST) {
        Some((end, _)) => &value[..end],
        None => value,
    };
    match kind {
        FieldKind::Text => words(value, " ", out),
        FieldKind::Code => words(whole(value.trim()), "", out),
        FieldKind::Date => match day(value, order) {
            Some([year, month, day]) => *out = format!("{year:04}{month:02}{day:02}"),
            None => words(value, "", out),
        },
        FieldKind::Number => match value.trim().parse::<f64>() {
            Ok(number) if number.is_finite() => *out = format!("{number}"),
            _ => words(value, "", out),
        },
    }
}

/// Year, month and day of a text that looks like one; a time behind it does not count.
pub(super) fn day(value: &str, order: DayOrder) -> Option<[u32; 3]> {
    let [a, b, c] = groups(value)?;
    let [year, month, day] = match order {
        _ if a > 31 => [a, b, c],
        DayOrder::DayFirst => [c, b, a],
        DayOrder::MonthFirst => [c, a, b],
    };
    // Day and month may have changed places.
    let plausible = (1800..2200).contains(&year) && (1..=31).contains(&month) && (1..=31).contains(&day);
    (plausible && (month <= 12 || day <= 12)).then_some([year, month, day])
}

/// Three groups of digits, or eight digits as four, two and two.
fn groups(value: &str) -> Option<[u32; 3]> {
    let value = value.trim();
    if value.len() < 6 || !value.is_ascii() {
        return None;
    }
    let value = match value.find(['T', ' ']) {
        Some(at) if value[at..].contains(':') => &value[..at],
        _ => value,
    };
    if value.len() == 8 && value.bytes().all(|b| b.is_ascii_digit()) {
        let part = |range: std::ops::Range<usize>| value[range].parse().ok();
        return Some([part(0..4)?, part(4..6)?, part(6..8)?]);
    }
    let mut parts = value.split(['-', '.', '/']);
    let mut part = || {
        let text = parts.next()?.trim();
        (!text.is_empty() && text.len() <= 4).then(|| text.parse().ok()).flatten()
    };
    let found = [part()?, part()?, part()?];
    parts.next().is_none().then_some(found)
}

/// A whole number without the zeros that a floating point column puts behind it.
fn whole(value: &str) -> &str {
    match value.split_once('.') {
        Some((whole, zeros)) if !whole.is_empty() && zeros.bytes().all(|b| b == b'0') => whole,
        _ => value,
    }
}

/// Letters and digits, folded and without accents; everything else separates words. An apostrophe does not.
fn words(value: &str, separator: &str, out: &mut String) {
    let mut pending = false;
    let mut push = |c: char, out: &mut String| {
        if c.is_alphanumeric() {
            if std::mem::take(&mut pending) && !out.is_empty() {
                out.push_str(separator);
            }
            out.push(c);
        } else if !matches!(c, '\'' | '\u{2019}' | '`') {
            pending = true;
        }
    };
    if value.is_ascii() {
        for b in value.bytes() {
            push(char::from(b.to_ascii_lowercase()), out);
        }
    } else {
        let folded = caseless::default_case_fold_str(value);
        for c in folded.nfkd().filter(|c| !is_combining_mark(*c)) {
            push(c, out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{DayOrder, normalise};
    use crate::link::fields::FieldKind;

    fn normal(value: &str, kind: FieldKind) -> String {
        let mut out = String::new();
        normalise(value, kind, DayOrder::of([value].into_iter()), &mut out);
        out
    }

    #[test]
    fn spelling_is_taken_away() {
        assert_eq!(normal("  O'Neil,  Zoë-Ann. ", FieldKind::Text), "oneil zoe ann");
        assert_eq!(normal("Straße\u{a0}5", FieldKind::Text), "strasse 5");
        assert_eq!(normal("310/246-1501", FieldKind::Code), "3102461501");
        assert_eq!(normal("1999.0", FieldKind::Code), "1999");
        assert_eq!(normal("12.50", FieldKind::Number), normal("12.5", FieldKind::Number));
        assert_eq!(normal(" - ", FieldKind::Text), "");
    }

    #[test]
    fn days_have_one_notation() {
        for day in ["1961-02-13", "13.2.1961", "02/13/1961", "19610213", "1961-02-13T10:00:00"] {
            assert_eq!(normal(day, FieldKind::Date), "19610213", "{day}");
        }
    }
}

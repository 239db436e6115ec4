//! Causes that lie in how a number is written, rounded or scaled.

use std::cmp::Ordering;

use super::Cause;
use crate::decimal;

/// Powers of ten beyond this are no change of unit.
const LARGEST_SCALE: u32 = 9;

/// The same number in two notations. Both texts are trimmed and folded.
pub(super) fn written(left: &str, right: &str) -> Option<Cause> {
    if !(left.bytes().any(|b| b.is_ascii_digit()) && right.bytes().any(|b| b.is_ascii_digit())) {
        return None;
    }
    let (lefts, rights) = (readings(left), readings(right));
    let same = lefts.iter().any(|l| rights.iter().any(|r| decimal::equal(l, r)));
    same.then_some(Cause::NumberFormat)
}

/// One spelling for all texts that can be read as one number only, and as the same.
pub(crate) fn only_number(text: &str) -> Option<String> {
    match &readings(text)[..] {
        [number] => decimal::one_spelling(number),
        _ => None,
    }
}

/// Whether both texts can be read as one number only, and as the same.
pub(crate) fn same_number(left: &str, right: &str) -> bool {
    let (left, right) = (readings(left), readings(right));
    matches!((&left[..], &right[..]), ([left], [right]) if decimal::equal(left, right))
}

/// A number rounded or in another unit. What may be a code is not measured: only numbers in plain form.
pub(super) fn measured(left: &str, right: &str) -> Option<Cause> {
    let (left, right) = (plain(left)?, plain(right)?);
    if rounds_to(left, right) || rounds_to(right, left) {
        return Some(Cause::Rounding);
    }
    let scaled = (1..=LARGEST_SCALE).any(|power| {
        decimal::equal(&format!("{left}e{power}"), right) || decimal::equal(&format!("{right}e{power}"), left)
    });
    (scaled && significant(left) >= 2).then_some(Cause::Scale)
}

fn plain(text: &str) -> Option<&str> {
    decimal::is_plain_number(text).then_some(text)
}

/// The numbers a text can stand for, in plain form: none, one, or two where `1.234` or `1,234` leaves it open.
fn readings(text: &str) -> Vec<String> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || "€$£¥%".contains(c) || c.is_alphabetic());
    let (sign, text) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => ("-", rest.trim_start()),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let marks = [('.', ','), (',', '.')];
    let mut found: Vec<String> = Vec::new();
    for (point, comma) in marks {
        let (whole, fraction) = text.split_once(point).unwrap_or((text, ""));
        let Some(whole) = ungrouped(whole, comma) else { continue };
        if !fraction.bytes().all(|b| b.is_ascii_digit()) || (fraction.is_empty() && text.contains(point)) {
            continue;
        }
        let number = match fraction {
            "" => format!("{sign}{whole}"),
            fraction => format!("{sign}{whole}.{fraction}"),
        };
        if !found.contains(&number) {
            found.push(number);
        }
    }
    found
}

/// Digits without their separators, which stand every three digits from the right.
fn ungrouped(text: &str, separator: char) -> Option<String> {
    let is_separator = |c: char| c == separator || matches!(c, '\'' | '\u{2019}' | ' ' | '\u{a0}' | '\u{202f}' | '_');
    if text.len() > 1 && text.starts_with('0') {
        return None; // a code
    }
    let groups: Vec<&str> = text.split(is_separator).collect();
    let digits = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let grouped = groups.len() == 1 || (groups[0].len() <= 3 && groups[1..].iter().all(|part| part.len() == 3));
    (groups.iter().all(digits) && grouped).then(|| groups.concat())
}

/// Whether the shorter number is the longer one rounded to its places, half up or half to even.
fn rounds_to(short: &str, long: &str) -> bool {
    let places = |text: &str| text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let (few, many) = (places(short), places(long));
    if few >= many {
        return false;
    }
    let (negative, digits) = match long.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, long),
    };
    let all: Vec<u8> = digits.bytes().filter(u8::is_ascii_digit).collect();
    let (kept, cut) = all.split_at(all.len() - (many - few));
    let down = number(kept, few, negative);
    let up = number(&increased(kept), few, negative);
    match half(cut) {
        Ordering::Less => decimal::equal(&down, short),
        Ordering::Greater => decimal::equal(&up, short),
        Ordering::Equal => decimal::equal(&up, short) || decimal::equal(&down, short),
    }
}

/// How the digits that are cut off compare with a half.
fn half(cut: &[u8]) -> Ordering {
    match cut.split_first() {
        Some((b'5', rest)) if rest.iter().all(|d| *d == b'0') => Ordering::Equal,
        Some((first, _)) => {
            if *first < b'5' {
                Ordering::Less
            } else {
                Ordering::Greater
            }
        }
        None => Ordering::Less,
    }
}

fn increased(digits: &[u8]) -> Vec<u8> {
    let mut digits = digits.to_vec();
    for digit in digits.iter_mut().rev() {
        if *digit < b'9' {
            *digit += 1;
            return digits;
        }
        *digit = b'0';
    }
    digits.insert(0, b'1');
    digits
}

/// Digits as a number with so many places.
fn number(digits: &[u8], places: usize, negative: bool) -> String {
    let digits = String::from_utf8_lossy(digits);
    let (whole, fraction) = digits.split_at(digits.len().saturating_sub(places));
    let sign = if negative { "-" } else { "" };
    let whole = if whole.is_empty() { "0" } else { whole };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// Digits that are not zeros at an end: `1` and `10` are as far apart as any two numbers.
fn significant(text: &str) -> usize {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').len()
}

//! Numbers as exact decimals of any length: no binary floating point, so `0.1` equals `0.10` and
//! 9007199254740993 differs from 9007199254740992.

/// A decimal number in canonical form, borrowed from its text: ± 0.`digits` × 10^`exponent`, where
/// `digits` starts and ends with something other than 0. Zero has no digits and no sign.
#[derive(Debug, PartialEq, Eq)]
struct Canonical {
    negative: bool,
    digits: Vec<u8>,
    exponent: i64,
}

/// Whether both texts are decimal numbers and equal as such. Texts that are no numbers (an empty text,
/// `NaN`, `inf`) are equal to nothing here: the caller compares them as text first.
pub(crate) fn equal(left: &str, right: &str) -> bool {
    match (canonical(left), canonical(right)) {
        (Some(left), Some(right)) => left == right,
        _ => false,
    }
}

/// One spelling for all texts of the same decimal number; `None` for what is none.
pub(crate) fn one_spelling(text: &str) -> Option<String> {
    let Canonical { negative, digits, exponent } = canonical(text)?;
    let sign = if negative { "-" } else { "" };
    Some(format!("{sign}{}e{exponent}", String::from_utf8_lossy(&digits)))
}

/// Whether a text is a decimal number in plain form or, as databases write reals, with an exponent.
pub(crate) fn is_number(text: &str) -> bool {
    is_plain_number(text) || (text.contains(['e', 'E']) && canonical(text).is_some())
}

/// Whether both texts are decimal numbers at most `most` apart. Numbers that do not fit into 128 bits side by side
/// are not compared and not within.
pub(crate) fn within(left: &str, right: &str, most: &str) -> bool {
    let Some([left, right, most]) = aligned([left, right, most]) else { return false };
    left.checked_sub(right).and_then(i128::checked_abs).is_some_and(|apart| apart <= most)
}

/// Whether both texts are decimal numbers apart by at most `most` per cent of the larger one, signs aside. See
/// [`within`].
pub(crate) fn within_percent(left: &str, right: &str, most: &str) -> bool {
    let Some([left, right]) = aligned([left, right]) else { return false };
    let apart = || {
        let larger = left.checked_abs()?.max(right.checked_abs()?);
        // apart ≤ most % of larger, without a division: 100 × apart ≤ most × larger.
        let [hundred, most] = aligned(["100", most])?;
        let apart = left.checked_sub(right)?.checked_abs()?.checked_mul(hundred)?;
        Some(apart <= larger.checked_mul(most)?)
    };
    apart().unwrap_or(false)
}

/// Numbers as whole multiples of one power of ten; `None` where one is no number or does not fit.
fn aligned<const N: usize>(texts: [&str; N]) -> Option<[i128; N]> {
    let numbers = texts.map(canonical);
    // A zero has no digits, so it fits any power.
    let powers = numbers.iter().flatten().filter(|number| !number.digits.is_empty());
    let least = powers.map(Canonical::power).min().unwrap_or_default();
    let mut whole = [0; N];
    for (whole, number) in whole.iter_mut().zip(numbers) {
        let number = number?;
        if number.digits.is_empty() {
            continue;
        }
        let shift = u32::try_from(number.power() - least).ok()?;
        let digits: i128 = std::str::from_utf8(&number.digits).ok()?.parse().ok()?;
        let value = digits.checked_mul(10_i128.checked_pow(shift)?)?;
        *whole = if number.negative { -value } else { value };
    }
    Some(whole)
}

impl Canonical {
    /// The power of ten of its last digit.
    fn power(&self) -> i64 {
        self.exponent - self.digits.len() as i64
    }
}

/// The pattern that makes a text column numeric: `-?(0|[1-9][0-9]*)(\.[0-9]+)?`. Leading zeros, `+`,
/// blanks and exponents make it text, because `0800` is a code, not eight hundred.
pub(crate) fn is_plain_number(text: &str) -> bool {
    let bytes = text.strip_prefix('-').unwrap_or(text).as_bytes();
    let whole = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    if whole == 0 || (whole > 1 && bytes[0] == b'0') {
        return false;
    }
    match &bytes[whole..] {
        [] => true,
        [b'.', fraction @ ..] => !fraction.is_empty() && fraction.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

/// Parses `-?digits[.digits][e[±]digits]`; exponents come from databases that render reals that way.
fn canonical(text: &str) -> Option<Canonical> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], parse_exponent(&text[at + 1..])?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let mut digits = Vec::with_capacity(whole.len() + fraction.len());
    digits.extend_from_slice(whole.as_bytes());
    digits.extend_from_slice(fraction.as_bytes());
    let leading = digits.iter().take_while(|d| **d == b'0').count();
    let trailing = digits.iter().rev().take_while(|d| **d == b'0').count();
    if leading == digits.len() {
        return Some(Canonical { negative: false, digits: Vec::new(), exponent: 0 });
    }
    let exponent = exponent + i64::try_from(whole.len()).ok()? - i64::try_from(leading).ok()?;
    digits.truncate(digits.len() - trailing);
    digits.drain(..leading);
    Some(Canonical { negative, digits, exponent })
}

/// An exponent beyond ±10^15 belongs to no database's number; such a text is compared as text.
fn parse_exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || digits.len() > 15 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.strip_prefix('+').unwrap_or(text).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{equal, is_plain_number};

    #[test]
    fn decimals_are_equal_by_value_and_exact_at_any_length() {
        for (left, right) in [
            ("0.1", "0.10"),
            ("12", "12.000"),
            ("-0", "0"),
            ("-0.0", "0"),
            ("1e3", "1000"),
            ("1.5e-3", "0.0015"),
            ("1E+2", "100"),
            ("1e300", &format!("1{}", "0".repeat(300))),
            ("123456789012345678901234567890.10", "123456789012345678901234567890.1"),
        ] {
            assert!(equal(left, right), "{left} should equal {right}");
            assert!(equal(right, left), "{right} should equal {left}");
        }
        for (left, right) in [
            ("9007199254740993", "9007199254740992"),
            ("9007199254740993", "9007199254740992.0"),
            ("0.1", "0.1000000000000000000000000000001"),
            ("1", "-1"),
            ("1", "10"),
            ("", ""),
            ("", "0"),
            ("inf", "inf"),
            ("1e", "1"),
            (".5", "0.5"),
        ] {
            assert!(!equal(left, right), "{left} should not equal {right}");
        }
    }

    #[test]
    fn the_csv_pattern_takes_numbers_and_leaves_codes() {
        for number in ["0", "-0", "7", "-12", "1234567890123456789012", "0.5", "-0.50", "10.0"] {
            assert!(is_plain_number(number), "{number}");
        }
        for text in ["", "-", "00", "0800", "-01", "+1", "1.", ".5", "1e5", " 1", "1 ", "1,5", "--1", "٣"] {
            assert!(!is_plain_number(text), "{text:?}");
        }
    }
}

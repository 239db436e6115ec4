//! Charts: bars, trends, matrices and timelines as shapes, each with the table of the figures behind it.
//! A share is never rounded to all or nothing, and whatever is not zero can be seen.

mod matrix;
mod scale;
mod stacked_bar;
mod timeline;
mod trend;

use serde::{Deserialize, Serialize};

use crate::shape::{Picture, Table};

pub use matrix::{Cell, Matrix, matrix};
pub use scale::{Ticks, civil, date_label, nice_ticks};
pub use stacked_bar::{Segment, stacked_bar};
pub use timeline::{Moment, Timeline, timeline};
pub use trend::{Series, Trend, trend};

/// A chart and the table behind it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// The shapes.
    pub picture: Picture,
    /// The figures drawn.
    pub table: Table,
}

/// A share in words: only all of it is "100 %" and only none of it is "0 %".
///
/// Shares between 1 % and 99 % are whole, the others have one decimal; what is nearer to an end than that reads
/// "< 0.1 %" or "> 99.9 %". Without a whole there is no share: "–". Blanks are non-breaking.
pub fn percent_label(part: u64, whole: u64) -> String {
    let (part, whole) = (u128::from(part), u128::from(whole));
    if whole == 0 {
        return "–".to_owned();
    }
    if part == 0 || part == whole {
        return if part == 0 { "0\u{a0}%" } else { "100\u{a0}%" }.to_owned();
    }
    if part > whole {
        return ">\u{a0}100\u{a0}%".to_owned();
    }
    let whole_percent = rounded(part * 100, whole);
    if part * 100 >= whole && part * 100 <= whole * 99 {
        return format!("{whole_percent}\u{a0}%");
    }
    match rounded(part * 1000, whole) {
        0 => "<\u{a0}0.1\u{a0}%".to_owned(),
        1000 => ">\u{a0}99.9\u{a0}%".to_owned(),
        thousandths => format!("{}.{}\u{a0}%", thousandths / 10, thousandths % 10),
    }
}

/// A count with its thousands set apart by non-breaking blanks.
pub fn count_label(count: u64) -> String {
    let digits = count.to_string();
    let mut label = String::with_capacity(digits.len() * 2);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            label.push('\u{a0}');
        }
        label.push(digit);
    }
    label
}

fn rounded(numerator: u128, denominator: u128) -> u128 {
    (numerator * 2 + denominator) / (denominator * 2)
}

/// A count as a coordinate.
fn float(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_never_rounded_to_all_or_nothing() {
        let label = |part, whole| percent_label(part, whole).replace('\u{a0}', " ");
        assert_eq!(label(0, 10), "0 %");
        assert_eq!(label(10, 10), "100 %");
        assert_eq!(label(999_999_999, 1_000_000_000), "> 99.9 %");
        assert_eq!(label(1, 1_000_000_000), "< 0.1 %");
        assert_eq!(label(9996, 10_000), "> 99.9 %");
        assert_eq!(label(9994, 10_000), "99.9 %");
        assert_eq!(label(4944, 5000), "99 %");
        assert_eq!(label(4, 1000), "0.4 %");
        assert_eq!(label(2, 3), "67 %");
        assert_eq!(label(u64::MAX - 1, u64::MAX), "> 99.9 %");
        assert_eq!(label(3, 0), "–");
        assert_eq!(label(3, 2), "> 100 %");
    }

    #[test]
    fn every_true_share_is_labelled_as_such() {
        for whole in 1..300_u64 {
            for part in 1..whole {
                let label = percent_label(part, whole);
                assert!(!label.starts_with("100") && !label.starts_with("0\u{a0}"), "{part}/{whole}: {label}");
            }
        }
    }

    #[test]
    fn thousands_are_set_apart() {
        let label = |count| count_label(count).replace('\u{a0}', " ");
        assert_eq!(label(0), "0");
        assert_eq!(label(999), "999");
        assert_eq!(label(4944), "4 944");
        assert_eq!(label(12_345_678), "12 345 678");
    }
}

//! How far apart two values may be and still count as equal by rule. Exact: decimals are compared as decimals, and
//! what is too long to be compared exactly is not within any tolerance.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::{cause, decimal, error::EngineError};

/// Units of time on the command line, with their seconds.
const UNITS: [(&str, i64); 4] = [("min", 60), ("s", 1), ("h", 3600), ("d", 86_400)];

/// An agreed tolerance of a pair of columns. The bound itself is still within.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tolerance {
    /// Numbers this far apart at most; a plain decimal such as `0.01`.
    Absolute(String),
    /// Numbers apart by at most so many per cent of the larger one (without its sign); a plain decimal.
    Percent(String),
    /// Moments this many seconds apart at most.
    Seconds(i64),
}

impl Tolerance {
    /// Parses `0.01`, `1%`, `90s`, `5min`, `2h` or `1d`; a blank before the unit is allowed.
    ///
    /// # Errors
    /// `BadSpec` with the ways to write it.
    pub fn parse(text: &str) -> Result<Self, EngineError> {
        let wrong = || {
            EngineError::BadSpec(format!(
                "the tolerance `{text}` cannot be read; write it like 0.01, 1%, 90s, 5min, 2h or 1d"
            ))
        };
        let number = |digits: &str| {
            let digits = digits.trim_end();
            let fits = decimal::is_plain_number(digits) && !digits.starts_with('-') && digits.len() <= LONGEST;
            if fits { Ok(digits.to_owned()) } else { Err(wrong()) }
        };
        let text = text.trim();
        if let Some(percent) = text.strip_suffix('%') {
            return number(percent).map(Self::Percent);
        }
        for (unit, seconds) in UNITS {
            if let Some(count) = text.strip_suffix(unit) {
                let count: i64 = number(count)?.parse().map_err(|_| wrong())?;
                return count.checked_mul(seconds).map(Self::Seconds).ok_or_else(wrong);
            }
        }
        number(text).map(Self::Absolute)
    }

    /// Whether two unequal values are close enough. Texts that are no numbers (no moments) never are.
    pub(crate) fn admits(&self, left: &str, right: &str) -> bool {
        let (left, right) = (left.trim(), right.trim());
        match self {
            Self::Absolute(most) => decimal::within(left, right, most),
            Self::Percent(most) => decimal::within_percent(left, right, most),
            Self::Seconds(most) => {
                cause::moments_apart(left, right).is_some_and(|apart| apart <= SignedDuration::from_secs(*most))
            }
        }
    }
}

/// More digits than this say nothing in a tolerance.
const LONGEST: usize = 18;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::Tolerance;

    #[test]
    fn what_is_within_is_told_exactly() {
        for (tolerance, left, right, within) in [
            ("0.01", "0.30", "0.31", true),
            ("0.01", "0.30", "0.3100000000000000001", false),
            ("0.01", "-0.005", "0.005", true),
            ("0", "1.0", "1", true),
            ("5", "9007199254740993", "9007199254740998", true),
            ("5", "9007199254740993", "9007199254740999", false),
            ("5", "1e2", "105", true),
            ("1", "1e900", "1e900", false), // not told apart from what it cannot hold
            ("1", "one", "1", false),
            ("1", "", "1", false),
            ("1%", "100", "99", true),
            ("1%", "100", "98.99", false),
            ("1%", "-100", "-99", true),
            ("1%", "-1", "1", false),
            ("0.5 %", "200", "201", true),
            ("0%", "0", "0.0", true),
            ("90s", "2024-03-05 10:00:00", "2024-03-05 10:01:30", true),
            ("90s", "2024-03-05 10:00:00", "2024-03-05T10:01:31Z", false),
            ("2h", "2024-03-05T10:00:00+02:00", "2024-03-05 10:00", true),
            ("1d", "2024-02-29", "01.03.2024", true),
            ("1d", "2024-03-05", "03/05/2024", false), // may be the fifth of March or the third of May
            ("1d", "a", "b", false),
        ] {
            let parsed = Tolerance::parse(tolerance).unwrap();
            assert_eq!(parsed.admits(left, right), within, "{tolerance}: {left} / {right}");
            assert_eq!(parsed.admits(right, left), within, "{tolerance}: {right} / {left}");
        }
    }

    #[test]
    fn what_is_no_tolerance_is_refused_in_words() {
        for text in
            ["", "%", "s", "-1", "1.5min", "abc", "1 week", "0,01", "99999999999999999999", "999999999999999999d"]
        {
            let error = Tolerance::parse(text).unwrap_err().to_string();
            assert!(error.contains("write it like 0.01"), "{text}: {error}");
        }
    }
}

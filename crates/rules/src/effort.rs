//! How long people take to put right what differs. A figure to reckon with before anybody has timed it.

use crate::number;

/// Seconds it takes a person to look at one differing value or record and put it right.
const SECONDS_EACH: u64 = 150;

/// How long people take for so many values or records, and what was reckoned with: `2 h 15 min at 2½ minutes each`.
pub fn effort(count: u64) -> String {
    let minutes = count.saturating_mul(SECONDS_EACH).div_ceil(60);
    let time = match minutes {
        0..120 => format!("{minutes} min"),
        _ => format!("{} h {} min", number(minutes / 60), minutes % 60),
    };
    let half = if SECONDS_EACH % 60 < 30 { "" } else { "½" };
    format!("{time} at {}{half} minutes each", SECONDS_EACH / 60)
}

#[cfg(test)]
mod tests {
    use super::effort;

    #[test]
    fn time_and_what_it_was_reckoned_with() {
        assert_eq!(effort(0), "0 min at 2½ minutes each");
        assert_eq!(effort(47), "118 min at 2½ minutes each");
        assert_eq!(effort(54), "2 h 15 min at 2½ minutes each");
        assert_eq!(effort(24_000), "1\u{a0}000 h 0 min at 2½ minutes each");
    }
}

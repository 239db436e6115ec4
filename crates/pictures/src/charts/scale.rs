//! Scales: nice numbers for an axis, calendar dates from day numbers.
//! Days count from 1 January 1970; the calendar is the Gregorian one, also backwards.

/// Positions and texts of an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Ticks {
    /// First value of the axis.
    pub low: f64,
    /// Last value of the axis.
    pub high: f64,
    /// The values to mark with their texts, rising.
    pub marks: Vec<(f64, String)>,
}

/// At most `most` + 1 steps of 1, 2 or 5 times a power of ten that take in both values.
pub fn nice_ticks(low: f64, high: f64, most: usize) -> Ticks {
    let low = if low.is_finite() { low.clamp(-1e15, 1e15) } else { 0.0 };
    let high = if high.is_finite() { high.clamp(-1e15, 1e15) } else { low };
    let (low, high) = if high > low { (low, high) } else { (low.min(high), low.max(high) + 1.0) };
    let step = nice_step((high - low) / super::float(most.max(1)));
    let first = (low / step).floor();
    let count = ((high / step).ceil() - first).clamp(1.0, 1000.0);
    let decimals = if step >= 1.0 { 0 } else { decimals(step) };
    let mut marks = Vec::new();
    let mut index = 0.0;
    while index <= count {
        let value = (first + index) * step;
        marks.push((value, grouped(value, decimals)));
        index += 1.0;
    }
    Ticks { low: first * step, high: (first + count) * step, marks }
}

/// Year, month and day of a day number.
pub fn civil(day: i32) -> (i32, u32, u32) {
    // Counted from 1 March of year 0, so that the leap day is the last day of a year.
    let shifted = i64::from(day) + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day_of_month = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let small = |value: i64| u32::try_from(value).unwrap_or(0);
    (i32::try_from(year).unwrap_or(0), small(month), small(day_of_month))
}

/// A date as `2026-03-09`.
pub fn date_label(day: i32) -> String {
    let (year, month, day) = civil(day);
    format!("{year:04}-{month:02}-{day:02}")
}

/// The three letters of a month, 1 to 12.
pub(super) fn month_name(month: u32) -> &'static str {
    const NAMES: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    month.checked_sub(1).and_then(|i| NAMES.get(usize::try_from(i).ok()?)).copied().unwrap_or("")
}

/// A number with its thousands set apart.
pub(super) fn grouped(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let whole = whole.parse::<u64>().map_or_else(|_| whole.to_owned(), super::count_label);
    let zero = text.chars().all(|c| c == '0' || c == '.');
    let sign = if value < 0.0 && !zero { "−" } else { "" };
    rest.map_or_else(|| format!("{sign}{whole}"), |rest| format!("{sign}{whole}.{rest}"))
}

fn nice_step(rough: f64) -> f64 {
    let power = 10_f64.powf(rough.log10().floor());
    let factor = [1.0, 2.0, 5.0].into_iter().find(|factor| rough <= factor * power * (1.0 + 1e-9)).unwrap_or(10.0);
    factor * power
}

fn decimals(step: f64) -> usize {
    (0..=9).find(|&d| (step * 10_f64.powi(d)).fract().abs() < 1e-6).and_then(|d| usize::try_from(d).ok()).unwrap_or(9)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(low: f64, high: f64) -> Vec<String> {
        nice_ticks(low, high, 4).marks.into_iter().map(|(_, text)| text.replace('\u{a0}', " ")).collect()
    }

    #[test]
    fn ticks_are_nice_and_take_everything_in() {
        assert_eq!(texts(0.0, 412.0), ["0", "200", "400", "600"]);
        assert_eq!(texts(0.0, 5000.0), ["0", "2 000", "4 000", "6 000"]);
        assert_eq!(texts(0.0, 1.0), ["0.0", "0.5", "1.0"]);
        assert_eq!(texts(-3.0, 3.0), ["−4", "−2", "0", "2", "4"]);
        assert_eq!(texts(0.0, 0.0), ["0.0", "0.5", "1.0"]);
        assert!(texts(f64::NAN, f64::INFINITY).len() > 1);
    }

    #[test]
    fn days_become_dates() {
        assert_eq!(date_label(0), "1970-01-01");
        assert_eq!(date_label(-1), "1969-12-31");
        assert_eq!(date_label(11_016), "2000-02-29");
        assert_eq!(date_label(20_519), "2026-03-07");
    }
}

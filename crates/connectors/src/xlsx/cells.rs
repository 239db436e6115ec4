//! What a cell says as text: numbers and days in the way the other sources write them.

use std::fmt::Write;

use calamine::{DataRef, ExcelDateTime, Style};

use crate::number::push_real;

/// What kind of value a cell holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing.
    Empty,
    /// A number that is no day and no time.
    Number,
    /// Anything else.
    Other,
    /// A formula's failure, such as `#N/A`.
    Failure,
}

/// How moments are counted and shown in a workbook.
pub(super) struct Dates {
    /// Days are counted from 1904 instead of 1900.
    from_1904: bool,
    /// By the number of a cell's style.
    shown: Vec<Shown>,
}

/// Which parts of a moment a number format shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Shown {
    day: bool,
    time: bool,
}

impl Dates {
    pub(super) fn new(from_1904: bool, styles: &[Style]) -> Self {
        let code = |style: &Style| style.number_format.as_ref().map(|format| shown(&format.format_code));
        Self { from_1904, shown: styles.iter().map(|style| code(style).unwrap_or_default()).collect() }
    }

    /// Appends a moment: `2026-03-01`, `2026-03-01T13:45:00`, `13:45:00`; a duration as hours, minutes and seconds.
    /// What lies outside of the calendar stays the number it is.
    fn append(&self, moment: ExcelDateTime, style: usize, text: &mut String) -> Kind {
        const DAYS_1900: f64 = 2_958_466.0;
        const DAYS_1904: f64 = DAYS_1900 - 1462.0;
        let serial = moment.as_f64();
        if moment.is_duration() {
            return duration(serial, text);
        }
        let days = if self.from_1904 { DAYS_1904 } else { DAYS_1900 };
        if !(0.0..days).contains(&serial) {
            push_real(serial, text);
            return Kind::Number;
        }
        let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
        let shown = self.shown.get(style).copied().unwrap_or_default();
        let midnight = (hour, minute, second, milli) == (0, 0, 0, 0);
        // Day 0 of the years from 1900 on is none.
        let with_day = if self.from_1904 { shown.day || serial >= 1.0 } else { serial >= 1.0 };
        // Writing to a String cannot fail.
        if with_day {
            let _ = write!(text, "{year:04}-{month:02}-{day:02}");
        }
        if !with_day || shown.time || !midnight {
            let _ = write!(text, "{}{hour:02}:{minute:02}:{second:02}", if with_day { "T" } else { "" });
            if milli > 0 {
                let _ = write!(text, ".{milli:03}");
            }
        }
        Kind::Other
    }
}

/// Appends what a cell says.
pub(super) fn append(value: &DataRef, style: usize, dates: &Dates, text: &mut String) -> Kind {
    match value {
        DataRef::String(said) | DataRef::DateTimeIso(said) | DataRef::DurationIso(said) => text.push_str(said),
        DataRef::SharedString(said) => text.push_str(said),
        DataRef::Bool(yes) => text.push_str(if *yes { "true" } else { "false" }),
        DataRef::Empty => return Kind::Empty,
        DataRef::Error(_) => return Kind::Failure,
        DataRef::Int(number) => {
            text.push_str(&number.to_string());
            return Kind::Number;
        }
        DataRef::Float(number) => {
            push_real(*number, text);
            return if number.is_finite() { Kind::Number } else { Kind::Other };
        }
        DataRef::DateTime(moment) => return dates.append(*moment, style, text),
    }
    Kind::Other
}

/// The name of a column as the sheet shows it: `A`, `Z`, `AA`.
pub(super) fn letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or_default()));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

/// Days as hours, minutes and seconds, which may be more than 24 hours.
fn duration(days: f64, text: &mut String) -> Kind {
    const MILLIS_PER_DAY: f64 = 86_400_000.0;
    // Beyond this a real has no exact milliseconds any more.
    const MOST_DAYS: f64 = 100_000_000.0;
    if days.is_nan() || days.abs() > MOST_DAYS {
        push_real(days, text);
        return Kind::Number;
    }
    let millis = (days * MILLIS_PER_DAY).round() as i64;
    let (sign, millis) = (if millis < 0 { "-" } else { "" }, millis.unsigned_abs());
    let (hours, minutes, seconds) = (millis / 3_600_000, millis / 60_000 % 60, millis / 1000 % 60);
    let _ = write!(text, "{sign}{hours:02}:{minutes:02}:{seconds:02}");
    if millis % 1000 > 0 {
        let _ = write!(text, ".{:03}", millis % 1000);
    }
    Kind::Other
}

/// Which parts of a moment a number format shows; what is quoted, escaped or in brackets is not part of it.
fn shown(format: &str) -> Shown {
    let mut shown = Shown::default();
    let mut signs = format.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '"' => signs.by_ref().take_while(|sign| *sign != '"').for_each(drop),
            '[' => signs.by_ref().take_while(|sign| *sign != ']').for_each(drop),
            '\\' | '_' | '*' => drop(signs.next()),
            ';' => break,
            'y' | 'Y' | 'd' | 'D' => shown.day = true,
            'h' | 'H' | 's' | 'S' => shown.time = true,
            _ => {}
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use calamine::{ExcelDateTime, ExcelDateTimeType};

    use super::{Dates, Shown, letters, shown};

    fn written(serial: f64, format: &str, from_1904: bool) -> String {
        let dates = Dates { from_1904, shown: vec![shown(format)] };
        let kind = if format.contains("[h]") { ExcelDateTimeType::TimeDelta } else { ExcelDateTimeType::DateTime };
        let mut text = String::new();
        dates.append(ExcelDateTime::new(serial, kind, from_1904), 0, &mut text);
        text
    }

    #[test]
    fn moments_are_written_as_iso() {
        for (serial, format, from_1904, expected) in [
            (46_082.0, "yyyy-mm-dd", false, "2026-03-01"),
            (46_082.573, "dd/mm/yyyy hh:mm", false, "2026-03-01T13:45:07.200"),
            (46_082.0, "yyyy-mm-dd hh:mm:ss", false, "2026-03-01T00:00:00"),
            (46_082.75, "d mmm", false, "2026-03-01T18:00:00"),
            (44_620.0, "yyyy-mm-dd", true, "2026-03-01"),
            (0.0, "yyyy-mm-dd", true, "1904-01-01"),
            (1.0, "yyyy-mm-dd", false, "1900-01-01"),
            (59.0, "yyyy-mm-dd", false, "1900-02-28"),
            (61.0, "yyyy-mm-dd", false, "1900-03-01"),
            (0.5, "hh:mm", false, "12:00:00"),
            (0.25, "hh:mm", true, "06:00:00"),
            (1.5, "[h]:mm:ss", false, "36:00:00"),
            (-0.25, "[h]:mm", false, "-06:00:00"),
            (2_958_465.0, "yyyy-mm-dd", false, "9999-12-31"),
            (2_958_466.0, "yyyy-mm-dd", false, "2958466"),
            (-1.0, "yyyy-mm-dd", false, "-1"),
        ] {
            assert_eq!(written(serial, format, from_1904), expected, "{serial} as {format}");
        }
    }

    #[test]
    fn formats_show_days_times_or_both() {
        for (format, day, time) in [
            ("General", false, false),
            ("yyyy-mm-dd", true, false),
            ("[$-409]d/m/yy h:mm AM/PM;@", true, true),
            ("hh:mm:ss", false, true),
            ("\"days\" 0", false, false),
            ("\\d 0_d*s", false, false),
            ("0;yyyy", false, false),
        ] {
            assert_eq!(shown(format), Shown { day, time }, "{format}");
        }
    }

    #[test]
    fn columns_have_letters() {
        for (column, expected) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")] {
            assert_eq!(letters(column), expected);
        }
    }
}

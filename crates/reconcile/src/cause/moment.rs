//! Causes that lie in how a day or a moment is written.

use jiff::{
    SignedDuration,
    civil::{Date, DateTime},
    fmt::strtime,
};

use super::Cause;

/// Ways to write a day.
const DAYS: [&str; 13] = [
    "%Y-%m-%d",
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%Y/%m/%d",
    "%Y%m%d",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%d %b %Y",
    "%d. %b %Y",
    "%b %d, %Y",
    "%d-%b-%Y",
    "%d.%m.%y",
];
/// Ways to write a time behind it.
const TIMES: [&str; 4] = ["", "%H:%M", "%H:%M:%S", "%H:%M:%S%.f"];
/// The largest difference between two time zones, and the smallest step.
const WIDEST_OFFSET: i64 = 14 * 3600;
const OFFSET_STEP: i64 = 900;

/// The same day or moment in two notations, or with day and month exchanged. Both texts are trimmed and folded.
pub(super) fn written(left: &str, right: &str) -> Option<Cause> {
    let (lefts, rights) = (readings(left), readings(right));
    if shape(left) == shape(right) && lefts.iter().any(|l| swapped(*l).is_some_and(|l| rights.contains(&l))) {
        return Some(Cause::DayAndMonth);
    }
    lefts.iter().any(|l| rights.contains(l)).then_some(Cause::DateFormat)
}

/// Two moments apart by what can be a time zone.
pub(super) fn shifted(left: &str, right: &str) -> Option<Cause> {
    if !(left.contains(':') && right.contains(':')) {
        return None;
    }
    let (lefts, rights) = (readings(left), readings(right));
    let zones = |seconds: i64| seconds <= WIDEST_OFFSET && seconds % OFFSET_STEP == 0;
    let apart = |l: &DateTime, r: &DateTime| l.duration_until(*r).as_secs().abs();
    let shifted = lefts.iter().any(|l| rights.iter().any(|r| zones(apart(l, r))));
    shifted.then_some(Cause::TimeOffset)
}

/// Whether a text can be read as a day or a moment.
pub(crate) fn is_moment(text: &str) -> bool {
    !readings(&text.to_lowercase()).is_empty()
}

/// How far apart two moments are, if each text can be read as one only.
pub(crate) fn moments_apart(left: &str, right: &str) -> Option<SignedDuration> {
    Some(only_moment(left)?.duration_until(only_moment(right)?).abs())
}

/// The moment of a text that can be read as one only.
pub(crate) fn only_moment(text: &str) -> Option<DateTime> {
    match readings(&text.to_lowercase())[..] {
        [moment] => Some(moment),
        _ => None,
    }
}

/// The moments a text can stand for. An offset at its end is taken off: moments are compared as the clock shows them
/// in UTC where it is known.
fn readings(text: &str) -> Vec<DateTime> {
    if !(6..=40).contains(&text.len()) || !text.is_ascii() || !text.bytes().any(|b| b.is_ascii_digit()) {
        return Vec::new();
    }
    let (text, offset) = without_offset(text);
    let (day, time) = parts(text);
    let time = time.trim();
    let Some(time) = TIMES.iter().find_map(|format| {
        if time.is_empty() != format.is_empty() {
            return None;
        }
        if format.is_empty() {
            Some(jiff::civil::Time::midnight())
        } else {
            jiff::civil::Time::strptime(format, time).ok()
        }
    }) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for date in DAYS.iter().filter_map(|format| strtime::parse(format, day).and_then(|read| read.to_date()).ok()) {
        let moment = DateTime::from_parts(date, time).checked_sub(SignedDuration::from_secs(offset));
        if let Ok(moment) = moment
            && plausible(date)
            && !found.contains(&moment)
        {
            found.push(moment);
        }
    }
    found
}

/// Eight digits that are read as a year nobody plans for are a number.
fn plausible(date: Date) -> bool {
    (1800..2200).contains(&date.year())
}

/// The day and the time of a text: apart by `t` or a blank before the first colon.
fn parts(text: &str) -> (&str, &str) {
    let Some(colon) = text.find(':') else { return (text, "") };
    match text[..colon].rfind([' ', 't']) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, ""),
    }
}

/// A text without its offset from UTC, and that offset in seconds.
fn without_offset(text: &str) -> (&str, i64) {
    if !text.contains(':') {
        return (text, 0);
    }
    if let Some(text) = text.strip_suffix('z').or_else(|| text.strip_suffix("utc")) {
        return (text.trim_end(), 0);
    }
    let Some(at) = text.rfind(['+', '-']).filter(|at| text[..*at].contains(':')) else { return (text, 0) };
    let digits: String = text[at + 1..].chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes) = match digits.len() {
        2 => (digits.as_str(), "0"),
        4 => digits.split_at(2),
        _ => return (text, 0),
    };
    let (Ok(hours), Ok(minutes)) = (hours.parse::<i64>(), minutes.parse::<i64>()) else { return (text, 0) };
    let seconds = hours * 3600 + minutes * 60;
    (text[..at].trim_end(), if text[at..].starts_with('-') { -seconds } else { seconds })
}

fn swapped(moment: DateTime) -> Option<DateTime> {
    let other = moment.with().month(moment.day()).day(moment.month()).build().ok()?;
    (other != moment).then_some(other)
}

/// The text with every digit as `9`: two dates of the same shape are written in the same format.
fn shape(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_digit() { '9' } else { c }).collect()
}

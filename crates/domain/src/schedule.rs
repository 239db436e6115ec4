//! When a check runs by itself: a cron expression of five parts, read, said in plain words, and the times it names.
//! All of it is UTC. Deliberately absent: seconds, years, `L`, `W`, `#`, `@daily`, time zones.

#[cfg(test)]
mod tests;

use crate::Timestamp;
use jiff::{
    civil::{Date, DateTime},
    tz::TimeZone,
};

/// Least distance of two times, in minutes.
pub const LEAST_MINUTES: u16 = 15;
/// Longest expression, in bytes.
const LONGEST: usize = 200;
/// Days after which every expression has come round: from one 29 February to the next, over a year such as 2100.
const ROUND: usize = 366 * 8 + 1;
const DAY: u16 = 24 * 60;
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// One of the five parts: what it is called, its smallest and largest number, names for numbers.
struct Part {
    name: &'static str,
    min: u8,
    max: u8,
    names: &'static [&'static str],
}

const PARTS: [Part; 5] = [
    Part { name: "minute", min: 0, max: 59, names: &[] },
    Part { name: "hour", min: 0, max: 23, names: &[] },
    Part { name: "day of the month", min: 1, max: 31, names: &[] },
    Part { name: "month", min: 1, max: 12, names: &MONTHS },
    // 7 is Sunday too.
    Part { name: "day of the week", min: 0, max: 7, names: &WEEKDAYS },
];

/// A cron expression of five parts, each as the bits of its numbers. Where both the day of the month and the day of
/// the week are restricted, a day that fits either counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    minutes: u64,
    hours: u64,
    /// `None` where any day of the month will do.
    days: Option<u64>,
    months: u64,
    /// `None` where any day of the week will do.
    weekdays: Option<u64>,
}

impl Schedule {
    /// Reads an expression such as `0 6 * * 1-5`.
    ///
    /// # Errors
    /// Names the part that cannot be read, times that never come, and times too close together.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("is longer than {LONGEST} characters"));
        }
        let parts: Vec<&str> = text.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = parts[..] else {
            return Err(format!(
                "has {} instead of five: minute, hour, day of the month, month and day of the week, such as 0 6 * * 1-5",
                if parts.len() == 1 { "1 part".to_owned() } else { format!("{} parts", parts.len()) }
            ));
        };
        let minutes = PARTS[0].read(minute)?;
        let hours = PARTS[1].read(hour)?;
        let days = PARTS[2].read(day)?;
        let months = PARTS[3].read(month)?;
        let named = PARTS[4].read(weekday)?;
        let weekdays = (named | named >> 7) & bits(0, 6);
        let (restricted, all) = ((day != "*", weekday != "*"), (days == bits(1, 31), weekdays == bits(0, 6)));
        // A part that names everything leaves nothing to the other one.
        let every_day = (restricted.0 && all.0) || (restricted.1 && all.1);
        let schedule = Self {
            minutes,
            hours,
            days: (restricted.0 && !every_day).then_some(days),
            months,
            weekdays: (restricted.1 && !every_day).then_some(weekdays),
        };
        schedule.checked()
    }

    fn checked(self) -> Result<Self, String> {
        let (mut comes, mut in_a_row, mut before) = (false, false, false);
        // 2000 was a leap year, and the eight years after it have every weekday on every date that matters.
        for day in days_from(Date::constant(2000, 1, 1)).take(ROUND) {
            let now = self.on(day);
            comes |= now;
            in_a_row |= before && now;
            before = now;
        }
        if !comes {
            return Err("never comes: no month it names has such a day of the month".into());
        }
        let times = self.times();
        let mut gap = times.windows(2).map(|pair| pair[1] - pair[0]).min().unwrap_or(DAY);
        if let (true, [first, ..], [.., last]) = (in_a_row, &times[..], &times[..]) {
            gap = gap.min(first + DAY - last);
        }
        if gap < LEAST_MINUTES {
            let minutes = if gap == 1 { "1 minute".to_owned() } else { format!("{gap} minutes") };
            return Err(format!("names times that are {minutes} apart; {LEAST_MINUTES} minutes is the least"));
        }
        Ok(self)
    }

    /// The first time after `after`; `None` only at the end of the calendar.
    pub fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        let from = after.to_zoned(TimeZone::UTC).datetime();
        let minute = u16::try_from(i32::from(from.hour()) * 60 + i32::from(from.minute())).unwrap_or_default();
        let times = self.times();
        for day in days_from(from.date()).take(ROUND + 1).filter(|day| self.on(*day)) {
            let later = |time: &&u16| day > from.date() || **time > minute;
            if let Some(time) = times.iter().find(later) {
                return at(day, *time);
            }
        }
        None
    }

    /// The first `n` times after `after`.
    pub fn times_after(&self, after: Timestamp, n: usize) -> Vec<Timestamp> {
        std::iter::successors(self.next_after(after), |time| self.next_after(*time)).take(n).collect()
    }

    /// What it says, as in "at 06:00 on weekdays, in UTC".
    pub fn words(&self) -> String {
        let (time, of_every_hour) = self.time_words();
        let months = (self.months != bits(1, 12))
            .then(|| format!(" in {}", listed(numbers(self.months).map(|m| MONTHS[usize::from(m) - 1].to_owned()))));
        let month_days = self.days.map(|days| {
            let days = listed(numbers(days).map(ordinal));
            if months.is_some() { format!("on the {days}") } else { format!("on the {days} of the month") }
        });
        let days = match (month_days, self.weekdays.map(weekday_words)) {
            (Some(days), Some(weekdays)) => format!(" {days} and also {weekdays}"),
            (Some(days), None) | (None, Some(days)) => format!(" {days}"),
            (None, None) if of_every_hour && months.is_none() => String::new(),
            (None, None) => " every day".to_owned(),
        };
        format!("{time}{days}{}, in UTC", months.unwrap_or_default())
    }

    /// The time of day in words, and whether it is in every hour.
    fn time_words(&self) -> (String, bool) {
        let minutes: Vec<u8> = numbers(self.minutes).collect();
        let hours: Vec<u8> = numbers(self.hours).collect();
        let times = self.times();
        if times.len() <= 4 {
            return (format!("at {}", listed(times.iter().map(|time| clock(*time)))), false);
        }
        let every_hour = hours.len() == 24;
        let step = evenly(&minutes, 60).filter(|_| minutes.len() > 1).map(|step| format!("every {step} minutes"));
        let minute = match minutes[..] {
            [one] => format!("at minute {one}"),
            _ => format!("at minutes {}", listed(minutes.iter().map(u8::to_string))),
        };
        let words = match (&hours[..], step) {
            (_, Some(step)) if every_hour => step,
            _ if every_hour => format!("{minute} of every hour"),
            ([first, .., last], Some(step)) if in_a_row(&hours) => {
                let end = u16::from(*last) * 60 + u16::from(minutes.last().copied().unwrap_or_default());
                format!("{step} from {} to {}", clock(u16::from(*first) * 60), clock(end))
            }
            ([first, .., last], None) if in_a_row(&hours) => format!("{minute} of every hour from {first} to {last}"),
            (_, step) => {
                let start = step.unwrap_or(minute);
                match evenly(&hours, 24) {
                    Some(n) => format!("{start} of every {} hour from 0", ordinal(n)),
                    None => format!("{start} of the hours {}", listed(hours.iter().map(u8::to_string))),
                }
            }
        };
        (words, every_hour)
    }

    /// Minutes of the day, ascending.
    fn times(&self) -> Vec<u16> {
        numbers(self.hours)
            .flat_map(|hour| numbers(self.minutes).map(move |minute| u16::from(hour) * 60 + u16::from(minute)))
            .collect()
    }

    fn on(&self, day: Date) -> bool {
        let has = |bits: u64, n: i8| bits >> n & 1 == 1;
        if !has(self.months, day.month()) {
            return false;
        }
        let weekday = day.weekday().to_sunday_zero_offset();
        match (self.days, self.weekdays) {
            (None, None) => true,
            (Some(days), None) => has(days, day.day()),
            (None, Some(weekdays)) => has(weekdays, weekday),
            (Some(days), Some(weekdays)) => has(days, day.day()) || has(weekdays, weekday),
        }
    }
}

impl Part {
    /// The numbers of a list such as `1,5-9,*/15`, as bits.
    fn read(&self, text: &str) -> Result<u64, String> {
        text.split(',').try_fold(0, |all, element| Ok(all | self.element(element)?))
    }

    fn element(&self, text: &str) -> Result<u64, String> {
        let name = self.name;
        let (range, step) = match text.split_once('/') {
            Some((range, step)) => {
                let n = digits(step).filter(|n| (1..=self.max).contains(n)).ok_or_else(|| {
                    format!("the {name} “{text}” has the step “{step}”; it must be a number from 1 to {}", self.max)
                })?;
                (range, Some(n))
            }
            None => (text, None),
        };
        let (first, last) = match (range, range.split_once('-')) {
            ("*", _) if self.max == 7 => (self.min, 6),
            ("*", _) => (self.min, self.max),
            (_, Some((first, last))) => (self.number(first)?, self.number(last)?),
            (_, None) if step.is_some() => {
                return Err(format!(
                    "the {name} “{text}” has a step without a range; write {range}-{}/… or */…",
                    self.max
                ));
            }
            (one, None) => self.number(one).map(|n| (n, n))?,
        };
        if first > last {
            return Err(format!("the {name} “{text}” runs backwards; write the smaller number first"));
        }
        Ok((first..=last).step_by(usize::from(step.unwrap_or(1))).fold(0, |all, n| all | 1 << n))
    }

    fn number(&self, text: &str) -> Result<u8, String> {
        // By at least three letters: `mon`, `Monday`.
        let named = || {
            let lower = text.to_lowercase();
            let name = |name: &&&str| lower.len() >= 3 && name.to_lowercase().starts_with(&lower);
            let place = self.names.iter().position(|n| name(&n))?;
            u8::try_from(place).ok().map(|place| place + self.min)
        };
        digits(text).filter(|n| (self.min..=self.max).contains(n)).or_else(named).ok_or_else(|| {
            let (name, min, max) = (self.name, self.min, self.max);
            let or = self.names.first().map(|first| format!(" or a name such as {}", &first[..3])).unwrap_or_default();
            format!("the {name} “{text}” is not a number from {min} to {max}{or}")
        })
    }
}

/// A number of at most two digits.
fn digits(text: &str) -> Option<u8> {
    let plain = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn bits(min: u8, max: u8) -> u64 {
    (min..=max).fold(0, |all, n| all | 1 << n)
}

fn numbers(bits: u64) -> impl Iterator<Item = u8> {
    (0..64).filter(move |n| bits >> n & 1 == 1)
}

fn days_from(first: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(first), |day| day.tomorrow().ok())
}

fn at(day: Date, minute: u16) -> Option<Timestamp> {
    let (hour, minute) = (i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?);
    let time: DateTime = day.at(hour, minute, 0, 0);
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// The step of numbers that begin at 0 and divide `of` evenly.
fn evenly(numbers: &[u8], of: u8) -> Option<u8> {
    let count = u8::try_from(numbers.len()).ok().filter(|n| *n > 0 && of.is_multiple_of(*n))?;
    let step = of / count;
    numbers.iter().zip(0..).all(|(n, place)| *n == place * step).then_some(step)
}

fn in_a_row(numbers: &[u8]) -> bool {
    numbers.len() > 2 && numbers.windows(2).all(|pair| pair[1] == pair[0] + 1)
}

fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn ordinal(n: u8) -> String {
    let end = match (n % 10, n) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{end}")
}

fn weekday_words(weekdays: u64) -> String {
    // Monday first, as people count a working week.
    let week: Vec<u8> = numbers(weekdays).filter(|n| *n > 0).chain((weekdays & 1 == 1).then_some(7)).collect();
    let name = |n: &u8| WEEKDAYS[usize::from(*n) % 7];
    match week[..] {
        [1, 2, 3, 4, 5] => "on weekdays".to_owned(),
        [first, .., last] if in_a_row(&week) => format!("from {} to {}", name(&first), name(&last)),
        _ => format!("on {}", listed(week.iter().map(|n| format!("{}s", name(n))))),
    }
}

/// "a", "a and b", "a, b and c".
fn listed(words: impl Iterator<Item = String>) -> String {
    let words: Vec<String> = words.collect();
    match &words[..] {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

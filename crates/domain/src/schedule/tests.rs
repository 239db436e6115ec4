//! Expressions read and said in words; the times they name, against a walk over every minute.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::Schedule;
use crate::Timestamp;
use jiff::{SignedDuration, tz::TimeZone};
use proptest::prelude::*;

#[test]
fn expressions_are_said_in_plain_words() {
    for (text, words) in [
        ("0 6 * * 1-5", "at 06:00 on weekdays, in UTC"),
        ("0 6 * * *", "at 06:00 every day, in UTC"),
        ("30 6,18 * * MON,thursday", "at 06:30 and 18:30 on Mondays and Thursdays, in UTC"),
        ("0 0 1 * *", "at 00:00 on the 1st of the month, in UTC"),
        ("0 0 1,15 jan,7 *", "at 00:00 on the 1st and 15th in January and July, in UTC"),
        ("0 0 1 * 1", "at 00:00 on the 1st of the month and also on Mondays, in UTC"),
        ("0 0 * 12 *", "at 00:00 every day in December, in UTC"),
        ("*/15 * * * *", "every 15 minutes, in UTC"),
        ("0 * * * *", "at minute 0 of every hour, in UTC"),
        ("5,35 * * * 0", "at minutes 5 and 35 of every hour on Sundays, in UTC"),
        ("*/30 8-17 * * 1-5", "every 30 minutes from 08:00 to 17:30 on weekdays, in UTC"),
        ("10 8-17 * * 1-4", "at minute 10 of every hour from 8 to 17 from Monday to Thursday, in UTC"),
        ("0 */2 * * *", "at minute 0 of every 2nd hour from 0 every day, in UTC"),
        ("0 1,5,9,10,20 * * 6,7", "at minute 0 of the hours 1, 5, 9, 10 and 20 on Saturdays and Sundays, in UTC"),
        ("0 6 * * 0-6", "at 06:00 every day, in UTC"),
        ("0 6 1 * 0-7", "at 06:00 every day, in UTC"),
        ("  0   6 29 2 * ", "at 06:00 on the 29th in February, in UTC"),
    ] {
        assert_eq!(Schedule::parse(text).unwrap().words(), words, "{text}");
    }
}

#[test]
fn what_cannot_be_read_names_the_part() {
    for (text, words) in [
        ("0 6 * *", "has 4 parts instead of five"),
        ("", "has 0 parts instead of five"),
        ("@daily", "has 1 part instead of five"),
        ("60 6 * * *", "the minute “60” is not a number from 0 to 59"),
        ("0 24 * * *", "the hour “24”"),
        ("0 6 0 * *", "the day of the month “0” is not a number from 1 to 31"),
        ("0 6 * 13 *", "the month “13” is not a number from 1 to 12 or a name such as Jan"),
        ("0 6 * * 8", "the day of the week “8”"),
        ("0 6 * * mo", "the day of the week “mo” is not a number from 0 to 7 or a name such as Sun"),
        ("0 6 * * 5-1", "the day of the week “5-1” runs backwards"),
        ("0 18-6 * * *", "the hour “18-6” runs backwards"),
        ("*/0 6 * * *", "the minute “*/0” has the step “0”"),
        ("0 6/2 * * *", "the hour “6/2” has a step without a range"),
        ("0,,5 6 * * *", "the minute “” is not"),
        ("0 6 L * *", "the day of the month “L”"),
        ("+5 6 * * *", "the minute “+5”"),
        ("0 6 30 2 *", "never comes"),
        ("* * * * *", "1 minute apart; 15 minutes is the least"),
        ("0,14 6 * * *", "14 minutes apart"),
        ("50 * * * *,", "the day of the week “”"),
        ("0,50 * * * *", "10 minutes apart"),
    ] {
        let error = Schedule::parse(text).unwrap_err();
        assert!(error.contains(words), "{text}: {error}");
    }
    assert!(Schedule::parse("10,55 0,23 * * *").is_ok(), "15 minutes over midnight are enough");
    assert!(Schedule::parse("0,50 0,23 * * *").unwrap_err().contains("10 minutes apart"), "over midnight");
    assert!(Schedule::parse("0,50 0,23 * * 1").is_ok(), "no two Mondays follow each other");
    assert!(Schedule::parse("0,50 0,23 31 12 *").is_ok());
    assert!(Schedule::parse("0,50 0,23 31,1 * *").is_err(), "31 January, 1 February");
    assert!(Schedule::parse(&"0 ".repeat(200)).unwrap_err().contains("longer than"));
}

#[test]
fn times_follow_the_calendar() {
    let times = |text: &str, after: &str, n| {
        let times = Schedule::parse(text).unwrap().times_after(after.parse().unwrap(), n);
        times.iter().map(Timestamp::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        times("0 6 * * 1-5", "2027-01-01T06:00:00Z", 3),
        ["2027-01-04T06:00:00Z", "2027-01-05T06:00:00Z", "2027-01-06T06:00:00Z"]
    );
    assert_eq!(times("0 6 * * 1-5", "2027-01-01T05:59:59.999Z", 1), ["2027-01-01T06:00:00Z"]);
    assert_eq!(times("0 0 29 2 *", "2096-02-29T00:00:00Z", 1), ["2104-02-29T00:00:00Z"]);
    assert_eq!(times("0 0 31 * *", "2027-03-31T12:00:00Z", 2), ["2027-05-31T00:00:00Z", "2027-07-31T00:00:00Z"]);
    assert!(times("0 6 * * *", "9999-12-30T21:00:00Z", 9).len() < 9, "the calendar ends");
}

fn list(min: u8, max: u8) -> impl Strategy<Value = String> {
    let one = (min..=max).prop_map(|n| n.to_string());
    let range = (min..=max, min..=max).prop_map(|(a, b)| format!("{}-{}", a.min(b), a.max(b)));
    let step = (1..=max).prop_map(|n| format!("*/{n}"));
    let element = prop_oneof![3 => one, 1 => range, 1 => step];
    prop_oneof![
        2 => Just("*".to_owned()),
        3 => prop::collection::vec(element, 1..4).prop_map(|all| all.join(",")),
    ]
}

/// Minutes that are mostly far enough apart, and some that are not.
fn minutes() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => (0..60_u8).prop_map(|n| n.to_string()),
        2 => (0..30_u8).prop_map(|n| format!("{n},{}", n + 30)),
        2 => prop_oneof![Just("*/15"), Just("*/20"), Just("*/30"), Just("5-50/15")].prop_map(str::to_owned),
        1 => list(0, 59),
    ]
}

fn expression() -> impl Strategy<Value = String> {
    (minutes(), list(0, 23), list(1, 31), list(1, 12), list(0, 7))
        .prop_map(|(minute, hour, day, month, weekday)| format!("{minute} {hour} {day} {month} {weekday}"))
}

/// Whether a part names a number, read again in the plainest way.
fn names(part: &str, n: i8, min: i8) -> bool {
    part.split(',').any(|element| {
        let (range, step) = element.split_once('/').unwrap_or((element, "1"));
        let step: i8 = step.parse().unwrap();
        match range.split_once('-') {
            _ if range == "*" => (n - min) % step == 0,
            Some((a, b)) => {
                let (a, b): (i8, i8) = (a.parse().unwrap(), b.parse().unwrap());
                (a..=b).contains(&n) && (n - a) % step == 0
            }
            None => range.parse::<i8>().unwrap() == n,
        }
    })
}

fn fits(text: &str, at: Timestamp) -> bool {
    let parts: Vec<&str> = text.split(' ').collect();
    let at = at.to_zoned(TimeZone::UTC);
    if !names(parts[0], at.minute(), 0) || !names(parts[1], at.hour(), 0) {
        return false;
    }
    let weekday = at.weekday().to_sunday_zero_offset();
    let day = names(parts[2], at.day(), 1);
    // `*/7` of the days of the week begins at 0 and ends at 6.
    let seventh = parts[4].split(',').any(|e| !e.starts_with('*') && weekday == 0 && names(e, 7, 0));
    let weekday = names(parts[4], weekday, 0) || seventh;
    let on = match (parts[2], parts[4]) {
        ("*", _) | (_, "*") => day && weekday,
        _ => day || weekday,
    };
    on && names(parts[3], at.month(), 1)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_next_times_are_those_of_a_walk_over_every_minute(text in expression(), start in 0_i64..2_000_000_000) {
        let Ok(schedule) = Schedule::parse(&text) else { return Ok(()) };
        let start = Timestamp::from_second(start).unwrap();
        let minute = SignedDuration::from_mins(1);
        let first = Timestamp::from_second(start.as_second() / 60 * 60).unwrap();
        let end = first + SignedDuration::from_hours(24 * 20);
        let mut walked = Vec::new();
        let mut at = first + minute;
        while at <= end && walked.len() < 3 {
            if fits(&text, at) {
                walked.push(at);
            }
            at += minute;
        }
        let mut told = schedule.times_after(start, 3);
        told.retain(|time| *time <= end);
        prop_assert_eq!(told, walked, "{}", text);
    }

    #[test]
    fn accepted_times_keep_their_distance(text in expression(), start in 0_i64..2_000_000_000) {
        let Ok(schedule) = Schedule::parse(&text) else { return Ok(()) };
        let times = schedule.times_after(Timestamp::from_second(start).unwrap(), 50);
        for pair in times.windows(2) {
            prop_assert!(pair[1].duration_since(pair[0]) >= SignedDuration::from_mins(15), "{}: {:?}", text, pair);
        }
        prop_assert!(!times.is_empty() && schedule.words().ends_with(", in UTC"));
    }

    #[test]
    fn anything_may_be_typed(text in any::<String>(), near in "[0-9*/,a-z -]{0,30}") {
        for text in [text, near] {
            if let Err(words) = Schedule::parse(&text) {
                prop_assert!(!words.is_empty());
            }
        }
    }
}

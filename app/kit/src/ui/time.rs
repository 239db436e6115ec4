//! Moments and numbers as text, the same on server and browser: no clock, no time zone of the machine, no locale.

use leptos::prelude::*;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A day or a moment in a `time` element. Moments are shown in UTC and say so on hover.
#[component]
pub fn Time(
    /// ISO 8601: `2027-03-14` or `2026-11-23T10:32:00Z` (fractions of a second are cut).
    #[prop(into)]
    iso: String,
    /// Show the day only, even of a moment.
    #[prop(optional)]
    day: bool,
) -> impl IntoView {
    let text = readable(&iso, day);
    let hint = iso.contains('T').then(|| iso.clone());
    view! { <time datetime=iso title=hint>{text}</time> }
}

/// A number with thin gaps between thousands: `12 345`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 * 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// `14 Mar 2027` or `23 Nov 2026, 10:32`; what is no date stays as it is.
pub(super) fn readable(iso: &str, day_only: bool) -> String {
    let date = iso.get(..10).and_then(|date| {
        let mut parts = date.split('-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        let month = MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?)?;
        let day: u8 = day.parse().ok()?;
        Some(format!("{day} {month} {year}"))
    });
    let Some(date) = date else {
        return iso.to_owned();
    };
    let clock = iso.get(11..16).filter(|_| iso.as_bytes().get(10) == Some(&b'T'));
    match clock {
        Some(clock) if !day_only => format!("{date}, {clock}"),
        _ => date,
    }
}

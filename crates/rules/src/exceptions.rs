//! How many exceptions a week are to be expected: what was seen, over the weeks it was seen in, with an exact interval.
//!
//! Exceptions are counted as events of a Poisson process. The ends of the interval are quantiles of the gamma
//! distribution (the exact interval of Garwood): whatever the true rate is, nine intervals in ten hold it, or more.

mod gamma;

use crate::moves::flow_points;
use domain::entity::{Check, Flow};
use domain::{Evidence, ItemId, Plan, Row, Run, RunState, RunTotals};
use gamma::quantile;
use std::collections::BTreeSet;

/// Share of intervals that may miss the true rate, both ends together.
const MISSED: f64 = 0.1;
/// Seconds of a day and of a week.
const DAY: f64 = 86_400.0;
const WEEK: f64 = 7.0 * DAY;
/// Newest results of a check that are looked at.
const WATCHED: usize = 100;

/// Exceptions a week, with an interval that holds the true rate nine times in ten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ExceptionForecast {
    /// Expected number.
    pub expected: u64,
    /// Lower end of the interval.
    pub low: u64,
    /// Upper end of the interval.
    pub high: u64,
    /// Exceptions it was estimated from.
    pub seen: u64,
}

impl ExceptionForecast {
    /// In words: `about 14 a week (9 to 21)`.
    pub fn in_words(&self) -> String {
        let number = crate::number;
        format!("about {} a week ({} to {})", number(self.expected), number(self.low), number(self.high))
    }
}

/// The weekly rate of exceptions of which `seen` came in so many weeks. `None` where no time was watched.
pub fn weekly_rate(seen: u64, weeks: f64) -> Option<ExceptionForecast> {
    if !weeks.is_finite() || weeks <= 0.0 {
        return None;
    }
    let (low, high) = interval(seen);
    // Written in whole numbers, the interval only grows.
    Some(ExceptionForecast {
        expected: (seen as f64 / weeks).round() as u64,
        low: (low / weeks).floor() as u64,
        high: (high / weeks).ceil() as u64,
        seen,
    })
}

/// The interval for the expected number of events where so many were seen.
fn interval(seen: u64) -> (f64, f64) {
    let low = if seen == 0 { 0.0 } else { quantile(seen as f64, MISSED / 2.0) };
    (low, quantile(seen as f64 + 1.0, 1.0 - MISSED / 2.0))
}

/// Forecast for a flow: of the records compared, those that differ in the data point that differs most; the records
/// compared are worth as many weeks as the flow needs to carry them. `None` where the plan does not say how many records
/// it carries a week, or nothing was measured.
pub fn exceptions_of_flow(plan: &Plan, verdicts: &[crate::PointVerdict], flow: ItemId) -> Option<ExceptionForecast> {
    let row = plan.get::<Flow>(flow)?;
    let (origin, destination) = (row.origin?, row.destination?);
    let weekly = u64::try_from(row.weekly_volume?).ok().filter(|n| *n > 0)?;
    let points: BTreeSet<ItemId> = flow_points(plan, flow).into_iter().map(|p| p.point).collect();
    let worst = verdicts
        .iter()
        .filter(|v| points.contains(&v.point) && v.compared > 0)
        .filter(|v| (v.left, v.right) == (origin, destination) || (v.right, v.left) == (origin, destination))
        .max_by(|a, b| {
            let cross = |x: u64, y: u64| u128::from(x) * u128::from(y);
            cross(a.different, b.compared).cmp(&cross(b.different, a.compared))
        })?;
    let rate = weekly_rate(worst.different, worst.compared as f64 / weekly as f64)?;
    Some(ExceptionForecast { high: rate.high.min(weekly), ..rate })
}

/// What the runs of a check say about exceptions a week.
#[derive(Debug, Clone, PartialEq)]
pub enum Watched {
    /// New ones came at this rate.
    Rate {
        /// The rate.
        forecast: ExceptionForecast,
        /// Number of the first run.
        first: i64,
        /// Number of the last run.
        last: i64,
        /// Days between runs that saw other data than the run before, rounded.
        days: u64,
    },
    /// There is none.
    NoRun,
    /// There is only this one, and one run shows no change.
    OneRun(i64),
    /// Between these runs the data did not change, or less than a day passed.
    NothingPassed {
        /// Number of the first run.
        first: i64,
        /// Number of the last run.
        last: i64,
    },
}

/// The rate at which records came to differ or to miss between runs of what the check asks for now. What was put
/// right in the meantime hides as many new ones; a period in which it got fewer counts as one without new ones.
/// Periods in which neither side changed say nothing: the test data was not renewed.
pub fn watched(evidence: &Evidence, check: &Row<'_, Check>) -> Watched {
    let spec = crate::spec_hash(check.entity);
    let done = |run: &&Run| run.check == check.id() && run.state == RunState::Done;
    let mut runs: Vec<(&Run, &RunTotals)> =
        evidence.runs.iter().filter(done).filter_map(|run| Some((run, run.totals.as_ref()?))).collect();
    // An old run that the plan names stands alone among those listed: what came between is not known.
    runs.sort_by_key(|(run, _)| std::cmp::Reverse(run.number));
    runs.truncate(WATCHED);
    runs.retain(|(run, _)| run.spec_hash == spec);
    runs.reverse();
    let (first, last) = match runs[..] {
        [] => return Watched::NoRun,
        [(only, _)] => return Watched::OneRun(only.number),
        [(first, _), .., (last, _)] => (first.number, last.number),
    };
    let (mut seen, mut seconds) = (0_u64, 0.0);
    for pair in runs.windows(2) {
        let [(before, then), (after, now)] = pair else { continue };
        let same = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
        if same(&before.left_hash, &after.left_hash) && same(&before.right_hash, &after.right_hash) {
            continue;
        }
        seen = seen.saturating_add(exceptions(now).saturating_sub(exceptions(then)));
        seconds += (after.queued_at.as_second() - before.queued_at.as_second()).max(0) as f64;
    }
    match weekly_rate(seen, seconds / WEEK).filter(|_| seconds >= DAY) {
        Some(forecast) => Watched::Rate { forecast, first, last, days: (seconds / DAY).round() as u64 },
        None => Watched::NothingPassed { first, last },
    }
}

/// Records that need a person: those that differ somewhere, are on one side only or have no single partner.
fn exceptions(totals: &RunTotals) -> u64 {
    let records = &totals.records;
    let differing = records.matched.saturating_sub(totals.in_sync);
    [differing, records.ambiguous, records.only_left, records.only_right].into_iter().fold(0, u64::saturating_add)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::{interval, weekly_rate};
    use proptest::prelude::*;
    use std::sync::LazyLock;

    #[test]
    fn intervals_are_those_of_the_tables() {
        // Ninety per cent intervals of Poisson counts as printed since Garwood (1936).
        for (seen, low, high) in [
            (0, 0.0, 2.996),
            (1, 0.0513, 4.744),
            (2, 0.355, 6.296),
            (5, 1.970, 10.513),
            (10, 5.425, 16.962),
            (14, 8.464, 21.886),
            (30, 21.594, 40.691),
        ] {
            let found = interval(seen);
            assert!((found.0 - low).abs() < 2e-3 && (found.1 - high).abs() < 2e-3, "{seen}: {found:?}");
        }
    }

    #[test]
    fn a_rate_is_said_in_whole_numbers_a_week() {
        let rate = weekly_rate(28, 2.0).unwrap();
        assert_eq!((rate.expected, rate.low, rate.high), (14, 9, 20));
        assert_eq!(rate.in_words(), "about 14 a week (9 to 20)");
        assert_eq!(weekly_rate(0, 4.0).unwrap().in_words(), "about 0 a week (0 to 1)");
        assert_eq!((weekly_rate(3, 0.0), weekly_rate(3, f64::NAN), weekly_rate(3, -1.0)), (None, None, None));
    }

    /// Probability of `k` events where `mean` are expected.
    fn poisson(k: u64, mean: f64) -> f64 {
        let log = (1..=k).fold(-mean, |log, n| log + mean.ln() - (n as f64).ln());
        log.exp()
    }

    /// A count of a Poisson process, from numbers between 0 and 1: events until the waiting times use up `mean`.
    fn simulated(mean: f64, mut uniform: impl FnMut() -> f64) -> u64 {
        let (mut waited, mut events) = (0.0, 0);
        loop {
            waited -= uniform().max(f64::MIN_POSITIVE).ln();
            if waited > mean {
                return events;
            }
            events += 1;
        }
    }

    #[test]
    fn nine_simulated_intervals_in_ten_hold_the_true_rate() {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut uniform = move || {
            // xorshift64*
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            (state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 / (1_u64 << 53) as f64
        };
        for mean in [0.5, 2.0, 7.5, 14.0, 60.0] {
            let held = (0..4_000)
                .filter(|_| {
                    let (low, high) = interval(simulated(mean, &mut uniform));
                    low <= mean && mean <= high
                })
                .count();
            // Two per cent of slack are four standard errors below; nearly always would be a useless interval.
            assert!((3_520..=3_990).contains(&held), "{mean}: {held} of 4000");
        }
    }

    proptest! {
        /// Not by simulation but by adding up every count that can be: the interval never holds the rate less often.
        #[test]
        fn the_interval_holds_every_true_rate_nine_times_in_ten(mean in 0.01_f64..80.0) {
            static INTERVALS: LazyLock<Vec<(f64, f64)>> = LazyLock::new(|| (0..400).map(interval).collect());
            let held: f64 = (0..)
                .zip(&*INTERVALS)
                .filter(|(_, (low, high))| *low <= mean && mean <= *high)
                .map(|(seen, _)| poisson(seen, mean))
                .sum();
            prop_assert!(held >= 0.9 - 1e-6, "{held}");
        }

        #[test]
        fn the_interval_holds_what_was_seen_and_grows_with_it(seen in 0_u64..2_000_000, weeks in 0.02_f64..500.0) {
            let (rate, more) = (weekly_rate(seen, weeks).unwrap(), weekly_rate(seen + 1, weeks).unwrap());
            prop_assert!(rate.low <= rate.expected && rate.expected <= rate.high, "{rate:?}");
            prop_assert!(rate.low <= more.low && rate.high <= more.high, "{rate:?} {more:?}");
        }

        #[test]
        fn watching_longer_makes_it_narrower(seen in 1_u64..5_000) {
            let width = |times: u64| { let (low, high) = interval(seen * times); (high - low) / times as f64 };
            prop_assert!(width(4) < width(1));
        }
    }
}

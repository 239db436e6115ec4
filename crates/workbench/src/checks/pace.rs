//! How fast a run goes and how long it has to go: from the rows of the phase it is in, and from how long each phase
//! took the last time. What nothing says is not said.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use views::sync::RunProgress;

/// The phases of a run, in order.
pub(super) const PHASES: [&str; 6] =
    ["reading", "looking at formats", "matching", "sorting", "comparing", "looking where they differ"];
/// Before this much of a phase is over, its speed says little. Milliseconds.
const SETTLED: u64 = 1_000;

/// What is known of a run: of the one under way, and kept with the job for the next run of the same check.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Pace {
    /// Milliseconds in each phase so far.
    pub took: BTreeMap<String, u64>,
}

/// Where a run is now.
#[derive(Debug, Clone, Default)]
pub(super) struct Now {
    /// The phase.
    pub phase: &'static str,
    /// Rows dealt with in it.
    pub rows: u64,
    /// Rows there are in it, where that is known.
    pub total: Option<u64>,
    /// Milliseconds in it.
    pub elapsed: u64,
}

/// The last run of the same check that had a result.
#[derive(Debug, Clone, Default)]
pub(super) struct Before {
    /// Rows of both sides.
    pub rows: u64,
    /// How long each phase took.
    pub pace: Pace,
}

/// How far it is, how fast, and how long it has to go.
pub(super) fn progress(now: &Now, before: Option<&Before>) -> RunProgress {
    let settled = now.elapsed >= SETTLED && now.rows > 0;
    let per_second = settled.then(|| now.rows.saturating_mul(1_000) / now.elapsed.max(1)).filter(|n| *n > 0);
    let expected = now.total.or_else(|| before.filter(|_| now.phase == "reading").map(|b| b.rows));
    // More rows than expected: how many more, nothing says.
    let by_rows = expected.filter(|total| settled && *total >= now.rows).map(|total| {
        let left = u128::from(now.elapsed) * u128::from(total - now.rows) / u128::from(now.rows.max(1));
        u64::try_from(left).unwrap_or(u64::MAX)
    });
    let place = PHASES.iter().position(|phase| *phase == now.phase);
    let took = |phase: &str| before.and_then(|b| b.pace.took.get(phase)).copied();
    let here = by_rows.or_else(|| took(now.phase)?.checked_sub(now.elapsed));
    // A phase that the last run went through within half a second may have left no trace.
    let later = place.filter(|_| before.is_some_and(|b| !b.pace.took.is_empty()));
    let later = later.map(|place| PHASES[place + 1..].iter().filter_map(|phase| took(phase)).sum::<u64>());
    let left = here.map(|here| here.saturating_add(later.unwrap_or_default()).div_ceil(1_000));
    let last = place == Some(PHASES.len() - 1);
    RunProgress {
        phase: now.phase.into(),
        rows: now.rows,
        per_second,
        seconds_left: left,
        phase_only: left.is_some() && later.is_none() && !last,
        before: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn before() -> Before {
        let took = [("reading", 20_000), ("matching", 4_000), ("comparing", 6_000)];
        let took = took.into_iter().map(|(phase, ms)| (phase.to_owned(), ms)).collect();
        Before { rows: 1_000, pace: Pace { took } }
    }

    fn now(phase: &'static str, rows: u64, total: Option<u64>, elapsed: u64) -> Now {
        Now { phase, rows, total, elapsed }
    }

    #[test]
    fn without_a_basis_nothing_is_said() {
        let read = progress(&now("reading", 500, None, 10_000), None);
        assert_eq!((read.per_second, read.seconds_left, read.phase_only), (Some(50), None, false));
        let begun = progress(&now("reading", 500, Some(1_000), 900), None);
        assert_eq!((begun.per_second, begun.seconds_left), (None, None), "too early");
        let over = progress(&now("reading", 1_500, None, 15_000), Some(&Before { rows: 1_000, pace: Pace::default() }));
        assert_eq!(over.seconds_left, None, "more rows than last time");
        assert_eq!(progress(&Now::default(), Some(&before())).seconds_left, None);
    }

    #[test]
    fn the_rows_of_the_last_run_say_how_long_reading_takes() {
        // Half of the rows in ten seconds: as long again, and what came after reading the last time.
        let read = progress(&now("reading", 500, None, 10_000), Some(&before()));
        assert_eq!((read.seconds_left, read.phase_only), (Some(10 + 4 + 6), false));
        let rows_only = Before { rows: 1_000, pace: Pace::default() };
        let read = progress(&now("reading", 500, None, 10_000), Some(&rows_only));
        assert_eq!((read.seconds_left, read.phase_only), (Some(10), true), "of the rest nothing is known");
    }

    #[test]
    fn a_phase_whose_rows_are_counted_speaks_for_itself() {
        let sorted = progress(&now("sorting", 250, Some(1_000), 2_000), None);
        assert_eq!((sorted.per_second, sorted.seconds_left, sorted.phase_only), (Some(125), Some(6), true));
        let compared = progress(&now("comparing", 250, Some(1_000), 2_000), None);
        assert_eq!((compared.seconds_left, compared.phase_only), (Some(6), true), "of what follows nothing is known");
        let looked = progress(&now("looking where they differ", 250, Some(1_000), 2_000), None);
        assert_eq!((looked.seconds_left, looked.phase_only), (Some(6), false), "the last phase is the end");
    }

    #[test]
    fn the_last_run_speaks_where_rows_do_not() {
        let compared = progress(&now("comparing", 0, None, 2_000), Some(&before()));
        assert_eq!(compared.seconds_left, Some(4));
        let late = progress(&now("comparing", 0, None, 7_000), Some(&before()));
        assert_eq!(late.seconds_left, None, "longer than last time: nothing says how much");
    }
}

//! How many exceptions a week to expect where existing data is accepted as it is: by what flows will carry, and by what
//! came between runs.

use super::subjects::Looked;
use crate::activity;
use domain::{
    Row,
    entity::{DataPoint, Flow},
};
use rules::{PointVerdict, Watched};
use views::history::{Forecast, Pointer};

/// Flows that bring data of the object into where it is decided about.
pub(super) fn flows_into<'a>(cx: &'a Looked<'_>) -> Vec<Row<'a, Flow>> {
    let plan = &cx.access.plan;
    let there = cx.destination();
    let carries = |flow: &Row<'_, Flow>| {
        let points = rules::flow_points(plan, flow.id());
        points.iter().any(|p| plan.get::<DataPoint>(p.point).is_some_and(|d| d.object == Some(cx.object)))
    };
    plan.each::<Flow>().filter(|f| (there.is_none() || f.destination == there) && carries(f)).collect()
}

/// A forecast for each flow into the destination, and what the runs have seen; each says what is needed where it
/// cannot be made.
pub(super) fn forecasts(cx: &Looked<'_>, verdicts: &[PointVerdict]) -> Vec<Forecast> {
    let mut all: Vec<_> = flows_into(cx).iter().map(|flow| of_flow(cx, verdicts, flow)).collect();
    all.push(of_runs(cx));
    all
}

fn of_flow(cx: &Looked<'_>, verdicts: &[PointVerdict], flow: &Row<'_, Flow>) -> Forecast {
    let plan = &cx.access.plan;
    let about = Pointer { label: flow.name.to_string(), href: activity::href(cx.access, flow.item) };
    let found = rules::exceptions_of_flow(plan, verdicts, flow.id());
    let how = match (found, flow.weekly_volume) {
        (Some(_), Some(volume)) => format!(
            "Records that differ in the data point that differs most, of those compared, times the {} records a week the \
             flow is planned to carry; the interval holds the true rate nine times in ten (Poisson counts, exact).",
            rules::number(volume.unsigned_abs()),
        ),
        (_, None) => "It cannot be forecast: say how many records a week the flow carries.".into(),
        _ => "It cannot be forecast: no run has compared what the flow carries; run a check of its two ends.".into(),
    };
    Forecast { about, words: found.map(|f| f.in_words()), how }
}

fn of_runs(cx: &Looked<'_>) -> Forecast {
    let watched =
        cx.measured.and_then(|m| m.check).map_or(Watched::NoRun, |check| rules::watched(&cx.access.evidence, &check));
    let sync = format!("/p/{}/sync", cx.access.plan.key);
    let about = match cx.measured {
        Some(m) => {
            Pointer { label: cx.access.plan.title(m.run.check), href: cx.in_run("").map_or(sync, |run| run.href) }
        }
        None => Pointer { label: "Checks of it".into(), href: sync },
    };
    let needed = "run the check again after a day or more, on renewed test data";
    let (words, how) = match watched {
        Watched::Rate { forecast, first, last, days } => (
            Some(forecast.in_words()),
            format!(
                "Records that came to differ or to miss between run {first} and run {last}, {} in {days} days, as a weekly \
                 rate; the interval holds the true rate nine times in ten (Poisson counts, exact). What was put right \
                 meanwhile hides as many new ones.",
                rules::number(forecast.seen),
            ),
        ),
        Watched::NoRun => (None, "It cannot be forecast: run a check, and again after a day or more.".into()),
        Watched::OneRun(number) => (
            None,
            format!("It cannot be forecast from run {number} alone: one run shows a state and no rate; {needed}."),
        ),
        Watched::NothingPassed { first, last } => (
            None,
            format!(
                "It cannot be forecast: between run {first} and run {last} the data stayed as it was, or less than a day \
                 passed; {needed}."
            ),
        ),
    };
    Forecast { about, words, how }
}

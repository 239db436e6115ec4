//! How far work on a run is, its check or the linking of its records: as it was when the page was loaded, then as the
//! events say. One card for both, with the way to stop it.

use domain::RunId;
use kit::{
    live::Live,
    ui::{ButtonLink, ButtonLook, Card, grouped},
};
use leptos::prelude::*;
use views::sync::RunProgress;

/// An event about a run, as far as the page shows it.
#[derive(serde::Deserialize)]
struct Heard {
    run: RunId,
    #[serde(flatten)]
    progress: RunProgress,
    ended: bool,
}

/// Work that goes on, as its page says it.
pub struct Running<'a> {
    /// Heading of the card.
    pub title: &'static str,
    /// What the bar shows, for screen readers.
    pub what: &'static str,
    /// The run.
    pub run: RunId,
    /// How far the work was when the page was loaded.
    pub loaded: &'a RunProgress,
    /// Address of the page.
    pub here: String,
    /// The form that stops it, for those who may.
    pub stop: Option<AnyView>,
}

/// The card of work that goes on.
pub fn running_card(running: Running<'_>, live: Live) -> AnyView {
    let Running { title, what, run, loaded, here, stop } = running;
    let words = progress_words(run, loaded, live);
    view! {
        <Card title=title>
            <div class="run-progress">
                <progress aria-label=what></progress>
                <p role="status">{move || words.get()}</p>
                <div class="form-actions">
                    {stop}
                    <ButtonLink href=here label="Load again" look=ButtonLook::Quiet external=true/>
                    <span class="muted">"This page follows by itself where scripts run."</span>
                </div>
            </div>
        </Card>
    }
    .into_any()
}

/// What is being done for a run.
pub fn progress_words(run: RunId, loaded: &RunProgress, live: Live) -> Memo<String> {
    let loaded = words(loaded);
    Memo::new(move |before: Option<&String>| {
        let now = going_on(&live.last(), run);
        now.as_ref().map(words).or_else(|| before.cloned()).unwrap_or_else(|| loaded.clone())
    })
}

/// How far the run is that an event is about, if it says more than the page does: that it waits was said with its place
/// in the line, and where something ended the page is loaded again.
fn going_on(event: &str, run: RunId) -> Option<RunProgress> {
    let heard: Heard = serde_json::from_str(event).ok()?;
    (heard.run == run && !heard.ended && heard.progress.phase != "waiting").then_some(heard.progress)
}

fn words(progress: &RunProgress) -> String {
    if progress.phase == "waiting" {
        return match progress.before {
            Some(0) => "It waits for its turn; it is next.".to_owned(),
            Some(1) => "It waits for its turn: 1 run before it.".to_owned(),
            Some(n) => format!("It waits for its turn: {} runs before it.", grouped(n)),
            None => "It waits for its turn.".to_owned(),
        };
    }
    let phase = &progress.phase;
    let mut words = format!("Now: {phase}");
    if progress.rows > 0 {
        words.push_str(&format!(", {} rows", grouped(progress.rows)));
    }
    if let Some(n) = progress.per_second {
        words.push_str(&format!(", {} rows a second", grouped(n)));
    }
    if let Some(seconds) = progress.seconds_left {
        let of = if progress.phase_only { format!(" of {phase}") } else { String::new() };
        words.push_str(&format!("; {} left{of}", about(seconds)));
    }
    words.push('.');
    words
}

/// A duration as exact as an estimate is.
fn about(seconds: u64) -> String {
    match seconds {
        0..=9 => "a few seconds".to_owned(),
        10..=54 => format!("about {} s", (seconds + 2) / 5 * 5),
        55..=3_570 => format!("about {} min", seconds.saturating_add(30) / 60),
        _ => format!("about {} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_is_said() {
        let reading = RunProgress { phase: "reading".into(), ..RunProgress::default() };
        assert_eq!(words(&reading), "Now: reading.");
        let fast = RunProgress { rows: 500, per_second: Some(50), ..reading.clone() };
        assert_eq!(words(&fast), "Now: reading, 500 rows, 50 rows a second.");
        let timed = RunProgress { seconds_left: Some(38), ..fast.clone() };
        assert_eq!(words(&timed), "Now: reading, 500 rows, 50 rows a second; about 40 s left.");
        let phase = RunProgress { seconds_left: Some(130), phase_only: true, ..fast };
        assert_eq!(words(&phase), "Now: reading, 500 rows, 50 rows a second; about 2 min left of reading.");
        let waiting = |before| words(&RunProgress { phase: "waiting".into(), before, ..RunProgress::default() });
        assert_eq!(waiting(Some(2)), "It waits for its turn: 2 runs before it.");
        assert_eq!(waiting(Some(0)), "It waits for its turn; it is next.");
        assert_eq!(waiting(None), "It waits for its turn.");
    }

    #[test]
    fn an_estimate_is_no_more_exact_than_it_is() {
        let said = [3, 11, 54, 55, 89, 3_600, 7_300].map(about);
        assert_eq!(
            said,
            [
                "a few seconds",
                "about 10 s",
                "about 55 s",
                "about 1 min",
                "about 1 min",
                "about 1 h 0 min",
                "about 2 h 1 min"
            ]
        );
    }

    #[test]
    fn an_event_is_read_as_it_is_sent() {
        let [run, other] = ["018f0000-0000-7000-8000-000000000001", "018f0000-0000-7000-8000-000000000002"];
        let event = |phase: &str, ended: bool| {
            format!(
                r#"{{"event":"run","document":"{other}","run":"{run}","phase":"{phase}","rows":7,"per_second":null,"seconds_left":4,"phase_only":true,"before":null,"ended":{ended}}}"#
            )
        };
        let heard = |event: &str, run: &str| going_on(event, run.parse().unwrap_or_else(|_| panic!("{run}")));
        let sorting = heard(&event("sorting", false), run).map(|progress| (progress.rows, progress.seconds_left));
        assert_eq!(sorting, Some((7, Some(4))));
        assert_eq!(heard(&event("sorting", false), other), None, "another run");
        assert_eq!(heard(&event("waiting", false), run), None, "its place in the line is known better");
        assert_eq!(heard(&event("done", true), run), None, "linking comes after the check of the same run");
        assert_eq!(heard(r#"{"event":"changed","rev":3}"#, run), None);
    }
}

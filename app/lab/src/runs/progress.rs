//! How far a run is, in one sentence: as it was when the page was loaded, then as the events say.

use domain::RunId;
use kit::{live::Live, ui::grouped};
use leptos::prelude::*;
use views::sync::RunProgress;

/// An event about a run, as far as the page shows it.
#[derive(serde::Deserialize)]
struct Heard {
    run: RunId,
    #[serde(flatten)]
    progress: RunProgress,
}

/// What a run is doing.
pub fn progress_words(run: RunId, loaded: &RunProgress, live: Live) -> Memo<String> {
    let loaded = words(loaded);
    Memo::new(move |before: Option<&String>| {
        let heard = serde_json::from_str::<Heard>(&live.last()).ok().filter(|heard| heard.run == run);
        match (heard, before) {
            // That it waits was said with its place in the line.
            (Some(heard), Some(before)) if heard.progress.phase == "waiting" => before.clone(),
            (Some(heard), _) => words(&heard.progress),
            (None, Some(before)) => before.clone(),
            (None, None) => loaded.clone(),
        }
    })
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
        let id = "018f0000-0000-7000-8000-000000000001";
        let text = format!(
            r#"{{"event":"run","document":"{id}","run":"{id}","phase":"sorting","rows":7,"per_second":null,"seconds_left":4,"phase_only":true,"before":null,"ended":false}}"#
        );
        let heard: Heard = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(
            (heard.run.to_string().as_str(), heard.progress.rows, heard.progress.seconds_left),
            (id, 7, Some(4))
        );
    }
}

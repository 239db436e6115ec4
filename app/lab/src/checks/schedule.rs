//! When a check runs by itself: the field, what it says in plain words while somebody types, how it went on.

use domain::{Schedule, Timestamp};
use kit::ui::{Card, Notice, TextInput, Time, Tone};
use leptos::prelude::*;
use views::sync::{CheckDesign, ScheduleState};

/// Next times shown.
const NEXT: usize = 3;

/// The card of the form.
pub fn schedule_card(design: &CheckDesign, error: Signal<Option<String>>) -> AnyView {
    let (saved, now) = (design.schedule.clone(), design.now);
    let typed = RwSignal::new(saved.clone());
    let hear = Callback::new(move |text: String| typed.set(text));
    let state = design.scheduled.as_ref().map(state);
    view! {
        <Card title="6 · When it runs by itself" note="empty: only when somebody starts it">
            <div class="card-body">
                <TextInput name="texts[schedule]" id="f-schedule" label="Schedule" value=saved mono=true autocomplete="off" placeholder="0 6 * * 1-5"
                    help="Minute, hour, day of the month, month, day of the week, in UTC; * is any." error=error on_input=hear/>
                <div class="schedule-said" role="status">{move || typed.with(|text| reading(text, now))}</div>
                {state}
            </div>
        </Card>
    }
    .into_any()
}

/// What an expression says, and the times it names after `now`.
fn reading(text: &str, now: Timestamp) -> AnyView {
    if text.trim().is_empty() {
        return ().into_any();
    }
    match Schedule::parse(text) {
        Err(words) => view! { <p class="field-error">"It "{words}"."</p> }.into_any(),
        Ok(schedule) => {
            view! { <p>"It runs "{schedule.words()}"."</p>{next(&schedule.times_after(now, NEXT))} }.into_any()
        }
    }
}

fn next(times: &[Timestamp]) -> AnyView {
    let times = times.iter().map(|time| view! { <li><Time iso=time.to_string()/></li> }).collect_view();
    view! { <p class="muted">"The next times:"</p><ul class="schedule-times">{times}</ul> }.into_any()
}

/// Whose rights it runs with, and why it did not run the last time.
fn state(state: &ScheduleState) -> AnyView {
    let by = state.by.clone();
    let skipped = state.skipped.clone().map(|(at, why)| {
        view! {
            <Notice tone=Tone::Warn title="It did not run the last time">
                <Time iso=at.to_string()/>": "{why}"."
            </Notice>
        }
    });
    view! { <p class="muted">"Set by "{by}", with whose rights it runs."</p>{skipped} }.into_any()
}

/// The same for those who only read.
pub fn schedule_words(design: &CheckDesign) -> Option<AnyView> {
    let scheduled = design.scheduled.as_ref()?;
    let words = scheduled.words.clone();
    let times = match &scheduled.next[..] {
        [] => view! { <p>"It rests until the plan is revised."</p> }.into_any(),
        times => next(times),
    };
    let state = state(scheduled);
    Some(
        view! {
            <Card title="When it runs by itself">
                <div class="card-body"><p>"It runs "{words}"."</p>{times}{state}</div>
            </Card>
        }
        .into_any(),
    )
}

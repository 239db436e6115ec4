//! What rules would do, beside each pair while a check is designed: as the page was drawn, and anew whenever something
//! in the form changes. The counts come from rows that were read once; nothing is saved.

use super::api::preview_check;
use domain::Submitted;
use kit::ui::{Pause, grouped};
use leptos::{form::FromFormData, prelude::*};
use std::time::Duration;
use views::sync::{CheckPreview, PairPreview};
use web_sys::{Event, FormData};

/// How long nothing must have changed before it is counted again.
const PAUSE: Duration = Duration::from_millis(150);

/// The preview of a form.
#[derive(Clone, Copy)]
pub struct Ticking {
    plan: StoredValue<String>,
    pause: Pause,
    seen: RwSignal<Option<CheckPreview>>,
    trouble: RwSignal<Option<String>>,
}

impl Ticking {
    /// As the server drew it.
    pub fn new(plan: &str, preview: Option<CheckPreview>) -> Self {
        Self {
            plan: StoredValue::new(plan.to_owned()),
            pause: Pause::new(),
            seen: RwSignal::new(preview),
            trouble: RwSignal::new(None),
        }
    }

    /// Counts again once nothing changes any more.
    pub fn changed(self, event: &Event) {
        self.pause.after(PAUSE, event, move |form, turn| self.count(form, turn));
    }

    async fn count(self, form: FormData, turn: u64) {
        let Ok(Submitted { texts, parts, .. }) = Submitted::from_form_data(&form) else { return };
        let Some(plan) = self.plan.try_get_value() else { return };
        let answer = preview_check(plan, texts, parts).await;
        if !self.pause.is_latest(turn) {
            return;
        }
        match answer {
            Ok(preview) => {
                self.seen.set(preview);
                self.trouble.set(None);
            }
            Err(error) => self.trouble.set(Some(error.message)),
        }
    }

    /// What is said about one pair.
    pub fn of_pair(self, id: &str) -> AnyView {
        let id = id.to_owned();
        let found = move || self.seen.with(|seen| seen.as_ref()?.pairs.iter().find(|pair| pair.id == id).cloned());
        view! { <div class="pair-preview">{move || found().map(|pair| said(&pair))}</div> }.into_any()
    }

    /// What would make more keys meet.
    pub fn of_keys(self) -> AnyView {
        let words = move || {
            let words = self.seen.with(|seen| seen.as_ref().map(|seen| seen.key.clone()).unwrap_or_default());
            (!words.is_empty()).then(|| view! { <p class="card-foot">{words}</p> })
        };
        view! { {words} }.into_any()
    }

    /// What was counted, or why nothing was.
    pub fn of_sample(self) -> AnyView {
        let words = move || {
            let counted = |seen: &CheckPreview| {
                format!("Counted on a sample: {}. It is kept for {} minutes.", seen.sample, seen.kept_minutes)
            };
            match (self.trouble.get(), self.seen.with(|seen| seen.as_ref().map(counted))) {
                (Some(trouble), _) => format!("What rules would do cannot be counted now: {trouble}"),
                (None, Some(words)) => words,
                (None, None) => "What rules would do is counted on the first rows of both sides: choose a key of columns that can be read.".to_owned(),
            }
        };
        view! { <p class="card-foot" aria-live="polite">{words}</p> }.into_any()
    }
}

fn said(pair: &PairPreview) -> AnyView {
    if let Some(trouble) = &pair.trouble {
        return view! { <p class="field-error">{trouble.clone()}</p> }.into_any();
    }
    let of = grouped(pair.compared);
    let now = match pair.equal_by_rule + pair.merged {
        0 => format!("{} of {of} equal", grouped(pair.equal)),
        _ => format!(
            "{} of {of} equal, {} more by what is agreed, which merges {}",
            grouped(pair.equal),
            grouped(pair.equal_by_rule),
            values(pair.merged)
        ),
    };
    let next = pair.gain.as_ref().map(|gain| {
        let words =
            format!("“{}” would make {} more equal and merge {}", gain.rule, grouped(gain.more), values(gain.merged));
        view! { <p class="gain">{words}</p> }
    });
    let rest = (pair.different > 0 && pair.gain.is_none()).then(|| {
        view! { <p class="muted">{format!("{} differ; no single rule makes more equal", grouped(pair.different))}</p> }
    });
    view! { <p>{now}</p>{next}{rest} }.into_any()
}

fn values(count: u64) -> String {
    if count == 1 { "1 value".to_owned() } else { format!("{} values", grouped(count)) }
}

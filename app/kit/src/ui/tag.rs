//! Status words. Each is a sign, a word and a colour, so that none of the three is needed to read it.

use leptos::prelude::*;

use super::Icon;

/// The colour family of a status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// As it should be.
    Good,
    /// Look at this.
    Warn,
    /// Wrong, or blocks.
    Bad,
    /// Neutral information.
    Info,
    /// Not begun, undecided, unknown.
    #[default]
    Off,
}

impl Tone {
    /// The class name of the tone.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Info => "info",
            Self::Off => "off",
        }
    }
}

/// A status: sign, word, colour.
#[component]
pub fn Tag(
    /// The word.
    #[prop(into)]
    label: String,
    /// Its colour family.
    #[prop(optional)]
    tone: Tone,
    /// Another sign than the one that goes with the tone.
    #[prop(optional, into)]
    icon: Option<String>,
    /// Makes the tag a link to what it stands for.
    #[prop(optional, into)]
    href: Option<String>,
) -> impl IntoView {
    let icon = icon.unwrap_or_else(|| {
        match tone {
            Tone::Good => "v-in-sync",
            Tone::Warn => "s-warn",
            Tone::Bad => "s-error",
            Tone::Info => "s-info",
            Tone::Off => "v-missing",
        }
        .to_owned()
    });
    let class = format!("tag {}", tone.class());
    match href {
        Some(href) => view! { <a class=class href=href><Icon name=icon/>{label}</a> }.into_any(),
        None => view! { <span class=class><Icon name=icon/>{label}</span> }.into_any(),
    }
}

/// A plain label in a rounded box: version, classification, count. Not a status by itself.
#[component]
pub fn Pill(
    /// The word.
    #[prop(into)]
    label: String,
    /// Its colour family.
    #[prop(optional)]
    tone: Tone,
) -> impl IntoView {
    let class = match tone {
        Tone::Off => "pill".to_owned(),
        tone => format!("pill {}", tone.class()),
    };
    view! { <span class=class>{label}</span> }
}

/// A verdict of synchronisation, by its word; the sign and colour follow from the word.
#[component]
pub fn Verdict(
    /// One of the seven labels: in sync, equal by rule, coincident (manual), differs, missing, duplicate, unknown.
    #[prop(into)]
    word: String,
    /// A figure to put before the word ("412 differ" instead of "differs").
    #[prop(optional, into)]
    text: Option<String>,
    /// Makes the verdict a link to what it is computed from.
    #[prop(optional, into)]
    href: Option<String>,
) -> impl IntoView {
    let (sign, tone) = verdict_look(&word);
    let label = text.unwrap_or(word);
    match href {
        Some(href) => view! { <Tag label=label tone=tone icon=sign href=href/> }.into_any(),
        None => view! { <Tag label=label tone=tone icon=sign/> }.into_any(),
    }
}

/// The severity of a finding, by its word.
#[component]
pub fn Severity(
    /// `error`, `warn` or `info`.
    #[prop(into)]
    word: String,
) -> impl IntoView {
    let tone = match word.as_str() {
        "error" => Tone::Bad,
        "warn" => Tone::Warn,
        _ => Tone::Info,
    };
    view! { <Tag label=word tone=tone/> }
}

/// Sign and colour of a verdict; an unheard-of word is drawn as unknown rather than as good.
pub(super) fn verdict_look(word: &str) -> (&'static str, Tone) {
    match word {
        "in sync" => ("v-in-sync", Tone::Good),
        "equal by rule" => ("v-by-rule", Tone::Good),
        "coincident (manual)" => ("v-manual", Tone::Warn),
        "differs" => ("v-differs", Tone::Bad),
        "missing" => ("v-missing", Tone::Warn),
        "duplicate" => ("v-duplicate", Tone::Bad),
        _ => ("v-unknown", Tone::Off),
    }
}

//! A message in the page: an icon, plain words, at most one thing to do.

use leptos::prelude::*;

use super::{Icon, Tone};

/// A notice; the bad kind is announced at once.
#[component]
pub fn Notice(
    /// How serious it is.
    #[prop(optional)]
    tone: Tone,
    /// A bold first line.
    #[prop(optional, into)]
    title: Option<String>,
    /// A button or link at the right.
    #[prop(optional)]
    action: Option<AnyView>,
    /// The words.
    children: Children,
) -> impl IntoView {
    let (icon, tone_class) = match tone {
        Tone::Good => ("circle-check", "good"),
        Tone::Warn => ("warn", "warn"),
        Tone::Bad => ("error", "bad"),
        Tone::Info | Tone::Off => ("info", "info"),
    };
    let role = if tone == Tone::Bad { "alert" } else { "note" };
    view! {
        <div class=format!("notice {tone_class}") role=role>
            <Icon name=icon/>
            <div class="notice-text">
                {title.map(|title| view! { <h2>{title}</h2> })}
                <div>{children()}</div>
            </div>
            {action.map(|action| view! { <div>{action}</div> })}
        </div>
    }
}

//! Short messages about what just happened, in a live region that is always there so that readers announce it.

use leptos::prelude::*;

use super::{Icon, Tone};

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// Distinguishes it from the others (a running number of the caller).
    pub id: u64,
    /// The words.
    pub text: String,
    /// How serious it is.
    pub tone: Tone,
}

/// The live region; put it once into the shell.
#[component]
pub fn Toasts(
    /// The messages shown now, oldest first.
    #[prop(into)]
    toasts: Signal<Vec<Toast>>,
) -> impl IntoView {
    let one = |toast: Toast| {
        let icon = match toast.tone {
            Tone::Good => "circle-check",
            Tone::Warn => "warn",
            Tone::Bad => "error",
            Tone::Info | Tone::Off => "info",
        };
        view! { <div class=format!("toast {}", toast.tone.class())><Icon name=icon/><span>{toast.text}</span></div> }
    };
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || toasts.get() key=|toast| toast.id children=one/>
        </div>
    }
}

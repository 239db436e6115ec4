//! A step that cannot be undone: a button that opens what will happen and the button that does it.
//! Built on `details`, so it works without scripts; the caller's form is inside.

use leptos::prelude::*;

use super::Icon;

/// Opens a small panel with the consequences; the children are the form that acts.
#[component]
pub fn ConfirmForm(
    /// The words on the opening button.
    #[prop(into)]
    label: String,
    /// What will happen, naming the thing and the count.
    #[prop(into)]
    consequence: String,
    /// Icon on the opening button.
    #[prop(optional, into)]
    icon: Option<String>,
    /// Lower, for table rows.
    #[prop(optional)]
    small: bool,
    /// Open towards the right, for a button at the left edge.
    #[prop(optional)]
    start: bool,
    /// A form with its submitting button.
    children: Children,
) -> impl IntoView {
    let button = if small { "button danger small" } else { "button danger" };
    let class = if start { "confirm start" } else { "confirm" };
    view! {
        <details class=class>
            <summary class=button>{icon.map(|icon| view! { <Icon name=icon/> })}<span>{label}</span></summary>
            <div class="confirm-body">
                <p>{consequence}</p>
                {children()}
            </div>
        </details>
    }
}

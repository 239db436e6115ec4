//! Buttons, and links that look like buttons. A view has at most one primary: the next action.

use leptos::prelude::*;

use super::Icon;

/// How loud a button is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonLook {
    /// Outlined.
    #[default]
    Plain,
    /// The one next action of the view.
    Primary,
    /// Removes or ends something.
    Danger,
    /// No frame, for use inside rows and heads.
    Quiet,
}

impl ButtonLook {
    fn class(self, small: bool, icon_only: bool) -> String {
        let look = match self {
            Self::Plain => "button",
            Self::Primary => "button primary",
            Self::Danger => "button danger",
            Self::Quiet => "button quiet",
        };
        let small = if small { " small" } else { "" };
        let icon_only = if icon_only { " icon-only" } else { "" };
        format!("{look}{small}{icon_only}")
    }
}

/// A button; inside a form it submits unless told otherwise.
#[component]
pub fn Button(
    /// The words on it (or read aloud, with `icon_only`).
    #[prop(into)]
    label: String,
    /// How loud it is.
    #[prop(optional)]
    look: ButtonLook,
    /// `submit` (the default), `button` or `reset`.
    #[prop(default = "submit")]
    kind: &'static str,
    /// Icon before the words.
    #[prop(optional, into)]
    icon: Option<String>,
    /// Show the icon alone; the label is then its accessible name.
    #[prop(optional)]
    icon_only: bool,
    /// Lower, for table rows.
    #[prop(optional)]
    small: bool,
    /// Name sent with the form, with `value`.
    #[prop(optional, into)]
    name: Option<String>,
    /// Value sent with the form when this button is the one pressed.
    #[prop(optional, into)]
    value: Option<String>,
    /// While true the button cannot be pressed (an action is pending, a precondition fails).
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// What to do when pressed, besides submitting.
    #[prop(optional, into)]
    on_press: Option<Callback<()>>,
) -> impl IntoView {
    let class = look.class(small, icon_only);
    let aria_label = icon_only.then(|| label.clone());
    let words = (!icon_only).then_some(label);
    view! {
        <button
            type=kind
            class=class
            name=name
            value=value
            aria-label=aria_label
            disabled=move || disabled.get()
            on:click=move |_| {
                if let Some(on_press) = on_press {
                    on_press.run(());
                }
            }
        >
            {icon.map(|icon| view! { <Icon name=icon/> })}
            {words.map(|words| view! { <span>{words}</span> })}
        </button>
    }
}

/// A real link in the shape of a button, so that it opens in a new tab and can be copied.
#[component]
pub fn ButtonLink(
    /// Where it goes.
    #[prop(into)]
    href: String,
    /// The words on it (or read aloud, with `icon_only`).
    #[prop(into)]
    label: String,
    /// How loud it is.
    #[prop(optional)]
    look: ButtonLook,
    /// Icon before the words.
    #[prop(optional, into)]
    icon: Option<String>,
    /// Show the icon alone; the label is then its accessible name.
    #[prop(optional)]
    icon_only: bool,
    /// Lower, for table rows.
    #[prop(optional)]
    small: bool,
    /// A download or another address the router must leave to the browser.
    #[prop(optional)]
    external: bool,
) -> impl IntoView {
    let class = look.class(small, icon_only);
    let aria_label = icon_only.then(|| label.clone());
    let words = (!icon_only).then_some(label);
    view! {
        <a class=class href=href aria-label=aria_label rel=external.then_some("external")>
            {icon.map(|icon| view! { <Icon name=icon/> })}
            {words.map(|words| view! { <span>{words}</span> })}
        </a>
    }
}

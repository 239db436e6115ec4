//! Icons from the sprite and the dot that shows a gate's state. Decorative unless given a title.

use leptos::prelude::*;

/// One icon of `public/icons.svg`, in the colour and size of the text around it.
#[component]
pub fn Icon(
    /// Symbol without its `i-` prefix, such as `check` or `v-differs`.
    #[prop(into)]
    name: String,
    /// Extra classes: `small`, `large`, or a tone (`good`, `warn`, `bad`).
    #[prop(optional, into)]
    class: String,
    /// What it says where no word stands beside it; without it the icon is hidden from readers.
    #[prop(optional, into)]
    title: Option<String>,
) -> impl IntoView {
    let href = format!("/icons.svg#i-{name}");
    let class = if class.is_empty() { "icon".to_owned() } else { format!("icon {class}") };
    let role = title.is_some().then_some("img");
    let hidden = title.is_none().then_some("true");
    view! {
        <svg class=class role=role aria-hidden=hidden aria-label=title>
            <use href=href></use>
        </svg>
    }
}

/// How a gate stands, as drawn: the word beside it is the page's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GateLook {
    /// Nothing open: a filled disc with a tick.
    Pass,
    /// Work goes on, something is open: half filled.
    Part,
    /// Blocked: a ring.
    Block,
    /// Not begun or waiting for an earlier gate: a dashed ring.
    Wait,
}

impl GateLook {
    /// The class name shared by gate dot and gate tile (`pass`, `part`, `block`, `wait`).
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Part => "part",
            Self::Block => "block",
            Self::Wait => "wait",
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Pass => "passes",
            Self::Part => "partly done",
            Self::Block => "blocked",
            Self::Wait => "not begun",
        }
    }
}

/// The state of a gate as a dot that reads without colour.
#[component]
pub fn GateDot(
    /// How the gate stands.
    look: GateLook,
    /// Name of the gate, where no text beside the dot gives it ("Data: blocked" is then read aloud).
    #[prop(optional, into)]
    gate: Option<String>,
) -> impl IntoView {
    let title = gate.map_or_else(|| look.word().to_owned(), |gate| format!("{gate}: {}", look.word()));
    view! { <Icon name=format!("g-{}", look.class()) class=format!("gate-dot {}", look.class()) title=title/> }
}

//! A card that is folded away until somebody wants it: its head says in one line what is inside. Built on `details`, so
//! that it works without scripts; a link to its id opens it, and on paper it is open.

use leptos::{html, prelude::*};
use leptos_router::hooks::use_location;

use super::Icon;

/// Where it is kept what the page last had to say about opening a fold: what a person folds after that stays folded.
const OPENED: &str = "data-opened";

/// The card.
#[component]
pub fn Fold(
    /// What is inside.
    #[prop(into)]
    title: String,
    /// What it comes to, in one line.
    #[prop(into)]
    note: String,
    /// Identity for links into the page.
    id: &'static str,
    /// Open to begin with.
    #[prop(optional)]
    open: bool,
    /// The content, as in a `Card`.
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Details>::new();
    let hash = use_location().hash;
    Effect::new(move || {
        let Some(fold) = node.get() else {
            return;
        };
        let asked = hash.with(|hash| hash.strip_prefix('#') == Some(id));
        let said = format!("{open} {asked}");
        if fold.get_attribute(OPENED).is_some_and(|before| before == said) {
            return;
        }
        // Without the mark it is opened once more than it should be.
        fold.set_attribute(OPENED, &said).ok();
        if (open || asked) && !fold.open() {
            fold.set_open(true);
            if asked {
                fold.scroll_into_view();
            }
        }
    });
    // The id is inside, because a browser opens what surrounds the target of a link.
    let inside = view! {
        <summary class="card-head">
            <Icon name="chevron-right"/>
            <h2>{title}</h2>
            <span class="card-note">{note}</span>
        </summary>
        <div class="fold-body" id=id>{children()}</div>
    };
    // An attribute that is named here would be set anew at each redraw, under the hands of who unfolds it.
    let fold = if open && cfg!(feature = "ssr") {
        view! { <details class="fold" open=true>{inside}</details> }.into_any()
    } else {
        view! { <details class="fold" node_ref=node>{inside}</details> }.into_any()
    };
    view! { <section class="card">{fold}</section> }
}

//! Where one is, from the portfolio down to the page.

use leptos::prelude::*;

/// One step of the way; the last one is the page itself and needs no address.
#[derive(Clone, Debug, Default)]
pub struct Crumb {
    /// The words.
    pub label: String,
    /// Its address, unless it is the page itself.
    pub href: Option<String>,
}

/// The way to this page.
#[component]
pub fn Breadcrumbs(
    /// From the outermost to the page itself.
    crumbs: Vec<Crumb>,
    /// What stands behind the last crumb (a version pill).
    #[prop(optional)]
    end: Option<AnyView>,
) -> impl IntoView {
    let last = crumbs.len().saturating_sub(1);
    let mut end = end;
    let crumbs = crumbs
        .into_iter()
        .enumerate()
        .map(|(position, crumb)| {
            let current = (position == last).then_some("page");
            let label = match crumb.href {
                Some(href) => view! { <a href=href aria-current=current>{crumb.label}</a> }.into_any(),
                None => view! { <span aria-current=current>{crumb.label}</span> }.into_any(),
            };
            let end = if position == last { end.take() } else { None };
            view! { <li>{label}{end}</li> }
        })
        .collect_view();
    view! { <nav class="breadcrumbs" aria-label="Breadcrumbs"><ol>{crumbs}</ol></nav> }
}

//! Tabs as links: the open tab is in the address, a tab opens in a new window like any link.

use leptos::prelude::*;

/// One tab.
#[derive(Clone, Debug, Default)]
pub struct Tab {
    /// The words.
    pub label: String,
    /// Its address.
    pub href: String,
    /// A figure behind the words.
    pub count: Option<usize>,
    /// Whether it is the open one.
    pub on: bool,
}

/// A row of tabs above the content they lead to.
#[component]
pub fn Tabs(
    /// What the tabs divide, for readers.
    #[prop(into)]
    label: String,
    /// The tabs, in order.
    tabs: Vec<Tab>,
) -> impl IntoView {
    let tabs = tabs
        .into_iter()
        .map(|tab| {
            let count = tab.count.map(|count| view! { <span class="count">{super::grouped(count as u64)}</span> });
            view! { <a href=tab.href aria-current=tab.on.then_some("page")>{tab.label}{count}</a> }
        })
        .collect_view();
    view! { <nav class="tabs" aria-label=label>{tabs}</nav> }
}

//! Quick filters and variants as links: the choice is in the address.

use leptos::prelude::*;

/// One filter link.
#[derive(Clone, Debug, Default)]
pub struct Chip {
    /// The words.
    pub label: String,
    /// Where choosing it leads.
    pub href: String,
    /// How many rows it leaves, shown behind the words.
    pub count: Option<usize>,
    /// Whether it is the one chosen.
    pub on: bool,
}

/// A row of filter links.
#[component]
pub fn Chips(
    /// What they filter, for readers.
    #[prop(into)]
    label: String,
    /// The filters, in order.
    chips: Vec<Chip>,
) -> impl IntoView {
    let chips = chips
        .into_iter()
        .map(|chip| {
            let count = chip.count.map(|count| view! { <span class="count">{super::grouped(count as u64)}</span> });
            view! { <a class="chip" href=chip.href aria-current=chip.on.then_some("true")>{chip.label}{count}</a> }
        })
        .collect_view();
    view! { <nav class="chips" aria-label=label>{chips}</nav> }
}

//! What pages say and do where values of protected data points are masked for the reader.

use crate::runs::record_href;
use leptos::prelude::*;

const WORDS: &str = "Values of protected data points are shown to editors of the plan.";

/// Above a list: that something in it is masked.
pub fn masked_note(masked: bool) -> Option<AnyView> {
    masked.then(|| view! { <p class="muted">{WORDS}</p> }.into_any())
}

/// The same at the end of a card.
pub fn masked_foot(masked: bool) -> Option<AnyView> {
    masked.then(|| view! { <p class="card-foot">{WORDS}</p> }.into_any())
}

/// A part of a key: it leads to the whole records, unless their address would tell a key that the reader may not see.
pub fn key_cell(run: &str, record: &str, part: &str) -> AnyView {
    let part = part.to_owned();
    if record.is_empty() {
        return view! { <td class="record">{part}</td> }.into_any();
    }
    view! { <td class="record"><a href=record_href(run, record)>{part}</a></td> }.into_any()
}

//! Links to the pages of a list that is longer than one page.

use super::{ButtonLink, grouped};
use leptos::prelude::*;

/// "51–100 of 230" between the ways back and on; nothing where one page holds all. `from` counts what comes before the
/// page, `size` is how much a page holds, and `href` is the address of the page that begins after so many.
pub fn pager(from: u64, size: u16, total: u64, href: impl Fn(u64) -> String) -> Option<AnyView> {
    let size = u64::from(size);
    if total <= size && from == 0 {
        return None;
    }
    let last = (from + size).min(total);
    let link = |to: u64, label: &'static str| view! { <ButtonLink href=href(to) label=label small=true/> };
    let before = (from > 0).then(|| link(from.saturating_sub(size), "Previous"));
    let after = (last < total).then(|| link(from + size, "Next"));
    let words = format!("{}–{} of {}", grouped((from + 1).min(total)), grouped(last), grouped(total));
    Some(view! { <nav class="pager" aria-label="Pages">{before}<span>{words}</span>{after}</nav> }.into_any())
}

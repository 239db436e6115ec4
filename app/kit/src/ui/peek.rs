//! The side panel for the opened item, with previous and next.

use leptos::prelude::*;

use super::Icon;

/// The panel beside a list.
#[component]
pub fn Peek(
    /// Name of the opened item.
    #[prop(into)]
    title: String,
    /// Its short id (`D12`).
    #[prop(optional, into)]
    number: String,
    /// Where it stands in the list ("2 of 41").
    #[prop(optional, into)]
    position: String,
    /// Address of the item before.
    #[prop(optional_no_strip, into)]
    previous: Option<String>,
    /// Address of the item after.
    #[prop(optional_no_strip, into)]
    next: Option<String>,
    /// Address of the list with the panel closed.
    #[prop(optional, into)]
    close: Option<String>,
    /// `PeekSection`s.
    children: Children,
) -> impl IntoView {
    let label = format!("Details of {title}");
    let step = |href: Option<String>, icon: &'static str, words: &'static str| {
        href.map(|href| view! { <a href=href aria-label=words><Icon name=icon/></a> })
    };
    view! {
        <aside class="peek" aria-label=label>
            <div class="peek-head">
                <h2>{title}</h2>
                <span class="mono faint">{number}</span>
                <div class="peek-nav">
                    {step(previous, "chevron-left", "Previous item")}
                    <span>{position}</span>
                    {step(next, "chevron-right", "Next item")}
                    {step(close, "x", "Close details")}
                </div>
            </div>
            {children()}
        </aside>
    }
}

/// One part of the panel, under a hairline.
#[component]
pub fn PeekSection(
    /// Its heading.
    #[prop(optional, into)]
    title: Option<String>,
    /// What stands beside the heading (a pill, a count).
    #[prop(optional)]
    end: Option<AnyView>,
    /// The content.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="peek-section">
            {title.map(|title| view! { <h3>{title}{end}</h3> })}
            {children()}
        </section>
    }
}

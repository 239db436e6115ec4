//! Cards, the head of a page, and the strip of figures.

use leptos::prelude::*;

use super::Tone;

/// One raised sheet with a title that says what is found inside.
#[component]
pub fn Card(
    /// The title; without it there is no head.
    #[prop(optional, into)]
    title: Option<String>,
    /// A muted remark beside the title.
    #[prop(optional, into)]
    note: Option<String>,
    /// What stands at the right of the head (a link, a key).
    #[prop(optional)]
    end: Option<AnyView>,
    /// Extra class on the card.
    #[prop(optional, into)]
    class: String,
    /// Identity for links into the page.
    #[prop(optional, into)]
    id: Option<String>,
    /// The content: wrap prose in `card-body`, put tables in directly.
    children: Children,
) -> impl IntoView {
    let class = if class.is_empty() { "card".to_owned() } else { format!("card {class}") };
    let has_head = title.is_some() || note.is_some() || end.is_some();
    let head = has_head.then(|| {
        view! {
            <div class="card-head">
                {title.map(|title| view! { <h2>{title}</h2> })}
                {note.map(|note| view! { <span class="card-note">{note}</span> })}
                {end.map(|end| view! { <div class="end">{end}</div> })}
            </div>
        }
    });
    view! { <section class=class id=id>{head}{children()}</section> }
}

/// The head of a page: its one `h1`, a line of facts, the actions at the right.
#[component]
pub fn PageHead(
    /// The heading.
    #[prop(into)]
    title: String,
    /// Facts under the heading, each its own `span`.
    #[prop(optional)]
    meta: Option<AnyView>,
    /// Buttons at the right, the primary one last.
    #[prop(optional)]
    actions: Option<AnyView>,
) -> impl IntoView {
    view! {
        <div class="page-head">
            <div>
                <h1>{title}</h1>
                {meta.map(|meta| view! { <div class="page-meta">{meta}</div> })}
            </div>
            {actions.map(|actions| view! { <div class="page-actions">{actions}</div> })}
        </div>
    }
}

/// A card with a row of figures.
#[component]
pub fn Figures(
    /// `Figure`s.
    children: Children,
) -> impl IntoView {
    view! { <section class="card figures">{children()}</section> }
}

/// One figure: what it is, the number, what it means. A number is a link to what it counts.
#[component]
pub fn Figure(
    /// What is counted.
    #[prop(into)]
    label: String,
    /// The number as text (see `grouped`).
    #[prop(into)]
    value: String,
    /// What it means or out of how many.
    #[prop(optional, into)]
    note: String,
    /// Colour of the number.
    #[prop(optional)]
    tone: Tone,
    /// Where the counted things are listed.
    #[prop(optional, into)]
    href: Option<String>,
) -> impl IntoView {
    let body = view! {
        <span>{label}</span>
        <b class=tone.class()>{value}</b>
        <span>{note}</span>
    };
    match href {
        Some(href) => view! { <a class="figure" href=href>{body}</a> }.into_any(),
        None => view! { <div class="figure">{body}</div> }.into_any(),
    }
}

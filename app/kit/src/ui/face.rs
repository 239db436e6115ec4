//! People as initials.

use leptos::prelude::*;

/// A person's initials; the full name is read aloud and shown on hover.
#[component]
pub fn Face(
    /// Full name.
    #[prop(into)]
    name: String,
    /// Smaller, for lists.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    let short = initials(&name);
    let class = if small { "face small" } else { "face" };
    view! { <span class=class role="img" aria-label=name.clone() title=name>{short}</span> }
}

/// Several people, overlapping.
#[component]
pub fn Faces(
    /// Full names.
    names: Vec<String>,
) -> impl IntoView {
    let faces = names.into_iter().map(|name| view! { <Face name=name/> }).collect_view();
    view! { <div class="faces">{faces}</div> }
}

/// First letters of the first and the last word, upper case; `?` for a name without letters.
#[must_use]
pub fn initials(name: &str) -> String {
    let first = |word: &str| word.chars().find(|letter| letter.is_alphanumeric());
    let letters: Vec<char> = name.split_whitespace().filter_map(first).collect();
    match letters.as_slice() {
        [] => "?".to_owned(),
        [only] => only.to_uppercase().collect(),
        [head, .., last] => head.to_uppercase().chain(last.to_uppercase()).collect(),
    }
}

//! Nothing here yet: why it matters in two sentences, and one thing to do about it.

use leptos::prelude::*;

use super::Icon;

/// Teaching text in place of a list that has nothing in it.
#[component]
pub fn Empty(
    /// What is missing, as a heading.
    #[prop(into)]
    title: String,
    /// Why it matters, in two sentences.
    #[prop(into)]
    text: String,
    /// The picture above.
    #[prop(default = String::from("plumb"), into)]
    icon: String,
    /// The one button or form.
    #[prop(optional)]
    action: Option<AnyView>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon name=icon/>
            <h2>{title}</h2>
            <p>{text}</p>
            {action}
        </div>
    }
}

//! `/`: on to the list of plans.

use kit::next::HOME;
use leptos::prelude::*;
use leptos_router::components::Redirect;

/// Sends the reader on.
#[component]
pub fn HomePage() -> impl IntoView {
    view! { <Redirect path=HOME/> }.into_any()
}

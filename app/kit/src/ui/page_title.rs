//! The document's title. The only place that uses `leptos_meta`'s title, which writes its text unescaped on the server.

use leptos::prelude::*;
use leptos_meta::{ServerMetaContext, Title};

use super::escape::escape_text;

/// Sets the title of the document, on the server and at each navigation: "`text` · Plumbline".
///
/// The text is no signal: on the server the title is read after the page's reactive values are gone.
#[component]
pub fn PageTitle(
    /// What the page shows; may be any text a user typed.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let title = format!("{text} · Plumbline");
    // On the server the text lands between tags as it is; in the browser it is set as a property, where escaping would show.
    let on_server = use_context::<ServerMetaContext>().is_some();
    let title = if on_server { escape_text(&title) } else { title };
    view! { <Title text=title/> }
}

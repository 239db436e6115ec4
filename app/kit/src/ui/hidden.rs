//! What a form sends besides what a person fills in.

use leptos::prelude::*;

/// Hidden fields by name and value.
#[must_use]
pub fn hidden(fields: &[(&'static str, &str)]) -> AnyView {
    let inputs = fields
        .iter()
        .map(|(name, value)| view! { <input type="hidden" name=*name value=(*value).to_owned()/> })
        .collect_view();
    inputs.into_any()
}

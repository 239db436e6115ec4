//! Controls in the cells of a form's table: named for screen readers, as their columns are for the others.
//! A row that goes makes the next one stand in its place, so that what a control shows belongs to its name
//! and to the rows around it, not to the element.

use leptos::{html, prelude::*};

use super::field::renewed;

/// One line of text, a number or a day.
#[component]
pub fn CellInput(
    /// Name sent with the form.
    #[prop(into)]
    name: String,
    /// What it is, for screen readers.
    #[prop(into)]
    label: String,
    /// The text to begin with.
    #[prop(into)]
    value: String,
    /// `text`, `number`, `date`.
    #[prop(default = "text")]
    kind: &'static str,
    /// What the table is about as it stands; when it is another, the control starts anew.
    #[prop(optional, into)]
    table: String,
    /// Shown and sent, not typed.
    #[prop(optional)]
    readonly: bool,
) -> impl IntoView {
    let node = NodeRef::<html::Input>::new();
    let mark = format!("{name}\n{table}\n{value}");
    let shown = value.clone();
    Effect::new(move || {
        if let Some(input) = node.get()
            && renewed(&input, &mark)
        {
            input.set_value(&shown);
        }
    });
    let class = if readonly { "input mono" } else { "input" };
    view! {
        <input node_ref=node class=class type=kind name=name value=value aria-label=label readonly=readonly autocomplete="off"/>
    }
}

/// A yes or no; its words stand beside it or, in a table, above it.
#[component]
pub fn Tick(
    /// Name sent with the form.
    #[prop(into)]
    name: String,
    /// What it is, for screen readers, where no words stand beside it.
    #[prop(optional, into)]
    label: Option<String>,
    /// What is sent when it is ticked.
    #[prop(default = String::from("true"), into)]
    value: String,
    /// Ticked to begin with.
    checked: bool,
    /// What the table is about as it stands; when it is another, the control starts anew.
    #[prop(optional, into)]
    table: String,
) -> impl IntoView {
    let node = NodeRef::<html::Input>::new();
    let mark = format!("{name}\n{value}\n{table}\n{checked}");
    Effect::new(move || {
        if let Some(input) = node.get()
            && renewed(&input, &mark)
        {
            input.set_checked(checked);
        }
    });
    view! { <input node_ref=node type="checkbox" name=name value=value checked=checked aria-label=label/> }
}

//! One of several choices, in the browser's own list.

use super::field::{Field, described_by, field_id, renewed};
use leptos::{ev, html, prelude::*, web_sys::HtmlSelectElement};
use views::items::RefOption;

/// One choice of a `Select`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
}

impl Choice {
    /// Items to choose from, by their titles.
    #[must_use]
    pub fn of(items: &[RefOption]) -> Vec<Self> {
        items.iter().map(|item| Self { value: item.id.clone(), label: item.title.clone() }).collect()
    }
}

/// A choice with label, help and error.
#[component]
pub fn Select(
    /// Name sent with the form.
    #[prop(into)]
    name: String,
    /// The label above.
    #[prop(into)]
    label: String,
    /// The choices, in order.
    choices: Vec<Choice>,
    /// The value chosen to begin with.
    #[prop(optional, into)]
    value: String,
    /// Words for "nothing chosen"; without them the first choice stands.
    #[prop(optional, into)]
    none: Option<String>,
    /// How to choose.
    #[prop(optional, into)]
    help: String,
    /// What is wrong with what was sent.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Identity in the page.
    #[prop(optional, into)]
    id: String,
    /// Must be chosen.
    #[prop(optional)]
    required: bool,
    /// Told of each change.
    #[prop(optional, into)]
    on_change: Option<Callback<String>>,
) -> impl IntoView {
    let id = field_id(id, &name);
    let described = described_by(&id, &help, error);
    // Where one of the choices always stands, none can be left out.
    let settled = required || none.is_none();
    let (node, options, remember) = parts(format!("{id}\n{value}"), choices, value, none);
    let listen = move |event: ev::Event| {
        if let Some(on_change) = on_change {
            on_change.run(event_target_value(&event));
        }
        remember(event);
    };
    view! {
        <Field id=id.clone() label=label help=help error=error required=settled>
            <select
                node_ref=node
                class="input"
                id=id
                name=name
                required=required
                aria-describedby=described
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                on:change=listen
            >
                {options}
            </select>
        </Field>
    }
}

/// A choice without anything around it, as in the cell of a table.
#[component]
pub fn CellSelect(
    /// Name sent with the form.
    #[prop(into)]
    name: String,
    /// What it is, for screen readers.
    #[prop(into)]
    label: String,
    /// The choices, in order.
    choices: Vec<Choice>,
    /// The value chosen to begin with.
    #[prop(into)]
    value: String,
    /// Words for "nothing chosen"; without them the first choice stands.
    #[prop(optional, into)]
    none: Option<String>,
    /// What the table is about as it stands; when it is another, the control starts anew.
    #[prop(optional, into)]
    table: String,
    /// What it looks like.
    #[prop(default = "input")]
    class: &'static str,
) -> impl IntoView {
    let (node, options, remember) = parts(format!("{name}\n{table}\n{value}"), choices, value, none);
    view! { <select node_ref=node class=class name=name aria-label=label on:change=remember>{options}</select> }
}

/// Where the choice of a person is remembered.
const CHOSEN: &str = "data-chosen";

/// The element, its options, and what is to be told of each change. When a page is drawn anew the attribute of the
/// first choice is set again, and with it the choice: that of the person is put back.
fn parts(
    mark: String,
    choices: Vec<Choice>,
    value: String,
    none: Option<String>,
) -> (NodeRef<html::Select>, AnyView, impl Fn(ev::Event) + Copy + 'static) {
    let none = none.map(|label| Choice { value: String::new(), label });
    let options = none
        .into_iter()
        .chain(choices)
        .map(|choice| {
            let selected = choice.value == value;
            view! { <option value=choice.value selected=selected>{choice.label}</option> }
        })
        .collect_view();
    let node = NodeRef::<html::Select>::new();
    Effect::new(move || {
        let Some(select) = node.get() else {
            return;
        };
        if renewed(&select, &mark) {
            select.remove_attribute(CHOSEN).ok();
            select.set_value(&value);
        } else if let Some(chosen) = select.get_attribute(CHOSEN) {
            select.set_value(&chosen);
            if select.selected_index() < 0 {
                select.set_value(&value);
            }
        } else {
            // What was chosen before the script arrived.
            remember(&select);
        }
    });
    (node, options.into_any(), |event| remember(&event_target::<HtmlSelectElement>(&event)))
}

fn remember(select: &HtmlSelectElement) {
    // Without the mark the first choice comes back, which the person sees.
    select.set_attribute(CHOSEN, &select.value()).ok();
}

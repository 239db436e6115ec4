//! Several lines of text. The only `textarea` of the application: the framework writes the children of a textarea
//! unescaped on the server, so its text goes in here, escaped, and nowhere else.

use leptos::{html, prelude::*};

use super::escape::escape_text;
use super::field::{Field, described_by, field_id, renewed};

/// A labelled field for several lines.
#[component]
pub fn TextArea(
    /// Name sent with the form.
    #[prop(into)]
    name: String,
    /// The label above.
    #[prop(into)]
    label: String,
    /// The text to begin with; any text at all.
    #[prop(optional, into)]
    value: String,
    /// How to fill it in, under the label.
    #[prop(optional, into)]
    help: String,
    /// What is wrong with what was sent.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Identity in the page; give one that names the item when several items share a form.
    #[prop(optional, into)]
    id: String,
    /// Must not be empty.
    #[prop(optional)]
    required: bool,
    /// Lines to begin with.
    #[prop(default = 3)]
    rows: u8,
    /// An example of what to write, not a label.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// Told of each change while typing.
    #[prop(optional, into)]
    on_input: Option<Callback<String>>,
) -> impl IntoView {
    let id = field_id(id, &name);
    let described = described_by(&id, &help, error);
    let node = NodeRef::<html::Textarea>::new();
    let inner = escape_text(&protected(&value));
    let mark = format!("{id}\n{value}");
    Effect::new(move || {
        if let Some(area) = node.get() {
            // Where the text was set by script the browser does not swallow the protecting line break.
            let doubled = value.starts_with('\n') && area.value() == protected(&value);
            if renewed(&area, &mark) || doubled {
                area.set_value(&value);
            }
        }
    });
    let listen = move |text: String| {
        if let Some(on_input) = on_input {
            on_input.run(text);
        }
    };
    view! {
        <Field id=id.clone() label=label help=help error=error required=required>
            <textarea
                node_ref=node
                class="input"
                id=id
                name=name
                rows=rows.to_string()
                required=required
                placeholder=placeholder
                aria-describedby=described
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                on:input=move |event| listen(event_target_value(&event))
                inner_html=inner
            ></textarea>
        </Field>
    }
}

/// HTML drops one line break right after the opening tag; a text that begins with one needs a second.
fn protected(text: &str) -> String {
    if text.starts_with('\n') { format!("\n{text}") } else { text.to_owned() }
}

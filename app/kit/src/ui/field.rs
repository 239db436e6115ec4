//! Form fields: label, help and error tied to their control, usable without scripts.
//! Controls are not driven while typing: they start with a value, and take a new one only when the page shows another.

use std::hash::{DefaultHasher, Hash, Hasher};

use leptos::{html, prelude::*};

use super::Icon;

/// Label, help and error around one control. Give the control the same `id` and `described_by(..)`.
#[component]
pub fn Field(
    /// The control's id.
    #[prop(into)]
    id: String,
    /// The label above.
    #[prop(into)]
    label: String,
    /// How to fill it in.
    #[prop(optional, into)]
    help: String,
    /// What is wrong with what was sent.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Whether it must be filled in; fields that need not be say so.
    #[prop(optional)]
    required: bool,
    /// The control.
    children: Children,
) -> impl IntoView {
    let error_id = format!("{id}-error");
    let help_id = format!("{id}-help");
    let help = (!help.is_empty()).then(|| view! { <p class="field-help" id=help_id>{help}</p> });
    let optional = (!required).then(|| view! { <span class="optional">" optional"</span> });
    view! {
        <div class="field">
            <label class="field-label" for=id>{label}{optional}</label>
            {help}
            {children()}
            {move || error_line(error_id.clone(), error.get())}
        </div>
    }
}

/// One line of text.
#[component]
pub fn TextInput(
    /// Name sent with the form.
    #[prop(into)]
    name: String,
    /// The label above.
    #[prop(into)]
    label: String,
    /// The text to begin with.
    #[prop(optional, into)]
    value: String,
    /// How to fill it in.
    #[prop(optional, into)]
    help: String,
    /// What is wrong with what was sent.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Identity in the page; give one that names the item when several items share a form.
    #[prop(optional, into)]
    id: String,
    /// `text`, `email`, `password`, `number`, `search`, `url` …
    #[prop(default = "text")]
    kind: &'static str,
    /// What the browser may fill in (`username`, `current-password`, `off`).
    #[prop(optional, into)]
    autocomplete: Option<String>,
    /// Must not be empty.
    #[prop(optional)]
    required: bool,
    /// An example of what to write, not a label.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// Choices to suggest while any text is allowed.
    #[prop(optional)]
    suggestions: Vec<String>,
    /// Technical text (field names, hashes): the mono font.
    #[prop(optional)]
    mono: bool,
    /// Told of each change while typing.
    #[prop(optional, into)]
    on_input: Option<Callback<String>>,
) -> impl IntoView {
    let id = field_id(id, &name);
    let described = described_by(&id, &help, error);
    let list_id = (!suggestions.is_empty()).then(|| format!("{id}-list"));
    let list = list_id.clone().map(|list_id| {
        let options = suggestions.into_iter().map(|choice| view! { <option value=choice></option> }).collect_view();
        view! { <datalist id=list_id>{options}</datalist> }
    });
    let node = NodeRef::<html::Input>::new();
    let mark = format!("{id}\n{value}");
    let shown = value.clone();
    Effect::new(move || {
        if let Some(input) = node.get()
            && renewed(&input, &mark)
        {
            input.set_value(&shown);
        }
    });
    let listen = move |text: String| {
        if let Some(on_input) = on_input {
            on_input.run(text);
        }
    };
    view! {
        <Field id=id.clone() label=label help=help error=error required=required>
            <input
                node_ref=node
                class=if mono { "input mono" } else { "input" }
                id=id
                type=kind
                name=name
                value=value
                list=list_id
                autocomplete=autocomplete
                required=required
                placeholder=placeholder
                aria-describedby=described
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                on:input=move |event| listen(event_target_value(&event))
            />
            {list}
        </Field>
    }
}

/// A day, in the browser's own picker; sent as `2027-03-14`.
#[component]
pub fn DateInput(
    /// Name sent with the form.
    #[prop(into)]
    name: String,
    /// The label above.
    #[prop(into)]
    label: String,
    /// The day to begin with, as ISO 8601.
    #[prop(optional, into)]
    value: String,
    /// How to fill it in.
    #[prop(optional, into)]
    help: String,
    /// What is wrong with what was sent.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Identity in the page.
    #[prop(optional, into)]
    id: String,
    /// Must not be empty.
    #[prop(optional)]
    required: bool,
) -> impl IntoView {
    view! { <TextInput name=name label=label value=value help=help error=error id=id required=required kind="date"/> }
}

/// A yes or no, or one of several that may be ticked. Sends its value only when ticked.
#[component]
pub fn Checkbox(
    /// Name sent with the form.
    #[prop(into)]
    name: String,
    /// The words behind the box.
    #[prop(into)]
    label: String,
    /// What is sent when ticked.
    #[prop(default = String::from("true"), into)]
    value: String,
    /// Ticked to begin with.
    #[prop(optional)]
    checked: bool,
    /// What ticking it means.
    #[prop(optional, into)]
    help: String,
    /// What is wrong with what was sent.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Identity in the page; needed when several boxes share a name.
    #[prop(optional, into)]
    id: String,
    /// A round button: one of those with the same name.
    #[prop(optional)]
    radio: bool,
    /// Must be ticked.
    #[prop(optional)]
    required: bool,
) -> impl IntoView {
    let id = field_id(id, &name);
    let described = described_by(&id, &help, error);
    let error_id = format!("{id}-error");
    let help_id = format!("{id}-help");
    let help = (!help.is_empty()).then(|| view! { <p class="field-help" id=help_id>{help}</p> });
    let node = NodeRef::<html::Input>::new();
    let mark = format!("{id}\n{checked}");
    Effect::new(move || {
        if let Some(input) = node.get()
            && renewed(&input, &mark)
        {
            input.set_checked(checked);
        }
    });
    view! {
        <div class="check">
            <input
                node_ref=node
                id=id.clone()
                type=if radio { "radio" } else { "checkbox" }
                name=name
                value=value
                checked=checked
                required=required
                aria-describedby=described
            />
            <label for=id>{label}</label>
            {help}
            {move || error_line(error_id.clone(), error.get())}
        </div>
    }
}

/// What `aria-describedby` of a control inside a `Field` must be: the ids of its help and its error, as far as there are any.
#[must_use]
pub fn described_by(id: &str, help: &str, error: Signal<Option<String>>) -> Signal<Option<String>> {
    let help_id = (!help.is_empty()).then(|| format!("{id}-help"));
    let error_id = format!("{id}-error");
    Signal::derive(move || match (&help_id, error.with(Option::is_some)) {
        (None, false) => None,
        (None, true) => Some(error_id.clone()),
        (Some(help_id), false) => Some(help_id.clone()),
        (Some(help_id), true) => Some(format!("{help_id} {error_id}")),
    })
}

/// The id given, or the name where none is.
pub(super) fn field_id(id: String, name: &str) -> String {
    if id.is_empty() { name.to_owned() } else { id }
}

/// Whether the page now shows another initial value in this control than before. What a person has typed, also before
/// the script arrived, is kept as long as the value behind it is the same.
pub(super) fn renewed(element: &web_sys::Element, mark: &str) -> bool {
    let mut hasher = DefaultHasher::new();
    mark.hash(&mut hasher);
    let now = format!("{:x}", hasher.finish());
    let before = element.get_attribute("data-shown");
    let other = before.as_ref().is_some_and(|before| *before != now);
    if before.is_none() || other {
        // Without the mark the control keeps what was typed, which is the safe side.
        element.set_attribute("data-shown", &now).ok();
    }
    other
}

fn error_line(id: String, error: Option<String>) -> AnyView {
    error
        .map(|error| {
            view! { <p class="field-error" id=id role="alert"><Icon name="s-error"/><span>{error}</span></p> }
        })
        .into_any()
}

//! One form control per field type, and the same fields as plain text for those who only read.

use crate::ui::{Checkbox, Choice, DateInput, Select, TextArea, TextInput, described_by};
use domain::{Field, FieldType};
use leptos::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use views::items::RefOption;

/// What the controls of a form share.
#[derive(Clone)]
pub struct FormState {
    /// What reference fields can point to.
    pub options: BTreeMap<String, Vec<RefOption>>,
    /// What is wrong with what was sent, by field.
    pub errors: Signal<BTreeMap<String, String>>,
}

/// The control of one field.
pub fn control(field: &'static Field, value: &Value, state: &FormState) -> AnyView {
    let name = format!("texts[{}]", field.name);
    let id = format!("f-{}", field.name);
    let errors = state.errors;
    let error = Signal::derive(move || errors.with(|e| e.get(field.name).cloned()));
    let text = value.as_str().unwrap_or_default().to_owned();
    let (label, help, required) = (field.label, field.help, field.required);
    match field.kind {
        FieldType::Line => {
            view! { <TextInput name=name id=id label=label value=text help=help error=error required=required autocomplete="off"/> }
                .into_any()
        }
        FieldType::Text => {
            view! { <TextArea name=name id=id label=label value=text help=help error=error required=required/> }.into_any()
        }
        FieldType::Count { .. } => {
            let text = value.as_i64().map(|n| n.to_string()).unwrap_or_default();
            view! { <TextInput name=name id=id label=label value=text help=help error=error required=required kind="number"/> }
                .into_any()
        }
        FieldType::Flag => {
            let checked = value.as_bool().unwrap_or_default();
            view! { <Checkbox name=name id=id label=label checked=checked help=help error=error/> }.into_any()
        }
        FieldType::Date => {
            view! { <DateInput name=name id=id label=label value=text help=help error=error required=required/> }.into_any()
        }
        FieldType::Choice(choices) => {
            let choices = choices.iter().map(|c| Choice { value: c.code.into(), label: c.label.into() }).collect();
            view! { <Select name=name id=id label=label choices=choices value=text none="—" help=help error=error required=required/> }
                .into_any()
        }
        FieldType::Ref(_) | FieldType::Connection | FieldType::Run | FieldType::Attachment => {
            let choices = choices(state, field.name);
            view! { <Select name=name id=id label=label choices=choices value=text none="—" help=help error=error required=required/> }
                .into_any()
        }
        FieldType::Refs(_) => ticks(field, value, state, error),
        FieldType::Lines => {
            let lines: Vec<_> = value.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            view! { <TextArea name=name id=id label=label value=lines.join("\n") help=help error=error/> }.into_any()
        }
        FieldType::Parts(inner) => parts(field, inner, value, state, error),
    }
}

fn choices(state: &FormState, name: &str) -> Vec<Choice> {
    let options = state.options.get(name).into_iter().flatten();
    options.map(|o| Choice { value: o.id.clone(), label: o.title.clone() }).collect()
}

fn ticks(field: &'static Field, value: &Value, state: &FormState, error: Signal<Option<String>>) -> AnyView {
    let chosen: Vec<_> = value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    let options = state.options.get(field.name).cloned().unwrap_or_default();
    let id = format!("f-{}", field.name);
    let none = options.is_empty().then(|| view! { <p class="muted">"There is nothing to choose from yet."</p> });
    let boxes = options
        .into_iter()
        .map(|option| {
            let name = format!("ticks[{}][{}]", field.name, option.id);
            let checked = chosen.contains(&option.id);
            view! { <label class="tick"><input type="checkbox" name=name value="true" checked=checked/><span>{option.title}</span></label> }
        })
        .collect_view();
    let described = described_by(&id, field.help, error);
    view! {
        <fieldset class="field ticks" aria-describedby=described>
            <legend class="field-label">{field.label}</legend>
            <p class="field-help" id=format!("{id}-help")>{field.help}</p>
            <div class="tick-list">{none}{boxes}</div>
            {move || error.get().map(|words| view! { <p class="field-error" id=format!("{id}-error")>{words}</p> })}
        </fieldset>
    }
    .into_any()
}

/// Rows of parts with two spare ones at the end; a row without content is a row taken away.
fn parts(
    field: &'static Field,
    inner: &'static [Field],
    value: &Value,
    state: &FormState,
    error: Signal<Option<String>>,
) -> AnyView {
    let id = format!("f-{}", field.name);
    let mut rows: Vec<Value> = value.as_array().cloned().unwrap_or_default();
    for spare in 1..=2 {
        rows.push(serde_json::json!({ "id": format!("new{spare}") }));
    }
    let head = inner.iter().map(|sub| view! { <th scope="col" title=sub.help>{sub.label}</th> }).collect_view();
    let state = state.clone();
    let body = rows
        .into_iter()
        .map(|row| {
            let part = row["id"].as_str().unwrap_or_default().to_owned();
            let cells = inner
                .iter()
                .map(|sub| {
                    let name = format!("parts[{}][{part}][{}]", field.name, sub.name);
                    view! { <td>{part_control(field, sub, name, &row[sub.name], &state)}</td> }
                })
                .collect_view();
            view! { <tr>{cells}</tr> }
        })
        .collect_view();
    view! {
        <fieldset class="field parts">
            <legend class="field-label">{field.label}</legend>
            <p class="field-help" id=format!("{id}-help")>{field.help}" Save to get more rows; empty a row to take it away."</p>
            <div class="parts-scroll"><table class="parts-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>
            {move || error.get().map(|words| view! { <p class="field-error" id=format!("{id}-error")>{words}</p> })}
        </fieldset>
    }
    .into_any()
}

fn part_control(field: &Field, sub: &'static Field, name: String, value: &Value, state: &FormState) -> AnyView {
    let label = format!("{} of {}", sub.label, field.label.to_lowercase());
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let select = |choices: Vec<Choice>| {
        let options = choices
            .into_iter()
            .map(|c| view! { <option value=c.value.clone() selected=c.value == text>{c.label}</option> })
            .collect_view();
        view! { <select class="input" name=name.clone() aria-label=label.clone()><option value="">"—"</option>{options}</select> }
            .into_any()
    };
    match sub.kind {
        FieldType::Flag => {
            let checked = value.as_bool().unwrap_or_default();
            view! { <input type="checkbox" name=name value="true" checked=checked aria-label=label/> }.into_any()
        }
        FieldType::Choice(all) => {
            select(all.iter().map(|c| Choice { value: c.code.into(), label: c.label.into() }).collect())
        }
        FieldType::Ref(_) | FieldType::Connection | FieldType::Run | FieldType::Attachment => {
            select(choices(state, &format!("{}.{}", field.name, sub.name)))
        }
        FieldType::Date => {
            view! { <input class="input" type="date" name=name value=text aria-label=label/> }.into_any()
        }
        FieldType::Count { .. } => {
            view! { <input class="input" type="number" name=name value=text aria-label=label/> }.into_any()
        }
        _ => view! { <input class="input" type="text" name=name value=text aria-label=label autocomplete="off"/> }
            .into_any(),
    }
}

/// Fields in words, for those who only read. Empty ones are left out.
pub fn plain(fields: &'static [Field], texts: &BTreeMap<String, String>) -> AnyView {
    let rows = fields
        .iter()
        .filter_map(|field| texts.get(field.name).filter(|t| !t.is_empty()).map(|text| (field, text.clone())))
        .map(|(field, text)| view! { <div><dt>{field.label}</dt><dd class="prose">{text}</dd></div> })
        .collect_view();
    view! { <dl class="facts">{rows}</dl> }.into_any()
}

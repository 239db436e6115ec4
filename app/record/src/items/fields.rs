//! One form control per field type, and the same fields as plain text for those who only read.

use domain::{Field, FieldType, form_key};
use kit::ui::{CellInput, CellSelect, Checkbox, Choice, DateInput, Select, TextArea, TextInput, Tick, described_by};
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
        FieldType::Line | FieldType::Schedule => {
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
            let name = format!("ticks[{}][{}]", field.name, form_key(&option.id));
            let checked = chosen.contains(&option.id);
            view! { <label class="tick"><Tick name=name checked=checked/><span>{option.title}</span></label> }
        })
        .collect_view();
    let described = described_by(&id, field.help, error);
    let error_id = format!("{id}-error");
    view! {
        <fieldset class="field ticks" id=id.clone() aria-describedby=described>
            <legend class="field-label">{field.label}</legend>
            <p class="field-help" id=format!("{id}-help")>{field.help}</p>
            <div class="tick-list">{none}{boxes}</div>
            {move || error.get().map(|words| view! { <p class="field-error" id=error_id.clone()>{words}</p> })}
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
    // Which rows there are: when it changes, what was typed into the spare ones is saved.
    let kept: Vec<String> = rows.iter().map(part_id).collect();
    let kept = kept.join(" ");
    rows.extend((1..=2).map(|spare| serde_json::json!({ "id": format!("new{spare}") })));
    let head = inner.iter().map(|sub| view! { <th scope="col" title=sub.help>{sub.label}</th> }).collect_view();
    let body = rows
        .into_iter()
        .map(|row| {
            let part = part_id(&row);
            let table = if part.starts_with("new") { kept.clone() } else { String::new() };
            let cells = inner
                .iter()
                .map(|sub| {
                    let name = format!("parts[{}][{}][{}]", field.name, form_key(&part), sub.name);
                    let cell = Cell {
                        label: format!("{} of {}", sub.label, field.label.to_lowercase()),
                        name,
                        table: table.clone(),
                    };
                    let choices = choices(state, &format!("{}.{}", field.name, sub.name));
                    view! { <td>{part_control(sub, cell, &row[sub.name], choices)}</td> }
                })
                .collect_view();
            view! { <tr>{cells}</tr> }
        })
        .collect_view();
    let described = described_by(&id, field.help, error);
    let error_id = format!("{id}-error");
    view! {
        <fieldset class="field parts" id=id.clone() aria-describedby=described>
            <legend class="field-label">{field.label}</legend>
            <p class="field-help" id=format!("{id}-help")>{field.help}" Save to get more rows; empty a row to take it away."</p>
            <div class="parts-scroll"><table class="parts-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>
            {move || error.get().map(|words| view! { <p class="field-error" id=error_id.clone()>{words}</p> })}
        </fieldset>
    }
    .into_any()
}

fn part_id(part: &Value) -> String {
    part["id"].as_str().unwrap_or_default().to_owned()
}

/// Which cell of a table of parts.
struct Cell {
    name: String,
    label: String,
    table: String,
}

fn part_control(sub: &'static Field, cell: Cell, value: &Value, choices: Vec<Choice>) -> AnyView {
    let Cell { name, label, table } = cell;
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    match sub.kind {
        FieldType::Flag => {
            let checked = value.as_bool().unwrap_or_default();
            view! { <Tick name=name label=label checked=checked table=table/> }.into_any()
        }
        FieldType::Choice(all) => {
            let choices = all.iter().map(|c| Choice { value: c.code.into(), label: c.label.into() }).collect();
            view! { <CellSelect name=name label=label choices=choices value=text none="—" table=table/> }.into_any()
        }
        FieldType::Ref(_) | FieldType::Connection | FieldType::Run | FieldType::Attachment => {
            view! { <CellSelect name=name label=label choices=choices value=text none="—" table=table/> }.into_any()
        }
        FieldType::Date => view! { <CellInput name=name label=label value=text table=table kind="date"/> }.into_any(),
        FieldType::Count { .. } => {
            view! { <CellInput name=name label=label value=text table=table kind="number"/> }.into_any()
        }
        // One line would lose the others.
        FieldType::Text => {
            let id = format!("{name}-{table}").replace(['[', ']', ' '], "-");
            view! { <TextArea name=name id=id label=sub.label value=text rows=2/> }.into_any()
        }
        _ => {
            // Stamped by the server when evidence is linked; sent back as it was shown.
            let readonly = sub.name == "slice_hash";
            view! { <CellInput name=name label=label value=text table=table readonly=readonly/> }.into_any()
        }
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

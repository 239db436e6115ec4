//! What is expected of format and quantity, while a check is designed.

use super::{Said, column_select, part_error, proposed};
use domain::{Choices, entity::ExpectedType};
use kit::{
    error::field_error,
    ui::{Card, CellSelect, Choice, Column, DataTable, TextArea, TextInput, described_by},
};
use leptos::prelude::*;
use views::sync::{CheckDesign, DesignExpectation};

/// Spare rows at the end.
const SPARE: usize = 2;

/// The card of a form.
pub fn card(design: &CheckDesign, value: Said) -> AnyView {
    let error = part_error(value, "expect");
    let mut rows = design.expect.clone();
    rows.extend((0..SPARE).map(|n| DesignExpectation { id: format!("new8{n:02}"), ..DesignExpectation::default() }));
    let described = described_by("expect", "help", error);
    let body = rows.iter().enumerate().map(|(n, row)| row_of(design, n + 1, row)).collect_view();
    let columns = ["Left column", "Right column", "Type", "Longest, pattern, allowed values", ""].map(Column::words);
    let bounds = [
        ("left_min", "Left at least", design.quantity[0]),
        ("left_max", "Left at most", design.quantity[1]),
        ("right_min", "Right at least", design.quantity[2]),
        ("right_max", "Right at most", design.quantity[3]),
    ];
    let bounds = bounds
        .map(|(name, label, bound)| {
            let value_of = bound.map(|n| n.to_string()).unwrap_or_default();
            view! {
                <TextInput name=format!("texts[{name}]") id=format!("f-{name}") label=label kind="number" value=value_of
                    error=field_error(value, name) autocomplete="off"/>
            }
        })
        .into_iter()
        .collect_view();
    view! {
        <Card title="5 · Format and quantity" note="what each column should hold, and how many records there should be">
            <fieldset class="parts" aria-describedby=described>
                <legend class="visually-hidden">"What columns should hold"</legend>
                <DataTable caption="What columns should hold" columns=columns.to_vec() class="design-table">{body}</DataTable>
                <p class="card-foot" id="expect-help">
                    "Choose one column or both. A run counts the values that are otherwise and shows the first of them; empty values break nothing."
                </p>
                {move || error.get().map(|words| view! { <p class="field-error card-foot" id="expect-error">{words}</p> })}
            </fieldset>
            <fieldset class="parts">
                <legend class="visually-hidden">"Records expected"</legend>
                <div class="quantity">{bounds}</div>
            </fieldset>
        </Card>
    }
    .into_any()
}

fn row_of(design: &CheckDesign, n: usize, row: &DesignExpectation) -> AnyView {
    let key = domain::form_key(&row.id);
    let name = |field: &str| format!("parts[expect][{key}][{field}]");
    let types = ExpectedType::CHOICES.iter().map(|c| Choice { value: c.code.into(), label: c.label.into() }).collect();
    let more =
        [!row.longest.is_empty(), !row.pattern.is_empty(), !row.codes.is_empty()].iter().filter(|on| **on).count();
    let summary = match more {
        0 => "nothing more".to_owned(),
        _ => {
            let longest = (!row.longest.is_empty()).then(|| format!("at most {} characters", row.longest));
            let pattern = (!row.pattern.is_empty()).then(|| format!("like {}", row.pattern));
            let codes = row.codes.lines().filter(|line| !line.trim().is_empty()).count();
            let codes = (codes > 0).then(|| format!("{codes} allowed"));
            [longest, pattern, codes].into_iter().flatten().collect::<Vec<_>>().join(", ")
        }
    };
    view! {
        <tr>
            <td>{column_select(name("left"), format!("Left column of expectation {n}"), &design.left.columns, &row.left)}</td>
            <td>{column_select(name("right"), format!("Right column of expectation {n}"), &design.right.columns, &row.right)}</td>
            <td><CellSelect name=name("value_type") label=format!("Type of expectation {n}") choices=types value=row.value_type.clone() none="any"/></td>
            <td>
                <details class="agreed">
                    <summary aria-label=format!("More of expectation {n}: {summary}")>{summary.clone()}</summary>
                    <div class="agreed-body">
                        <TextInput name=name("longest") label="Longest" kind="number" value=row.longest.clone() autocomplete="off"/>
                        <TextInput name=name("pattern") label="Pattern" value=row.pattern.clone() placeholder="[A-Z]{3}" mono=true autocomplete="off"/>
                        <TextArea name=name("codes") label="Allowed values, one a line" value=row.codes.clone() rows=3/>
                    </div>
                </details>
            </td>
            <td class="muted">{proposed(&row.because)}</td>
        </tr>
    }
    .into_any()
}

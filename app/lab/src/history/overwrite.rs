//! `/p/:key/history/overwrite`: what overwriting a destination would do, counted per data point and shown value by value,
//! before anybody decides for it.

use super::api::load_overwrite;
use crate::{masked::key_cell, runs::query};
use kit::{
    layout::PlanPage,
    ui::{
        ButtonLink, ButtonLook, Card, Chip, Chips, Column, DataTable, Loaded, Notice, PageHead, PageTitle,
        SkeletonShape, Tone, grouped, pager,
    },
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use views::{
    history::{LossRow, OverwritePage as Page},
    lengths,
    sync::{DifferenceFilter, DifferenceRow},
};

/// The page.
#[component]
pub fn OverwritePage() -> impl IntoView {
    let page = PlanPage::here();
    let asked = use_query_map();
    let of = Memo::new(move |_| asked.read().get("of").unwrap_or_default());
    let lost = Memo::new(move |_| asked.read().get("show").as_deref() != Some("replaced"));
    let from = Memo::new(move |_| asked.read().get("from").and_then(|n| n.parse::<u64>().ok()).unwrap_or_default());
    let found = Resource::new(
        move || (page.key(), of.get(), lost.get(), from.get()),
        |(key, of, lost, from)| load_overwrite(key, of, lost, from),
    );
    view! { <Loaded resource=found shape=SkeletonShape::Rows render=Callback::new(content)/> }.into_any()
}

fn content(page: Page) -> AnyView {
    let root = format!("/p/{}", page.head.key);
    let run = format!("{root}/runs/{}", page.run);
    let meta = view! {
        <a class="link" href=run.clone()>"run "{page.run}</a>
        <span>{page.source.clone()}" → "{page.destination.clone()}</span>
    }
    .into_any();
    let back = format!("{root}/history#o-{}", page.slot);
    let decide = page.may_edit.then(|| {
        let href = format!("{root}/history?decide={0}#o-{0}", page.slot);
        view! { <ButtonLink href=href label="Decide" look=ButtonLook::Primary/> }
    });
    let actions = view! { <ButtonLink href=back label="Back to the decision"/>{decide} }.into_any();
    let title = format!("Overwriting: {}", page.name);
    let counts = counts(&page, &run);
    let sample = sample(&page, &root, &run);
    view! {
        <PageTitle text=title.clone()/>
        <PageHead title=title meta=meta actions=actions/>
        {counts}
        {sample}
    }
    .into_any()
}

/// The differences of the run that a number is about.
fn differences(page: &Page, run: &str, point: &LossRow, filled: &str) -> String {
    let side = match (filled, page.into_left) {
        ("both", _) => "both",
        ("destination", true) | ("source", false) => "left",
        _ => "right",
    };
    let filter = DifferenceFilter {
        class: Some("different".to_owned()),
        field: Some(point.field),
        filled: Some(side.to_owned()),
        ..DifferenceFilter::default()
    };
    format!("{run}/differences{}", query(&filter, 0))
}

fn counts(page: &Page, run: &str) -> AnyView {
    let Some(points) = &page.points else {
        return view! {
            <Notice tone=Tone::Warn>"This run did not count which side has a value: run the check again to know how many values would be lost."</Notice>
        }
        .into_any();
    };
    let sum = |of: fn(&LossRow) -> u64| points.iter().map(of).fold(0, u64::saturating_add);
    let (replaced, lost) = (sum(|p| p.replaced), sum(|p| p.lost));
    let words = format!(
        "Of the values of {}, {} would be replaced and {} lost: there {} has a value and {} none.",
        page.destination,
        grouped(replaced),
        grouped(lost),
        page.destination,
        page.source,
    );
    let tone = if lost > 0 { Tone::Bad } else { Tone::Warn };
    let rows = points
        .iter()
        .map(|point| {
            let cell = |n: u64, filled: &str| {
                let href = differences(page, run, point, filled);
                match n {
                    0 => view! { <td class="n faint">"0"</td> }.into_any(),
                    n => view! { <td class="n"><a href=href>{grouped(n)}</a></td> }.into_any(),
                }
            };
            view! {
                <tr>
                    <th scope="row">{point.name.clone()}</th>
                    {cell(point.replaced, "both")}
                    {cell(point.lost, "destination")}
                    {cell(point.gained, "source")}
                </tr>
            }
        })
        .collect_view();
    let columns = vec![
        Column::words("Data point"),
        Column::number("Replaced"),
        Column::number("Lost"),
        Column::number("Filled in"),
    ];
    view! {
        <Notice tone=tone>{words}</Notice>
        <Card title="Per data point" note="in records with one partner">
            <DataTable caption="What overwriting would do, per data point" columns=columns>{rows}</DataTable>
        </Card>
    }
    .into_any()
}

fn sample(page: &Page, root: &str, run: &str) -> AnyView {
    let here = |show: &str, from: u64| {
        let from = if from > 0 { format!("&from={from}") } else { String::new() };
        format!("{root}/history/overwrite?of={}&show={show}{from}", page.slot)
    };
    let chip = |label: &str, show: &str, on: bool| Chip { label: label.into(), href: here(show, 0), count: None, on };
    let chips = vec![chip("would be lost", "lost", page.lost), chip("would be replaced", "replaced", !page.lost)];
    let hidden = page.masked.then(|| {
        view! { <p class="muted card-body">"Values of personal, confidential and restricted data points are not shown here."</p> }
    });
    let mut columns: Vec<_> = page.key_names.iter().map(|name| Column::words(name)).collect();
    columns.extend([
        Column::words("Data point"),
        Column::words(&format!("{} (goes)", page.destination)),
        Column::words(&format!("{} (is written)", page.source)),
        Column::words("Cause"),
    ]);
    let body = if page.rows.is_empty() {
        let words = if page.lost { "No value would be lost." } else { "No value would be replaced by another." };
        view! { <p class="card-body">{words}</p> }.into_any()
    } else {
        let rows = page.rows.iter().map(|entry| row(page, run, entry)).collect_view();
        view! { <DataTable caption="Values" columns=columns class="pairs-table">{rows}</DataTable> }.into_any()
    };
    let show = if page.lost { "lost" } else { "replaced" };
    let pager = pager(page.offset, lengths::OVERWRITTEN, page.total, |from| here(show, from));
    view! {
        <Chips label="Which values" chips=chips/>
        <Card title="Value by value">{hidden}{body}{pager}</Card>
    }
    .into_any()
}

fn row(page: &Page, run: &str, row: &DifferenceRow) -> AnyView {
    let keys = row.key.iter().map(|part| key_cell(run, &row.record, part)).collect_view();
    let (old, new) = if page.into_left { (&row.left, &row.right) } else { (&row.right, &row.left) };
    let value = |value: &Option<String>| match value {
        Some(text) if !text.trim().is_empty() => text.clone().into_any(),
        _ => view! { <span class="faint">"no value"</span> }.into_any(),
    };
    view! {
        <tr>
            {keys}
            <td>{row.field.clone()}</td>
            <td>{value(old)}</td>
            <td>{value(new)}</td>
            <td class="muted">{row.cause.clone()}</td>
        </tr>
    }
    .into_any()
}

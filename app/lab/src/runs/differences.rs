//! The differences of a run, side by side with the differing characters marked. Filter and page are in
//! the address; the same filter goes for the download.

use super::{api::load_differences, class_words, query, run_number};
use crate::masked::{key_cell, masked_note};
use domain::{RunTotals, Timestamp};
use kit::{
    layout::PlanPage,
    ui::{
        Button, ButtonLink, Card, Chip, Chips, Choice, Column, DataTable, Diff, DiffSide, Empty, Loaded, Notice,
        PageHead, PageTitle, Select, SkeletonShape, Tag, TextInput, Time, Tone, grouped, pager,
    },
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use std::collections::BTreeSet;
use views::{
    lengths,
    sync::{DifferenceFilter, DifferenceRow, DifferencesPage as Page},
};

const CLASSES: [&str; 7] =
    ["different", "equal_by_rule", "only_left", "only_right", "ambiguous", "duplicate_left", "duplicate_right"];

/// The page.
#[component]
pub fn DifferencesPage() -> impl IntoView {
    let page = PlanPage::here();
    let number = run_number();
    let asked = use_query_map();
    let filter = Memo::new(move |_| {
        let asked = asked.read();
        let text = |name: &str| asked.get(name).filter(|t| !t.is_empty());
        DifferenceFilter {
            class: text("class"),
            field: text("field").and_then(|f| f.parse().ok()),
            cause: text("cause"),
            filled: text("filled"),
            text: text("text"),
            slice: text("slice"),
        }
    });
    let from = Memo::new(move |_| asked.read().get("from").and_then(|n| n.parse::<u64>().ok()).unwrap_or_default());
    let found = Resource::new(
        move || (page.key(), number.get(), filter.get(), from.get()),
        |(key, number, filter, from)| load_differences(key, number, filter, from),
    );
    let render = Callback::new(move |found: Page| content(found, &filter.get_untracked()));
    view! { <Loaded resource=found shape=SkeletonShape::Rows render=render/> }.into_any()
}

fn content(page: Page, filter: &DifferenceFilter) -> AnyView {
    let run = format!("/p/{}/runs/{}", page.head.key, page.run.number);
    let here = format!("{run}/differences");
    let count = match page.total {
        1 => "1 entry".to_owned(),
        n => format!("{} entries", grouped(n)),
    };
    let slice = page.slice.as_ref().map(|words| {
        let without = DifferenceFilter { slice: None, ..filter.clone() };
        let href = format!("{here}{}", query(&without, 0));
        view! { <span>"where "{words.clone()}" "<a class="link" href=href>"show all"</a></span> }
    });
    let meta =
        view! { <a class="link" href=run.clone()>"run "{page.run.number}</a><span>{count}</span>{slice} }.into_any();
    let download = format!("{run}/differences.csv{}", query(filter, 0));
    let actions = view! {
        <ButtonLink href=run label="Back to the run"/>
        <ButtonLink href=download label="Download these" icon="download" external=true/>
    }
    .into_any();
    let title = format!("Differences: {}", page.name);
    let chips = chips(&here, filter);
    let form = form(&here, filter, &page.fields, page.run.totals.as_ref());
    let body = if page.rows.is_empty() {
        empty(&here, filter, page.masked)
    } else {
        let at = |from| format!("{here}{}", query(filter, from));
        let pages = pager(page.offset, lengths::DIFFERENCES, page.total, at);
        let run = format!("/p/{}/runs/{}", page.head.key, page.run.number);
        let table = difference_table(&run, &page.key_names, (&page.left, &page.right), &page.rows);
        view! { <Card>{table}{pages}</Card> }.into_any()
    };
    view! {
        <PageTitle text=title.clone()/>
        <PageHead title=title meta=meta actions=actions/>
        {chips}
        {form}
        {masked_note(page.masked)}
        {body}
    }
    .into_any()
}

fn chips(here: &str, filter: &DifferenceFilter) -> AnyView {
    let chip = |label: &str, class: Option<&str>| {
        let other = DifferenceFilter { class: class.map(str::to_owned), ..filter.clone() };
        Chip {
            label: label.to_owned(),
            href: format!("{here}{}", query(&other, 0)),
            count: None,
            on: filter.class.as_deref() == class,
        }
    };
    let mut chips = vec![chip("all", None)];
    chips.extend(CLASSES.iter().map(|class| chip(class_words(class), Some(class))));
    view! { <Chips label="What kind of difference" chips=chips/> }.into_any()
}

fn form(here: &str, filter: &DifferenceFilter, fields: &[String], totals: Option<&RunTotals>) -> AnyView {
    let fields =
        fields.iter().enumerate().map(|(n, name)| Choice { value: n.to_string(), label: name.clone() }).collect();
    // Those of the run, and the one that is asked for.
    let found = totals.iter().flat_map(|totals| &totals.fields).flat_map(|field| &field.causes);
    let causes: BTreeSet<&str> = found.map(|cause| cause.cause.as_str()).chain(filter.cause.as_deref()).collect();
    let causes = causes.into_iter().map(|cause| Choice { value: cause.into(), label: cause.into() }).collect();
    let sides = [("left", "the left side only"), ("right", "the right side only"), ("both", "both sides")];
    let filled = sides.iter().map(|(value, label)| Choice { value: (*value).into(), label: (*label).into() }).collect();
    let field = filter.field.map(|f| f.to_string()).unwrap_or_default();
    view! {
        <form class="inline-form difference-filter" role="search" action=here.to_owned()>
            <input type="hidden" name="class" value=filter.class.clone().unwrap_or_default()/>
            <input type="hidden" name="slice" value=filter.slice.clone().unwrap_or_default()/>
            <Select name="field" label="Data point" choices=fields value=field none="any"/>
            <Select name="filled" label="Filled on" choices=filled value=filter.filled.clone().unwrap_or_default() none="any"/>
            <Select name="cause" label="Cause" choices=causes value=filter.cause.clone().unwrap_or_default() none="any"/>
            <TextInput name="text" label="Text in key or value" kind="search" value=filter.text.clone().unwrap_or_default() autocomplete="off"/>
            <Button label="Filter" icon="funnel"/>
        </form>
    }
    .into_any()
}

fn empty(here: &str, filter: &DifferenceFilter, masked: bool) -> AnyView {
    if *filter == DifferenceFilter::default() {
        return view! {
            <Empty title="Nothing differs" text="Every record is on both sides once, and every compared value is equal as it stands. That is rare: make sure that the check compares what matters." icon="circle-check"/>
        }
        .into_any();
    }
    let action = view! { <ButtonLink href=here.to_owned() label="Show all differences"/> }.into_any();
    let text = match masked && filter.text.is_some() {
        true => {
            "No difference of this run fits the filter; values that are masked were not searched. Take a part of it away."
        }
        false => "No difference of this run fits the filter. Take a part of it away.",
    };
    view! { <Empty title="Nothing matches" text=text icon="funnel" action=action/> }.into_any()
}

/// Stands for the records of a run whose rows were removed.
pub fn removed_rows(at: Timestamp) -> AnyView {
    view! {
        <Notice title="Its rows were removed">
            "The rows that old runs read are removed; these were on "<Time iso=at.to_string()/>". Counts, causes and hashes stay. Run the check again to see records."
        </Notice>
    }
    .into_any()
}

/// Differences side by side; `run` is the address of the run, `sides` what left and right are called.
pub fn difference_table(run: &str, key_names: &[String], sides: (&str, &str), rows: &[DifferenceRow]) -> AnyView {
    let mut columns: Vec<_> = key_names.iter().map(|name| Column::words(name)).collect();
    columns.extend([
        Column::words("Data point"),
        Column::words(sides.0),
        Column::words(sides.1),
        Column::words("What"),
        Column::words("Cause"),
    ]);
    let rows = rows.iter().map(|entry| row(run, entry)).collect_view();
    view! { <DataTable caption="Differences" columns=columns class="pairs-table sticky">{rows}</DataTable> }.into_any()
}

fn row(run: &str, row: &DifferenceRow) -> AnyView {
    let keys = row.key.iter().map(|part| key_cell(run, &row.record, part)).collect_view();
    let whole = row.field.is_none();
    let (left, right) = if whole {
        let records = |n: u64| match n {
            0 => view! { <span class="diff gone">"no record"</span> }.into_any(),
            1 => "1 record".into_any(),
            n => format!("{} records", grouped(n)).into_any(),
        };
        (records(row.left_rows), records(row.right_rows))
    } else {
        let side = |side| view! { <Diff left=row.left.clone() right=row.right.clone() side=side/> }.into_any();
        (side(DiffSide::Left), side(DiffSide::Right))
    };
    let (tone, sign) = match row.class.as_str() {
        "different" => (Tone::Bad, "v-differs"),
        "equal_by_rule" => (Tone::Good, "v-by-rule"),
        "only_left" | "only_right" => (Tone::Warn, "v-missing"),
        "duplicate_left" | "duplicate_right" => (Tone::Bad, "v-duplicate"),
        _ => (Tone::Off, "v-unknown"),
    };
    view! {
        <tr>
            {keys}
            <td>{row.field.clone().unwrap_or_else(|| "whole record".to_owned())}</td>
            <td>{left}</td>
            <td>{right}</td>
            <td><Tag label=class_words(&row.class) tone=tone icon=sign/></td>
            <td class="muted">{row.cause.clone()}</td>
        </tr>
    }
    .into_any()
}

//! The whole records of one key on both sides of a run, with the differing characters marked.

use super::{api::load_record, run_number};
use crate::masked::masked_note;
use kit::{
    layout::PlanPage,
    ui::{ButtonLink, Card, Column, DataTable, Diff, DiffSide, Loaded, PageHead, PageTitle, SkeletonShape},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use views::sync::{RecordField, RecordPage as Page};

/// The page.
#[component]
pub fn RecordPage() -> impl IntoView {
    let page = PlanPage::here();
    let number = run_number();
    let asked = use_query_map();
    let record = Memo::new(move |_| asked.read().get("key").unwrap_or_default());
    let found = Resource::new(
        move || (page.key(), number.get(), record.get()),
        |(key, number, record)| load_record(key, number, record),
    );
    view! { <Loaded resource=found shape=SkeletonShape::Rows render=Callback::new(content)/> }.into_any()
}

fn content(page: Page) -> AnyView {
    let run = format!("/p/{}/runs/{}", page.head.key, page.run.number);
    let words: Vec<_> = page.key.iter().map(|(name, value)| format!("{name} {value}")).collect();
    let title = format!("Record {}", words.join(", "));
    let records = |n: u64, side: &str| match n {
        0 => format!("not in {side}"),
        1 => format!("once in {side}"),
        n => format!("{n} times in {side}"),
    };
    let meta = view! {
        <a class="link" href=run.clone()>"run "{page.run.number}" of "{page.name.clone()}</a>
        <span>{records(page.left_records, &page.left)}</span>
        <span>{records(page.right_records, &page.right)}</span>
    }
    .into_any();
    let actions = view! { <ButtonLink href=format!("{run}/differences") label="Back to the differences"/> }.into_any();
    let cards = page.pairs.iter().map(|fields| card(&page, fields)).collect_view();
    view! {
        <PageTitle text=title.clone()/>
        <PageHead title=title meta=meta actions=actions/>
        {masked_note(page.masked)}
        {cards}
    }
    .into_any()
}

fn card(page: &Page, fields: &[RecordField]) -> AnyView {
    let columns = vec![Column::words("Data point"), Column::words(&page.left), Column::words(&page.right)];
    let rows = fields.iter().map(row).collect_view();
    view! { <Card><DataTable caption="Both records" columns=columns class="pairs-table">{rows}</DataTable></Card> }
        .into_any()
}

fn row(field: &RecordField) -> AnyView {
    let class = if field.compared { "" } else { "muted" };
    let side = |side| match (field.compared, side) {
        (true, side) => view! { <Diff left=field.left.clone() right=field.right.clone() side=side/> }.into_any(),
        (false, DiffSide::Left) => field.left.clone().into_any(),
        (false, DiffSide::Right) => field.right.clone().into_any(),
    };
    view! {
        <tr class=class>
            <th scope="row">{field.name.clone()}</th>
            <td>{side(DiffSide::Left)}</td>
            <td>{side(DiffSide::Right)}</td>
        </tr>
    }
    .into_any()
}

//! Where the differences of a run concentrate, and who works on them: two cards of its dashboard.

use super::query;
use crate::worklists::worklist_table;
use kit::ui::{ButtonLink, Card, Column, DataTable, Segment, StackBar, grouped};
use leptos::prelude::*;
use views::{
    sync::{DifferenceFilter, RunPage as Page},
    worklists::SliceRow,
};

/// Parts of the data in which a point differs much more often than elsewhere; `run` is the address of the run.
pub(super) fn slices_card(run: &str, page: &Page) -> Option<AnyView> {
    let first = page.slices.first()?;
    let title = format!(
        "{} differs where {}: {} of {}, elsewhere {} of {}",
        first.name,
        first.words,
        grouped(first.different),
        grouped(first.records),
        grouped(first.others_different),
        grouped(first.others)
    );
    let rows = page.slices.iter().map(|slice| slice_row(run, slice)).collect_view();
    let columns = vec![
        Column::words("Data point"),
        Column::words("Where"),
        Column::words("Differ there"),
        Column::number("Records"),
        Column::words("Differ elsewhere"),
        Column::number("Records"),
    ];
    let floor = page.slice_floor;
    let said = format!(
        "Only what is far beyond chance is listed: at least {} records that differ, {} times the share of the others, one in {} of the differences. Columns with personal, confidential or restricted data points are left out.",
        floor.records, floor.times, floor.one_in
    );
    Some(
        view! {
            <Card title=title id="slices">
                <DataTable caption="Where the differences concentrate" columns=columns class="points-table">{rows}</DataTable>
                <p class="card-foot">{said}</p>
            </Card>
        }
        .into_any(),
    )
}

fn slice_row(run: &str, slice: &SliceRow) -> AnyView {
    let filter = DifferenceFilter {
        class: Some("different".into()),
        field: Some(slice.field),
        slice: Some(slice.slice.clone()),
        ..DifferenceFilter::default()
    };
    let href = format!("{run}/differences{}", query(&filter, 0));
    let bar = |different: u64, all: u64| {
        let segments = vec![
            Segment { class: "differs", label: "differ".into(), count: different },
            Segment { class: "equal", label: "do not".into(), count: all.saturating_sub(different) },
        ];
        view! { <td class="bar"><StackBar segments=segments/></td> }
    };
    let share = |different: u64, all: u64| format!("{} of {}", grouped(different), grouped(all));
    view! {
        <tr>
            <td>{slice.name.clone()}</td>
            <th scope="row"><a href=href.clone()>{slice.words.clone()}</a></th>
            {bar(slice.different, slice.records)}
            <td class="n"><a href=href>{share(slice.different, slice.records)}</a></td>
            {bar(slice.others_different, slice.others)}
            <td class="n">{share(slice.others_different, slice.others)}</td>
        </tr>
    }
    .into_any()
}

/// The open work-lists of the check, and the way to make more.
pub(super) fn worklists_card(root: &str, page: &Page) -> Option<AnyView> {
    let make = page.may_assign.then(|| {
        let href = format!("{root}/worklists/new?run={}", page.run.number);
        view! { <ButtonLink href=href label="Make a work-list" icon="plus" small=true/> }.into_any()
    });
    if page.worklists.is_empty() {
        let differs = page.run.totals.as_ref().is_some_and(|totals| {
            let records = &totals.records;
            records.matched > totals.in_sync || records.only_left + records.only_right + records.ambiguous > 0
        });
        return (differs && page.may_assign).then(|| {
            view! {
                <Card title="Nobody works on these differences yet" end=make.unwrap_or_else(|| ().into_any()) id="worklists">
                    <p class="card-body muted">"A work-list puts a group of them into somebody's hands. A later run that shows its records equal closes it."</p>
                </Card>
            }
            .into_any()
        });
    }
    let count = page.worklists.len();
    let title = if count == 1 { "1 open work-list".to_owned() } else { format!("{count} open work-lists") };
    let table = worklist_table(root, &page.worklists, false);
    let end = make.unwrap_or_else(|| ().into_any());
    Some(view! { <Card title=title end=end id="worklists">{table}</Card> }.into_any())
}

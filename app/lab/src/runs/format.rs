//! Format and quantity of a run: what was expected of columns and numbers of records, and what was found. Folded where
//! everything is as expected.

use crate::masked::masked_foot;
use domain::{FormatCounts, Quantity, RunSide, RunTotals};
use kit::ui::{Column, DataTable, Fold, Tag, Tone, grouped};
use leptos::prelude::*;
use views::sync::RunPage as Page;

/// The card; nothing where nothing was expected.
pub fn card(page: &Page, totals: &RunTotals) -> Option<AnyView> {
    if totals.format.is_empty() && totals.quantity.is_empty() {
        return None;
    }
    let broken = totals.format.iter().filter(|column| column.broken > 0).count();
    let outside = totals.quantity.iter().filter(|quantity| !quantity.within()).count();
    let note = match (broken, outside) {
        (0, 0) => "everything is as expected".to_owned(),
        _ => format!(
            "{broken} of {} columns and {outside} of {} numbers of records are not as expected",
            totals.format.len(),
            totals.quantity.len()
        ),
    };
    let quantities = totals.quantity.iter().map(|quantity| quantity_row(page, quantity)).collect_view();
    let none = Vec::new();
    let formats = totals
        .format
        .iter()
        .enumerate()
        .map(|(n, column)| format_row(page, column, page.format_examples.get(n).unwrap_or(&none)))
        .collect_view();
    let columns = vec![
        Column::words("Side"),
        Column::words("What"),
        Column::words("Expected"),
        Column::number("Looked at"),
        Column::number("Not so"),
        Column::words("Finding"),
        Column::words("Examples"),
    ];
    let gone = (broken > 0 && page.format_examples.is_empty()).then(|| {
        view! { <p class="card-foot">"The values themselves are no longer kept; run the check again to see examples."</p> }
    });
    let masked = masked_foot(page.format_masked);
    let open = broken + outside > 0;
    Some(
        view! {
            <Fold title="Format and quantity" note=note id="format" open=open>
                <DataTable caption="Format and quantity" columns=columns>{quantities}{formats}</DataTable>
                {gone}
                {masked}
            </Fold>
        }
        .into_any(),
    )
}

fn side_name(page: &Page, side: RunSide) -> String {
    match side {
        RunSide::Left => page.left.clone(),
        RunSide::Right => page.right.clone(),
    }
}

fn quantity_row(page: &Page, quantity: &Quantity) -> AnyView {
    let (words, tone) = match (quantity.within(), quantity.too_few()) {
        (true, _) => ("as expected", Tone::Good),
        (false, true) => ("too few", Tone::Bad),
        (false, false) => ("too many", Tone::Bad),
    };
    view! {
        <tr>
            <td>{side_name(page, quantity.side)}</td>
            <th scope="row">"Number of records"</th>
            <td>{quantity.expected(grouped)}</td>
            <td class="n">{grouped(quantity.rows)}</td>
            <td class="n">"–"</td>
            <td><Tag label=words tone=tone/></td>
            <td>"–"</td>
        </tr>
    }
    .into_any()
}

fn format_row(page: &Page, column: &FormatCounts, examples: &[String]) -> AnyView {
    let breaks: Vec<_> = column.breaks.iter().map(|b| format!("{} {}", b.cause, grouped(b.count))).collect();
    let (words, tone) = match column.broken {
        0 => ("as expected".to_owned(), Tone::Good),
        _ => (breaks.join(" · "), Tone::Bad),
    };
    let examples = match examples {
        [] => view! { <span>"–"</span> }.into_any(),
        some => {
            let some = some.iter().map(|value| view! { <li class="mono">{value.clone()}</li> }).collect_view();
            view! { <ul class="format-examples">{some}</ul> }.into_any()
        }
    };
    view! {
        <tr>
            <td>{side_name(page, column.side)}</td>
            <th scope="row" class="mono">{column.column.clone()}</th>
            <td>{column.expected.clone()}</td>
            <td class="n">{grouped(column.filled)}</td>
            <td class="n">{grouped(column.broken)}</td>
            <td><Tag label=words tone=tone/></td>
            <td>{examples}</td>
        </tr>
    }
    .into_any()
}

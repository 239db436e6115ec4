//! On the dashboard of a run: records under another key, and what the crosswalk brings together.

use crate::pairs::{FindPairs, find_form};
use domain::{CrosswalkCounts, RunTotals};
use kit::ui::{ButtonLink, Card, Column, DataTable, grouped};
use leptos::prelude::*;
use views::{pairs::LinkState, sync::RunPage as Page};

/// The card; nothing where every record has its counterpart and nothing was ever linked.
pub(super) fn linking_card(
    run: &str,
    page: &Page,
    totals: &RunTotals,
    find: ServerAction<FindPairs>,
) -> Option<AnyView> {
    let pairs = &page.pairs;
    let records = totals.records;
    let rest = records.only_left > 0 && records.only_right > 0;
    if pairs.state == LinkState::Never && pairs.decisions == 0 && !rest && !page.may_decide {
        return None;
    }
    let look =
        || view! { <ButtonLink href=format!("{run}/pairs") label="Look at the pairs" icon="search"/> }.into_any();
    let form = |label| page.may_decide.then(|| find_form(&page.head.key, page.run.number, find, label)).into_any();
    let (words, act) = match &pairs.state {
        LinkState::Never if rest => (
            "Records that are on one side only may be on the other side under another id. They can be told by the values that were compared; nothing is read again.".to_owned(),
            form("Find records under another id"),
        ),
        LinkState::Never => (
            "Every record of a side has its counterpart, so there is nothing to find; unless the keys of the two sides have nothing to do with each other.".to_owned(),
            form("Find records under another id"),
        ),
        LinkState::Going { phase } => (format!("Pairs are being looked for; now: {phase}."), look()),
        LinkState::Failed { message } => (format!("Looking for pairs ended without a result: {message}."), form("Try again")),
        LinkState::Done => {
            let t = pairs.totals.clone().unwrap_or_default();
            (format!("{} sure and {} unclear pairs were found.", grouped(t.sure), grouped(t.unclear)), look())
        }
    };
    let crosswalk = totals.crosswalk.as_ref().map(|counts| by_crosswalk(page, totals, counts));
    let end = (pairs.decisions > 0).then(|| {
        let href = format!("/p/{}/crosswalk?check={}", page.head.key, page.check_key);
        view! { <a class="link" href=href>{format!("{} decisions in the crosswalk", grouped(pairs.decisions))}</a> }
    });
    Some(
        view! {
            <Card title="Records under another id" id="pairs" end=end.into_any()>
                <div class="card-body"><p>{words}</p>{act}</div>
                {crosswalk}
            </Card>
        }
        .into_any(),
    )
}

fn by_crosswalk(page: &Page, totals: &RunTotals, counts: &CrosswalkCounts) -> AnyView {
    let words = format!(
        "{} of the {} records only in {} have their partner in {} by the crosswalk; {} of these are equal on every point. None of them counts as matched by key.",
        grouped(counts.matched),
        grouped(totals.records.only_left),
        page.left,
        page.right,
        grouped(counts.in_sync)
    );
    let names = page.points.iter().map(|point| point.name.clone());
    let rows = names
        .zip(&counts.fields)
        .map(|(name, field)| {
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    <td class="n">{grouped(field.equal)}</td>
                    <td class="n">{grouped(field.equal_by_rule)}</td>
                    <td class="n">{grouped(field.different)}</td>
                </tr>
            }
        })
        .collect_view();
    let columns =
        vec![Column::words("Data point"), Column::number("Equal"), Column::number("By rule"), Column::number("Differ")];
    view! {
        <p class="card-body">{words}</p>
        <DataTable caption="Matched by the crosswalk" columns=columns show_caption=true>{rows}</DataTable>
    }
    .into_any()
}

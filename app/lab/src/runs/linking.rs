//! On the dashboard of a run: records under another key, and what the crosswalk brings together. Folded where there is
//! nothing to find and nothing was ever decided.

use super::{dashboard::Actions, progress::progress_words};
use crate::pairs::find_form;
use domain::{CrosswalkCounts, RunTotals};
use kit::ui::{ButtonLink, Column, DataTable, Fold, grouped};
use leptos::prelude::*;
use views::{pairs::LinkState, sync::RunPage as Page};

/// The card; nothing where every record has its counterpart and nothing was ever linked.
pub(super) fn linking_card(run: &str, page: &Page, totals: &RunTotals, actions: Actions) -> Option<AnyView> {
    let pairs = &page.pairs;
    let records = totals.records;
    let rest = records.only_left > 0 && records.only_right > 0;
    if pairs.state == LinkState::Never && pairs.decisions == 0 && !rest && !page.may_decide {
        return None;
    }
    let look =
        || view! { <ButtonLink href=format!("{run}/pairs") label="Look at the pairs" icon="search"/> }.into_any();
    let form =
        |label| page.may_decide.then(|| find_form(&page.head.key, page.run.number, actions.find, label)).into_any();
    let said = |words: &str| view! { <p>{words.to_owned()}</p> }.into_any();
    let (note, words, act) = match &pairs.state {
        LinkState::Never if rest => (
            "not looked for yet".to_owned(),
            said(
                "Records that are on one side only may be on the other side under another id. They can be told by the values that were compared; nothing is read again.",
            ),
            form("Find records under another id"),
        ),
        LinkState::Never => (
            "every record of a side has its counterpart".to_owned(),
            said(
                "Every record of a side has its counterpart, so there is nothing to find; unless the keys of the two sides have nothing to do with each other.",
            ),
            form("Find records under another id"),
        ),
        LinkState::Going { progress } => {
            let now = progress_words(page.run.id, progress, actions.live);
            let words = view! { <p role="status">{move || now.get()}</p> }.into_any();
            ("being looked for".to_owned(), words, look())
        }
        LinkState::Failed { message } => (
            "no result".to_owned(),
            said(&format!("Looking for pairs ended without a result: {message}.")),
            form("Try again"),
        ),
        LinkState::Done => {
            let t = pairs.totals.clone().unwrap_or_default();
            let found = format!("{} sure and {} unclear pairs", grouped(t.sure), grouped(t.unclear));
            (found.clone(), said(&format!("{found} were found.")), look())
        }
    };
    let crosswalk = totals.crosswalk.as_ref().map(|counts| by_crosswalk(page, totals, counts));
    let decisions = (pairs.decisions > 0).then(|| {
        let href = format!("/p/{}/crosswalk?check={}", page.head.key, page.check_key);
        let words = format!("{} decisions in the crosswalk", grouped(pairs.decisions));
        view! { <p><a class="link" href=href>{words}</a></p> }
    });
    let open = rest || pairs.state != LinkState::Never || pairs.decisions > 0;
    Some(
        view! {
            <Fold title="Records under another id" note=note id="pairs" open=open>
                <div class="card-body">{words}{decisions}{act}</div>
                {crosswalk}
            </Fold>
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

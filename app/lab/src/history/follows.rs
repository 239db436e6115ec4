//! What follows when existing data stays as it is: how many exceptions to expect, and who sees to what.

use super::api::OwnObligations;
use kit::ui::{Button, CellInput, Column, DataTable, Tag, Time, Tone};
use leptos::{form::ActionForm, prelude::*};
use views::history::{HistoryPage as Page, ObjectHistory};

/// The exceptions to expect, each with how it was found; nothing once another way was chosen.
pub(super) fn forecasts(object: &ObjectHistory) -> Option<AnyView> {
    let otherwise = object.decision.as_ref().and_then(|d| d.choice.as_deref()).is_some_and(|choice| choice != "accept");
    if otherwise || object.forecasts.is_empty() {
        return None;
    }
    let rows = object
        .forecasts
        .iter()
        .map(|forecast| {
            let words = match &forecast.words {
                Some(words) => view! { <b>{words.clone()}</b> }.into_any(),
                None => view! { <Tag label="not known" tone=Tone::Warn icon="v-unknown"/> }.into_any(),
            };
            view! {
                <tr>
                    <td><a href=forecast.about.href.clone()>{forecast.about.label.clone()}</a></td>
                    <td class="fit">{words}</td>
                    <td class="wide muted">{forecast.how.clone()}</td>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![Column::words("Seen by"), Column::fit("Exceptions"), Column::words("How it was found")];
    Some(
        view! {
            <h3 class="follows">"Exceptions to expect if it is accepted"</h3>
            <DataTable caption="Exceptions to expect" columns=columns class="top">{rows}</DataTable>
        }
        .into_any(),
    )
}

/// The obligations with their owners.
pub(super) fn obligations(
    root: &str,
    page: &Page,
    object: &ObjectHistory,
    own: ServerAction<OwnObligations>,
) -> Option<AnyView> {
    if object.obligations.is_empty() {
        return None;
    }
    let named = object.obligations.iter().filter(|o| !o.owner.is_empty()).count();
    let title = format!("What follows: {named} of {} obligations have an owner", object.obligations.len());
    let rows = object
        .obligations
        .iter()
        .map(|o| {
            let owner = if page.may_edit {
                let item = domain::form_key(o.item);
                view! {
                    <input type="hidden" name=format!("before[{item}]") value=o.owner.clone()/>
                    <CellInput name=format!("owners[{item}]") label=format!("Owner of {}", o.name) value=o.owner.clone()/>
                }
                .into_any()
            } else if o.owner.is_empty() {
                view! { <Tag label="nobody" tone=Tone::Bad/> }.into_any()
            } else {
                o.owner.clone().into_any()
            };
            let content = if o.content.is_empty() {
                view! { <a class="muted" href=o.href.clone()>{o.asks.clone()}</a> }.into_any()
            } else {
                view! { <span>{o.content.clone()}</span> }.into_any()
            };
            let due = o.due.map(|day| view! { <Time iso=day.to_string()/> });
            view! {
                <tr>
                    <td><a href=o.href.clone()><b>{o.name.clone()}</b></a>" "<span class="id">{o.key.clone()}</span></td>
                    <td class="wide">{content}</td>
                    <td>{owner}</td>
                    <td class="fit">{due}</td>
                    <td class="fit muted">{o.state.clone()}</td>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![
        Column::words("Obligation"),
        Column::words("Its answer"),
        Column::words("Owner"),
        Column::fit("Due"),
        Column::fit("State"),
    ];
    let table = view! { <DataTable caption="Obligations" columns=columns class="top">{rows}</DataTable> }.into_any();
    let origin = object.decision.as_ref().map(|d| d.item.to_string()).unwrap_or_default();
    let another = format!("{root}/items/obligation/new?origin={origin}&back={root}/history");
    let plan = page.head.key.clone();
    let body = if page.may_edit {
        view! {
            <ActionForm action=own>
                <input type="hidden" name="plan" value=plan/>
                {table}
                <div class="card-foot form-actions">
                    <Button label="Save owners" small=true disabled=own.pending()/>
                    <a class="link" href=another>"Add another obligation"</a>
                </div>
            </ActionForm>
        }
        .into_any()
    } else {
        table
    };
    Some(view! { <h3 class="follows">{title}</h3>{body} }.into_any())
}

//! The slots: who answers for which part, and whether their approval holds for what stands there now.

use super::api::Approve;
use domain::Slot;
use kit::ui::{Button, ButtonLook, Card, Face, Icon, Tag, TextInput, Time, Tone, hidden};
use leptos::{form::ActionForm, prelude::*};
use views::review::{LapseRow, ReviewPage, SlotRow, Standing};

/// The slots except the sponsor's, who signs below.
pub fn card(page: &ReviewPage, approve: ServerAction<Approve>) -> AnyView {
    let rows =
        page.slots.iter().filter(|row| row.slot != Slot::Sponsor).map(|row| slot(page, row, approve)).collect_view();
    view! {
        <Card title="Who answers for what" note="An approval holds for exactly the hash it was given for, in later rounds and versions, too.">
            <ul class="slots">{rows}</ul>
        </Card>
    }
    .into_any()
}

fn slot(page: &ReviewPage, row: &SlotRow, approve: ServerAction<Approve>) -> AnyView {
    let holding = row.approvals.iter().find(|a| a.lapsed.is_none());
    let lapsed = row.approvals.iter().rev().find(|a| a.lapsed.is_some()).filter(|_| holding.is_none());
    let (tag, who) = match (holding, lapsed) {
        (Some(standing), _) => {
            (view! { <Tag label="approved" tone=Tone::Good icon="circle-check"/> }.into_any(), given(standing))
        }
        (None, Some(standing)) => (view! { <Tag label="lapsed" tone=Tone::Warn/> }.into_any(), given(standing)),
        (None, None) if row.people.is_empty() => {
            (view! { <Tag label="nobody assigned" tone=Tone::Bad/> }.into_any(), ().into_any())
        }
        (None, None) => (view! { <Tag label="open" tone=Tone::Off icon="s-open"/> }.into_any(), ().into_any()),
    };
    let people = if row.people.is_empty() { "nobody".to_owned() } else { row.people.join(", ") };
    let face = match row.people.first() {
        Some(name) => view! { <Face name=name.clone()/> }.into_any(),
        None => view! { <Icon name="user"/> }.into_any(),
    };
    let class = if lapsed.is_some() { "slot lapsed" } else { "slot" };
    let short: String = row.hash.chars().take(12).collect();
    let why = lapsed.map(explain);
    let form = (row.may_approve && holding.is_none()).then(|| form(page, row, approve));
    view! {
        <li class=class id=format!("slot-{}", row.slot.code())>
            {face}
            <div>
                <b>{row.slot.label()}</b>" "<span class="muted">{people}</span>
                <p class="muted">{row.slot.meaning()}</p>
            </div>
            <div class="slot-state">{tag}{who}</div>
            <span class="mono faint" title=row.hash.clone()>{short}</span>
            {why}
            {form}
        </li>
    }
    .into_any()
}

fn given(standing: &Standing) -> AnyView {
    let comment = standing.approval.comment.clone();
    let comment = (!comment.is_empty()).then(|| view! { <span class="muted">"“"{comment}"”"</span> });
    let carried = standing.carried.clone();
    let carried = (!carried.is_empty()).then(|| view! { <span class="muted">{carried}</span> });
    view! {
        <span class="muted">{standing.approval.name.clone()}", "<Time iso=standing.approval.at.to_string()/></span>
        {carried}
        {comment}
    }
    .into_any()
}

/// Who changed what since, so that nobody has to read everything again.
fn explain(standing: &Standing) -> AnyView {
    let reason = standing.lapsed.clone().unwrap_or_default();
    let rows = standing.changes.iter().map(change).collect_view();
    view! {
        <div class="slot-more">
            <p><Icon name="s-warn" class="warn"/>" "{reason}</p>
            <ul class="history-fields">{rows}</ul>
        </div>
    }
    .into_any()
}

fn change(row: &LapseRow) -> AnyView {
    let fields = row
        .fields
        .iter()
        .map(|(label, before, after)| {
            let shown = |text: &String| if text.is_empty() { "(empty)".to_owned() } else { text.clone() };
            view! { <span>" "{label.clone()}": "<del>{shown(before)}</del>" → "<ins>{shown(after)}</ins></span> }
        })
        .collect_view();
    view! {
        <li>
            <b>{row.who.clone()}</b>" "{row.verb.clone()}" "<a class="link" href=row.href.clone()>{row.title.clone()}</a>
            {fields}" "<span class="muted"><Time iso=row.at.to_string()/></span>
        </li>
    }
    .into_any()
}

fn form(page: &ReviewPage, row: &SlotRow, approve: ServerAction<Approve>) -> AnyView {
    let slice = row.slot.slice().map(domain::Slice::code).unwrap_or_default();
    let look_at = if page.since.is_empty() {
        None
    } else {
        let href = format!("/p/{}/compare?from={}&to=draft&slice={slice}", page.head.key, page.since);
        Some(view! { <a class="link" href=href>"see only what changed here since "{page.since_words.clone()}</a> })
    };
    let which = hidden(&[("plan", &page.head.key), ("slot", row.slot.code()), ("hash", &row.hash)]);
    let (slot, hash) = (row.slot, row.hash.clone());
    view! {
        <ActionForm action=approve attr:class="slot-more form">
            {which}
            <p class="muted">"You approve this part as it is now, hash "<span class="hash">{hash}</span>". "{look_at}</p>
            <TextInput name="comment" id=format!("comment-{}", slot.code()) label="Remark" autocomplete="off"/>
            <div class="form-actions">
                <Button label=format!("Approve as {}", slot.label().to_lowercase()) look=ButtonLook::Primary icon="check" disabled=approve.pending()/>
            </div>
        </ActionForm>
    }
    .into_any()
}

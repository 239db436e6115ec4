//! One item: its fields as a form or as text, what the rules say, comments, what refers to it, history.

use super::{
    Whereabouts,
    api::{UndoChange, load_item},
    fields::{FormState, control, plain},
    form::wrong_fields,
    outcome::{Actions, Outcome},
    talk,
    typing::{Findings, Typing},
};
use domain::Kind;
use kit::{
    layout::{Crumbs, PlainPage},
    ui::{Button, ButtonLink, ButtonLook, Card, ConfirmForm, Loaded, Notice, PageHead, PageTitle, Time, Tone, hidden},
};
use leptos::{form::ActionForm, prelude::*};
use views::items::{HistoryRow, ItemDetail};

/// The page.
#[component]
pub fn ItemPage() -> impl IntoView {
    let place = Whereabouts::here();
    // Another item is another page: nothing that was done or typed on this one is left on the next.
    view! { <For each=move || place.get().named() key=Clone::clone children=page/> }.into_any()
}

fn page(place: Whereabouts) -> AnyView {
    let actions = Actions::new();
    let source = place.clone();
    let item = Resource::new(
        move || actions.versions(),
        move |_| load_item(source.plan.clone(), source.kind.clone(), source.reference.clone()),
    );
    let kind = Kind::from_code(&place.kind);
    let (plan, reference) = (place.home(kind), place.reference.clone());
    let crumb = kind.map(super::heading).unwrap_or_default();
    let in_plan = place.plan.is_some();
    let render = Callback::new(move |detail: ItemDetail| content(&place, detail, actions));
    let body =
        view! { <Outcome plan=plan item=reference kind=kind actions=actions/><Loaded resource=item render=render/> };
    if in_plan {
        // What a data point lives in and what is right for it stands below its form.
        return view! { {body}<model::PointCards/> }.into_any();
    }
    view! { <PlainPage crumbs=Crumbs::here(&crumb)>{body}</PlainPage> }.into_any()
}

fn content(place: &Whereabouts, detail: ItemDetail, actions: Actions) -> AnyView {
    let kind = detail.item.kind();
    let plan = place.home(Some(kind));
    let shared = (kind.in_workspace() && detail.head.is_some()).then(|| view! { <span>"shared by all plans"</span> });
    let meta = view! {
        <span class="mono">{detail.item.key()}</span>
        <span>{kind.one()}</span>
        {shared}
        <span>"rev "{detail.item.rev}</span>
        <span>"changed "<Time iso=detail.item.updated_at.to_string()/></span>
    }
    .into_any();
    let own_page =
        detail.own_page.clone().map(|href| view! { <ButtonLink href=href label=format!("See the {}", kind.one())/> });
    let remove = detail.may_edit.then(|| remove(&plan, &place.list(), &detail, actions));
    let head = view! { {own_page}{remove} }.into_any();
    // Without a plan around it there is nothing to judge.
    let typing =
        place.plan.as_ref().filter(|_| detail.may_edit).map(|plan| Typing::new(plan, kind, Some(detail.item.id)));
    let main = if detail.may_edit {
        edit_form(&plan, &detail, actions, typing)
    } else {
        view! { {read_only(&plan, &detail, actions.undo)}{plain(kind.fields(), &detail.texts)} }.into_any()
    };
    let findings = view! { <Findings stored=detail.findings.clone() typing=typing/> };
    let comments = place.plan.as_ref().map(|plan| talk::card(plan, &detail, actions));
    let referring = referring(&detail);
    let history = history(&plan, detail.history, detail.may_undo, actions.undo);
    let title = detail.title.clone();
    view! {
        <PageTitle text=title.clone()/>
        <PageHead title=title meta=meta actions=head/>
        <div class="item-page">
            <div class="item-main"><Card><div class="card-body">{main}</div></Card></div>
            <aside class="item-aside">{findings}{comments}{referring}{history}</aside>
        </div>
    }
    .into_any()
}

fn remove(plan: &str, list: &str, detail: &ItemDetail, actions: Actions) -> AnyView {
    let which = hidden(&[
        ("plan", plan),
        ("kind", detail.item.kind().code()),
        ("item", &detail.item.id.to_string()),
        ("back", list),
    ]);
    view! {
        <ActionForm action=actions.remove>
            {which}
            <ConfirmForm label="Remove" consequence="It leaves the lists and stays in the history." small=true>
                <Button label="Remove it" look=ButtonLook::Danger small=true/>
            </ConfirmForm>
        </ActionForm>
    }
    .into_any()
}

/// Why there is no form, and the way back for what was removed.
fn read_only(plan: &str, detail: &ItemDetail, undo: ServerAction<UndoChange>) -> AnyView {
    if detail.item.archived_at.is_some() {
        let removal = detail.history.iter().find(|row| row.verb == "removed").filter(|_| detail.may_undo);
        let back = removal.map(|row| undo_form(plan, row.seq, "Bring it back", undo));
        return view! {
            <Notice tone=Tone::Warn title="Removed">"It is in no list and counts for nothing; its history is kept."{back}</Notice>
        }
        .into_any();
    }
    let words = match &detail.head {
        _ if detail.item.kind().in_workspace() => {
            "You read this. Changing what plans share needs the role editor in one of them."
        }
        Some(head) if head.state.editable() => "You read this plan. Changing it needs the role editor.",
        _ => "This version is signed and cannot be changed. Revise the plan to start the next version.",
    };
    view! { <p class="muted">{words}</p> }.into_any()
}

fn edit_form(plan: &str, detail: &ItemDetail, actions: Actions, typing: Option<Typing>) -> AnyView {
    let kind = detail.item.kind();
    let value = actions.change.value();
    let errors = Signal::derive(move || wrong_fields(value.get().and_then(Result::err)));
    let state = FormState { options: detail.options.clone(), errors };
    let controls = kind.fields().iter().map(|field| control(field, &detail.body[field.name], &state)).collect_view();
    let which = hidden(&[
        ("plan", plan),
        ("kind", kind.code()),
        ("item", &detail.item.id.to_string()),
        ("before", &detail.body.to_string()),
    ]);
    let typed = move |event| {
        if let Some(typing) = typing {
            typing.typed(&event);
        }
    };
    view! {
        <ActionForm action=actions.change attr:class="form item-form" on:input=typed>
            {which}
            {controls}
            <div class="form-end"><Button label="Save" look=ButtonLook::Primary disabled=actions.change.pending()/></div>
        </ActionForm>
    }
    .into_any()
}

fn referring(detail: &ItemDetail) -> Option<AnyView> {
    if detail.referring.is_empty() {
        return None;
    }
    let links = detail
        .referring
        .iter()
        .map(|l| view! { <li><span class="mono muted">{l.key.clone()}</span>" "<a href=l.href.clone()>{l.title.clone()}</a></li> })
        .collect_view();
    Some(view! { <Card title="Used by"><ul class="aside-list">{links}</ul></Card> }.into_any())
}

fn history(plan: &str, rows: Vec<HistoryRow>, may_undo: bool, undo: ServerAction<UndoChange>) -> AnyView {
    let rows = rows
        .into_iter()
        .map(|row| {
            let fields = row
                .fields
                .into_iter()
                .map(|(label, before, after)| {
                    let (before, after) = (or_empty(before), or_empty(after));
                    view! { <li><b>{label}</b>": "<del>{before}</del>" → "<ins>{after}</ins></li> }
                })
                .collect_view();
            let button = (may_undo && row.undoable).then(|| undo_form(plan, row.seq, "Undo", undo));
            view! {
                <li class="history-row">
                    <div><b>{row.who}</b>" "{row.verb}" "<span class="muted"><Time iso=row.at.to_string()/></span></div>
                    <ul class="history-fields">{fields}</ul>
                    {button}
                </li>
            }
        })
        .collect_view();
    view! { <Card title="History" id="history"><ul class="aside-list">{rows}</ul></Card> }.into_any()
}

fn undo_form(plan: &str, seq: i64, label: &'static str, undo: ServerAction<UndoChange>) -> AnyView {
    let which = hidden(&[("plan", plan), ("seq", &seq.to_string())]);
    view! { <ActionForm action=undo>{which}<Button label=label look=ButtonLook::Quiet small=true disabled=undo.pending()/></ActionForm> }
        .into_any()
}

fn or_empty(text: String) -> String {
    if text.is_empty() { "(empty)".into() } else { text }
}

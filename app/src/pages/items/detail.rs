//! One item: its fields as a form or as text, what the rules say, comments, what refers to it, history.

use super::{
    Whereabouts,
    api::{ChangeItem, Comment as AddComment, RemoveItem, ResolveThread, SettleField, UndoChange, load_item},
    conflict,
    fields::{FormState, control, plain},
    form::wrong_fields,
};
use crate::{
    layout::{Crumbs, PlainPage},
    ui::{
        Button, ButtonLook, Card, ConfirmForm, Face, Loaded, Notice, PageHead, PageTitle, Pill, Severity, TextArea,
        Time, Tone,
    },
};
use domain::Kind;
use leptos::{form::ActionForm, prelude::*};
use views::items::{EditOutcome, HistoryRow, ItemDetail};

/// What can be done on the page.
#[derive(Clone, Copy)]
struct Actions {
    change: ServerAction<ChangeItem>,
    settle: ServerAction<SettleField>,
    remove: ServerAction<RemoveItem>,
    undo: ServerAction<UndoChange>,
    comment: ServerAction<AddComment>,
    resolve: ServerAction<ResolveThread>,
}

/// The page.
#[component]
pub fn ItemPage() -> impl IntoView {
    let place = Whereabouts::here();
    let actions = Actions {
        change: ServerAction::new(),
        settle: ServerAction::new(),
        remove: ServerAction::new(),
        undo: ServerAction::new(),
        comment: ServerAction::new(),
        resolve: ServerAction::new(),
    };
    let item = Resource::new(
        move || {
            let versions = [
                actions.change.version().get(),
                actions.settle.version().get(),
                actions.undo.version().get(),
                actions.comment.version().get(),
                actions.resolve.version().get(),
            ];
            (place.get(), versions)
        },
        |(place, _)| load_item(place.plan, place.reference),
    );
    let render = Callback::new(move |detail: ItemDetail| content(&place.get_untracked(), detail, actions));
    let body = view! { <Outcome place=place actions=actions/><Loaded resource=item render=render/> };
    if place.get_untracked().plan.is_some() {
        return body.into_any();
    }
    let name = Kind::from_code(&place.get_untracked().kind).map(super::heading).unwrap_or_default();
    view! { <PlainPage crumbs=Crumbs::here(&name)>{body}</PlainPage> }.into_any()
}

/// What became of the last change: saved, a conflict to settle, or words.
#[component]
fn Outcome(
    /// Where the page is.
    place: Memo<Whereabouts>,
    /// What was done.
    actions: Actions,
) -> impl IntoView {
    let said = move || {
        let last = actions.settle.value().get().or_else(|| actions.change.value().get());
        let undone = actions.undo.value().get().and_then(Result::err);
        let removed = actions.remove.value().get().and_then(Result::err);
        let trouble = undone.or(removed).map(|e| view! { <Notice tone=Tone::Bad>{e.message}</Notice> }.into_any());
        let outcome = match last? {
            Ok(EditOutcome::Saved { .. }) => view! { <p class="saved" role="status">"Saved"</p> }.into_any(),
            Ok(EditOutcome::Conflict { fields }) => {
                let place = place.get();
                conflict::cards(&place.plan.unwrap_or_default(), &place.reference, fields, actions.settle)
            }
            Err(error) => {
                let names: Vec<_> = Kind::from_code(&place.get().kind)
                    .map(Kind::fields)
                    .unwrap_or_default()
                    .iter()
                    .map(|f| f.name)
                    .collect();
                match error.remainder(&names) {
                    Some(words) => view! { <Notice tone=Tone::Bad>{words}</Notice> }.into_any(),
                    None => view! { <Notice tone=Tone::Bad>"Nothing was saved yet: see the marked fields."</Notice> }
                        .into_any(),
                }
            }
        };
        Some(view! { {trouble}{outcome} }.into_any())
    };
    view! { <div aria-live="polite">{said}</div> }
}

fn content(place: &Whereabouts, detail: ItemDetail, actions: Actions) -> AnyView {
    let kind = detail.item.kind();
    let plan = place.plan.clone().unwrap_or_default();
    let id = detail.item.id.to_string();
    let meta = view! {
        <span class="mono">{detail.item.key()}</span>
        <span>{kind.one()}</span>
        <span>"rev "{detail.item.rev}</span>
        <span>"changed "<Time iso=detail.item.updated_at.to_string()/></span>
    }
    .into_any();
    let remove = detail.may_edit.then(|| {
        let form = view! {
            <input type="hidden" name="plan" value=plan.clone()/>
            <input type="hidden" name="kind" value=kind.code()/>
            <input type="hidden" name="item" value=id.clone()/>
            <ConfirmForm label="Remove" consequence="It leaves the lists and stays in the history." small=true>
                <Button label="Remove it" look=ButtonLook::Danger small=true/>
            </ConfirmForm>
        }
        .into_any();
        view! { <ActionForm action=actions.remove>{form}</ActionForm> }.into_any()
    });
    let main = if detail.may_edit {
        edit_form(&plan, &detail, actions)
    } else {
        let why = detail.head.as_ref().map(|head| {
            let words = if head.state.editable() {
                "You read this plan. Changing it needs the role editor."
            } else {
                "This version is signed and cannot be changed. Revise the plan to start the next version."
            };
            view! { <p class="muted">{words}</p> }
        });
        view! { {why}{plain(kind.fields(), &detail.texts)} }.into_any()
    };
    let findings = findings(&detail);
    let comments = detail.head.is_some().then(|| comments(&plan, &id, &detail, actions));
    let referring = referring(&detail);
    let undoable = detail.may_edit && detail.head.is_some();
    let history = history(&plan, detail.history, undoable, actions.undo);
    let title = detail.title.clone();
    view! {
        <PageTitle text=title.clone()/>
        <PageHead title=title meta=meta actions=remove.unwrap_or_else(|| ().into_any())/>
        <div class="item-page">
            <div class="item-main"><Card><div class="card-body">{main}</div></Card></div>
            <aside class="item-aside">{findings}{comments}{referring}{history}</aside>
        </div>
    }
    .into_any()
}

fn edit_form(plan: &str, detail: &ItemDetail, actions: Actions) -> AnyView {
    let kind = detail.item.kind();
    let value = actions.change.value();
    let errors = Signal::derive(move || wrong_fields(value.get().and_then(Result::err)));
    let state = FormState { options: detail.options.clone(), errors };
    let controls = kind.fields().iter().map(|field| control(field, &detail.body[field.name], &state)).collect_view();
    let form = view! {
        <input type="hidden" name="plan" value=plan.to_owned()/>
        <input type="hidden" name="kind" value=kind.code()/>
        <input type="hidden" name="item" value=detail.item.id.to_string()/>
        <input type="hidden" name="before" value=detail.body.to_string()/>
        {controls}
        <div class="form-end"><Button label="Save" look=ButtonLook::Primary disabled=actions.change.pending()/></div>
    }
    .into_any();
    view! { <ActionForm action=actions.change attr:class="form item-form">{form}</ActionForm> }.into_any()
}

fn findings(detail: &ItemDetail) -> Option<AnyView> {
    if detail.findings.is_empty() {
        return None;
    }
    let rows = detail
        .findings
        .iter()
        .map(|f| {
            let waived = f.waived.is_some().then(|| view! { <Pill label="waived"/> });
            view! {
                <li class="aside-finding">
                    <Severity word=f.severity.code()/>
                    <a class="mono link" href=format!("/help/rules/{}", f.rule)>{f.rule.clone()}</a>
                    <span>{f.message.clone()}" "{waived}</span>
                </li>
            }
        })
        .collect_view();
    Some(view! { <Card title="Findings"><ul class="aside-list">{rows}</ul></Card> }.into_any())
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

fn comments(plan: &str, item: &str, detail: &ItemDetail, actions: Actions) -> AnyView {
    let rows = detail
        .comments
        .iter()
        .map(|c| {
            let first = c.id == c.thread;
            let settled = c.resolved_by.clone().map(|name| view! { <Pill label=format!("settled by {name}") tone=Tone::Good/> });
            let toggle = (first && detail.may_comment).then(|| {
                let (label, resolved) = if c.resolved_at.is_some() { ("Reopen", "false") } else { ("Settle", "true") };
                let form = view! {
                    <input type="hidden" name="plan" value=plan.to_owned()/>
                    <input type="hidden" name="thread" value=c.thread.to_string()/>
                    <input type="hidden" name="resolved" value=resolved/>
                    <Button label=label look=ButtonLook::Quiet small=true/>
                }
                .into_any();
                view! { <ActionForm action=actions.resolve>{form}</ActionForm> }
            });
            let about = c.field.clone().and_then(|name| detail.item.kind().field(&name).map(|f| f.label));
            let quoted = c.quoted.clone().map(|q| view! { <blockquote>{q}</blockquote> });
            view! {
                <li class="comment" class:answer=!first id=format!("c-{}", c.id)>
                    <div class="comment-head"><Face name=c.author_name.clone() small=true/><b>{c.author_name.clone()}</b>
                        <span class="muted">{about}" "<Time iso=c.at.to_string()/></span>{settled}</div>
                    {quoted}
                    <p class="prose">{c.body.clone()}</p>
                    {toggle}
                </li>
            }
        })
        .collect_view();
    let write = detail.may_comment.then(|| {
        let form = view! {
            <input type="hidden" name="plan" value=plan.to_owned()/>
            <input type="hidden" name="item" value=item.to_owned()/>
            <input type="hidden" name="field" value=""/>
            <input type="hidden" name="thread" value=""/>
            <TextArea name="body" id="comment-body" label="Comment" required=true rows=2
                error=crate::error::field_error(actions.comment.value(), "body")/>
            <Button label="Comment" small=true disabled=actions.comment.pending()/>
        }
        .into_any();
        view! { <ActionForm action=actions.comment attr:class="form">{form}</ActionForm> }
    });
    let count = detail.comments.len();
    let title = if count == 0 { "Comments".to_owned() } else { format!("Comments {count}") };
    view! { <Card title=title id="comments"><div class="card-body"><ul class="comments">{rows}</ul>{write}</div></Card> }.into_any()
}

fn history(plan: &str, rows: Vec<HistoryRow>, undoable: bool, undo: ServerAction<UndoChange>) -> AnyView {
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
            let button = undoable.then(|| {
                let form = view! {
                    <input type="hidden" name="plan" value=plan.to_owned()/>
                    <input type="hidden" name="seq" value=row.seq.to_string()/>
                    <Button label="Undo" look=ButtonLook::Quiet small=true/>
                }
                .into_any();
                view! { <ActionForm action=undo>{form}</ActionForm> }
            });
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

fn or_empty(text: String) -> String {
    if text.is_empty() { "(empty)".into() } else { text }
}

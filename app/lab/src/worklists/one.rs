//! One work-list: how it stands, who works on it, its records side by side as the run found them.

use super::{
    api::{AssignWorklist, ExceptWorklist, load_worklist},
    state_tag,
};
use crate::{
    masked::masked_foot,
    runs::{difference_table, removed_rows},
};
use kit::{
    error::{field_error, keep_the_last},
    layout::PlanPage,
    ui::{
        Button, ButtonLink, ButtonLook, Card, Choice, DateInput, Loaded, Notice, PageHead, PageTitle, Select,
        SkeletonShape, TextArea, TextInput, Time, Tone, grouped, hidden, pager,
    },
};
use leptos::{form::ActionForm, prelude::*};
use leptos_router::hooks::{use_params_map, use_query_map};
use views::{lengths, worklists::WorklistPage as Page};

/// What can be done on the page.
#[derive(Clone, Copy)]
struct Actions {
    assign: ServerAction<AssignWorklist>,
    except: ServerAction<ExceptWorklist>,
}

/// The page.
#[component]
pub fn WorklistPage() -> impl IntoView {
    let page = PlanPage::here();
    let (params, asked) = (use_params_map(), use_query_map());
    let number =
        Memo::new(move |_| params.read().get("number").and_then(|n| n.parse::<i64>().ok()).unwrap_or_default());
    let from = Memo::new(move |_| asked.read().get("from").and_then(|n| n.parse::<u64>().ok()).unwrap_or_default());
    let actions = Actions { assign: ServerAction::new(), except: ServerAction::new() };
    let versions = move || [actions.assign.version().get(), actions.except.version().get()];
    keep_the_last(versions, [Box::new(move || actions.assign.clear()), Box::new(move || actions.except.clear())]);
    let found = Resource::new(
        move || (page.key(), number.get(), from.get(), page.changes(), versions()),
        |(key, number, from, ..)| load_worklist(key, number, from),
    );
    let render = Callback::new(move |found: Page| content(found, actions));
    view! { <Loaded resource=found shape=SkeletonShape::Rows render=render/> }.into_any()
}

fn content(page: Page, actions: Actions) -> AnyView {
    let root = format!("/p/{}", page.head.key);
    let here = format!("{root}/worklists/{}", page.row.number);
    let run = format!("{root}/runs/{}", page.row.run_number);
    let meta = view! {
        {state_tag(page.row.open)}
        <a class="link" href=run.clone()>"run "{page.row.run_number}" of "{page.row.check.clone()}</a>
        <span>{records(page.total)}</span>
        <span>"made by "{page.by.clone()}" "<Time iso=page.at.clone()/></span>
    }
    .into_any();
    let kept = page.removed_at.is_none();
    let files = kept.then(|| {
        view! {
            <ButtonLink href=format!("{here}/records.csv") label="CSV" icon="download" external=true/>
            <ButtonLink href=format!("{here}/records.xlsx") label="Excel" icon="download" external=true/>
        }
    });
    let files = view! {
        <ButtonLink href=format!("{root}/worklists") label="All work-lists"/>
        {files}
    }
    .into_any();
    let title = format!("Work-list {}: {}", page.row.number, page.row.title);
    let people = if page.row.open && page.may_edit { work(&page, actions) } else { facts(&page) };
    let table = match page.removed_at {
        Some(at) => removed_rows(at),
        None => difference_table(&run, &page.key_names, (&page.left, &page.right), &page.rows),
    };
    let total = if kept { page.total } else { 0 };
    let pages = pager(page.offset, lengths::RECORDS, total, |from| format!("{here}?from={from}"));
    let masked = masked_foot(page.masked);
    view! {
        <PageTitle text=title.clone()/>
        <PageHead title=title meta=meta actions=files/>
        {people}
        <Card title="Its records, as that run found them">{table}{pages}{masked}</Card>
    }
    .into_any()
}

fn records(n: u64) -> String {
    if n == 1 { "1 record".to_owned() } else { format!("{} records", grouped(n)) }
}

/// What is agreed, for those who cannot change it.
fn facts(page: &Page) -> AnyView {
    let row = &page.row;
    let or = |text: &str, none: &str| if text.is_empty() { none.to_owned() } else { text.to_owned() };
    let (owner, due, note) = (or(&row.owner, "nobody"), or(&row.due, "no day agreed"), or(&row.note, "none"));
    view! {
        <Card title=row.stands.clone()>
            <div class="card-body">
                <dl class="facts">
                    <dt>"Owner"</dt><dd>{owner}</dd>
                    <dt>"Due"</dt><dd>{due}</dd>
                    <dt>"Note"</dt><dd>{note}</dd>
                </dl>
            </div>
        </Card>
    }
    .into_any()
}

fn work(page: &Page, actions: Actions) -> AnyView {
    let Actions { assign, except } = actions;
    let said = assign.value();
    let row = &page.row;
    let which = || hidden(&[("plan", &page.head.key), ("number", &row.number.to_string())]);
    let trouble = move || {
        let assigned = said.get().and_then(Result::err).and_then(|e| e.remainder(&["owner", "due", "note"]));
        let words = assigned.or_else(|| except.value().get().and_then(Result::err).map(|e| e.message))?;
        Some(view! { <Notice tone=Tone::Bad>{words}</Notice> })
    };
    let excuse = if page.exceptions.is_empty() {
        view! { <p class="muted">"It closes when a later run of the check shows its records equal. A decision to accept them as they are closes it, too, once that is part of a signed version."</p> }.into_any()
    } else {
        let choices =
            page.exceptions.iter().map(|e| Choice { value: e.value.clone(), label: e.words.clone() }).collect();
        let which = which();
        view! {
            <ActionForm action=except attr:class="inline-form">
                {which}
                <Select name="exception" label="Signed exception" choices=choices required=true none="choose one"
                    help="It closes when a later run shows its records equal, or by something signed that covers them."/>
                <Button label="Close by this exception" disabled=except.pending()/>
            </ActionForm>
        }
        .into_any()
    };
    let which = which();
    let before = hidden(&[("before[owner]", &row.owner), ("before[due]", &row.due), ("before[note]", &row.note)]);
    let (owner, due, note, people) = (row.owner.clone(), row.due.clone(), row.note.clone(), page.people.clone());
    view! {
        <div aria-live="polite">{trouble}</div>
        <Card title=row.stands.clone()>
            <div class="card-body">
                <ActionForm action=assign attr:class="form">
                    {which}
                    {before}
                    <TextInput name="owner" label="Owner" value=owner suggestions=people
                        help="A person or a team." error=field_error(said, "owner") autocomplete="off"/>
                    <DateInput name="due" label="Due" value=due error=field_error(said, "due")/>
                    <TextArea name="note" label="Note" value=note error=field_error(said, "note")/>
                    <div class="form-actions">
                        <Button label="Save" look=ButtonLook::Primary disabled=assign.pending()/>
                    </div>
                </ActionForm>
                {excuse}
            </div>
        </Card>
    }
    .into_any()
}

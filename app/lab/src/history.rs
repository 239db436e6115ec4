//! `/p/:key/history`: what happens to existing data. Per business object the three ways with what must
//! hold for each, measured; the decision; what follows from it and who sees to it.

mod api;
mod decide;
mod follows;
mod overwrite;
mod ways;

pub use overwrite::OverwritePage;

use api::{DecideHistory, OwnObligations, load_history};
use kit::{
    layout::PlanPage,
    ui::{
        ButtonLink, ButtonLook, Card, Empty, Loaded, Notice, PageHead, PageTitle, Severity, Tag, Time, Tone, Verdict,
    },
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use views::history::{HistoryPage as Page, ObjectHistory};

/// What can be done on the page.
#[derive(Clone, Copy)]
struct Actions {
    decide: ServerAction<DecideHistory>,
    own: ServerAction<OwnObligations>,
}

/// The page.
#[component]
pub fn HistoryPage() -> impl IntoView {
    let page = PlanPage::here();
    let query = use_query_map();
    let open = Memo::new(move |_| query.read().get("decide").unwrap_or_default());
    let actions = Actions { decide: ServerAction::new(), own: ServerAction::new() };
    let history = Resource::new(
        move || (page.key(), open.get(), page.changes(), actions.decide.version().get(), actions.own.version().get()),
        |(key, ..)| load_history(key),
    );
    let render = Callback::new(move |page: Page| content(page, &open.get_untracked(), actions));
    let own = actions.own.value();
    let said = move || match own.get() {
        None => ().into_any(),
        Some(Ok(())) => view! { <p class="saved" role="status">"Saved"</p> }.into_any(),
        Some(Err(error)) => view! { <Notice tone=Tone::Bad>{error.message}</Notice> }.into_any(),
    };
    view! { <div aria-live="polite">{said}</div><Loaded resource=history render=render/> }.into_any()
}

fn content(page: Page, open: &str, actions: Actions) -> AnyView {
    let root = format!("/p/{}", page.head.key);
    let open_ones = page.objects.iter().filter(|o| o.decision.as_ref().is_none_or(|d| d.choice.is_none())).count();
    let words = match (page.objects.len(), open_ones) {
        (0, _) => "Nothing to decide yet".to_owned(),
        (1, 0) => "1 decision, taken".to_owned(),
        (n, 0) => format!("{n} decisions, all taken"),
        (n, m) => format!("{m} of {n} decisions to be taken"),
    };
    let meta = view! { <span>{words}</span> }.into_any();
    let body = if page.objects.is_empty() {
        let action =
            view! { <ButtonLink href=format!("{root}/sync") label="Open the dashboard" look=ButtonLook::Primary/> }
                .into_any();
        view! {
            <Empty
                title="Nothing to decide yet"
                text="Where two systems hold different values, existing data can be overwritten, cleaned up or accepted as it is. All three can work, but it has to be a conscious choice: measure first what differs."
                icon="scale"
                action=action
            />
        }
        .into_any()
    } else {
        page.objects.iter().map(|object| object_card(&root, &page, object, open, actions)).collect_view().into_any()
    };
    view! {
        <PageTitle text="Decisions about existing data"/>
        <PageHead title="What happens to existing data" meta=meta/>
        {body}
    }
    .into_any()
}

fn object_card(root: &str, page: &Page, object: &ObjectHistory, open: &str, actions: Actions) -> AnyView {
    let id = object.slot.clone();
    let deciding = page.may_edit && open == id;
    let (tag, note) = match &object.decision {
        Some(d) if d.choice.is_some() => (
            view! { <Tag label=d.label.clone() tone=Tone::Good icon="circle-check"/> }.into_any(),
            format!("{} · {}", d.state.to_lowercase(), d.key),
        ),
        _ => (view! { <Tag label="no decision" tone=Tone::Bad/> }.into_any(), String::new()),
    };
    let change = (page.may_edit && !deciding).then(|| {
        let label = if note.is_empty() { "Decide for these" } else { "Decide again" };
        let look = if note.is_empty() { ButtonLook::Primary } else { ButtonLook::Plain };
        view! { <ButtonLink href=format!("{root}/history?decide={id}#o-{id}") label=label look=look small=true/> }
    });
    let end = view! { <div class="card-end">{tag}{change}</div> }.into_any();
    let body = if deciding {
        decide::form(root, page, object, actions.decide)
    } else {
        view! { <div class="options">{object.options.iter().map(|o| ways::card(o, false)).collect_view()}</div>{decided(object)} }.into_any()
    };
    let points = points(root, object);
    let findings = findings(root, object);
    let preview = object.preview.clone().filter(|_| !deciding);
    let preview = preview.map(|href| {
        view! { <p><a class="link" href=href>"See what overwriting would do, value by value"</a></p> }
    });
    let forecasts = follows::forecasts(object);
    let follows = follows::obligations(root, page, object, actions.own);
    view! {
        <Card title=object.name.clone() note=note end=end id=format!("o-{id}") class="history-card">
            <div class="card-body">
                {points}
                {findings}
                {body}
                {preview}
            </div>
            {forecasts}
            {follows}
        </Card>
    }
    .into_any()
}

fn points(root: &str, object: &ObjectHistory) -> AnyView {
    let measured = object.run.as_ref().map(|(number, name)| {
        view! { <p class="muted">"Measured by "<a class="link" href=format!("{root}/runs/{number}")>"run "{*number}</a>" of "{name.clone()}"."</p> }
    });
    if object.points.is_empty() {
        return view! { <p>"Every data point of it that was compared is synchronised."</p>{measured} }.into_any();
    }
    let rows = object
        .points
        .iter()
        .map(|(name, verdict, why)| view! { <li><Verdict word=verdict.label()/>" "<b>{name.clone()}</b>" "<span class="muted">{why.clone()}</span></li> })
        .collect_view();
    let many = match object.points.len() {
        1 => "1 copy is not synchronised".to_owned(),
        n => format!("{n} copies are not synchronised"),
    };
    view! { <details class="unsynced" open=object.points.len() <= 6><summary>{many}</summary><ul>{rows}</ul></details>{measured} }.into_any()
}

fn findings(root: &str, object: &ObjectHistory) -> Option<AnyView> {
    if object.findings.is_empty() {
        return None;
    }
    let rows = object
        .findings
        .iter()
        .map(|f| {
            view! {
                <li><Severity word=f.severity.code()/>" "<a class="link mono" href=format!("{root}/findings?rule={}", f.rule)>{f.rule.clone()}</a>" "{f.message.clone()}</li>
            }
        })
        .collect_view();
    Some(view! { <ul class="warnings">{rows}</ul> }.into_any())
}

/// The decision in words, for reading.
fn decided(object: &ObjectHistory) -> Option<AnyView> {
    let decision = object.decision.as_ref().filter(|d| d.choice.is_some())?;
    let on = decision.decided_on.map(|day| view! { ", "<Time iso=day.to_string()/> });
    let by = if decision.decided_by.is_empty() { "nobody named".to_owned() } else { decision.decided_by.clone() };
    let why = if decision.rationale.is_empty() { "No reason given.".to_owned() } else { decision.rationale.clone() };
    Some(
        view! {
            <div class="decided">
                <p class="prose">{why}</p>
                <p class="muted">"Decided by "{by}{on}" · "<a class="link" href=decision.href.clone()>"details, comments and history"</a></p>
            </div>
        }
        .into_any(),
    )
}

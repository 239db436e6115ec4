//! `/p/:key/crosswalk`: which records are the same under another key, who says so, and since which run.

mod api;

pub use api::ForgetPair;

use self::api::load_crosswalk;
use super::masked::masked_foot;
use kit::{
    layout::PlanPage,
    next::encoded,
    ui::{
        Button, ButtonLink, ButtonLook, Card, Choice, Column, DataTable, Empty, Loaded, Notice, PageHead, PageTitle,
        Select, SkeletonShape, Tag, TextInput, Time, Tone, grouped, hidden, pager,
    },
};
use leptos::{form::ActionForm, prelude::*};
use leptos_router::hooks::use_query_map;
use views::{
    lengths,
    pairs::{CrosswalkFilter, CrosswalkPage as Page, CrosswalkRow},
};

/// The page.
#[component]
pub fn CrosswalkPage() -> impl IntoView {
    let page = PlanPage::here();
    let query = use_query_map();
    let filter = Memo::new(move |_| {
        let query = query.read();
        let text = |name: &str| query.get(name).filter(|t| !t.is_empty());
        CrosswalkFilter { check: text("check"), verdict: text("verdict"), source: text("source"), text: text("text") }
    });
    let from = Memo::new(move |_| query.read().get("at").and_then(|n| n.parse::<u64>().ok()).unwrap_or_default());
    let forget = ServerAction::<ForgetPair>::new();
    let found = Resource::new(
        move || (page.key(), filter.get(), from.get(), page.changes(), forget.version().get()),
        |(key, filter, from, ..)| load_crosswalk(key, filter, from),
    );
    let trouble = move || {
        forget.value().get().and_then(Result::err).map(|e| view! { <Notice tone=Tone::Bad>{e.message}</Notice> })
    };
    let render = Callback::new(move |found: Page| content(found, &filter.get_untracked(), forget));
    view! { <div aria-live="polite">{trouble}</div><Loaded resource=found shape=SkeletonShape::Rows render=render/> }
        .into_any()
}

/// The filter as the query of an address, always with its question mark.
fn query(filter: &CrosswalkFilter) -> String {
    let parts =
        [("check", &filter.check), ("verdict", &filter.verdict), ("source", &filter.source), ("text", &filter.text)];
    let parts: Vec<_> =
        parts.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", encoded(value.as_deref()?)))).collect();
    format!("?{}", parts.join("&"))
}

fn content(page: Page, filter: &CrosswalkFilter, forget: ServerAction<ForgetPair>) -> AnyView {
    let root = format!("/p/{}", page.head.key);
    let here = format!("{root}/crosswalk");
    let count = match page.total {
        1 => "1 decision".to_owned(),
        n => format!("{} decisions", grouped(n)),
    };
    let meta = view! { <span>{count}</span> }.into_any();
    let file = |form: &str| format!("{here}.{form}{}", query(filter));
    let files = (page.total > 0).then(|| {
        view! {
            <ButtonLink href=file("csv") label="CSV" icon="download" external=true/>
            <ButtonLink href=file("xlsx") label="Excel" icon="download" external=true/>
        }
        .into_any()
    });
    let actions = view! {
        <ButtonLink href=format!("{root}/sync") label="Checks"/>
        {files}
    }
    .into_any();
    let body = if page.rows.is_empty() {
        empty(&here, filter)
    } else {
        let list = format!("{here}{}", query(filter));
        let back = format!("{list}&at={}", page.offset);
        let table = decisions_table(&page.rows, &page.head.key, &back, page.may_decide, forget);
        let pages = pager(page.offset, lengths::PAIRS, page.total, |from| format!("{list}&at={from}"));
        let masked = masked_foot(page.masked);
        view! { <Card>{table}{pages}{masked}</Card> }.into_any()
    };
    view! {
        <PageTitle text="Crosswalk"/>
        <PageHead title="Crosswalk" meta=meta actions=actions/>
        <p class="muted">"Which records of two systems are the same under another key. Keys of people are personal data: they are kept here as they are, and go with the plan."</p>
        {form(&here, &page, filter)}
        {body}
    }
    .into_any()
}

fn form(here: &str, page: &Page, filter: &CrosswalkFilter) -> AnyView {
    let choice = |(value, label): (&str, &str)| Choice { value: value.to_owned(), label: label.to_owned() };
    let checks = page.checks.iter().map(|(_, key, name)| choice((key, name))).collect();
    let verdicts = [("same", "the same"), ("different", "not the same")].map(choice).to_vec();
    let sources = [("person", "a person"), ("engine", "the engine")].map(choice).to_vec();
    let value = |text: &Option<String>| text.clone().unwrap_or_default();
    view! {
        <form class="inline-form difference-filter" role="search" action=here.to_owned()>
            <Select name="check" label="Check" choices=checks value=value(&filter.check) none="any"/>
            <Select name="verdict" label="Verdict" choices=verdicts value=value(&filter.verdict) none="any"/>
            <Select name="source" label="Decided by" choices=sources value=value(&filter.source) none="anybody"/>
            <TextInput name="text" label="Text in a key" kind="search" value=value(&filter.text) autocomplete="off"/>
            <Button label="Filter" icon="funnel"/>
        </form>
    }
    .into_any()
}

fn empty(here: &str, filter: &CrosswalkFilter) -> AnyView {
    if *filter == CrosswalkFilter::default() {
        return view! {
            <Empty title="Nothing decided yet" text="After a run of a check, look for records under another id. What you decide about them is kept here, and later runs use it." icon="table"/>
        }
        .into_any();
    }
    let action = view! { <ButtonLink href=here.to_owned() label="Show all decisions"/> }.into_any();
    view! { <Empty title="Nothing matches" text="No decision fits the filter. Take a part of it away." icon="funnel" action=action/> }.into_any()
}

/// Decisions with where they come from; whoever may decide can take them back. `back` is where that leads.
pub(super) fn decisions_table(
    rows: &[CrosswalkRow],
    plan: &str,
    back: &str,
    may_decide: bool,
    forget: ServerAction<ForgetPair>,
) -> AnyView {
    let mut columns = vec![
        Column::words("Left key"),
        Column::words("Right key"),
        Column::words("Verdict"),
        Column::number("Likely"),
        Column::words("Check"),
        Column::words("Decided by"),
        Column::words("When"),
        Column::words("Run"),
    ];
    if may_decide {
        columns.push(Column::fit("Take back"));
    }
    let rows = rows
        .iter()
        .map(|row| {
            let (label, tone, icon) =
                if row.same { ("the same", Tone::Good, "check") } else { ("not the same", Tone::Off, "x") };
            let by = match row.source.as_str() {
                "engine" => format!("the engine, taken over by {}", row.by),
                _ => row.by.clone(),
            };
            let id = row.id.to_string();
            let take_back = may_decide.then(|| {
                let which = hidden(&[("plan", plan), ("decision", id.as_str()), ("back", back)]);
                view! {
                    <td class="fit">
                        <ActionForm action=forget>
                            {which}
                            <Button label="Take back" look=ButtonLook::Quiet small=true disabled=forget.pending()/>
                        </ActionForm>
                    </td>
                }
            });
            view! {
                <tr>
                    <td class="record">{row.left.clone()}</td>
                    <td class="record">{row.right.clone()}</td>
                    <td><Tag label=label tone=tone icon=icon/></td>
                    <td class="n">{row.percent.clone()}</td>
                    <td>{row.check.clone()}</td>
                    <td>{by}</td>
                    <td class="muted"><Time iso=row.at.to_string()/></td>
                    <td><a href=format!("/p/{plan}/runs/{}", row.run)>"run "{row.run}</a></td>
                    {take_back}
                </tr>
            }
        })
        .collect_view();
    view! { <DataTable caption="Decisions" columns=columns class="pairs-table">{rows}</DataTable> }.into_any()
}

//! The list of items of one kind: columns from the field table, filter by text, page by page.

use super::{Whereabouts, api::list_items, heading};
use domain::{FieldType, Kind};
use kit::{
    layout::{Crumbs, PlainPage},
    ui::{
        Button, ButtonLink, ButtonLook, Card, Column, DataTable, Empty, Loaded, PageHead, PageTitle, Pill,
        SkeletonShape, Tone, pager,
    },
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use views::{
    items::{ItemList, ItemRow},
    lengths,
};

/// The list.
#[component]
pub fn ItemsPage() -> impl IntoView {
    let place = Whereabouts::here();
    let query = use_query_map();
    let text = Memo::new(move |_| query.read().get("q").unwrap_or_default());
    let offset = Memo::new(move |_| query.read().get("from").and_then(|n| n.parse::<u64>().ok()).unwrap_or_default());
    let list = Resource::new(
        move || (place.get(), text.get(), offset.get()),
        |(place, text, offset)| list_items(place.plan, place.kind, text, offset),
    );
    let render = Callback::new(move |list: ItemList| content(&place.get_untracked(), &text.get_untracked(), list));
    let body = view! { <Loaded resource=list shape=SkeletonShape::Rows render=render/> };
    if place.get_untracked().plan.is_some() {
        return body.into_any();
    }
    let name = move || Kind::from_code(&place.get().kind).map(heading).unwrap_or_default();
    let crumbs = Signal::derive(move || Crumbs::here(&name()));
    view! { <PlainPage crumbs=crumbs>{body}</PlainPage> }.into_any()
}

fn content(place: &Whereabouts, text: &str, list: ItemList) -> AnyView {
    let title = heading(list.kind);
    let href = place.list();
    let new = format!("{href}/new");
    let actions = list.may_edit.then(|| {
        view! { <ButtonLink href=new.clone() label=format!("New {}", list.kind.one()) look=ButtonLook::Primary icon="plus"/> }
            .into_any()
    });
    let found = match (list.total, text.is_empty()) {
        (1, _) => format!("1 {}", list.kind.one()),
        (n, true) => format!("{n} {}", list.kind.many()),
        (n, false) => format!("{n} {} with “{text}”", list.kind.many()),
    };
    let meta = view! { <span>{found}</span> }.into_any();
    let filter = (list.total > 8 || !text.is_empty()).then(|| filter(&href, text));
    let at = |from: u64| format!("{href}?q={}&from={from}", kit::next::encoded(text));
    let pages = pager(list.offset, lengths::ITEMS, list.total, at);
    let body = if list.total == 0 && text.is_empty() {
        empty(list.kind, list.may_edit.then_some(new))
    } else {
        table(&href, list)
    };
    view! {
        <PageTitle text=title.clone()/>
        <PageHead title=title meta=meta actions=actions.unwrap_or_else(|| ().into_any())/>
        {filter}
        {body}
        {pages}
    }
    .into_any()
}

fn filter(href: &str, text: &str) -> AnyView {
    view! {
        <form class="filter" role="search" action=href.to_owned()>
            <label class="visually-hidden" for="filter">"Filter"</label>
            <input class="input" id="filter" type="search" name="q" value=text.to_owned() placeholder="Filter by any text"/>
            <Button label="Filter" small=true/>
        </form>
    }
    .into_any()
}

fn table(href: &str, list: ItemList) -> AnyView {
    let fields: Vec<_> = list.kind.fields().iter().filter(|f| f.column).collect();
    let mut columns = vec![Column::fit("Id")];
    columns.extend(fields.iter().map(|f| match f.kind {
        FieldType::Count { .. } => Column::number(f.label),
        _ => Column::words(f.label),
    }));
    columns.push(Column::fit("Findings"));
    let rows: Vec<_> = list
        .rows
        .into_iter()
        .map(|row| {
            let cells = fields
                .iter()
                .enumerate()
                .map(|(n, field)| {
                    let text = row.cells.get(field.name).cloned().unwrap_or_default();
                    let class = if matches!(field.kind, FieldType::Count { .. }) { "n" } else { "clip" };
                    let shown = if n == 0 {
                        let text = if text.is_empty() { row.title.clone() } else { text };
                        view! { <a class="row-link" href=format!("{href}/{}", row.key)>{text}</a> }.into_any()
                    } else {
                        text.into_any()
                    };
                    view! { <td class=class>{shown}</td> }
                })
                .collect_view();
            let marks = marks(&row);
            view! {
                <tr>
                    <td class="fit mono muted">{row.key.clone()}</td>
                    {cells}
                    <td class="fit">{marks}</td>
                </tr>
            }
        })
        .collect();
    let caption = heading(list.kind);
    view! { <Card><DataTable caption=caption columns=columns>{rows}</DataTable></Card> }.into_any()
}

fn marks(row: &ItemRow) -> AnyView {
    let errors = (row.errors > 0).then(|| {
        let words = if row.errors == 1 { "error" } else { "errors" };
        view! { <Pill label=format!("{} {words}", row.errors) tone=Tone::Bad/> }
    });
    let warnings = (row.warnings > 0).then(|| {
        let words = if row.warnings == 1 { "warning" } else { "warnings" };
        view! { <Pill label=format!("{} {words}", row.warnings) tone=Tone::Warn/> }
    });
    view! { <span class="pills">{errors}{warnings}</span> }.into_any()
}

fn empty(kind: Kind, new: Option<String>) -> AnyView {
    let text = teaching(kind);
    let title = format!("No {} yet", kind.many());
    match new {
        Some(new) => {
            let label = format!("New {}", kind.one());
            let action = view! { <ButtonLink href=new label=label look=ButtonLook::Primary icon="plus"/> }.into_any();
            view! { <Empty title=title text=text action=action/> }.into_any()
        }
        None => view! { <Empty title=title text=text/> }.into_any(),
    }
}

/// Why such items matter, for a list that is still empty.
fn teaching(kind: Kind) -> &'static str {
    match kind {
        Kind::System | Kind::Instance => {
            "Name each installation by itself: four instances of one product are four places where data can differ. Say who owns each."
        }
        Kind::Team => {
            "Every team whose work changes must hear of it before it does. List the teams that take part in the processes."
        }
        Kind::DataPoint | Kind::BusinessObject => {
            "An integration moves facts, so name the facts first. Each needs one meaning that everybody agrees on."
        }
        Kind::Truth | Kind::RecordRole | Kind::Resolution | Kind::Scope => {
            "When copies differ, one of them is right. Decide which for each data point, and write down why, before drawing any flow."
        }
        Kind::Flow | Kind::MappingLine => {
            "A flow moves data points from where they are right to where they are needed. Draw it once truth is decided."
        }
        Kind::Process | Kind::Variant | Kind::Step | Kind::Walkthrough | Kind::Discrepancy => {
            "What people tell about their work and what they do are seldom the same. Walk through it with those who do it."
        }
        Kind::Communication | Kind::Impact => {
            "People accept a change they were told about in time. Plan who hears what, from whom, and how they can answer."
        }
        Kind::SyncClaim | Kind::Check => {
            "“Synchronised” often means that somebody retypes it on Fridays. Record what is claimed and how it is done, then measure."
        }
        Kind::HistoryDecision | Kind::Obligation => {
            "Existing data can be overwritten, cleaned up or accepted as it is. All three can work, but it has to be a decision."
        }
        Kind::TrialAnswer => {
            "See the integration in action in a test environment before anybody signs. Four questions need an answer with evidence."
        }
        Kind::DesignOption => {
            "The simpler you can set something up, the better. Compare at least two designs before choosing one."
        }
        _ => "Nothing has been recorded here. What is written down can be checked, reviewed and signed.",
    }
}

//! `/p/:key/items` and `/p/:key/search?q=`: everything a plan holds by kind, and what is called so.

mod api;

use super::items::heading;
use api::{load_records, load_search};
use kit::{
    layout::PlanPage,
    ui::{Button, Card, Column, DataTable, Empty, Loaded, PageHead, PageTitle, SkeletonShape, grouped},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use views::plans::{KindCount, RecordsPage as Page, SearchPage as Found};

/// Every kind of item with its count.
#[component]
pub fn RecordsPage() -> impl IntoView {
    let page = PlanPage::here();
    let records = Resource::new(move || (page.key(), page.changes()), |(key, _)| load_records(key));
    view! { <Loaded resource=records shape=SkeletonShape::Rows render=Callback::new(records_of)/> }.into_any()
}

fn records_of(page: Page) -> AnyView {
    let root = format!("/p/{}", page.head.key);
    let columns = vec![Column::words("Kind"), Column::number("How many"), Column::fit("Add")];
    let may_edit = page.head.may_edit;
    let rows = page.kinds.into_iter().map(|kind| kind_row(&root, kind, may_edit)).collect_view();
    let workspace = ["system", "instance", "team", "term"]
        .into_iter()
        .map(|kind| view! { <a class="link" href=format!("{root}/items/{kind}")>{format!("{kind}s")}</a> })
        .collect_view();
    let meta = view! { <span>"Shared by all plans:"</span>{workspace} }.into_any();
    view! {
        <PageTitle text="All records"/>
        <PageHead title="All records" meta=meta/>
        <Card><DataTable caption="Items by kind" columns=columns>{rows}</DataTable></Card>
    }
    .into_any()
}

fn kind_row(root: &str, row: KindCount, may_edit: bool) -> AnyView {
    let (list, many) = (format!("{root}/items/{}", row.kind.code()), heading(row.kind));
    // The plan's own sheet is made with the plan.
    let add = (may_edit && row.kind != domain::Kind::Charter).then(|| {
        let label = format!("New {}", row.kind.one());
        view! { <a class="link" href=format!("{list}/new?back={root}/items")>{label}</a> }
    });
    view! {
        <tr>
            <td><a href=list.clone()>{many}</a></td>
            <td class="n">{grouped(row.count)}</td>
            <td class="fit">{add}</td>
        </tr>
    }
    .into_any()
}

/// What a search found.
#[component]
pub fn SearchPage() -> impl IntoView {
    let page = PlanPage::here();
    let query = use_query_map();
    let text = Memo::new(move |_| query.read().get("q").unwrap_or_default());
    let found = Resource::new(move || (page.key(), text.get()), |(key, text)| load_search(key, text));
    let action = page.href("search");
    let render = Callback::new(move |found: Found| found_of(&action, found));
    view! { <Loaded resource=found shape=SkeletonShape::Rows render=render/> }.into_any()
}

fn found_of(action: &str, page: Found) -> AnyView {
    let shown = page.found.len() as u64;
    let said = match (page.total, page.text.is_empty()) {
        (_, true) => "A key such as D12 leads to its item; any other text to what is called so.".to_owned(),
        (1, _) => format!("1 item matches “{}”", page.text),
        (n, _) if n > shown => format!("{} items match “{}”; the first {shown}", grouped(n), page.text),
        (n, _) => format!("{} items match “{}”", grouped(n), page.text),
    };
    let meta = view! { <span>{said}</span> }.into_any();
    let empty = page.found.is_empty() && !page.text.is_empty();
    let rows = page
        .found
        .into_iter()
        .map(|link| {
            view! {
                <tr>
                    <td class="id">{link.key}</td>
                    <td><a href=link.href>{link.title}</a></td>
                    <td class="muted">{link.kind.one()}</td>
                </tr>
            }
        })
        .collect_view();
    let body = if empty {
        view! { <Empty title="Nothing found" text="No item of this plan or of the workspace is called so. Try a part of the name, or a key such as D12." icon="search"/> }
            .into_any()
    } else if shown > 0 {
        let columns = vec![Column::fit("Id"), Column::words("Name"), Column::words("Kind")];
        view! { <Card><DataTable caption="Items found" columns=columns>{rows}</DataTable></Card> }.into_any()
    } else {
        ().into_any()
    };
    view! {
        <PageTitle text="Search"/>
        <PageHead title="Search" meta=meta/>
        <form class="filter" role="search" action=action.to_owned()>
            <label class="visually-hidden" for="again">"Search this plan"</label>
            <input class="input" id="again" type="search" name="q" value=page.text maxlength="200"/>
            <Button label="Search" small=true/>
        </form>
        {body}
    }
    .into_any()
}

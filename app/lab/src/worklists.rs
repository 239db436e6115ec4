//! `/p/:key/worklists`: groups of differences in somebody's hands; one of them with its records; the form that
//! makes them of a run.

mod api;
mod make;
mod one;

pub use make::NewWorklistPage;
pub use one::WorklistPage;

use api::load_worklists;
use kit::{
    layout::PlanPage,
    next::encoded,
    ui::{
        Button, Card, Chip, Chips, Choice, Column, DataTable, Empty, Loaded, PageHead, PageTitle, Select,
        SkeletonShape, Tag, Time, Tone, grouped,
    },
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use views::worklists::{WorklistFilter, WorklistRow, WorklistsPage as Page};

/// The page.
#[component]
pub fn WorklistsPage() -> impl IntoView {
    let page = PlanPage::here();
    let asked = use_query_map();
    let filter = Memo::new(move |_| {
        let asked = asked.read();
        let text = |name: &str| asked.get(name).unwrap_or_default();
        WorklistFilter { state: text("state"), owner: text("owner") }
    });
    let found = Resource::new(
        move || (page.key(), filter.get(), page.changes()),
        |(key, filter, _)| load_worklists(key, filter),
    );
    let render = Callback::new(move |found: Page| content(found, &filter.get_untracked()));
    view! { <Loaded resource=found shape=SkeletonShape::Rows render=render/> }.into_any()
}

fn content(page: Page, filter: &WorklistFilter) -> AnyView {
    let root = format!("/p/{}", page.head.key);
    let here = format!("{root}/worklists");
    let meta = view! { <span>{format!("{} open", grouped(page.open))}</span><span>{format!("{} closed", grouped(page.closed))}</span> };
    let body = if page.open + page.closed == 0 {
        view! {
            <Empty title="No work-lists yet" text="A work-list puts a group of differences into somebody's hands. Make one on the dashboard of a run." icon="circle-check"/>
        }
        .into_any()
    } else {
        let table = if page.rows.is_empty() {
            view! { <Empty title="Nothing matches" text="No work-list fits the filter. Take a part of it away." icon="funnel"/> }.into_any()
        } else {
            let table = worklist_table(&root, &page.rows, true);
            view! { <Card>{table}</Card> }.into_any()
        };
        view! { {chips(&here, &page, filter)}{form(&here, &page, filter)}{table} }.into_any()
    };
    view! {
        <PageTitle text="Work-lists"/>
        <PageHead title="Work-lists" meta=meta.into_any()/>
        {body}
    }
    .into_any()
}

fn chips(here: &str, page: &Page, filter: &WorklistFilter) -> AnyView {
    let chip = |label: &str, state: &str, count: u64| {
        let owner = if filter.owner.is_empty() { String::new() } else { format!("&owner={}", encoded(&filter.owner)) };
        Chip {
            label: label.to_owned(),
            href: format!("{here}?state={state}{owner}"),
            count: usize::try_from(count).ok(),
            on: filter.state == state,
        }
    };
    let chips = vec![
        chip("all", "", page.open + page.closed),
        chip("open", "open", page.open),
        chip("closed", "closed", page.closed),
    ];
    view! { <Chips label="Which work-lists" chips=chips/> }.into_any()
}

fn form(here: &str, page: &Page, filter: &WorklistFilter) -> AnyView {
    let named = page.owners.iter().map(|owner| Choice { value: owner.clone(), label: owner.clone() });
    let nobody = Choice { value: "-".into(), label: "nobody".into() };
    let owners = named.chain([nobody]).collect();
    view! {
        <form class="inline-form" role="search" action=here.to_owned()>
            <input type="hidden" name="state" value=filter.state.clone()/>
            <Select name="owner" label="Owner" choices=owners value=filter.owner.clone() none="anybody"/>
            <Button label="Filter" icon="funnel"/>
        </form>
    }
    .into_any()
}

/// Work-lists as a table; `root` is the address of the plan. With `whole` check and state are shown, too.
pub fn worklist_table(root: &str, rows: &[WorklistRow], whole: bool) -> AnyView {
    let mut columns = vec![Column::fit("No."), Column::words("Differences"), Column::number("Records")];
    if whole {
        columns.extend([Column::words("Check"), Column::words("State")]);
    }
    columns.extend([Column::words("Owner"), Column::words("Due"), Column::words("How it stands")]);
    let rows = rows.iter().map(|row| worklist_row(root, row, whole)).collect_view();
    view! { <DataTable caption="Work-lists" columns=columns>{rows}</DataTable> }.into_any()
}

fn worklist_row(root: &str, row: &WorklistRow, whole: bool) -> AnyView {
    let href = format!("{root}/worklists/{}", row.number);
    let run = format!("{root}/runs/{}", row.run_number);
    let more = whole.then(|| {
        view! {
            <td>{row.check.clone()}", "<a class="link" href=run>"run "{row.run_number}</a></td>
            <td>{state_tag(row.open)}</td>
        }
    });
    view! {
        <tr>
            <td class="fit id">{row.number}</td>
            <th scope="row"><a href=href>{row.title.clone()}</a></th>
            <td class="n">{grouped(row.count)}</td>
            {more}
            <td>{owner(row)}</td>
            <td>{due(row)}</td>
            <td class="muted">{row.stands.clone()}</td>
        </tr>
    }
    .into_any()
}

fn owner(row: &WorklistRow) -> AnyView {
    match row.owner.as_str() {
        "" => view! { <span class="muted">"nobody"</span> }.into_any(),
        name => name.to_owned().into_any(),
    }
}

fn due(row: &WorklistRow) -> AnyView {
    if row.due.is_empty() {
        return view! { <span class="muted">"–"</span> }.into_any();
    }
    let late = row.overdue.then(|| view! { " "<Tag label="late" tone=Tone::Bad/> });
    view! { <Time iso=row.due.clone() day=true/>{late} }.into_any()
}

fn state_tag(open: bool) -> AnyView {
    let (label, tone) = if open { ("open", Tone::Warn) } else { ("closed", Tone::Good) };
    view! { <Tag label=label tone=tone/> }.into_any()
}

//! `/p/:key/data`: every data point with where it lives, which copy is right and whether they agree.

use super::{
    api::load_data,
    point::{Opened, grid_href, peek, point_of},
};
use kit::{
    layout::PlanPage,
    ui::{
        ButtonLink, ButtonLook, Card, Chip, Chips, Column, DataTable, Empty, Loaded, PageHead, PageTitle, Pill,
        SkeletonShape, Tag, Tone, Verdict, grouped,
    },
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use rules::PointTruth;
use views::data::{DataGroup, DataPage as Page, DataRow, PointView};

/// What every row of the grid needs to know.
struct GridView<'a> {
    root: &'a str,
    filter: &'a str,
    text: &'a str,
    open: Memo<String>,
    may_edit: bool,
}

/// The grid, and the point opened in it.
#[component]
pub fn DataPage() -> impl IntoView {
    let page = PlanPage::here();
    let query = use_query_map();
    let text_of = move |name: &str| query.read().get(name).unwrap_or_default();
    let filter = Memo::new(move |_| Some(text_of("show")).filter(|f| !f.is_empty()).unwrap_or_else(|| "all".into()));
    let text = Memo::new(move |_| text_of("q"));
    let open = Memo::new(move |_| text_of("open"));
    let data = Resource::new(
        move || (page.key(), page.changes(), filter.get(), text.get()),
        |(key, _, filter, text)| load_data(key, filter, text),
    );
    let opened: Opened = Resource::new(
        move || (page.key(), page.changes(), open.get(), filter.get(), text.get()),
        |(key, _, open, filter, text)| point_of(key, open, filter, text),
    );
    let render = Callback::new(move |data: Page| content(&filter.get_untracked(), &text.get_untracked(), open, data));
    let panel = Callback::new(move |point: Option<PointView>| match point {
        Some(point) => {
            let root = page.href("");
            peek(root.trim_end_matches('/'), &filter.get_untracked(), &text.get_untracked(), point)
        }
        None => ().into_any(),
    });
    view! {
        <div class="split fill data-split">
            <Loaded resource=data shape=SkeletonShape::Rows render=render/>
            <Loaded resource=opened shape=SkeletonShape::Line render=panel/>
        </div>
    }
    .into_any()
}

fn content(filter: &str, text: &str, open: Memo<String>, data: Page) -> AnyView {
    let key = data.head.key.clone();
    let root = format!("/p/{key}");
    let all = data.counts.first().map_or(0, |(_, n)| *n);
    let meta = view! {
        <span>{format!("{all} points")}</span>
        <span>{format!("{} of {} with a truth", data.coverage.agreed, data.coverage.points)}</span>
        <span>{rules::count(data.coverage.conflicts, "open conflict", "open conflicts")}</span>
    }
    .into_any();
    let actions = data.head.may_edit.then(|| {
        let back = format!("{root}/data");
        view! {
            <ButtonLink href=format!("{root}/items/business_object/new?back={back}") label="New object"/>
            <ButtonLink href=format!("{root}/items/data_point/new?back={back}") label="New point" look=ButtonLook::Primary icon="plus"/>
        }
        .into_any()
    });
    let chips = data.counts.iter().map(|(name, count)| chip(&root, name, *count, filter)).collect();
    let body = if data.groups.is_empty() {
        empty(&root, all, data.head.may_edit)
    } else {
        let view = GridView { root: &root, filter, text, open, may_edit: data.head.may_edit };
        grid(&view, data.groups)
    };
    view! {
        <PageTitle text="Data points"/>
        <PageHead title="Data points" meta=meta actions=actions.unwrap_or_else(|| ().into_any())/>
        <div class="filter-bar">
            <Chips label="Show" chips=chips/>
            <form class="filter end" role="search" action=format!("{root}/data")>
                <input type="hidden" name="show" value=filter.to_owned()/>
                <label class="visually-hidden" for="filter">"Filter"</label>
                <input class="input" id="filter" type="search" name="q" value=text.to_owned() placeholder="Filter by name or meaning"/>
            </form>
        </div>
        {body}
    }
    .into_any()
}

fn chip(root: &str, name: &str, count: u64, on: &str) -> Chip {
    let label = match name {
        "undecided" => "Without truth",
        "conflicts" => "Conflicts",
        "differs" => "Differs",
        "unchecked" => "Unchecked",
        _ => "All",
    };
    Chip {
        label: label.into(),
        href: format!("{root}/data?show={name}"),
        count: Some(usize::try_from(count).unwrap_or(usize::MAX)),
        on: name == on,
    }
}

fn empty(root: &str, all: u64, may_edit: bool) -> AnyView {
    if all > 0 {
        return view! { <Empty title="Nothing here" text="No data point fits this filter. Choose “All” to see every one."/> }
            .into_any();
    }
    let action = may_edit.then(|| {
        view! { <ButtonLink href=format!("{root}/items/business_object/new") label="Add the first object" look=ButtonLook::Primary/> }
            .into_any()
    });
    view! {
        <Empty
            title="No data points yet"
            text="An integration moves facts from where they are right to where they are needed. Name the business objects first, then the facts about each."
            action=action.unwrap_or_else(|| ().into_any())
        />
    }
    .into_any()
}

fn grid(view: &GridView<'_>, groups: Vec<DataGroup>) -> AnyView {
    let columns = vec![
        Column::fit("Id"),
        Column::words("Name"),
        Column::words("Type"),
        Column::words("Where it lives"),
        Column::words("Source of truth"),
        Column::words("Sync"),
        Column::words("Class"),
    ];
    let bodies = groups.into_iter().map(|group| group_rows(view, group)).collect_view();
    view! {
        <Card class="grid-card">
            <DataTable caption="Data points by business object" columns=columns class="lines sticky data-grid" groups=true>{bodies}</DataTable>
        </Card>
    }
    .into_any()
}

fn group_rows(view: &GridView<'_>, group: DataGroup) -> AnyView {
    let root = view.root;
    let count = match group.rows.len() {
        0 => "no point yet".to_owned(),
        1 => "1 point".to_owned(),
        n => format!("{n} points"),
    };
    let name = if group.key.is_empty() {
        group.name.clone().into_any()
    } else {
        view! { <a href=format!("{root}/items/business_object/{}", group.key)>{group.name.clone()}</a> }.into_any()
    };
    let add = group.object.filter(|_| view.may_edit).map(|id| {
        let href = format!("{root}/items/data_point/new?object={id}&back={root}/data");
        view! { " "<a class="link" href=href>"add a point"</a> }
    });
    let rows = group.rows.into_iter().map(|row| point_row(view, row)).collect_view();
    view! {
        <tbody>
            <tr class="group"><td colspan="7">{name}" "<span class="muted">{count}</span>{add}</td></tr>
            {rows}
        </tbody>
    }
    .into_any()
}

fn point_row(view: &GridView<'_>, row: DataRow) -> AnyView {
    let (open, key) = (view.open, row.key.clone());
    let href = grid_href(view.root, view.filter, view.text, &row.key);
    let places = places(view, &row, &href);
    // What is too long for its column is read on hover.
    let (name, truths) = (row.name.clone(), row.truth_in.join(" / "));
    let truth = truth(view.root, &row);
    let verdict = verdict(view.root, &row);
    let class = (!row.class.is_empty()).then(|| view! { <Pill label=row.class.clone()/> });
    let errors = (row.errors > 0).then(|| view! { " "<Pill label=format!("{}", row.errors) tone=Tone::Bad/> });
    view! {
        <tr class:open=move || open.get() == key>
            <td class="id"><a href=format!("{}/items/data_point/{}", view.root, row.key)>{row.key.clone()}</a></td>
            <td title=name><a href=href title=row.definition>{row.name}</a>{errors}</td>
            <td class="muted">{row.logical_type}</td>
            <td>{places}</td>
            <td title=truths>{truth}</td>
            <td>{verdict}</td>
            <td>{class}</td>
        </tr>
    }
    .into_any()
}

/// The first field, and how many more there are; each leads to the list, or to the form for the first.
fn places(view: &GridView<'_>, row: &DataRow, href: &str) -> AnyView {
    match row.places.split_first() {
        None if view.may_edit => {
            let new = format!("{0}/items/occurrence/new?data_point={1}&back={0}/data", view.root, row.id);
            view! { <a class="muted" href=new title="Say where it lives">"nowhere"</a> }.into_any()
        }
        None => view! { <span class="muted">"nowhere"</span> }.into_any(),
        Some(((_, field), rest)) => {
            let all: Vec<_> = row.places.iter().map(|(i, f)| format!("{i} {f}")).collect();
            let more = (!rest.is_empty())
                .then(|| view! { " "<a class="muted" href=href.to_owned() title=all.join(", ")>{format!("+{}", rest.len())}</a> });
            view! { <span class="mono">{field.clone()}{more}</span> }.into_any()
        }
    }
}

fn truth(root: &str, row: &DataRow) -> AnyView {
    let names = row.truth_in.join(" / ");
    match row.truth {
        PointTruth::Agreed(_) => view! { <Tag label=names tone=Tone::Good icon="v-in-sync"/> }.into_any(),
        PointTruth::Proposed(_) => {
            view! { <Tag label=format!("{names} (proposed)") tone=Tone::Warn icon="v-by-rule"/> }.into_any()
        }
        PointTruth::Conflict(_) => {
            view! { <Tag label=names tone=Tone::Bad icon="v-differs" href=format!("{root}/truth#conflicts")/> }
                .into_any()
        }
        PointTruth::Undecided if row.out_of_scope => view! { <span class="muted">"out of scope"</span> }.into_any(),
        PointTruth::Undecided => {
            let new = format!("{root}/items/truth/new?data_point={}&back={root}/data", row.id);
            view! { <Tag label="undecided" tone=Tone::Off icon="v-missing" href=new/> }.into_any()
        }
    }
}

/// The worst verdict with its figure; it leads to the run it rests on.
fn verdict(root: &str, row: &DataRow) -> AnyView {
    let count = grouped(row.count);
    let text = match row.verdict {
        rules::Verdict::Differs => format!("{count} differ"),
        rules::Verdict::Missing if row.count > 0 => format!("{count} missing"),
        rules::Verdict::Duplicate if row.count > 0 => format!("{count} duplicate"),
        rules::Verdict::Unknown => "unchecked".to_owned(),
        other => other.label().to_owned(),
    };
    let href = row.run.map_or_else(|| format!("{root}/sync"), |number| format!("{root}/runs/{number}"));
    view! { <Verdict word=row.verdict.label() text=text href=href/> }.into_any()
}

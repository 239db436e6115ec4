//! `/p/:key/connections/:id`: what a connected system holds: its tables, the columns of one with where they stand in
//! the plan, a few rows; and columns taken over as fields of data points.

use super::api::{RecordColumns, load_schema};
use kit::{
    error::field_error,
    layout::PlanPage,
    ui::{
        Button, ButtonLink, ButtonLook, Card, CellSelect, Choice, Column, DataTable, Empty, Loaded, Notice, PageHead,
        PageTitle, Select, SkeletonShape, Tag, Tone, grouped,
    },
};
use leptos::{form::ActionForm, prelude::*};
use leptos_router::hooks::{use_params_map, use_query_map};
use views::schema::{OpenTable, SchemaColumn, SchemaPage as Page};

/// The page.
#[component]
pub fn SchemaPage() -> impl IntoView {
    let page = PlanPage::here();
    let (params, asked) = (use_params_map(), use_query_map());
    let connection = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let table = Memo::new(move |_| asked.read().get("table").unwrap_or_default());
    let object = Memo::new(move |_| asked.read().get("object").unwrap_or_default());
    let record = ServerAction::<RecordColumns>::new();
    let schema = Resource::new(
        move || (page.key(), connection.get(), table.get(), object.get(), record.version().get()),
        |(key, connection, table, object, _)| load_schema(key, connection, table, object),
    );
    let recorded = Memo::new(move |_| asked.read().get("recorded").and_then(|n| n.parse::<u64>().ok()));
    let render = Callback::new(move |page: Page| content(&page, record, recorded));
    view! { <Loaded resource=schema shape=SkeletonShape::Rows render=render/> }.into_any()
}

fn content(page: &Page, record: ServerAction<RecordColumns>, recorded: Memo<Option<u64>>) -> AnyView {
    let root = format!("/p/{}", page.head.key);
    let fields = format!("{root}/items/occurrence");
    let done = move || {
        let fields = fields.clone();
        let title = format!("{} recorded", many(recorded.get()?, "field was", "fields were"));
        Some(view! { <Notice tone=Tone::Good title=title>"All of the plan: "<a href=fields>"Occurrences"</a></Notice> })
    };
    let title = format!("Tables of {}", page.name);
    let back = view! { <ButtonLink href=format!("{root}/connections#c-{}", page.connection) label="Back to the connections"/> };
    let meta = view! { <span>{many(page.tables.len() as u64, "table", "tables")}</span> }.into_any();
    let trouble = page.trouble.clone().map(|words| view! { <Notice tone=Tone::Bad title="Not read">{words}</Notice> });
    let body = if page.may_edit {
        let tables = tables(page);
        let open = page.open.as_ref().map(|open| table(page, open, record));
        view! { {tables}{open} }.into_any()
    } else {
        view! {
            <Notice tone=Tone::Info title="Only editors ask the system">
                "What the plan records of its fields is on the pages of data. Asking the system itself needs the role editor in a plan that can be changed."
            </Notice>
        }
        .into_any()
    };
    view! {
        <PageTitle text=title.clone()/>
        <PageHead title=title meta=meta actions=back.into_any()/>
        <div aria-live="polite">{done}</div>
        {trouble}
        {body}
    }
    .into_any()
}

fn many(n: u64, one: &str, more: &str) -> String {
    format!("{} {}", grouped(n), if n == 1 { one } else { more })
}

fn here(page: &Page, table: &str) -> String {
    let object = if page.object.is_empty() { String::new() } else { format!("&object={}", page.object) };
    format!("/p/{}/connections/{}?table={}{object}", page.head.key, page.connection, kit::next::encoded(table))
}

fn tables(page: &Page) -> AnyView {
    if page.tables.is_empty() {
        let empty = page.trouble.is_none().then(|| {
            view! { <Empty title="No table" text="The system answers, and this user may read no table of it." icon="table"/> }
        });
        return view! { {empty} }.into_any();
    }
    let rows = page
        .tables
        .iter()
        .map(|t| {
            let on = page.open.as_ref().is_some_and(|open| open.name == t.name);
            let href = here(page, &t.name);
            view! {
                <tr>
                    <th scope="row"><a class="mono" href=href aria-current=on.then_some("true")>{t.name.clone()}</a></th>
                    <td class="n">{grouped(t.columns as u64)}</td>
                    <td class="n">{t.rows.map_or_else(|| "not said".to_owned(), |n| format!("about {}", grouped(n)))}</td>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![Column::words("Table"), Column::number("Columns"), Column::number("Rows")];
    view! { <Card title="Tables"><DataTable caption="Tables" columns=columns>{rows}</DataTable></Card> }.into_any()
}

fn table(page: &Page, open: &OpenTable, record: ServerAction<RecordColumns>) -> AnyView {
    let said = Signal::derive(move || record.value().get());
    let trouble = move || {
        let error = said.get().and_then(Result::err)?;
        let words = error.remainder(&["instance"]).unwrap_or_else(|| "See the marked field.".to_owned());
        Some(view! { <Notice tone=Tone::Bad title="Nothing was recorded">{words}</Notice> })
    };
    let points = Choice::of(&open.points);
    let rows = open.columns.iter().enumerate().map(|(n, c)| column(n, c, &open.name, &points)).collect_view();
    let columns = vec![
        Column::words("Column"),
        Column::words("Type"),
        Column::fit("Key"),
        Column::fit("Empty"),
        Column::words("Data point"),
    ];
    let narrow = view! {
        <form class="inline-form" action=format!("/p/{}/connections/{}", page.head.key, page.connection)>
            <input type="hidden" name="table" value=open.name.clone()/>
            <Select name="object" id="schema-object" label="Propose data points of" choices=Choice::of(&page.objects) value=page.object.clone() none="any object"/>
            <Button label="Propose"/>
        </form>
    };
    let free = open.columns.iter().any(|c| c.bound.is_none());
    let foot = free.then(|| {
        view! {
            <div class="card-foot form-actions">
                <Select name="instance" id="schema-instance" label="The fields belong to" choices=Choice::of(&page.instances) value=page.instance.clone() none="—" required=true error=field_error(said, "instance")/>
                <Button label="Record as fields" look=ButtonLook::Primary disabled=record.pending()/>
            </div>
        }
    });
    let (plan, connection, name) = (page.head.key.clone(), page.connection.to_string(), open.name.clone());
    let (sample, object) = (sample(open), page.object.clone());
    view! {
        <Card title=open.name.clone() note=many(open.columns.len() as u64, "column", "columns") id="columns">
            <div class="card-body">
                <div aria-live="polite">{trouble}</div>
                <p class="muted">"A column becomes a field of the data point chosen beside it. Proposed is what has the same name."</p>
                {narrow}
            </div>
            <ActionForm action=record>
                <input type="hidden" name="plan" value=plan/>
                <input type="hidden" name="connection" value=connection/>
                <input type="hidden" name="table" value=name/>
                <input type="hidden" name="object" value=object/>
                <DataTable caption="Columns" columns=columns>{rows}</DataTable>
                {foot}
            </ActionForm>
        </Card>
        {sample}
    }
    .into_any()
}

fn column(n: usize, column: &SchemaColumn, table: &str, points: &[Choice]) -> AnyView {
    let point = match &column.bound {
        Some(bound) => view! { <a href=bound.href.clone()>{bound.label.clone()}</a> }.into_any(),
        None => {
            let value = column.proposal.clone().unwrap_or_default();
            view! {
                <input type="hidden" name=format!("columns[c{n}]") value=column.name.clone()/>
                <CellSelect name=format!("points[c{n}]") label=format!("Data point of {}", column.name) choices=points.to_vec() value=value table=table none="—"/>
            }
            .into_any()
        }
    };
    let key = column.key.then(|| view! { <Tag label="key" icon="key"/> });
    view! {
        <tr>
            <th scope="row" class="mono">{column.name.clone()}</th>
            <td class="mono">{column.type_name.clone()}</td>
            <td class="fit">{key}</td>
            <td class="fit muted">{if column.nullable { "may be" } else { "never" }}</td>
            <td>{point}</td>
        </tr>
    }
    .into_any()
}

fn sample(open: &OpenTable) -> AnyView {
    let body = if let Some(words) = &open.trouble {
        view! { <p class="card-body">{words.clone()}</p> }.into_any()
    } else if open.rows.is_empty() {
        view! { <p class="card-body">"The table has no rows."</p> }.into_any()
    } else {
        let columns = open.columns.iter().map(|c| Column::words(&c.name)).collect::<Vec<_>>();
        let cell = |value: &Option<String>| match value {
            Some(text) => view! { <td>{text.clone()}</td> }.into_any(),
            None => view! { <td class="faint">"no value"</td> }.into_any(),
        };
        let rows = open
            .rows
            .iter()
            .map(|row| {
                let cells = row.iter().map(cell).collect_view();
                view! { <tr>{cells}</tr> }
            })
            .collect_view();
        view! { <DataTable caption="Rows" columns=columns>{rows}</DataTable> }.into_any()
    };
    let hidden = open.columns.iter().any(|c| c.hidden).then(|| {
        view! { <p class="muted card-body">"Values of personal, confidential and restricted data points are not shown here."</p> }
    });
    view! { <Card title="A few rows" note="as the system gives them">{hidden}{body}</Card> }.into_any()
}

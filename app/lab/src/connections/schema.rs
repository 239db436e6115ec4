//! `/p/:key/connections/:id`: what a connected system holds: its tables, the columns of one with where they stand in
//! the plan, a few rows; and columns taken over as fields of data points.

use super::api::{RecordColumns, TakeOverColumns, load_schema};
use kit::{
    error::{field_error, keep_the_last},
    layout::PlanPage,
    ui::{
        Button, ButtonLink, ButtonLook, Card, CellSelect, Choice, Column, DataTable, Empty, Loaded, Notice, PageHead,
        PageTitle, Select, SkeletonShape, Tag, Tone, grouped, hidden,
    },
};
use leptos::{form::ActionForm, prelude::*};
use leptos_router::hooks::{use_params_map, use_query_map};
use std::collections::BTreeMap;
use views::schema::{Beside, FieldMetadata, OpenTable, SchemaColumn, SchemaPage as Page};

/// The form that buttons within the form of the columns belong to.
const TAKE_OVER: &str = "take-over";

/// What can be done on the page.
#[derive(Clone, Copy)]
struct Actions {
    record: ServerAction<RecordColumns>,
    take: ServerAction<TakeOverColumns>,
}

/// How many fields were recorded or taken over by what led to this address.
#[derive(Clone, Copy)]
struct Done {
    recorded: Memo<Option<u64>>,
    taken: Memo<Option<u64>>,
}

/// The page.
#[component]
pub fn SchemaPage() -> impl IntoView {
    let page = PlanPage::here();
    let (params, asked) = (use_params_map(), use_query_map());
    let connection = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let table = Memo::new(move |_| asked.read().get("table").unwrap_or_default());
    let object = Memo::new(move |_| asked.read().get("object").unwrap_or_default());
    let actions = Actions { record: ServerAction::new(), take: ServerAction::new() };
    let versions = move || [actions.record.version().get(), actions.take.version().get()];
    keep_the_last(versions, [Box::new(move || actions.record.clear()), Box::new(move || actions.take.clear())]);
    let schema = Resource::new(
        move || (page.key(), connection.get(), table.get(), object.get(), versions()),
        |(key, connection, table, object, _)| load_schema(key, connection, table, object),
    );
    let count =
        move |name: &'static str| Memo::new(move |_| asked.read().get(name).and_then(|n| n.parse::<u64>().ok()));
    let done = Done { recorded: count("recorded"), taken: count("taken") };
    let render = Callback::new(move |page: Page| content(&page, actions, done));
    view! { <Loaded resource=schema shape=SkeletonShape::Rows render=render/> }.into_any()
}

fn content(page: &Page, actions: Actions, done: Done) -> AnyView {
    let root = format!("/p/{}", page.head.key);
    let fields = format!("{root}/items/occurrence");
    let done = move || {
        let fields = fields.clone();
        let title = match (done.recorded.get(), done.taken.get()) {
            (Some(n), _) => format!("{} recorded", many(n, "field was", "fields were")),
            (None, n) => format!("{} taken over from the system", many(n?, "field was", "fields were")),
        };
        Some(view! { <Notice tone=Tone::Good title=title>"All of the plan: "<a href=fields>"Occurrences"</a></Notice> })
    };
    let title = format!("Tables of {}", page.name);
    let back = view! { <ButtonLink href=format!("{root}/connections#c-{}", page.connection) label="Back to the connections"/> };
    let meta = view! { <span>{many(page.tables.len() as u64, "table", "tables")}</span> }.into_any();
    let trouble = page.trouble.clone().map(|words| view! { <Notice tone=Tone::Bad title="Not read">{words}</Notice> });
    let body = if page.may_edit {
        let tables = tables(page);
        let open = page.open.as_ref().map(|open| table(page, open, actions));
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

fn table(page: &Page, open: &OpenTable, actions: Actions) -> AnyView {
    let Actions { record, take } = actions;
    let said = Signal::derive(move || record.value().get());
    let trouble = move || {
        let (title, words) = if let Some(error) = said.get().and_then(Result::err) {
            let words = error.remainder(&["instance"]).unwrap_or_else(|| "See the marked field.".to_owned());
            ("Nothing was recorded", words)
        } else {
            ("Nothing was taken over", take.value().get().and_then(Result::err)?.message)
        };
        Some(view! { <Notice tone=Tone::Bad title=title>{words}</Notice> })
    };
    let points = Choice::of(&open.points);
    let has_beside = open.columns.iter().any(|c| c.beside.is_some());
    let row = |(n, c): (usize, &SchemaColumn)| column(n, c, &open.name, &points, has_beside.then_some(take));
    let rows = open.columns.iter().enumerate().map(row).collect_view();
    let mut columns = vec![
        Column::words("Column"),
        Column::words("Type"),
        Column::fit("Key"),
        Column::fit("Empty"),
        Column::words("Data point"),
    ];
    columns.extend(has_beside.then(|| Column::words("Recorded")));
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
    let form = has_beside.then(|| take_over_form(page, open, take));
    view! {
        <Card title=open.name.clone() note=many(open.columns.len() as u64, "column", "columns") end=differences(open, take) id="columns">
            <div class="card-body">
                <div aria-live="polite">{trouble}</div>
                <p class="muted">"A column becomes a field of the data point chosen beside it. Proposed is what has the same name."</p>
                {narrow}
                {form}
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

/// How many fields differ from what is recorded, and the press that takes over everything.
fn differences(open: &OpenTable, take: ServerAction<TakeOverColumns>) -> AnyView {
    let all: Vec<&Beside> = open.columns.iter().filter_map(|c| c.beside.as_ref()).collect();
    let differing = all.iter().filter(|beside| beside.differs).count() as u64;
    let count = (differing > 0).then(|| {
        let words = format!("{} from what is recorded", many(differing, "field differs", "fields differ"));
        view! { <Tag label=words tone=Tone::Warn/> }
    });
    let pending = take.pending();
    let button = (!all.is_empty()).then(|| {
        view! {
            <button type="submit" class="button small" form=TAKE_OVER name="column" value="" disabled=move || pending.get()>
                "Take over all from the system"
            </button>
        }
    });
    view! { {count}{button} }.into_any()
}

/// A form cannot stand within another: this one has what is sent, and its buttons are in the rows.
fn take_over_form(page: &Page, open: &OpenTable, take: ServerAction<TakeOverColumns>) -> AnyView {
    let shown: BTreeMap<&str, &FieldMetadata> =
        open.columns.iter().filter_map(|c| Some((c.name.as_str(), &c.beside.as_ref()?.shown))).collect();
    let shown = serde_json::to_string(&shown).unwrap_or_default();
    let fields = hidden(&[
        ("plan", &page.head.key),
        ("connection", &page.connection.to_string()),
        ("table", &open.name),
        ("object", &page.object),
        ("shown", &shown),
    ]);
    view! { <ActionForm action=take attr:id=TAKE_OVER>{fields}</ActionForm> }.into_any()
}

/// What is recorded beside what the system says, and the press that takes it over.
fn recorded(column: &SchemaColumn, take: ServerAction<TakeOverColumns>) -> AnyView {
    let Some(beside) = &column.beside else { return view! { <td></td> }.into_any() };
    let words = if beside.differs {
        let side = |before: &str, words: &str| match words {
            "" => "without it".to_owned(),
            words => format!("{before}{words}"),
        };
        let words = format!("recorded {}; here {}", side("as ", &beside.recorded), side("", &beside.here));
        view! { <Tag label=words tone=Tone::Warn/> }.into_any()
    } else {
        let words = format!("not recorded: {}; here {}", beside.missing.join(", "), beside.here);
        view! { <span class="muted">{words}</span> }.into_any()
    };
    let (pending, value, name) = (take.pending(), column.name.clone(), column.name.clone());
    view! {
        <td>
            <div class="beside">
                {words}
                <button type="submit" class="button small" form=TAKE_OVER name="column" value=value disabled=move || pending.get()>
                    "Take over from the system"<span class="visually-hidden">": "{name}</span>
                </button>
            </div>
        </td>
    }
    .into_any()
}

/// `take` is there when the table says what is recorded.
fn column(
    n: usize,
    column: &SchemaColumn,
    table: &str,
    points: &[Choice],
    take: Option<ServerAction<TakeOverColumns>>,
) -> AnyView {
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
            {take.map(|take| recorded(column, take))}
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

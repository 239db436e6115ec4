//! `/p/:key/process`: the processes, how far each is walked and what the plan saves.

use super::{api::load_processes, one::hours};
use kit::{
    layout::PlanPage,
    ui::{
        ButtonLink, ButtonLook, Card, Column, DataTable, Empty, Loaded, PageHead, PageTitle, Pill, SkeletonShape, Tag,
        Time, Tone,
    },
};
use leptos::prelude::*;
use views::process::{ProcessRow, ProcessesPage as Page};

/// The processes.
#[component]
pub fn ProcessesPage() -> impl IntoView {
    let page = PlanPage::here();
    let rows = Resource::new(move || (page.key(), page.changes()), |(key, _)| load_processes(key));
    view! { <Loaded resource=rows shape=SkeletonShape::Rows render=Callback::new(content)/> }.into_any()
}

fn content(page: Page) -> AnyView {
    let root = format!("/p/{}", page.head.key);
    let new = format!("{root}/items/process/new?back={root}/process");
    let actions = page.head.may_edit.then(|| {
        view! { <ButtonLink href=new.clone() label="New process" look=ButtonLook::Primary icon="plus"/> }.into_any()
    });
    let body = if page.rows.is_empty() {
        let action = page.head.may_edit.then(|| {
            view! { <ButtonLink href=new label="Add the first process" look=ButtonLook::Primary/> }.into_any()
        });
        view! {
            <Empty
                title="No processes yet"
                text="What people tell about their work and what they do are seldom the same. Record a process as told, then walk through it with those who do it."
                action=action.unwrap_or_else(|| ().into_any())
            />
        }
        .into_any()
    } else {
        let columns = vec![
            Column::fit("Id"),
            Column::words("Process"),
            Column::words("Owner"),
            Column::number("Told"),
            Column::number("Observed"),
            Column::number("To be"),
            Column::words("Walked through"),
            Column::number("Told ≠ observed"),
            Column::number("Hours a month"),
            Column::number("After"),
        ];
        let rows = page.rows.into_iter().map(|row| process_row(&root, row)).collect_view();
        view! { <Card><DataTable caption="Processes" columns=columns>{rows}</DataTable></Card> }.into_any()
    };
    view! {
        <PageTitle text="Processes"/>
        <PageHead title="Processes" actions=actions.unwrap_or_else(|| ().into_any())/>
        {body}
    }
    .into_any()
}

fn process_row(root: &str, row: ProcessRow) -> AnyView {
    let walked = match row.walked_on {
        Some(day) => view! { <Time iso=day/> }.into_any(),
        None => view! { <Tag label="never" tone=Tone::Warn/> }.into_any(),
    };
    let errors = (row.errors > 0).then(|| view! { " "<Pill label=row.errors.to_string() tone=Tone::Bad/> });
    view! {
        <tr>
            <td class="id">{row.key.clone()}</td>
            <td><a href=format!("{root}/process/{}", row.key)>{row.name}</a>{errors}</td>
            <td>{row.owner}</td>
            <td class="n">{row.steps[0]}</td>
            <td class="n">{row.steps[1]}</td>
            <td class="n">{row.steps[2]}</td>
            <td>{walked}</td>
            <td class="n">{row.differences}</td>
            <td class="n">{hours(row.minutes.0)}</td>
            <td class="n">{hours(row.minutes.1)}</td>
        </tr>
    }
    .into_any()
}

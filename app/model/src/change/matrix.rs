//! `/p/:key/change`: which message reaches which team, derived from the lanes that change.

use super::api::load_change;
use domain::Choices;
use kit::{
    layout::PlanPage,
    ui::{ButtonLink, ButtonLook, Card, Column, DataTable, Empty, Loaded, PageHead, PageTitle, Tag, Time, Tone},
};
use leptos::prelude::*;
use views::process::{ChangePage as Page, CoverageView, MessageRow};

/// The change page.
#[component]
pub fn ChangePage() -> impl IntoView {
    let page = PlanPage::here();
    let change = Resource::new(move || (page.key(), page.changes()), |(key, _)| load_change(key));
    view! { <Loaded resource=change render=Callback::new(content)/> }.into_any()
}

fn content(page: Page) -> AnyView {
    let root = format!("/p/{}", page.head.key);
    let back = format!("back={root}/change");
    let meta = view! {
        <span>{format!("{} of {} affected teams hear of it before go-live", page.told.0, page.told.1)}</span>
        <a class="link" href=format!("{root}/items/team")>"Teams"</a>
        <a class="link" href=format!("{root}/items/impact")>"Impacts"</a>
    }
    .into_any();
    let actions = page.head.may_edit.then(|| {
        view! {
            <ButtonLink href=format!("{root}/items/impact/new?{back}") label="Rate an impact"/>
            <ButtonLink href=format!("{root}/items/communication/new?{back}") label="New message" look=ButtonLook::Primary icon="plus"/>
        }
        .into_any()
    });
    let may_edit = page.head.may_edit;
    let matrix = if page.rows.is_empty() {
        let action = may_edit.then(|| view! { <ButtonLink href=format!("{root}/process") label="Draw the processes" look=ButtonLook::Primary/> }.into_any());
        view! {
            <Empty
                title="Nobody's work changes yet"
                text="Teams appear here as soon as a process has a picture of today and one of how it will be. Everyone whose lane changes needs to be told."
                action=action.unwrap_or_else(|| ().into_any())
            />
        }
        .into_any()
    } else {
        matrix(&root, page.rows, may_edit)
    };
    let messages = messages(&root, page.messages);
    view! {
        <PageTitle text="Change"/>
        <PageHead title="Change and communications" meta=meta actions=actions.unwrap_or_else(|| ().into_any())/>
        {matrix}{messages}
    }
    .into_any()
}

fn matrix(root: &str, rows: Vec<CoverageView>, may_edit: bool) -> AnyView {
    let mut columns = vec![Column::words("Team"), Column::words("What changes")];
    if let Some(first) = rows.first() {
        columns.extend(first.stages.iter().map(|(stage, _)| Column::words(stage.label())));
    }
    columns.extend([Column::words("Other"), Column::words("Told in time"), Column::words("Project / team")]);
    let rows = rows.into_iter().map(|row| team_row(root, row, may_edit)).collect_view();
    view! {
        <Card title="Who hears what" note="team × stage of change, derived from the lanes that change">
            <DataTable caption="Messages by team and stage" columns=columns class="matrix">{rows}</DataTable>
        </Card>
    }
    .into_any()
}

fn team_row(root: &str, row: CoverageView, may_edit: bool) -> AnyView {
    let link = |(key, name): (String, String)| {
        let href = format!("{root}/items/communication/{key}");
        view! { <a class="mono" href=href title=name>{key}</a>" " }
    };
    let stages = row
        .stages
        .into_iter()
        .map(|(stage, messages)| {
            let gap = row.affected && messages.is_empty();
            let class = match (messages.is_empty(), gap) {
                (false, _) => "cell covered",
                (true, true) => "cell gap",
                (true, false) => "cell none",
            };
            let add = (gap && may_edit).then(|| {
                let href = format!(
                    "{root}/items/communication/new?audience={}&stage={}&back={root}/change",
                    row.team,
                    stage.code()
                );
                view! { <a class="link" href=href>"add"</a> }
            });
            let empty = (gap && !may_edit).then_some("none");
            view! { <td class=class>{messages.into_iter().map(link).collect_view()}{add}{empty}</td> }
        })
        .collect_view();
    let others = row.others.into_iter().map(link).collect_view();
    let told = match (row.affected, row.told_in_time) {
        (_, true) => view! { <Tag label="yes" tone=Tone::Good/> }.into_any(),
        (true, false) => view! { <Tag label="no" tone=Tone::Bad/> }.into_any(),
        (false, false) => view! { <span class="muted">"not affected"</span> }.into_any(),
    };
    let ratings = row
        .ratings
        .into_iter()
        .map(|(href, words)| view! { <a class="link" href=href title="Open the impact">{words}</a>" " })
        .collect_view();
    view! {
        <tr>
            <th scope="row">{row.name}</th>
            <td class="muted">{row.why}</td>
            {stages}
            <td class="cell">{others}</td>
            <td>{told}</td>
            <td class="num">{ratings}</td>
        </tr>
    }
    .into_any()
}

fn messages(root: &str, rows: Vec<MessageRow>) -> Option<AnyView> {
    if rows.is_empty() {
        return None;
    }
    let columns = vec![
        Column::fit("Id"),
        Column::words("Message"),
        Column::words("For"),
        Column::words("Sender and channel"),
        Column::words("Owner"),
        Column::words("Date"),
        Column::words("Status"),
    ];
    let rows = rows
        .into_iter()
        .map(|m| {
            let date = match m.date {
                Some(day) => view! { <Time iso=day/> }.into_any(),
                None => view! { <Tag label="no date" tone=Tone::Warn/> }.into_any(),
            };
            view! {
                <tr>
                    <td class="id">{m.key.clone()}</td>
                    <td><a href=format!("{root}/items/communication/{}", m.key)>{m.name}</a></td>
                    <td>{m.audience}</td>
                    <td class="muted">{m.way}</td>
                    <td>{m.owner}</td>
                    <td>{date}</td>
                    <td>{m.status}</td>
                </tr>
            }
        })
        .collect_view();
    Some(view! { <Card title="Messages"><DataTable caption="Messages by date" columns=columns>{rows}</DataTable></Card> }.into_any())
}

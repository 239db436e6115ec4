//! `/p/:key/truth`: which copy is right for each data point, and where people disagree.

use super::api::load_truth;
use crate::{
    layout::PlanPage,
    ui::{
        ButtonLink, ButtonLook, Card, Column, DataTable, Empty, Icon, Loaded, Notice, PageHead, PageTitle, Time, Tone,
    },
};
use leptos::prelude::*;
use views::data::{BoardRow, ConflictCard, TruthCell, TruthPage as Page};

/// The truth board.
#[component]
pub fn TruthPage() -> impl IntoView {
    let page = PlanPage::here();
    let board = Resource::new(move || (page.key(), page.changes()), |(key, _)| load_truth(key));
    view! { <Loaded resource=board render=Callback::new(content)/> }.into_any()
}

fn content(board: Page) -> AnyView {
    let root = format!("/p/{}", board.head.key);
    let meta = view! {
        <span>{format!("{} of {} points have an agreed truth", board.coverage.agreed, board.coverage.points)}</span>
    }
    .into_any();
    let may_edit = board.head.may_edit;
    let actions = may_edit.then(|| {
        view! {
            <ButtonLink href=format!("{root}/items/record_role/new?back={root}/truth") label="New record role"/>
            <ButtonLink href=format!("{root}/items/truth/new?back={root}/truth") label="Propose a truth" look=ButtonLook::Primary icon="plus"/>
        }
        .into_any()
    });
    let conflicts = board.conflicts.into_iter().map(|c| conflict(&root, c, may_edit)).collect_view();
    let body = if board.rows.is_empty() {
        view! {
            <Empty title="Nothing to decide yet" text="For each data point there has to be one copy that is right. List data points and where they live, then decide here."/>
        }
        .into_any()
    } else {
        matrix(&root, &board.instances, board.rows)
    };
    let records = records(&root, &board.instances, board.records);
    view! {
        <PageTitle text="Sources of truth"/>
        <PageHead title="Sources of truth" meta=meta actions=actions.unwrap_or_else(|| ().into_any())/>
        <div id="conflicts">{conflicts}</div>
        {body}
        {records}
    }
    .into_any()
}

fn matrix(root: &str, instances: &[String], rows: Vec<BoardRow>) -> AnyView {
    let mut columns = vec![Column::words("Data point")];
    columns.extend(instances.iter().map(|name| Column::words(name)));
    let rows = rows
        .into_iter()
        .map(|row| {
            let cells = row.cells.into_iter().map(cell).collect_view();
            let name = if row.object.is_empty() { row.name } else { format!("{} · {}", row.object, row.name) };
            view! { <tr><th scope="row"><a href=format!("{root}/items/data_point/{}", row.key)>{name}</a></th>{cells}</tr> }
        })
        .collect_view();
    view! {
        <Card title="Which copy is right" note="right · proposed · disputed · copy">
            <DataTable caption="Data points by instance" columns=columns class="truth-board">{rows}</DataTable>
        </Card>
    }
    .into_any()
}

fn cell(cell: TruthCell) -> AnyView {
    let (class, icon, words) = match cell {
        TruthCell::None => return view! { <td class="cell none"></td> }.into_any(),
        TruthCell::Copy => ("cell copy", "v-missing", "copy"),
        TruthCell::Truth => ("cell truth", "v-in-sync", "right"),
        TruthCell::Proposed => ("cell proposed", "v-equal-by-rule", "proposed"),
        TruthCell::Conflict => ("cell conflict", "v-differs", "disputed"),
    };
    view! { <td class=class><Icon name=icon title=words/></td> }.into_any()
}

fn conflict(root: &str, card: ConflictCard, may_edit: bool) -> AnyView {
    let open = card.conflict.open();
    let point = card.conflict.point;
    let age = match card.days {
        0 => "since today".to_owned(),
        1 => "for 1 day".to_owned(),
        n => format!("for {n} days"),
    };
    let title = if open {
        format!("{}: two say they are right, {age}", card.point)
    } else {
        format!("{}: settled", card.point)
    };
    let candidates = card
        .candidates
        .into_iter()
        .map(|c| {
            let by = if c.agreed_by.is_empty() { "nobody yet".to_owned() } else { c.agreed_by };
            let why = if c.rationale.is_empty() { "no reason given".to_owned() } else { c.rationale };
            view! {
                <div class="candidate">
                    <b><a href=format!("{root}/items/truth/{}", c.key)>{c.place}</a></b>
                    <span class="muted">"for "{c.scope}</span>
                    <p class="prose">{why}</p>
                    <span class="muted">"agreed by "{by}" · "<Time iso=c.at.to_string()/></span>
                </div>
            }
        })
        .collect_view();
    let tone = if open { Tone::Bad } else { Tone::Good };
    let settled = card.settled.map(|words| view! { <p class="prose">{words}</p> });
    let resolve = (open && may_edit).then(|| {
        let href = format!("{root}/items/resolution/new?data_point={point}&back={root}/truth");
        view! { <ButtonLink href=href label="Resolve…" look=ButtonLook::Primary/> }
    });
    view! { <Notice tone=tone title=title><div class="candidates">{candidates}</div>{settled}{resolve}</Notice> }
        .into_any()
}

fn records(root: &str, instances: &[String], rows: Vec<(String, Vec<String>)>) -> Option<AnyView> {
    if rows.is_empty() {
        return None;
    }
    let mut columns = vec![Column::words("Business object")];
    columns.extend(instances.iter().map(|name| Column::words(name)));
    let rows = rows
        .into_iter()
        .map(|(object, roles)| {
            let cells = roles.into_iter().map(|role| view! { <td>{role}</td> }).collect_view();
            view! { <tr><th scope="row">{object}</th>{cells}</tr> }
        })
        .collect_view();
    let all = view! { <a class="link" href=format!("{root}/items/record_role")>"All record roles"</a> }.into_any();
    Some(
        view! {
            <Card title="Systems of record" note="where a business object is created and maintained" end=all>
                <DataTable caption="Systems of record by business object" columns=columns>{rows}</DataTable>
            </Card>
        }
        .into_any(),
    )
}

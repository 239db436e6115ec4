//! `/p/:key/truth`: which copy is right for each data point, and where people disagree.

use super::{api::load_truth, settle::SettleForm};
use kit::{
    layout::PlanPage,
    ui::{
        ButtonLink, ButtonLook, Card, Column, DataTable, Empty, Icon, Loaded, Notice, PageHead, PageTitle, Time, Tone,
    },
};
use leptos::prelude::*;
use views::data::{BoardCell, BoardRow, ConflictCard, RecordRow, TruthCell, TruthPage as Page};

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
        <a class="link" href=format!("{root}/items/scope")>"Scopes"</a>
        <a class="link" href=format!("{root}/items/resolution")>"Resolutions"</a>
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
        let action = may_edit.then(|| {
            view! { <ButtonLink href=format!("{root}/data") label="List data points" look=ButtonLook::Primary/> }
                .into_any()
        });
        view! {
            <Empty
                title="Nothing to decide yet"
                text="For each data point there has to be one copy that is right. List data points and where they live, then decide here."
                action=action.unwrap_or_else(|| ().into_any())
            />
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
        <Card title="Which copy is right" end=legend()>
            <DataTable caption="Data points by instance" columns=columns class="truth-board">{rows}</DataTable>
        </Card>
    }
    .into_any()
}

/// The signs of the board with their words.
fn legend() -> AnyView {
    let signs = [TruthCell::Truth, TruthCell::Proposed, TruthCell::Conflict, TruthCell::Copy]
        .into_iter()
        .map(|state| {
            let (icon, tone, words) = look(state);
            view! { <span class=format!("tag {tone}")><Icon name=icon/>{words}</span> }
        })
        .collect_view();
    view! { <span class="legend">{signs}</span> }.into_any()
}

/// Sign, tone and word of what stands in a cell.
pub(super) fn look(state: TruthCell) -> (&'static str, &'static str, &'static str) {
    match state {
        TruthCell::None => ("v-unknown", "off", "not there"),
        TruthCell::Copy => ("v-missing", "off", "copy"),
        TruthCell::Truth => ("v-in-sync", "good", "right"),
        TruthCell::Proposed => ("v-by-rule", "warn", "proposed"),
        TruthCell::Conflict => ("v-differs", "bad", "disputed"),
    }
}

fn cell(cell: BoardCell) -> AnyView {
    let class = match cell.state {
        TruthCell::None => return view! { <td class="cell none"></td> }.into_any(),
        TruthCell::Copy => "cell copy",
        TruthCell::Truth => "cell truth",
        TruthCell::Proposed => "cell proposed",
        TruthCell::Conflict => "cell conflict",
    };
    let (icon, _, words) = look(cell.state);
    let sign = match cell.href {
        Some(href) => view! { <a href=href aria-label=words title=words><Icon name=icon/></a> }.into_any(),
        None => view! { <Icon name=icon title=words/> }.into_any(),
    };
    view! { <td class=class>{sign}</td> }.into_any()
}

fn conflict(root: &str, card: ConflictCard, may_edit: bool) -> AnyView {
    let open = card.conflict.open();
    let age = match card.days {
        0 => "since today".to_owned(),
        1 => "for 1 day".to_owned(),
        n => format!("for {n} days"),
    };
    let title = if open {
        format!("{}: {}, {age}", card.point, card.conflict.kind.label().to_lowercase())
    } else {
        format!("{}: settled", card.point)
    };
    let links = card
        .links
        .iter()
        .filter(|_| open)
        .map(|(words, href)| view! { <ButtonLink href=href.clone() label=words.clone()/> })
        .collect_view();
    let form =
        (open && may_edit && card.candidates.len() > 1).then(|| view! { <SettleForm root=root card=card.clone()/> });
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
    view! {
        <Notice tone=tone title=title>
            <div class="candidates">{candidates}</div>
            {settled}<div class="form-end">{links}</div>{form}
        </Notice>
    }
    .into_any()
}

fn records(root: &str, instances: &[String], rows: Vec<RecordRow>) -> Option<AnyView> {
    if rows.is_empty() {
        return None;
    }
    let mut columns = vec![Column::words("Business object")];
    columns.extend(instances.iter().map(|name| Column::words(name)));
    let rows = rows
        .into_iter()
        .map(|row| {
            let cells = row.roles.into_iter().map(|role| view! { <td>{role}</td> }).collect_view();
            let href = format!("{root}/items/business_object/{}", row.key);
            view! { <tr><th scope="row"><a href=href>{row.name}</a></th>{cells}</tr> }
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

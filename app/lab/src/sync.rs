//! `/p/:key/sync`: what is synchronised and what is not, the checks that say so, the systems they read.

mod api;

pub use api::StartCheck;

use super::{connections::adapter_words, worklists::worklist_table};
use api::load_sync;
use domain::{Choices, Run, RunState, entity::ClaimedState};
use kit::{
    AppError,
    layout::PlanPage,
    next::encoded,
    ui::{
        Button, ButtonLink, ButtonLook, Card, Column, DataTable, Empty, Loaded, Notice, PageHead, PageTitle, Tag, Time,
        Tone, Verdict, grouped,
    },
};
use leptos::{form::ActionForm, prelude::*};
use rules::PointVerdict;
use server_fn::ServerFn;
use views::sync::{CheckRow, ScheduleState, SyncPage as Page, VerdictRow};

/// The page.
#[component]
pub fn SyncPage() -> impl IntoView {
    let page = PlanPage::here();
    let start = ServerAction::<StartCheck>::new();
    let sync = Resource::new(move || (page.key(), page.changes(), start.version().get()), |(key, ..)| load_sync(key));
    let render = Callback::new(move |sync: Page| content(sync, start));
    view! { <Trouble action=start/><Loaded resource=sync render=render/> }.into_any()
}

/// Why something was not done.
#[component]
pub fn Trouble<S>(
    /// What was to be done.
    action: ServerAction<S>,
) -> impl IntoView
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    let said = move || {
        action.value().get().and_then(Result::err).map(|e| view! { <Notice tone=Tone::Bad>{e.message}</Notice> })
    };
    view! { <div aria-live="polite">{said}</div> }
}

fn content(sync: Page, start: ServerAction<StartCheck>) -> AnyView {
    let root = format!("/p/{}", sync.head.key);
    let meta = view! { <span>{summary(&sync.matrix)}</span> }.into_any();
    let new_check = format!("{root}/checks/new");
    let designs = sync.may_edit && !sync.connections.is_empty();
    let actions = view! {
        <ButtonLink href=format!("{root}/connections") label="Connections" icon="server"/>
        {designs.then(|| view! { <ButtonLink href=new_check.clone() label="New check" look=ButtonLook::Primary icon="plus"/> })}
    }
    .into_any();
    let worklists = (!sync.worklists.is_empty()).then(|| {
        let count = sync.worklists.len();
        let title = if count == 1 { "1 open work-list".to_owned() } else { format!("{count} open work-lists") };
        let end = view! { <a class="link" href=format!("{root}/worklists")>"All work-lists"</a> }.into_any();
        let table = worklist_table(&root, &sync.worklists, true);
        view! { <Card title=title end=end>{table}</Card> }.into_any()
    });
    let body = if sync.matrix.is_empty() && sync.checks.is_empty() {
        empty(&root, &sync)
    } else {
        view! {
            {matrix(&root, &sync)}
            {checks(&root, sync.checks, sync.may_edit, start)}
            {worklists}
        }
        .into_any()
    };
    let connections = sources(&root, &sync.connections);
    view! {
        <PageTitle text="Sync"/>
        <PageHead title="Is it synchronised?" meta=meta actions=actions/>
        {body}
        {connections}
    }
    .into_any()
}

/// "6 of 14 copies are in sync · 5 differ · 2 kept by hand".
fn summary(matrix: &[VerdictRow]) -> String {
    let all: Vec<_> = matrix.iter().flat_map(|row| &row.cells).flatten().map(|cell| cell.verdict).collect();
    if all.is_empty() {
        return "Nothing compared yet".to_owned();
    }
    let good = all.iter().filter(|v| v.synchronised()).count();
    let others = [
        (rules::Verdict::Differs, "differ"),
        (rules::Verdict::Missing, "with records missing"),
        (rules::Verdict::Duplicate, "with duplicates"),
        (rules::Verdict::Coincident, "kept by hand"),
        (rules::Verdict::Unknown, "unknown"),
    ];
    let mut words = vec![format!("{good} of {} copies are in sync", all.len())];
    words.extend(others.iter().filter_map(|(verdict, word)| {
        let n = all.iter().filter(|v| *v == verdict).count();
        (n > 0).then(|| format!("{n} {word}"))
    }));
    words.join(" · ")
}

fn empty(root: &str, sync: &Page) -> AnyView {
    let text = "“Synchronised” often means that somebody retypes it on Fridays. \
                Connect two test systems or load two files, and find out before anything new is built on it.";
    let (href, label) = if sync.connections.is_empty() {
        (format!("{root}/connections"), "Connect a test system")
    } else {
        (format!("{root}/checks/new"), "Design a check")
    };
    if !sync.may_edit && !sync.may_connect {
        return view! { <Empty title="Nothing compared yet" text=text icon="refresh-cw"/> }.into_any();
    }
    let action = view! { <ButtonLink href=href label=label look=ButtonLook::Primary icon="plus"/> }.into_any();
    view! { <Empty title="Nothing compared yet" text=text icon="refresh-cw" action=action/> }.into_any()
}

fn matrix(root: &str, sync: &Page) -> AnyView {
    if sync.matrix.is_empty() {
        let claim = format!("{root}/items/sync_claim/new?back={root}/sync");
        let claim = match sync.may_edit {
            true => view! { <a class="link" href=claim>"record what is claimed"</a> }.into_any(),
            false => "record what is claimed".into_any(),
        };
        return view! {
            <Notice tone=Tone::Info title="No verdict yet">
                "A verdict needs a data point on both sides: name data points in the pairs of a check, or "{claim}"."
            </Notice>
        }
        .into_any();
    }
    let mut columns = vec![Column::words("Object"), Column::words("Data point")];
    columns.extend(sync.pairs.iter().map(|pair| Column::words(pair)));
    let mut last = String::new();
    let rows = sync
        .matrix
        .iter()
        .map(|row| {
            let object = if row.object == last { String::new() } else { row.object.clone() };
            last.clone_from(&row.object);
            let cells = row
                .cells
                .iter()
                .zip(&row.claims)
                .map(|(cell, claim)| view! { <td class="cell">{verdict(root, row, cell.as_ref(), claim, sync.may_edit)}</td> });
            view! {
                <tr>
                    <td class="muted">{object}</td>
                    <th scope="row"><a href=row.href.clone()>{row.name.clone()}</a></th>
                    {cells.collect_view()}
                </tr>
            }
        })
        .collect_view();
    let claims = view! {
        <a class="link" href=format!("{root}/items/sync_claim")>"What is claimed"</a>
    }
    .into_any();
    let key = rules::Verdict::ALL.iter().map(|v| view! { <Verdict word=v.label()/> }).collect_view();
    view! {
        <Card title="Data point by pair of systems" end=claims>
            <DataTable caption="Verdict of each data point for each pair of systems" columns=columns class="verdict-matrix">{rows}</DataTable>
            <div class="card-foot key">{key}</div>
        </Card>
    }
    .into_any()
}

/// A verdict, leading to the run it rests on, else to the claim, else to where one says something.
fn verdict(root: &str, row: &VerdictRow, cell: Option<&PointVerdict>, claim: &str, may_edit: bool) -> AnyView {
    let claim_it = format!("{root}/items/sync_claim/new?{claim}&back={root}/sync");
    let Some(cell) = cell else {
        return match may_edit {
            true => view! { <a class="link quiet" href=claim_it aria-label=format!("Say how {} is kept equal", row.name)>"–"</a> }.into_any(),
            false => "–".into_any(),
        };
    };
    let text = match cell.verdict {
        rules::Verdict::Differs => Some(format!("{} differ", grouped(cell.different))),
        rules::Verdict::Missing => Some(format!("{} missing", grouped(cell.missing_left + cell.missing_right))),
        _ => None,
    };
    let href = match (cell.run_number, cell.claim, cell.check) {
        (Some(number), ..) => Some(format!("{root}/runs/{number}#point-{}", cell.point)),
        (None, Some(claim), _) => Some(format!("{root}/items/sync_claim/{claim}")),
        (None, None, Some(check)) => Some(format!("{root}/checks/{check}")),
        _ => may_edit.then_some(claim_it),
    };
    let claimed = (cell.claimed == Some(ClaimedState::Synchronised) && !cell.verdict.synchronised()).then(|| {
        let by = cell.mechanism.map(|m| format!(", {}", m.label().to_lowercase())).unwrap_or_default();
        let claim = cell.claim.map(|id| format!("{root}/items/sync_claim/{id}")).unwrap_or_default();
        view! { <a class="claimed" href=claim>"claimed synchronised"{by}</a> }
    });
    let word = cell.verdict.label();
    let mark = match (href, text) {
        (Some(href), Some(text)) => view! { <Verdict word=word text=text href=href/> }.into_any(),
        (Some(href), None) => view! { <Verdict word=word href=href/> }.into_any(),
        (None, _) => view! { <Verdict word=word/> }.into_any(),
    };
    view! { <span title=cell.reason.clone()>{mark}</span>{claimed} }.into_any()
}

fn checks(root: &str, checks: Vec<CheckRow>, may_edit: bool, start: ServerAction<StartCheck>) -> AnyView {
    if checks.is_empty() {
        let design = format!("{root}/checks/new");
        return view! {
            <Card title="Checks">
                <div class="card-body"><p>
                    "No check measures any of this yet. "
                    <a class="link" href=design>"Design one"</a>
                </p></div>
            </Card>
        }
        .into_any();
    }
    let columns = vec![
        Column::words("Check"),
        Column::words("Left → right"),
        Column::words("Last run"),
        Column::words("Result"),
        Column::fit(""),
    ];
    let rows = checks.into_iter().map(|check| check_row(root, check, may_edit, start)).collect_view();
    view! { <Card title="Checks"><DataTable caption="Sync checks" columns=columns>{rows}</DataTable></Card> }.into_any()
}

fn check_row(root: &str, check: CheckRow, may_edit: bool, start: ServerAction<StartCheck>) -> AnyView {
    let (last, result) = match &check.last {
        None => ("never".into_any(), ().into_any()),
        Some(run) => {
            let href = format!("{root}/runs/{}", run.number);
            let when = run.ended_at.unwrap_or(run.queued_at).to_string();
            let link = view! { <a class="link" href=href>"run "{run.number}</a>" · "<Time iso=when/> }.into_any();
            (link, outcome(root, run))
        }
    };
    let busy = check.last.as_ref().is_some_and(|r| !r.state.ended());
    let run = (may_edit && !busy).then(|| run_form(root, &check.key, start, "Run", true));
    let schedule = check.schedule.map(|schedule| by_itself(root, &check.key, schedule));
    let drift = check.drift.map(|drift| {
        let tone = if drift.worse { Tone::Warn } else { Tone::Info };
        let href = format!("{root}/runs/{}#drift", drift.number);
        view! { <p class="drift-mark" title=drift.words><Tag label=format!("drifted since run {}", drift.before) tone=tone href=href/></p> }
    });
    view! {
        <tr>
            <td>
                <a href=format!("{root}/checks/{}", check.key)><b>{check.name}</b></a>" "<span class="id">{check.key.clone()}</span>
                {schedule}
            </td>
            <td class="muted">{check.left}" → "{check.right}</td>
            <td>{last}</td>
            <td>{result}{drift}</td>
            <td class="fit">{run}</td>
        </tr>
    }
    .into_any()
}

/// When a check runs by itself, or why it did not.
fn by_itself(root: &str, check: &str, schedule: ScheduleState) -> AnyView {
    let left_out = schedule.skipped.map(|(_, why)| {
        let href = format!("{root}/checks/{check}");
        view! { " "<span title=why><Tag label="did not run" tone=Tone::Warn href=href/></span> }
    });
    view! { <p class="muted">{schedule.words}{left_out}</p> }.into_any()
}

/// What a run led to, in a few words.
fn outcome(root: &str, run: &Run) -> AnyView {
    match (&run.totals, run.state) {
        (Some(totals), _) => {
            let matched = totals.records.matched;
            let words = format!("{} of {} in sync on every point", grouped(totals.in_sync), grouped(matched));
            let tone = if matched > 0 && totals.in_sync == matched { Tone::Good } else { Tone::Bad };
            view! { <Tag label=words tone=tone href=format!("{root}/runs/{}", run.number)/> }.into_any()
        }
        (None, state) => state_tag(state),
    }
}

/// Where a run stands, as a tag.
pub fn state_tag(state: RunState) -> AnyView {
    let (word, tone) = match state {
        RunState::Queued => ("waiting", Tone::Info),
        RunState::Running => ("running", Tone::Info),
        RunState::Done => ("done", Tone::Good),
        RunState::Failed => ("failed", Tone::Bad),
        RunState::Cancelled => ("cancelled", Tone::Off),
        RunState::Interrupted => ("interrupted", Tone::Warn),
    };
    view! { <Tag label=word tone=tone/> }.into_any()
}

/// The button that runs a check; `root` is the address of the plan.
pub fn run_form(root: &str, check: &str, start: ServerAction<StartCheck>, label: &'static str, small: bool) -> AnyView {
    let plan = root.trim_start_matches("/p/").to_owned();
    let look = if small { ButtonLook::Plain } else { ButtonLook::Primary };
    let check = check.to_owned();
    view! {
        <ActionForm action=start>
            <input type="hidden" name="plan" value=plan/>
            <input type="hidden" name="check" value=check/>
            <Button label=label look=look small=small icon="play" disabled=start.pending()/>
        </ActionForm>
    }
    .into_any()
}

fn sources(root: &str, connections: &[domain::ConnectionView]) -> Option<AnyView> {
    if connections.is_empty() {
        return None;
    }
    let rows = connections
        .iter()
        .map(|c| {
            let seen = c.verified_at.map(|at| view! { "answered "<Time iso=at.to_string()/> });
            let warned = match c.warnings.len() {
                0 => view! { <span class="muted">"none"</span> }.into_any(),
                n => view! { <Tag label=format!("{n} to look at") tone=Tone::Warn/> }.into_any(),
            };
            view! {
                <tr>
                    <td><a href=format!("{root}/connections#c-{}", encoded(&c.id.to_string()))>{c.name.clone()}</a></td>
                    <td class="muted">{adapter_words(&c.adapter)}</td>
                    <td class="mono clip">{c.address.clone()}</td>
                    <td class="muted">{seen}</td>
                    <td>{warned}</td>
                </tr>
            }
        })
        .collect_view();
    let columns = ["Connection", "Kind", "Where", "State", "Warnings"].map(Column::words).to_vec();
    let end = view! { <a class="link" href=format!("{root}/connections")>"All connections"</a> }.into_any();
    Some(
        view! {
            <Card title="Test systems the checks read" end=end>
                <DataTable caption="Connections" columns=columns>{rows}</DataTable>
            </Card>
        }
        .into_any(),
    )
}

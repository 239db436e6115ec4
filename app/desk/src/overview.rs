//! `/p/:key`: how the plan stands, what is in the way, what happened lately.

mod api;

use api::load_overview;
use kit::{
    layout::{PlanPage, gate_look},
    ui::{
        ButtonLink, ButtonLook, Card, Column, DataTable, Empty, Face, Icon, Loaded, PageHead, PageTitle, Severity, Tag,
        Time, Tone,
    },
};
use leptos::prelude::*;
use rules::{Gate, GateState, NextAction, Reason, Sign, Target};
use views::plans::{ActivityRow, Overview};

/// The overview of a plan.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let page = PlanPage::here();
    let overview = Resource::new(move || (page.key(), page.changes()), |(key, _)| load_overview(key));
    view! { <Loaded resource=overview render=Callback::new(content)/> }.into_any()
}

fn content(overview: Overview) -> AnyView {
    let head = overview.head;
    let go_live = head.go_live.map(|day| view! { <span>"Go-live "<Time iso=day/></span> });
    let sponsor = (!head.sponsor.is_empty()).then(|| view! { <span>"Sponsor "{head.sponsor}</span> });
    let lead = (!head.lead.is_empty()).then(|| view! { <span>"Lead "{head.lead}</span> });
    let left = head.go_live_in.map(|days| match days {
        0 => "today".to_owned(),
        1.. => format!("in {days} days"),
        _ => format!("{} days ago", -days),
    });
    let left = left.map(|words| view! { <span>{words}</span> });
    let meta = view! { <span>{overview.headline}</span>{go_live}{left}{sponsor}{lead}<span>"rev "{head.rev}</span> }
        .into_any();
    let root = format!("/p/{}", head.key);
    let gates = head.gates.into_iter().map(|gate| gate_tile(&root, gate)).collect_view();
    let next = next_action(&root, overview.next);
    let edit = overview.charter.filter(|_| head.may_edit).map(|id| {
        view! { <ButtonLink href=format!("{root}/items/charter/{id}") label="Edit the plan's sheet"/> }
    });
    let compare = overview.signed.map(|version| {
        let href = format!("{root}/compare?from=v{version}&to=draft");
        view! { <ButtonLink href=href label=format!("Compare with v{version}")/> }
    });
    let review = (head.may_edit && head.state == domain::PlanState::Draft)
        .then(|| view! { <ButtonLink href=format!("{root}/review") label="Request review"/> });
    let actions = view! { {edit}{compare}{review} }.into_any();
    let purpose = (!overview.purpose.is_empty()).then(|| view! { <p class="prose muted">{overview.purpose}</p> });
    let note = match overview.blocking_total {
        0 => String::new(),
        1 => "1 finding blocks sign-off".to_owned(),
        n => format!("{n} findings block sign-off"),
    };
    let rows = overview
        .blocking
        .into_iter()
        .map(|finding| {
            view! {
                <tr>
                    <td class="fit"><Severity word=finding.severity.code()/></td>
                    <td class="fit mono"><a href=format!("/help/rules/{}", finding.rule)>{finding.rule.clone()}</a></td>
                    <td>{subject(&root, finding.subject, finding.message)}</td>
                </tr>
            }
        })
        .collect_view();
    let blocking = if note.is_empty() {
        view! { <Empty title="Nothing stands in the way" text="No open finding blocks sign-off. Findings come and go with every change; review what is new before you sign." icon="circle-check"/> }
            .into_any()
    } else {
        let columns = vec![Column::fit("Severity"), Column::fit("Rule"), Column::words("Finding")];
        view! { <DataTable caption="Findings that block sign-off" columns=columns quiet_head=true>{rows}</DataTable> }
            .into_any()
    };
    let all = view! { <a class="link" href=format!("{root}/findings")>"All findings"</a> }.into_any();
    let activity = overview.activity.into_iter().map(activity_row).collect_view();
    view! {
        <PageTitle text=head.name.clone()/>
        <PageHead title=head.name meta=meta actions=actions/>
        {purpose}
        <ol class="card gates">{gates}</ol>
        {next}
        <div class="columns">
            <Card title="What stands in the way" note=note end=all>{blocking}</Card>
            <Card title="Lately"><ul class="activity">{activity}</ul></Card>
        </div>
    }
    .into_any()
}

fn gate_tile(root: &str, gate: Gate) -> AnyView {
    let (status, tone) = match gate.state {
        GateState::Passes => ("passes".to_owned(), Tone::Good),
        GateState::Blocked => (format!("{} open", gate.errors), Tone::Bad),
        GateState::NotBegun => ("not begun".to_owned(), Tone::Off),
        GateState::Waits => ("waits".to_owned(), Tone::Off),
    };
    let class = format!("gate {}", gate_look(&gate).class());
    let path = match gate.number {
        1 => "data",
        2 => "process",
        3 => "sync",
        4 => "trial",
        _ => "review",
    };
    let reasons = gate.reasons.into_iter().map(|r| reason(root, r)).collect_view();
    view! {
        <li class=class>
            <span class="gate-no">{format!("Gate {}", gate.number)}</span>
            <h2><a href=format!("{root}/{path}")>{gate.name}</a>" "<Tag label=status tone=tone/></h2>
            <ul class="reasons">{reasons}</ul>
        </li>
    }
    .into_any()
}

fn reason(root: &str, reason: Reason) -> AnyView {
    let (icon, class) = match reason.sign {
        Sign::Good => ("v-in-sync", "good"),
        Sign::Bad => ("v-differs", "bad"),
        Sign::Warn => ("warn", "warn"),
        Sign::Manual => ("v-manual", "warn"),
        Sign::Missing => ("v-missing", ""),
    };
    let href = target_href(root, reason.target);
    view! { <li><Icon name=icon class=class/><a href=href>{reason.text}</a></li> }.into_any()
}

fn next_action(root: &str, next: NextAction) -> AnyView {
    let href = target_href(root, next.target);
    view! {
        <section class="card next-action" aria-label="Next">
            <Icon name="arrow-right"/>
            <div><b>{next.title}</b><p>{next.sentence}</p></div>
            <ButtonLink href=href label=next.button look=ButtonLook::Primary/>
        </section>
    }
    .into_any()
}

fn target_href(root: &str, target: Target) -> String {
    match target {
        Target::Item(id) => item_href(root, id),
        Target::Page(page) => format!("{root}/{}", page.code()),
    }
}

/// Address of an item of which only the id is known; the page finds out its kind.
fn item_href(root: &str, id: domain::ItemId) -> String {
    format!("{root}/items/any/{id}")
}

fn subject(root: &str, subject: Option<domain::ItemId>, message: String) -> AnyView {
    match subject {
        Some(id) => view! { <a class="quiet" href=item_href(root, id)>{message}</a> }.into_any(),
        None => message.into_any(),
    }
}

fn activity_row(row: ActivityRow) -> AnyView {
    let title = match (row.title, row.href) {
        (Some(title), Some(href)) => view! { " "<a href=href>{title}</a> }.into_any(),
        (Some(title), None) => view! { " "{title} }.into_any(),
        (None, _) => ().into_any(),
    };
    let detail = (!row.detail.is_empty()).then(|| view! { <span class="muted">" — "{row.detail}</span> });
    view! {
        <li>
            <Face name=row.who.clone() small=true/>
            <span><b>{row.who}</b>" "{row.verb}{title}{detail}</span>
            <Time iso=row.at/>
        </li>
    }
    .into_any()
}

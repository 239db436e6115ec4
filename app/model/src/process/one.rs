//! `/p/:key/process/:reference`: one process as told, as observed and as it will be.

use super::{api::load_process, differences};
use kit::{
    layout::PlanPage,
    ui::{
        ButtonLink, ButtonLook, Card, Column, DataTable, Empty, Loaded, PageHead, PageTitle, Picture, PictureTable,
        Severity, Tab, Tabs, Tag, Tone, grouped,
    },
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use views::process::{ProcessPage as Page, StepRow, VariantView};

/// One process.
#[component]
pub fn ProcessPage() -> impl IntoView {
    let page = PlanPage::here();
    let params = use_params_map();
    let query = use_query_map();
    let reference = Memo::new(move |_| params.read().get("reference").unwrap_or_default());
    let shown = Memo::new(move |_| query.read().get("as").unwrap_or_default());
    let process = Resource::new(
        move || (page.key(), page.changes(), reference.get()),
        |(key, _, reference)| load_process(key, reference),
    );
    view! {
        <Loaded resource=process render=Callback::new(move |process: Page| view! { {move || content(&shown.get(), process.clone())} }.into_any())/>
    }
    .into_any()
}

fn content(shown: &str, process: Page) -> AnyView {
    let root = format!("/p/{}", process.head.key);
    let own = format!("{root}/process/{}", process.key);
    let chosen = process
        .variants
        .iter()
        .find(|v| v.kind == shown)
        .or_else(|| process.variants.iter().find(|v| v.kind == "as_observed" && !v.steps.is_empty()))
        .or_else(|| process.variants.iter().find(|v| !v.steps.is_empty()))
        .or_else(|| process.variants.first())
        .cloned();
    let owner = (!process.owner.is_empty()).then(|| view! { <span>"Owner "{process.owner.clone()}</span> });
    let meta = view! { {owner}<span>{process.walked.clone()}</span><a class="link" href=format!("{root}/items/walkthrough")>"Walk-throughs"</a> }.into_any();
    let id = process.id;
    let walk = process.head.may_edit.then(|| {
        let href = format!("{root}/items/walkthrough/new?process={id}&back={own}");
        view! { <ButtonLink href=href label="Record a walk-through"/> }
    });
    let actions = view! {
        <ButtonLink href=format!("{root}/items/process/{}", process.key) label="Details and comments"/>
        {walk}
    }
    .into_any();
    let tabs = process
        .variants
        .iter()
        .map(|v| Tab {
            label: v.label.clone(),
            href: format!("{own}?as={}", v.kind),
            count: Some(v.own_steps()),
            on: chosen.as_ref().is_some_and(|c| c.kind == v.kind),
        })
        .collect();
    let legend = differences::legend(&process.diff);
    let differences = differences::card(&root, &own, &process);
    let picture = chosen.map(|v| variant(&root, &own, id, v, process.head.may_edit));
    let so_what = so_what(&root, &process);
    view! {
        <PageTitle text=process.name.clone()/>
        <PageHead title=process.name.clone() meta=meta actions=actions/>
        <div class="filter-bar"><Tabs label="Pictures" tabs=tabs/><span class="end">{legend}</span></div>
        {picture}
        {differences}
        {so_what}
    }
    .into_any()
}

fn variant(root: &str, own: &str, process: domain::ItemId, view: VariantView, may_edit: bool) -> AnyView {
    let add = may_edit.then(|| match view.id {
        Some(id) => {
            let href = format!("{root}/items/step/new?variant={id}&back={own}?as={}", view.kind);
            view! { <ButtonLink href=href label="Add a step" small=true icon="plus"/> }.into_any()
        }
        None => {
            let href =
                format!("{root}/items/variant/new?process={process}&kind={}&back={own}?as={}", view.kind, view.kind);
            view! { <ButtonLink href=href label="Start this picture" small=true icon="plus"/> }.into_any()
        }
    });
    if view.steps.is_empty() {
        let text = match view.kind.as_str() {
            "as_told" => {
                "How do people say the work is done? Write it down first, so that there is something to compare with."
            }
            "as_observed" => "Watch somebody do the work, one step at a time, and write down what really happens.",
            _ => "How will the work be done once the integration runs? Say what disappears and who does what is left.",
        };
        return view! { <Empty title=format!("Nothing drawn {} yet", view.label.to_lowercase()) text=text action=add.unwrap_or_else(|| ().into_any())/> }
            .into_any();
    }
    let layout = pictures::swimlane::layout(&view.diagram);
    let (picture, names) = (layout.picture(), layout.names());
    let table = pictures::swimlane::table(&view.diagram);
    let note = match view.source.is_empty() {
        true => format!("{} h a month", hours(view.minutes)),
        false => format!("{} · {} h a month", view.source, hours(view.minutes)),
    };
    let steps = steps(root, view.steps);
    let about = view.key.map(|key| {
        view! { <ButtonLink href=format!("{root}/items/variant/{key}") label="About this picture" look=ButtonLook::Quiet small=true/> }
    });
    let end = view! { {about}{add} }.into_any();
    view! {
        <Card class="swim-card"><Picture picture=picture pinned=names/></Card>
        <PictureTable caption="The picture as a table" table=table/>
        <Card title="Steps" note=note end=end>{steps}</Card>
    }
    .into_any()
}

/// A count as text with gaps between thousands; there is none below zero.
fn count(number: i64) -> String {
    grouped(u64::try_from(number).unwrap_or_default())
}

/// Minutes as full hours.
pub(super) fn hours(minutes: i64) -> String {
    count((minutes + 30) / 60)
}

fn steps(root: &str, steps: Vec<StepRow>) -> AnyView {
    let columns = vec![
        Column::number("#"),
        Column::words("Step"),
        Column::words("Who"),
        Column::words("System"),
        Column::words("Reads → writes"),
        Column::number("Min"),
        Column::number("A week"),
        Column::words("Against told"),
    ];
    let mut number = 0;
    let rows = steps
        .into_iter()
        .map(|step| {
            number += usize::from(!step.gone);
            let place = if step.gone { "–".to_owned() } else { number.to_string() };
            let against = match step.status.as_str() {
                "" => ().into_any(),
                "same" => view! { <span class="muted">{step.against}</span> }.into_any(),
                "extra" => view! { <Tag label=step.against tone=Tone::Warn icon="plus"/> }.into_any(),
                "missing" => view! { <Tag label=step.against tone=Tone::Off icon="minus"/> }.into_any(),
                _ => view! { <Tag label=step.against tone=Tone::Bad icon="v-differs"/> }.into_any(),
            };
            let workaround = step.workaround.then(|| view! { " "<Tag label="workaround" tone=Tone::Warn/> });
            view! {
                <tr class=step.gone.then_some("gone")>
                    <td class="n muted">{place}</td>
                    <td><a href=format!("{root}/items/step/{}", step.key)>{step.name}</a>{workaround}</td>
                    <td>{step.who}</td>
                    <td>{step.systems}</td>
                    <td class="mono">{step.touches}</td>
                    <td class="n">{step.minutes}</td>
                    <td class="n">{step.per_week.map(count)}</td>
                    <td>{against}</td>
                </tr>
            }
        })
        .collect_view();
    view! { <DataTable caption="Steps" columns=columns>{rows}</DataTable> }.into_any()
}

fn so_what(root: &str, process: &Page) -> AnyView {
    let findings = process
        .findings
        .iter()
        .map(|f| {
            let rule = format!("/help/rules/{}", f.rule);
            let message = match f.subject {
                Some(id) => view! { <a href=format!("{root}/items/any/{id}")>{f.message.clone()}</a> }.into_any(),
                None => f.message.clone().into_any(),
            };
            view! { <p><Severity word=f.severity.code()/>" "<a class="mono link" href=rule>{f.rule.clone()}</a>" "{message}</p> }
        })
        .collect_view();
    let today = process.today;
    let minutes = |kind: &str| process.variants.iter().find(|v| v.kind == kind).map_or(0, |v| v.minutes);
    let saved = (!process.changes.is_empty()).then(|| {
        let simpler = process.simplification.map(|p| format!(" {p} % of manual steps and handovers disappear.")).unwrap_or_default();
        view! {
            <p class="muted">{format!("Per month {} h of work today, {} h after.{simpler}", hours(today), hours(minutes("to_be")))}</p>
        }
    });
    let teams = (!process.teams.is_empty()).then(|| {
        let silent: Vec<_> = process.teams.iter().filter(|(_, told)| !told).map(|(name, _)| name.clone()).collect();
        let names: Vec<_> = process.teams.iter().map(|(name, _)| name.clone()).collect();
        let words = format!("Affected: {}.", names.join(", "));
        let link = (!silent.is_empty()).then(|| {
            let words = format!("{} has no message yet.", silent.join(", "));
            view! { " "<a class="link" href=format!("{root}/change")>{words}</a> }
        });
        view! { <p class="muted">{words}{link}</p> }
    });
    view! { <Card title="So what"><div class="so-what">{findings}{saved}{teams}</div></Card> }.into_any()
}

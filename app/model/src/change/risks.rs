//! `/p/:key/risks`: effects elsewhere, risks with mitigation, opportunities.

use super::api::load_risks;
use kit::{
    layout::PlanPage,
    ui::{ButtonLink, ButtonLook, Card, Column, DataTable, Empty, Loaded, PageHead, PageTitle, Pill, Tag, Tone},
};
use leptos::prelude::*;
use views::process::{RiskRow, RisksPage as Page};

/// Effects, risks, opportunities.
#[component]
pub fn RisksPage() -> impl IntoView {
    let page = PlanPage::here();
    let risks = Resource::new(move || (page.key(), page.changes()), |(key, _)| load_risks(key));
    view! { <Loaded resource=risks render=Callback::new(content)/> }.into_any()
}

fn content(page: Page) -> AnyView {
    let root = format!("/p/{}", page.head.key);
    let add = |kind: &str, label: &'static str| {
        let href = format!("{root}/items/{kind}/new?back={root}/risks");
        if page.head.may_edit {
            view! { <ButtonLink href=href label=label small=true icon="plus"/> }.into_any()
        } else {
            ().into_any()
        }
    };
    let (effect, risk, opportunity) =
        (add("effect", "New effect"), add("risk", "New risk"), add("opportunity", "New opportunity"));
    let risks = risk_table(&root, page.risks, page.head.may_edit);
    let effects = plain(
        &root,
        "effect",
        ["Effect", "Shows in", "Certainty"],
        page.effects,
        "Who else reads what this integration changes? Ask for each data point, and write down when the answer is nobody.",
    );
    let opportunities = plain(
        &root,
        "opportunity",
        ["Opportunity", "Benefit", "Response"],
        page.opportunities,
        "A simpler process often makes something else possible. None seen, or not asked?",
    );
    view! {
        <PageTitle text="Effects and risks"/>
        <PageHead title="Effects, risks and opportunities"/>
        <Card title="Risks" note="probability × impact, the greatest first" end=risk>{risks}</Card>
        <Card title="Effects elsewhere" end=effect>{effects}</Card>
        <Card title="Opportunities" end=opportunity>{opportunities}</Card>
    }
    .into_any()
}

fn risk_table(root: &str, rows: Vec<RiskRow>, may_edit: bool) -> AnyView {
    if rows.is_empty() {
        let new = format!("{root}/items/risk/new?back={root}/risks");
        let action = may_edit.then(|| {
            view! { <ButtonLink href=new label="Write down the first risk" look=ButtonLook::Primary/> }.into_any()
        });
        return view! {
            <Empty
                title="No risks yet"
                text="What could go wrong between the systems, the data and the people? A plan without a risk has not been looked at."
                action=action.unwrap_or_else(|| ().into_any())
            />
        }
        .into_any();
    }
    let columns = vec![
        Column::fit("Id"),
        Column::words("Risk"),
        Column::words("P × I"),
        Column::words("Owner"),
        Column::words("Response"),
        Column::words("Mitigation"),
    ];
    let rows = rows
        .into_iter()
        .map(|r| {
            let score = r.probability.unwrap_or_default() * r.impact.unwrap_or_default();
            let tone = match score {
                15.. => Tone::Bad,
                8..=14 => Tone::Warn,
                _ => Tone::Off,
            };
            let side = |n: Option<i64>| n.map_or_else(|| "?".to_owned(), |n| n.to_string());
            let label = format!("{} × {} = {score}", side(r.probability), side(r.impact));
            let errors = (r.errors > 0).then(|| view! { " "<Pill label=r.errors.to_string() tone=Tone::Bad/> });
            let actions =
                if r.actions.1 == 0 { "none".to_owned() } else { format!("{} of {} done", r.actions.0, r.actions.1) };
            view! {
                <tr>
                    <td class="id">{r.key.clone()}</td>
                    <td><a href=format!("{root}/items/risk/{}", r.key)>{r.name}</a>{errors}</td>
                    <td><Tag label=label tone=tone/></td>
                    <td>{r.owner}</td>
                    <td>{r.response}</td>
                    <td>{actions}</td>
                </tr>
            }
        })
        .collect_view();
    view! { <DataTable caption="Risks" columns=columns>{rows}</DataTable> }.into_any()
}

fn plain(root: &str, kind: &str, heads: [&str; 3], rows: Vec<[String; 4]>, teaching: &'static str) -> AnyView {
    if rows.is_empty() {
        return view! { <p class="card-body muted">{teaching}</p> }.into_any();
    }
    let mut columns = vec![Column::fit("Id")];
    columns.extend(heads.iter().map(|head| Column::words(head)));
    let rows = rows
        .into_iter()
        .map(|[key, name, second, third]| {
            view! {
                <tr>
                    <td class="id">{key.clone()}</td>
                    <td><a href=format!("{root}/items/{kind}/{key}")>{name}</a></td>
                    <td>{second}</td>
                    <td>{third}</td>
                </tr>
            }
        })
        .collect_view();
    let caption = heads[0].to_owned();
    view! { <DataTable caption=caption columns=columns>{rows}</DataTable> }.into_any()
}

//! `/help/rules` and `/help/rules/:id`: the cards of the rules, for anybody. The cards come from the
//! server, so that their text is not part of what every reader loads.

#[cfg_attr(feature = "ssr", expect(missing_docs, reason = "the arguments of a server function become fields"))]
mod api;

#[cfg(feature = "ssr")]
pub use api::{LoadRule, LoadRules};

use api::{load_rule, load_rules};
use kit::{
    layout::PlainPage,
    ui::{Card, Column, Crumb, DataTable, Icon, Loaded, PageHead, PageTitle, Pill, Severity, SkeletonShape},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use views::review::RuleView;

/// Names of the gates in order; the first is for rules that belong to the gate of what they find.
const GATES: [&str; 6] = ["Any gate", "1 Data", "2 Process & flow", "3 Sync", "4 Trial", "5 Sign-off"];

/// Every rule, by gate.
#[component]
pub fn RulesPage() -> impl IntoView {
    let rules = Resource::new(|| (), |()| load_rules());
    view! {
        <PageTitle text="Rules"/>
        <PlainPage crumbs=vec![Crumb { label: "Rules".into(), href: None }]>
            <PageHead
                title="What Plumbline checks"
                meta=view! { <span>"Each rule rests on a sentence of the source text. Errors block sign-off until they are mended or waived."</span> }.into_any()
            />
            <Loaded resource=rules shape=SkeletonShape::Rows render=Callback::new(|rules: Vec<RuleView>| list(&rules))/>
        </PlainPage>
    }
    .into_any()
}

fn list(rules: &[RuleView]) -> AnyView {
    [1, 2, 3, 4, 5, 0]
        .into_iter()
        .map(|gate| {
            let rows: Vec<_> = rules.iter().filter(|r| r.gate == gate).map(row).collect();
            if rows.is_empty() {
                return ().into_any();
            }
            let title = GATES[usize::from(gate)];
            let note = format!("{} rules", rows.len());
            let columns = vec![
                Column::fit("Rule"),
                Column::fit("Weight"),
                Column::words("What it looks for"),
                Column::words("Why"),
            ];
            view! {
                <Card title=title note=note id=format!("gate-{gate}")>
                    <DataTable caption=format!("Rules: {title}") columns=columns class="top">{rows}</DataTable>
                </Card>
            }
            .into_any()
        })
        .collect_view()
        .into_any()
}

fn row(rule: &RuleView) -> AnyView {
    let locked = rule.locked.then(|| view! { " "<Pill label="cannot be waived"/> });
    view! {
        <tr>
            <td class="fit mono"><a class="link" href=format!("/help/rules/{}", rule.id)>{rule.id.clone()}</a></td>
            <td class="fit"><Severity word=rule.severity.code()/></td>
            <td class="wide">{rule.title.clone()}{locked}</td>
            <td class="muted">{rule.why.clone()}</td>
        </tr>
    }
    .into_any()
}

/// The card of one rule.
#[component]
pub fn RulePage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let rule = Resource::new(move || id.get(), load_rule);
    let crumbs = vec![
        Crumb { label: "Rules".into(), href: Some("/help/rules".into()) },
        Crumb { label: id.get_untracked(), href: None },
    ];
    view! { <PlainPage crumbs=crumbs><Loaded resource=rule render=Callback::new(card)/></PlainPage> }.into_any()
}

fn card(rule: RuleView) -> AnyView {
    let gate = GATES.get(usize::from(rule.gate)).copied().unwrap_or_default();
    let locked = rule.locked.then(|| view! { <span>"can be neither switched off nor waived"</span> });
    let meta = view! {
        <span class="mono">{rule.id.clone()}</span>
        <Severity word=rule.severity.code()/>
        <span>{gate}</span>
        {locked}
    }
    .into_any();
    view! {
        <PageTitle text=format!("{} {}", rule.id, rule.title)/>
        <PageHead title=rule.title meta=meta/>
        <div class="rule-card">
            <blockquote class="rule-quote">{rule.sentence}</blockquote>
            <Card title="Why it matters"><div class="card-body"><p class="prose">{rule.why}</p></div></Card>
            <div class="rule-examples">
                <section class="example good">
                    <h2><Icon name="circle-check" class="good"/>" Good"</h2>
                    <p class="prose">{rule.good}</p>
                </section>
                <section class="example bad">
                    <h2><Icon name="s-error" class="bad"/>" Not good"</h2>
                    <p class="prose">{rule.bad}</p>
                </section>
            </div>
            <p><a class="link" href="/help/rules">"All rules"</a></p>
        </div>
    }
    .into_any()
}

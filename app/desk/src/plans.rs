//! `/plans`: every plan the reader may see, and starting one.

mod api;

use api::{CreatePlan, list_plans};
use kit::{
    error::field_error,
    layout::{Crumbs, PlainPage},
    ui::{
        Button, ButtonLook, Card, Column, DataTable, Empty, Loaded, PageHead, PageTitle, Pill, SkeletonShape, Tag,
        TextInput, Time, Tone,
    },
};
use leptos::{form::ActionForm, prelude::*};
use views::plans::PlanCard;

/// The list of plans.
#[component]
pub fn PlansPage() -> impl IntoView {
    let plans = Resource::new(|| (), |()| list_plans());
    let create = ServerAction::<CreatePlan>::new();
    view! {
        <PageTitle text="Plans"/>
        <PlainPage crumbs=Crumbs::here("Plans")>
            <PageHead title="Plans"/>
            <Loaded resource=plans shape=SkeletonShape::Rows render=Callback::new(|plans: Vec<PlanCard>| table(plans))/>
            <Card title="Start a plan">
                <div class="card-body">
                    <ActionForm action=create attr:class="form">
                        <TextInput
                            name="title"
                            label="Title"
                            required=true
                            error=field_error(create.value(), "name")
                            help="What is being connected, in the words of those who work with it."
                        />
                        <Button label="Start" look=ButtonLook::Primary disabled=create.pending()/>
                    </ActionForm>
                </div>
            </Card>
        </PlainPage>
    }
    .into_any()
}

fn table(plans: Vec<PlanCard>) -> AnyView {
    if plans.is_empty() {
        return view! {
            <Empty
                title="No plan yet"
                text="A plan says what data two systems share, which of them is right, and how you know. Start one below, or ask a colleague to add you to theirs."
            />
        }
        .into_any();
    }
    let columns = vec![
        Column::words("Plan"),
        Column::words("State"),
        Column::words("Gates passed"),
        Column::number("Blockers"),
        Column::words("Go-live"),
        Column::words("Last change"),
        Column::words("You"),
    ];
    let rows = plans.into_iter().map(row).collect_view();
    view! { <Card><DataTable caption="Plans" columns=columns class="plans-table">{rows}</DataTable></Card> }.into_any()
}

fn row(plan: PlanCard) -> AnyView {
    let href = format!("/p/{}", plan.key);
    let gates = format!("{} of 5", plan.gates_passed);
    let blockers = match plan.blockers {
        0 => view! { <Tag label="none" tone=Tone::Good/> }.into_any(),
        n => view! { <a class="link" href=format!("{href}/findings")>{n.to_string()}</a> }.into_any(),
    };
    let go_live = plan.go_live.map(|day| view! { <Time iso=day/> });
    view! {
        <tr>
            <td>
                <div class="plan-name"><a href=href.clone()>{plan.name}</a><span class="muted mono">{plan.key}</span></div>
            </td>
            <td>{plan.state.label()}" "<Pill label=format!("v{}", plan.version)/></td>
            <td class="num">{gates}</td>
            <td class="n">{blockers}</td>
            <td>{go_live}</td>
            <td><Time iso=plan.updated_at day=true/></td>
            <td class="muted">{plan.role.code()}</td>
        </tr>
    }
    .into_any()
}

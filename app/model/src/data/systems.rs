//! `/p/:key/systems`: the installations a plan uses, and the map of its flows.

use super::api::load_systems;
use kit::{
    layout::PlanPage,
    ui::{
        ButtonLink, ButtonLook, Card, Column, DataTable, Empty, Loaded, PageHead, PageTitle, Picture, PictureTable,
        SkeletonShape,
    },
};
use leptos::prelude::*;
use views::data::SystemsPage as Page;

/// The systems of a plan.
#[component]
pub fn SystemsPage() -> impl IntoView {
    let page = PlanPage::here();
    let systems = Resource::new(move || (page.key(), page.changes()), |(key, _)| load_systems(key));
    view! { <Loaded resource=systems shape=SkeletonShape::Rows render=Callback::new(content)/> }.into_any()
}

fn content(page: Page) -> AnyView {
    let root = format!("/p/{}", page.head.key);
    let new = |kind: &str| format!("{root}/items/{kind}/new?back={root}/systems");
    let actions = page.head.may_edit.then(|| {
        view! {
            <ButtonLink href=new("system") label="New system"/>
            <ButtonLink href=new("instance") label="New instance" look=ButtonLook::Primary icon="plus"/>
        }
        .into_any()
    });
    let meta = view! {
        <span>{format!("{} instances", page.systems.len())}</span>
        <a class="link" href=format!("{root}/items/system")>"All systems"</a>
        <a class="link" href=format!("{root}/items/team")>"Teams"</a>
        <a class="link" href=format!("{root}/items/term")>"Terms"</a>
        <a class="link" href=format!("{root}/items/identifier")>"Identifiers"</a>
    }
    .into_any();
    let map = (!page.map.flows.is_empty()).then(|| {
        let (picture, table) = (pictures::system_map::picture(&page.map), pictures::system_map::table(&page.map));
        view! {
            <Card title="Flows between systems" note="dashed while a truth is undecided"><Picture picture=picture/></Card>
            <PictureTable caption="Flows between systems" table=table/>
        }
    });
    let columns = vec![
        Column::fit("Id"),
        Column::words("Instance"),
        Column::words("System"),
        Column::words("Business owner"),
        Column::words("Technical owner"),
        Column::words("Test environment"),
        Column::number("Points"),
        Column::number("Right here"),
    ];
    let empty = page.systems.is_empty();
    let root = format!("/p/{}/items/instance", page.head.key);
    let rows = page
        .systems
        .into_iter()
        .map(|s| {
            view! {
                <tr>
                    <td class="id">{s.key.clone()}</td>
                    <td><a href=format!("{root}/{}", s.key)>{s.name}</a></td>
                    <td class="muted">{s.system}</td>
                    <td>{s.business_owner}</td>
                    <td>{s.technical_owner}</td>
                    <td>{s.sandbox}</td>
                    <td class="n">{s.points}</td>
                    <td class="n">{s.truths}</td>
                </tr>
            }
        })
        .collect_view();
    let table = if empty {
        let action = page.head.may_edit.then(|| {
            view! { <ButtonLink href=new("instance") label="Add the first instance" look=ButtonLook::Primary/> }
                .into_any()
        });
        view! {
            <Empty
                title="No systems yet"
                text="Name each installation by itself: four instances of one product are four places where data can differ."
                action=action.unwrap_or_else(|| ().into_any())
            />
        }
        .into_any()
    } else {
        view! { <Card><DataTable caption="Instances" columns=columns>{rows}</DataTable></Card> }.into_any()
    };
    view! {
        <PageTitle text="Systems"/>
        <PageHead title="Systems" meta=meta actions=actions.unwrap_or_else(|| ().into_any())/>
        {map}
        {table}
    }
    .into_any()
}

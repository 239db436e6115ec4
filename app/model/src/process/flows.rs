//! `/p/:key/flows`: planned movements of data, with the line that fills each field.

use super::api::load_flows;
use kit::{
    layout::PlanPage,
    ui::{
        ButtonLink, ButtonLook, Card, Column, DataTable, Empty, Loaded, Notice, PageHead, PageTitle, Picture,
        PictureTable, Pill, Tone,
    },
};
use leptos::prelude::*;
use views::process::{FlowRow, FlowsPage as Page, LineRow};

/// Flows and mapping.
#[component]
pub fn FlowsPage() -> impl IntoView {
    let page = PlanPage::here();
    let flows = Resource::new(move || (page.key(), page.changes()), |(key, _)| load_flows(key));
    view! { <Loaded resource=flows render=Callback::new(content)/> }.into_any()
}

fn content(page: Page) -> AnyView {
    let root = format!("/p/{}", page.head.key);
    let new = format!("{root}/items/flow/new?back={root}/flows");
    let actions = page.head.may_edit.then(|| {
        view! { <ButtonLink href=new.clone() label="New flow" look=ButtonLook::Primary icon="plus"/> }.into_any()
    });
    let map = (!page.map.flows.is_empty()).then(|| {
        let (picture, table) = (pictures::system_map::picture(&page.map), pictures::system_map::table(&page.map));
        view! {
            <Card title="Where data moves" note="dashed while a truth is undecided"><Picture picture=picture/></Card>
            <PictureTable caption="Flows" table=table/>
        }
    });
    let empty = page.flows.is_empty().then(|| {
        let action = page.head.may_edit.then(|| view! { <ButtonLink href=new label="Draw the first flow" look=ButtonLook::Primary/> }.into_any());
        view! {
            <Empty
                title="No flows yet"
                text="A flow moves data points from where they are right to where they are needed. Draw it once truth is decided."
                action=action.unwrap_or_else(|| ().into_any())
            />
        }
    });
    let meta = view! { <a class="link" href=format!("{root}/items/design_option")>"Design options"</a> }.into_any();
    let may_edit = page.head.may_edit;
    let flows = page.flows.into_iter().map(|flow| flow_card(&root, flow, may_edit)).collect_view();
    view! {
        <PageTitle text="Flows"/>
        <PageHead title="Flows and mapping" meta=meta actions=actions.unwrap_or_else(|| ().into_any())/>
        {map}{empty}{flows}
    }
    .into_any()
}

fn flow_card(root: &str, flow: FlowRow, may_edit: bool) -> AnyView {
    let note = format!("{} → {} · {}", flow.from, flow.to, flow.when);
    let tenths = |n: i64| format!("{}.{}", n / 10, n % 10);
    let parts: Vec<_> = flow.addends.iter().map(|(label, n)| format!("{label} +{}", tenths(*n))).collect();
    let complexity = format!("complexity {}", tenths(flow.complexity));
    let errors = (flow.errors > 0)
        .then(|| view! { <Pill label=rules::count(flow.errors as usize, "error", "errors") tone=Tone::Bad/> });
    let key = flow.key.clone();
    let (new, back) = (format!("{root}/items/mapping_line/new?flow={}", flow.id), format!("{root}/flows"));
    let add = may_edit.then(|| {
        view! { <ButtonLink href=format!("{new}&back={back}") label="Add a line" small=true/> }
    });
    let end = view! {
        <span class="pills"><span class="muted" title=parts.join(" · ")>{complexity}</span>{errors}</span>
        <ButtonLink href=format!("{root}/items/flow/{key}") label="Open" small=true/>{add}
    }
    .into_any();
    let gap = (!flow.unmapped.is_empty()).then(|| {
        let fields = flow
            .unmapped
            .iter()
            .map(|(id, name)| match may_edit {
                true => {
                    let href = format!("{new}&target={id}&back={back}");
                    view! { <li><a class="link mono" href=href>{name.clone()}</a></li> }.into_any()
                }
                false => view! { <li class="mono">{name.clone()}</li> }.into_any(),
            })
            .collect_view();
        view! { <Notice tone=Tone::Warn title="Mandatory fields without a line"><ul class="legend">{fields}</ul></Notice> }
    });
    let columns = vec![
        Column::fit("Id"),
        Column::words("From"),
        Column::words("Conversion"),
        Column::words("Logic"),
        Column::words("To"),
    ];
    let empty = flow.lines.is_empty();
    let rows = flow.lines.into_iter().map(|line| line_row(root, line)).collect_view();
    let table = if empty {
        view! { <p class="card-body muted">"No mapping lines yet: say which field fills which."</p> }.into_any()
    } else {
        view! { <DataTable caption="Mapping lines" columns=columns class="mapping-table">{rows}</DataTable> }.into_any()
    };
    view! { <Card title=flow.name note=note end=end id=flow.key>{gap}{table}</Card> }.into_any()
}

fn line_row(root: &str, line: LineRow) -> AnyView {
    let errors = (line.errors > 0).then(|| view! { " "<Pill label=line.errors.to_string() tone=Tone::Bad/> });
    view! {
        <tr>
            <td class="id"><a href=format!("{root}/items/mapping_line/{}", line.key)>{line.key.clone()}</a>{errors}</td>
            <td class="mono">{line.sources}</td>
            <td>{line.conversion}</td>
            <td class="clip">{line.logic}</td>
            <td class="mono">{line.target}</td>
        </tr>
    }
    .into_any()
}

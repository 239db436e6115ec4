//! `/p/:key/worklists/new?run=…`: groups of the differences of a run to choose from, and what is said about them.

use super::api::{MakeWorklists, load_new_worklists};
use kit::{
    error::field_error,
    layout::PlanPage,
    ui::{
        Button, ButtonLink, ButtonLook, Card, Column, DataTable, DateInput, Empty, Loaded, Notice, PageHead, PageTitle,
        SkeletonShape, TextArea, TextInput, Tone, grouped, hidden,
    },
};
use leptos::{form::ActionForm, prelude::*};
use leptos_router::hooks::use_query_map;
use views::worklists::{GroupRow, NewWorklistPage as Page};

/// The page.
#[component]
pub fn NewWorklistPage() -> impl IntoView {
    let page = PlanPage::here();
    let asked = use_query_map();
    let run = Memo::new(move |_| asked.read().get("run").and_then(|n| n.parse::<i64>().ok()).unwrap_or_default());
    let make = ServerAction::<MakeWorklists>::new();
    let found = Resource::new(move || (page.key(), run.get()), |(key, run)| load_new_worklists(key, run));
    let render = Callback::new(move |found: Page| content(found, make));
    view! { <Loaded resource=found shape=SkeletonShape::Rows render=render/> }.into_any()
}

fn content(page: Page, make: ServerAction<MakeWorklists>) -> AnyView {
    let run = format!("/p/{}/runs/{}", page.head.key, page.run_number);
    let meta =
        view! { <a class="link" href=run.clone()>"run "{page.run_number}" of "{page.check.clone()}</a> }.into_any();
    let actions = view! { <ButtonLink href=run.clone() label="Back to the run"/> }.into_any();
    let body = match (page.groups.is_empty(), page.may_edit) {
        (true, _) => view! {
            <Empty title="Nothing to work off" text="This run has no differences, or it ended without a result." icon="circle-check"/>
        }
        .into_any(),
        (false, false) => {
            let table = table(&page);
            view! {
            <Notice tone=Tone::Info>"You read this plan. Making work-lists needs the role editor."</Notice>
            <Card>{table}</Card>
        }
        .into_any()
        }
        (false, true) => form(&page, make),
    };
    view! {
        <PageTitle text="New work-lists"/>
        <PageHead title="Who works on which differences?" meta=meta actions=actions/>
        {body}
    }
    .into_any()
}

fn form(page: &Page, make: ServerAction<MakeWorklists>) -> AnyView {
    let said = make.value();
    let trouble = move || {
        said.get().and_then(Result::err).and_then(|e| e.remainder(&["owner", "due", "note"])).map(|words| {
            view! { <Notice tone=Tone::Bad>{words}</Notice> }
        })
    };
    let which = hidden(&[("plan", &page.head.key), ("number", &page.run_number.to_string())]);
    let (table, people) = (table(page), page.people.clone());
    view! {
        <ActionForm action=make attr:class="form wide">
            <div aria-live="polite">{trouble}</div>
            {which}
            <Card title="Choose the groups">{table}</Card>
            <Card title="Say who works on them">
                <div class="card-body form">
                    <TextInput name="owner" label="Owner" suggestions=people error=field_error(said, "owner")
                        help="A person or a team. Left empty, each goes to whom the plan names for the side that is wrong." autocomplete="off"/>
                    <DateInput name="due" label="Due" error=field_error(said, "due")/>
                    <TextArea name="note" label="Note" error=field_error(said, "note")/>
                    <div class="form-actions">
                        <Button label="Make work-lists" look=ButtonLook::Primary icon="circle-check" disabled=make.pending()/>
                        <span class="muted">"A work-list is closed by a later run that shows its records equal, or by a signed exception."</span>
                    </div>
                </div>
            </Card>
        </ActionForm>
    }
    .into_any()
}

fn table(page: &Page) -> AnyView {
    let columns = vec![
        Column::fit(""),
        Column::words("Differences"),
        Column::number("Records"),
        Column::words("Owner named in the plan"),
    ];
    let rows = page.groups.iter().enumerate().map(|(n, group)| row(page, n, group)).collect_view();
    view! { <DataTable caption="Groups of differences" columns=columns>{rows}</DataTable> }.into_any()
}

fn row(page: &Page, n: usize, group: &GroupRow) -> AnyView {
    let id = format!("group-{n}");
    let taken = page.taken.contains(&group.group);
    let tick = (page.may_edit && !taken).then(|| {
        view! { <input type="checkbox" id=id.clone() name=format!("groups[{n}]") value=group.group.clone()/> }
    });
    let words = group.words.clone();
    let words = match &tick {
        Some(_) => view! { <label for=id>{words}</label> }.into_any(),
        None => words.into_any(),
    };
    let taken = taken.then(|| view! { <span class="muted">" has an open work-list"</span> });
    let owner = match group.owner.as_str() {
        "" => view! { <span class="muted">"nobody"</span> }.into_any(),
        name => name.to_owned().into_any(),
    };
    view! {
        <tr>
            <td class="fit">{tick}</td>
            <th scope="row">{words}{taken}</th>
            <td class="n">{grouped(group.count)}</td>
            <td>{owner}</td>
        </tr>
    }
    .into_any()
}

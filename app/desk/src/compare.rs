//! `/p/:key/compare?from=v1&to=draft&slice=data`: two versions field by field.

mod api;
mod table;

pub use table::changes;

use api::load_compare;
use kit::{
    layout::PlanPage,
    ui::{
        Button, ButtonLink, ButtonLook, Card, Chip, Chips, Choice, Empty, Loaded, PageHead, PageTitle, Select,
        SkeletonShape, grouped, pager,
    },
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use views::{lengths, review::ComparePage as Page};

/// What the address asks for.
#[derive(Clone, Default, PartialEq, Eq)]
struct Asked {
    from: String,
    to: String,
    slice: String,
    offset: u64,
}

/// The page.
#[component]
pub fn ComparePage() -> impl IntoView {
    let page = PlanPage::here();
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let query = query.read();
        let text = |name: &str| query.get(name).unwrap_or_default();
        Asked {
            from: text("from"),
            to: text("to"),
            slice: text("slice"),
            offset: text("offset").parse().unwrap_or_default(),
        }
    });
    let found = Resource::new(
        move || (page.key(), asked.get(), page.changes()),
        |(key, asked, _)| load_compare(key, asked.from, asked.to, asked.slice, asked.offset),
    );
    let render = Callback::new(move |found: Page| content(found, &asked.get()));
    view! { <Loaded resource=found shape=SkeletonShape::Rows render=render/> }.into_any()
}

fn content(page: Page, asked: &Asked) -> AnyView {
    let key = page.head.key.clone();
    if page.from.is_empty() {
        let action =
            view! { <ButtonLink href=format!("/p/{key}/review") label="To the sign-off" look=ButtonLook::Primary/> }
                .into_any();
        return view! {
            <PageTitle text="Compare versions"/>
            <PageHead title="Compare versions"/>
            <Card>
                <Empty
                    title="There is nothing to compare with yet"
                    text="A version comes into being when the sponsor signs. From then on every change to the draft shows here, field by field; to those who approve a part, from their approval on."
                    icon="git-compare"
                    action=action
                />
            </Card>
        }
        .into_any();
    }
    let (from, to) = (named(&page.from), named(&page.to));
    let words = match page.total {
        0 => "nothing differs".to_owned(),
        1 => "1 item differs".to_owned(),
        n => format!("{} items differ", grouped(n)),
    };
    let meta = view! { <span>{format!("{from} → {to}")}</span><span>{words}</span> }.into_any();
    let chips = slices(&key, &page, asked);
    let picker = picker(&key, &page);
    let pager = pager(asked.offset, lengths::COMPARED, page.total, |from| address(&key, &page, &asked.slice, from));
    let body = if page.items.is_empty() {
        let text = format!(
            "{from} and {to} say the same in every field a signature covers. Names of colours, order and other looks are not compared."
        );
        view! { <Empty title="Nothing differs" text=text icon="v-in-sync"/> }.into_any()
    } else {
        changes(&key, page.items, &from, &to)
    };
    view! {
        <PageTitle text=format!("{from} and {to}")/>
        <PageHead title="Compare versions" meta=meta/>
        {picker}
        {chips}
        <Card>{body}{pager}</Card>
    }
    .into_any()
}

/// How people call a version.
pub fn named(name: &str) -> String {
    match name {
        "draft" => "Draft".to_owned(),
        "approval" => "Your last approval".to_owned(),
        other => other.to_owned(),
    }
}

fn address(key: &str, page: &Page, slice: &str, offset: u64) -> String {
    let slice = if slice.is_empty() { String::new() } else { format!("&slice={slice}") };
    let offset = if offset == 0 { String::new() } else { format!("&offset={offset}") };
    format!("/p/{key}/compare?from={}&to={}{slice}{offset}", page.from, page.to)
}

fn picker(key: &str, page: &Page) -> AnyView {
    let choices: Vec<_> = page.names.iter().map(|name| Choice { value: name.clone(), label: named(name) }).collect();
    view! {
        <form class="inline-form compare-picker" action=format!("/p/{key}/compare")>
            <Select name="from" label="Older" choices=choices.clone() value=page.from.clone() required=true/>
            <Select name="to" label="Newer" choices=choices value=page.to.clone() required=true/>
            <Button label="Compare"/>
        </form>
    }
    .into_any()
}

fn slices(key: &str, page: &Page, asked: &Asked) -> Option<AnyView> {
    if page.per_slice.is_empty() {
        return None;
    }
    let mut chips =
        vec![Chip { label: "All".into(), href: address(key, page, "", 0), count: None, on: asked.slice.is_empty() }];
    for (slice, count) in &page.per_slice {
        chips.push(Chip {
            label: slice.label().into(),
            href: address(key, page, slice.code(), 0),
            count: usize::try_from(*count).ok(),
            on: asked.slice == slice.code(),
        });
    }
    Some(view! { <div class="filter-bar"><Chips label="By who answers for it" chips=chips/></div> }.into_any())
}

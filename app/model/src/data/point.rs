//! One data point: the panel beside the grid, and the same two lists as cards on its own page.

use super::api::load_point;
use super::truth::look;
use kit::{
    AppError,
    layout::PlanPage,
    next::encoded,
    ui::{ButtonLink, ButtonLook, Card, Icon, Loaded, Peek, PeekSection, Pill, SkeletonShape, Tone},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use views::data::{PlaceLine, PointView, TruthLine};

/// Address of the grid with its filter, and a point open in it.
pub(super) fn grid_href(root: &str, filter: &str, text: &str, open: &str) -> String {
    let mut query = Vec::new();
    for (name, value) in [("show", filter), ("q", text), ("open", open)] {
        if !(value.is_empty() || (name == "show" && value == "all")) {
            query.push(format!("{name}={}", encoded(value)));
        }
    }
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{root}/data{mark}{}", query.join("&"))
}

/// The panel beside the grid.
pub(super) fn peek(root: &str, filter: &str, text: &str, point: PointView) -> AnyView {
    let at = |key: String| grid_href(root, filter, text, &key);
    let page = format!("{root}/items/data_point/{}", point.key);
    let object = (!point.object.is_empty()).then(|| view! { <p class="muted">{point.object.clone()}</p> });
    let meaning = if point.definition.is_empty() { "Nobody has said what it means.".into() } else { point.definition };
    let position = match point.position {
        (0, _) => String::new(),
        (n, of) => format!("{n} of {of}"),
    };
    let state = state(&point.conflicts, point.out_of_scope);
    let resolve = (!point.conflicts.is_empty() && point.may_edit).then(|| {
        view! { <ButtonLink href=format!("{root}/truth#conflicts") label="Resolve…" look=ButtonLook::Primary/> }
    });
    let truths = truths(point.truths);
    let lives = match point.places.len() {
        0 => "Lives nowhere yet".to_owned(),
        1 => "Lives in 1 place".to_owned(),
        n => format!("Lives in {n} places"),
    };
    let back = grid_href(root, filter, text, &point.key);
    let add = point.may_edit.then(|| add_links(root, &point.id.to_string(), &back));
    let places = places(point.places);
    let comments = match point.comments {
        0 => "Comment on it".to_owned(),
        1 => "1 comment".to_owned(),
        n => format!("{n} comments"),
    };
    let discuss = format!("{page}#comments");
    view! {
        <Peek
            title=point.name
            number=point.key
            position=position
            previous=point.previous.map(at)
            next=point.next.map(at)
            close=at(String::new())
        >
            <PeekSection>{object}<p class="muted">{meaning}</p></PeekSection>
            <PeekSection title="Source of truth" end=state>{truths}{resolve}</PeekSection>
            <PeekSection title=lives>{places}{add}</PeekSection>
            <PeekSection>
                <p><a class="link" href=discuss>{comments}</a></p>
                <ButtonLink href=page label="Open the full page"/>
            </PeekSection>
        </Peek>
    }
    .into_any()
}

/// The cards below the form of a data point: where it lives, what is right. Draws nothing for other items.
#[component]
pub fn PointCards() -> impl IntoView {
    let page = PlanPage::here();
    let params = use_params_map();
    let reference = Memo::new(move |_| {
        let params = params.read();
        let may_be = params.get("kind").is_some_and(|kind| matches!(kind.as_str(), "data_point" | "any"));
        params.get("reference").filter(|_| may_be).unwrap_or_default()
    });
    let point: Opened = Resource::new(
        move || (page.key(), page.changes(), reference.get()),
        |(key, _, reference)| point_of(key, reference, "all".into(), String::new()),
    );
    let render = Callback::new(move |point: Option<PointView>| match point {
        Some(point) => cards(page.href("").trim_end_matches('/'), point),
        None => ().into_any(),
    });
    view! { <Loaded resource=point shape=SkeletonShape::Line render=render/> }
}

/// What the panel and the cards wait for: nothing while no point is asked for.
pub(super) type Opened = Resource<Result<Option<PointView>, AppError>>;

/// The point asked for, if one is.
pub(super) async fn point_of(
    key: String,
    reference: String,
    filter: String,
    text: String,
) -> Result<Option<PointView>, AppError> {
    if reference.is_empty() { Ok(None) } else { load_point(key, reference, filter, text).await }
}

fn cards(root: &str, point: PointView) -> AnyView {
    let back = format!("{root}/items/data_point/{}", point.key);
    let add = |kind: &str, label: &'static str| {
        let href = format!("{root}/items/{kind}/new?data_point={}&back={back}", point.id);
        match point.may_edit {
            true => view! { <ButtonLink href=href label=label small=true icon="plus"/> }.into_any(),
            false => ().into_any(),
        }
    };
    let (place, truth) = (add("occurrence", "Add a place"), add("truth", "Propose a truth"));
    let state = state(&point.conflicts, point.out_of_scope);
    let (truths, places) = (truths(point.truths), places(point.places));
    view! {
        <div class="columns even">
        <Card title="Where it lives" end=place><div class="card-body">{places}</div></Card>
        <Card title="Sources of truth" end=truth><div class="card-body">{state}{truths}</div></Card>
        </div>
    }
    .into_any()
}

fn state(conflicts: &[String], out_of_scope: bool) -> AnyView {
    let pills = conflicts.iter().map(|words| view! { <Pill label=words.clone() tone=Tone::Bad/> }).collect_view();
    let out = out_of_scope.then(|| view! { <Pill label="out of scope"/> });
    view! { {pills}{out} }.into_any()
}

fn add_links(root: &str, point: &str, back: &str) -> AnyView {
    let back = encoded(back);
    let link = |kind: &str, words: &'static str| {
        view! { <a class="link" href=format!("{root}/items/{kind}/new?data_point={point}&back={back}")>{words}</a> }
    };
    view! { <p>{link("occurrence", "Add a place")}" · "{link("truth", "Propose a truth")}</p> }.into_any()
}

fn truths(lines: Vec<TruthLine>) -> AnyView {
    if lines.is_empty() {
        return view! { <p class="muted">"Nobody has said which copy is right."</p> }.into_any();
    }
    let lines = lines
        .into_iter()
        .map(|line| {
            let (icon, class, words) = look(line.state);
            view! {
                <li>
                    <Icon name=icon class=class title=words/>
                    <span><a href=line.href>{line.instance}</a>" "<span class="mono">{line.field}</span></span>
                    <span class="muted">{line.scope}</span>
                    <span class="muted place-note">{line.agreed_by}</span>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="place-list">{lines}</ul> }.into_any()
}

fn places(lines: Vec<PlaceLine>) -> AnyView {
    if lines.is_empty() {
        return view! { <p class="muted">"No system is known to hold it."</p> }.into_any();
    }
    let lines = lines
        .into_iter()
        .map(|line| {
            view! {
                <li>
                    <Icon name="database" class="small"/>
                    <span><a href=line.href>{line.instance}</a>" "<span class="mono">{line.field}</span></span>
                    <span class="muted">{line.physical}</span>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="place-list">{lines}</ul> }.into_any()
}

//! The page that makes a new item. Fields named in the address start filled in, so that a link from a
//! finding or another page knows what it is about.

use super::{
    Whereabouts,
    api::{AddItem, load_new_item},
    fields::{FormState, control},
    typing::{Findings, Typing},
};
use domain::Kind;
use kit::{
    AppError,
    layout::{Crumbs, PlainPage},
    ui::{Button, ButtonLink, ButtonLook, Card, Loaded, Notice, PageHead, PageTitle, Tone},
};
use leptos::{form::ActionForm, prelude::*};
use leptos_router::{hooks::use_query_map, params::ParamsMap};
use serde_json::Value;
use std::collections::BTreeMap;
use views::items::NewItem;

/// The page.
#[component]
pub fn NewItemPage() -> impl IntoView {
    let place = Whereabouts::here();
    let query = use_query_map();
    // Another kind, or other values in the address, is another page with an empty form.
    let each = move || place.get().named().map(|place| (place, query.get()));
    let key = |(place, query): &(Whereabouts, ParamsMap)| (place.clone(), query.to_query_string());
    view! { <For each=each key=key children=|(place, query)| page(place, query)/> }.into_any()
}

fn page(place: Whereabouts, query: ParamsMap) -> AnyView {
    let add = ServerAction::<AddItem>::new();
    let (plan, kind) = (place.plan.clone(), place.kind.clone());
    let needs = Resource::new(|| (), move |()| load_new_item(plan.clone(), kind.clone()));
    let name = Kind::from_code(&place.kind).map(|k| format!("New {}", k.one())).unwrap_or_default();
    let in_plan = place.plan.is_some();
    let render = Callback::new(move |needs: NewItem| content(&place, &query, needs, add));
    let body = view! { <Loaded resource=needs render=render/> };
    if in_plan {
        return body.into_any();
    }
    view! { <PlainPage crumbs=Crumbs::here(&name)>{body}</PlainPage> }.into_any()
}

fn content(place: &Whereabouts, query: &ParamsMap, needs: NewItem, add: ServerAction<AddItem>) -> AnyView {
    let title = format!("New {}", needs.kind.one());
    let list = place.list();
    let body = if needs.may_edit {
        let typing = place.plan.as_ref().map(|plan| Typing::new(plan, needs.kind, None));
        let form = form(place, query, needs, add, typing);
        view! {
            <div class="item-page">
                <Card><div class="card-body">{form}</div></Card>
                <aside class="item-aside"><Findings stored=Vec::new() typing=typing/></aside>
            </div>
        }
        .into_any()
    } else {
        view! {
            <Notice tone=Tone::Info title="You can read here, not add">
                "Adding needs the role editor, and a plan that is not signed. An owner of the plan can give it to you."
            </Notice>
        }
        .into_any()
    };
    let actions = view! { <ButtonLink href=list label="Back to the list"/> }.into_any();
    view! { <PageTitle text=title.clone()/><PageHead title=title actions=actions/>{body} }.into_any()
}

fn form(
    place: &Whereabouts,
    query: &ParamsMap,
    needs: NewItem,
    add: ServerAction<AddItem>,
    typing: Option<Typing>,
) -> AnyView {
    let value = add.value();
    let errors = Signal::derive(move || wrong_fields(value.get().and_then(Result::err)));
    let names: Vec<_> = needs.kind.fields().iter().map(|f| f.name).collect();
    let message = move || {
        let error = value.get().and_then(Result::err)?;
        let words = error.remainder(&names)?;
        Some(view! { <Notice tone=Tone::Bad>{words}</Notice> })
    };
    let state = FormState { options: needs.options, errors };
    let controls = needs
        .kind
        .fields()
        .iter()
        .map(|field| control(field, &given(field, query, &needs.body[field.name]), &state))
        .collect_view();
    // What plans share is added to the workspace; whoever does so from a plan stays in it.
    let shared = place.plan.is_some() && needs.kind.in_workspace();
    let back = query.get("back").or_else(|| shared.then(|| place.list())).unwrap_or_default();
    let form = view! {
        {message}
        <input type="hidden" name="plan" value=place.home(Some(needs.kind))/>
        <input type="hidden" name="kind" value=needs.kind.code()/>
        <input type="hidden" name="back" value=back/>
        {controls}
        <div class="form-end"><Button label=format!("Add {}", needs.kind.one()) look=ButtonLook::Primary disabled=add.pending()/></div>
    }
    .into_any();
    let typed = move |event| {
        if let Some(typing) = typing {
            typing.typed(&event);
        }
    };
    view! { <ActionForm action=add attr:class="form item-form" on:input=typed>{form}</ActionForm> }.into_any()
}

/// The value a field starts with: from the address where it fits, else empty.
fn given(field: &domain::Field, query: &ParamsMap, blank: &Value) -> Value {
    let parsed = query.get(field.name).and_then(|text| field.parse(&text).ok());
    parsed.filter(|value| field.check(value).is_ok()).unwrap_or_else(|| blank.clone())
}

/// What is wrong, by field name; parts are shown at their list.
pub fn wrong_fields(error: Option<AppError>) -> BTreeMap<String, String> {
    let fields = error.map(|e| e.fields).unwrap_or_default();
    fields.into_iter().map(|f| (f.field.split(['.', '/']).next().unwrap_or_default().to_owned(), f.message)).collect()
}

//! The top bar: the mark, where one is, the search, who is on the plan, who one is.

use super::{PlanPage, nav};
use crate::{
    AppError,
    ui::{Breadcrumbs, Crumb, Face, Faces, Icon, Loaded, Pill, SkeletonShape},
};
use leptos::prelude::*;
use views::plans::PlanHead;
use wasm_bindgen::JsCast;

/// Most faces shown.
const FACES: usize = 4;

/// Name of who is signed in, asked once per loaded document.
#[derive(Clone, Copy)]
pub struct Me(pub Resource<Result<Option<String>, AppError>>);

/// Makes breadcrumbs for pages that belong to no plan.
pub struct Crumbs;

impl Crumbs {
    /// A page right below the top.
    #[must_use]
    pub fn here(label: &str) -> Vec<Crumb> {
        vec![Crumb { label: label.to_owned(), href: None }]
    }
}

/// The bar; its children stand between the mark and the person.
#[component]
pub fn TopBar(
    /// Breadcrumbs.
    children: Children,
) -> impl IntoView {
    let me = use_context::<Me>();
    let person = me.map(|me| view! { <Loaded resource=me.0 shape=SkeletonShape::Line render=Callback::new(person)/> });
    view! {
        <header class="topbar">
            <a class="brand" href="/plans"><Icon name="plumb"/><span>"Plumbline"</span></a>
            {children()}
            <div class="topbar-end">{person}</div>
        </header>
    }
}

/// Plans › plan › section, with the version behind the plan's name.
#[component]
pub fn PlanCrumbs(
    /// The plan.
    page: PlanPage,
) -> impl IntoView {
    let path = page.path;
    let render = Callback::new(move |head: PlanHead| {
        let shown = head.clone();
        let crumbs = move || {
            let head = &shown;
            let root = format!("/p/{}", head.key);
            let mut crumbs = vec![
                Crumb { label: "Plans".to_owned(), href: Some("/plans".to_owned()) },
                Crumb { label: head.name.clone(), href: Some(root.clone()) },
            ];
            crumbs.extend(nav::crumbs_of(&path.get(), &root));
            let version = format!("v{} {}", head.version, head.state.label().to_lowercase());
            view! { <Breadcrumbs crumbs=crumbs end=view! { <Pill label=version/> }.into_any()/> }
        };
        let search = format!("/p/{}/search", head.key);
        let people = people(head.people.clone());
        view! { {crumbs}<Search action=search/>{people} }.into_any()
    });
    view! { <Loaded resource=page.head() shape=SkeletonShape::Line render=render/> }
}

/// The search of a plan: a key leads to its item, any other text to what is called so.
#[component]
fn Search(
    /// Address of the page that answers.
    action: String,
) -> impl IntoView {
    view! {
        <form class="search" role="search" action=action>
            <label class="visually-hidden" for="search">"Search this plan"</label>
            <input class="input" id="search" type="search" name="q" placeholder="Search or jump to D12" maxlength="200"/>
            <kbd aria-hidden="true">"/"</kbd>
        </form>
    }
}

/// The first people on the plan, and how many more there are.
fn people(mut names: Vec<String>) -> Option<AnyView> {
    let more = names.len().saturating_sub(FACES);
    names.truncate(FACES);
    let more = (more > 0).then(|| view! { <span class="muted">{format!("+{more}")}</span> });
    (!names.is_empty()).then(|| view! { <div class="people"><Faces names=names/>{more}</div> }.into_any())
}

/// `/` takes the cursor to the search, except where somebody is typing.
pub fn slash_searches() {
    let listener = window_event_listener(leptos::ev::keydown, |event| {
        let held = event.ctrl_key() || event.meta_key() || event.alt_key();
        let tag = document().active_element().map(|e| e.tag_name()).unwrap_or_default();
        if event.key() != "/" || held || matches!(tag.as_str(), "INPUT" | "TEXTAREA" | "SELECT") {
            return;
        }
        if let Some(field) = document().get_element_by_id("search") {
            event.prevent_default();
            let _ = field.unchecked_into::<web_sys::HtmlElement>().focus();
        }
    });
    on_cleanup(move || listener.remove());
}

fn person(me: Option<String>) -> AnyView {
    match me {
        Some(name) => view! {
            <a href="/account" class="button quiet" title="Your account"><Face name=name/></a>
            <form method="post" action="/sign-out">
                <button type="submit" class="button quiet icon-only" aria-label="Sign out" title="Sign out"><Icon name="log-out"/></button>
            </form>
        }
        .into_any(),
        // A whole page load, so that the session is seen everywhere afterwards.
        None => view! { <a class="button" href="/sign-in" rel="external">"Sign in"</a> }.into_any(),
    }
}

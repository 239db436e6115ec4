//! The top bar: the mark, where one is, who one is.

use super::{PlanPage, nav};
use crate::{
    AppError,
    ui::{Breadcrumbs, Crumb, Face, Icon, Loaded, Pill, SkeletonShape},
};
use domain::User;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use views::plans::PlanHead;

/// Who is signed in, asked once per loaded document.
#[derive(Clone, Copy)]
pub struct Me(pub Resource<Result<Option<User>, AppError>>);

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
    let path = use_location().pathname;
    let render = Callback::new(move |head: PlanHead| {
        let crumbs = move || {
            let root = format!("/p/{}", head.key);
            let mut crumbs = vec![
                Crumb { label: "Plans".to_owned(), href: Some("/plans".to_owned()) },
                Crumb { label: head.name.clone(), href: Some(root.clone()) },
            ];
            if let Some(section) = nav::section_of(&path.get(), &root) {
                crumbs.push(Crumb { label: section.to_owned(), href: None });
            }
            let version = format!("v{} {}", head.version, head.state.label().to_lowercase());
            view! { <Breadcrumbs crumbs=crumbs end=view! { <Pill label=version/> }.into_any()/> }
        };
        crumbs.into_any()
    });
    view! { <Loaded resource=page.head() shape=SkeletonShape::Line render=render/> }
}

fn person(me: Option<User>) -> AnyView {
    match me {
        Some(user) => view! {
            <a href="/account" class="button quiet" title="Your account"><Face name=user.name.clone()/></a>
            <form method="post" action="/sign-out">
                <button type="submit" class="button quiet icon-only" aria-label="Sign out" title="Sign out"><Icon name="log-out"/></button>
            </form>
        }
        .into_any(),
        // A whole page load, so that the session is seen everywhere afterwards.
        None => view! { <a class="button" href="/sign-in" rel="external">"Sign in"</a> }.into_any(),
    }
}

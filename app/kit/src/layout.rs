//! What stands around every page: the top bar, and in a plan the navigation in gate order.

mod api;
mod nav;
mod top_bar;

#[cfg(feature = "ssr")]
pub use api::Whoami;
pub use api::whoami;
pub use top_bar::{Crumbs, Me};

use crate::{live::Live, ui::Loaded};
use api::load_plan_head;
use leptos::prelude::*;
use leptos_router::{
    components::Outlet,
    hooks::{use_location, use_params_map},
};
use nav::PlanNav;
pub use nav::gate_look;
use top_bar::{PlanCrumbs, TopBar, slash_searches};
use views::plans::PlanHead;

/// Around a page that belongs to no plan: top bar and one column.
#[component]
pub fn PlainPage(
    /// The way here, from the outermost to the page itself; it may change while the page stays.
    #[prop(into)]
    crumbs: Signal<Vec<crate::ui::Crumb>>,
    /// The page, starting with its `PageHead`.
    children: Children,
) -> impl IntoView {
    view! {
        <a class="skip" href="#content">"Skip to content"</a>
        <div class="shell plain">
            <TopBar>{move || view! { <crate::ui::Breadcrumbs crumbs=crumbs.get()/> }.into_any()}</TopBar>
            <main class="main" id="content" tabindex="-1">{children()}</main>
        </div>
    }
}

/// What pages of a plan know from their layout.
#[derive(Clone, Copy)]
pub struct PlanPage {
    key: Memo<String>,
    path: Memo<String>,
    live: Live,
    head: Resource<Result<PlanHead, crate::AppError>>,
}

impl PlanPage {
    /// The plan around the calling page.
    #[must_use]
    pub fn here() -> Self {
        // The routes of plan pages are all children of `PlanLayout`, which provides it.
        use_context().unwrap_or_else(Self::new)
    }

    /// Key of the plan in the address. Tracked: use it in a resource's source.
    #[must_use]
    pub fn key(self) -> String {
        self.key.get()
    }

    /// Address of a page of this plan: `page.href("data")`. Not tracked.
    #[must_use]
    pub fn href(self, rest: &str) -> String {
        format!("/p/{}/{rest}", self.key.get_untracked())
    }

    /// Grows with every change somebody makes to the plan. Tracked: use it in a resource's source.
    #[must_use]
    pub fn changes(self) -> u64 {
        self.live.changes()
    }

    /// Events as they come in.
    #[must_use]
    pub fn live(self) -> Live {
        self.live
    }

    /// Title, state and gates of the plan, as the navigation shows them.
    #[must_use]
    pub fn head(self) -> Resource<Result<PlanHead, crate::AppError>> {
        self.head
    }

    fn new() -> Self {
        let params = use_params_map();
        let key = Memo::new(move |_| params.read().get("key").unwrap_or_default());
        let live = Live::new();
        let head = Resource::new(move || (key.get(), live.changes()), |(key, _)| load_plan_head(key));
        live.follow(key, head);
        Self { key, path: drawn_path(), live, head }
    }
}

/// The path that navigation and breadcrumbs are drawn for: that of the document until the browser has taken the page
/// over, then the router's. Whoever clicks in between moves the router on while the page is still the one that the
/// server drew: what differs from it then is taken for drawn and never changed.
fn drawn_path() -> Memo<String> {
    let router = use_location().pathname;
    let document = if cfg!(feature = "ssr") { None } else { location().pathname().ok() };
    let drawn = document.unwrap_or_else(|| router.get_untracked());
    let taken_over = RwSignal::new(false);
    Effect::new(move || taken_over.set(true));
    Memo::new(move |_| if taken_over.get() { router.get() } else { drawn.clone() })
}

/// Around every page of a plan; the page is the child route.
#[component]
pub fn PlanLayout() -> impl IntoView {
    let page = PlanPage::new();
    provide_context(page);
    Effect::new(slash_searches);
    view! {
        <a class="skip" href="#content">"Skip to content"</a>
        <div class="shell">
            <TopBar><PlanCrumbs page=page/></TopBar>
            <nav class="side" aria-label="Plan">
                <Loaded
                    resource=page.head
                    shape=crate::ui::SkeletonShape::Rows
                    render=Callback::new(|head: PlanHead| view! { <PlanNav head=head/> }.into_any())
                />
            </nav>
            <main class="main" id="content" tabindex="-1"><Outlet/></main>
        </div>
    }
    .into_any()
}

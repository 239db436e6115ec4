//! The pages in parts: the browser loads the code of a part when one of its pages is first opened.
//! Few parts, because what two of them share becomes a file of its own for each such pair.

use crate::pages;
use leptos_router::LazyRoute;

/// A part, as a module of that name: a route for each of its pages.
macro_rules! part {
    ($(#[$doc:meta])+ $part:ident: $($page:ident),+ $(,)?) => {
        $(#[$doc])+
        pub mod $part {
            use super::{LazyRoute, pages};
            use leptos::prelude::*;

            /// Which page of the part.
            enum Page {
                $($page),+
            }

            #[lazy($part)]
            fn view(page: Page) -> AnyView {
                match page {
                    $(Page::$page => view! { <pages::$page/> }.into_any(),)+
                }
            }

            $(
                #[doc = concat!("Route of `", stringify!($page), "`.")]
                pub struct $page;

                impl LazyRoute for $page {
                    fn data() -> Self {
                        Self
                    }

                    async fn view(_route: Self) -> AnyView {
                        view(Page::$page).await
                    }

                    async fn preload() {
                        #[cfg(target_family = "wasm")]
                        __preload_view().await;
                    }
                }
            )+
        }
    };
}

part! {
    /// How a plan stands: a part of its own, because it is what most visits begin with.
    overview: OverviewPage
}
part! {
    /// Gates 1 and 2: what is planned.
    model: DataPage, TruthPage, SystemsPage, ProcessesPage, ProcessPage, FlowsPage, ChangePage, RisksPage, SearchPage,
        RecordsPage
}
part! {
    /// Gates 3 and 4: what is measured.
    lab: SyncPage, ConnectionsPage, SchemaPage, CheckPage, RunPage, DifferencesPage, RecordPage, HistoryPage,
        OverwritePage, TrialPage, WorklistsPage, NewWorklistPage, WorklistPage, PairsPage, CrosswalkPage
}
part! {
    /// Coming in, and gate 5: findings, signatures and files.
    desk: HomePage, SignInPage, OncePage, ChoosePage, SetUpPage, PlansPage, AccountPage, FindingsPage, ReviewPage,
        VersionsPage, ComparePage, ExportPage, VerifyPage, RulesPage, RulePage
}
part! {
    /// Any record: list, form, history.
    record: ItemsPage, ItemPage, NewItemPage
}

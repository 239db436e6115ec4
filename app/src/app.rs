//! The route table. A page is one line here, its name in `parts`, and one file (or folder) in `pages`.

use crate::{
    pages::NotFoundPage,
    parts::{desk, lab, model, overview, record},
};
use kit::layout::{Me, PlanLayout, whoami};
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    Lazy, SsrMode,
    components::{ParentRoute, Route, Router, Routes},
    path,
};

/// The app: every page under one router.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    // Asked once per loaded document: signing in and out load a new one.
    provide_context(Me(Resource::new(|| (), |()| whoami())));
    view! {
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/") view={Lazy::<desk::HomePage>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/sign-in") view={Lazy::<desk::SignInPage>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/sign-in/once/:token") view={Lazy::<desk::OncePage>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/sign-in/choose/:token") view={Lazy::<desk::ChoosePage>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/set-up/:token") view={Lazy::<desk::SetUpPage>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/plans") view={Lazy::<desk::PlansPage>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/account") view={Lazy::<desk::AccountPage>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/verify") view={Lazy::<desk::VerifyPage>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/help/rules") view={Lazy::<desk::RulesPage>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/help/rules/:id") view={Lazy::<desk::RulePage>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/workspace/:kind") view={Lazy::<record::ItemsPage>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/workspace/:kind/new") view={Lazy::<record::NewItemPage>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/workspace/:kind/:reference") view={Lazy::<record::ItemPage>::new()} ssr=SsrMode::Async/>
                <ParentRoute path=path!("/p/:key") view=PlanLayout ssr=SsrMode::Async>
                    <Route path=path!("") view={Lazy::<overview::OverviewPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("data") view={Lazy::<model::DataPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("truth") view={Lazy::<model::TruthPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("systems") view={Lazy::<model::SystemsPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("process") view={Lazy::<model::ProcessesPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("process/:reference") view={Lazy::<model::ProcessPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("flows") view={Lazy::<model::FlowsPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("change") view={Lazy::<model::ChangePage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("risks") view={Lazy::<model::RisksPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("search") view={Lazy::<model::SearchPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("items") view={Lazy::<model::RecordsPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("items/:kind") view={Lazy::<record::ItemsPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("items/:kind/new") view={Lazy::<record::NewItemPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("items/:kind/:reference") view={Lazy::<record::ItemPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("sync") view={Lazy::<lab::SyncPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("connections") view={Lazy::<lab::ConnectionsPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("connections/:id") view={Lazy::<lab::SchemaPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("checks/new") view={Lazy::<lab::CheckPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("checks/:reference") view={Lazy::<lab::CheckPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("runs/:number") view={Lazy::<lab::RunPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("runs/:number/differences") view={Lazy::<lab::DifferencesPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("runs/:number/record") view={Lazy::<lab::RecordPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("worklists") view={Lazy::<lab::WorklistsPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("worklists/new") view={Lazy::<lab::NewWorklistPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("worklists/:number") view={Lazy::<lab::WorklistPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("runs/:number/pairs") view={Lazy::<lab::PairsPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("crosswalk") view={Lazy::<lab::CrosswalkPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("history") view={Lazy::<lab::HistoryPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("history/overwrite") view={Lazy::<lab::OverwritePage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("trial") view={Lazy::<lab::TrialPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("findings") view={Lazy::<desk::FindingsPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("review") view={Lazy::<desk::ReviewPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("versions") view={Lazy::<desk::VersionsPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("compare") view={Lazy::<desk::ComparePage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("export") view={Lazy::<desk::ExportPage>::new()} ssr=SsrMode::Async/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}

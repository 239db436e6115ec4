//! The route table. A page is one line here and one file (or folder) in `pages`.

use crate::{
    layout::{Me, PlanLayout, whoami},
    pages::{
        AccountPage, ChangePage, CheckPage, ComparePage, ConnectionsPage, DataPage, DifferencesPage, ExportPage,
        FindingsPage, FlowsPage, HistoryPage, HomePage, ItemPage, ItemsPage, NewItemPage, NotFoundPage, OncePage,
        OverviewPage, PlansPage, ProcessPage, ProcessesPage, ReviewPage, RisksPage, RulePage, RulesPage, RunPage,
        SetUpPage, SignInPage, SyncPage, SystemsPage, TrialPage, TruthPage, VerifyPage, VersionsPage,
    },
};
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Route, Router, Routes},
    path,
};

/// The app: every page under one router.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    // Asked once per loaded document: signing in and out load a new one.
    provide_context(Me(Resource::new(|| (), |()| whoami())));
    // Says that the page answers to clicks now; browser tests and style wait for it.
    Effect::new(|| {
        request_animation_frame(|| {
            if let Some(root) = document().document_element() {
                let _ = root.set_attribute("data-hydrated", "true");
            }
        });
    });
    view! {
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/") view=HomePage ssr=SsrMode::Async/>
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async/>
                <Route path=path!("/sign-in/once/:token") view=OncePage ssr=SsrMode::Async/>
                <Route path=path!("/set-up/:token") view=SetUpPage ssr=SsrMode::Async/>
                <Route path=path!("/plans") view=PlansPage ssr=SsrMode::Async/>
                <Route path=path!("/account") view=AccountPage ssr=SsrMode::Async/>
                <Route path=path!("/verify") view=VerifyPage ssr=SsrMode::Async/>
                <Route path=path!("/help/rules") view=RulesPage ssr=SsrMode::Async/>
                <Route path=path!("/help/rules/:id") view=RulePage ssr=SsrMode::Async/>
                <Route path=path!("/workspace/:kind") view=ItemsPage ssr=SsrMode::Async/>
                <Route path=path!("/workspace/:kind/new") view=NewItemPage ssr=SsrMode::Async/>
                <Route path=path!("/workspace/:kind/:reference") view=ItemPage ssr=SsrMode::Async/>
                <ParentRoute path=path!("/p/:key") view=PlanLayout ssr=SsrMode::Async>
                    <Route path=path!("") view=OverviewPage ssr=SsrMode::Async/>
                    <Route path=path!("data") view=DataPage ssr=SsrMode::Async/>
                    <Route path=path!("truth") view=TruthPage ssr=SsrMode::Async/>
                    <Route path=path!("systems") view=SystemsPage ssr=SsrMode::Async/>
                    <Route path=path!("process") view=ProcessesPage ssr=SsrMode::Async/>
                    <Route path=path!("process/:reference") view=ProcessPage ssr=SsrMode::Async/>
                    <Route path=path!("flows") view=FlowsPage ssr=SsrMode::Async/>
                    <Route path=path!("change") view=ChangePage ssr=SsrMode::Async/>
                    <Route path=path!("risks") view=RisksPage ssr=SsrMode::Async/>
                    <Route path=path!("items/:kind") view=ItemsPage ssr=SsrMode::Async/>
                    <Route path=path!("items/:kind/new") view=NewItemPage ssr=SsrMode::Async/>
                    <Route path=path!("items/:kind/:reference") view=ItemPage ssr=SsrMode::Async/>
                    <Route path=path!("sync") view=SyncPage ssr=SsrMode::Async/>
                    <Route path=path!("connections") view=ConnectionsPage ssr=SsrMode::Async/>
                    <Route path=path!("checks/new") view=CheckPage ssr=SsrMode::Async/>
                    <Route path=path!("checks/:reference") view=CheckPage ssr=SsrMode::Async/>
                    <Route path=path!("runs/:number") view=RunPage ssr=SsrMode::Async/>
                    <Route path=path!("runs/:number/differences") view=DifferencesPage ssr=SsrMode::Async/>
                    <Route path=path!("history") view=HistoryPage ssr=SsrMode::Async/>
                    <Route path=path!("trial") view=TrialPage ssr=SsrMode::Async/>
                    <Route path=path!("findings") view=FindingsPage ssr=SsrMode::Async/>
                    <Route path=path!("review") view=ReviewPage ssr=SsrMode::Async/>
                    <Route path=path!("versions") view=VersionsPage ssr=SsrMode::Async/>
                    <Route path=path!("compare") view=ComparePage ssr=SsrMode::Async/>
                    <Route path=path!("export") view=ExportPage ssr=SsrMode::Async/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}

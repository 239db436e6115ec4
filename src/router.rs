//! The one router: what answers, and the layers around it. Read the layers from the bottom up: the
//! last one added sees a request first.

use crate::{
    http::{
        assets::assets,
        csrf::check_sender,
        download,
        drawing::draw,
        events::events,
        health::health,
        limits::{answer_in_time, bound_bodies, check_limits, check_uploads},
        origin::check_host,
        security::add_headers,
        session::{choose_password, invite, recognise, set_up, sign_in, sign_in_once, sign_out},
        trace::trace,
        uploads,
    },
    state::AppState,
};
use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRef},
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state, map_response},
    routing::{MethodRouter, get, post},
};
use leptos::prelude::*;
use leptos_axum::{LeptosRoutes, generate_route_list, render_app_async_with_context};
use std::{sync::Arc, time::Duration};
use tokio::sync::Semaphore;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, NotForContentType, Predicate},
    },
    limit::RequestBodyLimitLayer,
    timeout::RequestBodyTimeoutLayer,
};

/// Builds the router. Once per process: the framework keeps what it finds out about the routes.
pub fn router(state: AppState) -> Router {
    let limits = &state.config.limits;
    let pages = pages(&state)
        .route("/sign-in", post(sign_in))
        .route("/sign-in/once", post(sign_in_once))
        .route("/sign-in/choose", post(choose_password))
        .route("/account/invite", post(invite))
        .route("/sign-out", post(sign_out))
        .route("/set-up", post(set_up))
        .route("/events/{key}", get(events))
        .route("/p/{key}/download/{version}/{format}", get(download::export))
        .route("/p/{key}/files/{file}", get(download::evidence))
        .route("/p/{key}/runs/{number}/differences.csv", get(download::differences))
        .route("/p/{key}/worklists/{number}/records.csv", get(download::worklist_csv))
        .route("/p/{key}/worklists/{number}/records.xlsx", get(download::worklist_xlsx))
        .route("/p/{key}/crosswalk.csv", get(download::crosswalk_csv))
        .route("/p/{key}/crosswalk.xlsx", get(download::crosswalk_xlsx));
    let pages = bound_bodies(pages, limits);
    let upload = |path, handler: MethodRouter<AppState>, bytes: usize| {
        let bound = RequestBodyLimitLayer::new(bytes.min(limits.upload_bytes));
        // The framework's own bound is lower; the layer's holds for all of the body.
        let routes = Router::new().route(path, handler).layer(DefaultBodyLimit::disable()).layer(bound);
        routes.layer(map_response(uploads::say_too_large))
    };
    let few = || from_fn_with_state(Arc::new(Semaphore::new(limits.uploads)), check_uploads);
    let uploads = upload("/p/{key}/connections/upload", post(uploads::connection), limits.upload_bytes)
        .merge(upload("/p/{key}/trial/upload", post(uploads::proof), uploads::PROOF_MAX))
        .layer(few());
    // Anybody may have a file verified, so its bounds are lower, and it takes no place from the others.
    let verify = upload("/verify", post(uploads::verify), uploads::VERIFY_MAX).layer(few());
    let known = |routes: Router<AppState>, seconds| {
        let time = Duration::from_secs(seconds);
        routes.layer(from_fn_with_state(state.clone(), recognise)).layer(from_fn_with_state(time, answer_in_time))
    };
    known(pages.merge(verify), limits.answer_seconds)
        .merge(known(uploads, limits.upload_seconds))
        .merge(assets())
        .route("/health", get(health))
        .layer(CompressionLayer::new().compress_when(
            // Woff2 is compressed already.
            DefaultPredicate::new().and(NotForContentType::const_new("font/")),
        ))
        .layer(from_fn_with_state(state.clone(), check_sender))
        .layer(from_fn_with_state(state.clone(), check_host))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(RequestBodyTimeoutLayer::new(Duration::from_secs(limits.body_seconds)))
        .layer(from_fn_with_state(state.clone(), check_limits))
        .layer(from_fn_with_state(state.clone(), add_headers))
        .layer(from_fn(trace))
        .with_state(state)
}

/// Pages and server functions of the app; what is no address at all is the app's "no such page".
fn pages(state: &AppState) -> Router<AppState> {
    let options = LeptosOptions::from_ref(state);
    let workbench = state.workbench.clone();
    let context = move || provide_context(workbench.clone());
    let document = move || app::shell(options.clone());
    Router::new()
        .leptos_routes_with_context(state, generate_route_list(app::App), context.clone(), document.clone())
        .fallback(render_app_async_with_context(context, document))
        .layer(from_fn_with_state(state.drawers.clone(), draw))
}

fn panicked(cause: Box<dyn std::any::Any + Send>) -> axum::response::Response {
    let cause =
        cause.downcast_ref::<&str>().map(|text| (*text).to_owned()).or_else(|| cause.downcast_ref::<String>().cloned());
    tracing::error!(cause = cause.as_deref().unwrap_or("unknown"), "a request panicked");
    crate::http::message::message(
        StatusCode::INTERNAL_SERVER_ERROR,
        "Our fault",
        "Something went wrong inside Plumbline. It was logged.",
    )
}

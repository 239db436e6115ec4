//! The browser half: takes over what the server rendered. Everything else is in `app`.

use leptos::{mount::hydrate_from_async, prelude::document};
use wasm_bindgen::{JsCast, prelude::wasm_bindgen};
use wasm_bindgen_futures::spawn_local;

/// Called once by the page. When it answers to clicks, `<html>` says so; browser tests and style wait for it.
#[wasm_bindgen]
pub fn hydrate() {
    std::panic::set_hook(Box::new(|panic| leptos::logging::error!("{panic}")));
    spawn_local(async {
        let Some(body) = document().body() else { return };
        hydrate_from_async(body.unchecked_into(), app::App).await.forget();
        let _ = document().document_element().map(|root| root.set_attribute("data-hydrated", "true"));
    });
}

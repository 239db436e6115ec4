//! The files of the browser half. In a release they are part of the program; names carry no hash, so
//! each is asked for again with its ETag and answered 304 while it is the same.

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
    routing::get,
};

/// A file of the release.
struct Asset {
    address: &'static str,
    etag: &'static str,
    bytes: &'static [u8],
    brotli: Option<&'static [u8]>,
}

/// Made by `build.rs`; empty in development.
const ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Routes of the files.
pub fn assets<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let mut router = Router::new();
    for asset in ASSETS {
        router = router.route(asset.address, get(move |headers: HeaderMap| async move { embedded(asset, &headers) }));
    }
    if cfg!(debug_assertions) {
        router = from_disk(router);
    }
    router
}

fn embedded(asset: &'static Asset, asked: &HeaderMap) -> Response<Body> {
    let text = |name| asked.get(name).and_then(|v: &HeaderValue| v.to_str().ok()).unwrap_or_default();
    // A compressing proxy weakens the tag; it names the same content all the same.
    let known = text(header::IF_NONE_MATCH).split(',').map(|tag| tag.trim().trim_start_matches("W/"));
    let mut response = Response::new(Body::empty());
    if known.into_iter().any(|tag| tag == asset.etag) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        let takes_brotli =
            text(header::ACCEPT_ENCODING).split(',').any(|coding| coding.trim().split(';').next() == Some("br"));
        match asset.brotli.filter(|_| takes_brotli) {
            Some(bytes) => {
                *response.body_mut() = Body::from(bytes);
                response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
            }
            None => *response.body_mut() = Body::from(asset.bytes),
        }
    }
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(asset.address)));
    headers.insert(header::ETAG, HeaderValue::from_static(asset.etag));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

fn content_type(address: &str) -> &'static str {
    match address.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        _ => "application/octet-stream",
    }
}

/// While developing the browser half is built again without the server.
fn from_disk<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    use axum::extract::Path;
    let file = |address: String| async move {
        let site = concat!(env!("CARGO_MANIFEST_DIR"), "/target/site/");
        let plain = !address.split('/').any(|part| part.is_empty() || part.starts_with('.'));
        match tokio::fs::read(format!("{site}{address}")).await {
            Ok(bytes) if plain => {
                let mut response = Response::new(Body::from(bytes));
                response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(&address)));
                response
            }
            _ => super::message::message(StatusCode::NOT_FOUND, "No such file", "Build the browser half first."),
        }
    };
    router
        .route("/pkg/{file}", get(move |Path(name): Path<String>| file(format!("pkg/{name}"))))
        .route("/fonts/{file}", get(move |Path(name): Path<String>| file(format!("fonts/{name}"))))
        .route("/favicon.svg", get(move || file("favicon.svg".into())))
        .route("/icons.svg", get(move || file("icons.svg".into())))
        .route("/robots.txt", get(move || file("robots.txt".into())))
}

//! Headers that tell the browser what not to do, on every answer, errors of the layers included.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use std::sync::LazyLock;

/// Always the same, whatever is answered.
const ALWAYS: [(HeaderName, &str); 7] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // With `no-referrer` a form would say that it comes from `null`, and could not be told from others'.
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("x-permitted-cross-domain-policies"), "none"),
    (
        HeaderName::from_static("permissions-policy"),
        "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), \
         magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), serial=(), usb=(), xr-spatial-tracking=()",
    ),
];

/// The policy of answers that run no scripts; pages bring their own with a nonce.
static WITHOUT_SCRIPTS: LazyLock<Option<HeaderValue>> =
    LazyLock::new(|| HeaderValue::from_str(&app::server::content_security_policy(None)).ok());

/// Adds the headers.
pub async fn add_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY)
        && let Some(policy) = &*WITHOUT_SCRIPTS
    {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
    }
    // Whatever does not say how long it may be kept is somebody's own.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    drop_hints(headers);
    response
}

/// What would tell others about the inside.
fn drop_hints(headers: &mut HeaderMap) {
    headers.remove(header::SERVER);
    headers.remove("x-powered-by");
}

//! Headers that tell the browser what not to do, on every answer, errors of the layers included.

use crate::{config::Config, state::AppState};
use axum::{
    extract::{Request, State},
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

/// Two years; for this host only, as others of the domain are not ours to speak for.
const ONLY_TLS: &str = "max-age=63072000";

/// The policy of answers that run no scripts; pages bring their own with a nonce.
static WITHOUT_SCRIPTS: LazyLock<Option<HeaderValue>> =
    LazyLock::new(|| HeaderValue::from_str(&app::server::content_security_policy(None)).ok());

/// Adds the headers.
pub async fn add_headers(State(state): State<AppState>, request: Request, next: Next) -> Response {
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
    if reached_by_tls(&state.config) {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(ONLY_TLS));
    }
    // Whatever does not say how long it may be kept is somebody's own.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    drop_hints(headers);
    response
}

/// Once told so, a browser never comes without TLS again. A server that is reached without it must not say
/// so: it would shut out everything else under its name.
fn reached_by_tls(config: &Config) -> bool {
    config.public_origin().is_some_and(|origin| origin.starts_with("https://"))
}

/// What would tell others about the inside.
fn drop_hints(headers: &mut HeaderMap) {
    headers.remove(header::SERVER);
    headers.remove("x-powered-by");
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::{Config, reached_by_tls};

    #[test]
    fn only_a_server_behind_tls_asks_for_it() {
        for (file, asks) in [
            ("", false),
            ("listen = \"0.0.0.0:3000\"", false),
            ("public_url = \"http://localhost:3000\"", false),
            ("public_url = \"https://plumbline.example.org\"", true),
        ] {
            assert_eq!(reached_by_tls(&Config::layered(file, []).unwrap()), asks, "{file}");
        }
    }
}

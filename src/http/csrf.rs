//! A page of somebody else's must not act in a signed-in person's name. Stricter than the layer that
//! `tower-http` offers: a request that says nothing about where it comes from is refused too.

use super::{message::message, origin::host_of};
use crate::state::AppState;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};

/// Lets requests that change something through only when a page of ours sent them.
pub async fn check_sender(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let host = host_of(request.headers(), request.uri());
    if safe
        || carries_token(request.headers())
        || is_ours(request.headers(), |origin| state.origins.is_own(origin, host))
    {
        return next.run(request).await;
    }
    tracing::info!(path = request.uri().path(), "refused a request that no page of ours sent");
    message(
        StatusCode::FORBIDDEN,
        "Refused",
        "This request did not come from a page of Plumbline. Open the page itself and try again.",
    )
}

/// A program with a token and without a cookie acts in nobody else's name.
fn carries_token(headers: &HeaderMap) -> bool {
    headers.contains_key(header::AUTHORIZATION) && !headers.contains_key(header::COOKIE)
}

/// Every header that says where the request comes from must say that it comes from us, and at least
/// one must be there.
fn is_ours(headers: &HeaderMap, is_own: impl Fn(&str) -> bool) -> bool {
    let mut said = false;
    // `none` is the person's own doing: an address typed in, a page loaded again.
    for (name, good) in [
        ("sec-fetch-site", &(|value: &str| matches!(value, "same-origin" | "none")) as &dyn Fn(&str) -> bool),
        ("origin", &is_own),
    ] {
        for value in headers.get_all(name) {
            said = true;
            if !value.to_str().is_ok_and(good) {
                return false;
            }
        }
    }
    if said {
        return true;
    }
    headers.get(header::REFERER).and_then(|v| v.to_str().ok()).is_some_and(is_own)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::is_ours;
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    fn ours(pairs: &[(&str, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
        }
        is_ours(&headers, |origin| origin == "http://us" || origin.starts_with("http://us/"))
    }

    #[test]
    fn a_request_must_say_that_it_is_ours() {
        for good in [
            &[("sec-fetch-site", "same-origin")][..],
            &[("sec-fetch-site", "none")],
            &[("origin", "http://us")],
            &[("referer", "http://us/plans")],
            &[("sec-fetch-site", "same-origin"), ("origin", "http://us")],
        ] {
            assert!(ours(good), "{good:?}");
        }
        for bad in [
            &[][..],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "")],
            &[("origin", "null")],
            &[("origin", "http://them")],
            &[("referer", "http://them/?http://us/")],
            &[("origin", "http://them"), ("referer", "http://us/")],
            &[("sec-fetch-site", "same-origin"), ("origin", "http://them")],
            &[("sec-fetch-site", "same-origin"), ("origin", "null")],
            &[("sec-fetch-site", "cross-site"), ("origin", "http://us")],
            &[("origin", "http://us"), ("origin", "http://them")],
            &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
        ] {
            assert!(!ours(bad), "{bad:?}");
        }
    }
}

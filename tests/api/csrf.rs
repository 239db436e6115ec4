//! A page of somebody else's cannot act in a signed-in person's name, however it sends its request.

use super::server::{HOST, ORIGIN, form, run};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};

/// Headers of a request, and whether it is one of ours.
const TABLE: [(&[(&str, &str)], bool); 14] = [
    (&[], false),
    (&[("sec-fetch-site", "cross-site")], false),
    (&[("sec-fetch-site", "same-site")], false),
    (&[("origin", "null")], false),
    (&[("origin", "http://evil.example")], false),
    (&[("origin", "http://127.0.0.1:4000")], false),
    (&[("origin", "https://127.0.0.1:3000")], false),
    (&[("sec-fetch-site", "same-origin"), ("origin", "http://evil.example")], false),
    (&[("sec-fetch-site", "cross-site"), ("origin", ORIGIN)], false),
    (&[("referer", "http://evil.example/http://127.0.0.1:3000/")], false),
    (&[("authorization", "Bearer stolen")], false),
    (&[("sec-fetch-site", "same-origin")], true),
    (&[("origin", ORIGIN)], true),
    (&[("referer", "http://127.0.0.1:3000/account")], true),
];

fn sign_out(cookie: &str, headers: &[(&str, &str)], kind: &str) -> Request<Body> {
    let mut request = Request::post("/sign-out").header(header::COOKIE, cookie).header(header::CONTENT_TYPE, kind);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

#[test]
fn only_requests_of_our_own_pages_change_anything() {
    run(|server| async move {
        server.person("csrf@example.org").await;
        for (headers, ours) in TABLE {
            for kind in ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"] {
                let cookie = server.session("csrf@example.org").await;
                let answer = server.send(sign_out(&cookie, headers, kind)).await;
                let expected = if ours { StatusCode::SEE_OTHER } else { StatusCode::FORBIDDEN };
                assert_eq!(answer.status, expected, "{headers:?} as {kind}");
                assert_eq!(server.knows(&cookie).await, !ours, "{headers:?} as {kind}");
            }
        }
    });
}

#[test]
fn nothing_changes_by_get_and_no_method_can_be_smuggled() {
    run(|server| async move {
        server.person("get@example.org").await;
        let cookie = server.session("get@example.org").await;
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            let request =
                Request::builder().method(method).uri("/sign-out?_method=POST").header(header::COOKIE, &cookie);
            let request = request.header("x-http-method-override", "POST").body(Body::empty()).unwrap();
            server.send(request).await;
            assert!(server.knows(&cookie).await);
        }
        let token = server.workbench.sign_in_link(&workbench::Caller::Operator, "get@example.org").await.unwrap();
        let link = format!("/sign-in/once/{}", secrecy::ExposeSecret::expose_secret(&token));
        // A mail scanner opens the link, twice; then the person presses the button.
        for _ in 0..2 {
            let page = server.page(&link, None).await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(page.header("set-cookie").is_empty());
        }
        let answer =
            server.send(form("/sign-in/once", None, &[("token", secrecy::ExposeSecret::expose_secret(&token))])).await;
        assert_eq!(answer.location(), "/plans");
        assert!(server.knows(&answer.cookie()).await);
    });
}

#[test]
fn a_token_without_a_cookie_needs_no_origin() {
    run(|server| async move {
        // There are no tokens yet: it gets past this layer and is nobody to the next.
        let request = Request::post("/api/desk/plans/api/list_plans")
            .header(header::AUTHORIZATION, "Bearer x")
            .header(header::HOST, HOST);
        assert_eq!(server.send(request.body(Body::empty()).unwrap()).await.status, StatusCode::UNAUTHORIZED);
    });
}

#[test]
fn server_functions_are_behind_the_layer() {
    run(|server| async move {
        for (path, method) in server_fn::axum::server_fn_paths() {
            assert_eq!(method, Method::POST, "{path}: a function that answers GET escapes the layer");
            let request =
                Request::post(path).header(header::COOKIE, &server.owner).header("sec-fetch-site", "cross-site");
            assert_eq!(server.send(request.body(Body::empty()).unwrap()).await.status, StatusCode::FORBIDDEN, "{path}");
        }
    });
}

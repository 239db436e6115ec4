//! Bounds on what a request may bring.

use super::server::{HOST, ORIGIN, form, get, run};
use axum::{
    body::{Body, Bytes},
    http::{Request, StatusCode, header},
};

#[test]
fn a_body_is_bounded_whether_it_says_how_long_it_is_or_not() {
    run(|server| async move {
        let big = "x".repeat((2 << 20) + 1);
        let answer = server.send(form("/sign-in", None, &[("email", &big)])).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        for path in server_fn::axum::server_fn_paths().map(|(path, _)| path).chain(["/sign-in"]) {
            let chunks =
                futures::stream::iter((0..300).map(|_| Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; 10_000]))));
            let request = Request::post(path)
                .header(header::HOST, HOST)
                .header(header::ORIGIN, ORIGIN)
                .header(header::COOKIE, &server.owner)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .extension(super::server::new_peer())
                .body(Body::from_stream(chunks))
                .unwrap();
            let answer = server.send(request).await;
            assert!(answer.status.is_client_error(), "{path}: {} {}", answer.status, answer.text);
        }
    });
}

#[test]
fn an_address_is_bounded() {
    run(|server| async move {
        let path = |n: usize| format!("/health?q={}", "a".repeat(n));
        assert_eq!(server.send(get(&path(8000), None)).await.status, StatusCode::OK);
        assert_eq!(server.send(get(&path(8300), None)).await.status, StatusCode::URI_TOO_LONG);
    });
}

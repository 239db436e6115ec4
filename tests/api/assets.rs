//! The files of the browser half. Their content is the build's; here it is how they are handed out.

use super::server::{get, run};
use axum::http::StatusCode;

#[test]
fn files_are_asked_for_again_and_answered_briefly() {
    run(|server| async move {
        let file = server.page("/pkg/plumbline.css", None).await;
        if file.status == StatusCode::NOT_FOUND && cfg!(debug_assertions) {
            return; // the browser half was not built for this profile
        }
        assert_eq!(file.status, StatusCode::OK, "build the browser half first: scripts/build site");
        assert!(file.header("content-type").starts_with("text/css"));
        if cfg!(debug_assertions) {
            return; // from disk while developing
        }
        assert_eq!(file.header("cache-control"), "no-cache");
        let tag = file.header("etag").to_owned();
        for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}")] {
            let mut request = get("/pkg/plumbline.css", None);
            request.headers_mut().insert("if-none-match", known.parse().unwrap());
            let answer = server.send(request).await;
            assert_eq!((answer.status, answer.text.len()), (StatusCode::NOT_MODIFIED, 0), "{known}");
        }
    });
}

#[test]
fn nothing_else_is_handed_out() {
    run(|server| async move {
        for path in
            ["/pkg/../Cargo.toml", "/pkg/..%2f..%2fCargo.toml", "/fonts/%2e%2e/%2e%2e/Cargo.toml", "/pkg/.env", "/pkg/"]
        {
            let answer = server.page(path, None).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
            assert!(!answer.text.contains("[workspace]"), "{path}");
        }
    });
}

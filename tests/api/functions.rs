//! Every server function there is, as somebody who is not signed in. The list comes from the framework,
//! so a function added later is tested from its first day.

use super::server::{HOST, ORIGIN, Server, run};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use std::path::Path;

/// A call as the browser half sends it, or with `text/html` as a form does.
pub fn call(path: &str, accept: &str, body: impl Into<Body>) -> Request<Body> {
    Request::post(path)
        .header(header::HOST, HOST)
        .header(header::ORIGIN, ORIGIN)
        .header(header::REFERER, format!("{ORIGIN}/p/some-plan/data?page=2"))
        .header(header::ACCEPT, accept)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(body.into())
        .unwrap()
}

/// The address of every server function.
pub fn paths() -> Vec<&'static str> {
    let all: Vec<_> = server_fn::axum::server_fn_paths().map(|(path, _)| path).collect();
    let written = written(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/app")));
    assert_eq!(all.len(), written, "functions are written and not linked, or the other way round: {all:?}");
    all
}

/// How many server functions a folder declares.
fn written(folder: &Path) -> usize {
    let in_file = |path: &Path| {
        let text = std::fs::read_to_string(path).unwrap();
        text.lines()
            .filter(|line| line.trim() == "#[server]" || line.trim().starts_with("#[server(") && line.ends_with(")]"))
            .count()
    };
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { written(&path) } else { in_file(&path) }).sum()
}

fn guarded() -> Vec<&'static str> {
    let all = paths();
    for open in app::server::FOR_ANYBODY {
        assert!(all.contains(open), "{open} is let through but does not exist");
    }
    all.into_iter().filter(|path| !app::server::FOR_ANYBODY.contains(path)).collect()
}

#[test]
fn nobody_is_refused_everywhere_in_the_same_words() {
    run(|server| async move {
        let mut words = None;
        for path in guarded() {
            for body in ["", "key=demo&id=00000000-0000-7000-8000-000000000000&title=x&text=x&offset=0"] {
                let answer = server.send(call(path, "application/json", body)).await;
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}: {}", answer.text);
                let error: app::AppError = serde_json::from_str(&answer.text).unwrap();
                assert_eq!(error.kind, app::ErrorKind::SignedOut, "{path}");
                assert_eq!(
                    words.get_or_insert_with(|| answer.text.clone()),
                    &answer.text,
                    "{path} answers differently"
                );
            }
        }
    });
}

#[test]
fn a_form_without_a_session_leads_to_sign_in_and_back() {
    run(|server| async move {
        for path in guarded() {
            let answer = server.send(call(path, "text/html", "key=demo")).await;
            assert_eq!(answer.location(), "/sign-in?next=/p/some-plan/data%3Fpage%3D2&error=expired", "{path}");
        }
    });
}

#[test]
fn a_session_that_ended_is_nobody() {
    run(|server| async move {
        server.person("gone@example.org").await;
        let cookie = server.session("gone@example.org").await;
        let who = |server: &'static Server, cookie: String| async move {
            let mut request = call(app::server::FOR_ANYBODY[0], "application/json", "");
            request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
            server.send(request).await
        };
        assert!(who(server, cookie.clone()).await.text.contains("Somebody"));
        let user = server.workbench.list_people(&workbench::Caller::Operator).await.unwrap();
        let user = user.iter().find(|u| u.email == "gone@example.org").unwrap();
        server.workbench.disable_person(&workbench::Caller::Operator, user.id).await.unwrap();
        let answer = who(server, cookie).await;
        assert_eq!(answer.text, "null");
        assert!(answer.header("set-cookie").contains("Max-Age=0"), "the dead cookie stays");
    });
}

#[test]
fn arguments_that_make_no_sense_are_our_words_and_no_fault_of_ours() {
    run(|server| async move {
        for path in guarded() {
            let mut request = call(path, "application/json", "id=%00&rev=x&nonsense[[=1");
            request.headers_mut().insert(header::COOKIE, server.owner.parse().unwrap());
            let answer = server.send(request).await;
            assert!(!answer.status.is_server_error(), "{path}: {} {}", answer.status, answer.text);
        }
    });
}

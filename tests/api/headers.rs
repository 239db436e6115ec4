//! What every answer carries, whoever gave it: pages, files, errors of the layers, nothing at all.

use super::server::{Answer, HOST, Server, form, get, run};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};

fn check(what: &str, answer: &Answer) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), value, "{what}: {name}");
    }
    assert!(answer.header("permissions-policy").contains("camera=()"), "{what}");
    assert_eq!(answer.header("x-request-id").len(), 32, "{what}");
    assert!(answer.header("server").is_empty(), "{what}");
    // This server is not reached by TLS.
    assert!(answer.header("strict-transport-security").is_empty(), "{what}");
    let policy = answer.header("content-security-policy");
    for part in [
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(part), "{what}: {part} is missing in {policy}");
    }
    assert!(!policy.replace("'wasm-unsafe-eval'", "").contains("unsafe"), "{what}: {policy}");
}

async fn answers(server: &Server) -> Vec<(&'static str, StatusCode, Answer)> {
    let owner = Some(server.owner.as_str());
    let strange = |method: Method, path: &str| Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
    let mut elsewhere = get("/plans", owner);
    elsewhere.headers_mut().insert("host", "evil.example".parse().unwrap());
    vec![
        ("a page", StatusCode::OK, server.page("/plans", owner).await),
        ("a page to sign in", StatusCode::OK, server.page("/sign-in", None).await),
        ("signed out", StatusCode::FOUND, server.page("/plans", None).await),
        ("no such page", StatusCode::NOT_FOUND, server.page("/nowhere", owner).await),
        ("no such page, nobody", StatusCode::NOT_FOUND, server.page("/no/where", None).await),
        ("no such plan", StatusCode::NOT_FOUND, server.page("/p/nothing", owner).await),
        ("health", StatusCode::OK, server.page("/health", None).await),
        ("a request from nowhere", StatusCode::FORBIDDEN, server.send(strange(Method::POST, "/sign-in")).await),
        ("a method that is not there", StatusCode::METHOD_NOT_ALLOWED, server.send(form("/health", owner, &[])).await),
        ("a strange method", StatusCode::FORBIDDEN, server.send(strange(Method::TRACE, "/plans")).await),
        ("another host", StatusCode::MISDIRECTED_REQUEST, server.send(elsewhere).await),
        (
            "an address too long",
            StatusCode::URI_TOO_LONG,
            server.page(&format!("/plans?q={}", "a".repeat(9000)), owner).await,
        ),
        (
            "a body too long",
            StatusCode::PAYLOAD_TOO_LARGE,
            server.send(form("/sign-in", None, &[("email", &"a".repeat(3 << 20))])).await,
        ),
        (
            "a form that lacks a field",
            StatusCode::UNPROCESSABLE_ENTITY,
            server.send(form("/sign-in", None, &[("email", "a@b.example")])).await,
        ),
        ("events of nothing", StatusCode::NOT_FOUND, server.page("/events/nothing", owner).await),
        ("a function that is not there", StatusCode::NOT_FOUND, server.send(form("/api/nothing", owner, &[])).await),
    ]
}

#[test]
fn every_answer_has_the_security_headers() {
    run(|server| async move {
        for (what, status, answer) in answers(server).await {
            assert_eq!(answer.status, status, "{what}: {}", answer.text);
            check(what, &answer);
        }
    });
}

#[test]
fn what_is_somebody_s_own_is_not_kept() {
    run(|server| async move {
        for (what, _, answer) in answers(server).await {
            assert_eq!(answer.header("cache-control"), "no-store", "{what}");
        }
    });
}

#[test]
fn each_page_runs_its_own_scripts_and_no_others() {
    run(|server| async move {
        let mut nonces = Vec::new();
        for _ in 0..2 {
            let page = server.page("/plans", Some(&server.owner)).await;
            let policy = page.header("content-security-policy").to_owned();
            let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
            assert!(nonce.len() >= 20);
            assert!(policy.contains("'strict-dynamic'"));
            let scripts: Vec<_> =
                page.text.match_indices("<script").map(|(at, _)| page.text[at..].split('>').next().unwrap()).collect();
            assert!(!scripts.is_empty());
            for script in scripts {
                assert!(script.contains(&format!("nonce=\"{nonce}\"")), "{script}");
            }
            // No inline styles and no inline handlers: the policy would refuse them, in the console.
            assert!(
                !page.text.contains(" style=") && !page.text.contains("<style") && !page.text.contains(" onclick=")
            );
            nonces.push(nonce);
        }
        assert_ne!(nonces[0], nonces[1]);
    });
}

#[test]
fn a_forged_host_or_proxy_header_changes_nothing() {
    run(|server| async move {
        let mut request = get("/plans", None);
        request.headers_mut().insert("x-forwarded-host", "evil.example".parse().unwrap());
        request.headers_mut().insert("x-forwarded-proto", "https".parse().unwrap());
        request.headers_mut().insert("forwarded", "host=evil.example".parse().unwrap());
        let answer = server.send(request).await;
        assert!(!answer.text.contains("evil.example") && !answer.header("location").contains("evil.example"));
        let mut request = get(&format!("http://{HOST}/health"), None);
        request.headers_mut().insert("host", "evil.example".parse().unwrap());
        assert_eq!(server.send(request).await.status, StatusCode::MISDIRECTED_REQUEST);
    });
}

#[test]
fn the_name_of_a_request_is_ours_to_give() {
    run(|server| async move {
        let mut request = get("/health", None);
        request.headers_mut().insert("x-request-id", "forged".parse().unwrap());
        assert_ne!(server.send(request).await.header("x-request-id"), "forged");
    });
}

//! Pages as they come from the server, before any script runs.

use super::server::{get, run};
use axum::http::StatusCode;
use workbench::Caller;

#[test]
fn the_front_door_leads_to_the_plans() {
    run(|server| async move {
        assert_eq!(server.page("/", Some(&server.owner)).await.location(), "/plans");
        assert_eq!(server.page("/plans", None).await.location(), "/sign-in");
    });
}

#[test]
fn the_document_names_its_parts() {
    run(|server| async move {
        let page = server.page("/plans", Some(&server.owner)).await;
        for part in [
            "<!DOCTYPE html>",
            "<html lang=\"en\"",
            "/pkg/plumbline.css",
            "/pkg/plumbline.js",
            "/pkg/plumbline.wasm",
            "/favicon.svg",
            "id=\"content\"",
            "href=\"#content\"",
            "<h1>Plans<",
            "action=\"/sign-out\"",
        ] {
            assert!(page.text.contains(part), "{part} is missing");
        }
        assert!(!page.text.contains("data-theme"), "the system decides");
        let mut request = get("/plans", None);
        request.headers_mut().insert("cookie", format!("{}; theme=dark", server.owner).parse().unwrap());
        assert!(server.send(request).await.text.contains("data-theme=\"dark\""));
        let mut request = get("/sign-in", None);
        request.headers_mut().insert("cookie", "theme=\"><script>".parse().unwrap());
        assert!(!server.send(request).await.text.contains("data-theme"));
    });
}

#[test]
fn a_plan_is_not_found_by_those_who_may_not_see_it() {
    run(|server| async move {
        let key = server.workbench.create_plan(&Caller::Operator, "Secret merger").await.unwrap();
        server.person("stranger@example.org").await;
        let stranger = server.session("stranger@example.org").await;
        let theirs = server.page(&format!("/p/{key}"), Some(&stranger)).await;
        let nothing = server.page("/p/does-not-exist", Some(&stranger)).await;
        assert_eq!((theirs.status, nothing.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
        assert!(!theirs.text.contains("Secret merger"));
        assert!(!server.page("/plans", Some(&stranger)).await.text.contains("Secret merger"));
    });
}

#[test]
fn a_plan_is_started_without_scripts() {
    run(|server| async move {
        let answer = server.post(&server.owner, "create_plan", &[("title", "Loyalty move")]).await;
        assert_eq!(answer.location(), "/p/loyalty-move");
        assert!(server.page("/p/loyalty-move", Some(&server.owner)).await.text.contains("Loyalty move"));
        // What is wrong is said on the page one came from.
        let answer = server.post(&server.owner, "create_plan", &[("title", " ")]).await;
        let back = answer.location().strip_prefix(super::server::ORIGIN).unwrap().to_owned();
        let page = server.page(&back, Some(&server.owner)).await;
        assert!(page.text.contains("is needed") && page.text.contains("aria-invalid=\"true\""), "{}", page.text);
    });
}

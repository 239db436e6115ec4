//! Gate 5 without scripts: pages anybody may read, a file verified, a plan reviewed, signed and exported
//! by forms and links alone.

use super::server::{Answer, ORIGIN, PASSWORD, Server, form, function, get, new_peer, run};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use domain::{Kind, Slot};
use serde_json::{Value, json};
use workbench::{Caller, ExportFormat};

fn upload(file: &[u8], origin: &str) -> Request<Body> {
    let mut body = b"--frontier\r\ncontent-disposition: form-data; name=\"file\"; filename=\"plan.md\"\r\ncontent-type: text/plain\r\n\r\n".to_vec();
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--frontier--\r\n");
    let mut request = Request::post("/verify")
        .header(header::ACCEPT, "text/html,*/*;q=0.8")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=frontier")
        .header(header::CONTENT_LENGTH, body.len())
        .header(header::ORIGIN, origin)
        .body(Body::from(body))
        .unwrap();
    request.extensions_mut().insert(new_peer());
    request
}

/// What a page says in the hidden field of a form.
fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
    let start = page.find(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("no field {name}"));
    let rest = &page[start + name.len() + "name=\"\" value=\"".len()..];
    &rest[..rest.find('"').unwrap()]
}

#[test]
fn rule_cards_are_for_anybody() {
    run(|server| async {
        let list = server.page("/help/rules", None).await;
        assert_eq!(list.status, StatusCode::OK);
        let mut request = form(function("load_rules"), None, &[]);
        request.headers_mut().insert(header::ACCEPT, "application/json".parse().unwrap());
        let rules: Vec<Value> = serde_json::from_str(&server.send(request).await.text).unwrap();
        assert!(rules.len() >= 40, "{} rules", rules.len());
        for rule in rules {
            let id = rule["id"].as_str().unwrap();
            assert!(list.text.contains(&format!("/help/rules/{id}")), "{id} is missing");
        }
        let card = server.page("/help/rules/DP-003", None).await;
        assert!(card.status == StatusCode::OK && card.text.contains("rule-quote"), "{}", card.text);
        assert_eq!(server.page("/help/rules/XX-999", None).await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn anybody_may_have_a_file_verified_and_nothing_is_kept() {
    run(|server| async {
        let key = server.workbench.create_plan(&Caller::Operator, "Verified <b>plan</b>").await.unwrap();
        let file =
            server.workbench.export(&Caller::Operator, &key, Some("draft"), ExportFormat::Markdown).await.unwrap();
        assert!(server.page("/verify", None).await.text.contains("enctype=\"multipart/form-data\""));
        let said = server.send(upload(&file.bytes, ORIGIN)).await;
        assert_eq!(said.status, StatusCode::OK);
        assert!(
            said.text.contains("data-verdict=\"draft\"") && said.text.contains("Verified &lt;b&gt;plan"),
            "{}",
            said.text
        );
        assert!(!said.text.contains("<b>plan</b>"));
        let mut altered = file.bytes.clone();
        let at = altered.len() / 3;
        altered[at] ^= 1;
        let said = server.send(upload(&altered, ORIGIN)).await.text;
        assert!(["altered", "unknown"].iter().any(|v| said.contains(&format!("data-verdict=\"{v}\""))), "{said}");
        assert!(server.send(upload(b"hello", ORIGIN)).await.text.contains("data-verdict=\"unknown\""));
        let sealed = server.workbench.export(&Caller::Operator, &key, Some("draft"), ExportFormat::Json).await.unwrap();
        assert!(server.send(upload(&sealed.bytes, ORIGIN)).await.text.contains("data-verdict=\"draft\""));
        // Opened again the page has nothing to say: the answer was that request's alone.
        assert!(!server.page("/verify", None).await.text.contains("data-verdict"));
        assert_eq!(server.send(upload(b"hello", "https://evil.example")).await.status, StatusCode::FORBIDDEN);
        let large = vec![b'x'; 11 * 1024 * 1024];
        let refused = server.send(upload(&large, ORIGIN)).await;
        assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(refused.text.contains("The file is too large."), "{}", refused.text);
    });
}

async fn post(server: &Server, cookie: &str, name: &str, fields: &[(&str, &str)]) -> Answer {
    let answer = server.post(cookie, name, fields).await;
    assert!(answer.status.is_redirection(), "{name}: {} {}", answer.status, answer.text);
    assert!(!answer.location().contains("__err"), "{name}: {}", answer.location());
    answer
}

/// Excuses every error through the form of the findings page, until the day it proposes.
async fn waive_errors(server: &Server, cookie: &str, key: &str) {
    loop {
        let found = server.workbench.findings(&Caller::Operator, key).await.unwrap().findings;
        let Some((finding, _)) = found.into_iter().find(|(f, _)| f.blocks()) else {
            return;
        };
        let open = format!("/p/{key}/findings?waive={}", finding.fingerprint);
        let page = server.page(&open, Some(cookie)).await;
        assert!(page.text.contains("Why is this acceptable?"), "{} {}: {}", finding.rule, finding.message, page.text);
        let fields = [
            ("plan", key),
            ("rule", &finding.rule),
            ("fingerprint", &finding.fingerprint),
            ("reason", "small on purpose"),
            ("expires", hidden(&page.text, "expires")),
        ];
        post(server, cookie, "waive", &fields).await;
    }
}

#[test]
fn a_plan_is_reviewed_signed_and_exported_without_scripts() {
    run(|server| async {
        let key = server.workbench.create_plan(&Caller::Operator, "Signed by forms").await.unwrap();
        let instance = server.add(&key, Kind::Instance, json!({ "name": "CRM of forms" })).await;
        let object = server.add(&key, Kind::BusinessObject, json!({ "name": "Customer", "owner": "Mira" })).await;
        let point = json!({ "name": "E-mail", "object": object, "definition": "For receipts" });
        let point = server.add(&key, Kind::DataPoint, point).await;
        let place =
            json!({ "data_point": point, "instance": instance, "object_name": "customer", "field_name": "email" });
        server.add(&key, Kind::Occurrence, place).await;
        let ana = server.person("ana.forms@example.org").await.id.to_string();
        let cookie = server.session("ana.forms@example.org").await;
        let owner = server.owner.clone();
        let plan = key.as_str();

        post(server, &owner, "set_role", &[("plan", plan), ("person", &ana), ("role", "editor")]).await;
        for slot in Slot::ALL {
            let tick = format!("people[{}]", domain::form_key(&ana));
            post(server, &owner, "assign_slot", &[("plan", plan), ("slot", slot.code()), (&tick, "true")]).await;
        }
        waive_errors(server, &cookie, plan).await;
        post(
            server,
            &cookie,
            "write_comment",
            &[("plan", plan), ("thread", ""), ("body", "</textarea><script>alert(1)</script>")],
        )
        .await;
        post(server, &cookie, "request_review", &[("plan", plan), ("message", "Please look")]).await;
        let review = format!("/p/{plan}/review");
        for slot in Slot::ALL.into_iter().filter(|s| *s != Slot::Sponsor) {
            let page = server.page(&review, Some(&cookie)).await;
            assert!(!page.text.contains("<script>alert"), "a comment became markup");
            let form = &page.text[page.text.find(&format!("name=\"slot\" value=\"{}\"", slot.code())).unwrap()..];
            let hash = hidden(form, "hash");
            post(server, &cookie, "approve", &[("plan", plan), ("slot", slot.code()), ("hash", hash), ("comment", "")])
                .await;
        }
        let page = server.page(&review, Some(&cookie)).await;
        assert!(page.text.contains("Sign version 1"), "{}", page.text);
        // Nobody else is offered the button.
        assert!(!server.page(&review, Some(&owner)).await.text.contains("Sign version 1"));
        let root = hidden(&page.text, "root").to_owned();
        assert!(page.text.contains("autocomplete=\"current-password\""), "{}", page.text);
        let refused = async |root: &str, password: &str| {
            let fields = [("plan", plan), ("root", root), ("password", password)];
            let mut request = form(function("sign_plan"), Some(&cookie), &fields);
            request.headers_mut().insert(header::REFERER, format!("{ORIGIN}{review}").parse().unwrap());
            let answer = server.send(request).await;
            let back = answer.location().strip_prefix(ORIGIN).unwrap_or(answer.location()).to_owned();
            assert!(back.contains("__err") && !back.contains("guessed"), "{back}");
            server.page(&back, Some(&cookie)).await.text
        };
        assert!(refused("00", PASSWORD).await.contains("changed while you were reading"));
        assert!(refused(&root, "guessed-one").await.contains("is not your present password"));
        assert!(refused(&root, "").await.contains("is needed"));
        let fields = [("plan", plan), ("root", &*root), ("password", PASSWORD)];
        let signed = post(server, &cookie, "sign_plan", &fields).await;
        assert_eq!(signed.location(), format!("/p/{plan}/versions#v1"));

        let versions = server.page(&format!("/p/{plan}/versions"), Some(&cookie)).await;
        assert!(versions.text.contains(&root) && versions.text.contains("proved who they are"), "{}", versions.text);
        let export = server.page(&format!("/p/{plan}/export"), Some(&cookie)).await;
        for (format, media) in
            [("pdf", "application/pdf"), ("md", "text/markdown; charset=utf-8"), ("json", "application/json")]
        {
            let path = format!("/p/{plan}/download/v1/{format}");
            assert!(export.text.contains(&path), "{path} is not linked");
            let file = server.send(get(&path, Some(&cookie))).await;
            assert_eq!((file.status, file.header("content-type")), (StatusCode::OK, media));
            assert_eq!(file.header("content-disposition"), format!("attachment; filename=\"{plan}-v1.{format}\""));
            assert_eq!(file.header("x-content-type-options"), "nosniff");
        }
        let file = server.workbench.export(&Caller::Operator, plan, Some("v1"), ExportFormat::Pdf).await.unwrap();
        assert!(server.send(upload(&file.bytes, ORIGIN)).await.text.contains("data-verdict=\"signed\""));
        let revised = post(server, &cookie, "revise", &[("plan", plan)]).await;
        assert_eq!(revised.location(), format!("/p/{plan}"));
        let compared = server.page(&format!("/p/{plan}/compare?from=v1&to=draft"), Some(&cookie)).await;
        assert!(compared.text.contains("nothing differs"), "{}", compared.text);
    });
}

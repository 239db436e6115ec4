//! What people write stays text, wherever it is shown: hostile words in every field of every kind of
//! item, in comments, reasons and names, then every page and the Markdown export.

use super::{
    addresses::addresses,
    server::{Answer, Server, run},
};
use axum::http::StatusCode;
use domain::{Change, ConnectionId, Field, FieldType, ItemId, Kind, Patch, PlanRole, Slot, WorkspaceRole};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;
use workbench::{Caller, ExportFormat};

/// Leaves a text box, leaves the title, runs a script in two ways.
const HOSTILE: &str = "</textarea></title><script>alert(1)</script><img src=x onerror=alert(1)>";

/// The session of somebody as the workbench sees them.
async fn caller(server: &Server, email: &str) -> Caller {
    let token = server.workbench.sign_in_link(&Caller::Operator, email).await.unwrap();
    let signed_in = server.workbench.sign_in_once(&token, &workbench::Visitor::default()).await.unwrap();
    server.workbench.recognise(&signed_in.token).await.unwrap()
}

/// A value for a field: hostile words where it takes words, something that fits elsewhere.
fn value(field: &Field, items: &BTreeMap<Kind, ItemId>, connection: ConnectionId) -> Value {
    match field.kind {
        FieldType::Line | FieldType::Text => json!(HOSTILE),
        FieldType::Lines => json!([HOSTILE]),
        FieldType::Flag => json!(true),
        FieldType::Count { min, .. } => json!(min),
        FieldType::Date => json!("2026-01-05"),
        FieldType::Schedule => json!("0 6 * * 1-5"),
        FieldType::Choice(choices) => json!(choices[0].code),
        FieldType::Ref(kind) => items.get(&kind).map_or(Value::Null, |id| json!(id)),
        FieldType::Refs(kind) => items.get(&kind).map_or(json!([]), |id| json!([id])),
        FieldType::Parts(fields) => {
            let mut part: Map<String, Value> =
                fields.iter().map(|f| (f.name.to_owned(), value(f, items, connection))).collect();
            // Evidence is linked by verbs of its own, which say when it was taken.
            if field.name == "proofs" || fields.iter().any(|f| f.required && part[f.name].is_null()) {
                return json!([]);
            }
            part.insert("id".into(), json!(Uuid::now_v7()));
            json!([part])
        }
        FieldType::Connection => json!(connection),
        FieldType::Run | FieldType::Attachment => Value::Null,
    }
}

async fn edit(server: &Server, caller: &Caller, plan: &str, kind: Kind, change: Change) -> Result<(), String> {
    let edited = match kind.in_workspace() {
        true => server.workbench.edit_workspace(caller, vec![change]).await,
        false => server.workbench.edit(caller, plan, vec![change]).await,
    };
    edited.map(|_| ()).map_err(|error| error.to_string())
}

/// One item of each kind with words in every field, and with the others it refers to where it may.
async fn fill(server: &Server, caller: &Caller, plan: &str, connection: ConnectionId) -> Vec<(Kind, String)> {
    let mut items = BTreeMap::new();
    for kind in Kind::ALL.iter().copied().filter(|kind| *kind != Kind::Charter) {
        let item = ItemId(Uuid::now_v7());
        let fields =
            kind.fields().iter().map(|field| (field.name.to_owned(), value(field, &items, connection))).collect();
        edit(server, caller, plan, kind, Change::Add { item, kind, fields })
            .await
            .unwrap_or_else(|e| panic!("{kind:?}: {e}"));
        items.insert(kind, item);
    }
    for (kind, item) in items.clone() {
        for field in kind.fields() {
            let after = value(field, &items, connection);
            let patch = match field.kind {
                FieldType::Ref(_) | FieldType::Refs(_) => {
                    Patch { field: field.name.into(), before: field.empty(), after }
                }
                FieldType::Parts(_) if !after[0].is_null() => {
                    let field = format!("{}/{}", field.name, after[0]["id"].as_str().unwrap());
                    Patch { field, before: Value::Null, after: after[0].clone() }
                }
                _ => continue,
            };
            // What may not refer to itself or was filled above stays as it is.
            let _ = edit(server, caller, plan, kind, Change::Set { item, patches: vec![patch] }).await;
        }
    }
    let mut named = Vec::new();
    for (kind, id) in items {
        let list = match kind.in_workspace() {
            true => server.workbench.list_workspace(caller, kind, "", 0).await.unwrap(),
            false => server.workbench.list_items(caller, plan, kind, "", 0).await.unwrap(),
        };
        let row = list.rows.iter().find(|row| row.id == id).unwrap();
        named.push((kind, row.key.clone()));
    }
    named
}

/// A file with words in its name, its columns and its values.
async fn connect(server: &Server, ana: &Caller, plan: &str) -> ConnectionId {
    let file = format!("{}.csv", HOSTILE.replace('/', ""));
    let content = b"id,<img src=x>\n1,<script>alert(1)</script>\n";
    server.workbench.connect_upload(ana, plan, HOSTILE, None, "test", &file, content).await.unwrap()
}

/// What people say and do around the items.
async fn talk(server: &Server, ana: &Caller, plan: &str) {
    let w = &server.workbench;
    let thread = w.comment(ana, plan, "", "", "", HOSTILE).await.unwrap().to_string();
    w.comment(ana, plan, "", "", &thread, HOSTILE).await.unwrap();
    w.attach_proof(ana, plan, "format", HOSTILE, b"seen", HOSTILE).await.unwrap();
    let findings = w.findings(ana, plan).await.unwrap().findings;
    // Some rules cannot be waived.
    for (finding, _) in &findings {
        if w.waive(ana, plan, &finding.rule, &finding.fingerprint, HOSTILE, "").await.is_ok() {
            return;
        }
    }
    panic!("nothing could be waived of {} findings", findings.len());
}

fn check(path: &str, page: &Answer) {
    assert!(page.status == StatusCode::OK || page.status == StatusCode::NOT_FOUND, "{path}: {}", page.status);
    for markup in ["<script>alert", "<img src=x"] {
        if let Some(at) = page.text.find(markup) {
            panic!(
                "{path}: {markup} came through:\n{}",
                &page.text[at.saturating_sub(600)..(at + 200).min(page.text.len())]
            );
        }
    }
    // Parts of pictures have titles too: what counts is that nobody's words close one.
    assert_eq!(page.text.matches("</title>").count(), page.text.matches("<title").count(), "{path}");
    let title = page.text.split("<title>").nth(1).unwrap_or_else(|| panic!("{path}: no title in\n{}", page.text));
    let title = title.split("</title>").next().unwrap();
    assert!(title.ends_with("Plumbline"), "{path}: {title}");
}

#[test]
fn words_stay_words_on_every_page() {
    run(|server| async move {
        let (w, operator) = (&server.workbench, Caller::Operator);
        let password = secrecy::SecretString::from(super::server::PASSWORD);
        let email = "hostile@example.org";
        let user = w.add_person(&operator, HOSTILE, email, WorkspaceRole::Member, &password).await.unwrap();
        let ana = caller(server, email).await;
        let plan = w.create_plan(&ana, HOSTILE).await.unwrap();
        w.set_slot(&ana, &plan, Slot::Sponsor, &[user.id]).await.unwrap();
        w.set_member(&ana, &plan, user.id, Some(PlanRole::Editor)).await.unwrap();
        let connection = connect(server, &ana, &plan).await;
        let items = fill(server, &ana, &plan, connection).await;
        talk(server, &ana, &plan).await;
        let cookie = server.session(email).await;
        let mut pages = addresses(&plan, &items);
        pages.retain(|path| path != "/");
        assert!(pages.len() > 100, "{}", pages.len());
        // What an address says is somebody else's words as well.
        let said: String = HOSTILE.bytes().map(|b| format!("%{b:02X}")).collect();
        let plain = addresses(&plan, &[]).into_iter().filter(|path| path != "/");
        let asked = [
            "text", "filter", "open", "error", "next", "invalid", "from", "to", "slice", "left", "key", "__err",
            "__path",
        ];
        let query: Vec<_> = asked.iter().map(|name| format!("{name}={said}")).collect();
        pages.extend(plain.map(|path| format!("{path}?{}", query.join("&"))));
        for path in pages {
            let cookie = if path.starts_with("/account") { &server.owner } else { &cookie };
            let page = server.page(&path, Some(cookie)).await;
            if !page.status.is_redirection() {
                check(&path, &page);
            }
        }
        let file = w.export(&ana, &plan, Some("draft"), ExportFormat::Markdown).await.unwrap();
        let text = String::from_utf8(file.bytes).unwrap();
        // Behind the head and outside spans of code, where nothing is markup, every bracket is escaped.
        let body = text.splitn(3, "---\n").nth(2).unwrap();
        let prose = body.split('`').step_by(2).collect::<String>().replace("\\<", "");
        for markup in ["<script", "<img", "</textarea"] {
            assert!(!prose.contains(markup), "{markup} came through in Markdown");
        }
        let plain = w.create_plan(&ana, "plain words").await.unwrap();
        let plain = server.page(&format!("/p/{plain}"), Some(&cookie)).await;
        for text in ["'><svg onload=alert(4)>", "<!--", "]]><script>alert(5)</script>"] {
            let key = w.create_plan(&ana, text).await.unwrap();
            let page = server.page(&format!("/p/{key}"), Some(&cookie)).await;
            check(&key, &page);
            assert!(!page.text.contains("<svg onload"), "{text}");
            // The framework's own marks are comments; nobody's words may open one more.
            let comments = |page: &Answer| page.text.matches("<!--").count();
            assert_eq!(comments(&page), comments(&plain), "{text}");
        }
    });
}

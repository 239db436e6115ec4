//! The forms of items without scripts: what a page shows is sent back as a browser would, with some of it
//! typed anew.

use super::server::{Answer, Server, function, run};
use axum::http::StatusCode;
use domain::{Kind, form_key};
use serde_json::json;
use workbench::Caller;

/// One attribute of a tag as the browser reads it.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    let value = &tag[start..start + tag[start..].find('"')?];
    Some(value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
}

/// What the form for a server function would send as it was drawn.
fn fields_of(page: &str, to: &str) -> Vec<(String, String)> {
    let start =
        page.find(&format!("action=\"{}\"", function(to))).unwrap_or_else(|| panic!("no form for {to}: {page}"));
    let inside = &page[start..start + page[start..].find("</form>").unwrap()];
    let mut fields: Vec<(String, String)> = Vec::new();
    for piece in inside.split('<') {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        let name = attribute(tag, "name");
        let ticked = !tag.contains("type=\"checkbox\"") || tag.contains(" checked");
        match (tag.split(' ').next(), name) {
            (Some("input"), Some(name)) if ticked => fields.push((name, attribute(tag, "value").unwrap_or_default())),
            (Some("textarea"), Some(name)) => fields.push((name, text.to_owned())),
            (Some("select"), Some(name)) => fields.push((name, String::new())),
            (Some("option"), None) if tag.contains(" selected") => {
                fields.last_mut().unwrap().1 = attribute(tag, "value").unwrap_or_default();
            }
            _ => {}
        }
    }
    fields
}

fn typed(fields: &mut Vec<(String, String)>, name: &str, value: &str) {
    match fields.iter_mut().find(|(known, _)| known == name) {
        Some(field) => field.1 = value.to_owned(),
        None => fields.push((name.to_owned(), value.to_owned())),
    }
}

async fn post(server: &Server, to: &str, fields: &[(String, String)]) -> Answer {
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    server.post(&server.owner, to, &fields).await
}

async fn page(server: &Server, path: &str) -> String {
    let answer = server.page(path, Some(&server.owner)).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}");
    answer.text
}

#[test]
fn a_tick_and_rows_of_parts_arrive_as_they_were_shown() {
    run(|server| async {
        let plan = server.workbench.create_plan(&Caller::Operator, "Item forms").await.unwrap();
        let team = server.add(&plan, Kind::Team, json!({ "name": "Forms desk" })).await;
        let mut new = fields_of(&page(server, &format!("/p/{plan}/items/communication/new")).await, "add_item");
        typed(&mut new, "texts[name]", "Go");
        typed(&mut new, &format!("ticks[audience][{}]", form_key(team)), "true");
        let added = post(server, "add_item", &new).await;
        assert_eq!(added.location(), format!("/p/{plan}/items/communication/C1"));
        let item = server.workbench.item(&Caller::Operator, &plan, "C1").await.unwrap();
        assert_eq!(item.body["audience"], json!([team]));

        let back = json!([{ "id": uuid::Uuid::now_v7(), "what": "Back up" }]);
        server.add(&plan, Kind::Risk, json!({ "name": "Data loss", "actions": back })).await;
        let address = format!("/p/{plan}/items/risk/R1");
        let mut shown = fields_of(&page(server, &address).await, "change_item");
        let row = shown.iter().find(|(_, value)| value == "Back up").unwrap().0.clone();
        typed(&mut shown, &row, "Back up twice");
        typed(&mut shown, "parts[actions][id-new1][what]", "Rehearse");
        let saved = post(server, "change_item", &shown).await;
        assert!(!saved.location().contains("__err"), "{}", saved.location());
        let item = server.workbench.item(&Caller::Operator, &plan, "R1").await.unwrap();
        let actions: Vec<_> = item.body["actions"].as_array().unwrap().iter().map(|a| a["what"].clone()).collect();
        assert_eq!(actions, ["Back up twice", "Rehearse"]);
        assert_eq!(item.body["actions"][0]["id"], back[0]["id"], "the row is the same one");

        // Sent as shown, the form changes nothing.
        let shown = fields_of(&page(server, &address).await, "change_item");
        post(server, "change_item", &shown).await;
        assert_eq!(server.workbench.item(&Caller::Operator, &plan, "R1").await.unwrap().body, item.body);
    });
}

#[test]
fn an_item_known_by_its_id_leads_to_the_page_made_for_it() {
    run(|server| async {
        let plan = server.workbench.create_plan(&Caller::Operator, "Item pages").await.unwrap();
        let team = server.add(&plan, Kind::Team, json!({ "name": "Pages desk" })).await;
        let process = server.add(&plan, Kind::Process, json!({ "name": "Refund" })).await;
        let flow = server.add(&plan, Kind::Flow, json!({ "name": "Nightly" })).await;
        let point = server.add(&plan, Kind::DataPoint, json!({ "name": "E-mail" })).await;
        for (item, end) in [(process, "process/P1"), (flow, "flows#F1"), (point, "items/data_point/D1")] {
            let answer = server.page(&format!("/p/{plan}/items/any/{item}"), Some(&server.owner)).await;
            assert_eq!(answer.location(), format!("/p/{plan}/{end}"));
        }
        let answer = server.page(&format!("/p/{plan}/items/any/{team}"), Some(&server.owner)).await;
        let there = page(server, answer.location()).await;
        let fields = fields_of(&there, "change_item");
        assert!(fields.contains(&("plan".to_owned(), String::new())), "what plans share is not the plan's: {fields:?}");
    });
}

#[test]
fn why_an_item_was_not_removed_is_said_on_its_page() {
    run(|server| async {
        let plan = server.workbench.create_plan(&Caller::Operator, "Item removal").await.unwrap();
        let object = server.add(&plan, Kind::BusinessObject, json!({ "name": "Customer" })).await;
        let point = server.add(&plan, Kind::DataPoint, json!({ "name": "E-mail", "object": object })).await;
        let address = format!("/p/{plan}/items/business_object/B1");
        let remove = fields_of(&page(server, &address).await, "remove_item");
        let refused = post(server, "remove_item", &remove).await;
        let (_, error) = refused.location().split_once('?').unwrap();
        let said = page(server, &format!("{address}?{error}")).await;
        assert!(said.contains("D1 E-mail would be left hanging"), "{said}");

        server.workbench.remove_item(&Caller::Operator, Some(&plan), &point.to_string()).await.unwrap();
        let gone = page(server, &format!("/p/{plan}/items/data_point/{point}")).await;
        assert!(gone.contains("Bring it back") && !gone.contains(function("change_item")), "{gone}");
        let undone = post(server, "undo_change", &fields_of(&gone, "undo_change")).await;
        assert!(!undone.location().contains("__err"), "{}", undone.location());
        assert!(page(server, &format!("/p/{plan}/items/data_point/D1")).await.contains(function("change_item")));
    });
}

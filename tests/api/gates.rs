//! The pages of the first gates without scripts: found by key, a point opened beside the grid, a conflict
//! settled, the way back named.

use super::server::{Server, form, function, run};
use axum::http::StatusCode;
use domain::{ItemId, Kind};
use serde_json::json;
use workbench::Caller;

/// A plan with one point that two systems claim; the point and its truths.
async fn disputed(server: &Server, title: &str) -> (String, ItemId, [ItemId; 2]) {
    let plan = server.workbench.create_plan(&Caller::Operator, title).await.unwrap();
    let point = server.add(&plan, Kind::DataPoint, json!({ "name": "E-mail" })).await;
    let mut truths = Vec::new();
    for name in ["CRM", "ERP"] {
        let instance = server.add(&plan, Kind::Instance, json!({ "name": name })).await;
        let place =
            json!({ "data_point": point, "instance": instance, "object_name": "customer", "field_name": "mail" });
        let place = server.add(&plan, Kind::Occurrence, place).await;
        let truth = json!({ "data_point": point, "occurrence": place, "state": "agreed" });
        truths.push(server.add(&plan, Kind::Truth, truth).await);
    }
    (plan, point, [truths[0], truths[1]])
}

#[test]
fn a_conflict_is_settled_by_a_form_without_scripts() {
    run(|server| async move {
        let (plan, _, truths) = disputed(server, "Two claim it").await;
        let board = format!("/p/{plan}/truth");
        let page = server.page(&board, Some(&server.owner)).await;
        assert!(page.text.contains("two sources of truth") && page.text.contains("Settle it"), "{}", page.text);
        let winner = truths[0].to_string();
        let members = page.text.split("name=\"members\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let fields = [
            ("plan", plan.as_str()),
            ("members", members),
            ("kind", "single"),
            ("winner", &winner),
            ("rationale", "confirmed on every call"),
            ("decided_by", "Ana Novak"),
        ];
        let answer = server.send(form(function("settle_conflict"), Some(&server.owner), &fields)).await;
        assert_eq!(answer.location(), board);
        let page = server.page(&board, Some(&server.owner)).await;
        assert!(!page.text.contains("Settle it") && page.text.contains("1 of 1 points have an agreed truth"));
    });
}

#[test]
fn a_key_leads_to_its_item_and_a_name_to_a_list() {
    run(|server| async move {
        let (plan, ..) = disputed(server, "Looked for").await;
        let item = server.page(&format!("/p/{plan}/search?q=d1"), Some(&server.owner)).await;
        assert_eq!(item.location(), format!("/p/{plan}/items/data_point/D1"));
        let list = server.page(&format!("/p/{plan}/search?q=mail"), Some(&server.owner)).await;
        assert!(list.status == StatusCode::OK && list.text.contains("/items/data_point/D1"), "{}", list.text);
        let all = server.page(&format!("/p/{plan}/items"), Some(&server.owner)).await;
        assert!(all.text.contains("/items/walkthrough\"") && all.text.contains("/items/design_option\""));
    });
}

#[test]
fn a_point_opens_beside_the_grid_and_on_a_page_of_its_own() {
    run(|server| async move {
        let (plan, point, _) = disputed(server, "Opened").await;
        let page = server.page(&format!("/p/{plan}/data?open=D1"), Some(&server.owner)).await;
        for part in ["Details of E-mail", "Lives in 2 places", "Two sources of truth", "1 of 1"] {
            assert!(page.text.contains(part), "{part} is missing: {}", page.text);
        }
        let page = server.page(&format!("/p/{plan}/items/data_point/D1"), Some(&server.owner)).await;
        let add = format!("/p/{plan}/items/occurrence/new?data_point={point}");
        assert!(page.text.contains("Where it lives") && page.text.contains(&add), "{}", page.text);
        // The way back: the section is the current one in the navigation and in the way.
        let section = format!("href=\"/p/{plan}/data\" aria-current=\"page\"");
        assert!(page.text.contains(&section), "{}", page.text);
    });
}

//! Deciding about existing data, and what follows from it.

use super::world::{World, body, fields, form};
use domain::{Kind, Submitted};
use std::collections::BTreeMap;
use views::history::{Mark, ObjectHistory};

const LEFT: &str = "id,email,name,tier\n1,A@x.example,Ann,gold\n2,b@x.example,Bob,gold\n";
const RIGHT: &str = "id,email,name,tier\n1,a@x.example,Ann,gold\n2,b@x.example,Bob,silver\n";

async fn measured() -> (World, String) {
    let world = World::new().await;
    let two = world.two_systems(LEFT, RIGHT).await;
    let check = world.designed(&two).await;
    world.run(&check).await;
    (world, two.customer.to_string())
}

fn choosing(object: &str, choice: &str) -> Submitted {
    let mut form = form(&[
        ("object", object),
        ("choice", choice),
        ("rationale", "Nobody reads the old values"),
        ("decided_by", "Ines Castro"),
    ]);
    let options = form.parts.entry("options".into()).or_default();
    for (way, pros) in [("overwrite", "clean"), ("accept", "no work"), ("clean_up", "")] {
        let row = BTreeMap::from([("choice".to_owned(), way.to_owned()), ("pros".to_owned(), pros.to_owned())]);
        options.insert(format!("new-{way}"), row);
    }
    form
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn accepting_creates_five_obligations_that_need_owners() {
    let (world, customer) = measured().await;
    let before = world.only_history().await;
    assert!(before.decision.is_none() && before.points.len() == 2, "{:?}", before.points);
    world.workbench.decide_history(&world.owner, &world.plan, "", "", choosing(&customer, "accept")).await.unwrap();
    let after = world.only_history().await;
    let decision = after.decision.as_ref().unwrap();
    assert_eq!((decision.choice.as_deref(), decision.decided_by.as_str()), (Some("accept"), "Ines Castro"));
    assert_eq!(decision.decided_on, Some(super::world::clock().to_zoned(jiff::tz::TimeZone::UTC).date()));
    let kinds: Vec<_> = after.obligations.iter().map(|o| o.kind.as_str()).collect();
    assert_eq!(kinds, ["Exception management", "Format boundary", "Duplicates", "More complexity", "Troubleshooting"]);
    let considered: Vec<_> = after.options.iter().map(|o| (o.code.as_str(), o.pros.as_str())).collect();
    assert_eq!(considered, [("overwrite", "clean"), ("clean_up", ""), ("accept", "no work")]);
    let rules = |history: &ObjectHistory| history.findings.iter().map(|f| f.rule.clone()).collect::<Vec<_>>();
    assert!(rules(&after).contains(&"CLN-007".to_owned()), "{:?}", rules(&after));
    assert!(!rules(&after).contains(&"CLN-013".to_owned()), "two ways were considered");

    let owners: BTreeMap<_, _> =
        after.obligations.iter().map(|o| (o.item.to_string(), "Data desk".to_owned())).collect();
    let shown = owners.keys().map(|id| (id.clone(), String::new())).collect();
    world.workbench.own_obligations(&world.owner, &world.plan, &shown, &owners).await.unwrap();
    let owned = world.only_history().await;
    assert!(owned.obligations.iter().all(|o| o.owner == "Data desk"));
    assert!(!rules(&owned).contains(&"CLN-007".to_owned()), "{:?}", rules(&owned));
    // Somebody who still sees the old names does not overwrite the new ones.
    let stale: BTreeMap<_, _> = owners.keys().map(|id| (id.clone(), "Somebody else".to_owned())).collect();
    let conflict = world.workbench.own_obligations(&world.owner, &world.plan, &shown, &stale).await;
    assert!(matches!(conflict, Err(workbench::Error::Edited(_))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn deciding_otherwise_takes_untouched_obligations_away() {
    let (world, customer) = measured().await;
    world.workbench.decide_history(&world.owner, &world.plan, "", "", choosing(&customer, "accept")).await.unwrap();
    let first = world.only_history().await;
    let item = first.obligations[0].item;
    let owners = BTreeMap::from([(item.to_string(), "Rui Barros".to_owned())]);
    world.workbench.own_obligations(&world.owner, &world.plan, &BTreeMap::new(), &owners).await.unwrap();
    let decision = world.only_history().await.decision.unwrap();
    let mut form = choosing(&customer, "overwrite");
    form.parts.clear();
    let id = decision.item.to_string();
    world.workbench.decide_history(&world.owner, &world.plan, &id, &decision.before, form).await.unwrap();
    let second = world.only_history().await;
    assert_eq!(second.decision.as_ref().unwrap().choice.as_deref(), Some("overwrite"));
    let left: Vec<_> = second.obligations.iter().map(|o| o.owner.as_str()).collect();
    assert_eq!(left, ["Rui Barros"], "what somebody has taken on stays");
    assert_eq!(second.options[0].pros, "clean", "fields that were not in the form are kept");
    let overwrite = &second.options[0];
    assert!(
        overwrite
            .conditions
            .iter()
            .any(|c| c.mark == Mark::NotMet && c.text.contains("2 would be replaced and 0 lost")),
        "{overwrite:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_decision_needs_a_way_a_reason_and_a_name() {
    let (world, customer) = measured().await;
    let empty = form(&[("object", &customer), ("choice", ""), ("rationale", " "), ("decided_by", "")]);
    let error = world.workbench.decide_history(&world.owner, &world.plan, "", "", empty).await.unwrap_err();
    assert_eq!(fields(&error), ["choice", "rationale", "decided_by"]);
    let nonsense = form(&[("object", &customer), ("choice", "ignore"), ("rationale", "x"), ("decided_by", "y")]);
    let error = world.workbench.decide_history(&world.owner, &world.plan, "", "", nonsense).await.unwrap_err();
    assert_eq!(fields(&error), ["choice"]);
    assert!(world.only_history().await.decision.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_people_do_not_decide_over_each_other() {
    let (world, customer) = measured().await;
    world.workbench.decide_history(&world.owner, &world.plan, "", "", choosing(&customer, "accept")).await.unwrap();
    let decision = world.only_history().await.decision.unwrap();
    let id = decision.item.to_string();
    let decide = async |choice: &str| {
        let mut form = choosing(&customer, choice);
        form.parts.clear();
        world.workbench.decide_history(&world.owner, &world.plan, &id, &decision.before, form).await
    };
    decide("overwrite").await.unwrap();
    let second = decide("clean_up").await;
    assert!(matches!(second, Err(workbench::Error::Edited(ref f)) if f.iter().any(|c| c.field == "choice")));
    let blank = body(&Kind::HistoryDecision.blank());
    assert_ne!(blank, decision.before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_pair_has_its_decision_and_only_one() {
    let (world, customer) = measured().await;
    let shop = world.add(Kind::Instance, serde_json::json!({ "name": "Shop" })).await.to_string();
    let instances = world.only_history().await.values;
    let (crm, erp) = (instances["source"].clone(), instances["destination"].clone());
    let decide = async |source: &str, destination: &str| {
        let mut form = choosing(&customer, "accept");
        form.texts.insert("source".into(), source.into());
        form.texts.insert("destination".into(), destination.into());
        world.workbench.decide_history(&world.owner, &world.plan, "", "", form).await
    };
    decide(&crm, &shop).await.unwrap();
    let page = world.workbench.history_page(&world.owner, &world.plan).await.unwrap();
    let names: Vec<_> = page.objects.iter().map(|o| (o.name.as_str(), o.decision.is_some())).collect();
    assert_eq!(names, [("Customer · CRM → ERP", false), ("Customer · CRM → Shop", true)]);
    assert_eq!((page.objects[0].points.len(), page.objects[1].points.len()), (2, 0));
    decide(&crm, &erp).await.unwrap();
    let again = decide(&erp, &crm).await;
    assert!(matches!(again, Err(workbench::Error::Conflict(ref words)) if words.contains("H2")), "{again:?}");
}

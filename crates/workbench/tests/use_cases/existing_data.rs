//! What runs say before existing data is decided about: preconditions, what overwriting would do, exceptions to expect.

use super::world::{TwoSystems, World, clock, fields, form};
use domain::{Change, ItemId, Kind, Patch, Submitted, Timestamp};
use serde_json::json;
use std::sync::atomic::{AtomicI64, Ordering};
use views::{
    history::{Condition, Mark, ObjectHistory, OverwritePage},
    sync::DifferenceFilter,
};

/// The source lacks an e-mail and writes a name with a blank before it; the destination has another tier, lacks one,
/// and has a record more.
const LEFT: &str = "id,email,name,tier\n1,a@x.example,Ann,gold\n2,,Bob,gold\n3,c@x.example, Cy,gold\n";
const RIGHT: &str =
    "id,email,name,tier\n1,a@x.example,Ann,silver\n2,b@x.example,Bob,gold\n3,c@x.example,Cy,\n4,d@x.example,Di,gold\n";

async fn designed() -> (World, TwoSystems, String) {
    let world = World::new().await;
    let two = world.two_systems(LEFT, RIGHT).await;
    let check = world.designed(&two).await;
    (world, two, check)
}

/// Conditions of a way.
fn of<'a>(history: &'a ObjectHistory, way: &str) -> &'a [Condition] {
    &history.options.iter().find(|o| o.code == way).unwrap().conditions
}

/// The only condition with these words.
fn one<'a>(conditions: &'a [Condition], words: &str) -> &'a Condition {
    let found: Vec<_> = conditions.iter().filter(|c| c.text.contains(words)).collect();
    assert_eq!(found.len(), 1, "{words}: {conditions:?}");
    found[0]
}

fn choosing(object: ItemId, choice: &str, confirmed: &str) -> Submitted {
    form(&[
        ("object", &object.to_string()),
        ("choice", choice),
        ("rationale", "The source is looked after"),
        ("decided_by", "Ines Castro"),
        ("confirmed", confirmed),
    ])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_nobody_measured_is_not_met() {
    let (world, ..) = designed().await;
    let history = world.only_history().await;
    let ways: Vec<_> = history.options.iter().map(|option| option.code.as_str()).collect();
    assert_eq!(ways, ["overwrite", "clean_up", "accept"]);
    for option in &history.options {
        assert!(option.conditions.iter().all(|c| c.mark != Mark::Met), "{option:?}");
        let unknown: Vec<_> = option.conditions.iter().filter(|c| c.mark == Mark::NotKnown).collect();
        assert!(unknown.iter().any(|c| c.next.as_ref().is_some_and(|n| n.href.ends_with("/sync"))), "{option:?}");
    }
    assert_eq!((history.lost, history.preview), (None, None));
    assert!(history.forecasts.iter().all(|f| f.words.is_none() && f.how.contains("cannot be forecast")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn preconditions_of_overwriting_come_from_the_run() {
    let (world, two, check) = designed().await;
    let number = world.run(&check).await;
    let history = world.only_history().await;
    let conditions = of(&history, "overwrite");
    let keys = one(conditions, "have a usable key");
    assert_eq!(keys.mark, Mark::Met);
    assert!(keys.text.contains("100\u{a0}% of its 3 records"), "{}", keys.text);
    assert!(keys.from.as_ref().unwrap().href.ends_with(&format!("/runs/{number}")));
    let values = one(conditions, "well formed");
    assert_eq!(values.mark, Mark::NotMet);
    assert!(
        values.text.contains("of its 9 compared values") && values.text.contains("1 empty, 1 not well"),
        "{values:?}"
    );
    assert!(values.next.as_ref().unwrap().href.ends_with("/differences?class=different&filled=right"));
    let loss = one(conditions, "Of the values of the destination");
    assert_eq!(loss.mark, Mark::NotMet);
    assert!(loss.text.contains("1 would be replaced and 1 lost"), "{}", loss.text);
    assert!(loss.text.contains("email 1") && loss.text.contains("tier 1"), "{}", loss.text);
    assert_eq!(one(conditions, "figures are fresh").mark, Mark::Met);
    assert_eq!(one(conditions, "No identifier is recorded").mark, Mark::NotMet);
    assert_eq!(one(conditions, "identifier links").mark, Mark::NotKnown, "matched by nothing that is recorded");

    let mut parts = Vec::new();
    let point = world.add(Kind::DataPoint, json!({ "name": "number", "object": two.customer })).await;
    for (instance, table) in [(two.crm, "customer"), (two.erp, "debtor")] {
        let field = json!({ "data_point": point, "instance": instance, "object_name": table, "field_name": "id" });
        parts.push(world.add(Kind::Occurrence, field).await);
    }
    let identifier = json!({
        "name": "Customer number", "object": two.customer, "stored_in": [two.crm, two.erp], "kind": "natural",
    });
    let identifier = world.add(Kind::Identifier, identifier).await;
    let history = world.only_history().await;
    assert_eq!(one(of(&history, "overwrite"), "unique identifier is recorded").mark, Mark::Met);
    let unknown = one(of(&history, "overwrite"), "identifier links").mark;
    assert_eq!(unknown, Mark::NotKnown, "nobody has said which fields hold it");
    world.set(Kind::Identifier, identifier, "parts", json!(parts)).await;
    let history = world.only_history().await;
    assert_eq!(one(of(&history, "overwrite"), "unique identifier is recorded").mark, Mark::Met);
    let linked = one(of(&history, "overwrite"), "exactly one partner by id");
    assert_eq!(linked.mark, Mark::Met);
    assert!(
        linked.text.contains("100\u{a0}% of the 3 records") && linked.text.contains("0 are ambiguous"),
        "{linked:?}"
    );
    // The other way round one record of the source has no partner.
    world
        .add(
            Kind::HistoryDecision,
            json!({ "object": two.customer, "source": two.erp, "destination": two.crm, "state": "proposed" }),
        )
        .await;
    let history = world.only_history().await;
    let linked = one(of(&history, "overwrite"), "exactly one partner by id");
    assert_eq!(linked.mark, Mark::NotMet);
    assert!(linked.next.as_ref().unwrap().href.ends_with("class=only_right"), "{linked:?}");
    assert!(one(of(&history, "overwrite"), "well formed").text.contains("of its 12 compared values"));

    let flow = json!({ "name": "Customers", "origin": two.crm, "destination": two.erp });
    world.add(Kind::Flow, flow).await;
    let history = world.only_history().await;
    let age = one(of(&history, "overwrite"), "figures are not fresh");
    assert_eq!(age.mark, Mark::NotMet);
    assert!(age.text.contains("flows, mapping or systems of the plan were changed since"), "{}", age.text);
}

async fn preview(world: &World, lost: bool, offset: u64) -> OverwritePage {
    let slot = world.only_history().await.slot;
    world.workbench.overwrite_page(&world.owner, &world.plan, &slot, lost, offset).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_overwriting_would_do_is_shown_value_by_value() {
    let (world, two, check) = designed().await;
    let number = world.run(&check).await;
    let history = world.only_history().await;
    assert_eq!(history.lost, Some(1));
    assert!(history.preview.as_ref().unwrap().ends_with(&format!("/history/overwrite?of={}", history.slot)));
    let page = preview(&world, true, 0).await;
    let points: Vec<_> =
        page.points.as_ref().unwrap().iter().map(|p| (p.name.as_str(), p.replaced, p.lost, p.gained)).collect();
    assert_eq!(points, [("email", 0, 1, 0), ("name", 0, 0, 0), ("tier", 1, 0, 1)]);
    assert_eq!((page.source.as_str(), page.destination.as_str(), page.into_left), ("CRM", "ERP", false));
    let values = |page: &OverwritePage| -> Vec<_> {
        page.rows.iter().map(|r| (r.key[0].clone(), r.field.clone().unwrap(), r.right.clone().unwrap())).collect()
    };
    assert_eq!(values(&page), [("2".to_owned(), "email".to_owned(), "b@x.example".to_owned())]);
    let replaced = preview(&world, false, 0).await;
    assert_eq!((replaced.total, values(&replaced)), (1, vec![("1".into(), "tier".into(), "silver".into())]));
    assert!(preview(&world, true, 20).await.rows.is_empty());
    // The same values under the same filter on the page of differences.
    let filter = DifferenceFilter {
        class: Some("different".into()),
        filled: Some("right".into()),
        ..DifferenceFilter::default()
    };
    let differences = world.workbench.differences(&world.owner, &world.plan, number, &filter, 0).await.unwrap();
    assert_eq!((differences.total, differences.rows[0].key[0].as_str()), (1, "2"));
    let wrong = DifferenceFilter { filled: Some("middle".into()), ..DifferenceFilter::default() };
    let refused = world.workbench.differences(&world.owner, &world.plan, number, &wrong, 0).await.unwrap_err();
    assert_eq!(fields(&refused), ["filled"]);

    // What is confidential is counted and not shown.
    world.set(Kind::DataPoint, two.points["email"], "classification", json!("confidential")).await;
    let page = preview(&world, true, 0).await;
    assert!(page.points.as_ref().unwrap()[0].hidden);
    assert_eq!(values(&page), [("2".to_owned(), "email".to_owned(), "•••".to_owned())]);

    let gone = world.workbench.overwrite_page(&world.owner, &world.plan, "H99", true, 0).await;
    assert!(matches!(gone, Err(workbench::Error::NotFound(_))));
    let stranger = world.stranger().await;
    let slot = world.only_history().await.slot;
    let hidden = world.workbench.overwrite_page(&stranger, &world.plan, &slot, true, 0).await;
    assert!(matches!(hidden, Err(workbench::Error::NotFound("plan"))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn overwriting_that_loses_values_needs_their_number_typed() {
    let (world, two, check) = designed().await;
    let number = world.run(&check).await;
    let decide = async |choice: &str, confirmed: &str| {
        let form = choosing(two.customer, choice, confirmed);
        world.workbench.decide_history(&world.owner, &world.plan, "", "", form).await
    };
    for typed in ["", "2", "yes"] {
        let error = decide("overwrite", typed).await.unwrap_err();
        assert_eq!(fields(&error), ["confirmed"], "{error}");
        assert!(error.to_string().contains("type 1"), "{error}");
    }
    assert!(world.only_history().await.decision.is_none());
    decide("overwrite", " 1 ").await.unwrap();
    let decision = world.only_history().await.decision.unwrap();
    let said = format!("Run {number}: 1 value of the destination lost and 1 replaced; confirmed by typing the number.");
    assert!(decision.rationale.starts_with("The source is looked after") && decision.rationale.ends_with(&said));
    // It was confirmed already, and is not said twice.
    let mut again = choosing(two.customer, "overwrite", "");
    again.texts.insert("rationale".into(), decision.rationale.clone());
    let id = decision.item.to_string();
    world.workbench.decide_history(&world.owner, &world.plan, &id, &decision.before, again).await.unwrap();
    assert_eq!(world.only_history().await.decision.unwrap().rationale, decision.rationale);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_loss_that_nobody_confirmed_is_refused_wherever_it_is_written() {
    let (world, two, check) = designed().await;
    let number = world.run(&check).await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    let overwrite = |state: &str| json!({ "object": two.customer, "choice": "overwrite", "state": state });
    let refused = |error: workbench::Error| {
        assert_eq!(fields(&error), ["choice"], "{error}");
        let told = format!("run {number} says that overwriting would lose 1 value of the destination");
        assert!(error.to_string().contains(&told), "{error}");
    };
    let fields_of = |value: serde_json::Value| value.as_object().unwrap().clone();
    let added = Change::Add {
        item: ItemId(uuid::Uuid::now_v7()),
        kind: Kind::HistoryDecision,
        fields: fields_of(overwrite("decided")),
    };
    refused(w.edit(owner, plan, vec![added]).await.unwrap_err());
    // To propose it decides nothing.
    let item = world.add(Kind::HistoryDecision, overwrite("proposed")).await;
    let set = async |field: &str, before: &str, after: &str| {
        let patches = vec![Patch { field: field.into(), before: json!(before), after: json!(after) }];
        w.edit(owner, plan, vec![Change::Set { item, patches }]).await
    };
    refused(set("state", "proposed", "decided").await.unwrap_err());

    let decision = world.only_history().await.decision.unwrap();
    let form = choosing(two.customer, "overwrite", "1");
    w.decide_history(owner, plan, &item.to_string(), &decision.before, form).await.unwrap();
    // What has nothing to do with it may change, and the confirmation may not go.
    set("decided_by", "Ines Castro", "Ana Novak").await.unwrap();
    let rationale = world.only_history().await.decision.unwrap().rationale;
    refused(set("rationale", &rationale, "The source is looked after").await.unwrap_err());
    set("rationale", &rationale, &format!("Asked again. {rationale}")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn other_ways_ask_for_no_number() {
    let (world, two, check) = designed().await;
    world.run(&check).await;
    let form = choosing(two.customer, "clean_up", "");
    world.workbench.decide_history(&world.owner, &world.plan, "", "", form).await.unwrap();
    assert_eq!(world.only_history().await.decision.unwrap().rationale, "The source is looked after");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn obligations_go_first_to_whom_the_plan_names() {
    let (world, two, check) = designed().await;
    world.run(&check).await;
    world.set(Kind::Instance, two.erp, "technical_owner", json!("Rui Barros")).await;
    world.set(Kind::Instance, two.erp, "business_owner", json!("Leila Haddad")).await;
    world.set(Kind::BusinessObject, two.customer, "steward", json!("Mira Kern")).await;
    let form = choosing(two.customer, "accept", "");
    world.workbench.decide_history(&world.owner, &world.plan, "", "", form).await.unwrap();
    let history = world.only_history().await;
    let owners: Vec<_> = history.obligations.iter().map(|o| o.owner.as_str()).collect();
    assert_eq!(owners, ["Leila Haddad", "Leila Haddad", "Mira Kern", "Rui Barros", "Rui Barros"]);
    assert!(history.findings.iter().all(|f| f.rule != "CLN-007"), "{:?}", history.findings);
}

static NOW: AtomicI64 = AtomicI64::new(0);

/// A clock that a test moves.
fn moving() -> Timestamp {
    clock() + jiff::SignedDuration::from_hours(24 * NOW.load(Ordering::SeqCst))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn exceptions_are_forecast_from_runs_and_from_flows() {
    let folder = tempfile::tempdir().unwrap();
    let (dir, file) = (folder.path().to_owned(), folder.path().join("erp.csv"));
    let world = World::with(|settings| {
        settings.clock = moving;
        settings.source_dirs = vec![dir];
    })
    .await;
    let mut two = world.two_systems(LEFT, RIGHT).await;
    std::fs::write(&file, RIGHT).unwrap();
    let (erp, path) = (two.erp.to_string(), file.to_str().unwrap());
    two.right = world.workbench.connect_file(&world.owner, &world.plan, "erp file", &erp, "test", path).await.unwrap();
    let check = world.designed(&two).await;
    let first = world.run(&check).await;
    let of_runs = async || world.only_history().await.forecasts.pop().unwrap();
    let forecast = of_runs().await;
    assert_eq!(forecast.words, None);
    assert!(forecast.how.contains(&format!("from run {first} alone")), "{}", forecast.how);

    // A fortnight later the same test data says nothing.
    NOW.store(14, Ordering::SeqCst);
    let second = world.run(&check).await;
    let forecast = of_runs().await;
    assert_eq!(forecast.words, None);
    assert!(forecast.how.contains(&format!("between run {first} and run {second}")), "{}", forecast.how);

    // Another week later there are records that the source has not.
    NOW.store(21, Ordering::SeqCst);
    let more: String = (10..24).map(|n| format!("{n},n{n}@x.example,New,gold\n")).collect();
    std::fs::write(&file, format!("{RIGHT}{more}")).unwrap();
    let third = world.run(&check).await;
    let forecast = of_runs().await;
    assert_eq!(forecast.words.as_deref(), Some("about 14 a week (8 to 22)"));
    assert!(forecast.how.contains(&format!("run {first} and run {third}, 14 in 7 days")), "{}", forecast.how);

    // A flow says how many records it carries; three were compared, one of them differs in the e-mail.
    let flow = json!({ "name": "Customers", "origin": two.crm, "destination": two.erp });
    let flow = world.add(Kind::Flow, flow).await;
    let line = json!({
        "flow": flow, "sources": [two.occurrences[&("email", two.crm)]], "target": two.occurrences[&("email", two.erp)],
        "conversion": "copy",
    });
    world.add(Kind::MappingLine, line).await;
    let of_flow = async || world.only_history().await.forecasts.remove(0);
    let unknown = of_flow().await;
    assert_eq!((unknown.about.label.as_str(), unknown.words), ("Customers", None));
    assert!(unknown.how.contains("say how many records a week"), "{}", unknown.how);
    world.set(Kind::Flow, flow, "weekly_volume", json!(6)).await;
    assert_eq!(of_flow().await.words.as_deref(), Some("about 2 a week (0 to 6)"));
}

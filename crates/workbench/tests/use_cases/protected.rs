//! Who sees values of protected data points: those who edit the plan, on every page and in every file; others see that
//! values differ and why.

use super::world::{TwoSystems, World, fields, text_of};
use domain::{Change, ItemId, Kind, Patch, PlanRole};
use serde_json::{Value, json};
use uuid::Uuid;
use views::sync::{DifferenceFilter, DifferenceRow, RecordPage};
use workbench::{Assignment, Caller, Error};

const LEFT: &str = "id,email,name,tier,phone\n\
    1,a@x.example,Ann,gold,5551\n\
    2,b@x.example,Bob,gold,5552\n\
    3,,Cy,gold,5553\n\
    4,d@x.example,Dee,gold,5554\n";
const RIGHT: &str = "id,email,name,tier\n\
    1,other@y.example,Ann,silver\n\
    2,B@X.example,Bob,gold\n\
    3,c@y.example,Cy,gold\n\
    5,e@y.example,Eve,gold\n";

fn pair(column: &str) -> Value {
    json!({ "id": Uuid::now_v7(), "left": column, "right": column })
}

/// Two systems and a run of a check that matches them by their ids.
async fn checked() -> (World, TwoSystems, i64) {
    let world = World::new().await;
    let two = world.two_systems(LEFT, RIGHT).await;
    let mut compare = ["email", "name", "tier"].map(pair);
    for pair in &mut compare {
        pair["data_point"] = json!(two.points[pair["left"].as_str().unwrap()]);
    }
    let mut expected = pair("email");
    expected["pattern"] = json!("[a-z]+@x[.]example");
    let check = json!({
        "name": "Customer: CRM ↔ ERP", "object": two.customer, "left": two.left, "left_instance": two.crm,
        "right": two.right, "right_instance": two.erp, "key": [pair("id")], "compare": compare, "expect": [expected],
    });
    world.add(Kind::Check, check).await;
    let run = world.run("CK1").await;
    (world, two, run)
}

/// Two who edit the plan, and two who do not.
async fn people(world: &World) -> ([Caller; 2], [Caller; 2]) {
    let editor = world.join("Edda", PlanRole::Editor).await;
    let (reviewer, viewer) = (world.join("Rita", PlanRole::Reviewer).await, world.join("Vera", PlanRole::Viewer).await);
    ([world.owner.clone(), editor], [reviewer, viewer])
}

/// A data point that is protected, and the field it lives in.
async fn protected_field(world: &World, two: &TwoSystems, instance: ItemId, field: &str) -> [ItemId; 2] {
    let point = json!({ "name": "Of a person", "object": two.customer, "classification": "restricted" });
    let point = world.add(Kind::DataPoint, point).await;
    let place = json!({ "data_point": point, "instance": instance, "object_name": "people", "field_name": field });
    [point, world.add(Kind::Occurrence, place).await]
}

/// Key, left and right value of the entries about a field.
fn values(rows: &[DifferenceRow], field: &str) -> Vec<[String; 3]> {
    let of_field = rows.iter().filter(|row| row.field.as_deref() == Some(field));
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    of_field.map(|row| [row.key.concat(), text(&row.left), text(&row.right)]).collect()
}

fn left_of(record: &RecordPage, name: &str) -> String {
    record.pairs[0].iter().find(|field| field.name == name).unwrap().left.clone().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn others_see_that_values_differ_and_why() {
    let (world, two, run) = checked().await;
    let (w, plan) = (&world.workbench, world.plan.as_str());
    let (editing, others) = people(&world).await;
    // Classified after the run; the phone number is in no comparison, and its field is spelt in another way.
    world.set(Kind::DataPoint, two.points["email"], "personal", json!(true)).await;
    protected_field(&world, &two, two.crm, "PHONE").await;
    let all = DifferenceFilter::default();
    let found = async |who: &Caller, text: &str| {
        let filter = DifferenceFilter { text: Some(text.into()), ..DifferenceFilter::default() };
        w.differences(who, plan, run, &filter, 0).await.unwrap().total
    };
    let mut causes = Vec::new();
    for who in &editing {
        let page = w.differences(who, plan, run, &all, 0).await.unwrap();
        let emails =
            [["1", "a@x.example", "other@y.example"], ["2", "b@x.example", "B@X.example"], ["3", "", "c@y.example"]];
        assert_eq!(values(&page.rows, "email"), emails);
        assert!(!page.masked);
        causes = page.rows.iter().map(|row| (row.class.clone(), row.cause.clone())).collect();
        assert_eq!((found(who, "a@x").await, found(who, "silver").await), (1, 1));
        let record = w.record(who, plan, run, &page.rows[0].record).await.unwrap();
        assert_eq!((left_of(&record, "email").as_str(), record.masked), ("a@x.example", false));
        assert_eq!(left_of(&record, "phone (left only)"), "5551");
        let csv = text_of(w.differences_csv(who, plan, run, &all).await.unwrap()).await;
        assert!(csv.contains("1,different,email,email,a@x.example,other@y.example,"), "{csv}");
        let page = w.run_page(who, plan, run).await.unwrap();
        assert!(!page.format_masked && page.format_examples[1].contains(&"other@y.example".to_owned()));
        let sample = page.sample.unwrap();
        assert!(sample.name == "email" && !sample.masked, "{sample:?}");
    }
    for who in &others {
        let page = w.differences(who, plan, run, &all, 0).await.unwrap();
        let hidden = [["1", "•••", "•••"], ["2", "•••", "•••"], ["3", "", "•••"]];
        assert_eq!(values(&page.rows, "email"), hidden, "what is blank stays blank");
        assert_eq!(values(&page.rows, "tier"), [["1", "gold", "silver"]]);
        assert!(page.masked);
        let seen: Vec<_> = page.rows.iter().map(|row| (row.class.clone(), row.cause.clone())).collect();
        assert_eq!(seen, causes, "why they differ is said to everybody");
        // Looking for a value does not tell it; what is shown is found.
        assert_eq!((found(who, "a@x").await, found(who, "silver").await, found(who, "5").await), (0, 1, 1));
        let record = w.record(who, plan, run, &page.rows[0].record).await.unwrap();
        let left = ["email", "name", "phone (left only)"].map(|name| left_of(&record, name));
        assert_eq!((left, record.masked), (["•••", "Ann", "•••"].map(str::to_owned), true));
        let csv = text_of(w.differences_csv(who, plan, run, &all).await.unwrap()).await;
        assert!(csv.contains("1,different,email,email,•••,•••,") && csv.contains(",tier,tier,gold,silver,"), "{csv}");
        assert!(!csv.contains('@'), "{csv}");
        let page = w.run_page(who, plan, run).await.unwrap();
        assert_eq!((page.format_masked, page.format_examples), (true, vec![vec![], vec!["•••".to_owned()]]));
        let sample = page.sample.unwrap();
        let shown: Vec<_> = sample.rows.iter().flat_map(|row| [&row.left, &row.right]).flatten().collect();
        assert!(sample.masked && shown.iter().all(|value| value.is_empty() || *value == "•••"), "{shown:?}");
        assert!(shown.iter().any(|value| *value == "•••"), "{shown:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_protected_key_is_told_by_no_page_link_or_search() {
    let (world, two, run) = checked().await;
    let (w, plan) = (&world.workbench, world.plan.as_str());
    let (editing, others) = people(&world).await;
    let slot = world.only_history().await.slot;
    let overwriting = async || w.overwrite_page(&world.owner, plan, &slot, false, 0).await.unwrap();
    let before = overwriting().await;
    assert!(!before.masked && before.rows.iter().all(|row| row.key != ["•••"] && !row.record.is_empty()));
    // Only the right side is known to hold it; the left side has the same key.
    protected_field(&world, &two, two.erp, "Id").await;
    let all = DifferenceFilter::default();
    let with = |text: &str| DifferenceFilter { text: Some(text.into()), ..DifferenceFilter::default() };
    let slice = Some(r#"{"by":"prefix","column":"id","prefix":"1"}"#.to_owned());
    let slice = DifferenceFilter { slice, ..DifferenceFilter::default() };
    for who in &editing {
        let page = w.differences(who, plan, run, &all, 0).await.unwrap();
        assert!(!page.masked && page.rows.iter().any(|row| row.key == ["4"]));
        assert_eq!(w.record(who, plan, run, r#"["1"]"#).await.unwrap().key[0].1, "1");
        assert_eq!(w.differences(who, plan, run, &with("4"), 0).await.unwrap().total, 1);
    }
    for who in &others {
        let page = w.differences(who, plan, run, &all, 0).await.unwrap();
        assert!(page.masked && page.rows.iter().all(|row| row.key == ["•••"] && row.record.is_empty()));
        assert_eq!(values(&page.rows, "email")[0], ["•••", "a@x.example", "other@y.example"]);
        // That there is such a record, or none, is not told either.
        for key in [r#"["1"]"#, r#"["99"]"#] {
            let refused = w.record(who, plan, run, key).await.unwrap_err();
            assert!(matches!(&refused, Error::Denied(words) if words.contains("editor")), "{refused}");
        }
        assert_eq!(w.differences(who, plan, run, &with("4"), 0).await.unwrap().total, 0);
        let csv = text_of(w.differences_csv(who, plan, run, &all).await.unwrap()).await;
        assert!(csv.lines().skip(1).all(|line| line.starts_with("•••,")), "{csv}");
    }
    // A slice by the key would tell it; it does so to nobody.
    for who in editing.iter().chain(&others) {
        assert_eq!(fields(&w.differences(who, plan, run, &slice, 0).await.unwrap_err()), ["slice"]);
    }
    // The preview of overwriting hides it from everybody.
    let page = overwriting().await;
    assert!(page.masked && !page.rows.is_empty());
    assert!(page.rows.iter().all(|row| row.key == ["•••"] && row.record.is_empty()), "{:?}", page.rows);

    // Where nothing is left to be looked through, a search is refused in words.
    for point in ["email", "name", "tier"] {
        world.set(Kind::DataPoint, two.points[point], "classification", json!("confidential")).await;
    }
    for who in &others {
        assert_eq!(fields(&w.differences(who, plan, run, &with("a"), 0).await.unwrap_err()), ["text"]);
        assert_eq!(fields(&w.differences_csv(who, plan, run, &with("a")).await.unwrap_err()), ["text"]);
    }
    assert!(w.differences(&editing[1], plan, run, &with("a@x"), 0).await.unwrap().total > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_worklist_and_its_files_carry_the_masks() {
    let (world, two, run) = checked().await;
    let (w, plan) = (&world.workbench, world.plan.as_str());
    let (editing, others) = people(&world).await;
    let groups = w.new_worklists(&world.owner, plan, run).await.unwrap().groups;
    let group = groups.into_iter().find(|group| group.words == "email: case").unwrap().group;
    w.make_worklists(&world.owner, plan, run, &[group], &Assignment::default()).await.unwrap();
    world.set(Kind::DataPoint, two.points["email"], "personal", json!(true)).await;
    let seen = [(&editing, ["b@x.example", "B@X.example"], false), (&others, ["•••", "•••"], true)];
    for (people, cells, masked) in seen {
        for who in people {
            let page = w.worklist(who, plan, 1, 0).await.unwrap();
            assert_eq!(values(&page.rows, "email"), [["2", cells[0], cells[1]]]);
            assert_eq!(page.masked, masked);
            let csv = text_of(w.worklist_csv(who, plan, 1).await.unwrap()).await;
            assert!(csv.contains(&format!("2,different,email,email,{},{},case,", cells[0], cells[1])), "{csv}");
            assert!(w.worklist_xlsx(who, plan, 1).await.unwrap().starts_with(b"PK"));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_column_is_known_by_where_it_lives_and_by_what_it_is_compared_with() {
    let (world, two, _) = checked().await;
    let (w, plan) = (&world.workbench, world.plan.as_str());
    let viewer = world.join("Vera", PlanRole::Viewer).await;
    world.set(Kind::DataPoint, two.points["email"], "personal", json!(true)).await;
    // Nobody said what the columns hold, nor which installation the right side is; the left connection says it.
    let right = world.upload("mails", None, "id,mail,tier\n1,other@y.example,silver\n").await;
    let compare = json!([{ "id": Uuid::now_v7(), "left": "email", "right": "mail" }, pair("tier")]);
    let check = json!({ "name": "Mails", "left": two.left, "right": right, "key": [pair("id")], "compare": compare });
    world.add(Kind::Check, check).await;
    let run = world.run("CK2").await;
    let page = w.differences(&viewer, plan, run, &DifferenceFilter::default(), 0).await.unwrap();
    assert_eq!(values(&page.rows, "email = mail"), [["1", "•••", "•••"]]);
    assert_eq!(values(&page.rows, "tier"), [["1", "gold", "silver"]]);
    let record = w.record(&viewer, plan, run, r#"["1"]"#).await.unwrap();
    assert_eq!(record.pairs[0][0].right.as_deref(), Some("•••"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_removed_from_the_plan_stays_hidden() {
    let (world, two, run) = checked().await;
    let (w, plan) = (&world.workbench, world.plan.as_str());
    let viewer = world.join("Vera", PlanRole::Viewer).await;
    let [point, field] = protected_field(&world, &two, two.crm, "PHONE").await;
    let phone = async || {
        let record = w.record(&viewer, plan, run, r#"["1"]"#).await.unwrap();
        left_of(&record, "phone (left only)")
    };
    assert_eq!(phone().await, "•••");
    for item in [field, point] {
        w.edit(&world.owner, plan, vec![Change::Archive { item }]).await.unwrap();
        assert_eq!(phone().await, "•••");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_run_keeps_the_key_it_was_made_by() {
    let world = World::new().await;
    let left = "number,tier\nA1,gold\nA2,gold\nB1,gold\n";
    let two = world.two_systems(left, "code,tier\nA1,silver\nA2,gold\nB1,gold\n").await;
    let (w, plan) = (&world.workbench, world.plan.as_str());
    let key = json!([{ "id": Uuid::now_v7(), "left": "number", "right": "code" }]);
    let check = json!({
        "name": "Tiers", "left": two.left, "left_instance": two.crm, "right": two.right, "right_instance": two.erp,
        "key": key, "compare": [pair("tier")],
    });
    let check = world.add(Kind::Check, check).await;
    let run = world.run("CK1").await;
    // Only the right side is known to hold it; what they are matched by later is something else.
    protected_field(&world, &two, two.erp, "code").await;
    let patches = vec![Patch { field: "key".into(), before: key, after: json!([pair("tier")]) }];
    w.edit(&world.owner, plan, vec![Change::Set { item: check, patches }]).await.unwrap();
    let viewer = world.join("Vera", PlanRole::Viewer).await;
    let slice = Some(r#"{"by":"prefix","column":"number","prefix":"A"}"#.to_owned());
    let slice = DifferenceFilter { slice, ..DifferenceFilter::default() };
    for who in [&world.owner, &viewer] {
        assert_eq!(fields(&w.differences(who, plan, run, &slice, 0).await.unwrap_err()), ["slice"]);
    }
    let page = w.differences(&viewer, plan, run, &DifferenceFilter::default(), 0).await.unwrap();
    assert!(page.masked && page.rows.iter().all(|row| row.key == ["•••"]), "{:?}", page.rows);
}

//! What a connected system holds, and its columns taken over into the plan.

use super::world::{World, fields};
use domain::{Kind, entity::Occurrence};
use serde_json::json;
use std::collections::BTreeMap;
use views::schema::SchemaPage;

const CUSTOMERS: &str = "id,email,name,tier,shoe_size\n1,a@x.example,Ann,gold,38\n2,,Bob,gold,44\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn columns_are_shown_with_proposals_and_recorded_once() {
    let world = World::new().await;
    let two = world.two_systems(CUSTOMERS, CUSTOMERS).await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    let id = two.left.to_string();
    let page = async |object: &str| -> SchemaPage { w.schema_page(owner, plan, &id, "", object).await.unwrap() };
    let shown = page("").await;
    assert_eq!((shown.tables.len(), shown.instance.as_str()), (1, two.crm.to_string().as_str()));
    let open = shown.open.unwrap();
    let proposed: Vec<_> = open.columns.iter().map(|c| (c.name.as_str(), c.proposal.is_some())).collect();
    let expected = [("id", false), ("email", true), ("name", true), ("tier", true), ("shoe_size", false)];
    assert_eq!(proposed, expected);
    assert_eq!(open.rows.len(), 2);
    assert_eq!(open.rows[0][1].as_deref(), Some("a@x.example"));
    let other = world.add(Kind::BusinessObject, json!({ "name": "Shoe" })).await.to_string();
    let narrowed = page(&other).await.open.unwrap();
    assert!(narrowed.columns.iter().all(|c| c.proposal.is_none()) && narrowed.points.is_empty());

    let record = async |points: &[(&str, &str)], instance: &str| {
        let points: BTreeMap<String, String> = points.iter().map(|(c, p)| ((*c).into(), (*p).into())).collect();
        w.record_columns(owner, plan, &id, &open.name, instance, &points).await
    };
    let (email, crm) = (two.points["email"].to_string(), two.crm.to_string());
    let error = record(&[("email", ""), ("id", "")], &crm).await.unwrap_err();
    assert_eq!(fields(&error), ["points"]);
    assert_eq!(fields(&record(&[("email", &email)], "").await.unwrap_err()), ["instance"]);
    let unknown = record(&[("e-mail address", &email)], &crm).await;
    assert!(matches!(unknown, Err(workbench::Error::NotFound("column"))));
    assert_eq!(record(&[("email", &email), ("name", "")], &crm).await.unwrap(), 1);
    assert_eq!(record(&[("email", &email)], &crm).await.unwrap(), 0, "it is recorded already");
    let after = page("").await.open.unwrap();
    let bound = after.columns[1].bound.as_ref().unwrap();
    assert!(bound.label.contains("email") && after.columns[1].proposal.is_none(), "{bound:?}");
    let data = w.basis(owner, plan).await.unwrap();
    let made: Vec<_> = data.plan.each::<Occurrence>().filter(|o| *o.object_name == *open.name).collect();
    assert_eq!(made.len(), 1);
    assert_eq!((&*made[0].field_name, made[0].instance), ("email", Some(two.crm)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn protected_values_are_hidden_even_before_they_are_recorded() {
    let world = World::new().await;
    let two = world.two_systems(CUSTOMERS, CUSTOMERS).await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    world.set(Kind::DataPoint, two.points["email"], "personal", json!(true)).await;
    let open = w.schema_page(owner, plan, &two.left.to_string(), "", "").await.unwrap().open.unwrap();
    assert!(open.columns[1].hidden && !open.columns[2].hidden);
    let values: Vec<_> = open.rows.iter().map(|row| (row[1].as_deref(), row[2].as_deref())).collect();
    assert_eq!(values[0], (Some("•••"), Some("Ann")));
    assert!(values.iter().all(|(email, _)| !email.unwrap_or_default().contains('@')));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_system_that_is_gone_is_told_and_strangers_see_nothing() {
    let world = World::new().await;
    let two = world.two_systems(CUSTOMERS, CUSTOMERS).await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    let id = two.left.to_string();
    let missing = w.schema_page(owner, plan, &id, "no_such_table", "").await.unwrap();
    assert!(missing.open.is_some(), "a file has one table, and that is open");
    let stranger = world.stranger().await;
    let hidden = w.schema_page(&stranger, plan, &id, "", "").await;
    assert!(matches!(hidden, Err(workbench::Error::NotFound("plan"))));
    let none = w.schema_page(owner, plan, "nonsense", "", "").await;
    assert!(matches!(none, Err(workbench::Error::NotFound("connection"))));
    std::fs::remove_dir_all(world.data.path().join("uploads")).unwrap();
    let gone = w.schema_page(owner, plan, &id, "", "").await.unwrap();
    assert!(gone.trouble.is_some() && gone.open.is_none(), "{gone:?}");
}

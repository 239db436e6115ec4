//! What is recorded as production is refused: hosts by any name or address they have, servers by what they call
//! themselves.

use super::{
    postgres_secret::server,
    secure::{Service, form},
    world::{World, fields},
};
use domain::Kind;
use serde_json::json;
use workbench::Error;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_host_is_refused_by_any_name_and_one_that_is_not_found_is_told() {
    let world = World::with(|settings| settings.allowed_targets = vec!["127.0.0.1".into()]).await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    let service = Service::start(None).await;
    let url = format!("http://127.0.0.1:{}/members", service.port);
    world.add(Kind::Instance, json!({ "name": "CRM", "production_hosts": ["crm.invalid"] })).await;
    let id = w.connect_service(owner, plan, form(&url, "")).await.unwrap();
    let only = async || w.connections(owner, plan).await.unwrap().remove(0);
    let found = only().await;
    assert!(found.warnings.len() == 1 && found.warnings[0].contains("`crm.invalid`"), "{:?}", found.warnings);
    let looked_for = found.guard.iter().any(|sign| sign.contains("recorded as production"));
    assert!(!looked_for, "what was not found was not looked for: {:?}", found.guard);

    world.add(Kind::Instance, json!({ "name": "ERP", "production_hosts": ["localhost"] })).await;
    let error = w.tables(owner, plan, id).await.unwrap_err();
    assert!(matches!(&error, Error::Conflict(words) if words.contains("an address of `localhost`")), "{error}");
    assert!(only().await.refused.unwrap().contains("recorded as production"));
    w.test_again(owner, plan, &id.to_string()).await.unwrap();
    assert!(only().await.refused.is_some());
    let error = w.connect_service(owner, plan, form(&url, "")).await.unwrap_err();
    assert_eq!(fields(&error), ["host"], "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_postgres_server_is_refused_by_the_id_that_its_test_found() {
    let server = server();
    let target = format!("{}:{}", server.host, server.port);
    let world = World::with(|settings| settings.allowed_targets = vec![target]).await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    let id = w.connect_database(owner, plan, server.form()).await.unwrap();
    w.tables(owner, plan, id).await.unwrap();
    let Some(server_id) = w.connections_page(owner, plan).await.unwrap().connections[0].server_id.clone() else {
        println!("skipped: this role may not know the server's identifier");
        return;
    };
    let instance = json!({ "name": "ERP", "production_server_ids": [server_id] });
    let instance = world.add(Kind::Instance, instance).await;
    let refused = async || w.connections(owner, plan).await.unwrap()[0].refused.clone();
    let error = w.tables(owner, plan, id).await.unwrap_err();
    assert!(matches!(&error, Error::Conflict(words) if words.contains(&server_id)), "{error}");
    assert!(refused().await.unwrap().contains("recorded as production"));
    w.test_again(owner, plan, &id.to_string()).await.unwrap();
    assert!(refused().await.unwrap().contains(&server_id), "the server itself was asked");
    let error = w.connect_database(owner, plan, server.form()).await.unwrap_err();
    assert!(fields(&error) == ["host"] && error.to_string().contains("recorded as production"), "{error}");

    world.remove(Kind::Instance, instance).await;
    w.test_again(owner, plan, &id.to_string()).await.unwrap();
    assert_eq!(refused().await, None);
    w.tables(owner, plan, id).await.unwrap();
}

//! Connections and their secrets.

use crate::{evidence::conflict, lab::Lab};
use serde_json::json;
use store::{ConnectionDetails, Probe, SecretChange, StoreError};

fn details(name: &str) -> ConnectionDetails {
    ConnectionDetails {
        name: name.into(),
        instance: None,
        adapter: "postgres".into(),
        address: "db.test:5432/crm".into(),
        options: json!({ "user": "reader", "port": 5432 }),
    }
}

pub async fn secrets_come_out_of_one_method_only(lab: &Lab) {
    let ana = lab.user("ana").await;
    let plan = lab.plan("clouds", ana).await;
    let id = lab.id();
    let (guard, warnings) = (vec!["host is listed".into()], vec!["may write".into()]);
    let probe = Probe { guard, warnings, server_id: Some("7312".into()), ..Probe::default() };
    let (crm, added) = (details("CRM test"), lab.entry("connection_added"));
    lab.store.insert_connection(plan, id, &crm, Some(b"sealed"), &probe, ana, lab.now(), added).await.unwrap();
    let connection = lab.store.load_connection(plan, id).await.unwrap();
    assert_eq!((&connection.details, &connection.probe, connection.rev), (&crm, &probe, 1));
    let view = connection.view();
    assert!(view.has_secret);
    assert!(!format!("{connection:?} {view:?}").contains("sealed"));
    assert_eq!(lab.store.load_secret(id).await.unwrap().as_deref(), Some(&b"sealed"[..]));

    let change =
        |secret| lab.store.update_connection(plan, id, 1, &connection.details, secret, &probe, lab.entry("changed"));
    assert_eq!(change(SecretChange::Keep).await.unwrap(), 2);
    assert_eq!(lab.store.load_secret(id).await.unwrap().as_deref(), Some(&b"sealed"[..]));
    let clear = SecretChange::Clear;
    lab.store.update_connection(plan, id, 2, &details("CRM"), clear, &probe, lab.entry("changed")).await.unwrap();
    assert_eq!(lab.store.load_secret(id).await.unwrap(), None);
    let set = SecretChange::Set(b"new".into());
    lab.store.update_connection(plan, id, 3, &details("CRM"), set, &probe, lab.entry("changed")).await.unwrap();
    assert_eq!(lab.store.load_secret(id).await.unwrap().as_deref(), Some(&b"new"[..]));

    let strange = lab.plan("strange", ana).await;
    assert!(matches!(lab.store.load_connection(strange, id).await, Err(StoreError::NotFound(_))));
    assert!(lab.store.list_connections(strange).await.unwrap().is_empty());
    let taken = lab.store.archive_connection(strange, id, lab.now(), lab.entry("archived")).await;
    assert!(matches!(taken, Err(StoreError::NotFound(_))), "another plan's");

    lab.store.archive_connection(plan, id, lab.now(), lab.entry("archived")).await.unwrap();
    assert_eq!(lab.store.load_secret(id).await.unwrap(), None, "put away, so forgotten");
    assert!(lab.store.list_connections(plan).await.unwrap().is_empty());
    assert!(lab.store.load_connection(plan, id).await.unwrap().archived_at.is_some());
}

pub async fn a_changed_connection_is_stale_for_others(lab: &Lab) {
    let ana = lab.user("ana").await;
    let plan = lab.plan("clouds", ana).await;
    let (id, other, probe) = (lab.id(), lab.id(), Probe::default());
    let add = |id, name: &'static str| {
        let (at, entry) = (lab.now(), lab.entry("added"));
        async move { lab.store.insert_connection(plan, id, &details(name), None, &Probe::default(), ana, at, entry).await }
    };
    add(id, "CRM").await.unwrap();
    assert_eq!(conflict(add(lab.id(), " crm ").await), "connections_document_id_name_key");
    add(other, "ERP").await.unwrap();
    let keep = || SecretChange::Keep;
    lab.store.update_connection(plan, id, 1, &details("CRM 2"), keep(), &probe, lab.entry("changed")).await.unwrap();
    let stale = lab.store.update_connection(plan, id, 1, &details("CRM 3"), keep(), &probe, lab.entry("changed")).await;
    assert!(matches!(stale, Err(StoreError::Stale { rev: 2 })));
    let taken =
        lab.store.update_connection(plan, other, 1, &details("crm 2"), keep(), &probe, lab.entry("changed")).await;
    assert_eq!(conflict(taken), "connections_document_id_name_key");
    let (refused, server_id) = (Some("looks like production".into()), Some("7312".into()));
    let seen = Probe { refused, server_id, verified_at: Some(lab.now()), ..probe };
    lab.store.set_probe(plan, id, &seen, lab.entry("probed")).await.unwrap();
    let list = lab.store.list_connections(plan).await.unwrap();
    assert_eq!(list.iter().map(|c| c.details.name.as_str()).collect::<Vec<_>>(), ["CRM 2", "ERP"]);
    assert_eq!((&list[0].probe, list[0].rev), (&seen, 2));
    // A name is free again when its connection was put away.
    lab.store.archive_connection(plan, other, lab.now(), lab.entry("archived")).await.unwrap();
    add(lab.id(), "ERP").await.unwrap();
}

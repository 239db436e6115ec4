//! Gate 1 as its pages show it, and a conflict of truth settled in one step.

use crate::world::{TwoSystems, World};
use domain::{ItemId, Kind, form_key};
use rules::PointTruth;
use serde_json::json;
use views::data::TruthCell;
use workbench::{Error, Settlement};

const LEFT: &str = "id,email,name,tier\n1,a@x.example,Ana,gold\n";
const RIGHT: &str = "id,email,name,tier\n1,b@x.example,Ana,gold\n";

/// Two truths for the same records of the e-mail.
async fn disputed(world: &World) -> (TwoSystems, [ItemId; 2]) {
    let two = world.two_systems(LEFT, RIGHT).await;
    let mut truths = Vec::new();
    for instance in [two.crm, two.erp] {
        let fields = json!({
            "data_point": two.points["email"], "occurrence": two.occurrences[&("email", instance)], "state": "agreed",
        });
        truths.push(world.add(Kind::Truth, fields).await);
    }
    (two, [truths[0], truths[1]])
}

fn settlement(truths: [ItemId; 2], kind: &str) -> Settlement {
    Settlement {
        members: truths.map(|t| t.to_string()).join(","),
        kind: kind.into(),
        rationale: "the call centre confirms it".into(),
        decided_by: "Ana Novak".into(),
        ..Settlement::default()
    }
}

#[tokio::test]
async fn the_winner_stays_and_the_others_are_put_away() {
    let world = World::new().await;
    let (_, truths) = disputed(&world).await;
    let board = world.workbench.truth_page(&world.owner, &world.plan).await.unwrap();
    assert_eq!(board.conflicts.len(), 1);
    let form = Settlement { winner: truths[1].to_string(), ..settlement(truths, "single") };
    world.workbench.settle_conflict(&world.owner, &world.plan, form.clone()).await.unwrap();
    let board = world.workbench.truth_page(&world.owner, &world.plan).await.unwrap();
    assert!(board.conflicts.is_empty());
    let page = world.workbench.data_page(&world.owner, &world.plan, "all", "email").await.unwrap();
    assert_eq!(page.groups[0].rows[0].truth, PointTruth::Agreed(vec![truths[1]]));
    // Who still looks at the old page is told, and nothing is put away twice.
    let late = world.workbench.settle_conflict(&world.owner, &world.plan, form).await;
    assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");
}

#[tokio::test]
async fn records_are_split_by_scopes_that_differ() {
    let world = World::new().await;
    let (_, truths) = disputed(&world).await;
    let home = world.add(Kind::Scope, json!({ "name": "Australia" })).await.to_string();
    let rest = world.add(Kind::Scope, json!({ "name": "Everywhere else" })).await.to_string();
    let mut form = settlement(truths, "split_population");
    for (scopes, fits) in [(vec![], false), (vec![&home, &home], false), (vec![&home, &rest], true)] {
        form.scopes = truths.iter().map(form_key).zip(scopes.into_iter().cloned()).collect();
        let settled = world.workbench.settle_conflict(&world.owner, &world.plan, form.clone()).await;
        assert_eq!(settled.is_ok(), fits, "{settled:?}");
    }
    assert!(world.workbench.truth_page(&world.owner, &world.plan).await.unwrap().conflicts.is_empty());
}

#[tokio::test]
async fn an_order_settles_and_a_reason_is_needed() {
    let world = World::new().await;
    let (_, truths) = disputed(&world).await;
    let mut form = Settlement { winner: truths[1].to_string(), ..settlement(truths, "precedence") };
    form.rationale = " ".into();
    let refused = world.workbench.settle_conflict(&world.owner, &world.plan, form.clone()).await;
    assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    form.rationale = "newer wins".into();
    world.workbench.settle_conflict(&world.owner, &world.plan, form).await.unwrap();
    let board = world.workbench.truth_page(&world.owner, &world.plan).await.unwrap();
    assert!(!board.conflicts[0].conflict.open());
}

#[tokio::test]
async fn a_point_can_be_taken_out_of_scope() {
    let world = World::new().await;
    let (_, truths) = disputed(&world).await;
    let form = settlement(truths, "descope");
    world.workbench.settle_conflict(&world.owner, &world.plan, form).await.unwrap();
    let point = world.workbench.data_point(&world.owner, &world.plan, "D1", "all", "").await.unwrap().unwrap();
    assert!(point.out_of_scope && point.conflicts.is_empty());
}

#[tokio::test]
async fn cells_lead_to_their_truth_or_to_the_form_for_one() {
    let world = World::new().await;
    let (two, _) = disputed(&world).await;
    let board = world.workbench.truth_page(&world.owner, &world.plan).await.unwrap();
    let (email, name) = (&board.rows[0], &board.rows[1]);
    assert_eq!(email.cells[0].state, TruthCell::Conflict);
    assert_eq!(email.cells[0].href.as_deref(), Some("/p/loyalty-move/items/truth/U1"));
    let new = name.cells[0].href.clone().unwrap();
    assert_eq!(name.cells[0].state, TruthCell::Copy);
    assert!(new.contains("/items/truth/new?") && new.contains(&two.points["name"].to_string()), "{new}");
    assert!(new.contains(&two.occurrences[&("name", two.crm)].to_string()), "{new}");
}

#[tokio::test]
async fn an_object_without_a_point_is_seen_where_nothing_is_filtered() {
    let world = World::new().await;
    world.add(Kind::BusinessObject, json!({ "name": "Order" })).await;
    let groups = |filter: &'static str, text: &'static str| {
        let world = &world;
        async move { world.workbench.data_page(&world.owner, &world.plan, filter, text).await.unwrap().groups.len() }
    };
    assert_eq!((groups("all", "").await, groups("undecided", "").await, groups("all", "x").await), (1, 0, 0));
}

#[tokio::test]
async fn a_point_shows_where_it_lives_and_its_neighbours() {
    let world = World::new().await;
    disputed(&world).await;
    let point = |key: &'static str| {
        let world = &world;
        async move { world.workbench.data_point(&world.owner, &world.plan, key, "all", "").await.unwrap() }
    };
    let middle = point("d2").await.unwrap();
    assert_eq!((middle.previous.as_deref(), middle.next.as_deref(), middle.position), (Some("D1"), Some("D3"), (2, 3)));
    assert_eq!((middle.places.len(), middle.truths.len()), (2, 0));
    let first = point("D1").await.unwrap();
    assert_eq!((first.truths.len(), first.truths[0].state, first.previous), (2, TruthCell::Conflict, None));
    assert!(point("D99").await.is_none() && point("B1").await.is_none());
}

#[tokio::test]
async fn a_key_leads_to_its_item_and_a_name_to_a_list() {
    let world = World::new().await;
    disputed(&world).await;
    let found = world.workbench.search(&world.owner, &world.plan, " d2 ").await.unwrap();
    assert_eq!(found.jump.as_deref(), Some("/p/loyalty-move/items/data_point/D2"));
    let found = world.workbench.search(&world.owner, &world.plan, "customer").await.unwrap();
    assert!(found.jump.is_none() && found.total > 1 && found.found[0].title.starts_with("Customer"));
    assert_eq!(world.workbench.search(&world.owner, &world.plan, "").await.unwrap().total, 0);
    let records = world.workbench.records(&world.owner, &world.plan).await.unwrap();
    assert_eq!(records.kinds.iter().find(|k| k.kind == Kind::DataPoint).unwrap().count, 3);
    let stranger = world.stranger().await;
    assert!(matches!(world.workbench.search(&stranger, &world.plan, "d2").await, Err(Error::NotFound(_))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn plans_of_one_title_that_start_at_the_same_time_have_keys_of_their_own() {
    let world = World::new().await;
    let start = |_| {
        let (workbench, owner) = (world.workbench.clone(), world.owner.clone());
        tokio::spawn(async move { workbench.create_plan(&owner, "At once").await.unwrap() })
    };
    let mut keys = std::collections::BTreeSet::new();
    for started in (0..8).map(start).collect::<Vec<_>>() {
        keys.insert(started.await.unwrap());
    }
    assert_eq!(keys.len(), 8, "{keys:?}");
}

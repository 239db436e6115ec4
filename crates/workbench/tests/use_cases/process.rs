//! Gate 2 as its pages show it: what was told and never seen stays in the picture.

use crate::world::World;
use domain::{ItemId, Kind};
use pictures::swimlane::Mark;
use rules::StepStatus;
use serde_json::{Value, json};

/// A picture with steps that follow one another.
async fn picture(world: &World, process: ItemId, kind: &str, steps: &[&str]) -> Vec<ItemId> {
    let variant = world.add(Kind::Variant, json!({ "process": process, "kind": kind })).await;
    let mut ids: Vec<ItemId> = Vec::new();
    for (n, name) in steps.iter().enumerate().rev() {
        let part = |to: &ItemId| json!([{ "id": uuid::Uuid::now_v7(), "to": to, "condition": "" }]);
        let next = ids.first().map_or_else(|| json!([]), part);
        let fields: Value = json!({
            "name": name, "variant": variant, "position": n, "minutes": 60, "per_week": 12, "next": next,
        });
        ids.insert(0, world.add(Kind::Step, fields).await);
    }
    ids
}

#[tokio::test]
async fn steps_that_are_gone_are_drawn_where_they_were() {
    let world = World::new().await;
    let process = world.add(Kind::Process, json!({ "name": "Sign-up" })).await;
    let told = picture(&world, process, "as_told", &["Ask", "Check", "File"]).await;
    let seen = picture(&world, process, "as_observed", &["Ask", "File"]).await;
    picture(&world, process, "to_be", &["Ask"]).await;
    let page = world.workbench.process_page(&world.owner, &world.plan, "P1").await.unwrap();
    let observed = &page.variants[1];
    let names: Vec<_> = observed.steps.iter().map(|s| (s.name.as_str(), s.gone)).collect();
    assert_eq!(names, [("Ask", false), ("Check", true), ("File", false)]);
    assert_eq!(observed.own_steps(), 2);
    assert_eq!(observed.diagram.steps[1].mark, Some(Mark::Missing));
    let drawn = |from: ItemId, to: ItemId| {
        observed.diagram.edges.iter().any(|e| e.from == from.to_string() && e.to == to.to_string())
    };
    assert!(drawn(seen[0], told[1]) && drawn(told[1], seen[1]) && drawn(seen[0], seen[1]));
    assert_eq!(observed.diagram.edges.len(), 3);
    let to_be: Vec<_> = page.variants[2].steps.iter().map(|s| (s.name.as_str(), s.against.as_str())).collect();
    assert_eq!(to_be[1], ("File", "removed"));
    // Three told, two seen: today is what was seen.
    assert_eq!(page.today, 2 * 60 * 12 * 52 / 12);
}

#[tokio::test]
async fn a_difference_leads_to_what_was_decided_about_it() {
    let world = World::new().await;
    let process = world.add(Kind::Process, json!({ "name": "Sign-up" })).await;
    picture(&world, process, "as_told", &["Ask", "Check"]).await;
    picture(&world, process, "as_observed", &["Ask"]).await;
    let missing = |page: views::process::ProcessPage| page.diff.into_iter().find(|d| d.status == StepStatus::Missing);
    let page = world.workbench.process_page(&world.owner, &world.plan, "P1").await.unwrap();
    let open = missing(page).unwrap();
    assert_eq!((open.key.as_str(), open.recorded), ("check", None));
    let fields = json!({ "process": process, "step_key": "Check", "resolution": "told_corrected" });
    world.add(Kind::Discrepancy, fields).await;
    let page = world.workbench.process_page(&world.owner, &world.plan, "P1").await.unwrap();
    let (href, words) = missing(page).unwrap().recorded.unwrap();
    assert_eq!((href.as_str(), words.as_str()), ("/p/loyalty-move/items/discrepancy/Y1", "Telling corrected"));
}

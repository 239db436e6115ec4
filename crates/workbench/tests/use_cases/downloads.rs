//! Files that are written while they are fetched: whoever takes nothing more of one loses their place, and nobody has
//! two.

use super::world::{World, text_of};
use domain::{Kind, PlanRole};
use serde_json::json;
use std::{fmt::Write, time::Duration};
use uuid::Uuid;
use views::sync::DifferenceFilter;
use workbench::Error;

/// More lines than are written ahead of a reader, with values of 400 letters on both sides.
const MANY: usize = 2_000;

/// A run of a check of so many records, each different.
async fn run_of(world: &World, records: usize) -> i64 {
    let side = |letter: &str| {
        let mut text = String::from("id,email,name,tier\n");
        for n in 0..records {
            writeln!(text, "{n},{},x,y", letter.repeat(400)).unwrap();
        }
        text
    };
    let two = world.two_systems(&side("a"), &side("b")).await;
    let pair = |column: &str| json!([{ "id": Uuid::now_v7(), "left": column, "right": column }]);
    let check = json!({
        "name": "Large", "left": two.left, "right": two.right, "key": pair("id"), "compare": pair("email"),
    });
    world.add(Kind::Check, check).await;
    world.run("CK1").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_takes_nothing_more_loses_their_place() {
    let world = World::with(|settings| settings.download_stall = Duration::from_millis(300)).await;
    let run = run_of(&world, MANY).await;
    let (w, plan, all) = (&world.workbench, world.plan.as_str(), DifferenceFilter::default());
    let mut unread = Vec::new();
    for name in ["Ana", "Ben", "Cem", "Dee"] {
        let person = world.join(name, PlanRole::Viewer).await;
        unread.push(w.differences_csv(&person, plan, run, &all).await.unwrap());
    }
    // There is no place left; those who have one lose it before the next is told to come back.
    let next = text_of(w.differences_csv(&world.owner, plan, run, &all).await.unwrap()).await;
    assert_eq!(next.lines().count(), MANY + 1);
    for mut file in unread {
        // Whose time is not over yet could still go on reading.
        while !file.rest.is_closed() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let mut end = None;
        while let Some(piece) = file.rest.recv().await {
            end = Some(piece);
        }
        assert!(matches!(end, Some(Err(_))), "half a file looks whole");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_person_fetches_one_file_at_a_time() {
    let world = World::new().await;
    let run = run_of(&world, MANY).await;
    let (w, plan, all) = (&world.workbench, world.plan.as_str(), DifferenceFilter::default());
    let other = world.join("Ana", PlanRole::Viewer).await;
    let first = w.differences_csv(&world.owner, plan, run, &all).await.unwrap();
    let second = w.differences_csv(&world.owner, plan, run, &all);
    tokio::pin!(second);
    assert!(tokio::time::timeout(Duration::from_millis(300), second.as_mut()).await.is_err());
    assert_eq!(text_of(w.differences_csv(&other, plan, run, &all).await.unwrap()).await.lines().count(), MANY + 1);
    drop(first);
    assert_eq!(text_of(second.await.unwrap()).await.lines().count(), MANY + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_file_is_there_in_time_or_ends() {
    let world = World::with(|settings| settings.download_time = Duration::ZERO).await;
    let run = run_of(&world, 1).await;
    let late = world
        .workbench
        .differences_csv(&world.owner, &world.plan, run, &DifferenceFilter::default())
        .await
        .unwrap_err();
    assert!(matches!(late, Error::Unavailable(ref words) if words.contains("not fetched in time")), "{late}");
}

//! The rows of old runs go, what rests on them stays.

use super::world::{World, clock};
use domain::{Kind, RunId, Timestamp};
use serde_json::json;
use std::sync::atomic::{AtomicI64, Ordering};
use views::sync::{DifferenceFilter, RunPage};
use workbench::{Assignment, Caller, Error};

const LEFT: &str = "id,email,name,tier\n1,a@x.example,Ann,gold\n2,b@x.example,Bob,silver\n3,c@x.example,Cleo,none\n";
const RIGHT: &str = "id,email,name,tier\n1,a@x.example,Ann,gold\n2,b@x.example,Rob,silver\n4,d@x.example,Dan,none\n";

static NOW: AtomicI64 = AtomicI64::new(0);

/// A clock that the test moves, in days.
fn moving() -> Timestamp {
    clock() + jiff::SignedDuration::from_hours(24 * NOW.load(Ordering::SeqCst))
}

async fn page(world: &World, number: i64) -> RunPage {
    world.workbench.run_page(&world.owner, &world.plan, number).await.unwrap()
}

/// Whether anything is in the folder of a run.
fn kept(world: &World, run: RunId) -> bool {
    let folder = world.data.path().join("evidence").join(run.to_string());
    world.bytes().iter().any(|(path, _)| path.starts_with(folder.to_str().unwrap()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rows_of_old_runs_go_unless_something_rests_on_them() {
    let world = World::with(|settings| {
        settings.clock = moving;
        settings.keep_days = 30;
    })
    .await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    let two = world.two_systems(LEFT, RIGHT).await;
    let check = world.designed(&two).await;
    let [old, named, listed, newest] =
        [world.run(&check).await, world.run(&check).await, world.run(&check).await, world.run(&check).await];
    world.set_decision(&two.customer.to_string(), page(&world, named).await.run.id).await;
    let group = w.new_worklists(owner, plan, listed).await.unwrap().groups[0].group.clone();
    w.make_worklists(owner, plan, listed, &[group], &Assignment::default()).await.unwrap();
    let run = page(&world, old).await.run;
    assert!(kept(&world, run.id));

    NOW.store(30, Ordering::SeqCst);
    assert_eq!(w.remove_old_rows(&Caller::Operator).await.unwrap(), 0, "not a day too early");
    NOW.store(31, Ordering::SeqCst);
    let stranger = world.stranger().await;
    assert!(matches!(w.remove_old_rows(&stranger).await, Err(Error::Denied(_))));
    assert_eq!(w.remove_old_rows(&Caller::Operator).await.unwrap(), 1);
    assert_eq!(w.remove_old_rows(&Caller::Operator).await.unwrap(), 0, "once");
    assert!(!kept(&world, run.id));
    for number in [named, listed, newest] {
        let page = page(&world, number).await;
        assert!(page.removed_at.is_none() && kept(&world, page.run.id), "run {number}");
    }

    // Counts and hashes stay; what needs rows says why it cannot.
    let after = page(&world, old).await;
    assert_eq!(after.run, run);
    assert_eq!((after.removed_at, after.may_assign, after.may_decide), (Some(moving()), false, false));
    let said = |error: Error| {
        assert!(error.to_string().contains(&format!("the rows of run {old} are not kept since")), "{error}");
    };
    let everything = DifferenceFilter::default();
    said(w.differences(owner, plan, old, &everything, 0).await.unwrap_err());
    said(w.differences_csv(owner, plan, old, &everything).await.unwrap_err());
    said(w.record(owner, plan, old, "[\"2\"]").await.unwrap_err());
    for everything in [false, true] {
        said(w.find_pairs(owner, plan, old, everything).await.unwrap_err());
    }
    let other = w.run_under(owner, plan, old, None).await.unwrap().unwrap();
    assert!(other.trouble.unwrap().contains("are not kept since"));
    let overview = w.overview(owner, plan).await.unwrap();
    let told = overview.activity.iter().find(|row| row.verb == "removed the rows of old runs").unwrap();
    assert_eq!((told.who.as_str(), told.detail.clone()), ("Plumbline", format!("run {old}")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_closed_worklist_outlives_its_rows() {
    static NOW: AtomicI64 = AtomicI64::new(0);
    fn moving() -> Timestamp {
        clock() + jiff::SignedDuration::from_hours(24 * NOW.load(Ordering::SeqCst))
    }
    let world = World::with(|settings| settings.clock = moving).await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    let two = world.two_systems(LEFT, RIGHT).await;
    let check = world.designed(&two).await;
    let first = world.run(&check).await;
    let groups = w.new_worklists(owner, plan, first).await.unwrap().groups;
    let differ = groups.iter().find(|group| group.group.contains("\"different\"")).unwrap().group.clone();
    w.make_worklists(owner, plan, first, &[differ], &Assignment::default()).await.unwrap();
    w.replace_file(owner, plan, &two.right.to_string(), "erp.csv", LEFT.as_bytes()).await.unwrap();
    world.run(&check).await;
    let before = w.worklist(owner, plan, 1, 0).await.unwrap();
    assert_eq!((before.row.open, before.rows.len(), before.total), (false, 1, 1));

    NOW.store(91, Ordering::SeqCst);
    assert_eq!(w.remove_old_rows(&Caller::Operator).await.unwrap(), 1);
    let after = w.worklist(owner, plan, 1, 0).await.unwrap();
    assert_eq!((after.removed_at, after.rows.len(), after.total), (Some(moving()), 0, 1));
    assert!(w.worklist_csv(owner, plan, 1).await.unwrap_err().to_string().contains("are not kept since"));
}

/// A removal that was cut short is completed; what is no run of ours is let alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_left_behind_goes_too() {
    static NOW: AtomicI64 = AtomicI64::new(0);
    fn moving() -> Timestamp {
        clock() + jiff::SignedDuration::from_hours(24 * NOW.load(Ordering::SeqCst))
    }
    let world = World::with(|settings| settings.clock = moving).await;
    let w = &world.workbench;
    let two = world.two_systems(LEFT, RIGHT).await;
    let check = world.designed(&two).await;
    let first = page(&world, world.run(&check).await).await.run.id;
    world.run(&check).await;
    NOW.store(91, Ordering::SeqCst);
    assert_eq!(w.remove_old_rows(&Caller::Operator).await.unwrap(), 1);
    let evidence = world.data.path().join("evidence");
    let (behind, foreign) = (evidence.join(first.to_string()), evidence.join(uuid::Uuid::now_v7().to_string()));
    for folder in [&behind, &foreign] {
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(folder.join("left.parquet"), "rows").unwrap();
    }
    assert_eq!(w.remove_old_rows(&Caller::Operator).await.unwrap(), 0);
    assert_eq!((behind.exists(), foreign.exists()), (false, true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rows_are_kept_for_ever_where_the_operator_says_so() {
    for days in [0, u32::MAX] {
        let world = World::with(|settings| settings.keep_days = days).await;
        assert_eq!(world.workbench.remove_old_rows(&Caller::Operator).await.unwrap(), 0, "{days}");
    }
}

/// Pages of runs open however many came after.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_run_of_long_ago_is_found() {
    let world = World::new().await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    let two = world.two_systems(LEFT, RIGHT).await;
    let check = world.designed(&two).await;
    for number in 1..=102 {
        assert_eq!(w.start_check(owner, plan, &check).await.unwrap().number, number);
        w.cancel_run(owner, plan, number).await.unwrap();
    }
    assert_eq!(page(&world, 1).await.run.number, 1);
}

impl World {
    /// A decision about an object that names a run.
    async fn set_decision(&self, object: &str, run: RunId) {
        self.add(Kind::HistoryDecision, json!({ "object": object, "run": run })).await;
    }
}

//! Checks that run by themselves, with a clock that the test moves; what changed since the run before.

use super::{
    signable::Signable,
    world::{TwoSystems, World, fields},
};
use domain::{Change, Kind, Patch, PlanRole, RunState, Timestamp};
use serde_json::json;
use std::sync::atomic::{AtomicI64, Ordering};
use views::sync::{CheckRow, ScheduleState};
use workbench::{Caller, Error};

const SAME: &str = "id,email,name,tier\n1,a@x.example,Ann,gold\n2,b@x.example,Bob,silver\n";

/// A clock of a test's own, in seconds after a Monday at noon.
macro_rules! clock {
    ($clock:ident) => {
        static $clock: AtomicI64 = AtomicI64::new(0);
        fn now() -> Timestamp {
            let noon: Timestamp = "2027-03-01T12:00:00Z".parse().unwrap();
            Timestamp::from_second(noon.as_second() + $clock.load(Ordering::SeqCst)).unwrap()
        }
    };
}

const HOUR: i64 = 3600;

impl World {
    async fn set_schedule(&self, who: &Caller, check: &str, before: &str, after: &str) -> Result<(), Error> {
        let item = self.sync_row(check).await.id;
        let patches = vec![Patch { field: "schedule".into(), before: json!(before), after: json!(after) }];
        self.workbench.edit(who, &self.plan, vec![Change::Set { item, patches }]).await.map(drop)
    }

    async fn sync_row(&self, check: &str) -> CheckRow {
        let page = self.workbench.sync_page(&self.owner, &self.plan).await.unwrap();
        page.checks.into_iter().find(|row| row.key == check).unwrap()
    }

    async fn schedule(&self, check: &str) -> ScheduleState {
        self.sync_row(check).await.schedule.unwrap()
    }

    /// Number of the newest run.
    async fn newest(&self, check: &str) -> Option<i64> {
        self.sync_row(check).await.last.map(|run| run.number)
    }

    async fn activity(&self) -> Vec<(String, String, String)> {
        let page = self.workbench.overview(&self.owner, &self.plan).await.unwrap();
        page.activity.into_iter().map(|row| (row.who, row.verb, row.detail)).collect()
    }
}

async fn world(clock: fn() -> Timestamp) -> (World, TwoSystems, String) {
    let world = World::with(|settings| settings.clock = clock).await;
    let two = world.two_systems(SAME, SAME).await;
    let check = world.designed(&two).await;
    (world, two, check)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_due_check_runs_in_the_name_of_who_set_it() {
    clock!(CLOCK);
    let (world, _, check) = world(now).await;
    let eve = world.join("Eve", PlanRole::Editor).await;
    world.set_schedule(&eve, &check, "", "0 6 * * 1-5").await.unwrap();
    let set = world.schedule(&check).await;
    assert_eq!((set.words.as_str(), set.by.as_str()), ("at 06:00 on weekdays, in UTC", "Eve"));
    let next: Vec<_> = set.next.iter().map(Timestamp::to_string).collect();
    assert_eq!(next, ["2027-03-02T06:00:00Z", "2027-03-03T06:00:00Z", "2027-03-04T06:00:00Z"]);
    assert_eq!(world.workbench.start_due().await.unwrap(), 0, "not yet");

    CLOCK.store(18 * HOUR, Ordering::SeqCst);
    assert_eq!(world.workbench.start_due().await.unwrap(), 1);
    assert_eq!(world.workbench.start_due().await.unwrap(), 0, "once");
    world.workbench.work_off().await.unwrap();
    let run = world.workbench.run_page(&world.owner, &world.plan, 1).await.unwrap().run;
    assert_eq!((run.state, run.by_name.as_str()), (RunState::Done, "Eve"));
    let said = world.activity().await;
    assert!(
        said.iter().any(|(who, verb, _)| who == "The schedule, for Eve," && verb == "started a check on time"),
        "{said:?}"
    );

    // The server was down over Wednesday, Thursday and Friday: one run makes up for them, the next is on Monday.
    CLOCK.store(5 * 24 * HOUR, Ordering::SeqCst);
    assert_eq!(world.workbench.start_due().await.unwrap(), 1);
    world.workbench.work_off().await.unwrap();
    assert_eq!(world.workbench.start_due().await.unwrap(), 0);
    assert_eq!(world.newest(&check).await, Some(2));
    assert_eq!(world.schedule(&check).await.next[0].to_string(), "2027-03-08T06:00:00Z");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rights_are_those_of_the_moment() {
    clock!(CLOCK);
    let (world, _, check) = world(now).await;
    let eve = world.join("Eve", PlanRole::Editor).await;
    let id = eve.user_id().unwrap();
    world.set_schedule(&eve, &check, "", "0 * * * *").await.unwrap();
    let hour = |n: i64| CLOCK.store(n * HOUR, Ordering::SeqCst);
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());

    for (n, role) in [(1, Some(PlanRole::Reviewer)), (2, None)] {
        w.set_member(owner, plan, id, role).await.unwrap();
        hour(n);
        assert_eq!(w.start_due().await.unwrap(), 0);
        let (at, why) = world.schedule(&check).await.skipped.unwrap();
        assert_eq!(
            (at, why.contains("Eve, who set this schedule, may no longer edit the plan")),
            (now(), true),
            "{why}"
        );
    }
    assert_eq!(world.newest(&check).await, None);
    let told = world.activity().await.into_iter().filter(|(_, verb, _)| verb == "left a check out").count();
    assert_eq!(told, 1, "the same reason is told once");

    // She is back: it runs again, and the reason is gone.
    w.set_member(owner, plan, id, Some(PlanRole::Editor)).await.unwrap();
    hour(3);
    assert_eq!(w.start_due().await.unwrap(), 1);
    w.work_off().await.unwrap();
    assert_eq!(world.schedule(&check).await.skipped, None);

    // Somebody whose account is disabled starts nothing, whatever the role in the plan.
    w.disable_person(owner, id).await.unwrap();
    hour(4);
    assert_eq!(w.start_due().await.unwrap(), 0);
    assert!(world.schedule(&check).await.skipped.is_some());
    // Set again by somebody who may.
    world.set_schedule(owner, &check, "0 * * * *", "").await.unwrap();
    world.set_schedule(owner, &check, "", "0 * * * *").await.unwrap();
    assert_eq!(world.schedule(&check).await.by, "Olga Owner");
    hour(5);
    assert_eq!(w.start_due().await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_check_under_way_is_not_started_again() {
    clock!(CLOCK);
    let (world, _, check) = world(now).await;
    let w = &world.workbench;
    world.set_schedule(&world.owner, &check, "", "0 * * * *").await.unwrap();
    let first = w.start_check(&world.owner, &world.plan, &check).await.unwrap();
    CLOCK.store(HOUR, Ordering::SeqCst);
    assert_eq!(w.start_due().await.unwrap(), 0);
    let (_, why) = world.schedule(&check).await.skipped.unwrap();
    assert!(why.contains("run 1 of this check has not ended"), "{why}");
    let waiting = w.run_page(&world.owner, &world.plan, first.number).await.unwrap().progress.unwrap();
    assert_eq!((waiting.phase.as_str(), waiting.before), ("waiting", Some(0)));
    w.work_off().await.unwrap();
    assert_eq!(world.newest(&check).await, Some(first.number));
    CLOCK.store(2 * HOUR, Ordering::SeqCst);
    assert_eq!(w.start_due().await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_waiting_run_says_its_place() {
    clock!(CLOCK);
    CLOCK.store(0, Ordering::SeqCst);
    let (world, two, check) = world(now).await;
    let w = &world.workbench;
    let mut numbers = vec![w.start_check(&world.owner, &world.plan, &check).await.unwrap().number];
    for _ in 0..2 {
        let another = world.designed(&two).await;
        numbers.push(w.start_check(&world.owner, &world.plan, &another).await.unwrap().number);
    }
    for (before, number) in (0..).zip(numbers) {
        let page = w.run_page(&world.owner, &world.plan, number).await.unwrap();
        assert_eq!(page.progress.unwrap().before, Some(before));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_cannot_be_read_is_not_saved() {
    clock!(CLOCK);
    CLOCK.store(0, Ordering::SeqCst);
    let (world, _, check) = world(now).await;
    for (text, words) in
        [("0 25 * * *", "the hour “25”"), ("* * * * *", "15 minutes is the least"), ("soon", "has 1 part")]
    {
        let error = world.set_schedule(&world.owner, &check, "", text).await.unwrap_err();
        assert_eq!(fields(&error), ["schedule"]);
        assert!(error.to_string().contains(words), "{error}");
    }
    assert_eq!(world.sync_row(&check).await.schedule, None);
    // A schedule outdates no run: it is no part of what is compared.
    let number = world.run(&check).await;
    world.set_schedule(&world.owner, &check, "", "0 6 * * *").await.unwrap();
    assert!(!world.workbench.run_page(&world.owner, &world.plan, number).await.unwrap().outdated);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_signed_version_rests() {
    clock!(CLOCK);
    let signable = Signable::with(|settings| settings.clock = now).await;
    let world = &signable.world;
    let left = world.upload("l", None, SAME).await;
    let right = world.upload("r", None, SAME).await;
    let key = json!([{ "id": uuid::Uuid::now_v7(), "left": "id", "right": "id" }]);
    let fields = json!({ "name": "Keys", "left": left, "right": right, "key": key, "schedule": "0 * * * *" });
    world.add(Kind::Check, fields).await;
    signable.waive_errors().await;
    signable.reviewed().await;
    signable.sign().await.unwrap();
    CLOCK.store(HOUR, Ordering::SeqCst);
    assert_eq!(world.workbench.start_due().await.unwrap(), 0);
    let state = world.schedule("CK1").await;
    assert!(state.next.is_empty() && state.skipped.unwrap().1.contains("signed"));
    world.workbench.revise(&world.owner, &world.plan).await.unwrap();
    CLOCK.store(2 * HOUR, Ordering::SeqCst);
    assert_eq!(world.workbench.start_due().await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_run_says_what_changed_since_the_run_before() {
    clock!(CLOCK);
    CLOCK.store(0, Ordering::SeqCst);
    let (world, two, check) = world(now).await;
    let w = &world.workbench;
    let first = world.run(&check).await;
    assert_eq!(w.run_page(&world.owner, &world.plan, first).await.unwrap().drift, None, "nothing was before");
    let again = world.run(&check).await;
    let page = w.run_page(&world.owner, &world.plan, again).await.unwrap();
    let drift = page.drift.unwrap();
    assert_eq!((drift.words.as_str(), drift.columns.len()), ("since run 1: nothing drifted", 0));
    assert_eq!(world.sync_row(&check).await.drift, None);

    // Bob is spelt otherwise, Cleo is new on one side, and so is a column.
    let changed =
        "id,email,name,level,tier\n1,a@x.example,Ann,1,gold\n2,b@x.example,BOB,2,silver\n3,c@x.example,Cleo,3,gold\n";
    w.replace_file(&world.owner, &world.plan, &two.right.to_string(), "erp.csv", changed.as_bytes()).await.unwrap();
    let third = world.run(&check).await;
    let drift = w.run_page(&world.owner, &world.plan, third).await.unwrap().drift.unwrap();
    assert_eq!(drift.words, "since run 2: 1 more different in name, 1 more missing left, new: case in name");
    assert_eq!(drift.columns, ["ERP: its columns have changed since run 2: new: `level`"]);
    let mark = world.sync_row(&check).await.drift.unwrap();
    assert_eq!((mark.number, mark.before, mark.worse), (third, again, true));
    assert_eq!(mark.words, drift.words);

    // Another rule is another question.
    let design = w.design_check(&world.owner, &world.plan, Some(&check), &Default::default()).await.unwrap();
    let pair = design.pairs.iter().find(|p| p.left == "name").unwrap();
    let item = world.sync_row(&check).await.id;
    let body: serde_json::Value = serde_json::from_str(&design.before).unwrap();
    let before = body["compare"].as_array().unwrap().iter().find(|p| p["id"] == json!(pair.id)).unwrap().clone();
    let mut after = before.clone();
    after["case_fold"] = json!(true);
    let patches = vec![Patch { field: format!("compare/{}", pair.id), before, after }];
    w.edit(&world.owner, &world.plan, vec![Change::Set { item, patches }]).await.unwrap();
    let fourth = world.run(&check).await;
    let drift = w.run_page(&world.owner, &world.plan, fourth).await.unwrap().drift.unwrap();
    assert_eq!(drift.drift.counts, None);
    assert!(drift.words.contains("the check was changed since run 3"), "{}", drift.words);
    assert_eq!(world.sync_row(&check).await.drift, None);
}

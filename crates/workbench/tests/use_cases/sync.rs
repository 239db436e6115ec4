//! From two uploaded files to a verdict.

use super::world::{World, text_of};
use domain::{Kind, RunState};
use rules::Verdict;
use serde_json::json;
use std::time::Duration;
use views::sync::{DifferenceFilter, SideChoice};
use workbench::Error;

const CRM: &str = "id,email,name,tier\n\
    1,a@x.example,Ann,gold\n\
    2,B@X.example,Bob,gold\n\
    3,c@x.example,Cleo,silver\n\
    4,d@x.example,Dan,gold\n\
    5,e@x.example,Eve,gold\n\
    6,f@x.example,Fay,none\n\
    ,z@x.example,Zed,gold\n";
const ERP: &str = "id,email,name,tier\n\
    4,other@x.example,Dan,gold\n\
    1,a@x.example,Ann,gold\n\
    2,b@x.example,Bob,gold\n\
    3,c@x.example,Cleo ,silver\n\
    6,f@x.example,Fay,none\n\
    6,f@x.example,Fay,none\n\
    7,g@x.example,Gus,gold\n";
const SAME: &str = "id,email,name,tier\n1,a@x.example,Ann,gold\n2,b@x.example,Bob,silver\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_uploads_become_exact_totals() {
    let world = World::new().await;
    let two = world.two_systems(CRM, ERP).await;
    let design = world.workbench.design_check(&world.owner, &world.plan, None, &two.choice()).await.unwrap();
    let key: Vec<_> = design.keys.iter().map(|k| (k.left.as_str(), k.right.as_str())).collect();
    assert_eq!(key, [("id", "id")]);
    let pairs: Vec<_> = design.pairs.iter().map(|p| (p.left.as_str(), p.data_point)).collect();
    let expected: Vec<_> = ["email", "name", "tier"].iter().map(|c| (*c, Some(two.points[c]))).collect();
    assert_eq!(pairs, expected, "the occurrences of the plan are proposed as pairs");
    assert_eq!(design.name, "Customer: CRM ↔ ERP");

    let check = world.designed(&two).await;
    let number = world.run(&check).await;
    let page = world.workbench.run_page(&world.owner, &world.plan, number).await.unwrap();
    assert_eq!(page.run.state, RunState::Done, "{:?}", page.run.message);
    let totals = page.run.totals.as_ref().unwrap();
    assert_eq!(
        (totals.left.rows, totals.left.empty_keys, totals.left.duplicate_keys, totals.left.duplicate_rows),
        (7, 1, 0, 0)
    );
    assert_eq!(
        (totals.right.rows, totals.right.empty_keys, totals.right.duplicate_keys, totals.right.duplicate_rows),
        (7, 0, 1, 2)
    );
    let r = totals.records;
    assert_eq!((r.matched, r.ambiguous, r.only_left, r.only_right), (4, 1, 1, 1));
    let counts: Vec<_> =
        totals.fields.iter().map(|f| (f.left.as_str(), f.equal, f.equal_by_rule, f.different)).collect();
    assert_eq!(counts, [("email", 2, 0, 2), ("name", 3, 1, 0), ("tier", 4, 0, 0)]);
    assert_eq!(totals.in_sync, 2);
    assert_eq!(totals.rule_words().as_deref(), Some("trim 1"));
    let causes: Vec<_> = totals.fields[0].causes.iter().map(|c| (c.cause.as_str(), c.count)).collect();
    assert_eq!(causes, [("case", 1), ("other", 1)]);
    for hash in [&page.run.left_hash, &page.run.right_hash, &page.run.result_hash] {
        assert_eq!(hash.as_ref().unwrap().len(), 64);
    }
    assert!(!page.outdated);
    let sample = page.sample.as_ref().unwrap();
    assert_eq!(
        (sample.name.as_str(), sample.total, sample.rows.len()),
        ("email", 1, 1),
        "what differs for real is shown first"
    );
    let remedies: Vec<_> = page.remedies.iter().map(|r| (r.words.as_str(), r.count, r.agreeable)).collect();
    assert_eq!(remedies, [("Agree on “Ignore case” for email", 1, true), ("Have people decide on email", 1, false)]);
    assert!(
        page.agreed_sentence.starts_with("With every rule agreed, 1 of 2 differing values become equal; 1 is left")
    );
    let read: Vec<_> = totals.sources.iter().map(|s| s.fingerprint.as_str()).collect();
    assert!(read.len() == 2 && read.iter().all(|print| !print.is_empty()), "{read:?}");

    let sync = world.workbench.sync_page(&world.owner, &world.plan).await.unwrap();
    assert_eq!(sync.pairs, ["CRM → ERP"]);
    let email = sync.matrix.iter().find(|row| row.data_point == two.points["email"]).unwrap();
    let verdict = email.cells[0].as_ref().unwrap();
    assert_eq!((verdict.verdict, verdict.different, verdict.run_number), (Verdict::Differs, 2, Some(number)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_belongs_together_is_seen_in_the_values() {
    let world = World::new().await;
    let lines = |header: &str, mark: &str| {
        let line = |n: u32| format!("K-{n},{mark}{n}@x.example,{}\n", if n.is_multiple_of(2) { "yes" } else { "no" });
        (1..=40).fold(header.to_owned(), |text, n| text + &line(n))
    };
    let left = world.upload("left", None, &lines("customer,mail,active\n", "a")).await;
    // Three of forty addresses are the same; the numbers of all are.
    let right = lines("kunde,adresse,active\n", "b").replacen("b1@", "a1@", 1).replacen("b2@", "a2@", 1);
    let right = world.upload("right", None, &right.replacen("b3@", "a3@", 1)).await;
    let choice = SideChoice { left: left.to_string(), right: right.to_string(), ..SideChoice::default() };
    let design = world.workbench.design_check(&world.owner, &world.plan, None, &choice).await.unwrap();
    let shown = |pairs: &[views::sync::DesignPair]| {
        let one = |p: &views::sync::DesignPair| format!("{} = {}: {}", p.left, p.right, p.because);
        pairs.iter().map(one).collect::<Vec<_>>()
    };
    assert_eq!(shown(&design.keys), ["customer = kunde: 100 % of the values seen occur once, 100 % are on both sides"]);
    assert_eq!(shown(&design.pairs), ["active = active: same name, 100 % of the values seen are on both sides"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_number_opens_its_records() {
    let world = World::new().await;
    let two = world.two_systems(CRM, ERP).await;
    let check = world.designed(&two).await;
    let number = world.run(&check).await;
    let found = async |filter: DifferenceFilter| {
        let page = world.workbench.differences(&world.owner, &world.plan, number, &filter, 0).await.unwrap();
        assert_eq!(page.total as usize, page.rows.len());
        page.rows
            .into_iter()
            .map(|row| (row.key.concat(), row.class, row.cause.unwrap_or_default()))
            .collect::<Vec<_>>()
    };
    let class = |class: &str| DifferenceFilter { class: Some(class.into()), ..DifferenceFilter::default() };
    let row = |key: &str, class: &str, cause: &str| (key.to_owned(), class.to_owned(), cause.to_owned());
    assert_eq!(found(class("different")).await, [row("2", "different", "case"), row("4", "different", "other")]);
    assert_eq!(found(class("equal_by_rule")).await, [row("3", "equal_by_rule", "white space")]);
    assert_eq!(found(class("only_left")).await, [row("5", "only_left", "")]);
    assert_eq!(found(class("only_right")).await, [row("7", "only_right", "")]);
    assert_eq!(found(class("duplicate_right")).await, [row("6", "duplicate_right", "")]);
    let by_cause = DifferenceFilter { cause: Some("case".into()), field: Some(0), ..DifferenceFilter::default() };
    assert_eq!(found(by_cause).await, [row("2", "different", "case")]);
    let by_text = DifferenceFilter { text: Some("OTHER@".into()), ..DifferenceFilter::default() };
    assert_eq!(found(by_text).await, [row("4", "different", "other")]);
    let file = world.workbench.differences_csv(&world.owner, &world.plan, number, &class("different")).await.unwrap();
    let csv = text_of(file).await;
    assert_eq!(csv.lines().count(), 3, "{csv}");
    let wrong = world.workbench.differences(&world.owner, &world.plan, number, &class("nonsense"), 0).await;
    assert_eq!(super::world::fields(&wrong.unwrap_err()), ["class"]);

    // Each entry opens its whole records: compared pairs first, side by side.
    let page = world.workbench.differences(&world.owner, &world.plan, number, &class("different"), 0).await.unwrap();
    let record = world.workbench.record(&world.owner, &world.plan, number, &page.rows[1].record).await.unwrap();
    assert_eq!(record.key, [("id".to_owned(), "4".to_owned())]);
    let email = &record.pairs[0][0];
    assert_eq!((email.name.as_str(), email.left.as_deref()), ("email", Some("d@x.example")));
    assert_eq!(email.right.as_deref(), Some("other@x.example"));
    let twice = world.workbench.record(&world.owner, &world.plan, number, "[\"6\"]").await.unwrap();
    assert_eq!((twice.left_records, twice.right_records, twice.pairs.len()), (1, 2, 2));
    for none in ["[\"99\"]", "[\"1\",\"2\"]", "6 or 1=1", ""] {
        let error = world.workbench.record(&world.owner, &world.plan, number, none).await.unwrap_err();
        assert!(matches!(error, Error::NotFound("record")), "{none}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_manual_mechanism_is_never_synchronisation() {
    let world = World::new().await;
    let two = world.two_systems(SAME, SAME).await;
    let check = world.designed(&two).await;
    world.run(&check).await;
    let verdict = async |column: &str| {
        let page = world.workbench.sync_page(&world.owner, &world.plan).await.unwrap();
        let row = page.matrix.into_iter().find(|row| row.data_point == two.points[column]).unwrap();
        row.cells.into_iter().next().unwrap().unwrap().verdict
    };
    assert_eq!(verdict("tier").await, Verdict::InSync);
    let (left, right) = (two.occurrences[&("tier", two.crm)], two.occurrences[&("tier", two.erp)]);
    let claim = json!({
        "data_point": two.points["tier"], "left": left, "right": right, "claimed": "synchronised", "mechanism": "rekey",
    });
    world.add(Kind::SyncClaim, claim).await;
    assert_eq!(verdict("tier").await, Verdict::Coincident);
    assert_eq!(verdict("email").await, Verdict::InSync);
    let number = world.run(&check).await;
    let page = world.workbench.run_page(&world.owner, &world.plan, number).await.unwrap();
    let point = page.points.iter().find(|p| p.name == "tier").unwrap();
    assert_eq!(point.verdict, Verdict::Coincident, "{}", point.why);
    assert_eq!(page.trend.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_waiting_run_is_cancelled_at_once() {
    let world = World::new().await;
    let two = world.two_systems(SAME, SAME).await;
    let check = world.designed(&two).await;
    let started = world.workbench.start_check(&world.owner, &world.plan, &check).await.unwrap();
    world.workbench.cancel_run(&world.owner, &world.plan, started.number).await.unwrap();
    world.workbench.work_off().await.unwrap();
    let page = world.workbench.run_page(&world.owner, &world.plan, started.number).await.unwrap();
    assert_eq!((page.run.state, page.run.totals), (RunState::Cancelled, None));
    let again = world.workbench.cancel_run(&world.owner, &world.plan, started.number).await;
    assert!(matches!(again, Err(Error::Conflict(_))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_running_run_is_cancelled_and_leaves_nothing() {
    let world = World::new().await;
    let mut text = String::from("id,email,name,tier\n");
    for n in 0..900_000 {
        text.push_str(&format!("{n},{n}@x.example,Name {n},gold\n"));
    }
    let two = world.two_systems(&text, &text).await;
    let check = world.designed(&two).await;
    let started = world.workbench.start_check(&world.owner, &world.plan, &check).await.unwrap();
    let worker = tokio::spawn({
        let workbench = world.workbench.clone();
        async move { workbench.work_off().await }
    });
    let page = async || world.workbench.run_page(&world.owner, &world.plan, started.number).await.unwrap();
    while page().await.run.state == RunState::Queued {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    world.workbench.cancel_run(&world.owner, &world.plan, started.number).await.unwrap();
    let after = page().await;
    assert!(after.run.state.ended() || after.progress.is_some_and(|progress| progress.phase == "stopping"));
    worker.await.unwrap().unwrap();
    assert_eq!(page().await.run.state, RunState::Cancelled);
    let kept = world.bytes().into_iter().filter(|(path, _)| path.ends_with(".parquet")).count();
    assert_eq!(kept, 0, "staged rows of a cancelled run stay behind");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_check_has_one_run_at_a_time() {
    let world = World::new().await;
    let two = world.two_systems(SAME, SAME).await;
    let check = world.designed(&two).await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    let first = w.start_check(owner, plan, &check).await.unwrap();
    let second = w.start_check(owner, plan, &check).await.unwrap_err();
    assert!(matches!(second, Error::Conflict(ref words) if words.contains("run 1 of this check")), "{second}");
    w.work_off().await.unwrap();
    assert_eq!(w.start_check(owner, plan, &check).await.unwrap().number, first.number + 1);
}

/// A folder that is none: whatever the disk says, the run ends in words and can be started again.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_run_without_room_for_its_evidence_ends_in_words() {
    let world = World::new().await;
    let two = world.two_systems(SAME, SAME).await;
    let check = world.designed(&two).await;
    let evidence = world.data.path().join("evidence");
    let _ = std::fs::remove_dir_all(&evidence);
    std::fs::write(&evidence, "in the way").unwrap();
    let number = world.run(&check).await;
    let run = world.workbench.run_page(&world.owner, &world.plan, number).await.unwrap().run;
    assert_eq!(run.state, RunState::Failed);
    assert!(run.message.as_deref().unwrap().contains("the evidence cannot be kept"), "{:?}", run.message);
    std::fs::remove_file(&evidence).unwrap();
    let number = world.run(&check).await;
    let run = world.workbench.run_page(&world.owner, &world.plan, number).await.unwrap().run;
    assert_eq!(run.state, RunState::Done);
}

/// `/dev/full` is a file on a disk without a free byte.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_full_disk_ends_a_run_in_words() {
    let world = World::new().await;
    let two = world.two_systems(CRM, ERP).await;
    let check = world.designed(&two).await;
    let started = world.workbench.start_check(&world.owner, &world.plan, &check).await.unwrap();
    let run = world.workbench.run_page(&world.owner, &world.plan, started.number).await.unwrap().run;
    let folder = world.data.path().join("evidence").join(run.id.to_string()).join("1");
    std::fs::create_dir_all(&folder).unwrap();
    std::os::unix::fs::symlink("/dev/full", folder.join("right.parquet.partial")).unwrap();
    world.workbench.work_off().await.unwrap();
    let run = world.workbench.run_page(&world.owner, &world.plan, started.number).await.unwrap().run;
    let message = run.message.unwrap();
    assert_eq!(run.state, RunState::Failed);
    assert!(message.contains("right.parquet") && message.contains("No space left on device"), "{message}");
    assert!(!folder.exists(), "what an attempt wrote goes with it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn another_connection_stands_for_its_own_installation() {
    let world = World::new().await;
    let two = world.two_systems(SAME, SAME).await;
    let check = world.designed(&two).await;
    let shop = world.add(Kind::Instance, json!({ "name": "Shop" })).await;
    let other = world.upload("shop", Some(shop), SAME).await;
    let choice = SideChoice { right: other.to_string(), ..SideChoice::default() };
    let design = world.workbench.design_check(&world.owner, &world.plan, Some(&check), &choice).await.unwrap();
    assert_eq!((design.left.instance, design.right.instance), (Some(two.crm), Some(shop)));
    let choice = SideChoice { right: two.left.to_string(), ..SideChoice::default() };
    let design = world.workbench.design_check(&world.owner, &world.plan, Some(&check), &choice).await.unwrap();
    assert!(design.right.trouble.unwrap().contains("with itself"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_missing_is_said_before_or_after_running() {
    let world = World::new().await;
    let two = world.two_systems(SAME, "number,email,name,tier\n1,a,b,c\n").await;
    let fields = json!({ "name": "No key", "left": two.left, "right": two.right });
    world.add(Kind::Check, fields).await;
    let error = world.workbench.start_check(&world.owner, &world.plan, "CK1").await.unwrap_err();
    assert_eq!(super::world::fields(&error), ["key"]);
    let key = json!([{ "id": uuid::Uuid::now_v7(), "left": "id", "right": "id" }]);
    world.add(Kind::Check, json!({ "name": "Wrong key", "left": two.left, "right": two.right, "key": key })).await;
    let number = world.run("CK2").await;
    let page = world.workbench.run_page(&world.owner, &world.plan, number).await.unwrap();
    assert_eq!(page.run.state, RunState::Failed);
    let message = page.run.message.unwrap();
    assert!(message.contains("no column `id`") && message.contains("`number`"), "{message}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn strangers_see_and_do_nothing() {
    let world = World::new().await;
    let two = world.two_systems(SAME, SAME).await;
    let check = world.designed(&two).await;
    let number = world.run(&check).await;
    let stranger = world.stranger().await;
    let (w, plan) = (&world.workbench, world.plan.as_str());
    let hidden = |error: Error| assert!(matches!(error, Error::NotFound("plan")), "{error}");
    hidden(w.sync_page(&stranger, plan).await.unwrap_err());
    hidden(w.run_page(&stranger, plan, number).await.unwrap_err());
    hidden(w.differences(&stranger, plan, number, &DifferenceFilter::default(), 0).await.unwrap_err());
    hidden(w.differences_csv(&stranger, plan, number, &DifferenceFilter::default()).await.unwrap_err());
    hidden(w.start_check(&stranger, plan, &check).await.unwrap_err());
    hidden(w.cancel_run(&stranger, plan, number).await.unwrap_err());
    hidden(w.design_check(&stranger, plan, None, &SideChoice::default()).await.unwrap_err());
    hidden(w.connections_page(&stranger, plan).await.unwrap_err());
    hidden(w.history_page(&stranger, plan).await.unwrap_err());
    hidden(w.trial_page(&stranger, plan).await.unwrap_err());
    hidden(w.connections(&stranger, plan).await.unwrap_err());
    hidden(w.tables(&stranger, plan, two.left).await.unwrap_err());
    hidden(w.remove_connection(&stranger, plan, two.left).await.unwrap_err());
    hidden(w.connect_file(&stranger, plan, "x", "", "test", "/x.csv").await.unwrap_err());
    hidden(w.connect_upload(&stranger, plan, "x", None, "test", "x.csv", b"id\n1\n").await.unwrap_err());
}

/// Everybody may start a plan and edits it then; that must not lead to what others have connected.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_plan_of_ones_own_opens_nobody_elses_connections() {
    let world = World::new().await;
    let two = world.two_systems(SAME, SAME).await;
    let (w, left) = (&world.workbench, two.left);
    let stranger = world.stranger().await;
    let own = w.create_plan(&stranger, "Mine").await.unwrap();
    let none = |error: Error| assert!(matches!(error, Error::NotFound("connection")), "{error}");
    assert!(w.connections(&stranger, &own).await.unwrap().is_empty());
    assert!(w.connections_page(&stranger, &own).await.unwrap().connections.is_empty());
    none(w.tables(&stranger, &own, left).await.unwrap_err());
    none(w.remove_connection(&stranger, &own, left).await.unwrap_err());
    let choice = SideChoice { left: left.to_string(), ..SideChoice::default() };
    let design = w.design_check(&stranger, &own, None, &choice).await.unwrap();
    assert!(design.left.tables.is_empty() && design.left.connection.is_none());
    // A check that names them all the same ends without having read anything.
    let key = json!([{ "id": uuid::Uuid::now_v7(), "left": "id", "right": "id" }]);
    let fields = json!({ "name": "Sly", "left": left, "right": two.right, "key": key });
    let fields = fields.as_object().unwrap().clone();
    let item = domain::ItemId(uuid::Uuid::now_v7());
    w.edit(&stranger, &own, vec![domain::Change::Add { item, kind: Kind::Check, fields }]).await.unwrap();
    let number = w.start_check(&stranger, &own, "CK1").await.unwrap().number;
    w.work_off().await.unwrap();
    let page = w.run_page(&stranger, &own, number).await.unwrap();
    assert_eq!((page.run.state, page.run.left_hash), (RunState::Failed, None));
    // Names are taken within a plan only: that one is taken elsewhere must not show.
    w.connect_upload(&stranger, &own, "crm", None, "test", "crm.csv", b"id\n1\n").await.unwrap();
}

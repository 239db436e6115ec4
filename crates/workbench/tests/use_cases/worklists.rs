//! From differences that concentrate somewhere to a work-list that a later run closes.

use super::{
    signable::Signable,
    world::{TwoSystems, World, fields, text_of},
};
use domain::{Kind, PlanRole};
use serde_json::json;
use views::{
    sync::DifferenceFilter,
    worklists::{NewWorklistPage, WorklistFilter, WorklistRow},
};
use workbench::{Assignment, Caller, Error};

/// 60 records, 20 of them gold; `mail` is the address on the right.
fn customers(mail: impl Fn(u32) -> String) -> String {
    let tier = |n: u32| if n.is_multiple_of(3) { "gold" } else { "none" };
    (1..=60)
        .fold("id,email,name,tier\n".to_owned(), |text, n| text + &format!("{n},{},Name {n},{}\n", mail(n), tier(n)))
}

fn same(n: u32) -> String {
    format!("a{n}@x.example")
}

/// On the right 18 of 20 golden addresses are others, and one elsewhere.
fn broken(n: u32) -> String {
    let golden = n.is_multiple_of(3) && n <= 54;
    if golden || n == 1 { format!("quite-another-{n}@elsewhere.example") } else { same(n) }
}

/// A world with such systems, whose destination belongs to Mira.
async fn example() -> (World, TwoSystems, String) {
    let world = World::new().await;
    let two = world.two_systems(&customers(same), &customers(broken)).await;
    world.set(Kind::Instance, two.erp, "business_owner", json!("Mira")).await;
    let check = world.designed(&two).await;
    (world, two, check)
}

/// Gives the connected file that holds one text another, as people do who repair the source.
fn repair(world: &World, from: &str, to: &str) {
    let (path, _) = world.bytes().into_iter().find(|(_, bytes)| bytes == from.as_bytes()).unwrap();
    std::fs::write(path, to).unwrap();
}

async fn groups(world: &World, run: i64) -> NewWorklistPage {
    world.workbench.new_worklists(&world.owner, &world.plan, run).await.unwrap()
}

async fn list(world: &World, filter: &WorklistFilter) -> Vec<WorklistRow> {
    world.workbench.worklists(&world.owner, &world.plan, filter).await.unwrap().rows
}

async fn one(world: &World, number: i64) -> WorklistRow {
    list(world, &WorklistFilter::default()).await.into_iter().find(|row| row.number == number).unwrap()
}

/// What a form about a work-list begins with.
fn as_shown(row: &WorklistRow) -> Assignment {
    Assignment { owner: row.owner.clone(), due: row.due.clone(), note: row.note.clone() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_later_run_closes_a_worklist_and_nothing_else_does() {
    let (world, _, check) = example().await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    let run = world.run(&check).await;
    let page = w.run_page(owner, plan, run).await.unwrap();
    let slice = &page.slices[0];
    assert_eq!((slice.name.as_str(), slice.words.as_str()), ("email", "tier = gold"));
    assert_eq!((slice.records, slice.different, slice.others, slice.others_different), (20, 18, 40, 1));
    let in_slice = DifferenceFilter { slice: Some(slice.slice.clone()), ..DifferenceFilter::default() };
    let shown = w.differences(owner, plan, run, &in_slice, 0).await.unwrap();
    assert_eq!((shown.total, shown.slice.as_deref()), (18, Some("tier = gold")));
    let nonsense = DifferenceFilter { slice: Some("1 or 1=1".into()), ..DifferenceFilter::default() };
    let wrong = w.differences(owner, plan, run, &nonsense, 0).await.unwrap_err();
    assert_eq!(fields(&wrong), ["slice"]);

    let offered = groups(&world, run).await;
    let golden = offered.groups.iter().find(|g| g.words.ends_with(", where tier = gold")).unwrap();
    assert_eq!((golden.owner.as_str(), golden.count), ("Mira", 18), "{}", golden.words);
    assert!(golden.words.starts_with("email: "), "{}", golden.words);
    let typed = Assignment { due: "2027-03-14".into(), note: "Ask the shop".into(), ..Assignment::default() };
    let chosen = [golden.group.clone()];
    assert_eq!(w.make_worklists(owner, plan, run, &chosen, &typed).await.unwrap(), [1]);
    assert_eq!(groups(&world, run).await.taken, chosen);
    let row = one(&world, 1).await;
    assert_eq!((row.owner.as_str(), row.due.as_str(), row.count, row.open), ("Mira", "2027-03-14", 18, true));
    assert_eq!((row.stands.as_str(), row.title.as_str()), ("no run since run 1", golden.words.as_str()));
    assert_eq!(w.sync_page(owner, plan).await.unwrap().worklists, std::slice::from_ref(&row));
    assert_eq!(w.run_page(owner, plan, run).await.unwrap().worklists, [row]);

    // Its records, side by side and as files.
    let records = w.worklist(owner, plan, 1, 0).await.unwrap();
    assert_eq!((records.total, records.rows.len(), records.by_key), (18, 18, true));
    assert_eq!(records.rows[0].left.as_deref(), Some("a12@x.example"), "in the order of the key as text");
    assert!(records.exceptions.is_empty(), "nothing is signed");
    let csv = text_of(w.worklist_csv(owner, plan, 1).await.unwrap()).await;
    assert_eq!(csv.lines().count(), 19, "{csv}");
    assert!(w.worklist_xlsx(owner, plan, 1).await.unwrap().starts_with(b"PK"));

    // Ten are repaired; one more record breaks elsewhere.
    let partly = |n: u32| if n > 30 || n == 2 { broken(n) + if n == 2 { "x" } else { "" } } else { same(n) };
    repair(&world, &customers(broken), &customers(partly));
    let second = world.run(&check).await;
    let row = one(&world, 1).await;
    assert_eq!((row.stands.as_str(), row.open), ("10 of 18 equal in run 2", true), "run {second}");
    let said = Assignment { owner: "Data desk".into(), ..Assignment::default() };
    w.assign_worklist(owner, plan, 1, &said, &as_shown(&row)).await.unwrap();
    let row = one(&world, 1).await;
    assert_eq!((row.owner.as_str(), row.due.as_str(), row.open), ("Data desk", "", true));

    // All are repaired, though another record still differs.
    repair(&world, &customers(partly), &customers(|n| if n == 2 { partly(n) } else { same(n) }));
    world.run(&check).await;
    let row = one(&world, 1).await;
    assert_eq!((row.stands.as_str(), row.open), ("run 3 shows all 18 equal", false));
    let again = w.assign_worklist(owner, plan, 1, &said, &as_shown(&row)).await.unwrap_err();
    assert!(again.to_string().contains("is closed"), "{again}");
    assert!(w.sync_page(owner, plan).await.unwrap().worklists.is_empty());
    // It stays closed when they differ again.
    repair(&world, &customers(|n| if n == 2 { partly(n) } else { same(n) }), &customers(broken));
    world.run(&check).await;
    assert_eq!(one(&world, 1).await, row);
    let closed = WorklistFilter { state: "closed".into(), owner: "Data desk".into() };
    assert_eq!(list(&world, &closed).await.len(), 1);
    assert!(list(&world, &WorklistFilter { state: "open".into(), ..closed }).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn missing_records_are_closed_by_a_run_that_has_them_and_not_by_an_empty_side() {
    let (world, ..) = example().await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    let all = customers(same);
    let without = all.lines().filter(|line| !line.starts_with("7,")).fold(String::new(), |t, line| t + line + "\n");
    repair(&world, &customers(broken), &without);
    let run = world.run("CK1").await;
    let offered = groups(&world, run).await.groups;
    let [missing] = offered.as_slice() else { panic!("{offered:?}") };
    assert_eq!((missing.words.as_str(), missing.count, missing.owner.as_str()), ("Only in CRM", 1, "Mira"));
    w.make_worklists(owner, plan, run, std::slice::from_ref(&missing.group), &Assignment::default()).await.unwrap();
    // Both sides empty: nothing is missing, and nothing is shown to be there.
    repair(&world, &all, "id,email,name,tier\n");
    repair(&world, &without, "id,email,name,tier\n\n");
    world.run("CK1").await;
    let row = one(&world, 1).await;
    assert!(row.open && row.stands.starts_with("run 2 cannot say"), "{}", row.stands);
    repair(&world, "id,email,name,tier\n", &all);
    repair(&world, "id,email,name,tier\n\n", &all);
    world.run("CK1").await;
    let row = one(&world, 1).await;
    assert_eq!((row.stands.as_str(), row.open), ("run 3 shows all 1 equal", false));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_classified_column_is_no_slice() {
    let (world, two, check) = example().await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    let run = world.run(&check).await;
    let slice = w.run_page(owner, plan, run).await.unwrap().slices[0].slice.clone();
    let group = groups(&world, run).await.groups.into_iter().find(|g| g.words.contains("tier = gold")).unwrap().group;
    w.make_worklists(owner, plan, run, std::slice::from_ref(&group), &Assignment::default()).await.unwrap();
    world.set(Kind::DataPoint, two.points["tier"], "classification", json!("restricted")).await;
    let title = one(&world, 1).await.title;
    assert!(title.ends_with(", where tier = •••"), "what was made before tells it no more: {title}");
    assert!(groups(&world, run).await.taken.is_empty(), "nor does the form");
    let page = w.run_page(owner, plan, run).await.unwrap();
    assert!(page.slices.iter().all(|slice| !slice.words.contains("gold")), "{:?}", page.slices);
    assert!(groups(&world, run).await.groups.iter().all(|group| !group.words.contains("gold")));
    let in_slice = DifferenceFilter { slice: Some(slice), ..DifferenceFilter::default() };
    assert_eq!(fields(&w.differences(owner, plan, run, &in_slice, 0).await.unwrap_err()), ["slice"]);
    let made = w.make_worklists(owner, plan, run, &[group], &Assignment::default()).await;
    assert_eq!(fields(&made.unwrap_err()), ["groups"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn editors_make_and_assign_and_viewers_read() {
    let (world, _, check) = example().await;
    let (w, plan) = (&world.workbench, world.plan.as_str());
    let run = world.run(&check).await;
    let chosen = [groups(&world, run).await.groups[0].group.clone()];
    let none = Assignment::default();
    w.make_worklists(&world.owner, plan, run, &chosen, &none).await.unwrap();
    let viewer = world.join("Vera", PlanRole::Viewer).await;
    let editor = world.join("Edda", PlanRole::Editor).await;
    let denied = |error: Error| assert!(matches!(error, Error::Denied(_)), "{error}");
    denied(w.make_worklists(&viewer, plan, run, &chosen, &none).await.unwrap_err());
    denied(w.assign_worklist(&viewer, plan, 1, &none, &none).await.unwrap_err());
    denied(w.except_worklist(&viewer, plan, 1, "x").await.unwrap_err());
    assert!(!w.worklist(&viewer, plan, 1, 0).await.unwrap().may_edit);
    assert_eq!(w.worklists(&viewer, plan, &WorklistFilter::default()).await.unwrap().open, 1);
    let mine = Assignment { owner: "Edda".into(), ..none.clone() };
    let before = as_shown(&one(&world, 1).await);
    w.assign_worklist(&editor, plan, 1, &mine, &before).await.unwrap();
    let late = Assignment { due: "soon".into(), ..none.clone() };
    assert_eq!(fields(&w.assign_worklist(&editor, plan, 1, &late, &mine).await.unwrap_err()), ["due"]);
    for nonsense in
        ["", "{}", "{\"class\":\"equal_by_rule\"}", "{\"class\":\"different\"}", "{\"class\":\"only_left\"}"]
    {
        let made = w.make_worklists(&editor, plan, run, &[nonsense.to_owned()], &none).await;
        assert_eq!(fields(&made.unwrap_err()), ["groups"], "{nonsense}");
    }
    assert_eq!(fields(&w.make_worklists(&editor, plan, run, &[], &none).await.unwrap_err()), ["groups"]);
    let stranger = world.stranger().await;
    let hidden = |error: Error| assert!(matches!(error, Error::NotFound("plan")), "{error}");
    hidden(w.worklists(&stranger, plan, &WorklistFilter::default()).await.unwrap_err());
    hidden(w.worklist(&stranger, plan, 1, 0).await.unwrap_err());
    hidden(w.worklist_csv(&stranger, plan, 1).await.unwrap_err());
    hidden(w.worklist_xlsx(&stranger, plan, 1).await.unwrap_err());
    hidden(w.new_worklists(&stranger, plan, run).await.unwrap_err());
    assert!(matches!(w.worklists(&Caller::Anonymous, plan, &WorklistFilter::default()).await, Err(Error::SignedOut)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_overwrites_what_another_has_just_agreed() {
    let (world, _, check) = example().await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    let run = world.run(&check).await;
    let chosen = [groups(&world, run).await.groups[0].group.clone()];
    w.make_worklists(owner, plan, run, &chosen, &Assignment::default()).await.unwrap();
    let before = as_shown(&one(&world, 1).await);

    let theirs = Assignment { due: "2027-03-14".into(), ..before.clone() };
    w.assign_worklist(owner, plan, 1, &theirs, &before).await.unwrap();
    let mine = Assignment { note: "Ask\r\nthe club".into(), ..before.clone() };
    w.assign_worklist(owner, plan, 1, &mine, &before).await.unwrap();
    let row = one(&world, 1).await;
    assert_eq!((row.due.as_str(), row.note.as_str()), ("2027-03-14", "Ask\nthe club"), "different fields merge");

    let late = Assignment { owner: "Edda".into(), due: "2027-04-01".into(), ..before.clone() };
    let refused = w.assign_worklist(owner, plan, 1, &late, &before).await.unwrap_err();
    assert_eq!(fields(&refused), ["due"]);
    assert!(refused.to_string().contains("wrote “2027-03-14” meanwhile, you wrote “2027-04-01”"), "{refused}");
    assert_eq!(one(&world, 1).await, row, "not even the owner");
    w.assign_worklist(owner, plan, 1, &late, &as_shown(&row)).await.unwrap();
    assert_eq!(one(&world, 1).await.due, "2027-04-01");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn only_what_is_signed_excuses_a_worklist() {
    let s = Signable::new().await;
    let (w, owner, plan) = (&s.world.workbench, &s.world.owner, s.world.plan.as_str());
    let left = s.world.upload("left", None, &customers(same)).await;
    let right = s.world.upload("right", None, &customers(broken)).await;
    let pair = |column: &str| json!([{ "id": uuid::Uuid::now_v7(), "left": column, "right": column }]);
    let member = s.world.add(Kind::BusinessObject, json!({ "name": "Member", "definition": "Who joined" })).await;
    let other = s.world.add(Kind::BusinessObject, json!({ "name": "Order", "definition": "What was bought" })).await;
    let check = json!({ "name": "Both", "object": member, "left": left, "right": right, "key": pair("id"), "compare": pair("email") });
    s.world.add(Kind::Check, check).await;
    let run = s.world.run("CK1").await;
    let chosen = [groups(&s.world, run).await.groups.into_iter().find(|g| g.count == 19).unwrap().group];
    w.make_worklists(owner, plan, run, &chosen, &Assignment::default()).await.unwrap();
    let accepted = json!({ "object": member, "choice": "accept", "state": "decided", "decided_by": "Mira" });
    let decision = s.world.add(Kind::HistoryDecision, accepted).await.to_string();
    let accepted = json!({ "object": other, "choice": "accept", "state": "decided", "decided_by": "Mira" });
    let of_another = s.world.add(Kind::HistoryDecision, accepted).await.to_string();
    // Decided, but not signed yet.
    assert!(w.worklist(owner, plan, 1, 0).await.unwrap().exceptions.is_empty());
    assert_eq!(fields(&w.except_worklist(owner, plan, 1, &decision).await.unwrap_err()), ["exception"]);
    s.waive_errors().await;
    s.reviewed().await;
    s.sign().await.unwrap();
    let page = w.worklist(owner, plan, 1, 0).await.unwrap();
    assert!(page.exceptions.iter().any(|exception| exception.value == decision), "{:?}", page.exceptions);
    assert!(w.except_worklist(owner, plan, 1, "DP-001 x").await.is_err());
    // What is signed about something else excuses nothing.
    assert!(!page.exceptions.iter().any(|exception| exception.value == of_another), "{:?}", page.exceptions);
    assert_eq!(fields(&w.except_worklist(owner, plan, 1, &of_another).await.unwrap_err()), ["exception"]);
    w.except_worklist(owner, plan, 1, &decision).await.unwrap();
    let row = one(&s.world, 1).await;
    assert!(!row.open && row.stands.contains("signed in version 1"), "{}", row.stands);
    assert!(w.except_worklist(owner, plan, 1, &decision).await.unwrap_err().to_string().contains("closed already"));
}

//! Schedules of checks: they follow the checks, and each time is taken up once.

use crate::{evidence::claim, lab::Lab};
use domain::{Change, DocumentId, ItemId, Kind, Patch, Stamp, Timestamp, UserId, apply};
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::{NewJob, NewRun, Scheduled};

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Changes a document the way people do.
async fn change(lab: &Lab, document: DocumentId, change: Change, by: Option<UserId>, at: Timestamp) {
    let current = lab.store.load_document(document).await.unwrap();
    let item = apply(&current, &change, Stamp { by, at }).unwrap();
    let line = lab.entry("changed").item(item.id);
    lab.store.commit_changes(document, current.rev, &[item], &[line]).await.unwrap();
}

async fn check(lab: &Lab, document: DocumentId, by: UserId, schedule: &str, at: Timestamp) -> ItemId {
    let item = lab.id();
    let (left, right): (ItemId, ItemId) = (lab.id(), lab.id());
    let fields = json!({ "name": "A check", "left": left, "right": right, "schedule": schedule });
    let fields = fields.as_object().unwrap().clone();
    change(lab, document, Change::Add { item, kind: Kind::Check, fields }, Some(by), at).await;
    item
}

async fn set(
    lab: &Lab,
    (document, item): (DocumentId, ItemId),
    field: &str,
    (before, after): (&str, &str),
    by: UserId,
    at: Timestamp,
) {
    let patches = vec![Patch { field: field.into(), before: json!(before), after: json!(after) }];
    change(lab, document, Change::Set { item, patches }, Some(by), at).await;
}

async fn only(lab: &Lab, document: DocumentId) -> Option<Scheduled> {
    let mut all = lab.store.list_schedules(document).await.unwrap();
    assert!(all.len() <= 1);
    all.pop()
}

pub async fn a_schedule_follows_its_check(lab: &Lab) {
    let (ana, ben) = (lab.user("ana").await, lab.user("ben").await);
    let document = lab.plan("p", ana).await;
    let noon = time("2027-03-01T12:00:00Z");
    let item = check(lab, document, ana, "0 6 * * *", noon).await;
    let first = only(lab, document).await.unwrap();
    assert_eq!((first.check, first.plan.as_str(), first.by_name.as_deref()), (item, "p", Some("ana")));
    assert_eq!((first.set_by, first.next_at), (Some(ana), time("2027-03-02T06:00:00Z")));

    // Another name sets no schedule; another expression does.
    let later = time("2027-03-05T12:00:00Z");
    set(lab, (document, item), "name", ("A check", "The check"), ben, later).await;
    assert_eq!(only(lab, document).await.as_ref(), Some(&first));
    set(lab, (document, item), "schedule", ("0 6 * * *", "0 7 * * *"), ben, later).await;
    let second = only(lab, document).await.unwrap();
    assert_eq!((second.set_by, second.next_at), (Some(ben), time("2027-03-06T07:00:00Z")));

    change(lab, document, Change::Archive { item }, Some(ana), later).await;
    assert_eq!(only(lab, document).await, None);
    change(lab, document, Change::Restore { item }, Some(ana), later).await;
    assert_eq!(only(lab, document).await.unwrap().set_by, Some(ana), "who brings it back sets it");
    set(lab, (document, item), "schedule", ("0 7 * * *", ""), ana, later).await;
    assert_eq!(only(lab, document).await, None);
}

fn run_of(lab: &Lab, due: &Scheduled, by: UserId) -> (NewRun, NewJob) {
    let (id, at) = (lab.id(), lab.now());
    let (document, check) = (due.document, due.check);
    let run = NewRun { id, document, check, by, at, spec_hash: "aa".into(), slice_hash: "bb".into() };
    let payload = Value::Null;
    let job =
        NewJob { id: lab.id(), kind: "check".into(), document: Some(document), run: Some(id), payload, created_at: at };
    (run, job)
}

pub async fn a_due_time_is_taken_up_once(lab: &Lab) {
    let ana = lab.user("ana").await;
    let (document, other) = (lab.plan("p", ana).await, lab.plan("q", ana).await);
    let noon = time("2027-03-01T12:00:00Z");
    let item = check(lab, document, ana, "0 6 * * *", noon).await;
    check(lab, other, ana, "0 5 * * *", noon).await;
    assert!(lab.store.list_due_schedules(time("2027-03-02T04:59:59Z")).await.unwrap().is_empty());
    let due = lab.store.list_due_schedules(time("2027-03-04T09:00:00Z")).await.unwrap();
    assert_eq!(due.iter().map(|d| d.plan.as_str()).collect::<Vec<_>>(), ["q", "p"], "longest due first");

    // Ten servers see the same: one of them starts it.
    let due = due.into_iter().find(|d| d.check == item).unwrap();
    let next = time("2027-03-05T06:00:00Z");
    let servers: Vec<_> = (0..10)
        .map(|_| {
            let (store, due, entry) = (lab.store.clone(), due.clone(), lab.entry("started"));
            let (run, job) = run_of(lab, &due, ana);
            tokio::spawn(async move { store.insert_due_run(&due, next, &run, &job, entry).await })
        })
        .collect();
    let mut numbers = Vec::new();
    for server in servers {
        // The others find it moved on, or the run of the first one under way.
        match server.await.unwrap() {
            Ok(number) => numbers.extend(number),
            Err(error) => assert_eq!(crate::evidence::conflict(Err::<(), _>(error)), "runs_document_id_check_id"),
        }
    }
    assert_eq!(numbers, [1]);
    assert_eq!(crate::evidence::all_runs(lab, document).await.len(), 1);
    let moved = only(lab, document).await.unwrap();
    assert_eq!((moved.next_at, moved.skipped), (next, None));
    assert!(claim(lab, "w").await.is_some() && claim(lab, "w").await.is_none());

    // What was changed meanwhile is not started as it was.
    let due = only(lab, document).await.unwrap();
    set(lab, (document, item), "schedule", ("0 6 * * *", "0 8 * * *"), ana, noon).await;
    let (run, job) = run_of(lab, &Scheduled { check: lab.id(), ..due.clone() }, ana);
    let late = lab.store.insert_due_run(&due, next, &run, &job, lab.entry("started")).await.unwrap();
    assert_eq!(late, None);
    assert_eq!(crate::evidence::all_runs(lab, document).await.len(), 1);
}

pub async fn a_time_left_out_says_why(lab: &Lab) {
    let ana = lab.user("ana").await;
    let document = lab.plan("p", ana).await;
    check(lab, document, ana, "0 6 * * *", time("2027-03-01T12:00:00Z")).await;
    let lines = async || lab.store.list_audit(document, None, None, 99).await.unwrap().len();
    let before = lines().await;
    let mut now = time("2027-03-02T06:00:01Z");
    for (why, told) in [("gone", 1), ("gone", 1), ("busy", 2)] {
        let due = only(lab, document).await.unwrap();
        let next = now + SignedDuration::from_hours(24);
        lab.store.skip_due(&due, next, now, why, lab.entry("left out")).await.unwrap();
        // A second server that saw the same changes nothing.
        lab.store.skip_due(&due, next, now, "late", lab.entry("left out")).await.unwrap();
        let kept = only(lab, document).await.unwrap();
        assert_eq!((kept.next_at, kept.skipped), (next, Some((now, why.to_owned()))));
        assert_eq!(lines().await, before + told, "a reason is told once");
        now = next;
    }
    let due = only(lab, document).await.unwrap();
    let (run, job) = run_of(lab, &due, ana);
    let next = now + SignedDuration::from_hours(24);
    lab.store.insert_due_run(&due, next, &run, &job, lab.entry("started")).await.unwrap().unwrap();
    assert_eq!(only(lab, document).await.unwrap().skipped, None, "it runs again");
    assert!(lab.store.integrity().await.unwrap().is_sound());
}

//! Work-lists: assigned, judged, closed once.

use crate::{
    evidence::{conflict, done},
    lab::Lab,
};
use domain::{DocumentId, ItemId, Judged, SignedException, UserId, Worklist, WorklistGroup, WorklistState};
use store::{Assigned, NewWorklist, StoreError};

async fn made(lab: &Lab, document: DocumentId, check: ItemId, by: UserId) -> Vec<i64> {
    let run = done(lab, document, check, by, "cc").await;
    let group = WorklistGroup {
        class: "different".into(),
        columns: Some(("city".into(), "ort".into())),
        cause: Some("case".into()),
        slice: Some("{\"by\":\"value\"}".into()),
    };
    let first = NewWorklist {
        run,
        check,
        group,
        count: 412,
        keys: Some(vec![7; 32]),
        owner: "Data desk".into(),
        due: "2027-03-14".parse().ok(),
        note: "Begin with A".into(),
        by,
        at: lab.now(),
    };
    let whole = WorklistGroup { class: "only_left".into(), ..WorklistGroup::default() };
    let second = NewWorklist { group: whole, keys: None, owner: String::new(), due: None, ..first.clone() };
    lab.store.insert_worklists(document, &[first, second], lab.entry("made work-lists")).await.unwrap()
}

async fn one(lab: &Lab, document: DocumentId, number: i64) -> Worklist {
    let all = lab.store.list_worklists(document).await.unwrap();
    all.into_iter().find(|worklist| worklist.number == number).unwrap()
}

pub async fn a_worklist_is_closed_once(lab: &Lab) {
    let ana = lab.user("ana").await;
    let document = lab.plan("p", ana).await;
    let check = lab.id();
    assert_eq!(made(lab, document, check, ana).await, [1, 2]);
    assert_eq!(made(lab, document, check, ana).await, [3, 4]);
    let first = one(lab, document, 1).await;
    assert_eq!((first.run_number, first.check, first.count, first.by_key), (1, check, 412, true));
    assert_eq!(first.group.columns, Some(("city".to_owned(), "ort".to_owned())));
    assert_eq!(
        (first.group.cause.as_deref(), first.group.slice.as_deref()),
        (Some("case"), Some("{\"by\":\"value\"}"))
    );
    assert_eq!(
        (first.owner.as_str(), first.due, first.note.as_str()),
        ("Data desk", "2027-03-14".parse().ok(), "Begin with A")
    );
    assert_eq!(
        (first.state, first.judged, first.closed_at, &first.exception),
        (WorklistState::Open, None, None, &None)
    );
    assert_eq!((first.by, first.by_name.as_str()), (ana, "ana"));
    let second = one(lab, document, 2).await;
    assert_eq!((second.by_key, &second.group.columns, second.due), (false, &None, None));
    assert_eq!(lab.store.load_worklist_keys(document, 1).await.unwrap(), Some(vec![7; 32]));
    assert_eq!(lab.store.load_worklist_keys(document, 2).await.unwrap(), None);
    let none = lab.store.load_worklist_keys(document, 9).await;
    assert!(matches!(none, Err(StoreError::NotFound("work-list"))), "{none:?}");

    let assign = async |before: &Assigned, owner: &str| {
        let now = Assigned { owner: owner.into(), due: "2027-03-15".parse().ok(), note: "soon".into() };
        lab.store.assign_worklist(document, 2, before, &now, lab.entry("assigned a work-list")).await
    };
    let before = Assigned::from(&second);
    assign(&before, "Bo").await.unwrap();
    assert_eq!(conflict(assign(&before, "Cy").await), "worklists_assigned");
    let second = one(lab, document, 2).await;
    assert_eq!((second.owner.as_str(), second.note.as_str(), second.state), ("Bo", "soon", WorklistState::Open));
    let before = Assigned::from(&second);
    assert_eq!(before.due, "2027-03-15".parse().ok());
    assign(&before, "Bo").await.unwrap();

    let entry = || lab.entry("judged a work-list");
    let partly = Judged { run: 7, equal: Some(380) };
    lab.store.judge_worklist(document, 1, partly, None, entry()).await.unwrap();
    let first = one(lab, document, 1).await;
    assert_eq!((first.state, first.judged), (WorklistState::Open, Some(partly)));
    let unknown = Judged { run: 8, equal: None };
    lab.store.judge_worklist(document, 1, unknown, None, entry()).await.unwrap();
    assert_eq!(one(lab, document, 1).await.judged, Some(unknown));
    let all = Judged { run: 9, equal: Some(412) };
    let at = lab.now();
    lab.store.judge_worklist(document, 1, all, Some(at), entry()).await.unwrap();
    let first = one(lab, document, 1).await;
    assert_eq!((first.state, first.judged, first.closed_at), (WorklistState::Closed, Some(all), Some(at)));

    let exception = SignedException { words: "accepted as it is".into(), version: 1 };
    lab.store.except_worklist(document, 2, &exception, lab.now(), entry()).await.unwrap();
    assert_eq!(one(lab, document, 2).await.exception, Some(exception.clone()));

    // What is closed stays as it is, and leaves no line in the trail.
    let lines = lab.store.list_audit(document, None, None, 100).await.unwrap().len();
    for number in [1, 2, 99] {
        let assigned = lab.store.assign_worklist(document, number, &before, &Assigned::default(), entry()).await;
        assert_eq!(conflict(assigned), "worklists_open");
        assert_eq!(conflict(lab.store.judge_worklist(document, number, partly, None, entry()).await), "worklists_open");
        let excepted = lab.store.except_worklist(document, number, &exception, lab.now(), entry()).await;
        assert_eq!(conflict(excepted), "worklists_open");
    }
    assert_eq!(lab.store.list_audit(document, None, None, 100).await.unwrap().len(), lines);
    let order: Vec<_> = lab.store.list_worklists(document).await.unwrap().iter().map(|w| w.number).collect();
    assert_eq!(order, [4, 3, 2, 1], "open ones first");
    let other = lab.plan("q", ana).await;
    assert!(lab.store.list_worklists(other).await.unwrap().is_empty());
}

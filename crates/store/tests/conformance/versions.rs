//! What happens to a version after it was signed.

use crate::{lab::Lab, signing::signed};
use domain::PlanState;
use std::collections::BTreeSet;
use store::{IssuedFile, StoreError};

pub async fn a_version_is_withdrawn_openly(lab: &Lab) {
    let ana = lab.user("ana").await;
    let document = lab.plan("p", ana).await;
    signed(lab, document, ana).await;
    let withdraw = async |version| {
        let (at, line) = (lab.now(), lab.entry("withdrawn"));
        lab.store.withdraw(document, version, (ana, "ana"), "a system is missing", at, line).await
    };
    assert!(matches!(withdraw(2).await, Err(StoreError::NotFound("version"))));
    withdraw(1).await.unwrap();
    assert_eq!(lab.store.load_plan("p", None).await.unwrap().state, PlanState::Withdrawn);
    let info = lab.store.load_snapshot(document, 1).await.unwrap().info;
    assert_eq!(info.withdrawn.as_deref(), Some("a system is missing"));
    let twice = withdraw(1).await;
    assert!(matches!(twice, Err(StoreError::Conflict { constraint }) if constraint == "withdrawals_snapshot_id"));
    assert_eq!(lab.store.revise_plan(document, lab.entry("revised")).await.unwrap(), 2);
}

pub async fn issued_files_are_recognised(lab: &Lab) {
    let ana = lab.user("ana").await;
    let document = lab.plan("p", ana).await;
    let file = IssuedFile {
        sha256: "ab".repeat(32),
        document,
        version: 1,
        signed: false,
        format: "pdf".into(),
        issued_at: lab.now(),
        issued_by: Some(ana),
    };
    lab.store.insert_issued_file(&file, lab.entry("exported")).await.unwrap();
    let again = IssuedFile { issued_at: lab.now(), issued_by: None, ..file.clone() };
    lab.store.insert_issued_file(&again, lab.entry("exported")).await.unwrap();
    assert_eq!(lab.store.issued_file(&file.sha256).await.unwrap(), Some(file));
    assert_eq!(lab.store.issued_file("unknown").await.unwrap(), None);
    let (exported, slots): (Vec<_>, BTreeSet<i64>) =
        lab.store.list_audit(document, None, None, 9).await.unwrap().into_iter().map(|l| (l.entry.verb, l.seq)).unzip();
    assert_eq!((exported, slots.len()), (vec!["exported".into(), "exported".into(), "plan_started".into()], 3));
}

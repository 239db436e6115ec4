//! Editing against signing, all at once.

use crate::{
    lab::Lab,
    signing::{request, reviewed},
};
use domain::{Change, DocumentId, Kind, PlanState, Stamp, Timestamp, apply};
use store::{AuditEntry, Difference, SignOutcome, StoreError};

/// 200 edits and one signature at once: the signature is over the revision the plan has for good, or
/// there is none.
pub async fn no_edit_slips_past_a_signature(lab: &Lab) {
    let ana = lab.user("ana").await;
    let document = lab.plan("p", ana).await;
    reviewed(lab, document, ana).await;
    let seen = request(lab, document, ana).await;
    let line = lab.entry("plan_signed");
    let edits: Vec<_> = (0..200)
        .map(|_| {
            let (store, id) = (lab.store.clone(), lab.id());
            tokio::spawn(async move { edit(&store, document, id).await })
        })
        .collect();
    let signer = {
        let store = lab.store.clone();
        tokio::spawn(async move { store.sign(&seen, line).await.unwrap() })
    };
    let mut committed = 0;
    for attempt in edits {
        committed += i64::from(attempt.await.unwrap());
    }
    let outcome = signer.await.unwrap();
    let rev = lab.store.document_rev(document).await.unwrap();
    assert_eq!(rev, committed);
    match &outcome {
        SignOutcome::Signed => assert_eq!(committed, 0, "nothing may be changed once it is signed"),
        SignOutcome::Differs(found) => {
            assert!(committed > 0);
            assert!(matches!(found[..], [Difference::PlanChanged(_)]), "{found:?}");
            assert!(lab.store.list_snapshots(document).await.unwrap().is_empty());
        }
    }
    // Signed now, while everybody goes on editing: the revision signed is the last one there is.
    let mut seen = request(lab, document, ana).await;
    let edits: Vec<_> = (0..50)
        .map(|_| {
            let (store, id) = (lab.store.clone(), lab.id());
            tokio::spawn(async move { edit(&store, document, id).await })
        })
        .collect();
    while lab.store.load_plan("p", None).await.unwrap().state == PlanState::InReview {
        seen = request(lab, document, ana).await;
        lab.store.sign(&seen, lab.entry("plan_signed")).await.unwrap();
    }
    for attempt in edits {
        attempt.await.unwrap();
    }
    if outcome != SignOutcome::Signed {
        assert_eq!(lab.store.document_rev(document).await.unwrap(), seen.plan_rev);
    }
    assert!(lab.store.integrity().await.unwrap().is_sound());
}

/// One edit, tried once: whether it was accepted.
async fn edit(store: &store::Store, document: DocumentId, id: domain::ItemId) -> bool {
    let now = store.load_document(document).await.unwrap();
    let fields = [("name".to_owned(), id.to_string().into())].into_iter().collect();
    let stamp = Stamp { by: None, at: Timestamp::UNIX_EPOCH };
    let item = apply(&now, &Change::Add { item: id, kind: Kind::Term, fields }, stamp).unwrap();
    let line = AuditEntry::new(None, "added", stamp.at).item(id);
    match store.commit_changes(document, now.rev, &[item], &[line]).await {
        Ok(_) => true,
        Err(StoreError::Stale { .. }) => false,
        Err(StoreError::Conflict { constraint }) if constraint == "plan_editable" => false,
        Err(error) => panic!("{error}"),
    }
}

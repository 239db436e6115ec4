//! Signing: exactly what was seen, or not at all.

use crate::{
    evidence,
    lab::Lab,
    review::{TODAY, approval, waiver},
};
use domain::{
    Change, DocumentId, PlanRole, PlanState, RoundState, Signature, Slot, Stamp, UserId, WorkspaceRole, apply,
};
use std::collections::BTreeMap;
use store::{AuditEntry, Difference, NewSnapshot, SignOutcome, SignRequest, StoreError};

/// Everything about a plan in review, as `workbench` would collect it before it asks the sponsor.
pub async fn request(lab: &Lab, document: DocumentId, sponsor: UserId) -> SignRequest {
    let plan = lab.store.list_plans(None, true).await.unwrap();
    let plan = plan.into_iter().map(|l| l.plan).find(|p| p.document == document).unwrap();
    let workspace = lab.store.load_document(lab.workspace).await.unwrap();
    let round = lab.store.list_rounds(document).await.unwrap()[0].number;
    let approvals = lab.store.list_approvals(document).await.unwrap();
    let slots = lab.store.list_slots(document).await.unwrap();
    let waivers = lab.store.list_waivers(document).await.unwrap();
    let mut runs = evidence::all_runs(lab, document).await;
    runs.retain(|run| run.result_hash.is_some());
    let mut newest = BTreeMap::new();
    for run in runs {
        newest.entry(run.check).or_insert(run);
    }
    let at = lab.now();
    let root = format!("root of {} at {}", plan.version, plan.rev);
    SignRequest {
        document,
        plan_rev: plan.rev,
        version: plan.version,
        workspace: workspace.id,
        workspace_items: workspace.items.values().map(|item| (item.id, item.rev)).collect(),
        round,
        approvals: approvals.iter().map(|a| a.id).collect(),
        approvers: approvals.iter().map(|a| a.user).collect(),
        slots: slots.iter().map(|s| (s.slot, s.user)).collect(),
        waivers: waivers.iter().map(|w| w.id).collect(),
        evidence: newest.into_values().map(|run| (run.id, run.result_hash.unwrap())).collect(),
        snapshot: NewSnapshot {
            id: lab.id(),
            root: root.clone(),
            slices: [("data".to_owned(), "dd".to_owned())].into(),
            previous_root: lab.store.list_snapshots(document).await.unwrap().first().map(|s| s.root.clone()),
            canonical: b"{\"canonical\":\"bytes\"}".to_vec(),
            facts: b"{\"findings\":[]}".to_vec(),
        },
        signature: Signature {
            user: sponsor,
            name: "Sponsor".into(),
            slot: Slot::Sponsor,
            meaning: Slot::Sponsor.meaning().into(),
            at,
            proved_at: lab.now(),
            root,
        },
    }
}

/// A plan in review with an approval, a waiver, a run, and a workspace item.
pub async fn reviewed(lab: &Lab, document: DocumentId, user: UserId) {
    lab.add_term(lab.workspace, "in the workspace").await;
    evidence::done(lab, document, lab.id(), user, "result").await;
    lab.store.set_slot(document, Slot::DataOwner, &[user], lab.entry("slot")).await.unwrap();
    lab.store.insert_waiver(document, &waiver(lab, user, "f"), TODAY, lab.entry("waived")).await.unwrap();
    let round = lab.store.open_round(document, user, lab.now(), "", lab.entry("round")).await.unwrap();
    let given = approval(lab, round, Slot::DataOwner, user);
    lab.store.insert_approval(document, &given, lab.entry("approved")).await.unwrap();
}

/// Takes a plan from draft to signed.
pub async fn signed(lab: &Lab, document: DocumentId, user: UserId) {
    reviewed(lab, document, user).await;
    let request = request(lab, document, user).await;
    assert_eq!(lab.store.sign(&request, lab.entry("plan_signed")).await.unwrap(), SignOutcome::Signed);
}

pub async fn what_was_seen_is_signed(lab: &Lab) {
    let ana = lab.user("ana").await;
    let document = lab.plan("p", ana).await;
    lab.add_term(document, "one").await;
    reviewed(lab, document, ana).await;
    let first = request(lab, document, ana).await;
    assert_eq!(lab.store.sign(&first, lab.entry("plan_signed")).await.unwrap(), SignOutcome::Signed);

    let plan = lab.store.load_plan("p", None).await.unwrap();
    assert_eq!((plan.state, plan.version), (PlanState::Signed, 1));
    assert_eq!(lab.store.list_rounds(document).await.unwrap()[0].state, RoundState::Signed);
    let snapshot = lab.store.load_snapshot(document, 1).await.unwrap();
    assert_eq!((&snapshot.canonical, snapshot.round), (&first.snapshot.canonical, 1));
    assert_eq!(snapshot.facts, first.snapshot.facts);
    assert_eq!((&snapshot.info.root, &snapshot.info.slices), (&first.snapshot.root, &first.snapshot.slices));
    assert_eq!((snapshot.info.signed_by.as_str(), snapshot.info.withdrawn.as_deref()), ("Sponsor", None));
    assert_eq!(snapshot.signatures, std::slice::from_ref(&first.signature));
    assert_eq!(lab.store.list_snapshots_by_root(&first.snapshot.root).await.unwrap(), [snapshot.info]);
    assert_eq!(lab.store.list_audit(document, None, None, 1).await.unwrap()[0].entry.verb, "plan_signed");

    // The same request again finds that it is done.
    let again = lab.store.sign(&first, lab.entry("plan_signed")).await.unwrap();
    let SignOutcome::Differs(found) = again else { panic!("signed twice") };
    let expected = [Difference::PlanNotInReview, Difference::PreviousVersionChanged, Difference::RoundChanged];
    assert_eq!(found, expected);
    assert_eq!(lab.store.list_audit(document, None, None, 1).await.unwrap()[0].entry.verb, "plan_signed");

    // The next version follows it.
    lab.store.revise_plan(document, lab.entry("revised")).await.unwrap();
    lab.add_term(document, "two").await;
    lab.store.open_round(document, ana, lab.now(), "", lab.entry("round")).await.unwrap();
    let second = request(lab, document, ana).await;
    assert_eq!(lab.store.sign(&second, lab.entry("plan_signed")).await.unwrap(), SignOutcome::Signed);
    let list = lab.store.list_snapshots(document).await.unwrap();
    assert_eq!(list.iter().map(|s| s.version).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(list[0].previous_root.as_deref(), Some(first.snapshot.root.as_str()));
    assert!(matches!(lab.store.load_snapshot(document, 3).await, Err(StoreError::NotFound("version"))));
}

pub async fn every_difference_stops_the_signature(lab: &Lab) {
    let boss = lab.user_with("boss", WorkspaceRole::Owner).await;
    let (ana, ben) = (lab.user("ana").await, lab.user("ben").await);
    let document = lab.plan("p", ana).await;
    lab.store.set_member(document, ben, Some(PlanRole::Reviewer), lab.entry("member")).await.unwrap();
    let term = lab.add_term(document, "one").await;
    reviewed(lab, document, ana).await;
    let lines = async || lab.store.list_audit(document, None, None, 500).await.unwrap().len();
    let differs = async |request: &SignRequest| -> Vec<Difference> {
        let before = lines().await;
        let outcome = lab.store.sign(request, lab.entry("plan_signed")).await.unwrap();
        assert_eq!(lines().await, before, "an attempt that fails leaves no line");
        match outcome {
            SignOutcome::Differs(found) => found,
            SignOutcome::Signed => panic!("signed"),
        }
    };

    let seen = request(lab, document, ana).await;
    let current = lab.store.load_document(document).await.unwrap();
    let stamp = Stamp { by: Some(ana), at: lab.now() };
    let archived = apply(&current, &Change::Archive { item: term }, stamp).unwrap();
    lab.store.commit_changes(document, current.rev, &[archived], &[lab.entry("archived")]).await.unwrap();
    assert_eq!(differs(&seen).await, [Difference::PlanChanged(2)]);

    let seen = request(lab, document, ana).await;
    let workspace = lab.store.load_document(lab.workspace).await.unwrap();
    let used = *workspace.items.keys().next().unwrap();
    let changed = apply(&workspace, &Change::Archive { item: used }, stamp).unwrap();
    lab.store.commit_changes(lab.workspace, workspace.rev, &[changed], &[lab.entry("archived")]).await.unwrap();
    assert_eq!(differs(&seen).await, [Difference::WorkspaceItemChanged(used)]);
    let seen = request(lab, document, ana).await;
    lab.add_term(lab.workspace, "not used by the plan").await;

    let late = approval(lab, 1, Slot::DataOwner, ana);
    lab.store.insert_approval(document, &late, lab.entry("approved")).await.unwrap();
    assert_eq!(differs(&seen).await, [Difference::ApprovalsChanged(late.id)]);

    let seen = request(lab, document, ana).await;
    lab.store.set_slot(document, Slot::Privacy, &[ben], lab.entry("slot")).await.unwrap();
    assert_eq!(differs(&seen).await, [Difference::SlotsChanged(Slot::Privacy)]);

    let seen = request(lab, document, ana).await;
    let another = waiver(lab, ana, "g");
    lab.store.insert_waiver(document, &another, TODAY, lab.entry("waived")).await.unwrap();
    assert_eq!(differs(&seen).await, [Difference::WaiversChanged(another.id)]);

    let mut seen = request(lab, document, ana).await;
    let (run, hash) = seen.evidence.pop_first().unwrap();
    seen.evidence.insert(run, "another result".into());
    assert_eq!(differs(&seen).await, [Difference::EvidenceChanged(run)]);
    seen.evidence.insert(run, hash);
    let check = lab.store.load_run(run).await.unwrap().run.check;
    evidence::done(lab, document, check, ana, "newer").await;
    assert_eq!(differs(&seen).await, [Difference::NewerRun(2)]);
    // The first run of a check that had none is new evidence as well.
    let seen = request(lab, document, ana).await;
    evidence::done(lab, document, lab.id(), ana, "first").await;
    assert_eq!(differs(&seen).await, [Difference::NewerRun(3)]);

    let seen = request(lab, document, ana).await;
    lab.store.set_user_disabled(ana, Some(lab.now()), lab.entry("disabled")).await.unwrap();
    let slots = Difference::SlotsChanged(Slot::DataOwner);
    assert_eq!(differs(&seen).await, [Difference::ApproverDisabled(ana), slots.clone()]);
    lab.store.set_user_disabled(ana, None, lab.entry("enabled")).await.unwrap();
    lab.store.set_member(document, ana, Some(PlanRole::Viewer), lab.entry("role")).await.unwrap();
    assert_eq!(differs(&seen).await, [Difference::RoleChanged(ana), slots]);
    lab.store.set_member(document, ana, Some(PlanRole::Editor), lab.entry("role")).await.unwrap();
    lab.store.set_slot(document, Slot::DataOwner, &[ana], lab.entry("slot")).await.unwrap();
    // An approval that does not count may be of anybody.
    let mut other = request(lab, document, ana).await;
    other.approvers = [boss].into();
    assert_eq!(differs(&other).await, [Difference::RoleChanged(boss)]);

    let mut seen = request(lab, document, ana).await;
    seen.snapshot.previous_root = Some("none".into());
    assert_eq!(differs(&seen).await, [Difference::PreviousVersionChanged]);

    let seen = request(lab, document, ana).await;
    lab.store.close_round(document, 1, lab.now(), lab.entry("closed")).await.unwrap();
    assert_eq!(differs(&seen).await, [Difference::PlanNotInReview, Difference::RoundChanged]);
    assert!(lab.store.list_snapshots(document).await.unwrap().is_empty());
    assert!(differs(&seen).await.iter().all(|d| !d.to_string().is_empty()));

    let round = lab.store.open_round(document, boss, lab.now(), "", lab.entry("round")).await.unwrap();
    assert_eq!(round, 2);
    let seen = request(lab, document, ana).await;
    assert_eq!(lab.store.sign(&seen, lab.entry("plan_signed")).await.unwrap(), SignOutcome::Signed);
}

pub async fn approvals_carry_over_until_their_version_is_withdrawn(lab: &Lab) {
    lab.user_with("boss", WorkspaceRole::Owner).await;
    let (ana, ben) = (lab.user("ana").await, lab.user("ben").await);
    let document = lab.plan("p", ana).await;
    lab.store.set_member(document, ben, Some(PlanRole::Reviewer), lab.entry("member")).await.unwrap();
    lab.add_term(document, "one").await;
    let given = async || -> Vec<(i64, i64, UserId)> {
        let list = lab.store.list_approvals(document).await.unwrap();
        list.into_iter().map(|a| (a.round, a.version, a.user)).collect()
    };
    let open = async || lab.store.open_round(document, ana, lab.now(), "", lab.entry("round")).await.unwrap();
    let fill = async |who| lab.store.set_slot(document, Slot::DataOwner, &[who], lab.entry("slot")).await.unwrap();
    reviewed(lab, document, ana).await;
    lab.store.close_round(document, 1, lab.now(), lab.entry("closed")).await.unwrap();
    assert_eq!(open().await, 2);
    assert_eq!(given().await, [(1, 1, ana)], "a round before");
    let first = request(lab, document, ana).await;
    assert_eq!(lab.store.sign(&first, lab.entry("plan_signed")).await.unwrap(), SignOutcome::Signed);

    lab.store.revise_plan(document, lab.entry("revised")).await.unwrap();
    assert_eq!(open().await, 3);
    assert_eq!(given().await, [(1, 1, ana)], "a version before");
    fill(ben).await;
    assert!(given().await.is_empty(), "of who filled the slot once");
    fill(ana).await;
    lab.store.set_user_disabled(ana, Some(lab.now()), lab.entry("disabled")).await.unwrap();
    assert!(given().await.is_empty(), "of who is locked out");
    lab.store.set_user_disabled(ana, None, lab.entry("enabled")).await.unwrap();

    // What the signature rests on is looked at in its own transaction.
    let seen = request(lab, document, ana).await;
    let relied: Vec<_> = seen.approvals.iter().copied().map(Difference::ApprovalsChanged).collect();
    assert_eq!(relied.len(), 1);
    let at = lab.now();
    lab.store.withdraw(document, 1, (ana, "ana"), "the budget is gone", at, lab.entry("withdrew")).await.unwrap();
    assert!(given().await.is_empty());
    let outcome = lab.store.sign(&seen, lab.entry("plan_signed")).await.unwrap();
    assert_eq!(outcome, SignOutcome::Differs(relied));
    let again = approval(lab, 3, Slot::DataOwner, ana);
    lab.store.insert_approval(document, &again, lab.entry("approved")).await.unwrap();
    assert_eq!(given().await, [(3, 2, ana)]);
}

pub async fn changes_of_approvers_are_told_up_to_their_approval(lab: &Lab) {
    let (ana, ben) = (lab.user("ana").await, lab.user("ben").await);
    let document = lab.plan("p", ana).await;
    let change = async |who: UserId| {
        let at = lab.now();
        let current = lab.store.load_document(document).await.unwrap();
        let item = lab.term(&current, "changed");
        let id = item.id;
        let line = AuditEntry::new(Some(who), "added", at).item(id);
        lab.store.commit_changes(document, current.rev, &[item], &[line]).await.unwrap();
        (at, id)
    };
    let (before, _) = change(ana).await;
    let (_, own) = change(ana).await;
    change(ben).await;
    lab.store.set_slot(document, Slot::DataOwner, &[ana], lab.entry("slot")).await.unwrap();
    let round = lab.store.open_round(document, ana, lab.now(), "", lab.entry("round")).await.unwrap();
    let given = approval(lab, round, Slot::DataOwner, ana);
    lab.store.insert_approval(document, &given, lab.entry("approved")).await.unwrap();
    change(ana).await;
    let told = lab.store.list_changes_of_approvers(document, Some(before), given.at).await.unwrap();
    assert_eq!(told.into_iter().map(|(who, item, ..)| (who, item)).collect::<Vec<_>>(), [(ana, own)]);
    let none = lab.store.list_changes_of_approvers(document, Some(given.at), lab.now()).await.unwrap();
    assert!(none.is_empty(), "nobody approved since");
}

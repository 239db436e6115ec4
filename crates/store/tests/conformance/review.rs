//! Comments, rounds, approvals, waivers.

use crate::{evidence::conflict, lab::Lab};
use domain::{
    Approval, Comment, CommentId, Date, PlanRole, PlanState, RoundState, Slot, SlotAssignment, UserId, Waiver,
    WorkspaceRole,
};
use store::StoreError;

/// Before the last day of [`waiver`].
pub const TODAY: Date = jiff::civil::date(2031, 1, 1);

pub fn approval(lab: &Lab, round: i64, slot: Slot, user: UserId) -> Approval {
    Approval {
        id: lab.id(),
        round,
        version: 1,
        slot,
        user,
        name: "ana".into(),
        meaning: slot.meaning().into(),
        hash: "ab".into(),
        at: lab.now(),
        comment: String::new(),
    }
}

pub fn waiver(lab: &Lab, by: UserId, fingerprint: &str) -> Waiver {
    Waiver {
        id: lab.id(),
        rule: "DP-007".into(),
        fingerprint: fingerprint.into(),
        message: "no owner".into(),
        reason: "comes next month".into(),
        by,
        by_name: "ana".into(),
        at: lab.now(),
        expires: Some(jiff::civil::date(2031, 12, 31)),
    }
}

pub async fn threads_are_answered_and_resolved(lab: &Lab) {
    let (ana, ben) = (lab.user("ana").await, lab.user("ben").await);
    let (document, other) = (lab.plan("p", ana).await, lab.plan("q", ana).await);
    let item = lab.add_term(document, "one").await;
    let id: CommentId = lab.id();
    let first = Comment {
        id,
        thread: id,
        item: Some(item),
        field: Some("name".into()),
        body: "Is this\nright? <b>".into(),
        quoted: Some("one".into()),
        author: ana,
        author_name: "ana".into(),
        at: lab.now(),
        resolved_at: None,
        resolved_by: None,
    };
    let answer = Comment {
        id: lab.id(),
        item: None,
        field: None,
        quoted: None,
        author: ben,
        author_name: "ben".into(),
        at: lab.now(),
        ..first.clone()
    };
    lab.store.insert_comment(document, &first, lab.entry("commented")).await.unwrap();
    lab.store.insert_comment(document, &answer, lab.entry("commented")).await.unwrap();
    assert_eq!(lab.store.list_comments(document, None).await.unwrap(), [first.clone(), answer.clone()]);
    assert_eq!(lab.store.list_comments(document, Some(item)).await.unwrap(), std::slice::from_ref(&first));
    assert_eq!(lab.store.count_open_threads(document).await.unwrap(), 1);
    let lost = Comment { id: lab.id(), ..answer.clone() };
    let lost = lab.store.insert_comment(other, &lost, lab.entry("commented")).await;
    assert!(matches!(lost, Err(StoreError::NotFound("thread"))), "not into another plan's thread");

    let at = lab.now();
    let wrong = lab.store.resolve_thread(document, answer.id, Some((ben, at)), lab.entry("resolved")).await;
    assert!(wrong.is_err(), "an answer is no thread");
    lab.store.resolve_thread(document, id, Some((ben, at)), lab.entry("resolved")).await.unwrap();
    let resolved = &lab.store.list_comments(document, None).await.unwrap()[0];
    assert_eq!((resolved.resolved_at, resolved.resolved_by.as_deref()), (Some(at), Some("ben")));
    assert_eq!(lab.store.count_open_threads(document).await.unwrap(), 0);
    lab.store.resolve_thread(document, id, None, lab.entry("reopened")).await.unwrap();
    assert_eq!(lab.store.count_open_threads(document).await.unwrap(), 1);
    assert_eq!(lab.store.list_plans(None, true).await.unwrap()[0].open_threads, 1);
}

pub async fn a_round_collects_approvals(lab: &Lab) {
    let (ana, ben) = (lab.user("ana").await, lab.user("ben").await);
    let document = lab.plan("p", ana).await;
    let member = async |user, role| lab.store.set_member(document, user, role, lab.entry("member")).await.unwrap();
    member(ben, Some(PlanRole::Reviewer)).await;
    let state = async || lab.store.load_plan("p", None).await.unwrap().state;
    let open = async |text: &str| lab.store.open_round(document, ana, lab.now(), text, lab.entry("round")).await;
    assert_eq!(open("please").await.unwrap(), 1);
    assert_eq!(state().await, PlanState::InReview);
    assert_eq!(conflict(open("twice").await), "plan_state");

    let set = async |slot, people: &[UserId]| lab.store.set_slot(document, slot, people, lab.entry("slot")).await;
    set(Slot::Sponsor, &[ben]).await.unwrap();
    set(Slot::DataOwner, &[ana, ben, ana]).await.unwrap();
    let slots = lab.store.list_slots(document).await.unwrap();
    let assigned = |slot, user, name: &str| SlotAssignment { slot, user, name: name.into() };
    let expected = [
        assigned(Slot::DataOwner, ana, "ana"),
        assigned(Slot::DataOwner, ben, "ben"),
        assigned(Slot::Sponsor, ben, "ben"),
    ];
    assert_eq!(slots, expected);

    let give = async |a: &Approval| lab.store.insert_approval(document, a, lab.entry("approved")).await;
    let given = approval(lab, 1, Slot::DataOwner, ana);
    give(&given).await.unwrap();
    assert_eq!(conflict(give(&approval(lab, 1, Slot::Sponsor, ana)).await), "slots");
    assert_eq!(conflict(give(&approval(lab, 2, Slot::DataOwner, ana)).await), "review_rounds_open");
    assert_eq!(lab.store.list_approvals(document).await.unwrap(), [given]);

    lab.store.close_round(document, 1, lab.now(), lab.entry("closed")).await.unwrap();
    assert_eq!(state().await, PlanState::Draft);
    assert_eq!(conflict(give(&approval(lab, 1, Slot::DataOwner, ana)).await), "review_rounds_open");
    let twice = lab.store.close_round(document, 1, lab.now(), lab.entry("closed")).await;
    assert_eq!(conflict(twice), "review_rounds_open");
    assert_eq!(open("again").await.unwrap(), 2);
    let rounds = lab.store.list_rounds(document).await.unwrap();
    let told: Vec<_> = rounds.iter().map(|r| (r.number, r.state, r.message.as_str())).collect();
    assert_eq!(told, [(2, RoundState::Open, "again"), (1, RoundState::Closed, "please")]);

    // Locked out, one fills no slot; let in again, one does.
    lab.user_with("boss", WorkspaceRole::Owner).await;
    let slots = async || lab.store.list_slots(document).await.unwrap().len();
    lab.store.set_user_disabled(ben, Some(lab.now()), lab.entry("disabled")).await.unwrap();
    assert_eq!(slots().await, 1);
    assert_eq!(conflict(give(&approval(lab, 2, Slot::Sponsor, ben)).await), "slots");
    lab.store.set_user_disabled(ben, None, lab.entry("enabled")).await.unwrap();
    assert_eq!(slots().await, 3);
    member(ben, Some(PlanRole::Viewer)).await;
    member(ben, Some(PlanRole::Reviewer)).await;
    assert_eq!(slots().await, 1, "who only reads the plan has left its slots");
    set(Slot::Sponsor, &[ben]).await.unwrap();
    member(ben, None).await;
    assert_eq!(slots().await, 1, "who leaves the plan leaves its slots");
}

pub async fn a_waiver_holds_until_it_is_taken_back(lab: &Lab) {
    let ana = lab.user("ana").await;
    let (document, other) = (lab.plan("p", ana).await, lab.plan("q", ana).await);
    let first = waiver(lab, ana, "f1");
    let insert = async |w: &Waiver| lab.store.insert_waiver(document, w, TODAY, lab.entry("waived")).await;
    insert(&first).await.unwrap();
    assert_eq!(conflict(insert(&waiver(lab, ana, "f1")).await), "waivers_document_id_rule_fingerprint");
    assert_eq!(lab.store.list_waivers(document).await.unwrap(), std::slice::from_ref(&first));
    let elsewhere = lab.store.revoke_waiver(other, first.id, lab.now(), lab.entry("revoked")).await;
    assert!(matches!(elsewhere, Err(StoreError::NotFound("waiver"))));
    lab.store.revoke_waiver(document, first.id, lab.now(), lab.entry("revoked")).await.unwrap();
    assert!(lab.store.list_waivers(document).await.unwrap().is_empty());
    let second = waiver(lab, ana, "f1");
    insert(&second).await.unwrap();

    // Renewed on its last day it is there already; a day later the new one takes its place.
    let last = second.expires.unwrap();
    let renewed = waiver(lab, ana, "f1");
    let renew = async |day| lab.store.insert_waiver(document, &renewed, day, lab.entry("waived")).await;
    assert_eq!(conflict(renew(last).await), "waivers_document_id_rule_fingerprint");
    renew(last.tomorrow().unwrap()).await.unwrap();
    assert_eq!(lab.store.list_waivers(document).await.unwrap(), [renewed]);
}

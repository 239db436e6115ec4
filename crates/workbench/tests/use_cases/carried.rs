//! Approvals of an earlier round or version count on for what is the same, and for nothing else.

use super::{signable::Signable, world::clock};
use domain::{Change, Patch, PlanRole, Slot, Timestamp};
use jiff::SignedDuration;
use serde_json::json;
use std::sync::atomic::{AtomicI64, Ordering};
use workbench::{Caller, Error, ExportFormat};

/// Slots whose approval holds, each with where it was carried over from.
async fn holding(s: &Signable) -> Vec<(Slot, String)> {
    let slots = s.page(&s.world.owner).await.slots;
    let standing = slots.into_iter().flat_map(|row| row.approvals).filter(|standing| standing.lapsed.is_none());
    standing.map(|standing| (standing.approval.slot, standing.carried)).collect()
}

fn from(slots: &[Slot], words: &str) -> Vec<(Slot, String)> {
    slots.iter().map(|slot| (*slot, words.to_owned())).collect()
}

const REVIEWERS: [Slot; 5] =
    [Slot::DataOwner, Slot::ProcessOwner, Slot::ChangeLead, Slot::TechnicalLead, Slot::Privacy];

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_the_same_in_the_next_version_need_not_be_approved_again() {
    let s = Signable::new().await;
    let (w, owner, plan) = (&s.world.workbench, &s.world.owner, s.world.plan.as_str());
    s.reviewed().await;
    assert_eq!(holding(&s).await, from(&REVIEWERS, ""));
    s.sign().await.unwrap();
    w.revise(owner, plan).await.unwrap();
    s.set(s.point, "definition", "Where receipts go", "Where offers go").await.unwrap();
    w.request_review(owner, plan, "One word changed").await.unwrap();

    // Only the part that changed is approved again; its person is told by whom and what.
    assert_eq!(holding(&s).await, from(&REVIEWERS[1..], "carried over from v1"));
    let page = s.page(s.who(Slot::DataOwner)).await;
    assert_eq!(page.blockers, ["data owner has not approved"]);
    assert!(page.slots[0].may_approve);
    let [lapsed] = page.slots[0].approvals.as_slice() else { panic!("{:?}", page.slots[0].approvals) };
    assert_eq!((lapsed.approval.version, lapsed.lapsed.as_deref()), (1, Some("what it answers for changed since")));
    assert_eq!(lapsed.changes[0].fields[0].2, "Where offers go");
    let who = lapsed.approval.user;

    // Put back, it counts on; without its slot it does not, and nobody is reminded of who had it once.
    s.set(s.point, "definition", "Where offers go", "Where receipts go").await.unwrap();
    assert_eq!(holding(&s).await, from(&REVIEWERS, "carried over from v1"));
    let cleo = s.who(Slot::ChangeLead).user_id().unwrap();
    w.set_slot(owner, plan, Slot::DataOwner, &[cleo]).await.unwrap();
    assert_eq!(holding(&s).await, from(&REVIEWERS[1..], "carried over from v1"));
    assert!(s.page(owner).await.slots[0].approvals.is_empty());
    w.set_slot(owner, plan, Slot::DataOwner, &[who]).await.unwrap();
    s.set(s.point, "definition", "Where receipts go", "Where offers go").await.unwrap();
    s.approve(Slot::DataOwner).await.unwrap();
    s.sign().await.unwrap();

    // What the second version was signed with says what is from the first, wherever it is shown.
    let version = w.versions(owner, plan).await.unwrap().versions.remove(0);
    let told: Vec<_> = version.approvals.iter().map(|a| (a.slot, a.carried(2, version.round))).collect();
    let mut expected = from(&REVIEWERS, "carried over from v1");
    expected[0].1.clear();
    assert_eq!(told, expected);
    for format in [ExportFormat::Markdown, ExportFormat::Pdf] {
        let file = w.export(owner, plan, Some("v2"), format).await.unwrap().bytes;
        if format == ExportFormat::Markdown {
            let text = String::from_utf8_lossy(&file);
            assert_eq!(text.matches("approved, carried over from v1").count(), 4);
        }
        let said = w.verify(&Caller::Anonymous, file, None).await.unwrap();
        assert_eq!(said.verdict, "signed", "{}", format.code());
    }
    // And the version before still says that it was all its own.
    let first = w.export(owner, plan, Some("v1"), ExportFormat::Markdown).await.unwrap();
    assert!(!String::from_utf8(first.bytes).unwrap().contains("carried over"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_withdrawn_version_leaves_no_approvals() {
    let s = Signable::new().await;
    let (w, owner, plan, sponsor) = (&s.world.workbench, &s.world.owner, s.world.plan.as_str(), s.who(Slot::Sponsor));
    s.reviewed().await;
    s.sign().await.unwrap();
    w.revise(owner, plan).await.unwrap();
    w.request_review(owner, plan, "").await.unwrap();
    assert!(s.page(sponsor).await.blockers.is_empty(), "nothing changed");
    w.withdraw(sponsor, plan, 1, "The figures were of another year").await.unwrap();
    assert!(holding(&s).await.is_empty());
    let refused = s.sign().await.unwrap_err();
    assert!(matches!(&refused, Error::Conflict(words) if words.contains("data owner has not approved")), "{refused}");
    s.approve_all().await;
    assert_eq!(holding(&s).await, from(&REVIEWERS, ""));
    s.sign().await.unwrap();
}

/// A version that rested on approvals of the one before takes them with it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn approvals_do_not_outlive_a_withdrawn_version_that_they_were_carried_over_to() {
    let s = Signable::new().await;
    let (w, owner, plan, sponsor) = (&s.world.workbench, &s.world.owner, s.world.plan.as_str(), s.who(Slot::Sponsor));
    s.reviewed().await;
    s.sign().await.unwrap();
    w.revise(owner, plan).await.unwrap();
    w.request_review(owner, plan, "").await.unwrap();
    s.sign().await.unwrap();
    w.withdraw(sponsor, plan, 2, "The figures were of another year").await.unwrap();
    w.revise(owner, plan).await.unwrap();
    w.request_review(owner, plan, "").await.unwrap();
    assert!(holding(&s).await.is_empty());
    assert!(s.sign().await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn somebodys_own_work_is_what_they_changed_before_they_approved_it() {
    static MINUTES: AtomicI64 = AtomicI64::new(0);
    fn now() -> Timestamp {
        clock() + SignedDuration::from_mins(MINUTES.load(Ordering::SeqCst))
    }
    let s = Signable::with(|settings| settings.clock = now).await;
    let (w, owner, plan) = (&s.world.workbench, &s.world.owner, s.world.plan.as_str());
    let edgar = s.world.join("Edgar", PlanRole::Editor).await;
    w.set_slot(owner, plan, Slot::DataOwner, &[edgar.user_id().unwrap()]).await.unwrap();
    let later = || MINUTES.fetch_add(1, Ordering::SeqCst);
    let write = async |who: &Caller, before: &str, after: &str| {
        later();
        let patch = Patch { field: "definition".into(), before: json!(before), after: json!(after) };
        w.edit(who, plan, vec![Change::Set { item: s.point, patches: vec![patch] }]).await.unwrap();
    };
    let approve = async || {
        later();
        let hash = s.page(&edgar).await.slots[0].hash.clone();
        w.approve(&edgar, plan, Slot::DataOwner, &hash, "").await.unwrap();
        s.approve_all().await;
    };
    let sign = async || {
        later();
        s.sign().await.unwrap();
        later();
        w.revise(owner, plan).await.unwrap();
        w.request_review(owner, plan, "").await.unwrap();
    };
    let own = async || {
        let found = w.findings(owner, plan).await.unwrap().findings;
        let words = "Edgar edited what they approved as data owner; separation of duties is not given";
        found.iter().filter(|(f, _)| f.rule == "REV-004" && f.message == words).count()
    };

    // Version 1: written by others, approved by Edgar.
    w.request_review(owner, plan, "").await.unwrap();
    approve().await;
    assert_eq!(own().await, 0);
    sign().await;
    // Version 2: what he changes and puts back leaves what he approved as others wrote it.
    write(&edgar, "Where receipts go", "Where offers go").await;
    write(&edgar, "Where offers go", "Where receipts go").await;
    assert_eq!(holding(&s).await[0], (Slot::DataOwner, "carried over from v1".to_owned()));
    assert_eq!(own().await, 0);
    // What he changes for good and approves is his own work,
    write(&edgar, "Where receipts go", "Where offers go").await;
    approve().await;
    assert_eq!(own().await, 1);
    sign().await;
    // and stays so where that approval is carried over,
    assert_eq!(holding(&s).await[0], (Slot::DataOwner, "carried over from v2".to_owned()));
    assert_eq!(own().await, 1);
    // until he approves what somebody else wrote.
    write(owner, "Where offers go", "Where receipts and offers go").await;
    approve().await;
    assert_eq!(own().await, 0);
}

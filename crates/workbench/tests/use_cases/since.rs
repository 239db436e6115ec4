//! What changed since somebody approved: the plan of then is rebuilt from the trail.

use super::{signable::Signable, world::clock};
use domain::{Kind, Slot, Timestamp};
use jiff::SignedDuration;
use rules::{ItemDiff, ItemStatus};
use serde_json::json;
use std::sync::atomic::{AtomicI64, Ordering};
use workbench::Caller;

/// What the review page compares with, as somebody sees it, and what it shows.
async fn seen(s: &Signable, who: &Caller) -> (String, Vec<ItemDiff>) {
    let page = s.page(who).await;
    (page.since, page.changes)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_approver_sees_what_changed_since_they_approved() {
    static MINUTES: AtomicI64 = AtomicI64::new(0);
    fn now() -> Timestamp {
        clock() + SignedDuration::from_mins(MINUTES.load(Ordering::SeqCst))
    }
    let later = || MINUTES.fetch_add(1, Ordering::SeqCst);
    let s = Signable::with(|settings| settings.clock = now).await;
    let (w, owner, plan) = (&s.world.workbench, &s.world.owner, s.world.plan.as_str());
    let dora = s.who(Slot::DataOwner);
    later();
    w.request_review(owner, plan, "").await.unwrap();
    assert_eq!(seen(&s, dora).await, (String::new(), Vec::new()), "nothing was approved or signed yet");
    s.approve(Slot::DataOwner).await.unwrap();
    assert_eq!(seen(&s, dora).await, ("approval".to_owned(), Vec::new()));
    assert_eq!(s.page(dora).await.since_words, "your approval of 18 Nov 2026, 11:07 UTC");

    // A field, something new, something of the workspace, something removed.
    later();
    s.set(s.point, "definition", "Where receipts go", "Where offers go").await.unwrap();
    let risk = s.world.add(Kind::Risk, json!({ "name": "Late", "owner": "Tom", "strategy": "accept" })).await;
    s.set(s.instance, "technical_owner", "Tom", "Tamara").await.unwrap();
    let (since, changes) = seen(&s, dora).await;
    let told: Vec<_> = changes.iter().map(|item| (item.id, item.status)).collect();
    let (changed, added) = (ItemStatus::Changed, ItemStatus::Added);
    assert_eq!((since.as_str(), told), ("approval", vec![(s.instance, changed), (s.point, changed), (risk, added)]));
    let field = &changes[1].fields[0];
    assert_eq!((field.before.as_str(), field.after.as_str()), ("Where receipts go", "Where offers go"));
    let compared = w.compare(dora, plan, ("", ""), "data", 0).await.unwrap();
    assert_eq!((compared.from.as_str(), compared.names.len()), ("approval", 2));
    assert_eq!(compared.items.iter().map(|item| item.id).collect::<Vec<_>>(), [s.point]);
    // It is hers alone.
    assert_eq!(seen(&s, s.who(Slot::Privacy)).await.0, "");
    let theirs = w.compare(s.who(Slot::Privacy), plan, ("approval", "draft"), "", 0).await.unwrap();
    assert_eq!(theirs.from, "", "there is nothing to compare with");

    // Approved again, it begins anew.
    later();
    s.approve(Slot::DataOwner).await.unwrap();
    later();
    w.remove_item(owner, Some(plan), &risk.to_string()).await.unwrap();
    let (_, changes) = seen(&s, dora).await;
    let told: Vec<_> = changes.iter().map(|item| (item.id, item.status)).collect();
    assert_eq!(told, [(risk, ItemStatus::Removed)]);

    // Who approved nothing compares with what was signed; who did, also across versions.
    s.approve_all().await;
    later();
    s.sign().await.unwrap();
    later();
    w.revise(owner, plan).await.unwrap();
    s.set(s.point, "definition", "Where offers go", "Where receipts go").await.unwrap();
    assert_eq!(seen(&s, owner).await.0, "v1");
    let (since, changes) = seen(&s, dora).await;
    let told: Vec<_> = changes.iter().map(|item| (item.id, item.status)).collect();
    assert_eq!((since.as_str(), told), ("approval", vec![(s.point, changed), (risk, ItemStatus::Removed)]));
}

/// Whoever fills two slots has not seen all of their parts by approving one.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_compares_with_an_approval_of_another_part_alone() {
    let s = Signable::new().await;
    let (w, owner, plan, dora) = (&s.world.workbench, &s.world.owner, s.world.plan.as_str(), s.who(Slot::DataOwner));
    let both = [dora, s.who(Slot::ProcessOwner)].map(|who| who.user_id().unwrap());
    w.set_slot(owner, plan, Slot::ProcessOwner, &both).await.unwrap();
    w.request_review(owner, plan, "").await.unwrap();
    s.approve(Slot::DataOwner).await.unwrap();
    assert_eq!(seen(&s, dora).await.0, "");
    w.set_slot(owner, plan, Slot::ProcessOwner, &both[1..]).await.unwrap();
    assert_eq!(seen(&s, dora).await.0, "approval");
}

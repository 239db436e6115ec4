//! Findings, waivers, comments, approvals: what holds, what lapses, and who may do what.

use super::{signable::Signable, world::fields};
use domain::{Kind, PlanRole, Slot};
use rules::Severity;
use serde_json::json;
use views::review::FindingsFilter;
use workbench::{Error, ExportFormat};

/// Slots whose approval holds.
async fn filled(s: &Signable) -> Vec<Slot> {
    s.page(&s.world.owner).await.slots.into_iter().filter(|r| r.filled).map(|r| r.slot).collect()
}

const REVIEWERS: [Slot; 5] =
    [Slot::DataOwner, Slot::ProcessOwner, Slot::ChangeLead, Slot::TechnicalLead, Slot::Privacy];

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_change_lapses_exactly_the_slot_that_answers_for_it() {
    let s = Signable::new().await;
    let before = s.page(&s.world.owner).await;
    assert!(before.blockers.iter().any(|b| b == "no review is open"), "{:?}", before.blockers);
    s.reviewed().await;
    assert_eq!(filled(&s).await, REVIEWERS);
    assert_eq!(s.page(s.who(Slot::Sponsor)).await.blockers, Vec::<String>::new());

    s.set(s.point, "definition", "Where receipts go", "Where receipts and offers go").await.unwrap();
    assert_eq!(filled(&s).await, REVIEWERS[1..]);
    let page = s.page(s.who(Slot::Sponsor)).await;
    assert_eq!(page.blockers, ["data owner has not approved"]);
    let lapsed = &page.slots[0].approvals[0];
    assert_eq!(lapsed.lapsed.as_deref(), Some("what it answers for changed since"));
    let [change] = lapsed.changes.as_slice() else { panic!("{:?}", lapsed.changes) };
    assert_eq!(
        (change.who.as_str(), change.verb.as_str(), change.title.as_str()),
        ("Olga Owner", "changed", "Customer · E-mail")
    );
    let said = ("Definition".to_owned(), "Where receipts go".to_owned(), "Where receipts and offers go".to_owned());
    assert_eq!(change.fields, [said]);

    // Put back, the approval holds again without anybody doing anything.
    s.set(s.point, "definition", "Where receipts and offers go", "Where receipts go").await.unwrap();
    assert_eq!(filled(&s).await, REVIEWERS);

    // On the same item, another field answers to somebody else.
    s.set(s.point, "classification", "internal", "confidential").await.unwrap();
    s.waive_errors().await;
    assert_eq!(filled(&s).await, REVIEWERS[..4]);
    s.approve(Slot::Privacy).await.unwrap();
    assert_eq!(filled(&s).await, REVIEWERS);

    // A workspace item the plan uses counts like one of its own.
    s.set(s.instance, "technical_owner", "Tom", "Tamara").await.unwrap();
    assert_eq!(filled(&s).await, [REVIEWERS[0], REVIEWERS[1], REVIEWERS[2], REVIEWERS[4]]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn only_the_hash_that_was_shown_is_approved_and_only_by_its_people() {
    let s = Signable::new().await;
    let (w, plan) = (&s.world.workbench, s.world.plan.as_str());
    let dora = s.who(Slot::DataOwner);
    let shown = s.page(dora).await.slots[0].clone();
    assert!(!shown.may_approve, "no round is open");
    assert!(matches!(w.approve(dora, plan, Slot::DataOwner, &shown.hash, "").await, Err(Error::Conflict(_))));
    w.request_review(&s.world.owner, plan, "").await.unwrap();
    assert!(matches!(w.request_review(&s.world.owner, plan, "").await, Err(Error::Conflict(_))), "one round at a time");

    s.set(s.point, "definition", "Where receipts go", "Something else").await.unwrap();
    let error = w.approve(dora, plan, Slot::DataOwner, &shown.hash, "").await.unwrap_err();
    assert!(error.to_string().contains("changed while you were reading"), "{error}");
    let now = s.page(dora).await.slots[0].hash.clone();
    let paul = s.who(Slot::ProcessOwner);
    assert!(matches!(w.approve(paul, plan, Slot::DataOwner, &now, "").await, Err(Error::Denied(_))));
    assert!(matches!(w.approve(&s.world.owner, plan, Slot::DataOwner, &now, "").await, Err(Error::Denied(_))));
    assert!(matches!(w.approve(s.who(Slot::Sponsor), plan, Slot::Sponsor, &now, "").await, Err(Error::Conflict(_))));
    assert!(filled(&s).await.is_empty());
    w.approve(dora, plan, Slot::DataOwner, &now, "read twice").await.unwrap();
    assert_eq!(filled(&s).await, [Slot::DataOwner]);

    // Who loses the slot, or the plan, loses the approval.
    w.set_slot(&s.world.owner, plan, Slot::DataOwner, &[paul.user_id().unwrap()]).await.unwrap();
    assert!(filled(&s).await.is_empty());
    let standing = s.page(dora).await.slots[0].approvals[0].clone();
    assert_eq!(standing.lapsed.as_deref(), Some("Dora does not fill this slot any more"));
    let viewer = s.world.join("Vera", PlanRole::Viewer).await;
    let error = w.set_slot(&s.world.owner, plan, Slot::DataOwner, &[viewer.user_id().unwrap()]).await.unwrap_err();
    assert_eq!(fields(&error), ["people"]);
    assert!(matches!(w.request_review(&viewer, plan, "").await, Err(Error::Denied(_))));
    assert!(matches!(w.close_review(dora, plan).await, Err(Error::Denied(_))));

    // A round that ended leaves its approvals to the next.
    w.set_slot(&s.world.owner, plan, Slot::DataOwner, &[dora.user_id().unwrap()]).await.unwrap();
    w.close_review(&s.world.owner, plan).await.unwrap();
    w.request_review(&s.world.owner, plan, "again").await.unwrap();
    assert_eq!(filled(&s).await, [Slot::DataOwner]);
    let page = s.page(dora).await;
    let [standing] = page.slots[0].approvals.as_slice() else { panic!("{:?}", page.slots[0].approvals) };
    assert_eq!((page.round.unwrap().number, standing.carried.as_str()), (2, "carried over from round 1"));
    assert_eq!((standing.approval.name.as_str(), standing.approval.comment.as_str()), ("Dora", "read twice"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_waiver_excuses_one_finding_until_its_facts_change() {
    let s = Signable::new().await;
    let (w, owner, plan) = (&s.world.workbench, &s.world.owner, s.world.plan.as_str());
    let errors = FindingsFilter { severity: "error".into(), ..FindingsFilter::default() };
    assert_eq!(w.list_findings(owner, plan, &errors).await.unwrap().total, 0);

    // A second data point without a home is a new error; nobody excused that one.
    let homeless = s.world.add(Kind::DataPoint, json!({ "name": "Shoe size" })).await;
    let list = w.list_findings(owner, plan, &errors).await.unwrap();
    let row = list.rows.iter().find(|r| r.finding.rule == "DP-003").unwrap();
    assert_eq!((row.about.as_str(), row.finding.subject), ("Shoe size", Some(homeless)));
    assert!(row.href.as_deref().unwrap().contains("/items/data_point/"), "{:?}", row.href);
    let only = FindingsFilter { rule: "dp-003".into(), ..FindingsFilter::default() };
    assert_eq!(w.list_findings(owner, plan, &only).await.unwrap().total, 1);
    let print = row.finding.fingerprint.clone();

    // A data point is the data owner's to excuse, or the sponsor's: the list says so, and so does the refusal.
    let dora = s.who(Slot::DataOwner);
    assert_eq!((row.may_waive, row.waived_by.as_str()), (false, "the data owner or the sponsor"));
    for who in [owner, s.who(Slot::ChangeLead)] {
        let refused = w.waive(who, plan, "DP-003", &print, "later", "2027-03-01").await.unwrap_err();
        let asked = "DP-003 is an error: only the data owner (Dora) or the sponsor (Ines) may waive it";
        assert!(matches!(&refused, Error::Denied(words) if words == asked), "{refused}");
    }
    let seen = w.list_findings(dora, plan, &only).await.unwrap();
    assert!(seen.rows[0].may_waive && !seen.may_edit);
    assert_eq!((seen.proposed, seen.longest), (seen.longest, "2027-05-17".parse().unwrap()), "no go-live is set");

    for (reason, last, wrong) in [
        (" ", "2027-03-01", "reason"),
        ("later", "", "expires"),
        ("later", "2020-01-01", "expires"),
        ("later", "2027-05-18", "expires"),
        ("later", "tomorrow", "expires"),
    ] {
        let refused = w.waive(dora, plan, "DP-003", &print, reason, last).await.unwrap_err();
        assert_eq!(fields(&refused), [wrong], "{reason:?} until {last:?}");
    }
    assert!(matches!(w.waive(dora, plan, "DP-003", "0000000000000000", "x", "").await, Err(Error::Conflict(_))));
    assert!(matches!(w.waive(dora, plan, "REV-001", &print, "x", "").await, Err(Error::Conflict(_))), "locked");

    w.waive(dora, plan, "DP-003", &print, "comes with the next release", "2027-03-01").await.unwrap();
    let list = w.list_findings(owner, plan, &only).await.unwrap();
    assert_eq!(list.total, 0);
    let waiver = list.waivers.iter().find(|r| r.waiver.rule == "DP-003").unwrap().clone();
    assert!(waiver.in_force);
    let shown = FindingsFilter { show: "waived".into(), ..only.clone() };
    let rows = w.list_findings(owner, plan, &shown).await.unwrap().rows;
    assert_eq!(rows[0].finding.waived.as_ref().unwrap().reason, "comes with the next release");

    // Taken back by who gave it or by an editor, it is open again.
    let id = waiver.waiver.id.to_string();
    assert!(matches!(w.unwaive(s.who(Slot::ChangeLead), plan, &id).await, Err(Error::Denied(_))));
    w.unwaive(dora, plan, &id).await.unwrap();
    assert_eq!(w.list_findings(owner, plan, &only).await.unwrap().total, 1);
    w.waive(s.who(Slot::Sponsor), plan, "DP-003", &print, "comes with the next release", "2027-05-17").await.unwrap();
    // The facts are gone: the waiver is still there and excuses nothing.
    w.remove_item(owner, Some(plan), &homeless.to_string()).await.unwrap();
    let list = w.list_findings(owner, plan, &only).await.unwrap();
    let waiver = list.waivers.iter().find(|r| r.waiver.rule == "DP-003").unwrap();
    assert_eq!((list.total, waiver.in_force), (0, false));

    // What is no error is any editor's to excuse, for as long as they like, and nobody else's.
    let found = w.findings(owner, plan).await.unwrap().findings.into_iter().map(|(finding, _)| finding);
    let warning = found.filter(|f| f.severity == Severity::Warn && f.waived.is_none()).find(|f| !f.locked).unwrap();
    let (rule, print) = (warning.rule.as_str(), warning.fingerprint.as_str());
    assert!(matches!(w.waive(dora, plan, rule, print, "fine", "").await, Err(Error::Denied(_))));
    w.waive(owner, plan, rule, print, "fine", "").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_error_is_excused_until_go_live_and_the_export_says_by_whom() {
    let s = Signable::new().await;
    let (w, plan, lead) = (&s.world.workbench, s.world.plan.as_str(), s.who(Slot::ChangeLead));
    let charter = w.overview(&s.world.owner, plan).await.unwrap().charter.unwrap();
    s.world.set(Kind::Charter, charter, "go_live", json!("2027-04-01")).await;
    s.world.add(Kind::Communication, json!({ "name": "Too late", "date": "2027-05-01" })).await;
    let late = FindingsFilter { rule: "CHG-006".into(), ..FindingsFilter::default() };
    let list = w.list_findings(lead, plan, &late).await.unwrap();
    assert_eq!(list.proposed.to_string(), "2027-04-01");
    let [row] = list.rows.as_slice() else { panic!("{:?}", list.rows) };
    assert!(row.may_waive, "{:?}", row.finding);
    let last = list.proposed.to_string();
    w.waive(lead, plan, "CHG-006", &row.finding.fingerprint, "They know it already", &last).await.unwrap();
    s.waive_errors().await;
    s.reviewed().await;
    s.sign().await.unwrap();
    let file = w.export(lead, plan, Some("v1"), ExportFormat::Markdown).await.unwrap();
    let text = String::from_utf8(file.bytes).unwrap();
    let line = text.lines().find(|line| line.contains("They know it already")).unwrap();
    assert!(line.contains("`CHG-006`") && line.contains("Cleo") && line.contains("2027-04-01"), "{line}");
    assert!(!line.contains("excuses nothing"), "{line}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn threads_are_about_something_and_are_settled() {
    let s = Signable::new().await;
    let (w, plan) = (&s.world.workbench, s.world.plan.as_str());
    let (dora, tom) = (s.who(Slot::DataOwner), s.who(Slot::TechnicalLead));
    let first =
        w.comment(dora, plan, &s.point.to_string(), "definition", "", "Which receipts?").await.unwrap().to_string();
    w.comment(tom, plan, "", "", &first, "All of them").await.unwrap();
    let general = w.comment(tom, plan, "", "", "", "</textarea><script>alert(1)</script>").await.unwrap().to_string();
    let page = s.page(dora).await;
    assert_eq!((page.threads_total, page.head.open_threads), (2, 2));
    let thread = page.threads.iter().find(|t| t.first.id.to_string() == first).unwrap();
    assert_eq!(thread.about, "Customer · E-mail · definition");
    assert_eq!(thread.first.quoted.as_deref(), Some("Where receipts go"));
    assert_eq!(thread.answers.iter().map(|c| c.author_name.as_str()).collect::<Vec<_>>(), ["Tom"]);
    w.resolve_thread(dora, plan, &general, true).await.unwrap();
    let page = s.page(dora).await;
    // Open ones come first; those that are settled say by whom.
    assert_eq!(page.threads.iter().map(|t| t.first.resolved_by.as_deref()).collect::<Vec<_>>(), [None, Some("Dora")]);
    assert_eq!(page.head.open_threads, 1);
    w.resolve_thread(tom, plan, &general, false).await.unwrap();
    assert_eq!(s.page(dora).await.head.open_threads, 2);
    let refused = w.comment(dora, plan, "", "", "", "  ").await.unwrap_err();
    assert_eq!(fields(&refused), ["body"]);
    let viewer = s.world.join("Vera", PlanRole::Viewer).await;
    assert!(matches!(w.comment(&viewer, plan, "", "", "", "Hello").await, Err(Error::Denied(_))));
    assert!(!s.page(&viewer).await.may_comment);
}

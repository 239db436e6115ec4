//! The four questions pass with evidence of what is planned now, and stop passing when that changes.

use super::world::{World, fields};
use domain::Kind;
use rules::QuestionState;
use serde_json::json;
use views::trial::QuestionCard;
use workbench::NewProof;

const SAME: &str = "id,email,name,tier\n1,a@x.example,Ann,gold\n";

async fn question(world: &World, code: &str) -> QuestionCard {
    let page = world.workbench.trial_page(&world.owner, &world.plan).await.unwrap();
    assert_eq!(page.questions.len(), 4);
    page.questions.into_iter().find(|q| q.code == code).unwrap()
}

fn note(text: &str) -> NewProof {
    NewProof { kind: "note".into(), note: text.into(), ..NewProof::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_answer_passes_with_current_evidence_alone() {
    let world = World::new().await;
    let two = world.two_systems(SAME, SAME).await;
    let check = world.designed(&two).await;
    let number = world.run(&check).await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    assert_eq!(question(&world, "format").await.state, QuestionState::Open);
    w.answer_question(owner, plan, "format", "yes", "500 rows a minute", "Rui Barros").await.unwrap();
    assert_eq!(question(&world, "format").await.state, QuestionState::NoEvidence);
    let run = w.run_page(owner, plan, number).await.unwrap().run.id.to_string();
    let proof = NewProof { kind: "run".into(), run: run.clone(), ..NewProof::default() };
    w.link_proof(owner, plan, "format", proof.clone()).await.unwrap();
    let card = question(&world, "format").await;
    assert_eq!((card.state, card.answered_by.as_str()), (QuestionState::Passes, "Rui Barros"));
    assert!(card.proofs[0].current && card.proofs[0].href.as_deref() == Some(&*format!("/p/{plan}/runs/{number}")));

    // Something that is tried changes: what was seen before shows nothing any more.
    let flow = world.add(Kind::Flow, json!({ "name": "CRM to ERP", "origin": two.crm, "destination": two.erp })).await;
    let card = question(&world, "format").await;
    assert_eq!(card.state, QuestionState::Stale);
    assert!(!card.proofs[0].current && !card.proofs[0].why_not.is_empty());
    let old = w.link_proof(owner, plan, "format", proof).await.unwrap_err();
    assert_eq!(fields(&old), ["run"], "the run is as old as before, whenever it is linked");
    let number = world.run(&check).await;
    let run = w.run_page(owner, plan, number).await.unwrap().run.id.to_string();
    let proof = NewProof { kind: "run".into(), run: run.clone(), ..NewProof::default() };
    w.link_proof(owner, plan, "format", proof).await.unwrap();
    assert_eq!(question(&world, "format").await.state, QuestionState::Passes);
    assert_ne!(flow.to_string(), run);

    // What is not tried may change.
    world.add(Kind::Risk, json!({ "name": "Rain" })).await;
    let card = question(&world, "format").await;
    assert_eq!(card.state, QuestionState::Passes);
    let current = card.proofs.iter().find(|p| p.current).unwrap();
    let item = card.item.unwrap().to_string();
    w.unlink_proof(owner, plan, &item, &current.id.to_string()).await.unwrap();
    assert_eq!(question(&world, "format").await.state, QuestionState::Stale);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_of_a_run_was_not_as_expected_stands_beside_it() {
    let world = World::new().await;
    let two = world.two_systems(SAME, SAME).await;
    let check = world.designed(&two).await;
    let number = world.run(&check).await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    let item = w.run_page(owner, plan, number).await.unwrap().check;
    world.set(Kind::Check, item, "left_min", json!(5)).await;
    world.set(Kind::Check, item, "right_max", json!(1)).await;
    let number = world.run(&check).await;
    let run = w.run_page(owner, plan, number).await.unwrap().run.id.to_string();
    for code in ["format", "code"] {
        let proof = NewProof { kind: "run".into(), run: run.clone(), ..NewProof::default() };
        w.link_proof(owner, plan, code, proof).await.unwrap();
    }
    assert_eq!(question(&world, "format").await.proofs[0].unexpected, "1 record in CRM, expected at least 5");
    assert_eq!(question(&world, "code").await.proofs[0].unexpected, "", "that question asks something else");
    let findings = w.findings(owner, plan).await.unwrap().findings;
    let found: Vec<_> = findings.iter().filter(|(f, _)| f.rule == "TST-008").map(|(f, _)| &*f.message).collect();
    assert_eq!(found, ["Quantity from CRM: 1, expected at least 5"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn evidence_that_shows_nothing_is_refused() {
    let world = World::new().await;
    let two = world.two_systems(SAME, SAME).await;
    let check = world.designed(&two).await;
    let number = world.run(&check).await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    let run = w.run_page(owner, plan, number).await.unwrap().run;
    let refused = async |proof: NewProof| fields(&w.link_proof(owner, plan, "code", proof).await.unwrap_err());
    assert_eq!(refused(note("  ")).await, ["note"]);
    assert_eq!(refused(NewProof { kind: "run".into(), run: "x".into(), ..NewProof::default() }).await, ["run"]);
    assert_eq!(refused(NewProof { kind: "belief".into(), ..note("I think so") }).await, ["kind"]);
    let set = async |field: &str, before: &str, after: &str| {
        let patch = domain::Patch { field: field.into(), before: json!(before), after: json!(after) };
        let change = domain::Change::Set { item: run.check, patches: vec![patch] };
        w.edit(owner, plan, vec![change]).await.unwrap();
    };
    set("name", "Customer: CRM ↔ ERP", "Other").await;
    assert_eq!(w.trial_page(owner, plan).await.unwrap().runs.len(), 1, "a name is not what was measured");
    set("left_table", "crm", "archive").await;
    let old = NewProof { kind: "run".into(), run: run.id.to_string(), ..NewProof::default() };
    assert_eq!(refused(old).await, ["run"], "the check has changed since");
    assert!(w.trial_page(owner, plan).await.unwrap().runs.is_empty());
    assert!(w.answer_question(owner, plan, "weather", "yes", "", "x").await.is_err());
    assert_eq!(fields(&w.answer_question(owner, plan, "code", "", "", "x").await.unwrap_err()), ["answer"]);
}

#[tokio::test]
async fn nobody_types_when_evidence_was_taken() {
    let world = World::new().await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    w.answer_question(owner, plan, "apis", "yes", "", "Rui").await.unwrap();
    w.link_proof(owner, plan, "apis", note("asked it")).await.unwrap();
    let answer = question(&world, "apis").await.item.unwrap();
    let body = w.item(owner, plan, &answer.to_string()).await.unwrap().body;
    let part = &body["proofs"][0];
    let field = format!("proofs/{}", part["id"].as_str().unwrap());
    let mut typed = part.clone();
    typed["slice_hash"] = json!("ab".repeat(32));
    let set = |before: &serde_json::Value, after: &serde_json::Value| {
        let patch = domain::Patch { field: field.clone(), before: before.clone(), after: after.clone() };
        vec![domain::Change::Set { item: answer, patches: vec![patch] }]
    };
    assert_eq!(fields(&w.edit(owner, plan, set(part, &typed)).await.unwrap_err()), ["proofs"]);
    let mut worded = part.clone();
    worded["note"] = json!("asked it twice");
    w.edit(owner, plan, set(part, &worded)).await.unwrap();
}

#[tokio::test]
async fn a_file_is_kept_linked_and_handed_out() {
    let world = World::new().await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    w.attach_proof(owner, plan, "write", "C:\\logs\\write.log", b"200 OK", "first write").await.unwrap();
    let card = question(&world, "write").await;
    assert_eq!(card.state, QuestionState::Open, "evidence without an answer");
    let proof = &card.proofs[0];
    assert_eq!((proof.text.as_str(), proof.note.as_str(), proof.current), ("write.log", "first write", true));
    let file = proof.href.as_deref().unwrap().rsplit('/').next().unwrap().to_owned();
    let (kept, bytes) = w.evidence_file(owner, plan, &file).await.unwrap();
    assert_eq!((kept.name.as_str(), bytes.as_slice()), ("write.log", b"200 OK".as_slice()));
    w.answer_question(owner, plan, "write", "yes", "", "Rui").await.unwrap();
    assert_eq!(question(&world, "write").await.state, QuestionState::Passes);
    let stranger = world.stranger().await;
    assert!(w.evidence_file(&stranger, plan, &file).await.is_err());
    let other = w.create_plan(owner, "Another").await.unwrap();
    assert!(w.evidence_file(owner, &other, &file).await.is_err(), "a file belongs to its plan");
    let empty = w.attach_proof(owner, plan, "write", "x.log", b"", "").await.unwrap_err();
    assert_eq!(fields(&empty), ["file"]);
}

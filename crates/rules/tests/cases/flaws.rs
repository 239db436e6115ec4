//! One flaw at a time, planted into the clean plan: the rule that should find it does, about the
//! right thing. That the clean plan is silent is the negative case of every rule.

use crate::build::Build;
use crate::clean::clean;
use domain::Kind;
use rules::{RULES, Severity};
use serde_json::json;

mod data;
mod flows;
mod process;
mod sync;
mod trial;

pub use trial::{broken, counted};

/// Rule, the item it must be about (empty: the plan), and the flaw.
pub type Flaw = (&'static str, &'static str, fn(&mut Build));

/// Used by several flaws.
pub fn second_flow(b: &mut Build, origin: &str, destination: &str) {
    b.add(Kind::Flow, "flow2", json!({"name": "Second", "origin": origin, "destination": destination}));
}

/// Used by several flaws.
pub fn second_line(b: &mut Build, source: &str, target: &str) {
    b.add(
        Kind::MappingLine,
        "line2",
        json!({"flow": "@flow2", "sources": [source], "target": target, "conversion": "copy"}),
    );
}

/// Used by several flaws.
pub fn accept(b: &mut Build) {
    b.set("decision", "choice", json!("accept"));
}

/// Used by several flaws.
pub fn obligation(b: &mut Build, kind: &str, content: &str) {
    b.add(
        Kind::Obligation,
        kind,
        json!({"name": kind, "origin": "@decision", "kind": kind, "owner": "Tom", "content": content}),
    );
}

/// Used by several flaws.
pub fn shop_step(b: &mut Build, system: &str, writes: &str) {
    b.add(
        Kind::Step,
        "extra",
        json!({
            "name": "Correct it", "variant": "@observed", "step_key": "extra", "team": "@shop", "kind": "user",
            "systems": [system], "writes": [writes], "minutes": 1, "per_week": 1,
        }),
    );
}

fn flaws() -> impl Iterator<Item = &'static Flaw> {
    [data::FLAWS, flows::FLAWS, process::FLAWS, sync::FLAWS, trial::FLAWS].into_iter().flatten()
}

#[test]
fn each_planted_flaw_is_found() {
    let mut missed = Vec::new();
    for (rule, about, plant) in flaws() {
        let mut b = clean();
        plant(&mut b);
        let subject = (!about.is_empty()).then(|| b.id(about));
        let found = b.of(rule);
        if !found.iter().any(|f| f.subject == subject) {
            let said: Vec<_> = b.lint().iter().map(|f| format!("{} {} {}", f.rule, f.key, f.message)).collect();
            missed.push(format!("{rule} about {about}: {said:#?}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn every_rule_has_a_planted_flaw() {
    let bare: Vec<_> = RULES.iter().map(|r| r.id).filter(|id| !flaws().any(|(rule, ..)| rule == id)).collect();
    assert_eq!(bare, Vec::<&str>::new());
}

#[test]
fn findings_come_in_order() {
    let mut b = clean();
    b.archive("email_truth").clear("flow", "runbook").clear("email", "definition").archive("risk");
    let findings = b.lint();
    let order: Vec<_> = findings.iter().map(|f| (f.gate, f.severity)).collect();
    let mut sorted = order.clone();
    sorted.sort();
    assert_eq!(order, sorted);
    assert!(findings.iter().any(|f| f.severity == Severity::Error && f.gate == 1));
}

#[test]
fn fixes_name_fields_that_exist() {
    for (rule, _, plant) in flaws() {
        let mut b = clean();
        plant(&mut b);
        for finding in b.lint() {
            if let Some(fix) = &finding.fix {
                fix.check(|id| b.plan.item(id).map(domain::Item::kind)).unwrap_or_else(|e| panic!("{rule}: {e}"));
            }
            if let (Some(field), Some(item)) = (&finding.field, finding.subject.and_then(|id| b.plan.item(id))) {
                assert!(item.kind().field(field).is_some(), "{} has no field {field} ({rule})", item.kind().one());
            }
        }
    }
}

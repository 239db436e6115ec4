//! Gates, the headline and the next action.

use crate::build::{Build, today};
use crate::clean::clean;
use crate::flaws::counted;
use domain::{Kind, PlanState};
use rules::{Gate, GateState, Page, Sign, Target, gates, headline, next_action};
use serde_json::json;

fn look(b: &Build) -> ([Gate; 5], String, rules::NextAction) {
    let findings = b.lint();
    let gates = gates(&b.plan, &b.evidence, &findings, today());
    let headline = headline(&gates, &findings);
    let next = next_action(&b.plan, &b.evidence, &findings, &gates);
    (gates, headline, next)
}

fn texts(gate: &Gate) -> Vec<&str> {
    gate.reasons.iter().map(|r| r.text.as_str()).collect()
}

#[test]
fn the_clean_plan_passes_every_gate() {
    let (gates, headline, next) = look(&clean());
    assert!(gates.iter().all(|g| g.state == GateState::Passes), "{gates:#?}");
    assert_eq!(headline, "5 of 5 gates pass · no blockers");
    assert_eq!(texts(&gates[0]), ["4 of 4 points have a truth"]);
    assert_eq!(texts(&gates[1]), ["1 of 1 walked through", "1 of 1 affected teams are told in time"]);
    assert_eq!(next.title, "Request the review");
}

#[test]
fn an_empty_plan_has_not_begun() {
    let (gates, _, next) = look(&Build::new());
    let states: Vec<_> = gates.iter().map(|g| g.state).collect();
    use GateState::{NotBegun, Waits};
    assert_eq!(states, [NotBegun, NotBegun, NotBegun, NotBegun, Waits]);
    assert_eq!(next.title, "List the data points");
}

#[test]
fn a_conflict_is_the_first_thing_to_do() {
    let mut b = clean();
    b.add(
        Kind::Truth,
        "second",
        json!({"data_point": "@email", "scope": "@au", "occurrence": "@erp_email", "state": "agreed"}),
    );
    b.totals().fields[1].equal = 588;
    b.totals().fields[1].different = 412;
    let (gates, headline, next) = look(&b);
    assert_eq!(gates[0].state, GateState::Blocked);
    assert_eq!(gates[4].state, GateState::Waits);
    assert!(headline.starts_with("1 of 5 gates pass · "), "{headline}");
    assert!(texts(&gates[0]).contains(&"1 conflict, 11 days old"), "{:?}", texts(&gates[0]));
    assert!(texts(&gates[0]).contains(&"Customer · E-mail: two truths for AU"));
    assert_eq!(next.title, "Decide which system is right for Customer · E-mail");
    assert!(
        next.sentence.ends_with("In the test data they disagree on 412 of 1\u{a0}000 records."),
        "{}",
        next.sentence
    );
    assert_eq!(next.target, Target::Page(Page::Truth));
}

#[test]
fn sync_reasons_name_what_is_done_by_hand() {
    let mut b = clean();
    b.set("claim", "mechanism", json!("rekey")).set("claim", "claimed", json!("not_synchronised"));
    let (gates, ..) = look(&b);
    assert_eq!(
        (gates[2].reasons[0].sign, gates[2].reasons[0].text.as_str()),
        (Sign::Manual, "1 point retyped by hand")
    );
}

#[test]
fn trial_reasons_say_what_a_run_found_otherwise() {
    let mut b = clean();
    b.totals().quantity = vec![counted(1000, Some(1001), None)];
    let (gates, ..) = look(&b);
    assert_eq!(gates[3].state, GateState::Blocked);
    assert_eq!(
        texts(&gates[3]),
        ["4 of 4 questions answered with evidence", "Quantity from CRM: 1\u{a0}000, expected at least 1\u{a0}001"]
    );
}

#[test]
fn a_signed_plan_passes_the_last_gate() {
    let mut b = clean();
    b.plan.state = PlanState::Signed;
    b.clear("flow", "match_key");
    let (gates, ..) = look(&b);
    assert_eq!(gates[4].state, GateState::Passes);
}

//! Waivers, profiles and fingerprints.

use crate::build::{Build, at, id, today};
use crate::clean::clean;
use domain::{Approval, Slice, Slot, SlotAssignment, Waiver};
use rules::{Finding, Level, Profile, Severity, lint};
use serde_json::json;

fn waive(b: &mut Build, finding: &Finding, expires: Option<&str>) {
    b.evidence.waivers.push(Waiver {
        id: id(71),
        rule: finding.rule.clone(),
        fingerprint: finding.fingerprint.clone(),
        message: finding.message.clone(),
        reason: "known".into(),
        by: id(20),
        by_name: "Ines".into(),
        at: at("2027-01-10T00:00:00Z"),
        expires: expires.map(|day| day.parse().unwrap()),
    });
}

#[test]
fn a_waiver_takes_the_finding_out_of_the_count_until_it_ends() {
    let mut b = clean();
    b.clear("flow", "match_key");
    let finding = b.of("FLW-012").remove(0);
    assert!(finding.blocks());
    waive(&mut b, &finding, Some("2027-01-15"));
    let waived = b.of("FLW-012").remove(0);
    assert!(!waived.blocks());
    assert_eq!(waived.waived.as_ref().map(|w| w.by.as_str()), Some("Ines"));
    let after = b.lint_on("2027-01-16".parse().unwrap()).into_iter().find(|f| f.rule == "FLW-012").unwrap();
    assert!(after.blocks());
}

#[test]
fn a_waiver_dies_when_the_facts_change() {
    let mut b = clean();
    b.set("erp_name", "max_length", json!(30));
    let finding = b.of("MAP-003").remove(0);
    waive(&mut b, &finding, None);
    assert!(!b.of("MAP-003")[0].blocks());
    b.set("erp_name", "max_length", json!(20));
    assert!(b.of("MAP-003")[0].blocks());
}

#[test]
fn locked_rules_can_be_neither_waived_nor_switched_off() {
    let mut b = clean();
    b.set("claim", "mechanism", json!("rekey"));
    let finding = b.of("SYN-001").remove(0);
    assert!(finding.locked);
    waive(&mut b, &finding, None);
    assert!(b.of("SYN-001")[0].blocks());
    let mut profile = Profile::recommended();
    profile.levels.insert("SYN-001".into(), Level::Off);
    let findings = lint(&b.plan, &b.evidence, &profile, today());
    assert!(findings.iter().any(|f| f.rule == "SYN-001" && f.severity == Severity::Error));
}

#[test]
fn a_profile_changes_the_weight_of_other_rules() {
    let mut b = clean();
    b.clear("email", "definition");
    let mut profile = Profile::recommended();
    profile.levels.insert("DP-001".into(), Level::Error);
    let findings = lint(&b.plan, &b.evidence, &profile, today());
    assert_eq!(findings.iter().map(|f| f.severity).collect::<Vec<_>>()[0], Severity::Error);
    profile.levels.insert("DP-001".into(), Level::Off);
    assert!(lint(&b.plan, &b.evidence, &profile, today()).is_empty());
}

#[test]
fn fingerprints_do_not_move_with_the_day_nor_with_names() {
    let mut b = clean();
    b.add(
        domain::Kind::Truth,
        "second",
        json!({"data_point": "@email", "occurrence": "@erp_email", "state": "proposed"}),
    );
    b.set("walk", "held_on", json!("2026-06-01"));
    let prints = |findings: Vec<Finding>| findings.into_iter().map(|f| (f.rule, f.fingerprint)).collect::<Vec<_>>();
    let now = prints(b.lint());
    let later = prints(b.lint_on("2027-02-01".parse().unwrap()));
    for print in &now {
        assert!(later.contains(print), "{print:?}");
    }
    b.set("email", "name", json!("Electronic mail"));
    assert_eq!(prints(b.lint()), now);
}

#[test]
fn findings_survive_the_wire() {
    let mut b = clean();
    b.archive("email_truth").archive("news").archive("howto");
    let findings = b.lint();
    let text = serde_json::to_string(&findings).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Finding>>(&text).unwrap(), findings);
}

#[test]
fn separation_of_duties_looks_at_who_approved_what() {
    let mut b = clean();
    let hashes = rules::slice_hashes(&b.plan);
    b.evidence.slice_hashes.clone_from(&hashes);
    let person = b.evidence.slots[0].clone();
    let approval = |slot: Slot| Approval {
        id: id(90 + slot as u64),
        round: 1,
        version: 1,
        slot,
        user: person.user,
        name: person.name.clone(),
        meaning: String::new(),
        hash: slot.slice().map(|slice| hashes[slice.code()].clone()).unwrap_or_default(),
        at: at("2027-01-10T00:00:00Z"),
        comment: String::new(),
    };
    let said = |b: &Build| b.of("REV-004").into_iter().map(|f| f.message).collect::<Vec<_>>();
    // May approve a second slot beside somebody else, and does.
    b.evidence.slots.push(SlotAssignment { slot: Slot::Privacy, ..person.clone() });
    b.evidence.approvals.push(approval(person.slot));
    assert_eq!(said(&b), [""; 0]);
    b.evidence.approvals.push(approval(Slot::Privacy));
    assert_eq!(said(&b), ["Person 0 fills 2 slots; separation of duties is not given"]);
    // What has lapsed counts no more.
    b.evidence.approvals[1].hash = "00".into();
    assert_eq!(said(&b), [""; 0]);
    // One's own work, approved.
    b.evidence.authors.insert((person.user, Slice::Technical));
    assert_eq!(said(&b), [""; 0]);
    b.evidence.authors.insert((person.user, Slice::Data));
    assert_eq!(said(&b), ["Person 0 edited what they approved as data owner; separation of duties is not given"]);
}

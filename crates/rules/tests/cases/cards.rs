//! The cards themselves.

use domain::Slot;
use rules::{RULES, Rule, rule};
use std::collections::BTreeSet;

#[test]
fn ids_are_unique_and_cards_are_complete() {
    let ids: BTreeSet<_> = RULES.iter().map(|r| r.id).collect();
    assert_eq!(ids.len(), RULES.len());
    for rule in RULES {
        for text in [rule.title, rule.sentence, rule.why, rule.good, rule.bad] {
            assert!(!text.trim().is_empty(), "{}", rule.id);
        }
        assert!(rule.gate <= 5);
    }
    assert_eq!(rule("SOT-002").map(|r| r.locked), Some(true));
    assert!(rule("XYZ-001").is_none());
}

#[test]
fn locked_rules_are_those_of_the_list() {
    let locked: Vec<_> = RULES.iter().filter(|r| r.locked).map(|r| r.id).collect();
    assert_eq!(locked, ["SOT-002", "FLW-004", "SYN-001", "CLN-001", "ENV-001", "GOV-007", "REV-001"]);
}

#[test]
fn every_family_belongs_to_a_slot_and_only_the_whole_plan_to_the_sponsor() {
    let whole: BTreeSet<_> =
        RULES.iter().filter(|r| r.slot() == Slot::Sponsor).filter_map(|r| r.id.split('-').next()).collect();
    assert_eq!(whole.into_iter().collect::<Vec<_>>(), ["GEN", "REV"]);
    for (id, slot) in [
        ("DP-003", Slot::DataOwner),
        ("CLN-001", Slot::DataOwner),
        ("WLK-002", Slot::ProcessOwner),
        ("CHG-002", Slot::ChangeLead),
        ("FLW-005", Slot::TechnicalLead),
        ("GOV-001", Slot::Privacy),
    ] {
        assert_eq!(rule(id).map(Rule::slot), Some(slot), "{id}");
    }
}

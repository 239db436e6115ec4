//! Verdicts: computed from mechanism and values, never set.

use crate::build::Build;
use crate::clean::clean;
use domain::{FieldCounts, RecordCounts, RunTotals, SideCounts};
use proptest::prelude::*;
use rules::{PointVerdict, Verdict, verdict, verdict_matrix};
use serde_json::json;

fn email(b: &Build) -> PointVerdict {
    verdict(&b.plan, &b.evidence, b.id("email"), b.id("crm1"), b.id("erp1"))
}

fn counted(equal: u64, by_rule: u64, different: u64, missing: u64, duplicates: u64) -> Build {
    let mut b = clean();
    let point = b.id("email");
    *b.totals() = RunTotals {
        left: SideCounts { rows: 1000, ..SideCounts::default() },
        right: SideCounts {
            rows: 1000,
            duplicate_keys: duplicates,
            duplicate_rows: duplicates * 2,
            ..SideCounts::default()
        },
        records: RecordCounts { matched: equal + by_rule + different, only_left: missing, ..RecordCounts::default() },
        fields: vec![FieldCounts {
            left: "email".into(),
            right: "mail".into(),
            data_point: Some(point),
            equal,
            equal_by_rule: by_rule,
            different,
            ..FieldCounts::default()
        }],
        in_sync: equal + by_rule,
        ..RunTotals::default()
    };
    b
}

#[test]
fn values_decide_where_the_mechanism_is_automatic() {
    let table = [
        (counted(1000, 0, 0, 0, 0), Verdict::InSync),
        (counted(995, 0, 5, 0, 0), Verdict::InSync),
        (counted(994, 0, 6, 0, 0), Verdict::Differs),
        (counted(600, 400, 0, 0, 0), Verdict::EqualByRule),
        (counted(600, 388, 12, 0, 0), Verdict::Differs),
        (counted(900, 0, 0, 100, 0), Verdict::Missing),
        (counted(0, 0, 0, 1000, 0), Verdict::Missing),
        (counted(900, 0, 0, 0, 50), Verdict::Duplicate),
        (counted(0, 0, 0, 0, 0), Verdict::Unknown),
    ];
    for (b, expected) in table {
        assert_eq!(email(&b).verdict, expected, "{:?}", email(&b));
    }
}

#[test]
fn manual_work_is_never_in_sync() {
    for mechanism in ["file_import", "rekey", "copy_paste", "one_off", "none"] {
        let mut b = counted(1000, 0, 0, 0, 0);
        b.set("claim", "mechanism", json!(mechanism));
        let v = email(&b);
        assert_eq!(v.verdict, Verdict::Coincident, "{mechanism}");
        assert!(v.known_unsynchronised());
        let mut b = counted(500, 0, 500, 0, 0);
        b.set("claim", "mechanism", json!(mechanism));
        assert_eq!(email(&b).verdict, Verdict::Differs);
    }
}

#[test]
fn nothing_measured_is_unknown_or_known_to_be_manual() {
    let mut b = clean();
    b.evidence.runs.clear();
    assert_eq!(email(&b).verdict, Verdict::Unknown);
    b.set("claim", "mechanism", json!("rekey"));
    assert_eq!(email(&b).verdict, Verdict::Coincident);
    b.set("claim", "mechanism", json!("none"));
    assert_eq!(email(&b).verdict, Verdict::Unknown);
    assert!(email(&b).known_unsynchronised());
    b.set("claim", "mechanism", json!("unknown"));
    assert!(!email(&b).known_unsynchronised());
}

#[test]
fn an_unknown_mechanism_stays_unknown_when_equal() {
    let mut b = counted(1000, 0, 0, 0, 0);
    b.set("claim", "mechanism", json!("unknown"));
    assert_eq!(email(&b).verdict, Verdict::Unknown);
    b.archive("claim");
    let silent = email(&b);
    assert_eq!(silent.verdict, Verdict::InSync);
    assert!(silent.reason.ends_with("nobody has said how they are kept equal"), "{}", silent.reason);
}

#[test]
fn a_pair_appears_once_whichever_way_round_it_is_named() {
    let mut b = clean();
    b.set("claim", "left", json!("@erp_email")).set("claim", "right", json!("@crm_email"));
    let rows: Vec<_> = verdict_matrix(&b.plan, &b.evidence).into_iter().filter(|v| v.point == b.id("email")).collect();
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].left, rows[0].right), (b.id("crm1"), b.id("erp1")));
    assert_eq!(rows[0].claim, Some(b.id("claim")));
}

#[test]
fn the_connection_tells_the_instance_where_the_check_does_not() {
    let mut b = clean();
    b.clear("check", "left_instance").clear("check", "right_instance").measured_now();
    assert_eq!(email(&b).run_number, Some(1));
}

#[test]
fn a_run_of_another_question_shows_nothing() {
    let mut b = counted(1000, 0, 0, 0, 0);
    b.set("check", "name", json!("Another name"));
    assert_eq!(email(&b).verdict, Verdict::InSync, "a name is not what is measured");
    b.set("check", "left_table", json!("archive"));
    let v = email(&b);
    assert_eq!((v.verdict, v.run, v.compared), (Verdict::Unknown, None, 0));
    b.archive("claim");
    assert_eq!(email(&b).reason, "measured before the check was changed (run 1)");
    b.set("check", "left_table", json!("customer"));
    assert_eq!(email(&b).verdict, Verdict::InSync, "the question is the old one again");
    b.set("check", "left_min", json!(900));
    assert_eq!(email(&b).verdict, Verdict::Unknown, "a number of records that is expected is part of the question");
    b.set("check", "left_min", json!(null));
    assert_eq!(email(&b).verdict, Verdict::InSync);
}

#[test]
fn a_run_and_the_matrix_say_the_same() {
    for mechanism in ["scheduled_job", "rekey", "unknown"] {
        for (equal, different) in [(1000, 0), (996, 4), (900, 100)] {
            let mut b = counted(equal, 0, different, 0, 0);
            b.set("claim", "mechanism", json!(mechanism));
            let (check, run) = (b.id("check"), b.evidence.runs[0].clone());
            let check = b.plan.get::<domain::entity::Check>(check).unwrap().entity;
            let of_run = rules::run_verdicts(&b.plan, &b.evidence, check, &run);
            let v = email(&b);
            assert_eq!(of_run, [(v.verdict, v.reason)], "{mechanism} {different}");
        }
    }
}

proptest! {
    #[test]
    fn classes_add_up_and_manual_never_passes(equal in 0_u64..2000, by_rule in 0_u64..2000, different in 0_u64..2000, missing in 0_u64..2000, manual: bool) {
        let mut b = counted(equal, by_rule, different, missing, 0);
        if manual {
            b.set("claim", "mechanism", json!("copy_paste"));
        }
        let v = email(&b);
        prop_assert_eq!(v.equal + v.by_rule + v.different, v.compared);
        prop_assert!(!(manual && v.verdict.synchronised()));
        prop_assert!(!v.reason.is_empty());
    }
}

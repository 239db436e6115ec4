//! Runs, verdicts, gates, findings and signatures for the plan that is as large as the demo.

use crate::{
    demo_sized::Ids,
    plans::{at, finding, id},
};
use domain::{
    Approval, CauseCount, ConnectionView, FieldCounts, FormatCounts, Quantity, RecordCounts, Run, RunSide, RunState,
    RunTotals, SideCounts, Signature, Slot, SlotAssignment, Waiver,
};
use report::{Bundle, ReportState, RuleCard};
use rules::{Gate, GateState, Page, PointVerdict, Reason, Severity, Sign, Target, Verdict, Waived};

pub fn measure(bundle: &mut Bundle, ids: &Ids) {
    bundle.version = 3;
    bundle.round = 2;
    bundle.state = ReportState::Signed;
    bundle.previous_root = Some("77ab".repeat(16));
    bundle.evidence.slice_hashes.insert("trial".into(), "22".repeat(32));
    bundle.root_signature = Some("4c1d".repeat(32));
    for slice in domain::Slice::ALL {
        bundle.slices.entry(slice.code().into()).or_insert_with(|| "a4".repeat(32));
    }
    for (n, name) in [(1, "CRM copy"), (2, "ERP copy")] {
        bundle.evidence.connections.push(ConnectionView {
            id: id("aaaa", n),
            name: name.into(),
            instance: None,
            adapter: "sqlite".into(),
            address: "crm-test.sqlite".into(),
            has_secret: false,
            guard: vec!["it is a file in the folder of test data".into()],
            refused: None,
            warnings: vec![],
            verified_at: None,
        });
    }
    runs(bundle, ids);
    verdicts(bundle, ids);
    gates(bundle);
    signatures(bundle);
}

fn runs(bundle: &mut Bundle, ids: &Ids) {
    for (n, check) in (1..).zip(&ids.checks) {
        let different = [0_u64, 412, 1214, 93, 0, 10];
        let by_rule = [0_u64, 0, 672, 0, 0, 0];
        let fields = (0..6)
            .map(|p| FieldCounts {
                left: ["customer_no", "email", "name", "postcode", "birthday", "tier"][p].into(),
                right: ["KUNNR", "SMTP_ADDR", "NAME1", "PSTLZ", "GBDAT", "ZTIER"][p].into(),
                data_point: Some(ids.points[p]),
                equal: 4944 - different[p] - by_rule[p],
                equal_by_rule: by_rule[p],
                different: different[p],
                causes: match p {
                    1 => vec![cause("case", 388), cause("typo", 19), cause("other", 5)],
                    2 => vec![cause("truncated", 1204), cause("other", 10)],
                    3 => vec![cause("leading_zero", 81), cause("other", 12)],
                    _ => vec![],
                },
                seen: None,
            })
            .collect();
        let mut totals = RunTotals {
            left: SideCounts { rows: 5000, empty_keys: 0, duplicate_keys: 0, duplicate_rows: 0 },
            right: SideCounts { rows: 5016, empty_keys: 2, duplicate_keys: 18, duplicate_rows: 36 },
            records: RecordCounts { matched: 4944, ambiguous: 18, only_left: 20, only_right: 36 },
            fields,
            in_sync: 3246,
            ..RunTotals::default()
        };
        if n == 1 {
            (totals.format, totals.quantity) = (formats(), quantities());
        }
        bundle.evidence.runs.push(Run {
            id: id("bbbb", n),
            number: n as i64 + 4,
            check: *check,
            state: RunState::Done,
            by: id("9999", 1),
            by_name: "Rui Barros".into(),
            queued_at: at("2026-11-22T09:51:00Z"),
            ended_at: Some(at("2026-11-22T09:51:02Z")),
            spec_hash: "aa".repeat(32),
            slice_hash: "22".repeat(32),
            left_hash: None,
            right_hash: None,
            totals: Some(totals),
            result_hash: Some("9f2c".repeat(16)),
            message: None,
            took_ms: Some(412),
        });
    }
}

/// Two columns of one point, a column of a protected point, and one that nothing is compared with and that is empty.
fn formats() -> Vec<FormatCounts> {
    let counts = |side, column: &str, expected: &str, filled, broken, breaks| FormatCounts {
        side,
        column: column.into(),
        expected: expected.into(),
        filled,
        broken,
        breaks,
    };
    vec![
        counts(RunSide::Left, "postcode", "like [0-9]{4}", 4998, 0, vec![]),
        counts(RunSide::Left, "birthday", "date, at most 10 characters", 4310, 3, vec![cause("type", 3)]),
        counts(RunSide::Left, "fax", "text", 0, 0, vec![]),
        counts(RunSide::Right, "PSTLZ", "like [0-9]{4}", 5001, 81, vec![cause("length", 2), cause("pattern", 81)]),
    ]
}

fn quantities() -> Vec<Quantity> {
    vec![
        Quantity { side: RunSide::Left, rows: 5000, min: Some(4900), max: Some(5100) },
        Quantity { side: RunSide::Right, rows: 5016, min: None, max: Some(5000) },
    ]
}

fn cause(cause: &str, count: u64) -> CauseCount {
    CauseCount { cause: cause.into(), count }
}

fn verdicts(bundle: &mut Bundle, ids: &Ids) {
    use Verdict::*;
    let all = [InSync, Differs, EqualByRule, Missing, Duplicate, Coincident, Unknown];
    for (p, verdict) in all.into_iter().enumerate() {
        bundle.verdicts.push(PointVerdict {
            point: ids.points[p],
            left: ids.instances[4],
            right: ids.instances[5],
            verdict,
            compared: 4944,
            equal: 4532,
            by_rule: 0,
            different: 412,
            missing_left: 36,
            missing_right: 20,
            duplicates: 18,
            causes: vec![cause("case", 388)],
            check: Some(ids.checks[0]),
            run: Some(id("bbbb", 1)),
            run_number: Some(5),
            claim: None,
            claimed: Some(domain::entity::ClaimedState::Synchronised),
            mechanism: Some(domain::entity::Mechanism::Rekey),
            reason: "412 of 4 944 differ, 388 of them only in case".into(),
        });
    }
}

fn gates(bundle: &mut Bundle) {
    let gate = |number, name: &str, state, reasons: &[(bool, &str)]| Gate {
        number,
        name: name.into(),
        state,
        errors: usize::from(state == GateState::Blocked),
        warnings: 0,
        reasons: reasons.iter().map(|(good, text)| reason(*good, text)).collect(),
    };
    bundle.gates = vec![
        gate(
            1,
            "Data",
            GateState::Passes,
            &[(true, "40 of 40 points have a truth"), (true, "the conflict is resolved")],
        ),
        gate(2, "Process & flow", GateState::Passes, &[(true, "3 of 3 walked through")]),
        gate(3, "Sync", GateState::Blocked, &[(true, "every object has a decision"), (false, "412 e-mails differ")]),
        gate(4, "Trial", GateState::Passes, &[(true, "four questions answered with evidence")]),
        gate(5, "Sign-off", GateState::NotBegun, &[(false, "0 of 6 signatures")]),
    ];
    for (n, severity) in [Severity::Error, Severity::Warn, Severity::Info, Severity::Warn].into_iter().enumerate() {
        let message = "Team Outlet stores is affected by Consent change but no communication is planned";
        let mut found = finding(["CHG-002", "DP-007", "DP-010", "REV-004"][n], severity, 2, message);
        if n == 0 {
            found.waived = Some(Waived { reason: "told by head office".into(), by: "Tom Silva".into(), expires: None });
        }
        bundle.findings.push(found);
    }
    for rule in ["CHG-002", "DP-007", "DP-010", "REV-004"] {
        bundle.rules.push(RuleCard {
            id: rule.into(),
            title: "Every team that is affected gets a message".into(),
            why: "People who hear of a change from its effects work around it.".into(),
        });
    }
    bundle.evidence.waivers.push(Waiver {
        id: id("8888", 1),
        rule: "CHG-002".into(),
        fingerprint: "ab12cd34ab12cd34".into(),
        message: "Team Outlet stores is affected by Consent change but no communication is planned".into(),
        reason: "Outlet stores are told by their own head office on 1 March.".into(),
        by: id("9999", 2),
        by_name: "Tom Silva".into(),
        at: at("2026-11-20T16:00:00Z"),
        expires: "2027-03-01".parse().ok(),
    });
}

fn reason(good: bool, text: &str) -> Reason {
    let sign = if good { Sign::Good } else { Sign::Bad };
    Reason { sign, text: text.into(), target: Target::Page(Page::Data) }
}

fn signatures(bundle: &mut Bundle) {
    for (n, slot) in Slot::ALL.into_iter().enumerate() {
        let name = ["Mira Keller", "Tom Silva", "Lea Brandt", "Rui Barros", "Noor Haddad", "Ines Castro"][n];
        bundle.evidence.slots.push(SlotAssignment { slot, user: id("9999", n as u64 + 10), name: name.into() });
        let Some(slice) = slot.slice() else { continue };
        if slot == Slot::Privacy {
            continue;
        }
        bundle.approvals.push(Approval {
            id: id("7777", n as u64),
            round: if n == 1 { 1 } else { 2 },
            version: if n == 0 { 2 } else { 3 },
            slot,
            user: id("9999", n as u64 + 10),
            name: name.into(),
            meaning: slot.meaning().into(),
            hash: if slot == Slot::ChangeLead { "00".repeat(32) } else { bundle.slices[slice.code()].clone() },
            at: at("2026-11-21T15:04:09Z"),
            comment: if n == 0 { "With the open question about store numbers noted.".into() } else { String::new() },
        });
    }
    bundle.signature = Some(Signature {
        user: id("9999", 15),
        name: "Ines Castro".into(),
        slot: Slot::Sponsor,
        meaning: Slot::Sponsor.meaning().into(),
        at: at("2026-11-23T10:32:00Z"),
        proved_at: at("2026-11-23T10:31:48Z"),
        root: bundle.root.clone(),
    });
}

//! Flaws in systems, trial, simplicity, governance and review.

use super::{Flaw, second_flow};
use crate::build::{at, id};
use domain::{FormatCounts, Kind, Quantity, RunSide, Waiver};
use serde_json::json;

/// A column of which so many values are not as expected.
pub fn broken(side: RunSide, broken: u64) -> FormatCounts {
    let column = if side == RunSide::Left { "email" } else { "mail" };
    FormatCounts {
        side,
        column: column.into(),
        expected: "like .+@.+".into(),
        filled: 1000,
        broken,
        ..FormatCounts::default()
    }
}

/// The left side with so many records, of which others were expected.
pub fn counted(rows: u64, min: Option<u64>, max: Option<u64>) -> Quantity {
    Quantity { side: RunSide::Left, rows, min, max }
}

/// The flaws.
pub const FLAWS: &[Flaw] = &[
    ("TEC-001", "erp1", |b| {
        b.clear("erp1", "api");
    }),
    ("TEC-002", "erp1", |b| {
        b.clear("erp1", "maturity_evidence");
    }),
    ("TEC-003", "erp1", |b| {
        b.set("erp1", "maturity", json!(2));
    }),
    ("TEC-004", "erp1", |b| {
        b.set("erp1", "docs_differences", json!(["limit is 60"]));
    }),
    ("TEC-005", "erp1", |b| {
        b.set("erp1", "builtin_check_status", json!("claimed"));
    }),
    ("TEC-007", "flow", |b| {
        b.set("flow", "peak_per_minute", json!(601));
    }),
    ("ENV-001", "erp1", |b| {
        b.evidence.connections[1].refused = Some("the host is called prod".into());
    }),
    ("ENV-002", "erp1", |b| {
        b.set("erp1", "sandbox", json!("none"));
        b.evidence.connections.pop();
    }),
    ("TST-001", "", |b| {
        b.archive("write");
    }),
    ("TST-001", "", |b| {
        b.set("apis", "answer", json!("no"));
    }),
    ("TST-002", "check", |b| {
        b.totals().format = vec![broken(RunSide::Right, 93)];
    }),
    ("TST-003", "flow", |b| {
        b.clear("flow", "weekly_volume");
    }),
    // The records of the other side are bounded.
    ("TST-003", "flow", |b| {
        b.clear("flow", "weekly_volume").set("check", "right_min", json!(900));
    }),
    ("TST-006", "write", |b| {
        b.archive("email_truth");
    }),
    ("TST-008", "check", |b| {
        b.totals().quantity = vec![counted(1000, Some(1001), None)];
    }),
    ("TST-008", "check", |b| {
        b.totals().quantity = vec![counted(1000, None, Some(999))];
    }),
    ("TST-009", "format", |b| {
        b.set("flow", "fallback", json!("Wait"));
    }),
    ("SMP-001", "", |b| {
        b.archive("file");
    }),
    ("SMP-002", "events", |b| {
        b.clear("events", "reason");
    }),
    ("SMP-003", "flow", |b| {
        b.set("flow", "direction", json!("two_way"));
    }),
    ("SMP-004", "email_line", |b| {
        b.set("email_line", "conversion", json!("custom")).set("email_line", "logic", json!("trim(lower(x))"));
    }),
    ("SMP-005", "flow2", |b| {
        second_flow(b, "@crm1", "@erp1");
        for (n, point) in ["number", "email", "name"].into_iter().enumerate() {
            let (source, target) = (format!("@crm_{point}"), format!("@erp_{point}"));
            b.add(
                Kind::MappingLine,
                &format!("twin{n}"),
                json!({"flow": "@flow2", "sources": [source], "target": target, "conversion": "copy"}),
            );
        }
    }),
    ("SMP-006", "flow", |b| {
        b.set("flow", "timing", json!("real_time")).set("signup", "frequency", json!("Once a month"));
    }),
    ("SMP-007", "charter", |b| {
        b.clear("charter", "simpler_by");
    }),
    ("GOV-001", "email", |b| {
        b.clear("email", "privacy_purpose");
    }),
    ("GOV-002", "email", |b| {
        b.clear("email", "retention");
    }),
    ("GOV-003", "flow", |b| {
        b.clear("flow", "protection").set("email", "classification", json!("restricted"));
    }),
    ("GOV-004", "flow", |b| {
        b.set("email", "classification", json!("confidential"));
    }),
    ("GOV-005", "name", |b| {
        b.set("name", "personal", json!(true));
    }),
    ("GOV-006", "email", |b| {
        b.clear("email", "classification");
    }),
    ("GOV-007", "flow", |b| {
        b.set("flow", "runbook", json!("Log in with password=Winter2027!"));
    }),
    ("GOV-007", "crm1", |b| {
        b.set("crm1", "purpose", json!("postgres://app:s3cret@db.example/crm"));
    }),
    ("REV-001", "", |b| {
        b.evidence.slots.pop();
    }),
    ("REV-003", "", |b| {
        b.evidence.open_threads = 3;
    }),
    ("REV-004", "", |b| {
        b.evidence.slots[1].user = b.evidence.slots[0].user;
    }),
    ("REV-006", "", |b| {
        b.evidence.waivers.push(Waiver {
            id: id(70),
            rule: "DP-001".into(),
            fingerprint: "0".repeat(16),
            message: String::new(),
            reason: "for now".into(),
            by: id(20),
            by_name: "Ana".into(),
            at: at("2027-01-10T00:00:00Z"),
            expires: Some("2027-03-01".parse().unwrap()),
        });
    }),
];

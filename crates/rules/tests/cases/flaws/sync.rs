//! Flaws in claims, runs and decisions about existing data.

use super::{Flaw, accept};
use crate::build::at;
use domain::{CauseCount, Kind};
use serde_json::json;

/// The flaws.
pub const FLAWS: &[Flaw] = &[
    ("SYN-001", "claim", |b| {
        b.set("claim", "mechanism", json!("rekey"));
    }),
    ("SYN-002", "email", |b| {
        b.evidence.runs.clear();
    }),
    ("SYN-003", "claim", |b| {
        b.totals().fields[1].equal = 900;
        b.totals().fields[1].different = 100;
    }),
    ("SYN-004", "claim", |b| {
        b.evidence.runs.clear();
    }),
    ("SYN-005", "check", |b| {
        b.evidence.runs[0].ended_at = Some(at("2026-12-15T00:00:00Z"));
    }),
    ("SYN-005", "check", |b| {
        b.evidence.runs[0].spec_hash = "ab".repeat(32);
    }),
    ("SYN-006", "check", |b| {
        b.totals().records.ambiguous = 37;
    }),
    ("SYN-007", "check", |b| {
        b.totals().fields[1].causes = vec![CauseCount { cause: "case".into(), count: 388 }];
    }),
    ("CLN-001", "email", |b| {
        b.clear("decision", "choice").set("claim", "mechanism", json!("rekey"));
    }),
    ("CLN-001", "email", |b| {
        b.clear("decision", "rationale").set("claim", "mechanism", json!("rekey"));
    }),
    ("CLN-001", "email", |b| {
        b.clear("decision", "decided_by").set("claim", "mechanism", json!("rekey"));
    }),
    ("CLN-002", "decision", |b| {
        b.set("key", "stored_in", json!(["@crm1"])).set("key", "parts", json!([]));
    }),
    // Recorded on both sides, and no run matched by it.
    ("CLN-002", "decision", |b| {
        b.set("check", "key", json!([{"left": "email", "right": "mail"}])).measured_now();
    }),
    ("CLN-002", "decision", |b| {
        b.evidence.runs.clear();
    }),
    ("CLN-002", "decision", |b| {
        b.totals().records.only_left = 11;
    }),
    ("CLN-002", "decision", |b| {
        b.totals().records.ambiguous = 1;
    }),
    ("CLN-003", "decision", |b| {
        b.totals().left.empty_keys = 11;
    }),
    ("CLN-003", "decision", |b| {
        b.evidence.runs.clear();
    }),
    // The source is on neither side of the run.
    ("CLN-003", "decision", |b| {
        b.add(Kind::Instance, "shop1", json!({"name": "Shop"})).set("decision", "source", json!("@shop1"));
    }),
    ("CLN-003", "decision", |b| {
        b.totals().fields[1].seen = None;
    }),
    ("CLN-003", "decision", |b| {
        b.seen(1).left.empty = 31;
    }),
    ("CLN-004", "decision", |b| {
        b.clear("decision", "loss_accepted_by");
        b.seen(1).both = 1;
    }),
    ("CLN-004", "decision", |b| {
        b.clear("decision", "loss_accepted_by");
        b.seen(1).only_right = 1;
    }),
    // Accepted without anybody having counted.
    ("CLN-004", "decision", |b| {
        b.totals().fields[1].seen = None;
    }),
    ("CLN-005", "decision", |b| {
        b.clear("decision", "backup");
    }),
    ("CLN-006", "decision", |b| {
        b.set("decision", "choice", json!("clean_up")).set("decision", "due", json!("2027-03-14"));
    }),
    ("CLN-007", "decision", accept),
    ("CLN-008", "decision", |b| {
        b.clear("decision", "process");
    }),
    ("CLN-009", "flow", |b| {
        accept(b);
        b.clear("flow", "triage_owner");
    }),
    ("CLN-010", "decision", |b| {
        accept(b);
        b.totals().fields[1].different = 50;
    }),
    ("CLN-011", "customer", |b| {
        b.totals().right.duplicate_rows = 74;
    }),
    ("CLN-012", "flow", |b| {
        b.clear("flow", "runbook");
    }),
    ("CLN-013", "decision", |b| {
        b.set("decision", "options", json!([{"choice": "overwrite"}, {"choice": "overwrite"}]));
    }),
];

//! Flaws in the plan, its terms, data points, truths and systems.

use super::{Flaw, shop_step};
use domain::Kind;
use serde_json::json;

/// The flaws.
pub const FLAWS: &[Flaw] = &[
    ("GEN-001", "charter", |b| {
        b.clear("charter", "sponsor");
    }),
    ("GEN-002", "charter", |b| {
        b.set("charter", "go_live", json!("2027-01-14"));
    }),
    ("GEN-002", "charter", |b| {
        b.set("decision", "cutover", json!("2027-03-15"));
    }),
    ("GEN-003", "decision", |b| {
        b.archive("email_truth");
    }),
    ("GEN-003", "format", |b| {
        b.archive("email_truth");
    }),
    ("GEN-004", "charter", |b| {
        b.clear("charter", "benefit_baseline");
    }),
    ("GEN-005", "signup", |b| {
        b.clear("signup", "customer_touchpoint");
    }),
    ("GEN-007", "", |b| {
        b.clear("customer", "owner");
    }),
    ("GEN-009", "flow", |b| {
        b.archive("erp1");
    }),
    ("GEN-009", "email_truth", |b| {
        b.set("email_truth", "occurrence", json!("@flow"));
    }),
    ("TRM-001", "customer", |b| {
        b.set("customer", "definition", json!("CRM is the Golden Record."));
    }),
    ("TRM-002", "crm1", |b| {
        b.set("crm1", "purpose", json!("Our source of truth"));
    }),
    ("DP-001", "email", |b| {
        b.clear("email", "definition");
    }),
    ("DP-002", "email2", |b| {
        b.add(Kind::DataPoint, "email2", json!({"name": "e-MAIL", "object": "@customer"}));
    }),
    ("DP-003", "email2", |b| {
        b.add(Kind::DataPoint, "email2", json!({"name": "Login", "object": "@customer"}));
    }),
    ("DP-004", "email", |b| {
        b.clear("email", "logical_type");
    }),
    ("DP-005", "customer", |b| {
        b.set("key", "stored_in", json!(["@crm1"])).set("key", "parts", json!(["@crm_number"]));
    }),
    ("DP-006", "key", |b| {
        b.totals().right.duplicate_keys = 3;
    }),
    ("DP-007", "key", |b| {
        b.set("key", "stored_in", json!(["@crm1"])).set("key", "parts", json!([]));
    }),
    ("DP-008", "limit", |b| {
        b.set("limit", "out_of_scope", json!(true));
    }),
    ("DP-010", "email", |b| {
        b.clear("email", "examples");
    }),
    ("SOT-001", "email", |b| {
        b.set("email_truth", "state", json!("proposed"));
    }),
    ("SOT-002", "email", |b| {
        b.add(Kind::Truth, "second", json!({"data_point": "@email", "occurrence": "@erp_email", "state": "proposed"}));
    }),
    ("SOT-002", "email", |b| {
        b.add(
            Kind::Truth,
            "second",
            json!({"data_point": "@email", "scope": "@au", "occurrence": "@erp_email", "state": "agreed"}),
        );
    }),
    ("SOT-003", "email_truth", |b| {
        b.clear("email_truth", "rationale");
    }),
    ("SOT-004", "email_truth", |b| {
        b.clear("email_truth", "process");
    }),
    ("SOT-005", "email_truth", |b| {
        b.set("email_truth", "occurrence", json!("@erp_email"));
    }),
    ("SOT-008", "", |b| {
        b.set("email_truth", "bulk_source", json!("CRM is master")).set("email_truth", "state", json!("proposed"));
    }),
    ("SOT-010", "crm1", |b| {
        b.archive("limit_truth");
    }),
    ("SOT-011", "account", |b| {
        b.set("account_in_erp", "role", json!("unknown"));
    }),
    ("SOT-012", "customer", |b| {
        b.set("customer_in_erp", "role", json!("record"));
    }),
    ("SOT-013", "email", |b| shop_step(b, "@erp1", "@email")),
    ("SOT-014", "email", |b| {
        b.add(Kind::Truth, "second", json!({"data_point": "@email", "occurrence": "@erp_email", "state": "proposed"}));
    }),
    ("SOT-015", "resolution", |b| {
        b.add(Kind::Resolution, "resolution", json!({"data_point": "@email", "kind": "precedence"}));
    }),
    ("SYS-001", "crm1", |b| {
        b.clear("crm1", "technical_owner");
    }),
    ("SYS-002", "crm", |b| {
        b.add(Kind::Instance, "crm2", json!({"name": "CRM NZ", "system": "@crm"}));
    }),
    ("SYS-003", "shop1", |b| {
        b.add(Kind::Instance, "shop1", json!({"name": "Web shop"}));
        b.set("take_observed", "systems", json!(["@crm1", "@shop1"]));
    }),
];

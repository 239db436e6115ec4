//! Flaws in flows and mapping.

use super::{Flaw, second_flow, second_line};
use domain::Kind;
use serde_json::json;

/// The flaws.
pub const FLAWS: &[Flaw] = &[
    ("FLW-001", "flow", |b| {
        b.set("email_truth", "state", json!("disputed"));
    }),
    ("FLW-002", "flow", |b| {
        b.set("flow", "destination", json!("@crm1"));
    }),
    ("FLW-003", "flow2", |b| second_flow(b, "@crm1", "@erp1")),
    ("FLW-004", "flow2", |b| {
        second_flow(b, "@erp1", "@crm1");
        second_line(b, "@erp_email", "@crm_email");
    }),
    ("FLW-005", "flow2", |b| {
        second_flow(b, "@erp1", "@crm1");
        second_line(b, "@erp_email", "@crm_email");
    }),
    ("FLW-006", "flow", |b| {
        second_flow(b, "@erp1", "@crm1");
        second_line(b, "@erp_email", "@crm_email");
    }),
    ("FLW-007", "flow2", |b| {
        second_flow(b, "@crm1", "@erp1");
        second_line(b, "@crm_email", "@erp_email");
    }),
    ("FLW-008", "flow", |b| {
        b.clear("flow", "timing");
    }),
    ("FLW-009", "flow", |b| {
        b.clear("flow", "monitor_owner");
    }),
    ("FLW-010", "flow", |b| {
        b.clear("flow", "error_policy");
    }),
    ("FLW-011", "flow", |b| {
        b.clear("flow", "fallback");
    }),
    ("FLW-012", "flow", |b| {
        b.clear("flow", "match_key");
    }),
    ("MAP-001", "flow", |b| {
        b.archive("email_line");
    }),
    ("MAP-002", "email_line", |b| {
        b.clear("email_line", "sources");
    }),
    ("MAP-003", "name_line", |b| {
        b.set("erp_name", "max_length", json!(30));
    }),
    ("MAP-003", "name_line", |b| {
        b.set("erp_name", "physical_type", json!("integer"));
    }),
    ("MAP-004", "email_line", |b| {
        b.clear("email_line", "logic");
    }),
    ("MAP-005", "email_line", |b| {
        b.clear("email_line", "examples");
    }),
    ("MAP-007", "name_line", |b| {
        b.set("crm_name", "mandatory", json!(false));
    }),
    ("MAP-008", "name_line", |b| {
        b.set("crm_name", "codes", json!(["gold", "platinum"])).set("erp_name", "codes", json!(["gold"]));
    }),
    ("MAP-009", "name_line", |b| {
        b.set("erp_name", "read_only", json!(true));
    }),
    ("MAP-010", "crm_name", |b| {
        b.archive("name_line");
    }),
    ("MAP-011", "again", |b| {
        b.add(
            Kind::MappingLine,
            "again",
            json!({"flow": "@flow", "sources": ["@crm_name"], "target": "@erp_name", "conversion": "copy"}),
        );
    }),
    ("MAP-012", "name_line", |b| {
        b.set("name", "logical_type", json!("timestamp")).set("erp1", "region", json!("EU"));
    }),
];

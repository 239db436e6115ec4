//! Flaws in processes, walk-throughs, change and risks.

use super::{Flaw, second_flow, second_line, shop_step};
use domain::Kind;
use serde_json::json;

/// The flaws.
pub const FLAWS: &[Flaw] = &[
    ("PRC-001", "signup", |b| {
        b.clear("observed", "agreed_by");
    }),
    ("PRC-002", "returns", |b| {
        b.add(Kind::Process, "returns", json!({"name": "Returns"}));
    }),
    ("PRC-003", "take_observed", |b| {
        b.clear("take_observed", "team");
    }),
    ("PRC-004", "observed", |b| shop_step(b, "@crm1", "@email")),
    ("PRC-004", "observed", |b| {
        b.set("enter_observed", "next", json!([{"to": "@take_observed"}]));
    }),
    ("PRC-005", "enter_to_be", |b| {
        b.clear("enter_to_be", "flow");
    }),
    ("PRC-006", "signup", |b| {
        for n in 0..4 {
            b.add(
                Kind::Step,
                &format!("more{n}"),
                json!({"name": format!("More {n}"), "variant": "@to_be", "team": "@fin", "kind": "manual"}),
            );
        }
    }),
    ("PRC-007", "take_observed", |b| {
        b.set("take_observed", "kind", json!("decision"));
        b.set(
            "take_observed",
            "next",
            json!([{"to": "@enter_observed", "condition": "yes"}, {"to": "@enter_observed"}]),
        );
    }),
    ("PRC-008", "extra", |b| {
        shop_step(b, "@crm1", "@email");
        b.set("extra", "workaround", json!(true));
    }),
    ("PRC-009", "take_to_be", |b| {
        b.set("take_to_be", "name", json!("Ask for the credit limit"));
    }),
    ("PRC-010", "take_to_be", |b| {
        b.clear("take_to_be", "minutes");
    }),
    ("WLK-001", "signup", |b| {
        b.set("walk", "mode", json!("interview"));
    }),
    ("WLK-002", "walk", |b| {
        b.set("walk", "participants", json!([{"name": "Rui", "team": "@call", "does_the_work": true}]));
    }),
    ("WLK-003", "walk", |b| {
        b.set("walk", "cases", json!([{"label": "Normal"}]));
    }),
    ("WLK-004", "signup", |b| shop_step(b, "@crm1", "@email")),
    ("WLK-004", "signup", |b| {
        b.set("take_observed", "team", json!("@shop"));
    }),
    ("WLK-005", "walk", |b| {
        b.set("walk", "held_on", json!("2026-10-16"));
    }),
    ("CHG-001", "charter", |b| {
        b.set("charter", "change_level", json!("none"));
    }),
    ("CHG-002", "fin", |b| {
        b.archive("news").archive("howto");
    }),
    ("CHG-003", "fin", |b| {
        b.archive("howto");
    }),
    ("CHG-004", "news", |b| {
        b.clear("news", "date");
    }),
    ("CHG-005", "news", |b| {
        b.clear("news", "feedback");
    }),
    ("CHG-006", "news", |b| {
        b.set("news", "date", json!("2027-03-15"));
    }),
    ("CHG-007", "impact", |b| {
        b.set("impact", "team_rating", json!(4));
    }),
    ("CHG-008", "fin", |b| {
        b.clear("impact", "team_rating");
    }),
    ("CHG-009", "shop", |b| {
        b.set("news", "audience", json!(["@fin", "@shop"]));
    }),
    ("RSK-001", "risk", |b| {
        b.clear("risk", "owner");
    }),
    ("RSK-002", "risk", |b| {
        b.set("risk", "actions", json!([{"what": "Alert", "due": "2027-03-14"}]));
    }),
    ("RSK-003", "name", |b| {
        second_flow(b, "@erp1", "@crm1");
        second_line(b, "@erp_name", "@crm_name");
    }),
    ("RSK-004", "", |b| {
        b.archive("risk");
    }),
    ("RSK-005", "", |b| {
        b.archive("chance");
    }),
];

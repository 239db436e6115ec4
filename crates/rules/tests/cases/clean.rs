//! A small plan without flaws: two systems, two objects, one flow, one process, one check.

use crate::build::{Build, at, id};
use domain::{ConnectionView, FieldCounts, Kind, RecordCounts, RunTotals, SeenPair, SideCounts, Slot, SlotAssignment};
use serde_json::json;

/// The plan.
pub fn clean() -> Build {
    let mut b = Build::new();
    workspace(&mut b);
    data(&mut b);
    process(&mut b);
    flow(&mut b);
    change(&mut b);
    sync(&mut b);
    trial(&mut b);
    b
}

fn workspace(b: &mut Build) {
    b.add(Kind::System, "crm", json!({"name": "CRM", "vendor": "Acme"}));
    b.add(Kind::System, "erp", json!({"name": "ERP"}));
    for (name, system, title) in [("crm1", "@crm", "CRM"), ("erp1", "@erp", "ERP")] {
        b.add(Kind::Instance, name, json!({
            "name": title, "system": system, "purpose": "Daily work", "business_owner": "Mira", "technical_owner": "Tom",
            "region": "AU", "api": "rest", "sandbox": "full", "maturity": 4, "maturity_evidence": "Ten years in use",
            "docs_accuracy": 4, "rate_limit": 600, "builtin_check": "Postcode check", "builtin_check_status": "verified",
        }));
    }
    b.add(Kind::Team, "call", json!({"name": "Call centre", "size": 12}));
    b.add(Kind::Team, "fin", json!({"name": "Finance", "size": 4}));
    b.add(Kind::Team, "shop", json!({"name": "Stores"}));
    b.add(Kind::Charter, "charter", json!({
        "name": "Customers in ERP", "purpose": "One customer for sales and finance", "sponsor": "Ines", "lead": "Ana",
        "go_live": "2027-03-14", "benefit": "Less retyping", "benefit_baseline": "26 hours a week",
        "benefit_target": "4 hours a week", "benefit_owner": "Mira", "change_level": "standard",
        "change_reason": "One team changes", "change_lead": "Rui", "simpler_answer": "No: one flow is the least",
        "simpler_by": "Ana",
    }));
}

fn data(b: &mut Build) {
    b.add(
        Kind::BusinessObject,
        "customer",
        json!({"name": "Customer", "definition": "Somebody who bought", "owner": "Mira"}),
    );
    b.add(Kind::BusinessObject, "account", json!({"name": "Account", "definition": "What they owe", "owner": "Tom"}));
    for (name, title, object) in [
        ("number", "Customer number", "@customer"),
        ("email", "E-mail", "@customer"),
        ("name", "Full name", "@customer"),
        ("limit", "Credit limit", "@account"),
    ] {
        b.add(
            Kind::DataPoint,
            name,
            json!({
                "name": title, "object": object, "definition": "As agreed", "logical_type": "string", "examples": ["x"],
                "classification": "internal",
            }),
        );
    }
    b.set("email", "personal", json!(true));
    b.set("email", "privacy_purpose", json!("Receipts"));
    b.set("email", "retention", json!("3 years"));
    for (name, point, instance, table, field) in [
        ("crm_number", "@number", "@crm1", "customer", "id"),
        ("crm_email", "@email", "@crm1", "customer", "email"),
        ("crm_name", "@name", "@crm1", "customer", "name"),
        ("erp_number", "@number", "@erp1", "debtor", "cust_no"),
        ("erp_email", "@email", "@erp1", "debtor", "mail"),
        ("erp_name", "@name", "@erp1", "debtor", "name"),
        ("erp_limit", "@limit", "@erp1", "account", "credit_limit"),
    ] {
        b.add(
            Kind::Occurrence,
            name,
            json!({
                "data_point": point, "instance": instance, "object_name": table, "field_name": field,
                "physical_type": "varchar", "max_length": 80, "mandatory": true,
            }),
        );
    }
    b.add(Kind::Identifier, "key", json!({
        "name": "Customer number", "object": "@customer", "kind": "natural", "parts": ["@crm_number", "@erp_number"],
        "stored_in": ["@crm1", "@erp1"],
    }));
    for (name, object, instance, role) in [
        ("customer_in_crm", "@customer", "@crm1", "record"),
        ("customer_in_erp", "@customer", "@erp1", "copy"),
        ("account_in_erp", "@account", "@erp1", "record"),
    ] {
        b.add(Kind::RecordRole, name, json!({"object": object, "instance": instance, "role": role}));
    }
    b.add(Kind::Scope, "au", json!({"name": "AU", "object": "@customer", "predicate": "country = AU"}));
    b.add(Kind::Scope, "nz", json!({"name": "NZ", "object": "@customer", "predicate": "country = NZ"}));
    b.add(
        Kind::Process,
        "signup",
        json!({
            "name": "Sign-up", "owner": "Mira", "purpose": "New customers", "frequency": "daily",
            "customer_touchpoint": "A call less",
        }),
    );
    for (name, point, occurrence) in [
        ("number_truth", "@number", "@crm_number"),
        ("email_truth", "@email", "@crm_email"),
        ("name_truth", "@name", "@crm_name"),
        ("limit_truth", "@limit", "@erp_limit"),
    ] {
        b.add(
            Kind::Truth,
            name,
            json!({
                "data_point": point, "occurrence": occurrence, "state": "agreed", "rationale": "Confirmed on each call",
                "process": "@signup", "agreed_by": ["Mira", "Tom"],
            }),
        );
    }
}

fn process(b: &mut Build) {
    for (name, kind) in [("told", "as_told"), ("observed", "as_observed"), ("to_be", "to_be")] {
        b.add(
            Kind::Variant,
            name,
            json!({"process": "@signup", "kind": kind, "source": "Walk-through", "agreed_by": "Mira"}),
        );
    }
    for (suffix, variant) in [("told", "@told"), ("observed", "@observed"), ("to_be", "@to_be")] {
        b.add(
            Kind::Step,
            &format!("enter_{suffix}"),
            json!({
                "name": "Enter the debtor", "variant": variant, "step_key": "enter", "position": 2, "team": "@fin",
                "kind": "user", "systems": ["@erp1"], "minutes": 4, "per_week": 300, "pain": 3,
            }),
        );
        b.add(
            Kind::Step,
            &format!("take_{suffix}"),
            json!({
                "name": "Take the call", "variant": variant, "step_key": "take", "position": 1, "team": "@call",
                "kind": "user", "systems": ["@crm1"], "reads": ["@email"], "writes": ["@email"], "minutes": 3,
                "per_week": 300, "pain": 1, "next": [{"to": format!("@enter_{suffix}")}],
            }),
        );
    }
    b.add(
        Kind::Walkthrough,
        "walk",
        json!({
            "process": "@signup", "held_on": "2027-01-08", "facilitator": "Ana", "mode": "live",
            "participants": [
                {"name": "Rui", "team": "@call", "does_the_work": true, "attested": true},
                {"name": "Eva", "team": "@fin", "does_the_work": true, "attested": true},
            ],
            "cases": [{"label": "Normal", "exception": false}, {"label": "No e-mail", "exception": true}],
        }),
    );
}

fn flow(b: &mut Build) {
    b.add(
        Kind::Flow,
        "flow",
        json!({
            "name": "Customers to ERP", "origin": "@crm1", "destination": "@erp1", "processes": ["@signup"],
            "direction": "one_way", "trigger": "event", "timing": "near", "write_mode": "upsert", "match_key": "@key",
            "weekly_volume": 400, "peak_per_minute": 20, "error_policy": "Three retries, then the queue",
            "triage_owner": "Data desk", "fallback": "Enter by hand", "monitor": "No record for 2 hours",
            "monitor_owner": "Tom", "protection": "TLS, service account", "runbook": "See the queue, call Tom",
        }),
    );
    for (name, source, target) in [
        ("number_line", "@crm_number", "@erp_number"),
        ("name_line", "@crm_name", "@erp_name"),
        ("email_line", "@crm_email", "@erp_email"),
    ] {
        b.add(
            Kind::MappingLine,
            name,
            json!({"flow": "@flow", "sources": [source], "target": target, "conversion": "copy"}),
        );
    }
    b.set("email_line", "conversion", json!("normalise"));
    b.set("email_line", "logic", json!("Lower case, no blanks"));
    b.set("email_line", "examples", json!([{"input": "A@B.C ", "expect": "a@b.c"}]));
    b.set("enter_to_be", "kind", json!("automated"));
    b.set("enter_to_be", "flow", json!("@flow"));
    b.set("enter_to_be", "team", json!(null));
    b.add(
        Kind::DesignOption,
        "events",
        json!({"name": "Events", "complexity": 14, "chosen": true, "reason": "Needed within minutes"}),
    );
    b.add(Kind::DesignOption, "file", json!({"name": "Nightly file", "complexity": 6}));
}

fn change(b: &mut Build) {
    b.add(Kind::Impact, "impact", json!({
        "team": "@fin", "process": "@signup", "dimension": "process", "project_rating": 2, "team_rating": 3, "rated_by": "Eva",
    }));
    for (name, stage) in [("news", "awareness"), ("howto", "knowledge")] {
        b.add(Kind::Communication, name, json!({
            "name": stage, "audience": ["@fin"], "stage": stage, "message": "What changes", "benefit": "Less typing",
            "sender": "Ines", "channel": "E-mail", "date": "2027-03-01", "owner": "Rui", "feedback": "Change channel",
        }));
    }
    b.add(
        Kind::Effect,
        "effect",
        json!({"name": "Dunning letters by mail", "data_point": "@email", "certainty": "known", "checked_by": "Eva"}),
    );
    b.add(Kind::Risk, "risk", json!({
        "name": "Queue is not read", "probability": 4, "impact": 4, "owner": "Tom", "strategy": "reduce", "state": "open",
        "actions": [{"what": "Alert", "owner": "Tom", "due": "2027-03-01"}],
    }));
    b.add(Kind::Opportunity, "chance", json!({"name": "Reminders by mail", "strategy": "exploit", "owner": "Mira"}));
}

fn sync(b: &mut Build) {
    b.add(
        Kind::Check,
        "check",
        json!({
            "name": "Customers", "object": "@customer", "left_instance": "@crm1", "right_instance": "@erp1",
            "left_table": "customer", "right_table": "debtor", "key": [{"left": "id", "right": "cust_no"}],
            "compare": [
                {"data_point": "@number", "left": "id", "right": "cust_no"},
                {"data_point": "@email", "left": "email", "right": "mail", "case_fold": true},
                {"data_point": "@name", "left": "name", "right": "name"},
            ],
        }),
    );
    for (n, (side, instance)) in [("left", "crm1"), ("right", "erp1")].into_iter().enumerate() {
        let connection: domain::ConnectionId = id(60 + n as u64);
        b.set("check", side, json!(connection));
        b.evidence.connections.push(ConnectionView {
            id: connection,
            name: format!("{instance} test"),
            instance: Some(b.id(instance)),
            adapter: "csv".into(),
            address: "folder".into(),
            has_secret: false,
            guard: vec!["a file".into()],
            refused: None,
            warnings: Vec::new(),
            verified_at: Some(at("2027-01-10T00:00:00Z")),
        });
    }
    let field = |point, left: &str, right: &str| FieldCounts {
        left: left.into(),
        right: right.into(),
        data_point: Some(point),
        equal: 1000,
        seen: Some(SeenPair::default()),
        ..FieldCounts::default()
    };
    let side = SideCounts { rows: 1000, ..SideCounts::default() };
    let totals = RunTotals {
        left: side,
        right: side,
        records: RecordCounts { matched: 1000, ..RecordCounts::default() },
        fields: vec![
            field(b.id("number"), "id", "cust_no"),
            field(b.id("email"), "email", "mail"),
            field(b.id("name"), "name", "name"),
        ],
        in_sync: 1000,
        ..RunTotals::default()
    };
    b.run(1, "check", totals);
    b.add(
        Kind::SyncClaim,
        "claim",
        json!({
            "data_point": "@email", "left": "@crm_email", "right": "@erp_email", "claimed": "synchronised",
            "mechanism": "scheduled_job", "claimed_by": "Tom",
        }),
    );
    b.add(
        Kind::HistoryDecision,
        "decision",
        json!({
            "object": "@customer", "source": "@crm1", "destination": "@erp1", "choice": "overwrite", "state": "decided",
            "options": [{"choice": "overwrite", "pros": "quick"}, {"choice": "accept", "cons": "exceptions"}],
            "rationale": "CRM is right", "process": "@signup", "run": b.evidence.runs[0].id, "decided_by": "Ines",
            "backup": "Export kept for 90 days", "loss_accepted_by": "Tom",
        }),
    );
}

fn trial(b: &mut Build) {
    for (n, slot) in Slot::ALL.into_iter().enumerate() {
        b.evidence.slots.push(SlotAssignment { slot, user: id(20 + n as u64), name: format!("Person {n}") });
    }
    let hash = rules::trial_hash(&b.plan);
    let run = b.measured_now().evidence.runs[0].id;
    for question in ["format", "code", "write", "apis"] {
        b.add(
            Kind::TrialAnswer,
            question,
            json!({
                "question": question, "answer": "yes", "answered_by": "Tom",
                "proofs": [{"kind": "run", "run": run, "slice_hash": hash}],
            }),
        );
    }
}

#[test]
fn the_clean_plan_has_nothing_to_say() {
    let findings = clean().lint();
    let said: Vec<_> = findings.iter().map(|f| format!("{} {}", f.rule, f.message)).collect();
    assert_eq!(said, Vec::<String>::new());
}

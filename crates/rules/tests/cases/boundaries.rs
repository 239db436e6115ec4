//! Where a rule begins and where it ends, and how its message reads.

use crate::build::{Build, at, id};
use crate::clean::clean;
use crate::flaws::{accept, broken, counted, obligation, shop_step};
use domain::{CauseCount, Kind, RunSide};
use serde_json::json;

#[test]
fn messages_read_as_written() {
    let message = |rule: &str, plant: fn(&mut Build)| {
        let mut b = clean();
        plant(&mut b);
        b.of(rule).first().map(|f| f.message.clone()).unwrap_or_default()
    };
    assert_eq!(
        message("SOT-002", |b| {
            b.add(
                Kind::Truth,
                "second",
                json!({"data_point": "@email", "scope": "@au", "occurrence": "@erp_email", "state": "agreed"}),
            );
        }),
        "Customer · E-mail has two sources of truth for AU: CRM customer.email and ERP debtor.mail"
    );
    assert_eq!(
        message("MAP-003", |b| {
            b.set("erp_name", "max_length", json!(30));
        }),
        "CRM customer.name (varchar,80) does not fit ERP debtor.name (varchar,30) and no conversion or overflow rule is given"
    );
    assert_eq!(
        message("SYN-001", |b| {
            b.set("claim", "mechanism", json!("rekey"));
        }),
        "Customer · E-mail is said to be synchronised but the mechanism is manual (retyped); record it as not synchronised (then CLN-001 applies)"
    );
    assert_eq!(
        message("CHG-002", |b| {
            b.archive("news").archive("howto");
        }),
        "Team Finance is affected by Sign-up but no communication is planned"
    );
    assert_eq!(
        message("CLN-003", |b| {
            b.totals().left.empty_keys = 18;
        }),
        "Overwrite chosen for Customer but the source is not proven robust (usable keys 98.2\u{a0}% < 99\u{a0}%)"
    );
    assert_eq!(
        message("CLN-003", |b| {
            b.totals().left.empty_keys = 18;
            b.totals().fields[0].seen = None;
        }),
        "Overwrite chosen for Customer but the source is not proven robust (usable keys 98.2\u{a0}% < 99\u{a0}%, \
         sound values unmeasured)"
    );
    assert_eq!(
        message("CLN-002", |b| {
            b.totals().records.only_left = 30;
            b.totals().records.ambiguous = 2;
        }),
        "Overwrite chosen for Customer but no unique identifier links the records (linked 96.8\u{a0}% < 99\u{a0}%, \
         2 ambiguous)"
    );
    assert_eq!(
        message("CLN-002", |b| {
            b.archive("key");
        }),
        "Overwrite chosen for Customer but no unique identifier links the records (none is recorded on both sides)"
    );
    assert_eq!(
        message("CLN-004", |b| {
            b.clear("decision", "loss_accepted_by");
            // Where the destination is empty nothing is lost.
            (b.seen(1).only_left, b.seen(1).only_right, b.seen(1).both) = (300, 12, 400);
        }),
        "Overwrite of Customer would replace 412 non-empty destination values that differ; nobody has accepted the loss"
    );
    assert_eq!(
        message("CLN-004", |b| {
            b.totals().fields[2].seen = None;
        }),
        "Overwrite of Customer would replace an unmeasured number of destination values; what nobody has counted \
         cannot be accepted"
    );
    assert_eq!(
        message("CLN-001", |b| {
            b.clear("decision", "rationale").set("claim", "mechanism", json!("rekey"));
        }),
        "Customer · E-mail is not synchronised and the decision about existing data (H1) lacks a reason or a name"
    );
    assert_eq!(
        message("SYN-007", |b| {
            let causes = [("case", 2), ("number format", 3), ("truncated", 4)];
            b.totals().fields[1].causes =
                causes.map(|(cause, count)| CauseCount { cause: cause.into(), count }).to_vec();
        }),
        "Customer · E-mail: up to 5 differences are format only — add a normalisation rule?"
    );
    assert_eq!(
        message("TST-002", |b| {
            b.totals().format = vec![broken(RunSide::Left, 0), broken(RunSide::Right, 93)];
        }),
        "93 values of ERP debtor.mail leave ERP in an unexpected format"
    );
    assert_eq!(
        message("TST-008", |b| {
            b.totals().quantity = vec![counted(1000, Some(2000), Some(3000))];
        }),
        "Quantity from CRM: 1\u{a0}000, expected 2\u{a0}000 to 3\u{a0}000"
    );
    assert_eq!(
        message("GEN-003", |b| {
            b.archive("email_truth");
        }),
        "decision on Customer was prepared before gate 1 passed (still open: SOT-001)"
    );
}

#[test]
fn boundaries_are_where_they_should_be() {
    let silent = |rule: &str, plant: fn(&mut Build)| {
        let mut b = clean();
        plant(&mut b);
        assert_eq!(b.of(rule), Vec::new(), "{rule}");
    };
    silent("GEN-002", |b| {
        b.set("charter", "go_live", json!("2027-01-15")).clear("risk", "actions");
    });
    silent("SOT-002", |b| {
        b.add(Kind::Truth, "second", json!({"data_point": "@email", "occurrence": "@crm_email", "state": "proposed"}));
    });
    silent("SOT-002", |b| {
        b.set("email_truth", "scope", json!("@nz"));
        b.add(
            Kind::Truth,
            "second",
            json!({"data_point": "@email", "scope": "@au", "occurrence": "@erp_email", "state": "agreed"}),
        );
    });
    silent("SOT-002", |b| {
        b.add(Kind::Truth, "second", json!({"data_point": "@email", "occurrence": "@erp_email", "state": "agreed"}));
        b.add(
            Kind::Resolution,
            "way",
            json!({"data_point": "@email", "kind": "precedence", "precedence": ["CRM", "ERP"]}),
        );
    });
    silent("SOT-012", |b| {
        b.set("customer_in_erp", "role", json!("record")).set("customer_in_erp", "scope", json!("@nz"));
        b.set("customer_in_crm", "scope", json!("@au"));
    });
    silent("MAP-003", |b| {
        b.set("erp_name", "max_length", json!(30)).set("name_line", "overflow", json!("truncate"));
    });
    silent("MAP-001", |b| {
        b.archive("email_line").set("flow", "write_mode", json!("update"));
    });
    silent("MAP-007", |b| {
        b.set("crm_name", "mandatory", json!(false)).set("name_line", "null_rule", json!("skip"));
    });
    silent("PRC-008", |b| {
        shop_step(b, "@crm1", "@email");
        b.set("extra", "workaround", json!(true)).set("extra", "replacement", json!("the flow"));
    });
    silent("WLK-004", |b| {
        shop_step(b, "@crm1", "@email");
        b.add(Kind::Discrepancy, "seen", json!({"process": "@signup", "step_key": "Extra", "resolution": "accepted"}));
    });
    silent("WLK-005", |b| {
        b.set("walk", "held_on", json!("2026-10-17"));
    });
    silent("CHG-006", |b| {
        b.set("news", "date", json!("2027-03-14"));
    });
    silent("CHG-007", |b| {
        b.set("impact", "team_rating", json!(1));
    });
    silent("RSK-002", |b| {
        b.set("risk", "probability", json!(3)).clear("risk", "actions");
    });
    silent("CLN-002", |b| {
        // Another identifier both sides store does not hide the one the run matched by.
        b.add(Kind::Identifier, "first", json!({"object": "@customer", "parts": ["@crm_email", "@erp_email"]}));
        b.item("first").number = 0;
        b.totals().records.only_left = 10;
    });
    silent("CLN-003", |b| {
        b.totals().left.empty_keys = 10;
    });
    silent("CLN-003", |b| {
        // The connection tells the instance where the check does not.
        b.clear("check", "left_instance").clear("check", "right_instance").measured_now();
    });
    silent("CLN-003", |b| {
        // 3 columns of 1000 records; 30 of 3000 values.
        (b.seen(0).left.empty, b.seen(1).left.malformed, b.seen(2).right.empty) = (10, 20, 500);
    });
    silent("CLN-004", |b| {
        b.clear("decision", "loss_accepted_by");
        b.totals().fields[1].different = 300;
        b.seen(1).only_left = 300;
    });
    silent("SYN-007", |b| {
        // What is left although every rule is agreed is more than form.
        let all = json!({
            "data_point": "@email", "left": "email", "right": "mail", "trim": true, "collapse": true,
            "case_fold": true, "number": true,
        });
        b.set("check", "compare", json!([all])).measured_now();
        let causes = ["case", "number format"].map(|cause| CauseCount { cause: cause.into(), count: 3 });
        b.totals().fields[1].causes = causes.to_vec();
    });
    silent("TST-002", |b| {
        // A run of another question shows nothing.
        b.totals().format = vec![broken(RunSide::Left, 93)];
        b.set("check", "left_table", json!("archive"));
    });
    silent("TST-003", |b| {
        b.clear("flow", "weekly_volume").set("check", "left_min", json!(900));
    });
    silent("TST-008", |b| {
        b.totals().quantity = vec![counted(1000, Some(1000), Some(1000)), counted(0, None, None)];
    });
    silent("CLN-011", |b| {
        b.totals().right.duplicate_rows = 74;
        obligation(b, "duplicate_plan", "Merge by number");
    });
    silent("CLN-007", |b| {
        accept(b);
        for kind in ["exception_plan", "format_boundary", "duplicate_plan", "complexity_note", "runbook"] {
            obligation(b, kind, "as agreed");
        }
    });
    silent("TEC-007", |b| {
        b.set("flow", "peak_per_minute", json!(600));
    });
    silent("SYN-005", |b| {
        b.evidence.runs[0].ended_at = Some(at("2026-12-16T00:00:00Z"));
    });
    silent("REV-004", |b| {
        b.evidence.slots[1].user = b.evidence.slots[0].user;
        let mut other = b.evidence.slots[1].clone();
        other.user = id(33);
        b.evidence.slots.push(other);
    });
    for harmless in
        ["The password is in the vault", "token: ask Ana", "https://user@example.org/x", "password=********"]
    {
        let mut b = clean();
        b.set("flow", "runbook", json!(harmless));
        assert_eq!(b.of("GOV-007"), Vec::new(), "{harmless}");
    }
    for secret in [
        "AKIAIOSFODNN7EXAMPLE",
        "-----BEGIN RSA PRIVATE KEY-----",
        "Bearer abcdefghij0123456789",
        "api_key: 9f8e7d6c5b4a",
    ] {
        let mut b = clean();
        b.set("flow", "runbook", json!(secret));
        assert_eq!(b.of("GOV-007").len(), 1, "{secret}");
    }
}

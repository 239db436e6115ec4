//! Gates 3 and 4: claims, checks, decisions about existing data with what follows, the trial.

use super::{Build, data::point_handle};
use domain::{ConnectionId, Kind, RunId};
use serde_json::{Value, json};

/// The connections of the test systems.
pub(crate) struct Connections {
    pub crm: ConnectionId,
    pub erp: ConnectionId,
    pub loyalty: ConnectionId,
    pub orders: ConnectionId,
    pub products: ConnectionId,
}

/// The runs that decisions and answers rest on.
pub(crate) struct Runs {
    pub loyalty: RunId,
    pub orders: RunId,
    pub products: RunId,
}

/// Point, left field, right field, what is said, mechanism, who says so. The first two are manual work
/// called synchronisation, on purpose (SYN-001).
#[rustfmt::skip]
const CLAIMS: [(&str, &str, &str, &str, &str, &str); 6] = [
    ("p.customer.tier", "crm.customer.tier", "erp.debtor.tier", "synchronised", "rekey", "Finance"),
    ("p.consent.opt_in", "mcau.subscriber.ok", "crm.consent.email_ok", "synchronised", "copy_paste", "Team leads, call centre"),
    ("p.customer.no", "crm.customer.no", "erp.debtor.customer_no", "not_synchronised", "rekey", "Leila Haddad"),
    ("p.customer.email", "crm.customer.email", "erp.debtor.mail", "not_synchronised", "rekey", "Leila Haddad"),
    ("p.product.price", "erp.item.price", "shop.products.price", "synchronised", "scheduled_job", "Rui Barros"),
    ("p.product.title", "erp.item.title", "shop.products.title", "synchronised", "scheduled_job", "Rui Barros"),
];

pub(crate) fn claims(b: &mut Build) {
    for (n, (point, left, right, claimed, mechanism, by)) in CLAIMS.into_iter().enumerate() {
        let body = json!({
            "data_point": b.id(point), "left": b.id(left), "right": b.id(right), "claimed": claimed, "mechanism": mechanism,
            "claimed_by": by, "claimed_on": b.day(-19),
        });
        b.add(Kind::SyncClaim, &format!("claim.{n}"), body);
    }
    for (cloud, slug, field, here) in [
        ("mcau", "opt_time", "at", "given_at"),
        ("mcau", "source", "via", "via"),
        ("mcau", "sms", "sms", "sms_ok"),
        ("mcau", "withdrawn", "reason", "reason"),
        ("mcnz", "opt_in", "ok", "email_ok"),
        ("mcnz", "opt_time", "at", "given_at"),
        ("mcnz", "source", "via", "via"),
        ("mcnz", "sms", "sms", "sms_ok"),
        ("mcnz", "withdrawn", "reason", "reason"),
    ] {
        let body = json!({
            "data_point": b.id(&point_handle("consent", slug)), "left": b.id(&format!("{cloud}.subscriber.{field}")),
            "right": b.id(&format!("crm.consent.{here}")), "claimed": "not_synchronised", "mechanism": "copy_paste",
            "claimed_by": "Yuki Tan", "claimed_on": b.day(-17),
        });
        b.add(Kind::SyncClaim, &format!("claim.{cloud}.{slug}"), body);
    }
}

/// Point, left column, right column, rules (`t`rim, inner `w`hite space, `c`ase).
type Pair = (&'static str, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const CUSTOMER: [Pair; 6] = [
    ("p.customer.no", "no", "customer_no", ""),
    ("p.customer.email", "email", "mail", ""),
    ("p.customer.name", "name", "name", "twc"),
    ("p.customer.postcode", "postcode", "zip", ""),
    ("p.customer.born", "born", "born", ""),
    ("p.customer.tier", "tier", "tier", ""),
];
#[rustfmt::skip]
const LOYALTY: [Pair; 4] = [
    ("p.customer.loyalty_no", "loyalty_id", "loyalty_no", ""),
    ("p.customer.tier", "tier", "tier", ""),
    ("p.customer.points", "points", "points", ""),
    ("p.customer.since", "joined", "member_since", ""),
];
#[rustfmt::skip]
const ORDERS: [Pair; 9] = [
    ("p.order.no", "order_no", "order_no", ""),
    ("p.order.date", "ordered_on", "order_date", ""),
    ("p.order.customer", "customer_no", "customer_no", ""),
    ("p.order.total", "total", "total", ""),
    ("p.order.currency", "currency", "currency", ""),
    ("p.order.state", "status", "status", "c"),
    ("p.order.ship_to", "postcode", "ship_zip", ""),
    ("p.order.pieces", "pieces", "pieces", ""),
    ("p.order.payment", "payment", "payment", ""),
];
#[rustfmt::skip]
const PRODUCTS: [Pair; 7] = [
    ("p.product.sku", "sku", "sku", ""),
    ("p.product.title", "title", "title", "t"),
    ("p.product.price", "price", "price", ""),
    ("p.product.colour", "colour", "colour", ""),
    ("p.product.size", "size", "size", ""),
    ("p.product.barcode", "barcode", "barcode", ""),
    ("p.product.brand", "label", "label", ""),
];

pub(crate) fn checks(b: &mut Build, at: &Connections) {
    let body = json!({
        "name": "Customer: CRM ↔ ERP", "object": b.id("customer"), "left": at.crm, "left_table": "customer", "left_instance": b.id("crm"),
        "right": at.erp, "right_table": "debtor", "right_instance": b.id("erp"),
        "key": key(b, "check.customer", "no", "customer_no"), "compare": compare(b, "check.customer", &CUSTOMER),
    });
    b.add(Kind::Check, "check.customer", body);
    let body = json!({
        "name": "Loyalty: Marketing Cloud Loyalty ↔ CRM", "object": b.id("customer"), "left": at.loyalty, "left_instance": b.id("mcloy"),
        "right": at.crm, "right_table": "customer", "right_instance": b.id("crm"),
        "key": key(b, "check.loyalty", "loyalty_id", "loyalty_no"), "compare": compare(b, "check.loyalty", &LOYALTY),
    });
    b.add(Kind::Check, "check.loyalty", body);
    let body = json!({
        "name": "Orders: Web shop ↔ ERP", "object": b.id("order"), "left": at.orders, "left_instance": b.id("shop"),
        "right": at.erp, "right_table": "sales_order", "right_instance": b.id("erp"),
        "key": key(b, "check.order", "order_no", "order_no"), "compare": compare(b, "check.order", &ORDERS),
        "expect": expect(b, "check.order", &[("postcode", "ship_zip", "[0-9]{4}")]), "left_min": 6000, "right_min": 6000,
    });
    b.add(Kind::Check, "check.order", body);
    let body = json!({
        "name": "Products: ERP ↔ Web shop", "object": b.id("product"), "left": at.erp, "left_table": "item", "left_instance": b.id("erp"),
        "right": at.products, "right_instance": b.id("shop"),
        "key": key(b, "check.product", "sku", "sku"), "compare": compare(b, "check.product", &PRODUCTS),
        "expect": expect(b, "check.product", &[("sku", "sku", "HO-[0-9]{5}"), ("barcode", "barcode", "[0-9]{13}")]),
        "left_min": 450, "left_max": 500,
    });
    b.add(Kind::Check, "check.product", body);
}

fn key(b: &Build, handle: &str, left: &str, right: &str) -> Value {
    b.parts(&format!("{handle}.key"), [json!({ "left": left, "right": right })])
}

fn compare(b: &Build, handle: &str, pairs: &[Pair]) -> Value {
    let parts = pairs.iter().map(|(point, left, right, rules)| {
        json!({
            "data_point": b.id(point), "left": left, "right": right,
            "trim": rules.contains('t'), "collapse": rules.contains('w'), "case_fold": rules.contains('c'),
        })
    });
    let parts: Vec<Value> = parts.collect();
    b.parts(&format!("{handle}.compare"), parts)
}

/// What values look like: left column, right column, pattern.
fn expect(b: &Build, handle: &str, forms: &[(&str, &str, &str)]) -> Value {
    let parts = forms.iter().map(|(left, right, like)| json!({ "left": left, "right": right, "pattern": like }));
    b.parts(&format!("{handle}.expect"), parts)
}

/// Decisions about existing data, one for each way; for customers between CRM and ERP nobody has decided,
/// on purpose (CLN-001).
pub(crate) fn decisions(b: &mut Build, runs: &Runs) {
    let options = |b: &Build, handle: &str, hours: [i64; 3]| {
        let texts = [
            ("overwrite", "Done in one night", "Loses what was right in the destination"),
            ("clean_up", "People decide each case", "Takes weeks of work"),
            ("accept", "Nothing to do now", "Exceptions for as long as old records live"),
        ];
        let parts = texts.iter().zip(hours).map(|((choice, pros, cons), hours)| {
            json!({ "choice": choice, "pros": pros, "cons": cons, "effort_hours": hours })
        });
        b.parts(handle, parts.collect::<Vec<_>>())
    };
    let overwrite = json!({
        "object": b.id("customer"), "source": b.id("mcloy"), "destination": b.id("crm"), "choice": "overwrite", "state": "decided",
        "options": options(b, "decision.loyalty", [6, 90, 20]), "process": b.id("pr.signup"), "run": runs.loyalty,
        "rationale": "Tier and points are calculated in the loyalty cloud; what the CRM shows is a copy of last spring.",
        "decided_by": "Mira Kern", "decided_on": b.day(0), "cutover": b.day(104),
        "backup": "Export of the CRM's customer table, kept for 90 days; restore tried in the test system.", "loss_accepted_by": "Tom Silva",
    });
    let clean_up = json!({
        "object": b.id("order"), "source": b.id("shop"), "destination": b.id("erp"), "choice": "clean_up", "state": "decided",
        "options": options(b, "decision.order", [10, 26, 15]), "process": b.id("pr.order"), "run": runs.orders,
        "rationale": "Few enough to look at: 45 orders were never handed over, and the sums that differ were corrected on one side by people who knew why.",
        "decided_by": "Leila Haddad", "decided_on": b.day(0), "cutover": b.day(111), "due": b.day(75),
    });
    let accept = json!({
        "object": b.id("consent"), "choice": "accept", "state": "decided",
        "options": options(b, "decision.consent", [8, 160, 12]), "process": b.id("pr.consent"), "run": runs.loyalty,
        "rationale": "Old consents cannot be proven from the CRM; the clouds keep the proof. From the cut-over on the flows carry every change.",
        "decided_by": "Kofi Mensah", "decided_on": b.day(0), "cutover": b.day(111),
    });
    for (handle, body) in [("decision.loyalty", overwrite), ("decision.order", clean_up), ("decision.consent", accept)]
    {
        b.add(Kind::HistoryDecision, handle, body);
    }
    for (kind, name, owner, content, state) in [
        (
            "exception_plan",
            "Manage the exceptions",
            "Mira Kern",
            "The marketing operations team reads the queue every morning; about 12 a week are expected.",
            "open",
        ),
        (
            "format_boundary",
            "Mark where old data ends and new data begins",
            "Rui Barros",
            "Consents with a subscriber key are new. Two campaign reports filter by it from the cut-over on.",
            "open",
        ),
        (
            "duplicate_plan",
            "Deal with duplicates",
            "Mira Kern",
            "Two consents for one brand: the later opt-in time survives, monthly list to the loyalty desk.",
            "open",
        ),
        (
            "complexity_note",
            "Carry the extra complexity",
            "Rui Barros",
            "The flows look for the customer by e-mail when there is no subscriber key; to be removed after two years.",
            "open",
        ),
        (
            "runbook",
            "Write the troubleshooting runbook",
            "Rui Barros",
            "Follow the subscriber key: cloud, event journal, CRM consent. On call: integration team.",
            "done",
        ),
    ] {
        let body = json!({
            "name": name, "origin": b.id("decision.consent"), "kind": kind, "owner": owner, "content": content, "due": b.day(90), "state": state,
        });
        b.add(Kind::Obligation, &format!("obligation.{kind}"), body);
    }
}

/// Answers of the trial so far; `hash` is what is tried now.
pub(crate) fn trial(b: &mut Build, runs: &Runs, hash: &str) {
    let proof = json!({ "kind": "run", "run": runs.products, "note": "Products leave the ERP as expected: 480 of 480 found.", "slice_hash": hash });
    for (question, answer, note, by, proofs) in [
        (
            "format",
            "yes",
            "Products come out complete. Orders and customers are still to be looked at.",
            "Rui Barros",
            vec![proof],
        ),
        (
            "code",
            "not_yet",
            "The mapping of names fails in the test system until the ERP's 30 characters are dealt with.",
            "Rui Barros",
            Vec::new(),
        ),
        (
            "apis",
            "no",
            "Marketing Cloud AU refuses calls from 600 a minute on, far below what its page promises.",
            "Rui Barros",
            Vec::new(),
        ),
    ] {
        let handle = format!("trial.{question}");
        let proofs = b.parts(&handle, proofs);
        b.add(
            Kind::TrialAnswer,
            &handle,
            json!({ "question": question, "answer": answer, "note": note, "answered_by": by, "proofs": proofs }),
        );
    }
}

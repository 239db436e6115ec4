//! What all plans share: systems and their installations, teams, terms.

use super::Build;
use domain::Kind;
use serde_json::json;

/// Handle, name, vendor, category, whether customers use it.
#[rustfmt::skip]
const SYSTEMS: [(&str, &str, &str, &str, bool); 4] = [
    ("sys.crm", "Quayside CRM", "Quayside Software", "CRM", false),
    ("sys.erp", "Keel ERP", "Keel Systems", "ERP", false),
    ("sys.mc", "Marketing Cloud", "Beacon Marketing", "Marketing automation", false),
    ("sys.shop", "Jetty Shop", "Jetty Commerce", "Web shop", true),
];

/// Handle, name, people, lead, channel.
#[rustfmt::skip]
const TEAMS: [(&str, &str, i64, &str, &str); 7] = [
    ("call", "Call centre", 24, "Tom Silva", "#call-centre"),
    ("mops", "Marketing operations", 6, "Mira Kern", "#marketing-ops"),
    ("store", "Store operations", 140, "Grace Okafor", "Store bulletin"),
    ("fin", "Finance", 9, "Leila Haddad", "finance@harbour-outfitters.example"),
    ("outlet", "Outlet", 18, "Piet Lindgren", "Outlet stand-up, Mondays"),
    ("loyal", "Loyalty desk", 5, "Mira Kern", "#loyalty-desk"),
    ("it", "Integration team", 4, "Rui Barros", "#integration"),
];

#[rustfmt::skip]
const TERMS: [(&str, &str, &str); 8] = [
    ("Source of truth", "The field of a data point that wins when copies differ, for a stated population. Said of a data point, never of a whole system.", "winning value"),
    ("System of record", "The installation in which a business object is created and maintained.", "record system"),
    ("Data point", "One business fact about one business object, independent of any system.", "attribute\nbusiness field"),
    ("Synchronised", "Kept equal by a mechanism that needs no people, and measured to be equal. Retyping is not synchronisation.", "in sync"),
    ("Scope", "A named subset of records that a query can tell apart from the rest.", "population\nsegment"),
    ("Flow", "A planned movement of data from one installation to another, with trigger, timing and an owner.", "interface"),
    ("Walk-through", "A session in which those who do the work show it, exceptions included.", "shadowing"),
    ("Existing data", "Records that were there before the integration; what happens to them is a decision of its own.", "history\nhistorical data"),
];

pub(crate) fn fill(b: &mut Build) {
    for (handle, name, vendor, category, customer_facing) in SYSTEMS {
        b.add(
            Kind::System,
            handle,
            json!({ "name": name, "vendor": vendor, "category": category, "customer_facing": customer_facing }),
        );
    }
    instances(b);
    for (handle, name, size, lead, channel) in TEAMS {
        b.add(Kind::Team, handle, json!({ "name": name, "size": size, "lead": lead, "channel": channel }));
    }
    for (name, definition, synonyms) in TERMS {
        let synonyms: Vec<&str> = synonyms.lines().collect();
        b.add(
            Kind::Term,
            &format!("term.{name}"),
            json!({ "name": name, "definition": definition, "synonyms": synonyms }),
        );
    }
}

fn instances(b: &mut Build) {
    let crm = json!({
        "name": "CRM", "system": b.id("sys.crm"), "region": "Sydney", "api": "database", "sandbox": "full",
        // Loose talk on purpose: a system is no source of truth (TRM-002).
        "purpose": "Customers and consents of all brands; our source of truth for everything about customers.",
        "business_owner": "Ana Novak", "technical_owner": "Rui Barros", "maturity": 4, "docs_accuracy": 4,
        "maturity_evidence": "Nine years in use; change log of the last four releases read, two incidents in a year.",
        "rate_limit": 1200,
    });
    let erp = json!({
        "name": "ERP", "system": b.id("sys.erp"), "region": "Sydney", "api": "database", "sandbox": "full",
        "purpose": "Debtors, items, orders and stores.",
        "business_owner": "Leila Haddad", "technical_owner": "Rui Barros", "maturity": 3, "docs_accuracy": 2,
        "maturity_evidence": "Runs since 2014; interfaces added by three vendors, no common error format.",
        "docs_differences": ["Field lengths of debtor are not documented; 30 characters found in the test system"],
        "rate_limit": 900, "builtin_check": "Postcode check on saving a debtor", "builtin_check_status": "refuted",
    });
    let au = json!({
        "name": "Marketing Cloud AU", "system": b.id("sys.mc"), "region": "Sydney", "api": "rest", "sandbox": "partial",
        "purpose": "Newsletters and campaigns of the Australian brand.",
        "business_owner": "Mira Kern", "technical_owner": "Rui Barros", "maturity": 4, "docs_accuracy": 4,
        "maturity_evidence": "Contract with a service level; status page followed for three months.",
        "docs_differences": ["The page on limits says 2 500 calls a minute; calls are refused from 600 on"],
        "rate_limit": 600,
    });
    let nz = json!({
        "name": "Marketing Cloud NZ", "system": b.id("sys.mc"), "region": "Auckland", "api": "rest", "sandbox": "partial",
        "purpose": "Newsletters and campaigns of the New Zealand brand.",
        "business_owner": "Mira Kern", "technical_owner": "Rui Barros", "maturity": 4, "docs_accuracy": 3,
        "maturity_evidence": "Same product and contract as AU, seen in the sandbox.", "rate_limit": 600,
    });
    let outlet = json!({
        "name": "Marketing Cloud Outlet", "system": b.id("sys.mc"), "region": "Melbourne", "api": "rest", "sandbox": "none",
        "purpose": "Clearance mails of the outlet brand; came with the purchase of the brand.",
        "business_owner": "Piet Lindgren", "maturity": 2,
    });
    let loyalty = json!({
        "name": "Marketing Cloud Loyalty", "system": b.id("sys.mc"), "region": "Sydney", "api": "file", "sandbox": "partial",
        "purpose": "Loyalty members, tiers and points of all brands.",
        "business_owner": "Mira Kern", "technical_owner": "Rui Barros", "maturity": 3, "docs_accuracy": 3,
        "maturity_evidence": "Nightly export since 2021, format unchanged; no test of restores seen.", "rate_limit": 600,
    });
    let shop = json!({
        "name": "Web shop", "system": b.id("sys.shop"), "region": "Sydney", "api": "file", "sandbox": "full",
        "purpose": "Orders of end customers, all brands.",
        "business_owner": "Grace Okafor", "technical_owner": "Rui Barros", "maturity": 2, "docs_accuracy": 3,
        "maturity_evidence": "Second year; exports were late four times in the last quarter.", "rate_limit": 300,
    });
    for (handle, body) in
        [("crm", crm), ("erp", erp), ("mcau", au), ("mcnz", nz), ("mcout", outlet), ("mcloy", loyalty), ("shop", shop)]
    {
        b.add(Kind::Instance, handle, body);
    }
}

//! Comparing two versions, and reading a signed one back.

use crate::build::{Build, today};
use crate::clean::clean;
use domain::{Kind, Slice};
use rules::{
    ItemStatus, Profile, canonical, compare, evidence_from_canonical, lint, plan_from_canonical,
    profile_from_canonical, root_of_canonical,
};
use serde_json::{Value, json};

fn sealed(b: &Build) -> rules::CanonicalPlan {
    canonical(&b.plan, &b.evidence, &Profile::recommended())
}

#[test]
fn a_version_read_back_has_the_same_root_and_the_same_findings() {
    let mut b = clean();
    b.clear("email", "definition").set("claim", "mechanism", json!("rekey"));
    let first = sealed(&b);
    let json: Value = serde_json::from_slice(&first.bytes()).unwrap();
    let plan = plan_from_canonical(&json).unwrap();
    let evidence = evidence_from_canonical(&json).unwrap();
    let profile = profile_from_canonical(&json).unwrap();
    let again = canonical(&plan, &evidence, &profile);
    assert_eq!(again.root, first.root);
    assert_eq!(again.bytes(), first.bytes());
    let rules = |findings: Vec<rules::Finding>| findings.into_iter().map(|f| (f.rule, f.key)).collect::<Vec<_>>();
    assert_eq!(rules(lint(&plan, &evidence, &profile, today())), rules(b.lint()));
    assert!(compare((&b.plan, &b.evidence), (&plan, &evidence)).is_empty());
}

#[test]
fn comparing_names_items_fields_and_slices() {
    let before = clean();
    let mut after = clean();
    after.set("email", "definition", json!("Where receipts go"));
    after.set("email", "classification", json!("restricted"));
    after.set("crm1", "technical_owner", json!("Eva"));
    after.set("decision", "options", json!([{"choice": "clean_up", "effort_hours": 80}]));
    after.archive("name_line");
    after.add(Kind::Risk, "risk2", json!({"name": "Late"}));
    let diffs = compare((&before.plan, &before.evidence), (&after.plan, &after.evidence));
    let of = |name: &str, b: &Build| diffs.iter().find(|d| d.id == b.id(name)).unwrap();
    let email = of("email", &after);
    assert_eq!((email.status, email.title.as_str()), (ItemStatus::Changed, "Customer · E-mail"));
    let rows: Vec<_> =
        email.fields.iter().map(|f| (f.label.as_str(), f.slice, f.before.as_str(), f.after.as_str())).collect();
    assert_eq!(
        rows,
        [
            ("Definition", Slice::Data, "As agreed", "Where receipts go"),
            ("Class", Slice::Privacy, "Internal", "Restricted"),
        ]
    );
    assert_eq!(of("crm1", &after).fields[0].after, "Eva");
    assert_eq!(of("name_line", &before).status, ItemStatus::Removed);
    assert_eq!(of("risk2", &after).status, ItemStatus::Added);
    let options: Vec<_> = of("decision", &after).fields.iter().map(|f| f.after.as_str()).collect();
    assert_eq!(options, ["", "", "Option: Clean up by hand; Hours: 80"]);
    assert_eq!(diffs.len(), 5);
}

#[test]
fn loose_fields_are_no_difference() {
    let mut after = clean();
    after.set("take_to_be", "position", json!(77)).set("news", "status", json!("sent"));
    let before = clean();
    assert!(compare((&before.plan, &before.evidence), (&after.plan, &after.evidence)).is_empty());
}

#[test]
fn runs_and_connections_have_their_names() {
    let (before, mut after) = (clean(), clean());
    after.evidence.connections[0].name = "CRM of Tuesday".into();
    let connection = after.evidence.connections[0].id;
    after.set("check", "right", json!(connection));
    let diffs = compare((&before.plan, &before.evidence), (&after.plan, &after.evidence));
    let said: Vec<_> = diffs.iter().flat_map(|d| &d.fields).map(|f| f.after.as_str()).collect();
    assert_eq!(said, ["CRM of Tuesday"]);
}

#[test]
fn what_is_not_canonical_is_refused_in_words() {
    let good = sealed(&clean()).json;
    let broken = |change: fn(&mut Value)| {
        let mut json = good.clone();
        change(&mut json);
        plan_from_canonical(&json).unwrap_err().to_string()
    };
    assert!(root_of_canonical(&json!([])).is_err());
    assert!(broken(|j| j["format"] = json!("other/9")).contains("other/9"));
    assert!(broken(|j| j["items"][0]["kind"] = json!("spaceship")).contains("spaceship"));
    assert!(broken(|j| j["items"][0]["fields"]["technical"] = json!({"no_such": 1})).contains("no_such"));
    assert!(broken(|j| j["items"][0]["number"] = json!("x")).contains("number"));
    assert!(
        broken(|j| {
            let first = j["items"][0].clone();
            j["items"].as_array_mut().unwrap().insert(1, first);
        })
        .contains("twice")
    );
}

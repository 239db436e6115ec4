//! The Merkle tree: what changes which hash, and what changes none.

use crate::build::{Build, at, id};
use crate::clean::clean;
use domain::{FieldType, ItemId, Waiver};
use proptest::prelude::*;
use rules::{CanonicalPlan, Profile, SEAL, canonical, root_of_canonical, slice_hashes, take_seal};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn sealed(b: &Build) -> CanonicalPlan {
    canonical(&b.plan, &b.evidence, &Profile::recommended())
}

fn changed_slices(a: &CanonicalPlan, b: &CanonicalPlan) -> BTreeSet<String> {
    a.slice_hashes
        .iter()
        .filter(|(slice, hash)| b.slice_hashes.get(*slice) != Some(hash))
        .map(|(s, _)| s.clone())
        .collect()
}

/// Another value of the right form.
fn other(kind: FieldType, value: &Value) -> Value {
    match kind {
        FieldType::Line | FieldType::Text => {
            json!(format!("{} x", value.as_str().unwrap_or_default()))
        }
        FieldType::Schedule => json!(if value == &json!("0 6 * * *") { "0 7 * * *" } else { "0 6 * * *" }),
        FieldType::Count { min, max } => match value.as_i64() {
            Some(n) if n < max => json!(n + 1),
            Some(_) | None => json!(min),
        },
        FieldType::Flag => json!(value != &json!(true)),
        FieldType::Date => json!(if value == &json!("2030-01-01") { "2030-01-02" } else { "2030-01-01" }),
        FieldType::Choice(choices) => choices.iter().map(|c| json!(c.code)).find(|c| c != value).unwrap(),
        FieldType::Ref(_) | FieldType::Connection | FieldType::Run | FieldType::Attachment => {
            json!(id::<ItemId>(424_242))
        }
        FieldType::Refs(_) => {
            let mut list = value.as_array().unwrap().clone();
            list.push(json!(id::<ItemId>(424_242)));
            Value::Array(list)
        }
        FieldType::Lines => {
            let mut list = value.as_array().unwrap().clone();
            list.push(json!("another"));
            Value::Array(list)
        }
        FieldType::Parts(fields) => {
            let mut part = serde_json::Map::from_iter([("id".to_owned(), json!(id::<ItemId>(777)))]);
            for field in fields {
                part.insert(field.name.into(), field.empty());
                if matches!(field.kind, FieldType::Line) || field.required {
                    part.insert(field.name.into(), other(field.kind, &field.empty()));
                }
            }
            let mut list = value.as_array().unwrap().clone();
            list.push(Value::Object(part));
            Value::Array(list)
        }
    }
}

#[test]
fn every_normative_field_changes_its_slice_and_the_root_and_no_loose_field_does() {
    let b = clean();
    let before = sealed(&b);
    let mut looked_at = 0;
    let all: Vec<_> = b.plan.document.items.values().chain(b.plan.workspace.items.values()).cloned().collect();
    for item in all.iter().filter(|i| before.item_hashes.contains_key(&i.id.to_string())) {
        for field in item.kind().fields() {
            let mut changed = b.clone();
            let home =
                if item.kind().in_workspace() { &mut changed.plan.workspace } else { &mut changed.plan.document };
            let stored = home.items.get_mut(&item.id).unwrap();
            let mut body = stored.entity.body();
            body[field.name] = other(field.kind, &body[field.name]);
            stored.entity = item.kind().read(body).unwrap();
            let after = sealed(&changed);
            let slices = changed_slices(&before, &after);
            let what = format!("{} of {}", field.name, item.kind().one());
            if !field.normative {
                assert_eq!((slices.len(), &after.root), (0, &before.root), "{what}");
                continue;
            }
            looked_at += 1;
            assert_ne!(after.root, before.root, "{what}");
            assert_ne!(after.item_hashes[&item.id.to_string()], before.item_hashes[&item.id.to_string()], "{what}");
            let own = item.kind().slice_of(field).code().to_owned();
            // A reference that lets go of a workspace item takes that item out of its slice too.
            let lost: BTreeSet<String> = before
                .item_hashes
                .keys()
                .filter(|id| !after.item_hashes.contains_key(*id))
                .flat_map(|id| {
                    let item = all.iter().find(|i| i.id.to_string() == **id).unwrap();
                    item.kind().fields().iter().map(|f| item.kind().slice_of(f).code().to_owned()).collect::<Vec<_>>()
                })
                .collect();
            assert!(slices.contains(&own), "{what}");
            assert!(slices.iter().all(|s| *s == own || lost.contains(s)), "{what}: {slices:?}");
        }
    }
    assert!(looked_at > 500, "{looked_at}");
}

#[test]
fn who_changed_what_when_is_not_covered_and_archived_items_are_gone() {
    let b = clean();
    let before = sealed(&b);
    let mut touched = b.clone();
    touched.item("email").rev = 99;
    touched.item("email").updated_at = at("2027-02-01T00:00:00Z");
    touched.plan.document.rev = 77;
    assert_eq!(sealed(&touched).root, before.root);
    touched.archive("risk");
    let after = sealed(&touched);
    assert_eq!(changed_slices(&before, &after), BTreeSet::from(["process".to_owned()]));
    assert!(!after.item_hashes.contains_key(&b.id("risk").to_string()));
    assert!(!before.item_hashes.contains_key(&b.id("shop").to_string()), "Stores is used by nothing");
}

#[test]
fn the_root_covers_evidence_policy_waivers_profile_key_and_version() {
    let b = clean();
    let before = sealed(&b);
    let changes: [fn(&mut Build); 7] = [
        |b| b.evidence.runs[0].result_hash = Some("ef".repeat(32)),
        |b| b.totals().in_sync = 1,
        |b| b.evidence.slots[0].name = "Somebody else".into(),
        |b| {
            b.evidence.waivers.push(Waiver {
                id: id(1),
                rule: "DP-001".into(),
                fingerprint: "0".into(),
                message: String::new(),
                reason: "x".into(),
                by: id(20),
                by_name: "Ana".into(),
                at: at("2027-01-10T00:00:00Z"),
                expires: None,
            });
        },
        |b| b.evidence.connections[0].name = "other".into(),
        |b| b.plan.version = 2,
        |b| b.plan.key = "other".into(),
    ];
    for change in changes {
        let mut changed = b.clone();
        change(&mut changed);
        let after = sealed(&changed);
        assert_ne!(after.root, before.root);
        assert!(changed_slices(&before, &after).is_empty());
    }
    let mut profile = Profile::recommended();
    profile.levels.insert("DP-001".into(), rules::Level::Off);
    assert_ne!(canonical(&b.plan, &b.evidence, &profile).root, before.root);
}

#[test]
fn a_run_nobody_relies_on_is_not_covered() {
    let mut b = clean();
    let before = sealed(&b);
    let mut failed = b.evidence.runs[0].clone();
    failed.id = id(9002);
    failed.number = 2;
    failed.state = domain::RunState::Failed;
    b.evidence.runs.insert(0, failed);
    assert_eq!(sealed(&b).root, before.root);
}

#[test]
fn recomputing_from_the_json_alone_gives_the_same_hashes() {
    let b = clean();
    let plan = sealed(&b);
    let json: Value = serde_json::from_slice(&plan.bytes()).unwrap();
    let hashes = root_of_canonical(&json).unwrap();
    assert_eq!(
        (hashes.root, hashes.slices, hashes.items),
        (plan.root.clone(), plan.slice_hashes.clone(), plan.item_hashes.clone())
    );
    let current = slice_hashes(&b.plan);
    for (slice, hash) in &plan.slice_hashes {
        assert_eq!(current.get(slice), Some(hash));
    }
    assert!(current.contains_key("trial"));
}

#[test]
fn any_change_of_the_json_changes_the_root() {
    let plan = sealed(&clean());
    let mut json = plan.json.clone();
    json["extra"] = json!(1);
    assert_ne!(root_of_canonical(&json).unwrap().root, plan.root);
    let mut json = plan.json.clone();
    json["items"][0]["fields"]["plan"] = json!({"smuggled": true});
    assert_ne!(root_of_canonical(&json).unwrap().root, plan.root);
    let mut json = plan.json;
    json["items"][0]["extra"] = json!(1);
    assert!(root_of_canonical(&json).is_err());
}

#[test]
fn a_seal_is_taken_off_before_anything_is_hashed() {
    let plan = sealed(&clean());
    let mut json = plan.json.clone();
    assert_eq!(take_seal(&mut json), None);
    json[SEAL] = json!({ "root": plan.root });
    assert_ne!(root_of_canonical(&json).unwrap().root, plan.root);
    assert_eq!(take_seal(&mut json), Some(json!({ "root": plan.root })));
    assert_eq!((root_of_canonical(&json).unwrap().root, json), (plan.root, plan.json));
    assert_eq!(take_seal(&mut json!([])), None);
}

#[test]
fn what_would_be_hashed_again_and_again_is_small() {
    let plan = sealed(&clean());
    let broken = |change: &dyn Fn(&mut Value)| {
        let mut json = plan.json.clone();
        change(&mut json["items"][0]);
        root_of_canonical(&json).unwrap_err().to_string()
    };
    assert!(broken(&|item| item["kind"] = json!([[1], [2]])).contains("no kind"));
    assert!(broken(&|item| item["kind"] = json!("k".repeat(1000))).contains("too long"));
    assert!(broken(&|item| item["id"] = json!("0".repeat(1000))).contains("too long"));
    assert!(broken(&|item| item["number"] = json!({ "a": 1 })).contains("no number"));
    let slices: serde_json::Map<String, Value> = (0..100).map(|n| (format!("s{n}"), json!({}))).collect();
    assert!(broken(&|item| item["fields"] = json!(slices)).contains("more than 64 slices"));
}

/// The form is a promise to files that exist: when this changes, so must its name. The value was
/// computed by another program from the description alone.
#[test]
fn the_construction_stays_as_it_is() {
    let json = json!({
        "format": "plumbline-plan/1",
        "plan": {"key": "k", "version": 1},
        "items": [{"id": "a", "kind": "risk", "number": 1, "fields": {"process": {"name": "R"}}}],
    });
    let hashes = root_of_canonical(&json).unwrap();
    assert_eq!(hashes.root, EXPECTED_ROOT);
}

const EXPECTED_ROOT: &str = "6ae1ded858f45efbb97b0a1ad32f6fc351e40486575b628f3c46e6b012351fd5";

proptest! {
    #[test]
    fn the_order_of_items_does_not_matter(seed in any::<u64>()) {
        let b = clean();
        let mut shuffled = b.clone();
        let mut items: Vec<_> = shuffled.plan.document.items.values().cloned().collect();
        items.sort_by_key(|i| (u128::from(i.number.unsigned_abs()) * 7919 + i.id.0.as_u128()).wrapping_mul(u128::from(seed | 1)));
        shuffled.plan.document.items = items.into_iter().map(|i| (i.id, i)).collect();
        shuffled.evidence.slots.reverse();
        shuffled.evidence.connections.reverse();
        prop_assert_eq!(sealed(&shuffled).root, sealed(&b).root);
    }
}

//! From the working plan to its canonical form.

use super::hash::{part_hash, slice_hash};
use super::{CanonicalPlan, FORMAT, TRIAL, root_of_canonical};
use crate::Profile;
use domain::entity::{Check, HistoryDecision, TrialAnswer};
use domain::{AttachmentId, ConnectionId, Evidence, Field, FieldType, Item, ItemId, Kind, Plan, RunId, Slice};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

/// The canonical form of a plan with the evidence it relies on.
pub fn canonical(plan: &Plan, evidence: &Evidence, profile: &Profile) -> CanonicalPlan {
    let items: Vec<Value> = covered_items(plan).values().map(|item| canonical_item(item)).collect();
    let relied = relied_on(plan, evidence);
    let runs: BTreeMap<RunId, Value> =
        evidence.runs.iter().filter(|r| relied.runs.contains(&r.id)).map(|r| (r.id, json!(r))).collect();
    let files: BTreeMap<AttachmentId, Value> =
        evidence.files.iter().filter(|f| relied.files.contains(&f.id)).map(|f| (f.id, json!(f))).collect();
    let connections: BTreeMap<ConnectionId, Value> = evidence
        .connections
        .iter()
        .filter(|c| relied.connections.contains(&c.id))
        .map(|c| (c.id, json!({"id": c.id, "name": c.name, "adapter": c.adapter, "instance": c.instance})))
        .collect();
    let mut review = evidence.slots.clone();
    review.sort_by_key(|s| (s.slot, s.user));
    let mut waivers = evidence.waivers.clone();
    waivers.sort_by_key(|w| w.id);
    let json = json!({
        "format": FORMAT,
        "plan": {"key": plan.key, "version": plan.version},
        "profile": profile,
        "items": items,
        "runs": runs.into_values().collect::<Vec<_>>(),
        "files": files.into_values().collect::<Vec<_>>(),
        "connections": connections.into_values().collect::<Vec<_>>(),
        "review": review,
        "waivers": waivers,
    });
    // The one construction there is; it cannot fail on what was built just now.
    let hashes = root_of_canonical(&json).unwrap_or_else(|_| super::Hashes {
        items: BTreeMap::new(),
        slices: BTreeMap::new(),
        root: String::new(),
    });
    CanonicalPlan { json, item_hashes: hashes.items, slice_hashes: hashes.slices, root: hashes.root }
}

/// The current hash of each slice by its code, and under `trial` the hash that evidence of the trial
/// is held against. This is what `Evidence::slice_hashes` holds.
pub fn slice_hashes(plan: &Plan) -> BTreeMap<String, String> {
    let mut parts: BTreeMap<String, BTreeMap<String, String>> =
        Slice::ALL.iter().map(|s| (s.code().to_owned(), BTreeMap::new())).collect();
    for item in covered_items(plan).values() {
        let canonical = canonical_item(item);
        let (Some(object), Some(fields)) = (canonical.as_object(), canonical["fields"].as_object()) else {
            continue;
        };
        for (slice, fields) in fields {
            parts.entry(slice.clone()).or_default().insert(item.id.to_string(), part_hash(object, slice, fields));
        }
    }
    let mut hashes: BTreeMap<String, String> =
        parts.iter().map(|(slice, parts)| (slice.clone(), slice_hash(slice, parts))).collect();
    hashes.insert(TRIAL.to_owned(), trial_hash(plan));
    hashes
}

/// Evidence with the current hashes filled in.
pub fn with_hashes(plan: &Plan, mut evidence: Evidence) -> Evidence {
    evidence.slice_hashes = slice_hashes(plan);
    evidence
}

/// Hash of what a trial tries: the technical fields of flows, mapping lines, instances and systems.
/// The answers themselves are left out, or linking evidence would outdate it.
pub fn trial_hash(plan: &Plan) -> String {
    let technical = Slice::Technical.code();
    let mut parts = BTreeMap::new();
    for item in covered_items(plan).values() {
        if !matches!(item.kind(), Kind::Flow | Kind::MappingLine | Kind::Instance | Kind::System) {
            continue;
        }
        let canonical = canonical_item(item);
        if let (Some(object), Some(fields)) = (canonical.as_object(), canonical["fields"].get(technical)) {
            parts.insert(item.id.to_string(), part_hash(object, technical, fields));
        }
    }
    slice_hash(TRIAL, &parts)
}

/// Live items of the plan, and the workspace items they reach through references.
pub(crate) fn covered_items(plan: &Plan) -> BTreeMap<ItemId, &Item> {
    let mut covered: BTreeMap<ItemId, &Item> = plan
        .document
        .items
        .iter()
        .filter(|(_, item)| item.archived_at.is_none())
        .map(|(id, item)| (*id, item))
        .collect();
    let mut open: Vec<&Item> = covered.values().copied().collect();
    while let Some(item) = open.pop() {
        for link in item.links() {
            let live = plan.workspace.items.get(&link.target).filter(|i| i.archived_at.is_none());
            if let Some(target) = live
                && let Entry::Vacant(free) = covered.entry(target.id)
            {
                free.insert(target);
                open.push(target);
            }
        }
    }
    covered
}

/// One item: its normative, filled-in fields by slice. The slice of its kind is always there.
fn canonical_item(item: &Item) -> Value {
    let kind = item.kind();
    let body = item.entity.body();
    let mut slices: BTreeMap<&str, Map<String, Value>> = BTreeMap::from([(kind.slice().code(), Map::new())]);
    for field in kind.fields().iter().filter(|f| f.normative) {
        if let Some(value) = normative_value(field, &body[field.name]) {
            slices.entry(kind.slice_of(field).code()).or_default().insert(field.name.to_owned(), value);
        }
    }
    json!({"id": item.id, "kind": kind.code(), "number": item.number, "fields": slices})
}

/// A value without what is empty; `None` when nothing is left.
pub(crate) fn normative_value(field: &Field, value: &Value) -> Option<Value> {
    if *value == field.empty() || value.is_null() {
        return None;
    }
    let FieldType::Parts(inner) = field.kind else {
        return Some(value.clone());
    };
    let parts: Vec<Value> = value
        .as_array()?
        .iter()
        .map(|part| {
            let mut kept = Map::new();
            kept.insert("id".into(), part["id"].clone());
            for sub in inner.iter().filter(|f| f.normative) {
                if let Some(value) = normative_value(sub, &part[sub.name]) {
                    kept.insert(sub.name.to_owned(), value);
                }
            }
            Value::Object(kept)
        })
        .collect();
    Some(Value::Array(parts))
}

#[derive(Default)]
struct Relied {
    runs: BTreeSet<RunId>,
    files: BTreeSet<AttachmentId>,
    connections: BTreeSet<ConnectionId>,
}

/// The runs that a plan relies on: the newest result of every check, and whatever decisions and trial answers name.
pub fn runs_relied_on(plan: &Plan, evidence: &Evidence) -> BTreeSet<RunId> {
    relied_on(plan, evidence).runs
}

/// The runs that decisions and trial answers of a plan name.
pub fn runs_named(plan: &Plan) -> BTreeSet<RunId> {
    let decided = plan.each::<HistoryDecision>().filter_map(|decision| decision.run);
    let answers = plan.each::<TrialAnswer>();
    let proven = answers.flat_map(|answer| answer.entity.proofs.iter().filter_map(|proof| proof.run));
    decided.chain(proven).collect()
}

fn relied_on(plan: &Plan, evidence: &Evidence) -> Relied {
    let mut relied = Relied { runs: runs_named(plan), ..Relied::default() };
    for check in plan.each::<Check>() {
        let runs = [evidence.latest_run(check.id()), crate::current_run(evidence, &check)];
        relied.runs.extend(runs.into_iter().flatten().map(|r| r.id));
        relied.connections.extend([check.left, check.right].into_iter().flatten());
    }
    for answer in plan.each::<TrialAnswer>() {
        relied.files.extend(answer.entity.proofs.iter().filter_map(|proof| proof.file));
    }
    relied
}

//! The Merkle tree over a canonical plan, computed from its JSON alone.

use super::{CanonicalError, FORMAT};
use crate::finding::hex;
use domain::Slice;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Most bytes of what stands beside every slice of an item: its id and the code of its kind.
const LONGEST_NAME: usize = 100;
/// Most slices of all items together; a plan of today has one for each slot of review.
const MOST_SLICES: usize = 64;

/// Everything that is computed from a canonical plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hashes {
    /// Hash of each item by id.
    pub items: BTreeMap<String, String>,
    /// Hash of each slice by its code.
    pub slices: BTreeMap<String, String>,
    /// Hash over everything.
    pub root: String,
}

/// RFC 8785 bytes of a JSON value.
pub fn canonical_bytes(json: &Value) -> Vec<u8> {
    // Fails only for numbers JSON cannot hold, which a `Value` cannot hold either.
    serde_json_canonicalizer::to_vec(json).unwrap_or_default()
}

pub(super) fn hash(tag: &str, value: &Value) -> String {
    let mut sha = Sha256::new();
    sha.update(tag.as_bytes());
    sha.update([0]);
    sha.update(canonical_bytes(value));
    hex(&sha.finalize())
}

/// Hash of what one item says in one slice.
pub(super) fn part_hash(item: &Map<String, Value>, slice: &str, fields: &Value) -> String {
    let member = |name: &str| item.get(name).cloned().unwrap_or(Value::Null);
    let part = json!({
        "id": member("id"), "kind": member("kind"), "number": member("number"), "slice": slice, "fields": fields,
    });
    hash("part", &part)
}

/// Hash of one slice over the parts of its items.
pub(super) fn slice_hash(slice: &str, parts: &BTreeMap<String, String>) -> String {
    let parts: Vec<Value> = parts.iter().map(|(id, part)| json!([id, part])).collect();
    hash("slice", &json!([slice, parts]))
}

/// Recomputes every hash of a canonical plan from its JSON alone.
///
/// # Errors
/// Says what is not as a canonical plan must be.
pub fn root_of_canonical(plan: &Value) -> Result<Hashes, CanonicalError> {
    let wrong = |what: &str| CanonicalError(what.to_owned());
    let document = plan.as_object().ok_or_else(|| wrong("the plan is not a JSON object"))?;
    match document.get("format").and_then(Value::as_str) {
        Some(FORMAT) => {}
        Some(other) => {
            return Err(CanonicalError(format!("the plan has the form “{other}”; this is {FORMAT}")));
        }
        None => return Err(wrong("the plan does not say which form it has")),
    }
    let list = document.get("items").and_then(Value::as_array).ok_or_else(|| wrong("the plan has no list of items"))?;

    let mut items = BTreeMap::new();
    let mut parts: BTreeMap<String, BTreeMap<String, String>> =
        Slice::ALL.iter().map(|s| (s.code().to_owned(), BTreeMap::new())).collect();
    let mut last: Option<&str> = None;
    for item in list {
        let item = item.as_object().ok_or_else(|| wrong("an item is not a JSON object"))?;
        let id = item.get("id").and_then(Value::as_str).ok_or_else(|| wrong("an item has no id"))?;
        // What is repeated with every slice must be small, or a file could keep us hashing it for days.
        let kind = item.get("kind").and_then(Value::as_str).ok_or_else(|| wrong("an item has no kind"))?;
        if id.len().max(kind.len()) > LONGEST_NAME {
            return Err(wrong("the id or kind of an item is too long"));
        }
        if last.is_some_and(|last| last >= id) {
            return Err(CanonicalError(format!("item {id} stands twice or out of order")));
        }
        last = Some(id);
        if item.get("number").and_then(Value::as_i64).is_none() {
            return Err(CanonicalError(format!("item {id} has no number")));
        }
        let known = ["id", "kind", "number", "fields"];
        if let Some(other) = item.keys().find(|k| !known.contains(&k.as_str())) {
            return Err(CanonicalError(format!("item {id} has an unknown member “{other}”")));
        }
        let fields = item
            .get("fields")
            .and_then(Value::as_object)
            .ok_or_else(|| CanonicalError(format!("item {id} has no fields")))?;
        let mut own = BTreeMap::new();
        for (slice, fields) in fields {
            let part = part_hash(item, slice, fields);
            parts.entry(slice.clone()).or_default().insert(id.to_owned(), part.clone());
            own.insert(slice.clone(), part);
            if parts.len() > MOST_SLICES {
                return Err(CanonicalError(format!("the plan has more than {MOST_SLICES} slices")));
            }
        }
        items.insert(id.to_owned(), hash("item", &json!(own)));
    }

    let slices: BTreeMap<String, String> =
        parts.iter().map(|(slice, parts)| (slice.clone(), slice_hash(slice, parts))).collect();
    let mut top = Map::new();
    for (name, value) in document.iter().filter(|(name, _)| *name != "items") {
        // Under a name of its own, so that no member can stand in for the items or slices.
        top.insert(format!("member {name}"), Value::String(hash("member", value)));
    }
    top.insert("items".into(), items.iter().map(|(id, item)| json!([id, item])).collect());
    top.insert("slices".into(), json!(slices));
    Ok(Hashes { root: hash("root", &Value::Object(top)), items, slices })
}

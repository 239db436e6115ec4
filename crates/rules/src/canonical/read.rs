//! From canonical JSON back to a plan that can be shown, exported and compared.

use super::{CanonicalError, root_of_canonical};
use crate::Profile;
use domain::{ConnectionView, Document, DocumentId, Evidence, Item, ItemId, Kind, Plan, PlanState, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct PlanHead {
    key: String,
    version: i64,
}

#[derive(Deserialize)]
struct ConnectionHead {
    id: domain::ConnectionId,
    name: String,
    adapter: String,
    instance: Option<ItemId>,
}

/// The plan of a canonical document. Document ids, times and authors are not part of it: ids are
/// nil, times the epoch, the state is *signed*; whoever knows better sets them.
///
/// # Errors
/// Names the item or field that does not fit.
pub fn plan_from_canonical(json: &Value) -> Result<Plan, CanonicalError> {
    root_of_canonical(json)?;
    let head: PlanHead = member(json, "plan")?;
    let nil = || DocumentId(Default::default());
    let mut plan = Plan {
        key: head.key,
        state: PlanState::Signed,
        version: head.version,
        created_at: Timestamp::UNIX_EPOCH,
        document: Document::new(nil()),
        workspace: Document::new(nil()),
    };
    for item in json["items"].as_array().into_iter().flatten() {
        let item = read_item(item)?;
        let home = if item.kind().in_workspace() { &mut plan.workspace } else { &mut plan.document };
        home.items.insert(item.id, item);
    }
    Ok(plan)
}

/// The evidence of a canonical document: runs, files and connections relied on, review policy, waivers.
///
/// # Errors
/// Names the member that does not fit.
pub fn evidence_from_canonical(json: &Value) -> Result<Evidence, CanonicalError> {
    let hashes = root_of_canonical(json)?;
    let connections: Vec<ConnectionHead> = member(json, "connections")?;
    let mut evidence = Evidence {
        runs: member(json, "runs")?,
        files: member(json, "files")?,
        slots: member(json, "review")?,
        waivers: member(json, "waivers")?,
        connections: connections
            .into_iter()
            .map(|c| ConnectionView {
                id: c.id,
                name: c.name,
                instance: c.instance,
                adapter: c.adapter,
                address: String::new(),
                has_secret: false,
                guard: Vec::new(),
                refused: None,
                warnings: Vec::new(),
                verified_at: None,
            })
            .collect(),
        slice_hashes: hashes.slices,
        open_threads: 0,
        ..Evidence::default()
    };
    evidence.runs.sort_by_key(|r| std::cmp::Reverse(r.number));
    evidence.slice_hashes.insert(super::TRIAL.to_owned(), crate::trial_hash(&plan_from_canonical(json)?));
    Ok(evidence)
}

/// The rule profile of a canonical document.
///
/// # Errors
/// When the member does not fit.
pub fn profile_from_canonical(json: &Value) -> Result<Profile, CanonicalError> {
    member(json, "profile")
}

fn member<T: DeserializeOwned>(json: &Value, name: &str) -> Result<T, CanonicalError> {
    serde_json::from_value(json[name].clone()).map_err(|e| CanonicalError(format!("“{name}” does not fit: {e}")))
}

fn read_item(json: &Value) -> Result<Item, CanonicalError> {
    let id: ItemId = member(json, "id")?;
    let wrong = |what: String| CanonicalError(format!("item {id}: {what}"));
    let code = json["kind"].as_str().unwrap_or_default();
    let kind = Kind::from_code(code).ok_or_else(|| wrong(format!("“{code}” is no kind of item")))?;
    let number = json["number"].as_i64().filter(|n| *n > 0).ok_or_else(|| wrong("has no number".into()))?;
    let slices: BTreeMap<String, BTreeMap<String, Value>> = member(json, "fields")?;
    let mut body = kind.blank().body();
    for (name, value) in slices.into_values().flatten() {
        let field = kind.field(&name).ok_or_else(|| wrong(format!("a {} has no field “{name}”", kind.one())))?;
        field.check(&value).map_err(|e| wrong(e.to_string()))?;
        body[field.name] = value;
    }
    let entity = kind.read(body).map_err(|e| wrong(e.to_string()))?;
    Ok(Item { id, number, rev: 1, entity, archived_at: None, updated_by: None, updated_at: Timestamp::UNIX_EPOCH })
}

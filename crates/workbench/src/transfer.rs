//! Plans that come in: the canonical JSON of an export, with its seal or without, becomes a new draft with the same
//! items.
//! Deliberately absent: runs, files, waivers and signatures, which are evidence of the installation that
//! made them and cannot be believed here.

use crate::{Caller, Error, Event, Workbench};
use domain::{DocumentId, Item, JsonBounds, JsonRefused, Plan, PlanRole};
use serde_json::{Value, json};
use store::{Brought, NewPlan};
use uuid::Uuid;

/// Most bytes of a file looked at.
pub const IMPORT_MAX: usize = 64 << 20;

/// What is asked for wherever something else was given.
const EXPECTED: &str = "expected the plan that `plumbline export --format json` writes";

/// A plan that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Its key here; another than it had when that one was taken.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Items of the plan.
    pub items: usize,
    /// Items added to the workspace; those that were there already stay as they are.
    pub workspace_items: usize,
    /// What the file held and was left out, in words.
    pub left_out: Vec<String>,
}

impl Workbench {
    /// Starts a draft from an exported canonical plan. Ids and running numbers of its items are kept.
    ///
    /// # Errors
    /// When nobody is signed in, or in words naming what was expected when the file is anything else.
    pub async fn import_plan(&self, caller: &Caller, bytes: &[u8]) -> Result<Imported, Error> {
        self.person(caller)?;
        let (json, plan) = read(bytes)?;
        let brought = self.brought(caller, &plan).await?;
        let key = self.free_key(&plan.key).await?;
        let at = self.now();
        let items: Vec<Item> = plan
            .document
            .items
            .values()
            .map(|item| Item { updated_by: caller.user_id(), updated_at: at, ..item.clone() })
            .collect();
        let members: Vec<_> = caller.user_id().map(|user| (user, PlanRole::Editor)).into_iter().collect();
        let new = NewPlan {
            document: DocumentId(Uuid::now_v7()),
            key: &key,
            created_by: caller.user_id(),
            created_at: at,
            members: &members,
            items: &items,
        };
        let audit =
            self.audit(caller, "imported", None, json!({ "key": key, "from": plan.key, "version": plan.version }));
        self.store().insert_plan_with(&new, &[audit], brought.as_ref()).await?;
        let workspace_items = brought.as_ref().map_or(0, |brought| brought.items.len());
        if let Some(brought) = brought {
            self.events().send(Event::Changed { document: brought.workspace, rev: brought.rev + 1 });
        }
        Ok(Imported { name: plan.name(), items: items.len(), workspace_items, left_out: left_out(&json), key })
    }

    /// The systems, installations, teams and terms that the plan speaks of and that are not here, under
    /// their running numbers where these are free.
    async fn brought(&self, caller: &Caller, plan: &Plan) -> Result<Option<Brought>, Error> {
        let mut here = (*self.document(self.workspace_id()).await?).clone();
        let missing: Vec<&Item> = plan.workspace.items.values().filter(|i| !here.items.contains_key(&i.id)).collect();
        if missing.is_empty() {
            return Ok(None);
        }
        self.may_edit_workspace(caller).await?;
        let (id, rev, at) = (here.id, here.rev, self.now());
        let free = |item: &Item| !here.items.values().any(|i| i.kind() == item.kind() && i.number == item.number);
        let (keep, renumber): (Vec<&Item>, Vec<&Item>) = missing.into_iter().partition(|item| free(item));
        let mut items = Vec::new();
        for (item, keeps) in keep.into_iter().map(|i| (i, true)).chain(renumber.into_iter().map(|i| (i, false))) {
            let number = if keeps { item.number } else { here.next_number(item.kind()) };
            let item = Item { number, updated_by: caller.user_id(), updated_at: at, ..item.clone() };
            here.items.insert(item.id, item.clone());
            items.push(item);
        }
        let entry = |item: &Item| {
            let after = json!({ "kind": item.kind().code(), "fields": item.entity.body() });
            self.audit(caller, "added", Some(item.id), after)
        };
        let entries = items.iter().map(entry).collect();
        Ok(Some(Brought { workspace: id, rev, items, entries }))
    }
}

fn read(bytes: &[u8]) -> Result<(Value, Plan), Error> {
    let refused = |what: &str| Error::invalid("file", format!("{what}; {EXPECTED}"));
    if bytes.is_empty() {
        return Err(refused("is empty"));
    }
    if bytes.len() > IMPORT_MAX {
        return Err(refused(&format!("has {} bytes, at most {IMPORT_MAX} are read", bytes.len())));
    }
    if bytes.starts_with(b"%PDF-") {
        return Err(refused("is a PDF"));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(refused("is a spreadsheet or another packed file"));
    }
    let mut json: Value = JsonBounds::PLAN.read(bytes).map_err(|error| match error {
        JsonRefused::TooMuch => refused("holds more values than any plan, or nests them too deeply"),
        JsonRefused::Broken(e) => refused(&format!("is not JSON (line {}, column {})", e.line(), e.column())),
    })?;
    let unfit = |e: rules::CanonicalError| refused(&format!("cannot be imported: {}", e.0));
    if let Some(seal) = rules::take_seal(&mut json)
        && seal["root"] != rules::root_of_canonical(&json).map_err(unfit)?.root.as_str()
    {
        return Err(refused("was altered after it was exported: its plan does not lead to the root hash in its seal"));
    }
    let plan = rules::plan_from_canonical(&json).map_err(unfit)?;
    Ok((json, plan))
}

fn left_out(json: &Value) -> Vec<String> {
    let several = |member: &str, one: &str, many: &str| match json[member].as_array().map_or(0, Vec::len) {
        0 => None,
        1 => Some(format!("1 {one}")),
        n => Some(format!("{n} {many}")),
    };
    [
        several("runs", "run", "runs"),
        several("files", "file", "files"),
        several("connections", "connection", "connections"),
        several("review", "reviewer", "reviewers"),
        several("waivers", "waiver", "waivers"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::read;
    use serde_json::json;

    #[test]
    fn anything_else_is_refused_in_words() {
        for (bytes, words) in [
            (&b""[..], "is empty"),
            (b"%PDF-1.7 ...", "is a PDF"),
            (b"PK\x03\x04....", "spreadsheet"),
            (b"key;name\n1;a\n", "is not JSON (line 1, column 1)"),
            (b"{\"plan\":{}}", "does not say which form it has"),
            (b"[]", "not a JSON object"),
            (b"{\"format\":\"other/2\"}", "other/2"),
            (b"{\"format\":\"plumbline-plan/1\",\"items\":[{}]}", "an item has no id"),
            (b"{\"format\":\"plumbline-plan/1\",\"items\":[],\"seal\":{}}", "was altered"),
            ("[".repeat(100).as_bytes(), "nests them too deeply"),
            (format!("[{}0]", "{\"\":0},".repeat(400_000)).as_bytes(), "more values than any plan"),
        ] {
            let said = read(bytes).err().map(|e| e.to_string()).unwrap_or_default();
            assert!(said.contains(words) && said.contains("plumbline export --format json"), "{said}");
        }
    }

    #[test]
    fn a_seal_is_held_against_the_plan_and_left_behind() {
        let mut plan = json!({ "format": rules::FORMAT, "plan": { "key": "k", "version": 1 }, "items": [] });
        let root = rules::root_of_canonical(&plan).map(|hashes| hashes.root).unwrap_or_default();
        let bare = plan.clone();
        plan[rules::SEAL] = json!({ "root": root });
        let read_back = read(plan.to_string().as_bytes()).map(|(json, _)| json);
        assert_eq!(read_back.map_err(|e| e.to_string()), Ok(bare));
        plan["plan"]["version"] = json!(2);
        let said = read(plan.to_string().as_bytes()).err().map(|e| e.to_string()).unwrap_or_default();
        assert!(said.contains("was altered after it was exported"), "{said}");
    }
}

//! The only way in for changes to a plan or the workspace: authorise, validate, check, apply,
//! record and tell, in that order.

use crate::{Access, Caller, Error, Event, Workbench};
use domain::{
    Change, Document, DocumentId, Entity, FieldType, Invalid, Item, ItemId, Kind, Kinded, Plan, PlanRole, PlanState,
    Stamp, Timestamp, entity::Occurrence,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use store::{AuditEntry, StoreError};

/// Most changes in one batch: a large paste.
const BATCH_MAX: usize = 20_000;
/// Tries when others change the same document at the same moment.
const TRIES: usize = 8;

/// What a batch of changes led to.
#[derive(Debug, Clone)]
pub struct Edited {
    /// Change counter of the document.
    pub rev: i64,
    /// The items changed, as they are now, in the order of the batch.
    pub items: Vec<Item>,
}

impl Workbench {
    /// Applies changes to a plan in one transaction: all or none.
    ///
    /// # Errors
    /// When the caller may not edit, the plan is signed, a value is wrong, or a field moved on.
    pub async fn edit(&self, caller: &Caller, key: &str, changes: Vec<Change>) -> Result<Edited, Error> {
        let (plan, _) = self.role(caller, key, PlanRole::Editor).await?;
        if !plan.state.editable() {
            return Err(Error::Conflict(format!(
                "version {} of this plan is signed and cannot be changed; revise it to start version {}",
                plan.version,
                plan.version + 1
            )));
        }
        self.apply_changes(caller, plan.document, changes, false).await
    }

    /// Applies changes to the workspace: systems, instances, teams, terms. Every member may, as the
    /// workspace is what plans share.
    ///
    /// # Errors
    /// As for [`Workbench::edit`].
    pub async fn edit_workspace(&self, caller: &Caller, changes: Vec<Change>) -> Result<Edited, Error> {
        self.may_edit_workspace(caller).await?;
        self.unused_by_plans(caller, &changes).await?;
        self.apply_changes(caller, self.workspace_id(), changes, true).await
    }

    /// Whether the caller may change items of a plan or, without a key, of the workspace; its document.
    pub(crate) async fn may_change(&self, caller: &Caller, key: Option<&str>) -> Result<DocumentId, Error> {
        match key {
            Some(key) => Ok(self.role(caller, key, PlanRole::Editor).await?.0.document),
            None => self.may_edit_workspace(caller).await.map(|()| self.workspace_id()),
        }
    }

    /// What plans refer to cannot be removed from the workspace: says which. Plans the caller does not
    /// take part in are counted only.
    async fn unused_by_plans(&self, caller: &Caller, changes: &[Change]) -> Result<(), Error> {
        let removed = |id: &ItemId| changes.iter().any(|c| matches!(c, Change::Archive { item } if item == id));
        if !changes.iter().any(|c| matches!(c, Change::Archive { .. })) {
            return Ok(());
        }
        let owner = self.owner(caller).is_ok();
        let (mut named, mut others) = (Vec::new(), 0);
        for listing in self.store().list_plans(caller.user_id(), true).await? {
            let document = self.document(listing.plan.document).await?;
            let mut live = document.items.values().filter(|i| i.archived_at.is_none());
            match live.any(|i| i.links().iter().any(|l| removed(&l.target))) {
                true if owner || listing.plan.role.is_some() => named.push(format!("“{}”", listing.plan.key)),
                true => others += 1,
                false => {}
            }
        }
        if others > 0 {
            named.push(format!("{others} more"));
        }
        if named.is_empty() {
            return Ok(());
        }
        Err(Error::Conflict(format!("plans still use it: {}; take it out of them first", named.join(", "))))
    }

    /// Owners, and everybody who edits at least one plan.
    pub(crate) async fn may_edit_workspace(&self, caller: &Caller) -> Result<(), Error> {
        if self.owner(caller).is_ok() {
            return Ok(());
        }
        let user = caller.user_id().ok_or(Error::SignedOut)?;
        let plans = self.store().list_plans(Some(user), false).await?;
        let edits = plans.iter().any(|p| p.plan.role == Some(PlanRole::Editor));
        if edits { Ok(()) } else { Err(Error::denied("editor of a plan")) }
    }

    async fn apply_changes(
        &self,
        caller: &Caller,
        id: DocumentId,
        changes: Vec<Change>,
        workspace: bool,
    ) -> Result<Edited, Error> {
        if changes.len() > BATCH_MAX {
            return Err(Error::invalid(
                "changes",
                format!("are {}; at most {BATCH_MAX} fit in one step", changes.len()),
            ));
        }
        let stamp = Stamp { by: caller.user_id(), at: self.now() };
        for _ in 0..TRIES {
            let document = self.document(id).await?;
            let other = if workspace { None } else { Some(self.document(self.workspace_id()).await?) };
            let (items, audit) = batch(&document, other.as_deref(), &changes, stamp, workspace)?;
            if let Some(workspace) = &other {
                crate::trial::stamps_hold(&document, workspace, &items)?;
                self.losses_confirmed(&document, workspace, &items).await?;
            }
            match self.store().commit_changes(id, document.rev, &items, &audit).await {
                Ok(rev) => {
                    self.events().send(Event::Changed { document: id, rev });
                    return Ok(Edited { rev, items });
                }
                Err(StoreError::Stale { .. }) => {}
                Err(other) => return Err(other.into()),
            }
        }
        Err(Error::Unavailable("too many people are changing this plan right now; try again in a moment".into()))
    }

    /// Undoes one recorded change by applying its inverse. What was changed again since is a conflict.
    /// `key` is `None` for the workspace.
    ///
    /// # Errors
    /// As for [`Workbench::edit`].
    pub async fn undo(&self, caller: &Caller, key: Option<&str>, seq: i64) -> Result<Edited, Error> {
        let document = self.may_change(caller, key).await?;
        let mut lines = self.store().list_audit_after(document, seq - 1, 1).await?;
        let entry = lines.pop().filter(|line| line.seq == seq).ok_or(Error::NotFound("change"))?;
        let item = entry.entry.item.ok_or_else(|| Error::Conflict("this step did not change an item".into()))?;
        let change = recorded_inverse(item, &entry.entry)?;
        let undone = match key {
            Some(key) => self.edit(caller, key, vec![change]).await,
            None => self.edit_workspace(caller, vec![change]).await,
        };
        undone.map_err(|error| match error {
            Error::Edited(_) => Error::Conflict(
                "this was changed again since and cannot be undone alone; undo the later change first".into(),
            ),
            other => other,
        })
    }
}

/// A plan that is being worked on, of its two documents.
pub(crate) fn draft_of(document: &Document, workspace: &Document) -> Plan {
    Plan {
        key: String::new(),
        state: PlanState::Draft,
        version: 0,
        created_at: Timestamp::UNIX_EPOCH,
        document: document.clone(),
        workspace: workspace.clone(),
    }
}

/// Applies a batch to a copy of the document, so that later changes see earlier ones.
fn batch(
    document: &Document,
    other: Option<&Document>,
    changes: &[Change],
    stamp: Stamp,
    workspace: bool,
) -> Result<(Vec<Item>, Vec<AuditEntry>), Error> {
    let mut working = document.clone();
    let mut changed: BTreeMap<ItemId, usize> = BTreeMap::new();
    let mut items: Vec<Item> = Vec::new();
    let mut audit = Vec::new();
    for change in changes {
        if let Change::Add { kind, .. } = change
            && kind.in_workspace() != workspace
        {
            let home = if kind.in_workspace() { "the workspace" } else { "a plan" };
            return Err(Error::invalid("kind", format!("a {} belongs to {home}", kind.one())));
        }
        let before = working.items.get(&change.item()).cloned();
        let removed = before.as_ref().filter(|b| b.archived_at.is_some());
        if let (Change::Set { .. }, Some(item)) = (change, removed) {
            return Err(Error::Conflict(format!("{} was removed; undo that before you change it", item.key())));
        }
        let after = domain::apply(&working, change, stamp)?;
        match change {
            Change::Archive { item } => nothing_hangs(&working, *item)?,
            _ => {
                links_hold(&working, other, &after)?;
                places_hold(&working, before.as_ref(), &after)?;
            }
        }
        audit.push(audit_entry(change, before.as_ref(), &after, stamp));
        working.items.insert(after.id, after.clone());
        match changed.get(&after.id) {
            Some(at) => items[*at] = after,
            None => {
                changed.insert(after.id, items.len());
                items.push(after);
            }
        }
    }
    Ok((items, audit))
}

/// New references must point to something of the right kind. Half-imported plans may dangle (the
/// rules report it), edits may not.
fn links_hold(document: &Document, other: Option<&Document>, item: &Item) -> Result<(), Error> {
    // What comes back after it was removed is looked at like something new.
    let before = document.items.get(&item.id).filter(|i| i.archived_at.is_none());
    let known: Vec<_> = before.map(|i| i.links().iter().map(|l| l.target).collect()).unwrap_or_default();
    let mut problems = Vec::new();
    for link in item.links().into_iter().filter(|l| !known.contains(&l.target)) {
        let target = document.items.get(&link.target).or_else(|| other.and_then(|o| o.items.get(&link.target)));
        match target {
            None if link.target == item.id => {}
            Some(t) if t.archived_at.is_some() && t.id != item.id => {
                problems.push(Invalid::new(link.field, format!("points to {}, which was removed", t.key())));
            }
            Some(t) if t.kind() == link.kind => {}
            Some(t) => problems.push(Invalid::new(
                link.field,
                format!("points to {}, which is a {} and not a {}", t.key(), t.kind().one(), link.kind.one()),
            )),
            None => {
                problems.push(Invalid::new(link.field, format!("points to a {} that does not exist", link.kind.one())))
            }
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

/// The field that wins for a data point, and both copies of a claim about it, must hold that data point.
fn places_hold(document: &Document, before: Option<&Item>, after: &Item) -> Result<(), Error> {
    let known = before.map(places).unwrap_or_default();
    let name = |id: Option<ItemId>| id.and_then(|id| document.items.get(&id)).map(Item::title);
    let mut problems = Vec::new();
    for (field, point, place) in places(after).into_iter().filter(|place| !known.contains(place)) {
        let item = place.and_then(|id| document.items.get(&id));
        let Some(held) = item.and_then(|item| Occurrence::of(&item.entity)) else { continue };
        if held.data_point != point {
            let holds = name(held.data_point).map_or_else(|| "no data point".into(), |name| format!("“{name}”"));
            let wanted = name(point).unwrap_or_default();
            let reason = format!(
                "is {}.{}, which holds {holds}; choose a field that holds “{wanted}”",
                held.object_name, held.field_name
            );
            problems.push(Invalid::new(field, reason));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

/// Field, data point and occurrence, where an item says that one holds the other.
fn places(item: &Item) -> Vec<(&'static str, Option<ItemId>, Option<ItemId>)> {
    match &item.entity {
        Entity::Truth(truth) => vec![("occurrence", truth.data_point, truth.occurrence)],
        Entity::SyncClaim(claim) => {
            vec![("left", claim.data_point, claim.left), ("right", claim.data_point, claim.right)]
        }
        _ => Vec::new(),
    }
}

/// Putting something away that others refer to would leave them hanging: say which.
fn nothing_hangs(document: &Document, id: ItemId) -> Result<(), Error> {
    let hanging: Vec<String> = document
        .items
        .values()
        .filter(|i| i.archived_at.is_none() && i.id != id && i.links().iter().any(|l| l.target == id))
        .map(|i| format!("{} {}", i.key(), i.title()))
        .collect();
    if hanging.is_empty() {
        return Ok(());
    }
    let shown: Vec<_> = hanging.iter().take(5).cloned().collect();
    let more = if hanging.len() > 5 { format!(" and {} more", hanging.len() - 5) } else { String::new() };
    Err(Error::Conflict(format!("{}{more} would be left hanging; change or remove them first", shown.join(", "))))
}

fn audit_entry(change: &Change, before: Option<&Item>, after: &Item, stamp: Stamp) -> AuditEntry {
    let (verb, was, is) = match change {
        Change::Add { .. } => ("added", None, json!({ "kind": after.kind().code(), "fields": after.entity.body() })),
        Change::Set { .. } => {
            let patches = before.map(|b| domain::diff(&b.entity, &after.entity)).unwrap_or_default();
            let side = |pick: fn(&domain::Patch) -> &Value| -> Value {
                patches.iter().map(|p| (p.field.clone(), pick(p).clone())).collect::<serde_json::Map<_, _>>().into()
            };
            ("changed", Some(side(|p| &p.before)), side(|p| &p.after))
        }
        Change::Archive { .. } => ("removed", None, json!({ "kind": after.kind().code() })),
        Change::Restore { .. } => ("restored", None, json!({ "kind": after.kind().code() })),
    };
    AuditEntry { before: was, ..AuditEntry::new(stamp.by, verb, stamp.at).item(after.id).after(is) }
}

/// The change that undoes a recorded one.
pub(crate) fn recorded_inverse(item: ItemId, entry: &AuditEntry) -> Result<Change, Error> {
    match entry.verb.as_str() {
        "added" | "restored" => Ok(Change::Archive { item }),
        "removed" => Ok(Change::Restore { item }),
        "changed" => {
            let (Some(was), Some(is)) = (object(&entry.before), object(&entry.after)) else {
                return Err(Error::Internal("a recorded change has no fields".into()));
            };
            let patches = is
                .iter()
                .map(|(field, now)| domain::Patch {
                    field: field.clone(),
                    before: now.clone(),
                    after: was.get(field).cloned().unwrap_or(Value::Null),
                })
                .collect();
            Ok(Change::Set { item, patches })
        }
        other => Err(Error::Conflict(format!("“{other}” cannot be undone"))),
    }
}

fn object(value: &Option<Value>) -> Option<&serde_json::Map<String, Value>> {
    value.as_ref()?.as_object()
}

/// Turns what a form sent into patches: only fields whose text differs from what the form showed.
///
/// `before` and `after` hold JSON values by field name.
pub(crate) fn patches(
    kind: Kind,
    before: &serde_json::Map<String, Value>,
    after: &serde_json::Map<String, Value>,
) -> Vec<domain::Patch> {
    let mut patches = Vec::new();
    for field in kind.fields() {
        let Some(new) = after.get(field.name) else { continue };
        let old = before.get(field.name).cloned().unwrap_or_else(|| field.empty());
        if *new == old {
            continue;
        }
        match field.kind {
            FieldType::Parts(_) => patches.extend(part_patches(field.name, &old, new)),
            // A form sends ticks in no particular order.
            FieldType::Refs(_) if same_members(&old, new) => {}
            _ => patches.push(domain::Patch { field: field.name.into(), before: old, after: new.clone() }),
        }
    }
    patches
}

fn same_members(one: &Value, other: &Value) -> bool {
    match (one.as_array(), other.as_array()) {
        (Some(one), Some(other)) => one.len() == other.len() && one.iter().all(|member| other.contains(member)),
        _ => false,
    }
}

fn part_patches(name: &str, before: &Value, after: &Value) -> Vec<domain::Patch> {
    let find = |list: &Value, id: &Value| -> Value {
        list.as_array().into_iter().flatten().find(|p| p["id"] == *id).cloned().unwrap_or(Value::Null)
    };
    let mut ids: Vec<Value> = Vec::new();
    for part in before.as_array().into_iter().chain(after.as_array()).flatten() {
        if !ids.contains(&part["id"]) {
            ids.push(part["id"].clone());
        }
    }
    ids.into_iter()
        .filter_map(|id| {
            let (was, is) = (find(before, &id), find(after, &id));
            let field = format!("{name}/{}", id.as_str()?);
            (was != is).then_some(domain::Patch { field, before: was, after: is })
        })
        .collect()
}

impl Access {
    /// The item with this id or short key (`D12`), of the plan or the workspace.
    pub(crate) fn find(&self, reference: &str) -> Option<&Item> {
        if let Ok(id) = reference.parse::<ItemId>() {
            return self.plan.document.items.get(&id).or_else(|| self.plan.workspace.items.get(&id));
        }
        let all = self.plan.document.items.values().chain(self.plan.workspace.items.values());
        all.filter(|i| i.archived_at.is_none()).find(|i| i.key().eq_ignore_ascii_case(reference))
    }
}

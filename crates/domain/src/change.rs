//! Typed changes: the only way a document changes.
//!
//! A change names an item and its field patches (before → after). Changes to different fields
//! merge; a field that moved on under the writer is a conflict that shows both values. The inverse
//! of a change undoes it, and comparing two versions yields the changes between them.

use crate::{Document, Entity, FieldType, Invalid, Item, ItemId, Kind, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A new value for one field, or for one part of a list field (`examples/<part id>`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Patch {
    /// Field name, or `field/part-id`.
    pub field: String,
    /// Value the writer saw; for parts `null` means there was none.
    pub before: Value,
    /// Value the writer wants; for parts `null` removes it.
    pub after: Value,
}

/// One change to one item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// A new item with the given fields; the others are empty.
    Add {
        /// Its id, made by the caller.
        item: ItemId,
        /// Its kind.
        kind: Kind,
        /// Its fields.
        fields: Map<String, Value>,
    },
    /// New values for fields of an item.
    Set {
        /// The item.
        item: ItemId,
        /// Field by field.
        patches: Vec<Patch>,
    },
    /// Puts an item away. It stays in the history.
    Archive {
        /// The item.
        item: ItemId,
    },
    /// Brings an item back.
    Restore {
        /// The item.
        item: ItemId,
    },
}

impl Change {
    /// The item it changes.
    pub fn item(&self) -> ItemId {
        match self {
            Self::Add { item, .. } | Self::Set { item, .. } | Self::Archive { item } | Self::Restore { item } => *item,
        }
    }
}

/// Who changes something and when.
#[derive(Debug, Clone, Copy)]
pub struct Stamp {
    /// Who; `None` for the installation itself.
    pub by: Option<UserId>,
    /// When.
    pub at: Timestamp,
}

/// A field that moved on while somebody else was writing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldConflict {
    /// The item.
    pub item: ItemId,
    /// Field or part.
    pub field: String,
    /// What the writer saw.
    pub base: Value,
    /// What stands there now.
    pub theirs: Value,
    /// What the writer wants.
    pub mine: Value,
    /// Who wrote theirs.
    pub by: Option<UserId>,
    /// When they did.
    pub at: Timestamp,
}

/// Why a change was not applied.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Rejection {
    /// Values that cannot be kept.
    Invalid(Vec<Invalid>),
    /// Fields somebody else changed meanwhile.
    Conflict(Vec<FieldConflict>),
    /// There is no such item here.
    Missing(ItemId),
    /// An item with this id exists already.
    Exists(ItemId),
}

/// Applies one change to a document and returns the item as it is afterwards.
/// The document itself is not touched.
///
/// # Errors
/// When a value is wrong, a field moved on, or the item does not exist.
pub fn apply(document: &Document, change: &Change, stamp: Stamp) -> Result<Item, Rejection> {
    match change {
        Change::Add { item, kind, fields } => add(document, *item, *kind, fields, stamp),
        Change::Set { item, patches } => set(existing(document, *item)?, patches, stamp),
        Change::Archive { item } => {
            let mut next = existing(document, *item)?.clone();
            next.archived_at = next.archived_at.or(Some(stamp.at));
            Ok(stamped(next, stamp))
        }
        Change::Restore { item } => {
            let mut next = existing(document, *item)?.clone();
            next.archived_at = None;
            Ok(stamped(next, stamp))
        }
    }
}

fn existing(document: &Document, id: ItemId) -> Result<&Item, Rejection> {
    document.items.get(&id).ok_or(Rejection::Missing(id))
}

fn stamped(mut item: Item, stamp: Stamp) -> Item {
    item.rev += 1;
    item.updated_by = stamp.by;
    item.updated_at = stamp.at;
    item
}

fn add(
    document: &Document,
    id: ItemId,
    kind: Kind,
    fields: &Map<String, Value>,
    stamp: Stamp,
) -> Result<Item, Rejection> {
    if document.items.contains_key(&id) {
        return Err(Rejection::Exists(id));
    }
    let mut problems = Vec::new();
    let mut body = kind.blank().body();
    for (name, value) in fields {
        match kind.field(name) {
            Some(_) => body[name.as_str()] = value.clone(),
            None => problems.push(Invalid::new(name, format!("a {} has no such field", kind.one()))),
        }
    }
    let entity = checked(kind, body, kind.fields().iter().map(|f| f.name), problems)?;
    Ok(Item {
        id,
        number: document.next_number(kind),
        rev: 1,
        entity,
        archived_at: None,
        updated_by: stamp.by,
        updated_at: stamp.at,
    })
}

fn set(item: &Item, patches: &[Patch], stamp: Stamp) -> Result<Item, Rejection> {
    let kind = item.kind();
    let mut body = item.entity.body();
    let mut problems = Vec::new();
    let mut conflicts = Vec::new();
    let mut touched = Vec::new();
    for patch in patches {
        let (name, part) = match patch.field.split_once('/') {
            Some((name, part)) => (name, Some(part)),
            None => (patch.field.as_str(), None),
        };
        let Some(field) = kind.field(name) else {
            problems.push(Invalid::new(name, format!("a {} has no such field", kind.one())));
            continue;
        };
        touched.push(field.name);
        let current = part.map_or_else(|| body[name].clone(), |part| find_part(&body[name], part));
        if current == patch.after {
            continue;
        }
        if current != patch.before {
            conflicts.push(FieldConflict {
                item: item.id,
                field: patch.field.clone(),
                base: patch.before.clone(),
                theirs: current,
                mine: patch.after.clone(),
                by: item.updated_by,
                at: item.updated_at,
            });
            continue;
        }
        match (part, field.kind) {
            (Some(part), FieldType::Parts(_)) => put_part(&mut body[name], part, &patch.after),
            (Some(_), _) => problems.push(Invalid::new(name, "has no parts")),
            (None, _) => body[name] = patch.after.clone(),
        }
    }
    if !conflicts.is_empty() {
        return Err(Rejection::Conflict(conflicts));
    }
    let entity = checked(kind, body, touched.into_iter(), problems)?;
    let mut next = item.clone();
    next.entity = entity;
    Ok(stamped(next, stamp))
}

fn checked<'a>(
    kind: Kind,
    body: Value,
    touched: impl Iterator<Item = &'a str>,
    mut problems: Vec<Invalid>,
) -> Result<Entity, Rejection> {
    problems.extend(touched.filter_map(|name| kind.field(name)).filter_map(|f| f.check(&body[f.name]).err()));
    if !problems.is_empty() {
        return Err(Rejection::Invalid(problems));
    }
    kind.read(body).map_err(|e| Rejection::Invalid(vec![Invalid::new(kind.code(), e.to_string())]))
}

fn find_part(list: &Value, id: &str) -> Value {
    list.as_array().into_iter().flatten().find(|p| p["id"] == id).cloned().unwrap_or(Value::Null)
}

fn put_part(list: &mut Value, id: &str, part: &Value) {
    let Some(parts) = list.as_array_mut() else { return };
    match (parts.iter().position(|p| p["id"] == id), part.is_null()) {
        (Some(at), true) => {
            parts.remove(at);
        }
        (Some(at), false) => parts[at] = part.clone(),
        (None, true) => {}
        (None, false) => parts.push(part.clone()),
    }
}

/// The patches that lead from one state of an item to another. List fields with parts are compared
/// part by part.
pub fn diff(before: &Entity, after: &Entity) -> Vec<Patch> {
    let (old, new) = (before.body(), after.body());
    let mut patches = Vec::new();
    for field in after.kind().fields() {
        let (a, b) = (&old[field.name], &new[field.name]);
        if a == b {
            continue;
        }
        match field.kind {
            FieldType::Parts(_) => patches.extend(diff_parts(field.name, a, b)),
            _ => patches.push(Patch { field: field.name.into(), before: a.clone(), after: b.clone() }),
        }
    }
    patches
}

fn diff_parts(name: &str, before: &Value, after: &Value) -> Vec<Patch> {
    let ids = |list: &Value| -> Vec<String> {
        list.as_array().into_iter().flatten().filter_map(|p| p["id"].as_str().map(str::to_owned)).collect()
    };
    let mut all = ids(before);
    all.extend(ids(after).into_iter().filter(|id| !ids(before).contains(id)));
    all.into_iter()
        .map(|id| Patch { field: format!("{name}/{id}"), before: find_part(before, &id), after: find_part(after, &id) })
        .filter(|p| p.before != p.after)
        .collect()
}

/// The change that undoes `change`, given the item before it was applied.
pub fn inverse(change: &Change, before: Option<&Item>) -> Change {
    match change {
        Change::Add { item, .. } | Change::Restore { item } => Change::Archive { item: *item },
        Change::Archive { item } => Change::Restore { item: *item },
        Change::Set { item, patches } => {
            let body = before.map(|i| i.entity.body()).unwrap_or(Value::Null);
            let back = patches
                .iter()
                .map(|p| {
                    let was = match p.field.split_once('/') {
                        Some((name, part)) => find_part(&body[name], part),
                        None => body[p.field.as_str()].clone(),
                    };
                    Patch { field: p.field.clone(), before: p.after.clone(), after: was }
                })
                .collect();
            Change::Set { item: *item, patches: back }
        }
    }
}

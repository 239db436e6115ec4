//! Two versions of a plan field by field, derived from the field tables. Workspace items that either
//! version uses are part of the comparison; fields that no signature covers are not.

use crate::canonical::covered_items;
use crate::display::{display_with, part_in_words};
use domain::{Evidence, Field, FieldType, Item, ItemId, Kind, Plan, Slice};
use serde_json::Value;

/// What happened to an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum ItemStatus {
    /// Only in the newer version.
    Added,
    /// Only in the older version.
    Removed,
    /// In both, with different fields.
    Changed,
}

impl ItemStatus {
    /// Stored form.
    pub fn code(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }

    /// Wording shown to people.
    pub fn label(self) -> &'static str {
        self.code()
    }
}

/// One field, or one part of a list field, that differs.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FieldDiff {
    /// Name in the field table.
    pub field: String,
    /// Label of the field.
    pub label: String,
    /// Slice that answers for it.
    pub slice: Slice,
    /// What stood there, in words; empty when nothing did.
    pub before: String,
    /// What stands there now, in words.
    pub after: String,
}

/// One item that differs.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ItemDiff {
    /// The item.
    pub id: ItemId,
    /// Its kind.
    pub kind: Kind,
    /// Its short key, such as `D12`.
    pub key: String,
    /// What it is called (in the newer version where it is there).
    pub title: String,
    /// What happened to it.
    pub status: ItemStatus,
    /// Field by field; for added and removed items every filled-in field.
    pub fields: Vec<FieldDiff>,
}

impl ItemDiff {
    /// The slices touched.
    pub fn slices(&self) -> std::collections::BTreeSet<Slice> {
        self.fields.iter().map(|f| f.slice).collect()
    }
}

/// One version with what its connections, runs and files are called.
pub type Measured<'a> = (&'a Plan, &'a Evidence);

/// What differs from `a` (older) to `b` (newer), by kind and running number.
pub fn compare(a: Measured<'_>, b: Measured<'_>) -> Vec<ItemDiff> {
    let (old, new) = (covered_items(a.0), covered_items(b.0));
    let mut diffs = Vec::new();
    for (id, before) in &old {
        match new.get(id) {
            None => diffs.push(item_diff(a, b, ItemStatus::Removed, Some(before), None)),
            Some(after) => {
                let diff = item_diff(a, b, ItemStatus::Changed, Some(before), Some(after));
                diffs.push(diff.filter(|d| !d.fields.is_empty()));
            }
        }
    }
    for (_, after) in new.iter().filter(|(id, _)| !old.contains_key(id)) {
        diffs.push(item_diff(a, b, ItemStatus::Added, None, Some(after)));
    }
    let mut diffs: Vec<ItemDiff> = diffs.into_iter().flatten().collect();
    let number = |id: ItemId| new.get(&id).or_else(|| old.get(&id)).map(|item| item.number);
    diffs.sort_by_key(|d| (d.kind, number(d.id)));
    diffs
}

fn item_diff(
    a: Measured<'_>,
    b: Measured<'_>,
    status: ItemStatus,
    before: Option<&Item>,
    after: Option<&Item>,
) -> Option<ItemDiff> {
    let shown = after.or(before)?;
    let kind = shown.kind();
    let body = |item: Option<&Item>| item.filter(|i| i.kind() == kind).map(|i| i.entity.body());
    let (old, new) = (body(before), body(after));
    let mut fields = Vec::new();
    for field in kind.fields().iter().filter(|f| f.normative) {
        let value = |body: &Option<Value>| body.as_ref().map_or_else(|| field.empty(), |b| b[field.name].clone());
        let (was, is) = (value(&old), value(&new));
        if was == is {
            continue;
        }
        let slice = kind.slice_of(field);
        let row =
            |before, after| FieldDiff { field: field.name.into(), label: field.label.into(), slice, before, after };
        match field.kind {
            FieldType::Parts(inner) => fields.extend(
                part_diffs(&was, &is)
                    .into_iter()
                    .map(|(was, is)| row(part_words(a, inner, was), part_words(b, inner, is)))
                    .filter(|d| d.before != d.after),
            ),
            _ => fields.push(row(in_words(a, field, &was), in_words(b, field, &is))),
        }
    }
    let title = if after.is_some() { b.0.title(shown.id) } else { a.0.title(shown.id) };
    Some(ItemDiff { id: shown.id, kind, key: shown.key(), title, status, fields })
}

fn in_words((plan, evidence): Measured<'_>, field: &Field, value: &Value) -> String {
    display_with(plan, evidence, field, value)
}

fn part_words((plan, evidence): Measured<'_>, fields: &[Field], part: Option<&Value>) -> String {
    part.map(|part| part_in_words(plan, Some(evidence), fields, part)).unwrap_or_default()
}

/// Parts that differ, by part id, in the order of the older list and then of the newer.
fn part_diffs<'v>(was: &'v Value, is: &'v Value) -> Vec<(Option<&'v Value>, Option<&'v Value>)> {
    let list = |v: &'v Value| v.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut rows = Vec::new();
    for part in list(was) {
        let other = list(is).iter().find(|p| p["id"] == part["id"]);
        if other != Some(part) {
            rows.push((Some(part), other));
        }
    }
    for part in list(is) {
        if !list(was).iter().any(|p| p["id"] == part["id"]) {
            rows.push((None, Some(part)));
        }
    }
    rows
}

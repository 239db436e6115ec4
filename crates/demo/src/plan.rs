//! The items of the plan. Written down as tables with short handles (`crm.customer.email`); the builder
//! turns handles into ids, and the workbench checks every field as it would for a person.

pub(crate) mod change;
pub(crate) mod data;
pub(crate) mod flows;
mod points;
pub(crate) mod processes;
mod steps;
pub(crate) mod sync;
pub(crate) mod workspace;

use crate::{Error, ids::Ids};
use domain::{Change, Date, ItemId, Kind, Patch};
use jiff::ToSpan;
use serde_json::{Value, json};
use std::{collections::HashMap, sync::Mutex};

/// How old an item is meant to be when nothing else is said.
const AGE: u64 = 21;

/// Collects items to be added.
pub(crate) struct Build {
    ids: Ids,
    today: Date,
    changes: Vec<Change>,
    known: HashMap<String, ItemId>,
    missing: Mutex<Option<String>>,
}

impl Build {
    pub fn new(ids: Ids, today: Date) -> Self {
        Self { ids, today, changes: Vec::new(), known: HashMap::new(), missing: Mutex::new(None) }
    }

    /// Adds an item under a handle.
    pub fn add(&mut self, kind: Kind, handle: &str, body: Value) {
        self.aged(kind, handle, AGE, body);
    }

    /// Adds an item that was made so many days ago.
    pub fn aged(&mut self, kind: Kind, handle: &str, age: u64, body: Value) {
        let item = if kind.in_workspace() { self.ids.shared(handle) } else { self.ids.item(handle, age) };
        self.known.insert(handle.to_owned(), item);
        let fields = body.as_object().cloned().unwrap_or_default();
        self.changes.push(Change::Add { item, kind, fields });
    }

    /// Fills a field that had to wait for items added later.
    pub fn set(&mut self, handle: &str, field: &str, before: Value, after: Value) {
        match self.known.get(handle) {
            Some(item) => {
                let patch = Patch { field: field.into(), before, after };
                self.changes.push(Change::Set { item: *item, patches: vec![patch] });
            }
            None => self.miss(handle),
        }
    }

    /// An item made elsewhere gets a handle.
    pub fn know(&mut self, handle: &str, item: ItemId) {
        self.known.insert(handle.to_owned(), item);
    }

    /// The id behind a handle.
    pub fn id(&self, handle: &str) -> Value {
        match self.known.get(handle) {
            Some(id) => json!(id),
            None => {
                self.miss(handle);
                Value::Null
            }
        }
    }

    /// The same as an item id.
    pub fn item(&self, handle: &str) -> Result<ItemId, Error> {
        self.known.get(handle).copied().ok_or_else(|| Error::Dangling(handle.to_owned()))
    }

    /// The ids behind handles separated by blanks.
    pub fn ids(&self, handles: &str) -> Value {
        handles.split_whitespace().map(|h| self.id(h)).collect()
    }

    /// Parts of a list field, each with an id.
    pub fn parts(&self, handle: &str, parts: impl IntoIterator<Item = Value>) -> Value {
        let numbered = parts.into_iter().enumerate().map(|(n, mut part)| {
            part["id"] = json!(self.ids.part(handle, n));
            part
        });
        numbered.collect()
    }

    /// The day `days` from the day of making.
    pub fn day(&self, days: i64) -> Value {
        json!(self.today.saturating_add(days.days()))
    }

    /// What was collected since the last time.
    pub fn take(&mut self) -> Result<Vec<Change>, Error> {
        match self.missing.lock().ok().and_then(|mut m| m.take()) {
            Some(handle) => Err(Error::Dangling(handle)),
            None => Ok(std::mem::take(&mut self.changes)),
        }
    }

    fn miss(&self, handle: &str) {
        if let Ok(mut first) = self.missing.lock() {
            first.get_or_insert_with(|| handle.to_owned());
        }
    }
}

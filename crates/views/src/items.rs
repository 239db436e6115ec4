//! Items as tables and forms: derived from the field tables, whatever the kind.

use crate::{plans::PlanHead, review::Thread};
use domain::{Date, Entity, Evidence, Item, ItemId, Kind, Plan, Timestamp};
use rules::{Finding, Profile};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// A list of items of one kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemList {
    /// Around the page; `None` for lists of the workspace.
    pub head: Option<PlanHead>,
    /// What is listed.
    pub kind: Kind,
    /// Whether the reader may add and change.
    pub may_edit: bool,
    /// One page of rows.
    pub rows: Vec<ItemRow>,
    /// Rows in all pages.
    pub total: u64,
    /// First row of this page, from 0.
    pub offset: u64,
}

/// One item in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemRow {
    /// Which.
    pub id: ItemId,
    /// Short key, such as `D12`.
    pub key: String,
    /// What to call it.
    pub title: String,
    /// Text of every field that is a column, by field name.
    pub cells: BTreeMap<String, String>,
    /// Open error findings on it.
    pub errors: u64,
    /// Open warnings on it.
    pub warnings: u64,
}

/// Something to choose in a reference field.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RefOption {
    /// What people read.
    pub title: String,
    /// What is stored.
    pub id: String,
}

/// A link to another item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemLink {
    /// Which.
    pub id: ItemId,
    /// Short key.
    pub key: String,
    /// What to call it.
    pub title: String,
    /// Its kind.
    pub kind: Kind,
    /// Address of its page.
    pub href: String,
}

/// One line of an item's history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HistoryRow {
    /// Place in the audit chain; undo names it.
    pub seq: i64,
    /// Who.
    pub who: String,
    /// What they did.
    pub verb: String,
    /// Whether it is a change that has an opposite.
    pub undoable: bool,
    /// Field label, value before, value after, in words.
    pub fields: Vec<(String, String, String)>,
    /// When.
    pub at: Timestamp,
}

/// Everything about one item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemDetail {
    /// Around the page; `None` for items of the workspace.
    pub head: Option<PlanHead>,
    /// The item.
    pub item: Item,
    /// What to call it.
    pub title: String,
    /// Its body as JSON, by field name.
    pub body: Value,
    /// Every field in words, by field name.
    pub texts: BTreeMap<String, String>,
    /// What the reference fields (those of parts as `field.sub`) can point to.
    pub options: BTreeMap<String, Vec<RefOption>>,
    /// Items that refer to it.
    pub referring: Vec<ItemLink>,
    /// Findings on it.
    pub findings: Vec<Finding>,
    /// Comments on it by thread: open ones first, then the newest first.
    pub threads: Vec<Thread>,
    /// Its history, newest first.
    pub history: Vec<HistoryRow>,
    /// Whether the reader may change it: nobody may once it was removed.
    pub may_edit: bool,
    /// Whether the reader may undo what its history says.
    pub may_undo: bool,
    /// Whether the reader may comment on it.
    pub may_comment: bool,
    /// Address of its page within the plan, or within the workspace.
    pub href: String,
    /// Address of the page made for it, beside its form: the picture of a process, the map of a flow.
    pub own_page: Option<String>,
}

/// What a form needs to make a new item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewItem {
    /// Around the page; `None` for items of the workspace.
    pub head: Option<PlanHead>,
    /// What is made.
    pub kind: Kind,
    /// Values the form starts with.
    pub body: Value,
    /// What the reference fields can point to.
    pub options: BTreeMap<String, Vec<RefOption>>,
    /// Whether the reader may add it.
    pub may_edit: bool,
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum EditOutcome {
    /// Kept. The item as it is now.
    Saved {
        /// The item.
        item: ItemId,
        /// Short key.
        key: String,
        /// Change counter of the document.
        rev: i64,
    },
    /// Nothing was kept: fields somebody else changed meanwhile, with both values in words.
    Conflict {
        /// Field by field.
        fields: Vec<ConflictField>,
    },
}

/// One field that moved on under the writer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConflictField {
    /// Field name.
    pub field: String,
    /// Its label.
    pub label: String,
    /// What stands there now, in words.
    pub theirs: String,
    /// The same as JSON.
    pub theirs_value: Value,
    /// What the writer wants, in words.
    pub mine: String,
    /// The same as JSON.
    pub mine_value: Value,
    /// Who wrote theirs.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// What the rules need to judge a plan while somebody types: the same on both sides of the wire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Basis {
    /// The plan as it is stored.
    pub plan: Plan,
    /// What was measured and said about it.
    pub evidence: Evidence,
    /// Weights of the rules.
    pub profile: Profile,
    /// Today at the server.
    pub today: Date,
    /// What the rules say of what is stored.
    pub findings: Vec<Finding>,
}

/// What the rules would say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Judged {
    /// Everything about the item.
    pub here: Vec<Finding>,
    /// What would be new about other items and the plan as a whole.
    pub elsewhere: Vec<Finding>,
}

impl Basis {
    /// What the rules would say of the plan if the item said this. An item that is not there yet is added.
    #[must_use]
    pub fn judge(&self, item: ItemId, entity: Entity) -> Judged {
        let mut plan = self.plan.clone();
        let home = if entity.kind().in_workspace() { &mut plan.workspace } else { &mut plan.document };
        match home.items.get_mut(&item) {
            Some(item) => item.entity = entity,
            None => {
                let (number, updated_at) = (home.next_number(entity.kind()), self.plan.created_at);
                let new = Item { id: item, number, rev: 1, entity, archived_at: None, updated_by: None, updated_at };
                home.items.insert(item, new);
            }
        }
        let evidence = rules::with_hashes(&plan, self.evidence.clone());
        let findings = rules::lint(&plan, &evidence, &self.profile, self.today);
        let (here, others): (Vec<_>, Vec<_>) = findings.into_iter().partition(|f| f.subject == Some(item));
        let known = |f: &Finding| self.findings.iter().any(|k| k.rule == f.rule && k.fingerprint == f.fingerprint);
        Judged { here, elsewhere: others.into_iter().filter(|f| !known(f)).collect() }
    }
}

//! Documents and plans held in memory, with typed access.

use crate::{Date, DocumentId, Entity, Item, ItemId, Kind, Kinded, Timestamp};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, ops::Deref};

/// A set of items that is edited and versioned together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// Which.
    pub id: DocumentId,
    /// Counts the changes of all items.
    pub rev: i64,
    /// Items by id, archived ones included.
    pub items: BTreeMap<ItemId, Item>,
}

/// Where a plan stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanState {
    /// Being worked on.
    Draft,
    /// A review round is open.
    InReview,
    /// The newest version is signed and nothing was changed since.
    Signed,
    /// Signature withdrawn.
    Withdrawn,
}

impl PlanState {
    /// Stored form.
    pub fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::InReview => "in_review",
            Self::Signed => "signed",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Wording shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::InReview => "In review",
            Self::Signed => "Signed",
            Self::Withdrawn => "Withdrawn",
        }
    }

    /// Whether items may be changed.
    pub fn editable(self) -> bool {
        matches!(self, Self::Draft | Self::InReview)
    }
}

/// A plan with the workspace it refers to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Short name in addresses, such as `four-marketing-clouds`.
    pub key: String,
    /// Where it stands.
    pub state: PlanState,
    /// Number of the version being worked on (or signed).
    pub version: i64,
    /// When it was started.
    pub created_at: Timestamp,
    /// Its own items.
    pub document: Document,
    /// The workspace's items.
    pub workspace: Document,
}

/// An item together with its typed content. Derefs to the content.
#[derive(Debug)]
pub struct Row<'a, T> {
    /// The item.
    pub item: &'a Item,
    /// What it says.
    pub entity: &'a T,
}

impl<T> Clone for Row<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Row<'_, T> {}

impl<T> Row<'_, T> {
    /// Its id.
    pub fn id(&self) -> ItemId {
        self.item.id
    }

    /// Its short key, such as `D12`.
    pub fn key(&self) -> String {
        self.item.key()
    }
}

impl<T> Deref for Row<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        self.entity
    }
}

impl Document {
    /// An empty document.
    pub fn new(id: DocumentId) -> Self {
        Self { id, rev: 0, items: BTreeMap::new() }
    }

    /// Live items of one type, by running number.
    pub fn each<T: Kinded>(&self) -> impl Iterator<Item = Row<'_, T>> {
        let mut rows: Vec<Row<'_, T>> = self
            .items
            .values()
            .filter(|item| item.archived_at.is_none())
            .filter_map(|item| T::of(&item.entity).map(|entity| Row { item, entity }))
            .collect();
        rows.sort_by_key(|row| row.item.number);
        rows.into_iter()
    }

    /// Live items of one kind, by running number.
    pub fn of_kind(&self, kind: Kind) -> Vec<&Item> {
        let mut items: Vec<_> = self.items.values().filter(|i| i.archived_at.is_none() && i.kind() == kind).collect();
        items.sort_by_key(|item| item.number);
        items
    }

    /// The running number the next item of a kind gets.
    pub fn next_number(&self, kind: Kind) -> i64 {
        self.items.values().filter(|i| i.kind() == kind).map(|i| i.number).max().unwrap_or(0) + 1
    }
}

impl Plan {
    /// Live items of one type in the plan or, for workspace kinds, in the workspace.
    pub fn each<T: Kinded>(&self) -> impl Iterator<Item = Row<'_, T>> {
        let home = if T::KIND.in_workspace() { &self.workspace } else { &self.document };
        home.each::<T>()
    }

    /// A live item by id, in the plan or in the workspace.
    pub fn item(&self, id: ItemId) -> Option<&Item> {
        self.document.items.get(&id).or_else(|| self.workspace.items.get(&id)).filter(|item| item.archived_at.is_none())
    }

    /// A live item of a known type.
    pub fn get<T: Kinded>(&self, id: ItemId) -> Option<Row<'_, T>> {
        let item = self.item(id)?;
        T::of(&item.entity).map(|entity| Row { item, entity })
    }

    /// The same for an optional reference.
    pub fn find<T: Kinded>(&self, id: Option<ItemId>) -> Option<Row<'_, T>> {
        self.get(id?)
    }

    /// What to call an item in a sentence. Composite things get a composite name:
    /// `Customer · E-mail`, `CRM customer.email`, `E-mail → debtor.mail`.
    pub fn title(&self, id: ItemId) -> String {
        self.item(id).map_or_else(|| "something removed".into(), |item| self.title_of(item))
    }

    /// The same for an item at hand, archived ones included.
    pub fn title_of(&self, item: &Item) -> String {
        let instance = |id: Option<ItemId>| {
            self.find::<crate::entity::Instance>(id).map_or_else(|| "no system".into(), |i| i.name.to_string())
        };
        // A reference to the wrong kind gives its plain name: two such items must not name each other for ever.
        let named = |id: Option<ItemId>, kind: Kind| match id.map(|id| self.item(id)) {
            None => "nothing".into(),
            Some(None) => "something removed".into(),
            Some(Some(item)) if item.kind() == kind => self.title_of(item),
            Some(Some(item)) => item.title(),
        };
        match &item.entity {
            Entity::DataPoint(point) => match self.find::<crate::entity::BusinessObject>(point.object) {
                Some(object) => format!("{} · {}", object.name, point.name),
                None => item.title(),
            },
            Entity::Occurrence(o) => format!("{} {}.{}", instance(o.instance), o.object_name, o.field_name),
            Entity::Truth(truth) => format!("truth of {}", named(truth.data_point, Kind::DataPoint)),
            Entity::RecordRole(role) => {
                format!("{} in {}", named(role.object, Kind::BusinessObject), instance(role.instance))
            }
            Entity::MappingLine(line) => format!("line to {}", named(line.target, Kind::Occurrence)),
            Entity::SyncClaim(claim) => format!("claim about {}", named(claim.data_point, Kind::DataPoint)),
            Entity::HistoryDecision(decision) => {
                format!("decision on {}", named(decision.object, Kind::BusinessObject))
            }
            Entity::Resolution(resolution) => {
                format!("resolution for {}", named(resolution.data_point, Kind::DataPoint))
            }
            Entity::Impact(impact) => format!("impact on {}", named(impact.team, Kind::Team)),
            Entity::Variant(variant) => {
                let kind = variant.kind.map_or("picture", crate::Choices::label);
                format!("{} {}", named(variant.process, Kind::Process), kind.to_lowercase())
            }
            Entity::Walkthrough(walk) => format!("walk-through of {}", named(walk.process, Kind::Process)),
            _ => item.title(),
        }
    }

    /// The plan's own sheet: purpose, sponsor, dates. Empty when nobody has filled it in yet.
    pub fn charter(&self) -> crate::entity::Charter {
        self.each::<crate::entity::Charter>().next().map(|row| row.entity.clone()).unwrap_or_default()
    }

    /// Name of the plan.
    pub fn name(&self) -> String {
        let name = self.charter().name;
        if name.is_empty() { self.key.clone() } else { name.to_string() }
    }

    /// Planned first day of the integration.
    pub fn go_live(&self) -> Option<Date> {
        self.charter().go_live
    }

    /// Live items that refer to `id`, with the field they do it in.
    pub fn referring(&self, id: ItemId) -> Vec<(&Item, &'static str)> {
        self.document
            .items
            .values()
            .chain(self.workspace.items.values())
            .filter(|item| item.archived_at.is_none() && item.id != id)
            .flat_map(|item| item.links().into_iter().filter(|l| l.target == id).map(move |l| (item, l.field)))
            .collect()
    }
}

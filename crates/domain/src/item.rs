//! Items: the one shape in which everything of a document is stored, changed and compared.

use crate::{Date, Field, FieldType, ItemId, Slice, Timestamp, UserId, entity};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An entity type that items of one kind hold.
pub trait Kinded: Sized + Default + Serialize + 'static + for<'de> Deserialize<'de> {
    /// Its kind.
    const KIND: Kind;
    /// Its field table.
    const FIELDS: &'static [Field];
    /// Looks into an entity of any kind.
    fn of(entity: &Entity) -> Option<&Self>;
}

macro_rules! kinds {
    ($($kind:ident $code:literal $snake:literal $one:literal $many:literal $slice:ident $home:ident,)+) => {
        /// What an item is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Kind {$(
            #[doc = $one]
            $kind,
        )+}

        /// A typed entity of any kind.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Entity {$(
            #[doc = $one]
            $kind(entity::$kind),
        )+}

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];
            /// The letter before the running number: `D` in `D12`.
            pub fn letter(self) -> &'static str { match self { $(Self::$kind => $code,)+ } }
            /// Stored form and the form in addresses.
            pub fn code(self) -> &'static str { match self { $(Self::$kind => $snake,)+ } }
            /// What one is called.
            pub fn one(self) -> &'static str { match self { $(Self::$kind => $one,)+ } }
            /// What several are called.
            pub fn many(self) -> &'static str { match self { $(Self::$kind => $many,)+ } }
            /// The slice its fields belong to where the field table does not say otherwise.
            pub fn slice(self) -> Slice { match self { $(Self::$kind => Slice::$slice,)+ } }
            /// Whether it lives in the workspace document rather than in a plan.
            pub fn in_workspace(self) -> bool { match self { $(Self::$kind => Home::$home == Home::Workspace,)+ } }
            /// Its field table.
            pub fn fields(self) -> &'static [Field] {
                match self { $(Self::$kind => <entity::$kind as Kinded>::FIELDS,)+ }
            }
            /// An untouched entity of this kind.
            pub fn blank(self) -> Entity { match self { $(Self::$kind => Entity::$kind(Default::default()),)+ } }
            /// Reads an entity of this kind from its JSON body.
            ///
            /// # Errors
            /// When the body does not fit the kind.
            pub fn read(self, body: Value) -> Result<Entity, serde_json::Error> {
                match self { $(Self::$kind => serde_json::from_value(body).map(Entity::$kind),)+ }
            }
        }

        impl Entity {
            /// Its kind.
            pub fn kind(&self) -> Kind { match self { $(Self::$kind(_) => Kind::$kind,)+ } }
            /// Its JSON body: an object with every field of the field table.
            pub fn body(&self) -> Value {
                match self { $(Self::$kind(inner) => serde_json::to_value(inner).unwrap_or(Value::Null),)+ }
            }
        }

        $(impl Kinded for entity::$kind {
            const KIND: Kind = Kind::$kind;
            const FIELDS: &'static [Field] = Self::TABLE;
            fn of(entity: &Entity) -> Option<&Self> {
                match entity { Entity::$kind(inner) => Some(inner), _ => None }
            }
        })+
    };
}

#[derive(PartialEq)]
enum Home {
    Workspace,
    Plan,
}

kinds! {
    System "S" "system" "system" "systems" Technical Workspace,
    Instance "I" "instance" "instance" "instances" Technical Workspace,
    Team "T" "team" "team" "teams" Change Workspace,
    Term "G" "term" "term" "terms" Data Workspace,
    Charter "N" "charter" "charter" "charters" Plan Plan,
    BusinessObject "B" "business_object" "business object" "business objects" Data Plan,
    DataPoint "D" "data_point" "data point" "data points" Data Plan,
    Occurrence "O" "occurrence" "occurrence" "occurrences" Data Plan,
    Identifier "K" "identifier" "identifier" "identifiers" Data Plan,
    RecordRole "Q" "record_role" "record role" "record roles" Data Plan,
    Scope "Z" "scope" "scope" "scopes" Data Plan,
    Truth "U" "truth" "source of truth" "sources of truth" Data Plan,
    Resolution "X" "resolution" "conflict resolution" "conflict resolutions" Data Plan,
    Flow "F" "flow" "flow" "flows" Technical Plan,
    MappingLine "M" "mapping_line" "mapping line" "mapping lines" Technical Plan,
    Process "P" "process" "process" "processes" Process Plan,
    Variant "V" "variant" "variant" "variants" Process Plan,
    Step "E" "step" "step" "steps" Process Plan,
    Walkthrough "W" "walkthrough" "walk-through" "walk-throughs" Process Plan,
    Discrepancy "Y" "discrepancy" "discrepancy" "discrepancies" Process Plan,
    Effect "J" "effect" "effect" "effects" Process Plan,
    Risk "R" "risk" "risk" "risks" Process Plan,
    Opportunity "OP" "opportunity" "opportunity" "opportunities" Process Plan,
    Impact "IM" "impact" "impact" "impacts" Change Plan,
    Communication "C" "communication" "communication" "communications" Change Plan,
    SyncClaim "SC" "sync_claim" "sync claim" "sync claims" Data Plan,
    Check "CK" "check" "sync check" "sync checks" Technical Plan,
    HistoryDecision "H" "history_decision" "history decision" "history decisions" Data Plan,
    Obligation "OB" "obligation" "obligation" "obligations" Data Plan,
    TrialAnswer "TA" "trial_answer" "trial answer" "trial answers" Technical Plan,
    DesignOption "DO" "design_option" "design option" "design options" Technical Plan,
}

impl Kind {
    /// The kind with this stored form.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|k| k.code() == code)
    }

    /// One field of the field table.
    pub fn field(self, name: &str) -> Option<&'static Field> {
        self.fields().iter().find(|f| f.name == name)
    }

    /// The slice that answers for a field.
    pub fn slice_of(self, field: &Field) -> Slice {
        field.slice.unwrap_or_else(|| self.slice())
    }
}

/// One item of a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "StoredItem", into = "StoredItem")]
pub struct Item {
    /// Which; the same in every version.
    pub id: ItemId,
    /// Running number within the document and kind: the 12 of `D12`.
    pub number: i64,
    /// Counts the changes, from 1.
    pub rev: i64,
    /// What it says.
    pub entity: Entity,
    /// Set when it was put away.
    pub archived_at: Option<Timestamp>,
    /// Who changed it last.
    pub updated_by: Option<UserId>,
    /// When.
    pub updated_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct StoredItem {
    id: ItemId,
    kind: Kind,
    number: i64,
    rev: i64,
    body: Value,
    archived_at: Option<Timestamp>,
    updated_by: Option<UserId>,
    updated_at: Timestamp,
}

impl From<Item> for StoredItem {
    fn from(item: Item) -> Self {
        Self {
            id: item.id,
            kind: item.kind(),
            number: item.number,
            rev: item.rev,
            body: item.entity.body(),
            archived_at: item.archived_at,
            updated_by: item.updated_by,
            updated_at: item.updated_at,
        }
    }
}

impl TryFrom<StoredItem> for Item {
    type Error = serde_json::Error;
    fn try_from(stored: StoredItem) -> Result<Self, Self::Error> {
        Ok(Self {
            id: stored.id,
            number: stored.number,
            rev: stored.rev,
            entity: stored.kind.read(stored.body)?,
            archived_at: stored.archived_at,
            updated_by: stored.updated_by,
            updated_at: stored.updated_at,
        })
    }
}

/// A reference from one item to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// Field it stands in.
    pub field: &'static str,
    /// Kind it must point to.
    pub kind: Kind,
    /// Where it points.
    pub target: ItemId,
}

impl Item {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        self.entity.kind()
    }

    /// Short stable id, such as `D12`.
    pub fn key(&self) -> String {
        format!("{}{}", self.kind().letter(), self.number)
    }

    /// What to call it in a sentence: its name, else its key.
    pub fn title(&self) -> String {
        let body = self.entity.body();
        match body.get("name").and_then(Value::as_str) {
            Some(name) if !name.is_empty() => name.to_owned(),
            _ => self.key(),
        }
    }

    /// Every reference to other items, parts included.
    pub fn links(&self) -> Vec<Link> {
        let body = self.entity.body();
        let mut links = Vec::new();
        for field in self.kind().fields() {
            let value = &body[field.name];
            match field.kind {
                FieldType::Parts(inner) => {
                    for part in value.as_array().into_iter().flatten() {
                        for sub in inner {
                            collect_links(&mut links, field.name, sub.kind, &part[sub.name]);
                        }
                    }
                }
                kind => collect_links(&mut links, field.name, kind, value),
            }
        }
        links
    }
}

fn collect_links(links: &mut Vec<Link>, field: &'static str, kind: FieldType, value: &Value) {
    let (FieldType::Ref(kind) | FieldType::Refs(kind)) = kind else { return };
    let single = std::iter::once(value).filter(|v| v.is_string());
    let several = value.as_array().into_iter().flatten();
    for id in single.chain(several).filter_map(Value::as_str).filter_map(|t| t.parse().ok()) {
        links.push(Link { field, kind, target: id });
    }
}

impl Item {
    /// Whole days since the last change, as of `today`.
    pub fn age_days(&self, today: Date) -> i64 {
        let changed = self.updated_at.to_zoned(jiff::tz::TimeZone::UTC).date();
        i64::from((today - changed).get_days())
    }
}

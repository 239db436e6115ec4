//! A small builder: items under names of their own, references written as `"@name"`.

use domain::{
    Date, Document, DocumentId, Entity, Evidence, Item, ItemId, Kind, Plan, PlanState, Run, RunState, RunTotals,
    SeenPair, Timestamp,
};
use rules::{Finding, Profile, lint};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The day on which the tests look.
pub fn today() -> Date {
    "2027-01-15".parse().unwrap()
}

/// An instant from its RFC 3339 form.
pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A time-ordered id made on 4 January 2027.
pub fn id<T: std::str::FromStr>(n: u64) -> T
where
    T::Err: std::fmt::Debug,
{
    let ms = at("2027-01-04T00:00:00Z").as_millisecond();
    let stamp = format!("{ms:012x}");
    format!("{}-{}-7000-8000-{n:012x}", &stamp[..8], &stamp[8..]).parse().unwrap()
}

/// A plan under construction with its evidence.
#[derive(Clone)]
pub struct Build {
    /// The plan.
    pub plan: Plan,
    /// Its evidence.
    pub evidence: Evidence,
    names: BTreeMap<String, ItemId>,
    next: u64,
}

impl Build {
    /// Nothing yet.
    pub fn new() -> Self {
        let plan = Plan {
            key: "test-plan".into(),
            state: PlanState::Draft,
            version: 1,
            created_at: at("2027-01-04T00:00:00Z"),
            document: Document::new(id::<DocumentId>(1)),
            workspace: Document::new(id::<DocumentId>(2)),
        };
        Self { plan, evidence: Evidence::default(), names: BTreeMap::new(), next: 100 }
    }

    /// The id of a named item.
    pub fn id(&self, name: &str) -> ItemId {
        *self.names.get(name).unwrap_or_else(|| panic!("no item is called {name}"))
    }

    fn fresh(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Replaces `"@name"` by ids and gives parts theirs.
    fn resolve(&mut self, value: Value, part: bool) -> Value {
        match value {
            Value::String(text) => match text.strip_prefix('@') {
                Some(name) => json!(self.id(name)),
                None => Value::String(text),
            },
            Value::Array(list) => list.into_iter().map(|v| self.resolve(v, true)).collect(),
            Value::Object(map) => {
                let mut object: serde_json::Map<String, Value> =
                    map.into_iter().map(|(k, v)| (k, self.resolve(v, false))).collect();
                if part && !object.contains_key("id") {
                    let n = self.fresh();
                    object.insert("id".into(), json!(id::<domain::PartId>(n)));
                }
                Value::Object(object)
            }
            other => other,
        }
    }

    /// Adds an item; fields not given are empty.
    pub fn add(&mut self, kind: Kind, name: &str, fields: Value) -> &mut Self {
        let n = self.fresh();
        let item = id::<ItemId>(n);
        self.names.insert(name.into(), item);
        let fields = self.resolve(fields, false);
        let mut body = kind.blank().body();
        for (field, value) in fields.as_object().unwrap() {
            let known = kind.field(field).unwrap_or_else(|| panic!("{} has no field {field}", kind.one()));
            known.check(value).unwrap_or_else(|e| panic!("{name}: {e}"));
            body[field] = value.clone();
        }
        let home = if kind.in_workspace() { &mut self.plan.workspace } else { &mut self.plan.document };
        let item = Item {
            id: item,
            number: home.next_number(kind),
            rev: 1,
            entity: kind.read(body).unwrap(),
            archived_at: None,
            updated_by: None,
            updated_at: at("2027-01-05T00:00:00Z"),
        };
        home.items.insert(item.id, item);
        self
    }

    /// The stored item, wherever it lives.
    pub fn item(&mut self, name: &str) -> &mut Item {
        let id = self.id(name);
        self.plan.document.items.get_mut(&id).or(self.plan.workspace.items.get_mut(&id)).unwrap()
    }

    /// Gives one field another value.
    pub fn set(&mut self, name: &str, field: &str, value: Value) -> &mut Self {
        let value = self.resolve(value, false);
        let item = self.item(name);
        assert!(item.kind().field(field).is_some(), "{} has no field {field}", item.kind().one());
        let mut body = item.entity.body();
        body[field] = value;
        item.entity = item.kind().read(body).unwrap();
        self
    }

    /// Empties one field.
    pub fn clear(&mut self, name: &str, field: &str) -> &mut Self {
        let empty = self.item(name).kind().field(field).unwrap().empty();
        self.set(name, field, empty)
    }

    /// Puts an item away.
    pub fn archive(&mut self, name: &str) -> &mut Self {
        self.item(name).archived_at = Some(at("2027-01-06T00:00:00Z"));
        self
    }

    /// Adds a finished run of a check.
    pub fn run(&mut self, number: i64, check: &str, totals: RunTotals) -> &mut Self {
        let run = Run {
            id: id(9000 + number.unsigned_abs()),
            number,
            check: self.id(check),
            state: RunState::Done,
            by: id(11),
            by_name: "Rui".into(),
            queued_at: at("2027-01-12T08:00:00Z"),
            ended_at: Some(at("2027-01-12T08:01:00Z")),
            spec_hash: String::new(),
            slice_hash: String::new(),
            left_hash: None,
            right_hash: None,
            totals: Some(totals),
            result_hash: Some("cd".repeat(32)),
            message: None,
            took_ms: Some(60_000),
        };
        self.evidence.runs.insert(0, run);
        self.measured_now()
    }

    /// Makes the newest run one of its check and the plan as they are now.
    pub fn measured_now(&mut self) -> &mut Self {
        let slice_hash = rules::trial_hash(&self.plan);
        let run = &mut self.evidence.runs[0];
        let check = self.plan.get::<domain::entity::Check>(run.check).unwrap();
        (run.spec_hash, run.slice_hash) = (rules::spec_hash(check.entity), slice_hash);
        self
    }

    /// The counts of the newest run.
    pub fn totals(&mut self) -> &mut RunTotals {
        self.evidence.runs[0].totals.as_mut().unwrap()
    }

    /// What was seen of a compared pair of columns in the newest run.
    pub fn seen(&mut self, field: usize) -> &mut SeenPair {
        self.totals().fields[field].seen.get_or_insert_default()
    }

    /// What the rules say under the recommended profile.
    pub fn lint(&self) -> Vec<Finding> {
        self.lint_on(today())
    }

    /// The same on another day.
    pub fn lint_on(&self, day: Date) -> Vec<Finding> {
        lint(&self.plan, &self.evidence, &Profile::recommended(), day)
    }

    /// Findings of one rule.
    pub fn of(&self, rule: &str) -> Vec<Finding> {
        self.lint().into_iter().filter(|f| f.rule == rule).collect()
    }

    /// Reads a typed entity.
    pub fn entity(&mut self, name: &str) -> Entity {
        self.item(name).entity.clone()
    }
}

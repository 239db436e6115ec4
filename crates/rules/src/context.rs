//! The plan with every index the rules look things up in, built once per lint.
//!
//! References that lead nowhere simply have no entry here; `GEN-009` reports them.

use crate::{
    Conflict, FlowPoint, PointVerdict, Profile,
    process::{ProcessView, process_views},
};
use domain::entity::*;
use domain::{Date, Evidence, FieldType, Item, ItemId, Kinded, Plan, Row, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Rows of one type by the id they refer to.
pub(crate) type Index<'a, T> = BTreeMap<ItemId, Vec<Row<'a, T>>>;

/// What every rule is given.
pub(crate) struct Cx<'a> {
    pub plan: &'a Plan,
    pub evidence: &'a Evidence,
    pub profile: &'a Profile,
    pub today: Date,
    pub charter_id: Option<ItemId>,
    pub charter: Charter,
    pub objects: Vec<Row<'a, BusinessObject>>,
    /// Data points in scope.
    pub points: Vec<Row<'a, DataPoint>>,
    pub occurrences: Vec<Row<'a, Occurrence>>,
    pub occurrences_of: Index<'a, Occurrence>,
    pub truths: Vec<Row<'a, Truth>>,
    pub truths_of: Index<'a, Truth>,
    pub resolutions_of: Index<'a, Resolution>,
    pub roles_of: Index<'a, RecordRole>,
    pub identifiers_of: Index<'a, Identifier>,
    pub flows: Vec<Row<'a, Flow>>,
    pub lines: Vec<Row<'a, MappingLine>>,
    pub lines_of: Index<'a, MappingLine>,
    pub processes: Vec<ProcessView<'a>>,
    pub communications: Vec<Row<'a, Communication>>,
    pub decisions: Vec<Row<'a, HistoryDecision>>,
    pub obligations_of: Index<'a, Obligation>,
    pub claims: Vec<Row<'a, SyncClaim>>,
    pub checks: Vec<Row<'a, Check>>,
    pub moves: BTreeMap<ItemId, Vec<FlowPoint>>,
    pub conflicts: Vec<Conflict>,
    pub verdicts: Vec<PointVerdict>,
    pub affected: Vec<crate::AffectedTeam>,
    /// The four questions of the trial.
    pub trial: Vec<crate::QuestionStatus>,
    /// Items of the plan and the workspace items it reaches.
    pub covered: BTreeMap<ItemId, &'a Item>,
    /// What people wrote into them, by field.
    pub texts: Vec<(&'a Item, Vec<(&'static str, String)>)>,
}

/// Groups rows by a reference they hold.
pub(crate) fn index<'a, T>(rows: &[Row<'a, T>], key: impl Fn(&T) -> Option<ItemId>) -> Index<'a, T> {
    let mut index: Index<'a, T> = BTreeMap::new();
    for row in rows {
        if let Some(id) = key(row.entity) {
            index.entry(id).or_default().push(*row);
        }
    }
    index
}

/// The rows under one key of an index.
pub(crate) fn under<'i, 'a, T>(index: &'i Index<'a, T>, id: ItemId) -> &'i [Row<'a, T>] {
    index.get(&id).map_or(&[], Vec::as_slice)
}

impl<'a> Cx<'a> {
    pub fn new(plan: &'a Plan, evidence: &'a Evidence, profile: &'a Profile, today: Date) -> Self {
        let occurrences: Vec<Row<'a, Occurrence>> = plan.each().collect();
        let truths: Vec<Row<'a, Truth>> = plan.each().collect();
        let lines: Vec<Row<'a, MappingLine>> = plan.each().collect();
        let charter = plan.each::<Charter>().next();
        let processes = process_views(plan);
        let covered = crate::canonical::covered_items(plan);
        Self {
            texts: covered.values().map(|item| (*item, texts(item))).collect(),
            covered,
            trial: crate::trial_state(plan, evidence),
            plan,
            evidence,
            profile,
            today,
            charter_id: charter.map(|row| row.id()),
            charter: charter.map(|row| row.entity.clone()).unwrap_or_default(),
            objects: plan.each().collect(),
            points: plan.each::<DataPoint>().filter(|p| !p.out_of_scope).collect(),
            occurrences_of: index(&occurrences, |o| o.data_point),
            occurrences,
            truths_of: index(&truths, |t| t.data_point),
            truths,
            resolutions_of: index(&rows(plan), |r: &Resolution| r.data_point),
            roles_of: index(&rows(plan), |r: &RecordRole| r.object),
            identifiers_of: index(&rows(plan), |i: &Identifier| i.object),
            flows: plan.each().collect(),
            lines_of: index(&lines, |l| l.flow),
            lines,
            communications: plan.each().collect(),
            decisions: plan.each().collect(),
            obligations_of: index(&rows(plan), |o: &Obligation| o.origin),
            claims: plan.each().collect(),
            checks: plan.each().collect(),
            moves: crate::moves::all_flow_points(plan),
            conflicts: crate::conflicts(plan),
            verdicts: crate::verdict::matrix(plan, evidence, profile.in_sync_per_mille),
            affected: crate::coverage::affected(plan, &processes),
            processes,
        }
    }

    /// What to call an item.
    pub fn title(&self, id: ItemId) -> String {
        self.plan.title(id)
    }

    /// What to call an item that may not be named.
    pub fn titled(&self, id: Option<ItemId>, else_: &str) -> String {
        id.map_or_else(|| else_.to_owned(), |id| self.plan.title(id))
    }

    /// Titles joined with commas.
    pub fn titles(&self, ids: impl IntoIterator<Item = ItemId>) -> String {
        ids.into_iter().map(|id| self.title(id)).collect::<Vec<_>>().join(", ")
    }

    /// An in-scope data point by id.
    pub fn point(&self, id: ItemId) -> Option<Row<'a, DataPoint>> {
        self.plan.get::<DataPoint>(id).filter(|p| !p.out_of_scope)
    }

    /// Sources of truth of a point that people agreed on.
    pub fn agreed(&self, point: ItemId) -> impl Iterator<Item = &Row<'a, Truth>> {
        under(&self.truths_of, point).iter().filter(|t| t.state == Some(TruthState::Agreed))
    }

    /// The instance an occurrence lives in.
    pub fn instance_of(&self, occurrence: Option<ItemId>) -> Option<ItemId> {
        self.plan.find::<Occurrence>(occurrence)?.instance
    }

    /// Points of an object that are in scope.
    pub fn points_of(&self, object: ItemId) -> impl Iterator<Item = &Row<'a, DataPoint>> {
        self.points.iter().filter(move |p| p.object == Some(object))
    }

    /// Instances that hold at least one point of the object, in the order of their ids.
    pub fn instances_of(&self, object: ItemId) -> BTreeSet<ItemId> {
        self.points_of(object)
            .flat_map(|point| under(&self.occurrences_of, point.id()))
            .filter_map(|o| o.instance)
            .filter(|id| self.plan.get::<Instance>(*id).is_some())
            .collect()
    }

    /// Instances that hold a point or are an end of a flow.
    pub fn used_instances(&self) -> BTreeSet<ItemId> {
        let holding = self.occurrences.iter().filter_map(|o| o.instance);
        let ends = self.flows.iter().flat_map(|f| [f.origin, f.destination]).flatten();
        holding.chain(ends).filter(|id| self.plan.get::<Instance>(*id).is_some()).collect()
    }

    /// Instances at an end of a flow.
    pub fn connected_instances(&self) -> BTreeSet<ItemId> {
        let ends = self.flows.iter().flat_map(|f| [f.origin, f.destination]).flatten();
        ends.filter(|id| self.plan.get::<Instance>(*id).is_some()).collect()
    }

    /// Points a flow carries.
    pub fn carried(&self, flow: ItemId) -> &[FlowPoint] {
        self.moves.get(&flow).map_or(&[], Vec::as_slice)
    }

    /// Whether an instance stores an identifier.
    pub fn stores(&self, identifier: &Identifier, instance: ItemId) -> bool {
        crate::existing::stores(self.plan, identifier, instance)
    }

    /// Teams the integration changes the work of.
    pub fn affected_ids(&self) -> BTreeSet<ItemId> {
        self.affected.iter().map(|a| a.team).collect()
    }
}

fn rows<'a, T: Kinded>(plan: &'a Plan) -> Vec<Row<'a, T>> {
    plan.each().collect()
}

/// The day of an instant, in UTC.
pub(crate) fn day(at: Timestamp) -> Date {
    at.to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// Whole days from `from` to `to`; never negative.
pub(crate) fn days_between(from: Date, to: Date) -> i64 {
    i64::from((to - from).get_days()).max(0)
}

/// A day as people read it.
#[must_use]
pub fn in_words(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}

/// `5` into `5 points`, `1` into `1 point`.
#[must_use]
pub fn count(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", crate::number(n as u64), if n == 1 { one } else { many })
}

/// The texts of an item, with the field they stand in.
fn texts(item: &Item) -> Vec<(&'static str, String)> {
    let body = item.entity.body();
    let mut texts = Vec::new();
    for field in item.kind().fields() {
        let value = &body[field.name];
        match field.kind {
            FieldType::Line | FieldType::Text => texts.extend(value.as_str().map(|t| (field.name, t.to_owned()))),
            FieldType::Lines => {
                texts.extend(
                    value.as_array().into_iter().flatten().filter_map(|l| Some((field.name, l.as_str()?.to_owned()))),
                );
            }
            FieldType::Parts(inner) => {
                for part in value.as_array().into_iter().flatten() {
                    let words = inner.iter().filter_map(|sub| part[sub.name].as_str());
                    texts.extend(words.map(|t| (field.name, t.to_owned())));
                }
            }
            _ => {}
        }
    }
    texts.retain(|(_, text)| !text.is_empty());
    texts
}

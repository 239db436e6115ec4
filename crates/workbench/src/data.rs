//! Gate 1: the grid of data points, one point, the truth board, the systems of a plan.

mod board;
mod point;
mod settle;

pub use settle::Settlement;

use crate::{Access, Caller, Error, Workbench, plans};
use domain::{
    Choices, ItemId, PlanRole, Row,
    entity::{BusinessObject, DataPoint, Flow, Instance, Occurrence, System, Truth, TruthState},
};
use pictures::system_map::{Flow as MapFlow, Map, System as MapSystem};
use rules::{PointTruth, PointVerdict, Severity, Verdict};
use std::collections::{BTreeMap, BTreeSet};
use views::data::{DataGroup, DataPage, DataRow, SystemRow, SystemsPage};

/// A row with the business object it belongs to.
type Owned = (Option<ItemId>, DataRow);

impl Workbench {
    /// The grid of data points. `filter` is `all`, `undecided`, `conflicts`, `differs` or `unchecked`.
    ///
    /// # Errors
    /// When the caller may not see the plan.
    pub async fn data_page(&self, caller: &Caller, key: &str, filter: &str, text: &str) -> Result<DataPage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let rows = data_rows(&access);
        let filters = ["all", "undecided", "conflicts", "differs", "unchecked"];
        let counts = filters
            .into_iter()
            .map(|name| (name.to_owned(), rows.iter().filter(|(_, row)| passes(row, name)).count() as u64))
            .collect();
        // An object without a point is seen where nothing is filtered, so that a point can be added to it.
        let whole = filter == "all" && text.trim().is_empty();
        Ok(DataPage {
            head: plans::head(&access),
            groups: grouped(&access, shown(rows, filter, text), whole),
            coverage: rules::truth_coverage(&access.plan),
            counts,
        })
    }

    /// The systems of a plan and the map of its flows.
    ///
    /// # Errors
    /// When the caller may not see the plan.
    pub async fn systems_page(&self, caller: &Caller, key: &str) -> Result<SystemsPage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let plan = &access.plan;
        let used = used_instances(&access);
        let mut systems: Vec<(bool, SystemRow)> = plan
            .each::<Instance>()
            .map(|instance| {
                let points: BTreeSet<_> = plan
                    .each::<Occurrence>()
                    .filter(|o| o.instance == Some(instance.id()))
                    .filter_map(|o| o.data_point)
                    .collect();
                let row = SystemRow {
                    key: instance.key(),
                    name: instance.name.to_string(),
                    system: plan.find::<System>(instance.system).map(|s| s.name.to_string()).unwrap_or_default(),
                    business_owner: instance.business_owner.to_string(),
                    technical_owner: instance.technical_owner.to_string(),
                    sandbox: instance.sandbox.map(|s| s.label().to_owned()).unwrap_or_default(),
                    points: points.len() as u64,
                    truths: truths_in(&access, instance.id()),
                };
                (!used.contains(&instance.id()), row)
            })
            .collect();
        systems.sort_by(|a, b| (a.0, &a.1.name).cmp(&(b.0, &b.1.name)));
        Ok(SystemsPage {
            head: plans::head(&access),
            systems: systems.into_iter().map(|(_, row)| row).collect(),
            map: system_map(&access),
        })
    }
}

/// Systems and flows; a flow is undecided while a point it moves has no agreed truth.
pub(crate) fn system_map(access: &Access) -> Map {
    let plan = &access.plan;
    let truths = rules::truths(plan);
    let flows: Vec<Row<'_, Flow>> = plan.each::<Flow>().collect();
    let ends: BTreeSet<ItemId> = flows.iter().flat_map(|f| [f.origin, f.destination]).flatten().collect();
    let systems = plan
        .each::<Instance>()
        .filter(|i| ends.contains(&i.id()))
        .map(|i| MapSystem {
            id: i.id().to_string(),
            title: i.name.to_string(),
            subtitle: plan.find::<System>(i.system).map(|s| s.name.to_string()).unwrap_or_default(),
            truth: truths_in(access, i.id()) > 0,
        })
        .collect();
    let flows = flows
        .iter()
        .filter_map(|f| {
            let undecided = rules::flow_points(plan, f.id())
                .iter()
                .any(|p| !matches!(truths.get(&p.point), Some(PointTruth::Agreed(_))));
            Some(MapFlow {
                from: f.origin?.to_string(),
                to: f.destination?.to_string(),
                label: f.name.to_string(),
                undecided,
            })
        })
        .collect();
    Map { systems, flows }
}

fn truths_in(access: &Access, instance: ItemId) -> u64 {
    let plan = &access.plan;
    plan.each::<Truth>()
        .filter(|t| t.state == Some(TruthState::Agreed))
        .filter(|t| plan.find::<Occurrence>(t.occurrence).is_some_and(|o| o.instance == Some(instance)))
        .count() as u64
}

fn used_instances(access: &Access) -> BTreeSet<ItemId> {
    access.plan.each::<Occurrence>().filter_map(|o| o.instance).collect()
}

/// Rows that pass a filter and contain a text in their key, name or meaning.
fn shown(rows: Vec<Owned>, filter: &str, text: &str) -> Vec<Owned> {
    let wanted = text.trim().to_lowercase();
    let says = |field: &str| field.to_lowercase().contains(&wanted);
    let fits = |row: &DataRow| {
        passes(row, filter)
            && (wanted.is_empty() || row.key.to_lowercase() == wanted || says(&row.name) || says(&row.definition))
    };
    rows.into_iter().filter(|(_, row)| fits(row)).collect()
}

fn data_rows(access: &Access) -> Vec<Owned> {
    let plan = &access.plan;
    let truths = rules::truths(plan);
    let mut verdicts: BTreeMap<ItemId, PointVerdict> = BTreeMap::new();
    for verdict in rules::verdict_matrix(plan, &access.evidence) {
        match verdicts.get(&verdict.point) {
            Some(known) if severity(known.verdict) >= severity(verdict.verdict) => {}
            _ => {
                verdicts.insert(verdict.point, verdict);
            }
        }
    }
    let mut places: BTreeMap<ItemId, Vec<(String, String)>> = BTreeMap::new();
    for o in plan.each::<Occurrence>() {
        let Some(point) = o.data_point else { continue };
        let instance = plan.find::<Instance>(o.instance).map(|i| i.name.to_string()).unwrap_or_default();
        places.entry(point).or_default().push((instance, format!("{}.{}", o.object_name, o.field_name)));
    }
    let mut errors: BTreeMap<ItemId, u64> = BTreeMap::new();
    for finding in access.open_findings().filter(|f| f.severity == Severity::Error) {
        if let Some(subject) = finding.subject {
            *errors.entry(subject).or_default() += 1;
        }
    }
    plan.each::<DataPoint>()
        .map(|point| {
            let truth = truths.get(&point.id()).cloned().unwrap_or(PointTruth::Undecided);
            let verdict = verdicts.get(&point.id());
            let row = DataRow {
                id: point.id(),
                key: point.key(),
                name: point.name.to_string(),
                definition: point.definition.to_string(),
                logical_type: point.logical_type.map(|t| t.label().to_owned()).unwrap_or_default(),
                places: places.remove(&point.id()).unwrap_or_default(),
                truth_in: truth_instances(access, &truth),
                truth,
                verdict: verdict.map_or(Verdict::Unknown, |v| v.verdict),
                count: verdict.map_or(0, concerned),
                run: verdict.and_then(|v| v.run_number),
                class: point.classification.map(|c| c.label().to_lowercase()).unwrap_or_default(),
                out_of_scope: point.out_of_scope,
                errors: errors.get(&point.id()).copied().unwrap_or_default(),
            };
            (point.object, row)
        })
        .collect()
}

fn truth_instances(access: &Access, truth: &PointTruth) -> Vec<String> {
    let (PointTruth::Proposed(ids) | PointTruth::Agreed(ids) | PointTruth::Conflict(ids)) = truth else {
        return Vec::new();
    };
    let plan = &access.plan;
    let mut names: Vec<String> = ids
        .iter()
        .filter_map(|id| plan.get::<Truth>(*id))
        .filter_map(|t| plan.find::<Occurrence>(t.occurrence))
        .filter_map(|o| plan.find::<Instance>(o.instance))
        .map(|i| i.name.to_string())
        .collect();
    names.dedup();
    names
}

/// Records a verdict is about.
fn concerned(verdict: &PointVerdict) -> u64 {
    match verdict.verdict {
        Verdict::Differs => verdict.different,
        Verdict::Missing => verdict.missing_left.saturating_add(verdict.missing_right),
        Verdict::Duplicate => verdict.duplicates,
        _ => 0,
    }
}

/// How much a verdict should worry: the worst of several is shown.
fn severity(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Differs => 6,
        Verdict::Duplicate => 5,
        Verdict::Missing => 4,
        Verdict::Coincident => 3,
        Verdict::EqualByRule => 2,
        Verdict::InSync => 1,
        Verdict::Unknown => 0,
    }
}

fn passes(row: &DataRow, filter: &str) -> bool {
    match filter {
        "undecided" => !row.out_of_scope && matches!(row.truth, PointTruth::Undecided | PointTruth::Proposed(_)),
        "conflicts" => matches!(row.truth, PointTruth::Conflict(_)),
        "differs" => row.verdict == Verdict::Differs,
        "unchecked" => !row.out_of_scope && row.verdict == Verdict::Unknown,
        _ => true,
    }
}

/// By business object, in the order of the objects; those without a row only where `empty` ones are wanted.
fn grouped(access: &Access, rows: Vec<Owned>, empty: bool) -> Vec<DataGroup> {
    let mut by_object: BTreeMap<Option<ItemId>, Vec<DataRow>> = BTreeMap::new();
    for (object, row) in rows {
        let live = object.filter(|id| access.plan.get::<BusinessObject>(*id).is_some());
        by_object.entry(live).or_default().push(row);
    }
    let mut groups: Vec<DataGroup> = Vec::new();
    for object in access.plan.each::<BusinessObject>() {
        let rows = by_object.remove(&Some(object.id())).or_else(|| empty.then(Vec::new));
        if let Some(rows) = rows {
            groups.push(DataGroup {
                object: Some(object.id()),
                key: object.key(),
                name: object.name.to_string(),
                rows,
            });
        }
    }
    if let Some(rows) = by_object.remove(&None) {
        groups.push(DataGroup { object: None, key: String::new(), name: "Without a business object".into(), rows });
    }
    groups
}

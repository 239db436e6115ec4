//! Reading gate 1: the grid of data points, the truth board, the systems of a plan.

use crate::{Access, Caller, Error, Workbench, plans};
use domain::{
    Choices, ItemId, PlanRole, Row,
    entity::{BusinessObject, DataPoint, Flow, Instance, Occurrence, RecordRole, Scope, System, Truth, TruthState},
};
use pictures::system_map::{Flow as MapFlow, Map, System as MapSystem};
use rules::{PointTruth, PointVerdict, Severity, Verdict};
use std::collections::{BTreeMap, BTreeSet};
use views::data::{
    BoardRow, Candidate, ConflictCard, DataGroup, DataPage, DataRow, SystemRow, SystemsPage, TruthCell, TruthPage,
};

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
        let wanted = text.trim().to_lowercase();
        let shown = rows.into_iter().filter(|(_, row)| {
            passes(row, filter)
                && (wanted.is_empty()
                    || row.name.to_lowercase().contains(&wanted)
                    || row.definition.to_lowercase().contains(&wanted))
        });
        Ok(DataPage {
            head: plans::head(&access),
            groups: grouped(&access, shown.collect()),
            coverage: rules::truth_coverage(&access.plan),
            counts,
        })
    }

    /// The truth board with its conflicts.
    ///
    /// # Errors
    /// When the caller may not see the plan.
    pub async fn truth_page(&self, caller: &Caller, key: &str) -> Result<TruthPage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let plan = &access.plan;
        let used = used_instances(&access);
        let instances: Vec<Row<'_, Instance>> = plan.each::<Instance>().filter(|i| used.contains(&i.id())).collect();
        let truths = rules::truths(plan);
        let rows = plan
            .each::<DataPoint>()
            .filter(|p| !p.out_of_scope)
            .map(|point| BoardRow {
                id: point.id(),
                key: point.key(),
                object: plan.find::<BusinessObject>(point.object).map(|o| o.name.to_string()).unwrap_or_default(),
                name: point.name.to_string(),
                cells: instances.iter().map(|i| cell(&access, point.id(), i.id(), truths.get(&point.id()))).collect(),
            })
            .collect();
        let mut conflicts: Vec<_> = rules::conflicts(plan).into_iter().map(|c| conflict_card(&access, c)).collect();
        conflicts.sort_by_key(|c| !c.conflict.open());
        let records = plan
            .each::<BusinessObject>()
            .map(|object| {
                let roles = instances.iter().map(|i| role_of(&access, object.id(), i.id())).collect();
                (object.name.to_string(), roles)
            })
            .collect();
        Ok(TruthPage {
            head: plans::head(&access),
            instances: instances.iter().map(|i| i.name.to_string()).collect(),
            rows,
            conflicts,
            records,
            coverage: rules::truth_coverage(plan),
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

fn data_rows(access: &Access) -> Vec<(Option<ItemId>, DataRow)> {
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
                different: verdict.map_or(0, |v| v.different),
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

fn grouped(access: &Access, rows: Vec<(Option<ItemId>, DataRow)>) -> Vec<DataGroup> {
    let mut by_object: BTreeMap<Option<ItemId>, Vec<DataRow>> = BTreeMap::new();
    for (object, row) in rows {
        let live = object.filter(|id| access.plan.get::<BusinessObject>(*id).is_some());
        by_object.entry(live).or_default().push(row);
    }
    let mut groups: Vec<DataGroup> = Vec::new();
    for object in access.plan.each::<BusinessObject>() {
        if let Some(rows) = by_object.remove(&Some(object.id())) {
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

fn cell(access: &Access, point: ItemId, instance: ItemId, truth: Option<&PointTruth>) -> TruthCell {
    let plan = &access.plan;
    let lives = plan.each::<Occurrence>().any(|o| o.data_point == Some(point) && o.instance == Some(instance));
    let names_it = |ids: &[ItemId]| {
        ids.iter()
            .filter_map(|id| plan.get::<Truth>(*id))
            .any(|t| plan.find::<Occurrence>(t.occurrence).is_some_and(|o| o.instance == Some(instance)))
    };
    match truth {
        Some(PointTruth::Agreed(ids)) if names_it(ids) => TruthCell::Truth,
        Some(PointTruth::Proposed(ids)) if names_it(ids) => TruthCell::Proposed,
        Some(PointTruth::Conflict(ids)) if names_it(ids) => TruthCell::Conflict,
        _ if lives => TruthCell::Copy,
        _ => TruthCell::None,
    }
}

fn conflict_card(access: &Access, conflict: rules::Conflict) -> ConflictCard {
    let plan = &access.plan;
    let candidates = conflict
        .members
        .iter()
        .filter_map(|id| plan.get::<Truth>(*id))
        .map(|truth| Candidate {
            id: truth.id(),
            key: truth.key(),
            place: truth.occurrence.map(|o| plan.title(o)).unwrap_or_default(),
            scope: plan.find::<Scope>(truth.scope).map_or_else(|| "all records".into(), |s| s.name.to_string()),
            rationale: truth.rationale.to_string(),
            agreed_by: truth.agreed_by.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
            at: truth.item.updated_at,
        })
        .collect();
    let since = conflict.since.to_zoned(jiff::tz::TimeZone::UTC).date();
    let settled = conflict.resolution.and_then(|id| plan.get::<domain::entity::Resolution>(id)).map(|r| {
        let kind = r.kind.map(|k| k.label()).unwrap_or_default();
        format!("{kind}: {} ({})", r.rationale, r.decided_by)
    });
    ConflictCard {
        point: plan.title(conflict.point),
        days: i64::from((access.today - since).get_days()),
        candidates,
        settled,
        conflict,
    }
}

fn role_of(access: &Access, object: ItemId, instance: ItemId) -> String {
    let plan = &access.plan;
    let roles = plan.each::<RecordRole>().filter(|r| r.object == Some(object) && r.instance == Some(instance));
    let words: Vec<String> = roles
        .map(|r| {
            let role = r.role.map(|role| role.label().to_lowercase()).unwrap_or_default();
            match plan.find::<Scope>(r.scope) {
                Some(scope) => format!("{role} ({})", scope.name),
                None => role,
            }
        })
        .collect();
    words.join(", ")
}

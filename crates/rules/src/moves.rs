//! Which data points a flow carries, and from which field to which: read off its mapping lines.

use domain::entity::{Flow, MappingLine, Occurrence};
use domain::{ItemId, Plan, Row};
use std::collections::BTreeMap;

/// One data point carried by a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowPoint {
    /// The data point.
    pub point: ItemId,
    /// Fields of it that lines take from.
    pub sources: Vec<ItemId>,
    /// Fields of it that lines fill.
    pub targets: Vec<ItemId>,
}

/// The points one flow carries, by id.
pub fn flow_points(plan: &Plan, flow: ItemId) -> Vec<FlowPoint> {
    all_flow_points(plan).remove(&flow).unwrap_or_default()
}

/// The points of every flow, by flow.
pub(crate) fn all_flow_points(plan: &Plan) -> BTreeMap<ItemId, Vec<FlowPoint>> {
    let mut flows: BTreeMap<ItemId, BTreeMap<ItemId, FlowPoint>> = BTreeMap::new();
    for line in plan.each::<MappingLine>() {
        let Some(flow) = line.flow.filter(|id| plan.get::<Flow>(*id).is_some()) else {
            continue;
        };
        let points = flows.entry(flow).or_default();
        for source in line.sources.iter().copied() {
            if let Some(entry) = entry(plan, points, source)
                && !entry.sources.contains(&source)
            {
                entry.sources.push(source);
            }
        }
        if let Some(target) = line.target
            && let Some(entry) = entry(plan, points, target)
            && !entry.targets.contains(&target)
        {
            entry.targets.push(target);
        }
    }
    flows.into_iter().map(|(flow, points)| (flow, points.into_values().collect())).collect()
}

fn entry<'p>(
    plan: &Plan,
    points: &'p mut BTreeMap<ItemId, FlowPoint>,
    occurrence: ItemId,
) -> Option<&'p mut FlowPoint> {
    let row: Row<'_, Occurrence> = plan.get(occurrence)?;
    let point = row.data_point.filter(|id| plan.get::<domain::entity::DataPoint>(*id).is_some())?;
    Some(points.entry(point).or_insert_with(|| FlowPoint { point, sources: Vec::new(), targets: Vec::new() }))
}

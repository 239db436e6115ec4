//! How complex a flow is, as a sum of named parts.

use crate::moves::flow_points;
use crate::truth::PointTruth;
use domain::entity::{
    BusinessObject, Conversion, DataPoint, DecisionState, Direction, Flow, HistoryChoice, HistoryDecision, Instance,
    MappingLine, Occurrence, Timing, Truth, WriteMode,
};
use domain::{ItemId, Plan};
use std::collections::BTreeSet;

/// One named part of a score.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Addend {
    /// What it is for.
    pub label: String,
    /// How often it applies.
    pub times: u64,
    /// Weight of one, in tenths.
    pub tenths_each: u64,
}

impl Addend {
    /// What it adds, in tenths.
    pub fn tenths(&self) -> u64 {
        self.times.saturating_mul(self.tenths_each)
    }
}

/// The complexity of a flow with what it is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Complexity {
    /// Parts that apply.
    pub addends: Vec<Addend>,
}

impl Complexity {
    /// The sum, in tenths.
    pub fn tenths(&self) -> u64 {
        self.addends.iter().map(Addend::tenths).fold(0, u64::saturating_add)
    }

    fn add(&mut self, label: &str, times: usize, tenths_each: u64) {
        if times > 0 {
            self.addends.push(Addend { label: label.to_owned(), times: times as u64, tenths_each });
        }
    }
}

/// The complexity of a flow. Unknown things add nothing; a flow that is not there scores nothing.
pub fn complexity(plan: &Plan, flow: ItemId) -> Complexity {
    let mut score = Complexity::default();
    let Some(row) = plan.get::<Flow>(flow) else {
        return score;
    };
    let lines: Vec<_> = plan.each::<MappingLine>().filter(|l| l.flow == Some(flow)).collect();
    let of = |kind: Conversion| lines.iter().filter(|l| l.conversion == Some(kind)).count();
    score.add("mapping lines", lines.len(), 1);
    score.add("lines that convert", lines.len() - of(Conversion::Copy) - of(Conversion::Rename), 5);
    score.add("custom code", of(Conversion::Custom), 20);
    score.add("look-ups", of(Conversion::Lookup), 5);
    score.add("two-way", usize::from(row.direction == Some(Direction::TwoWay)), 50);

    let carried: BTreeSet<ItemId> = flow_points(plan, flow).into_iter().map(|p| p.point).collect();
    let truths = crate::truths(plan);
    let several = carried
        .iter()
        .filter(|id| matches!(truths.get(*id), Some(PointTruth::Agreed(t) | PointTruth::Conflict(t)) if t.len() > 1));
    score.add("points with several truths", several.count(), 20);
    let scopes: BTreeSet<ItemId> = plan
        .each::<Truth>()
        .filter(|t| t.data_point.is_some_and(|id| carried.contains(&id)))
        .filter_map(|t| t.scope)
        .collect();
    score.add("populations", scopes.len(), 10);
    score.add("real time", usize::from(row.timing == Some(Timing::RealTime)), 20);
    let plain_write = matches!(row.write_mode, Some(WriteMode::Create | WriteMode::Update));
    score.add("no create-or-update", usize::from(plain_write), 20);
    score.add("no identifier", usize::from(row.match_key.is_none()), 40);

    let ends: BTreeSet<ItemId> = [row.origin, row.destination].into_iter().flatten().collect();
    let at_ends = |poor: fn(&Instance) -> bool| {
        ends.iter().filter(|id| plan.get::<Instance>(**id).is_some_and(|i| poor(i.entity))).count()
    };
    score.add("immature systems", at_ends(|i| i.maturity.is_some_and(|n| n <= 2)), 30);
    score.add("poor documentation", at_ends(|i| i.docs_accuracy.is_some_and(|n| n <= 2)), 20);
    let objects: BTreeSet<ItemId> = carried.iter().filter_map(|id| plan.get::<DataPoint>(*id)?.object).collect();
    let left_as_is = plan.each::<HistoryDecision>().filter(|d| {
        d.choice == Some(HistoryChoice::Accept)
            && matches!(d.state, Some(DecisionState::Decided | DecisionState::Done))
            && d.object.is_some_and(|id| objects.contains(&id) && plan.get::<BusinessObject>(id).is_some())
    });
    score.add("history not cleaned", usize::from(left_as_is.count() > 0), 40);
    let touched: BTreeSet<ItemId> = lines
        .iter()
        .flat_map(|l| l.entity.sources.iter().copied().chain(l.target))
        .filter_map(|id| plan.get::<Occurrence>(id)?.instance)
        .collect();
    score.add("systems beyond two", touched.len().saturating_sub(2), 30);
    score
}

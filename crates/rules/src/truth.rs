//! Sources of truth: which field wins for which records, and where two claim to.

use crate::context::{Index, index, under};
use domain::entity::{DataPoint, Occurrence, RecordRole, Resolution, ResolutionKind, Role, Truth, TruthState};
use domain::{Item, ItemId, Plan, Row, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// What kind of conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum ConflictKind {
    /// Two fields are the truth for the same records.
    Duplicate,
    /// One truth covers all records, another some of them.
    Overlap,
    /// Somebody disputes the truth.
    Disputed,
    /// The truth lies in a system marked as a copy.
    RoleMismatch,
}

impl ConflictKind {
    /// Stored form.
    pub fn code(self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::Overlap => "overlap",
            Self::Disputed => "disputed",
            Self::RoleMismatch => "role_mismatch",
        }
    }

    /// Wording shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Duplicate => "Two sources of truth",
            Self::Overlap => "Overlapping sources of truth",
            Self::Disputed => "Disputed",
            Self::RoleMismatch => "Truth lies in a copy",
        }
    }
}

/// A disagreement about the truth of one data point.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Conflict {
    /// What kind.
    pub kind: ConflictKind,
    /// The data point.
    pub point: ItemId,
    /// The population concerned; `None` means all records.
    pub scope: Option<ItemId>,
    /// The truths that disagree.
    pub members: Vec<ItemId>,
    /// Since when it exists.
    pub since: Timestamp,
    /// The resolution that settles it.
    pub resolution: Option<ItemId>,
}

impl Conflict {
    /// Whether nobody has settled it yet.
    pub fn open(&self) -> bool {
        self.resolution.is_none()
    }
}

/// How far one data point is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum PointTruth {
    /// Nobody has named a source.
    Undecided,
    /// Named, not yet agreed.
    Proposed(Vec<ItemId>),
    /// Agreed, without contradiction.
    Agreed(Vec<ItemId>),
    /// Contradicted and not resolved.
    Conflict(Vec<ItemId>),
}

/// How many data points in scope have an agreed truth.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TruthCoverage {
    /// Points with an agreed, uncontradicted truth.
    pub agreed: usize,
    /// Points in scope.
    pub points: usize,
    /// Open conflicts.
    pub conflicts: usize,
}

/// Every conflict, settled ones included, by data point.
pub fn conflicts(plan: &Plan) -> Vec<Conflict> {
    let truths: Vec<Row<'_, Truth>> = plan.each().collect();
    let by_point = index(&truths, |t| t.data_point);
    let resolutions: Vec<Row<'_, Resolution>> = plan.each().collect();
    let resolutions = index(&resolutions, |r| r.data_point);
    let roles: Vec<Row<'_, RecordRole>> = plan.each().collect();
    let roles = index(&roles, |r| r.object);
    let mut found = Vec::new();
    for point in plan.each::<DataPoint>().filter(|p| !p.out_of_scope) {
        let truths = under(&by_point, point.id());
        let settled = settled_by(under(&resolutions, point.id()));
        found.extend(contradictions(point.id(), truths, settled));
        for truth in truths {
            if truth.state == Some(TruthState::Disputed) {
                found.push(alone(ConflictKind::Disputed, point.id(), truth));
            }
            if in_a_copy(plan, &roles, point.entity, truth.entity) {
                found.push(alone(ConflictKind::RoleMismatch, point.id(), truth));
            }
        }
    }
    found
}

/// How far every data point in scope is.
pub fn truths(plan: &Plan) -> BTreeMap<ItemId, PointTruth> {
    let truths: Vec<Row<'_, Truth>> = plan.each().collect();
    let by_point = index(&truths, |t| t.data_point);
    let contradicted: BTreeSet<ItemId> =
        conflicts(plan).iter().filter(|c| c.open() && c.kind != ConflictKind::RoleMismatch).map(|c| c.point).collect();
    plan.each::<DataPoint>()
        .filter(|p| !p.out_of_scope)
        .map(|p| (p.id(), judge(under(&by_point, p.id()), contradicted.contains(&p.id()))))
        .collect()
}

/// How far one data point is. For many points use [`truths`].
pub fn truth_of(plan: &Plan, point: ItemId) -> PointTruth {
    truths(plan).remove(&point).unwrap_or(PointTruth::Undecided)
}

/// How many data points in scope have an agreed truth.
pub fn truth_coverage(plan: &Plan) -> TruthCoverage {
    let truths = truths(plan);
    TruthCoverage {
        agreed: truths.values().filter(|t| matches!(t, PointTruth::Agreed(_))).count(),
        points: truths.len(),
        conflicts: conflicts(plan).iter().filter(|c| c.open()).count(),
    }
}

fn judge(truths: &[Row<'_, Truth>], open_conflict: bool) -> PointTruth {
    let ids = |state: Option<TruthState>| -> Vec<ItemId> {
        truths.iter().filter(|t| state.is_none() || t.state == state).map(Row::id).collect()
    };
    let disputed = truths.iter().any(|t| t.state == Some(TruthState::Disputed));
    let agreed = ids(Some(TruthState::Agreed));
    if truths.is_empty() {
        PointTruth::Undecided
    } else if open_conflict || disputed {
        PointTruth::Conflict(ids(None))
    } else if agreed.is_empty() {
        PointTruth::Proposed(ids(None))
    } else {
        PointTruth::Agreed(agreed)
    }
}

/// Pairs of truths for the same records with different winners. Precedence with an order and
/// consolidation settle them; every other way out changes the truths themselves.
fn contradictions(point: ItemId, truths: &[Row<'_, Truth>], settled: Option<ItemId>) -> Vec<Conflict> {
    let mut found: Vec<Conflict> = Vec::new();
    for (n, a) in truths.iter().enumerate() {
        for b in &truths[n + 1..] {
            let whole = a.scope.is_none() || b.scope.is_none();
            let kind = if a.scope == b.scope {
                ConflictKind::Duplicate
            } else if whole {
                ConflictKind::Overlap
            } else {
                continue;
            };
            if a.occurrence == b.occurrence {
                continue;
            }
            let scope = a.scope.or(b.scope);
            let since = born(a.item).max(born(b.item));
            match found.iter_mut().find(|c| c.kind == kind && c.scope == scope) {
                Some(same) => {
                    same.members.extend([a.id(), b.id()]);
                    same.members.sort_unstable();
                    same.members.dedup();
                    same.since = same.since.min(since);
                }
                None => {
                    let members = vec![a.id(), b.id()];
                    found.push(Conflict { kind, point, scope, members, since, resolution: settled });
                }
            }
        }
    }
    found
}

fn settled_by(resolutions: &[Row<'_, Resolution>]) -> Option<ItemId> {
    let settles = |r: &&Row<'_, Resolution>| match r.kind {
        Some(ResolutionKind::Precedence) => !r.precedence.is_empty(),
        Some(ResolutionKind::Consolidate) => true,
        _ => false,
    };
    resolutions.iter().find(settles).map(Row::id)
}

fn alone(kind: ConflictKind, point: ItemId, truth: &Row<'_, Truth>) -> Conflict {
    let since = if kind == ConflictKind::Disputed { truth.item.updated_at } else { born(truth.item) };
    Conflict { kind, point, scope: truth.scope, members: vec![truth.id()], since, resolution: None }
}

/// Whether the winner lies in an instance that holds a copy of the point's object.
pub(crate) fn in_a_copy(plan: &Plan, roles: &Index<'_, RecordRole>, point: &DataPoint, truth: &Truth) -> bool {
    let Some(object) = point.object else {
        return false;
    };
    let Some(instance) = plan.find::<Occurrence>(truth.occurrence).and_then(|o| o.instance) else {
        return false;
    };
    under(roles, object).iter().any(|role| {
        role.instance == Some(instance)
            && role.role == Some(Role::Copy)
            && (role.scope.is_none() || role.scope == truth.scope)
    })
}

/// When an item was made: told by its time-ordered id, else by its last change.
pub(crate) fn born(item: &Item) -> Timestamp {
    item.id
        .0
        .get_timestamp()
        .and_then(|stamp| {
            let (seconds, nanos) = stamp.to_unix();
            Timestamp::new(i64::try_from(seconds).ok()?, i32::try_from(nanos).ok()?).ok()
        })
        .filter(|made| *made <= item.updated_at)
        .unwrap_or(item.updated_at)
}

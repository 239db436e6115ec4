//! The verdict matrix: which pairs of copies the plan speaks of, and what was measured about them.

use super::{PointVerdict, Verdict, current_run, is_manual};
use crate::{Profile, number, percent};
use domain::entity::{Check, Conversion, Instance, MappingLine, Mechanism, Occurrence, SyncClaim};
use domain::{Choices, ConnectionId, Evidence, FieldCounts, ItemId, Plan, Row, Run, RunTotals};
use std::collections::BTreeMap;

/// The verdict on every data point × pair of instances that a claim, a check or a flow speaks of, by
/// point. Thresholds are those of the recommended profile.
pub fn verdict_matrix(plan: &Plan, evidence: &Evidence) -> Vec<PointVerdict> {
    matrix(plan, evidence, Profile::recommended().in_sync_per_mille)
}

/// The verdict on one data point between two instances, whichever way round they are named.
pub fn verdict(plan: &Plan, evidence: &Evidence, point: ItemId, left: ItemId, right: ItemId) -> PointVerdict {
    let wanted = |v: &PointVerdict| v.point == point && ordered(v.left, v.right) == ordered(left, right);
    verdict_matrix(plan, evidence).into_iter().find(wanted).unwrap_or_else(|| {
        let pair = Pair { left, right, claim: None, checks: Vec::new() };
        judge(point, &pair, Profile::recommended().in_sync_per_mille)
    })
}

/// What one run says about each pair of columns it compared, in its order: by the same measure as the
/// matrix, with the claims of today. A manual mechanism is never in sync here either.
pub fn run_verdicts(plan: &Plan, evidence: &Evidence, check: &Check, run: &Run) -> Vec<(Verdict, String)> {
    let Some(totals) = &run.totals else { return Vec::new() };
    let (left, right) = sides(plan, evidence, check);
    let mechanism = |point: Option<ItemId>| {
        let wanted = ordered(left?, right?);
        let claims = plan.each::<SyncClaim>().filter(|c| c.data_point.is_some() && c.data_point == point);
        let here = |c: &Row<'_, SyncClaim>| {
            claimed_sides(plan, c.entity).is_some_and(|(left, right)| ordered(left, right) == wanted)
        };
        // The latest word counts, as in the matrix.
        claims.filter(here).last()?.mechanism
    };
    totals
        .fields
        .iter()
        .map(|field| {
            let counts = Counts::of(run, totals, field, false);
            let judged = counts.judge(Profile::recommended().in_sync_per_mille);
            conclude(mechanism(field.data_point), Some(judged), None)
        })
        .collect()
}

struct Pair<'a> {
    left: ItemId,
    right: ItemId,
    claim: Option<Row<'a, SyncClaim>>,
    /// Checks that measure it.
    checks: Vec<Measure<'a>>,
}

/// A check that compares the pair.
#[derive(Clone, Copy)]
struct Measure<'a> {
    check: Row<'a, Check>,
    /// The instance on its left.
    left: ItemId,
    /// The run that speaks for it.
    run: Option<&'a Run>,
    /// Number of its newest run when that measured something else.
    outdated: Option<i64>,
}

type Pairs<'a> = BTreeMap<(ItemId, ItemId, ItemId), Pair<'a>>;

fn ordered(a: ItemId, b: ItemId) -> (ItemId, ItemId) {
    if a <= b { (a, b) } else { (b, a) }
}

fn pair<'p, 'a>(pairs: &'p mut Pairs<'a>, point: ItemId, left: ItemId, right: ItemId) -> &'p mut Pair<'a> {
    let (low, high) = ordered(left, right);
    pairs.entry((point, low, high)).or_insert_with(|| Pair { left, right, claim: None, checks: Vec::new() })
}

/// The instances on both sides of a check: those it names, else those of its connections.
pub(crate) fn sides(plan: &Plan, evidence: &Evidence, check: &Check) -> (Option<ItemId>, Option<ItemId>) {
    let side = |named: Option<ItemId>, connection: Option<ConnectionId>| {
        let of_connection = || evidence.connections.iter().find(|c| Some(c.id) == connection)?.instance;
        named.or_else(of_connection).filter(|id| plan.get::<Instance>(*id).is_some())
    };
    (side(check.left_instance, check.left), side(check.right_instance, check.right))
}

fn instance_of(plan: &Plan, occurrence: Option<ItemId>) -> Option<ItemId> {
    plan.find::<Occurrence>(occurrence)?.instance.filter(|id| plan.get::<Instance>(*id).is_some())
}

fn claimed_sides(plan: &Plan, claim: &SyncClaim) -> Option<(ItemId, ItemId)> {
    Some((instance_of(plan, claim.left)?, instance_of(plan, claim.right)?))
}

pub(crate) fn matrix(plan: &Plan, evidence: &Evidence, in_sync_per_mille: u64) -> Vec<PointVerdict> {
    let mut pairs = Pairs::new();
    let in_scope =
        |id: ItemId| plan.get::<domain::entity::DataPoint>(id).is_some_and(|point| !point.out_of_scope).then_some(id);
    let instance = |occurrence: Option<ItemId>| instance_of(plan, occurrence);
    for check in plan.each::<Check>() {
        let (Some(left), Some(right)) = sides(plan, evidence, check.entity) else {
            continue;
        };
        let run = current_run(evidence, &check);
        let newest = evidence.latest_run(check.id()).map(|r| r.number);
        let outdated = newest.filter(|_| run.is_none());
        let measure = Measure { check, left, run, outdated };
        for point in check.entity.compare.iter().filter_map(|c| c.data_point).filter_map(in_scope) {
            let pair = pair(&mut pairs, point, left, right);
            if pair.checks.is_empty() {
                (pair.left, pair.right) = (left, right);
            }
            if !pair.checks.iter().any(|m| m.check.id() == check.id()) {
                pair.checks.push(measure);
            }
        }
    }
    for claim in plan.each::<SyncClaim>() {
        let Some(point) = claim.data_point.and_then(in_scope) else {
            continue;
        };
        let Some((left, right)) = claimed_sides(plan, claim.entity) else {
            continue;
        };
        let pair = pair(&mut pairs, point, left, right);
        // The latest word counts; items come by running number.
        pair.claim = Some(claim);
    }
    for line in plan.each::<MappingLine>() {
        if matches!(line.conversion, Some(Conversion::Constant | Conversion::Default)) {
            continue;
        }
        let Some(target) = plan.find::<Occurrence>(line.target) else {
            continue;
        };
        let (Some(point), Some(right)) = (target.data_point.and_then(in_scope), instance(line.target)) else {
            continue;
        };
        for source in &line.entity.sources {
            let same_point = plan.get::<Occurrence>(*source).is_some_and(|o| o.data_point == Some(point));
            if let Some(left) = instance(Some(*source)).filter(|_| same_point) {
                pair(&mut pairs, point, left, right);
            }
        }
    }
    let mut verdicts: Vec<_> =
        pairs.into_iter().map(|((point, ..), pair)| judge(point, &pair, in_sync_per_mille)).collect();
    let place = |id: ItemId| plan.item(id).map(|item| item.number);
    verdicts.sort_by_key(|v| (place(v.point), place(v.left), place(v.right)));
    verdicts
}

fn judge(point: ItemId, pair: &Pair<'_>, in_sync_per_mille: u64) -> PointVerdict {
    let measured = pair
        .checks
        .iter()
        .filter_map(|measure| {
            let run = measure.run?;
            let totals = run.totals.as_ref()?;
            Some((measure, run, totals, field_of(&measure.check, totals, point)?))
        })
        .max_by_key(|(_, run, ..)| (run.ended_at, run.number));
    let counts = measured.map(|(measure, run, totals, field)| {
        let swapped = measure.left != pair.left;
        Counts::of(run, totals, field, swapped)
    });
    let outdated = pair.checks.iter().filter_map(|m| m.outdated).max();
    let mechanism = pair.claim.and_then(|c| c.mechanism);
    let judged = counts.map(|counts| counts.judge(in_sync_per_mille));
    let (verdict, reason) = conclude(mechanism, judged, outdated);
    let counts = counts.unwrap_or_default();
    let check = measured.map(|(measure, ..)| measure).or(pair.checks.first());
    PointVerdict {
        point,
        left: pair.left,
        right: pair.right,
        verdict,
        compared: counts.compared,
        equal: counts.equal,
        by_rule: counts.by_rule,
        different: counts.different,
        missing_left: counts.missing_left,
        missing_right: counts.missing_right,
        duplicates: counts.duplicates,
        causes: measured.map(|(.., field)| field.causes.clone()).unwrap_or_default(),
        check: check.map(|measure| measure.check.id()),
        run: measured.map(|(_, run, ..)| run.id),
        run_number: measured.map(|(_, run, ..)| run.number),
        claim: pair.claim.map(|c| c.id()),
        claimed: pair.claim.and_then(|c| c.claimed),
        mechanism,
        reason,
    }
}

fn field_of<'r>(check: &Row<'_, Check>, totals: &'r RunTotals, point: ItemId) -> Option<&'r FieldCounts> {
    let named = totals.fields.iter().find(|f| f.data_point == Some(point));
    named.or_else(|| {
        let asked = check.entity.compare.iter().find(|c| c.data_point == Some(point))?;
        let same = |f: &&FieldCounts| f.data_point.is_none() && *f.left == *asked.left && *f.right == *asked.right;
        totals.fields.iter().find(same)
    })
}

/// What was counted about one pair of columns.
#[derive(Clone, Copy, Default)]
struct Counts {
    run: i64,
    compared: u64,
    equal: u64,
    by_rule: u64,
    different: u64,
    missing_left: u64,
    missing_right: u64,
    duplicates: u64,
    /// Rows of both sides.
    rows: u64,
}

impl Counts {
    fn of(run: &Run, totals: &RunTotals, field: &FieldCounts, swapped: bool) -> Self {
        let records = totals.records;
        let (missing_left, missing_right) =
            if swapped { (records.only_left, records.only_right) } else { (records.only_right, records.only_left) };
        Self {
            run: run.number,
            compared: field.equal.saturating_add(field.equal_by_rule).saturating_add(field.different),
            equal: field.equal,
            by_rule: field.equal_by_rule,
            different: field.different,
            missing_left,
            missing_right,
            duplicates: totals.left.duplicate_keys.saturating_add(totals.right.duplicate_keys),
            rows: totals.left.rows.saturating_add(totals.right.rows),
        }
    }

    /// What the values say. Differences come before missing records, those before duplicates.
    fn judge(&self, in_sync_per_mille: u64) -> (Verdict, String) {
        let allowed = u128::from(1000 - in_sync_per_mille.min(1000));
        let within = |bad: u64, all: u64| u128::from(bad) * 1000 <= allowed * u128::from(all);
        let run = format!(" (run {})", self.run);
        let missing = self.missing_left.saturating_add(self.missing_right);
        let known = self.compared.saturating_add(missing);
        let share = || percent(self.equal.saturating_add(self.by_rule), self.compared);
        if known == 0 && self.duplicates == 0 {
            (Verdict::Unknown, format!("no record could be compared{run}"))
        } else if !within(self.different, self.compared) {
            (Verdict::Differs, format!("{} of {} differ{run}", number(self.different), number(self.compared)))
        } else if !within(missing, known) {
            (Verdict::Missing, format!("{} of {} records are on one side only{run}", number(missing), number(known)))
        } else if !within(self.duplicates, self.rows) || known == 0 {
            (Verdict::Duplicate, format!("{} keys occur more than once{run}", number(self.duplicates)))
        } else if self.by_rule > 0 && !within(self.by_rule.saturating_add(self.different), self.compared) {
            (Verdict::EqualByRule, format!("{} equal, {} of them by rule only{run}", share(), number(self.by_rule)))
        } else {
            (Verdict::InSync, format!("{} of {} equal{run}", share(), number(self.compared)))
        }
    }
}

/// The verdict from what is claimed and what was measured. `outdated` is the number of a run that
/// measured something else than the check asks for now.
fn conclude(
    mechanism: Option<Mechanism>,
    judged: Option<(Verdict, String)>,
    outdated: Option<i64>,
) -> (Verdict, String) {
    let by = mechanism.map(|m| m.label().to_lowercase()).unwrap_or_default();
    let nothing = outdated.map_or_else(
        || "nothing was measured".to_owned(),
        |n| format!("measured before the check was changed (run {n})"),
    );
    match (judged, mechanism) {
        (None, Some(Mechanism::None)) => (Verdict::Unknown, format!("nothing keeps them equal and {nothing}")),
        (None, Some(m)) if is_manual(m) => {
            (Verdict::Coincident, format!("kept equal by people ({by}), which is not synchronisation; {nothing}"))
        }
        (None, Some(Mechanism::Unknown)) => (Verdict::Unknown, "nobody knows how they are kept equal".into()),
        (None, Some(_)) => (Verdict::Unknown, format!("said to be kept equal ({by}); {nothing}")),
        (None, None) if outdated.is_some() => (Verdict::Unknown, nothing),
        (None, None) => (Verdict::Unknown, "nobody has said anything and nothing was measured".into()),
        (Some((verdict, measured)), Some(m)) if is_manual(m) && verdict.synchronised() => (
            Verdict::Coincident,
            format!("{measured}; equal today, but kept so by people or by nothing ({by}): will drift"),
        ),
        (Some((verdict, measured)), Some(Mechanism::Unknown)) if verdict.synchronised() => {
            (Verdict::Unknown, format!("{measured}, but nobody knows how they are kept equal"))
        }
        (Some((verdict, measured)), None) if verdict.synchronised() => {
            (verdict, format!("{measured}; nobody has said how they are kept equal"))
        }
        (Some(judged), _) => judged,
    }
}

//! The verdict matrix: which pairs of copies the plan speaks of, and what was measured about them.

use super::{PointVerdict, Verdict, is_manual};
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
        judge(evidence, point, &pair, Profile::recommended().in_sync_per_mille)
    })
}

struct Pair<'a> {
    left: ItemId,
    right: ItemId,
    claim: Option<Row<'a, SyncClaim>>,
    /// Checks that measure it, each with the instance on its left.
    checks: Vec<(Row<'a, Check>, ItemId)>,
}

type Pairs<'a> = BTreeMap<(ItemId, ItemId, ItemId), Pair<'a>>;

fn ordered(a: ItemId, b: ItemId) -> (ItemId, ItemId) {
    if a <= b { (a, b) } else { (b, a) }
}

fn pair<'p, 'a>(pairs: &'p mut Pairs<'a>, point: ItemId, left: ItemId, right: ItemId) -> &'p mut Pair<'a> {
    let (low, high) = ordered(left, right);
    pairs.entry((point, low, high)).or_insert_with(|| Pair { left, right, claim: None, checks: Vec::new() })
}

pub(crate) fn matrix(plan: &Plan, evidence: &Evidence, in_sync_per_mille: u64) -> Vec<PointVerdict> {
    let mut pairs = Pairs::new();
    let in_scope =
        |id: ItemId| plan.get::<domain::entity::DataPoint>(id).is_some_and(|point| !point.out_of_scope).then_some(id);
    let instance = |occurrence: Option<ItemId>| {
        plan.find::<Occurrence>(occurrence)?.instance.filter(|id| plan.get::<Instance>(*id).is_some())
    };
    for check in plan.each::<Check>() {
        let side = |named: Option<ItemId>, connection: Option<ConnectionId>| {
            let of_connection = || evidence.connections.iter().find(|c| Some(c.id) == connection)?.instance;
            named.or_else(of_connection).filter(|id| plan.get::<Instance>(*id).is_some())
        };
        let sides = (side(check.left_instance, check.left), side(check.right_instance, check.right));
        let (Some(left), Some(right)) = sides else {
            continue;
        };
        for point in check.entity.compare.iter().filter_map(|c| c.data_point).filter_map(in_scope) {
            let pair = pair(&mut pairs, point, left, right);
            if pair.checks.is_empty() {
                (pair.left, pair.right) = (left, right);
            }
            if !pair.checks.iter().any(|(c, _)| c.id() == check.id()) {
                pair.checks.push((check, left));
            }
        }
    }
    for claim in plan.each::<SyncClaim>() {
        let Some(point) = claim.data_point.and_then(in_scope) else {
            continue;
        };
        let (Some(left), Some(right)) = (instance(claim.left), instance(claim.right)) else {
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
        pairs.into_iter().map(|((point, ..), pair)| judge(evidence, point, &pair, in_sync_per_mille)).collect();
    let place = |id: ItemId| plan.item(id).map(|item| item.number);
    verdicts.sort_by_key(|v| (place(v.point), place(v.left), place(v.right)));
    verdicts
}

fn judge(evidence: &Evidence, point: ItemId, pair: &Pair<'_>, in_sync_per_mille: u64) -> PointVerdict {
    let mut result = PointVerdict {
        point,
        left: pair.left,
        right: pair.right,
        verdict: Verdict::Unknown,
        compared: 0,
        equal: 0,
        by_rule: 0,
        different: 0,
        missing_left: 0,
        missing_right: 0,
        duplicates: 0,
        causes: Vec::new(),
        check: pair.checks.first().map(|(check, _)| check.id()),
        run: None,
        run_number: None,
        claim: pair.claim.map(|c| c.id()),
        claimed: pair.claim.and_then(|c| c.claimed),
        mechanism: pair.claim.and_then(|c| c.mechanism),
        reason: String::new(),
    };
    let measured = pair
        .checks
        .iter()
        .filter_map(|(check, left)| {
            let run = evidence.latest_run(check.id())?;
            let totals = run.totals.as_ref()?;
            let swapped = *left != pair.left;
            Some((check, swapped, run, totals, field_of(check, totals, point)?))
        })
        .max_by_key(|(_, _, run, ..)| (run.ended_at, run.number));
    let by_values = measured.map(|(check, swapped, run, totals, field)| {
        fill(&mut result, check, run, totals, field, swapped);
        by_values(&result, totals, in_sync_per_mille)
    });
    (result.verdict, result.reason) = conclude(&result, by_values);
    result
}

fn field_of<'r>(check: &Row<'_, Check>, totals: &'r RunTotals, point: ItemId) -> Option<&'r FieldCounts> {
    let named = totals.fields.iter().find(|f| f.data_point == Some(point));
    named.or_else(|| {
        let asked = check.entity.compare.iter().find(|c| c.data_point == Some(point))?;
        let same = |f: &&FieldCounts| f.data_point.is_none() && *f.left == *asked.left && *f.right == *asked.right;
        totals.fields.iter().find(same)
    })
}

fn fill(
    result: &mut PointVerdict,
    check: &Row<'_, Check>,
    run: &Run,
    totals: &RunTotals,
    field: &FieldCounts,
    swapped: bool,
) {
    let records = totals.records;
    result.compared = field.equal.saturating_add(field.equal_by_rule).saturating_add(field.different);
    result.equal = field.equal;
    result.by_rule = field.equal_by_rule;
    result.different = field.different;
    (result.missing_left, result.missing_right) =
        if swapped { (records.only_left, records.only_right) } else { (records.only_right, records.only_left) };
    result.duplicates = totals.left.duplicate_keys.saturating_add(totals.right.duplicate_keys);
    result.causes.clone_from(&field.causes);
    result.check = Some(check.id());
    result.run = Some(run.id);
    result.run_number = Some(run.number);
}

/// What the values say. Differences come before missing records, those before duplicates.
fn by_values(r: &PointVerdict, totals: &RunTotals, in_sync_per_mille: u64) -> (Verdict, String) {
    let within =
        |bad: u64, all: u64| u128::from(bad) * 1000 <= u128::from(1000 - in_sync_per_mille.min(1000)) * u128::from(all);
    let run = r.run_number.map(|n| format!(" (run {n})")).unwrap_or_default();
    let missing = r.missing_left.saturating_add(r.missing_right);
    let known = r.compared.saturating_add(missing);
    let rows = totals.left.rows.saturating_add(totals.right.rows);
    if known == 0 && r.duplicates == 0 {
        (Verdict::Unknown, format!("no record could be compared{run}"))
    } else if !within(r.different, r.compared) {
        (Verdict::Differs, format!("{} of {} differ{run}", number(r.different), number(r.compared)))
    } else if !within(missing, known) {
        (Verdict::Missing, format!("{} of {} records are on one side only{run}", number(missing), number(known)))
    } else if !within(r.duplicates, rows) || known == 0 {
        (Verdict::Duplicate, format!("{} keys occur more than once{run}", number(r.duplicates)))
    } else if r.by_rule > 0 && !within(r.by_rule.saturating_add(r.different), r.compared) {
        let share = percent(r.equal.saturating_add(r.by_rule), r.compared);
        (Verdict::EqualByRule, format!("{share} equal, {} of them by rule only{run}", number(r.by_rule)))
    } else {
        let share = percent(r.equal.saturating_add(r.by_rule), r.compared);
        (Verdict::InSync, format!("{share} of {} equal{run}", number(r.compared)))
    }
}

fn conclude(r: &PointVerdict, by_values: Option<(Verdict, String)>) -> (Verdict, String) {
    let by = r.mechanism.map(|m| m.label().to_lowercase()).unwrap_or_default();
    match (by_values, r.mechanism) {
        (None, Some(Mechanism::None)) => (Verdict::Unknown, "nothing keeps them equal and nothing was measured".into()),
        (None, Some(m)) if is_manual(m) => (
            Verdict::Coincident,
            format!("kept equal by people ({by}), which is not synchronisation; nothing was measured"),
        ),
        (None, Some(Mechanism::Unknown)) => (Verdict::Unknown, "nobody knows how they are kept equal".into()),
        (None, Some(_)) => (Verdict::Unknown, format!("said to be kept equal ({by}); nothing was measured")),
        (None, None) => (Verdict::Unknown, "nobody has said anything and nothing was measured".into()),
        (Some((verdict, measured)), Some(m)) if is_manual(m) && verdict.synchronised() => (
            Verdict::Coincident,
            format!("{measured}; equal today, but kept so by people or by nothing ({by}): will drift"),
        ),
        (Some((verdict, measured)), Some(Mechanism::Unknown)) if verdict.synchronised() => {
            (Verdict::Unknown, format!("{measured}, but nobody knows how they are kept equal"))
        }
        (Some(judged), _) => judged,
    }
}

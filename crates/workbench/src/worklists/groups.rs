//! Groups of differences: by compared pair, cause and slice, each with whom the plan names for the side that is wrong.

use super::words;
use crate::{Access, Error, dashboards::parsed_slice, hidden::Hidden};
use domain::{
    ItemId, Run, WorklistGroup,
    entity::{Check, Instance, Occurrence, Truth, TruthState},
};
use reconcile::{Cause, Class, Filter, FoundSlice};
use views::worklists::GroupRow;

/// Groups to choose from.
const SHOWN: usize = 200;
/// Longest group in a form.
const LONGEST: usize = 4_000;

/// A group as it is kept and as the engine filters it; the keys of a slice are not in the filter yet.
pub(super) struct Group {
    pub(super) group: WorklistGroup,
    pub(super) filter: Filter,
}

/// Reads a group that a form sent.
pub(super) fn parsed(run: &Run, hidden: &Hidden, text: &str) -> Result<Group, Error> {
    let wrong = || Error::invalid("groups", "one of them is no group of differences; load the page again");
    let group: WorklistGroup =
        Some(text).filter(|text| text.len() <= LONGEST).and_then(|t| serde_json::from_str(t).ok()).ok_or_else(wrong)?;
    if let Some(slice) = &group.slice
        && hidden.covers(&parsed_slice(slice)?)
    {
        return Err(Error::invalid("groups", "one of them goes by a column that is classified; choose another"));
    }
    Ok(Group { filter: filter(run, &group)?, group })
}

/// A group as the engine filters it in this run, without its slice.
///
/// # Errors
/// When the run does not compare these columns, or the class or cause is none.
pub(super) fn filter(run: &Run, group: &WorklistGroup) -> Result<Filter, Error> {
    let wrong = |what: &str| Error::invalid("groups", format!("one of them names {what} that this run has not"));
    let class = Class::from_label(&group.class).filter(|class| *class != Class::EqualByRule);
    let class = class.ok_or_else(|| wrong("a class"))?;
    let field = group.columns.as_ref().map(|columns| place_of(run, columns).ok_or_else(|| wrong("columns")));
    if (class == Class::Different) != field.is_some() {
        return Err(wrong("columns"));
    }
    let cause = group.cause.as_deref().map(|cause| Cause::from_label(cause).ok_or_else(|| wrong("a cause")));
    Ok(Filter { class: Some(class), field: field.transpose()?, cause: cause.transpose()?, ..Filter::default() })
}

/// Place of a pair of columns in what a run compared.
pub(super) fn place_of(run: &Run, (left, right): &(String, String)) -> Option<usize> {
    let fields = &run.totals.as_ref()?.fields;
    fields.iter().position(|field| field.left == *left && field.right == *right)
}

/// Every group of a run: of each pair first its slices by cause, then its causes; then whole records. Sorted by owner.
pub(super) fn of_run(access: &Access, run: &Run, hidden: &Hidden, found: &[FoundSlice]) -> Vec<GroupRow> {
    let Some(totals) = &run.totals else { return Vec::new() };
    let check = super::check_of(access, run.check);
    let mut all: Vec<(WorklistGroup, u64)> = Vec::new();
    for (place, field) in totals.fields.iter().enumerate() {
        let of = |cause: &str, slice: Option<String>| WorklistGroup {
            class: Class::Different.label().into(),
            columns: Some((field.left.clone(), field.right.clone())),
            cause: Some(cause.to_owned()),
            slice,
        };
        let slices = found.iter().filter(|f| f.field == place && !hidden.covers(&f.slice));
        for slice in slices {
            let Ok(text) = serde_json::to_string(&slice.slice) else { continue };
            all.extend(slice.causes.iter().map(|(cause, count)| (of(cause.label(), Some(text.clone())), *count)));
        }
        all.extend(field.causes.iter().map(|cause| (of(&cause.cause, None), cause.count)));
    }
    let records = &totals.records;
    let whole = [
        (Class::OnlyLeft, records.only_left),
        (Class::OnlyRight, records.only_right),
        (Class::Ambiguous, records.ambiguous),
        (Class::DuplicateLeft, totals.left.duplicate_keys),
        (Class::DuplicateRight, totals.right.duplicate_keys),
    ];
    let whole = whole.into_iter().filter(|(_, count)| *count > 0);
    all.extend(
        whole.map(|(class, count)| (WorklistGroup { class: class.label().into(), ..WorklistGroup::default() }, count)),
    );
    let row = |(group, count): (WorklistGroup, u64)| {
        Some(GroupRow {
            words: words::title(access, &group, &check, hidden),
            owner: owner_of(access, &check, &group),
            group: serde_json::to_string(&group).ok()?,
            count,
        })
    };
    let mut rows: Vec<_> = all.into_iter().filter_map(row).collect();
    // Those of nobody come last; within an owner the order above stays.
    rows.sort_by(|a, b| (a.owner.is_empty(), &a.owner).cmp(&(b.owner.is_empty(), &b.owner)));
    rows.truncate(SHOWN);
    rows
}

/// Who answers for the side that is wrong; empty where the plan does not say.
pub(super) fn owner_of(access: &Access, check: &Check, group: &WorklistGroup) -> String {
    let instance = access.plan.find::<Instance>(wrong_instance(access, check, group));
    let owner = instance.map(|instance| {
        let owners = [&instance.business_owner, &instance.technical_owner];
        owners.into_iter().find(|owner| !owner.is_empty()).map(ToString::to_string)
    });
    owner.flatten().unwrap_or_default()
}

/// The instance whose records are wrong. Of a pair the one that is not the source of truth; where the plan names
/// none, the left side is the system of record; where it names both, nobody can say.
fn wrong_instance(access: &Access, check: &Check, group: &WorklistGroup) -> Option<ItemId> {
    let Some((left, right)) = &group.columns else {
        return if group.class == Class::DuplicateLeft.label() { check.left_instance } else { check.right_instance };
    };
    let pair = check.compare.iter().find(|pair| *pair.left == **left && *pair.right == **right);
    let point = pair.and_then(|pair| pair.data_point);
    let named = |instance: Option<ItemId>| {
        let of_point = |t: &domain::Row<'_, Truth>| point.is_some() && t.data_point == point;
        let mut truths = access.plan.each::<Truth>().filter(of_point).filter(|t| t.state != Some(TruthState::Disputed));
        instance.is_some()
            && truths.any(|t| access.plan.find::<Occurrence>(t.occurrence).is_some_and(|o| o.instance == instance))
    };
    match (named(check.left_instance), named(check.right_instance)) {
        (true, true) => None,
        (false, true) => check.left_instance,
        (_, false) => check.right_instance,
    }
}

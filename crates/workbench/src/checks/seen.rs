//! What a run sees of the columns themselves: values that are missing or not well formed on each side, and values that
//! one side alone has. Decisions about existing data rest on it.

use crate::{Error, own_task::blocking};
use domain::{
    ColumnCounts, Document, FieldCounts, ItemId, RunTotals, SeenPair,
    entity::{DataPoint, LogicalType},
};
use reconcile::{Expected, Outcome, Side, Soundness, Staged};
use std::sync::{Arc, atomic::AtomicBool};

/// Adds to the counts of each compared pair what was seen of its columns.
pub(super) async fn add(
    totals: &mut RunTotals,
    plan: &Document,
    outcome: &Outcome,
    [left, right]: [&Staged; 2],
    cancel: &Arc<AtomicBool>,
) -> Result<(), Error> {
    let columns = |column: fn(&FieldCounts) -> &String| {
        totals.fields.iter().map(|f| (column(f).clone(), expected(plan, f.data_point))).collect::<Vec<_>>()
    };
    let look = |side, staged: &Staged, columns: Vec<_>| {
        let (staged, cancel) = (staged.clone(), Arc::clone(cancel));
        blocking(move || Ok(reconcile::soundness(&staged, side, &columns, &cancel)?))
    };
    let left = look(Side::Left, left, columns(|f| &f.left));
    let right = look(Side::Right, right, columns(|f| &f.right));
    let (left, right) = tokio::try_join!(left, right)?;
    let counts = |seen: Soundness| ColumnCounts { empty: seen.empty, malformed: seen.malformed };
    for (((field, detail), left), right) in totals.fields.iter_mut().zip(&outcome.fields).zip(left).zip(right) {
        let (left, right) = (counts(left), counts(right));
        let (only_left, only_right, both) = (detail.only_left, detail.only_right, detail.both);
        field.seen = Some(SeenPair { left, right, only_left, only_right, both });
    }
    Ok(())
}

/// What the plan says a data point's values are.
fn expected(plan: &Document, point: Option<ItemId>) -> Expected {
    let point = point.and_then(|id| plan.each::<DataPoint>().find(|p| p.id() == id));
    match point.and_then(|p| p.logical_type) {
        Some(LogicalType::Integer | LogicalType::Number) => Expected::Number,
        Some(LogicalType::Date | LogicalType::Timestamp) => Expected::Moment,
        _ => Expected::Text,
    }
}

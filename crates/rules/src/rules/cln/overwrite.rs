//! What must be true before existing data is overwritten.

use super::{chosen, object_title, obligations};
use crate::{
    context::{Cx, under},
    finding::Hit,
    number, percent,
};
use domain::entity::{HistoryChoice, HistoryDecision, ObligationKind};
use domain::{ItemId, Row, Run, RunTotals};

pub(super) fn overwrite_unlinked(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for decision in chosen(cx, HistoryChoice::Overwrite) {
        let identifiers = decision.object.map(|id| under(&cx.identifiers_of, id)).unwrap_or_default();
        let sides: Vec<ItemId> = [decision.source, decision.destination].into_iter().flatten().collect();
        let linked = identifiers.iter().any(|i| sides.iter().all(|side| cx.stores(i.entity, *side)));
        if !linked {
            let object = object_title(cx, decision);
            let message = format!("Overwrite chosen for {object} but no unique identifier links the records");
            hits.push(Hit::on(decision.id(), message).field("choice").facts(sides));
        }
    }
    hits
}

/// The run a decision rests on: the one it names, else the newest that compares its object.
fn run_of<'a>(cx: &Cx<'a>, decision: &HistoryDecision) -> Option<(&'a Run, &'a RunTotals)> {
    let named = decision.run.and_then(|id| cx.evidence.run(id));
    let newest = || {
        let checks = cx.checks.iter().filter(|c| c.object.is_some() && c.object == decision.object);
        checks
            .filter(|c| {
                let within =
                    |side: Option<ItemId>| side.is_none() || side == c.left_instance || side == c.right_instance;
                within(decision.source) && within(decision.destination)
            })
            .filter_map(|c| crate::current_run(cx.evidence, c))
            .max_by_key(|r| r.number)
    };
    let run = named.or_else(newest)?;
    Some((run, run.totals.as_ref()?))
}

pub(super) fn overwrite_weak_source(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for decision in chosen(cx, HistoryChoice::Overwrite) {
        let measured = run_of(cx, decision).map(|(run, totals)| {
            let check = cx.checks.iter().find(|c| c.id() == run.check);
            let right = check.is_some_and(|c| decision.source.is_some() && c.right_instance == decision.source);
            if right { totals.right } else { totals.left }
        });
        let threshold = cx.profile.robust_per_mille;
        let (why, fact) = match measured.filter(|side| side.rows > 0) {
            None => ("unmeasured".to_owned(), "unmeasured".to_owned()),
            Some(side) => {
                let good = side.rows.saturating_sub(side.empty_keys).saturating_sub(side.duplicate_rows);
                if u128::from(good) * 1000 >= u128::from(side.rows) * u128::from(threshold) {
                    continue;
                }
                (
                    format!("{} < {}", percent(good, side.rows), percent(threshold, 1000)),
                    format!("{good}/{}", side.rows),
                )
            }
        };
        let message =
            format!("Overwrite chosen for {} but the source is not proven robust ({why})", object_title(cx, decision));
        hits.push(Hit::on(decision.id(), message).field("choice").fact(fact));
    }
    hits
}

pub(super) fn overwrite_loses(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for decision in chosen(cx, HistoryChoice::Overwrite).filter(|d| d.loss_accepted_by.is_empty()) {
        let Some((_, totals)) = run_of(cx, decision) else {
            continue;
        };
        let n = totals.fields.iter().map(|f| f.different).fold(0, u64::saturating_add);
        if n > 0 {
            let message = format!(
                "Overwrite of {} would replace {} non-empty destination values that differ; nobody has accepted the loss",
                object_title(cx, decision),
                number(n)
            );
            hits.push(Hit::on(decision.id(), message).field("loss_accepted_by").fact(n));
        }
    }
    hits
}

pub(super) fn overwrite_no_way_back(cx: &Cx<'_>) -> Vec<Hit> {
    let backed_up = |d: &Row<'_, HistoryDecision>| {
        !d.backup.is_empty()
            || obligations(cx, d.id()).iter().any(|o| o.kind == Some(ObligationKind::Backup) && !o.content.is_empty())
    };
    chosen(cx, HistoryChoice::Overwrite)
        .filter(|d| !backed_up(d))
        .map(|d| {
            let message = format!("Overwrite of {} has no backup or way back", object_title(cx, d));
            Hit::on(d.id(), message).field("backup")
        })
        .collect()
}

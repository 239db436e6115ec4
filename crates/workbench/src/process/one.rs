//! What follows from one process: its differences with what was recorded about them, and the findings
//! that concern it.

use crate::{Access, activity::href};
use domain::{
    Choices, ItemId,
    entity::{Check, Discrepancy, Step, SyncClaim},
};
use rules::{Finding, ProcessView};
use std::collections::BTreeSet;
use views::process::DiffRow;

/// Told against observed, step by step.
pub(super) fn differences(access: &Access, view: &ProcessView<'_>) -> Vec<DiffRow> {
    let plan = &access.plan;
    let recorded = |key: &str| {
        let mut own = plan.each::<Discrepancy>().filter(|d| d.process == Some(view.process.id()));
        let found = own.find(|d| d.step_key.to_lowercase() == key)?;
        let words = found.resolution.map(|r| r.label().to_owned()).unwrap_or_default();
        Some((href(access, found.item), words))
    };
    view.diff()
        .into_iter()
        .map(|d| DiffRow {
            href: d
                .observed
                .or(d.told)
                .and_then(|id| plan.get::<Step>(id))
                .map(|s| href(access, s.item))
                .unwrap_or_default(),
            aspects: d.aspects.iter().map(|a| a.label()).collect::<Vec<_>>().join(", "),
            recorded: recorded(&d.key),
            status: d.status,
            name: d.name,
            key: d.key,
        })
        .collect()
}

/// Open findings about the process, its pictures and steps, and those on the sync of the points that
/// its steps read or write: work built on copies that differ is not done as drawn.
pub(super) fn findings(access: &Access, view: &ProcessView<'_>) -> Vec<Finding> {
    let plan = &access.plan;
    let mut own: BTreeSet<ItemId> = view.steps().map(|s| s.id()).collect();
    own.insert(view.process.id());
    own.extend(view.pictures().map(|(v, _)| v.id()));
    let points: BTreeSet<ItemId> = view.steps().flat_map(|s| s.reads.iter().chain(&s.writes)).copied().collect();
    let claims = plan.each::<SyncClaim>().filter(|c| c.data_point.is_some_and(|p| points.contains(&p)));
    let checks = plan.each::<Check>().filter(|c| {
        let mut compared = c.compare.iter().filter_map(|pair| pair.data_point);
        compared.any(|p| points.contains(&p))
    });
    let mut synced: BTreeSet<ItemId> = claims.map(|c| c.id()).chain(checks.map(|c| c.id())).collect();
    synced.extend(&points);
    let concerns = |f: &&Finding| {
        f.subject.is_some_and(|s| own.contains(&s) || (f.rule.starts_with("SYN-") && synced.contains(&s)))
    };
    access.open_findings().filter(concerns).cloned().collect()
}

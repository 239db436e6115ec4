//! Two pictures of a process step by step: told against observed, today against to be.

use super::{Aspect, StepChange, StepDiff, StepStatus, key_of, process_view};
use domain::entity::{Discrepancy, DiscrepancyResolution, Step, StepKind};
use domain::{ItemId, Plan, Row};
use std::collections::{BTreeMap, BTreeSet};

fn by_key<'s, 'a>(steps: &'s [Row<'a, Step>]) -> BTreeMap<String, &'s Row<'a, Step>> {
    let mut map = BTreeMap::new();
    for step in steps {
        map.entry(key_of(step)).or_insert(step);
    }
    map
}

/// Compares what was told with what was observed.
pub fn step_diff(plan: &Plan, process: ItemId) -> Vec<StepDiff> {
    process_view(plan, process).map(|view| view.diff()).unwrap_or_default()
}

pub(super) fn diff_steps(told: &[Row<'_, Step>], observed: &[Row<'_, Step>]) -> Vec<StepDiff> {
    if told.is_empty() || observed.is_empty() {
        return Vec::new();
    }
    let (told_keys, observed_keys) = (by_key(told), by_key(observed));
    let common = |steps: &[Row<'_, Step>], other: &BTreeMap<String, &Row<'_, Step>>| -> Vec<String> {
        let mut seen = BTreeSet::new();
        steps.iter().map(|s| key_of(s)).filter(|k| other.contains_key(k) && seen.insert(k.clone())).collect()
    };
    let moved = out_of_order(&common(told, &observed_keys), &common(observed, &told_keys));
    let mut rows = Vec::new();
    for (key, step) in ordered_pairs(told) {
        let diff = match observed_keys.get(&key) {
            None => StepDiff {
                name: step.name.to_string(),
                status: StepStatus::Missing,
                aspects: Vec::new(),
                told: Some(step.id()),
                observed: None,
                key,
            },
            Some(seen) => {
                let mut aspects = Vec::new();
                if actor(step) != actor(seen) {
                    aspects.push(Aspect::Actor);
                }
                if set(&step.entity.systems) != set(&seen.entity.systems) {
                    aspects.push(Aspect::System);
                }
                if moved.contains(&key) {
                    aspects.push(Aspect::Order);
                }
                StepDiff {
                    name: seen.name.to_string(),
                    status: if aspects.is_empty() { StepStatus::Same } else { StepStatus::Differs },
                    aspects,
                    told: Some(step.id()),
                    observed: Some(seen.id()),
                    key,
                }
            }
        };
        rows.push(diff);
    }
    for (key, step) in ordered_pairs(observed) {
        if !told_keys.contains_key(&key) {
            rows.push(StepDiff {
                name: step.name.to_string(),
                status: StepStatus::Extra,
                aspects: Vec::new(),
                told: None,
                observed: Some(step.id()),
                key,
            });
        }
    }
    rows
}

fn ordered_pairs<'s, 'a>(steps: &'s [Row<'a, Step>]) -> Vec<(String, &'s Row<'a, Step>)> {
    let mut seen = BTreeSet::new();
    steps.iter().map(|s| (key_of(s), s)).filter(|(k, _)| seen.insert(k.clone())).collect()
}

pub(super) fn actor(step: &Step) -> (Option<ItemId>, String) {
    (step.team, if step.team.is_some() { String::new() } else { step.actor.to_lowercase() })
}

fn set(ids: &[ItemId]) -> BTreeSet<ItemId> {
    ids.iter().copied().collect()
}

/// Keys outside the longest run that both orders share.
fn out_of_order(a: &[String], b: &[String]) -> BTreeSet<String> {
    let place: BTreeMap<&String, usize> = b.iter().enumerate().map(|(n, k)| (k, n)).collect();
    let places: Vec<usize> = a.iter().filter_map(|k| place.get(k).copied()).collect();
    // Longest increasing subsequence; pictures have hundreds of steps at most.
    let mut best = vec![1_usize; places.len()];
    let mut from = vec![usize::MAX; places.len()];
    for i in 0..places.len() {
        for j in 0..i {
            if places[j] < places[i] && best[j] + 1 > best[i] {
                best[i] = best[j] + 1;
                from[i] = j;
            }
        }
    }
    let mut kept = BTreeSet::new();
    let mut at = (0..places.len()).max_by_key(|n| (best[*n], std::cmp::Reverse(*n)));
    while let Some(n) = at {
        kept.insert(n);
        at = (from[n] != usize::MAX).then(|| from[n]);
    }
    a.iter().enumerate().filter(|(n, _)| !kept.contains(n)).map(|(_, k)| k.clone()).collect()
}

/// Differences between told and observed, each with what is done about it.
pub fn discrepancies(plan: &Plan, process: ItemId) -> Vec<(StepDiff, Option<DiscrepancyResolution>)> {
    let recorded: BTreeMap<String, Option<DiscrepancyResolution>> = plan
        .each::<Discrepancy>()
        .filter(|d| d.process == Some(process))
        .map(|d| (d.step_key.to_lowercase(), d.resolution))
        .collect();
    step_diff(plan, process)
        .into_iter()
        .filter(|d| d.status != StepStatus::Same)
        .map(|d| {
            let resolution = recorded.get(&d.key).copied().flatten();
            (d, resolution)
        })
        .collect()
}

/// What becomes of each step of today, and what is new.
pub fn step_changes(plan: &Plan, process: ItemId) -> Vec<StepChange> {
    process_view(plan, process).map(|view| view.changes()).unwrap_or_default()
}

pub(super) fn changes_between(today: &[Row<'_, Step>], to_be: &[Row<'_, Step>]) -> Vec<StepChange> {
    use crate::ChangedStep as C;
    if today.is_empty() || to_be.is_empty() {
        return Vec::new();
    }
    let after = by_key(to_be);
    let before = by_key(today);
    let mut rows = Vec::new();
    for (key, step) in ordered_pairs(today) {
        let (change, new) = match after.get(&key) {
            None => (C::Removed, None),
            Some(new) => {
                let automated = new.kind == Some(StepKind::Automated) && step.kind != Some(StepKind::Automated);
                let same = actor(step) == actor(new)
                    && set(&step.entity.systems) == set(&new.entity.systems)
                    && step.kind == new.kind
                    && step.workaround == new.workaround;
                let change = if automated {
                    C::Automated
                } else if same {
                    C::Unchanged
                } else {
                    C::Changed
                };
                (change, Some(new.id()))
            }
        };
        let name = step.name.to_string();
        rows.push(StepChange { key, name, change, before: Some(step.id()), after: new });
    }
    for (key, step) in ordered_pairs(to_be) {
        if !before.contains_key(&key) {
            let name = step.name.to_string();
            rows.push(StepChange { key, name, change: C::New, before: None, after: Some(step.id()) });
        }
    }
    rows
}

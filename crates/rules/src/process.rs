//! Processes side by side: as told, as observed, to be. What differs, what gets simpler, what it costs.

mod compare;

pub use compare::{discrepancies, step_changes, step_diff};

use crate::context::{index, under};
use compare::{actor, changes_between, diff_steps};
use domain::entity::{Process, Step, StepKind, Variant, VariantKind, Walkthrough};
use domain::{ItemId, Plan, Row};
use std::collections::{BTreeMap, BTreeSet};

/// A process with its three pictures.
#[derive(Clone)]
pub struct ProcessView<'a> {
    /// The process.
    pub process: Row<'a, Process>,
    /// The picture as told.
    pub told: Option<Row<'a, Variant>>,
    /// The picture as observed.
    pub observed: Option<Row<'a, Variant>>,
    /// The picture to be.
    pub to_be: Option<Row<'a, Variant>>,
    /// Steps as told, in order.
    pub told_steps: Vec<Row<'a, Step>>,
    /// Steps as observed, in order.
    pub observed_steps: Vec<Row<'a, Step>>,
    /// Steps to be, in order.
    pub to_be_steps: Vec<Row<'a, Step>>,
    /// Walk-throughs, oldest first.
    pub walks: Vec<Row<'a, Walkthrough>>,
}

impl<'a> ProcessView<'a> {
    /// How the work is done today: observed, else told.
    pub fn today(&self) -> &[Row<'a, Step>] {
        if self.observed_steps.is_empty() { &self.told_steps } else { &self.observed_steps }
    }

    /// Every step of every picture.
    pub fn steps(&self) -> impl Iterator<Item = &Row<'a, Step>> {
        self.told_steps.iter().chain(&self.observed_steps).chain(&self.to_be_steps)
    }

    /// Pictures that have steps, with them.
    pub fn pictures(&self) -> impl Iterator<Item = (Row<'a, Variant>, &[Row<'a, Step>])> {
        let pair = |variant: Option<Row<'a, Variant>>, steps| variant.map(|v| (v, steps));
        [
            pair(self.told, self.told_steps.as_slice()),
            pair(self.observed, self.observed_steps.as_slice()),
            pair(self.to_be, self.to_be_steps.as_slice()),
        ]
        .into_iter()
        .flatten()
    }

    /// Differences between told and observed.
    pub fn diff(&self) -> Vec<StepDiff> {
        diff_steps(&self.told_steps, &self.observed_steps)
    }

    /// What becomes of each step of today, and what is new.
    pub fn changes(&self) -> Vec<StepChange> {
        changes_between(self.today(), &self.to_be_steps)
    }
}

/// How a step as told relates to the step as observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum StepStatus {
    /// Told and observed agree.
    Same,
    /// Observed, but nobody told.
    Extra,
    /// Told, but never observed.
    Missing,
    /// Both exist and differ.
    Differs,
}

impl StepStatus {
    /// Stored form, and class of the picture.
    pub fn code(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Extra => "extra",
            Self::Missing => "missing",
            Self::Differs => "differs",
        }
    }

    /// Wording shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Same => "as told",
            Self::Extra => "not told",
            Self::Missing => "never observed",
            Self::Differs => "done differently",
        }
    }
}

/// In what two pictures of a step differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Aspect {
    /// Somebody else does it.
    Actor,
    /// It is done in another system.
    System,
    /// It comes at another place.
    Order,
}

impl Aspect {
    /// Wording shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Actor => "somebody else does it",
            Self::System => "in another system",
            Self::Order => "in another order",
        }
    }
}

/// One step of the comparison told ↔ observed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StepDiff {
    /// The name both pictures share.
    pub key: String,
    /// What people call the step.
    pub name: String,
    /// How they relate.
    pub status: StepStatus,
    /// In what they differ.
    pub aspects: Vec<Aspect>,
    /// The step as told.
    pub told: Option<ItemId>,
    /// The step as observed.
    pub observed: Option<ItemId>,
}

/// What becomes of a step.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StepChange {
    /// The name both pictures share.
    pub key: String,
    /// What people call the step.
    pub name: String,
    /// What becomes of it.
    pub change: crate::ChangedStep,
    /// The step today.
    pub before: Option<ItemId>,
    /// The step to be.
    pub after: Option<ItemId>,
}

/// Every process with its pictures, by running number.
pub fn process_views(plan: &Plan) -> Vec<ProcessView<'_>> {
    let variants: Vec<Row<'_, Variant>> = plan.each().collect();
    let variants = index(&variants, |v| v.process);
    let steps: Vec<Row<'_, Step>> = plan.each().collect();
    let steps = index(&steps, |s| s.variant);
    let walks: Vec<Row<'_, Walkthrough>> = plan.each().collect();
    let walks = index(&walks, |w| w.process);
    let processes = plan.each::<Process>();
    processes
        .map(|process| {
            let variant = |kind| under(&variants, process.id()).iter().find(|v| v.kind == Some(kind)).copied();
            let in_order =
                |v: Option<Row<'_, Variant>>| v.map_or_else(Vec::new, |v| ordered(under(&steps, v.id()).to_vec()));
            let told = variant(VariantKind::AsTold);
            let observed = variant(VariantKind::AsObserved);
            let to_be = variant(VariantKind::ToBe);
            let mut walks = under(&walks, process.id()).to_vec();
            walks.sort_by_key(|w| w.held_on);
            ProcessView {
                process,
                told,
                observed,
                to_be,
                told_steps: in_order(told),
                observed_steps: in_order(observed),
                to_be_steps: in_order(to_be),
                walks,
            }
        })
        .collect()
}

/// One process with its pictures; `None` when there is no such process.
pub fn process_view(plan: &Plan, process: ItemId) -> Option<ProcessView<'_>> {
    process_views(plan).into_iter().find(|view| view.process.id() == process)
}

/// The steps of a picture in the order of their arrows; ties by their place in the table.
pub fn steps_in_order(plan: &Plan, variant: ItemId) -> Vec<Row<'_, Step>> {
    ordered(plan.each::<Step>().filter(|s| s.variant == Some(variant)).collect())
}

fn ordered(mut left: Vec<Row<'_, Step>>) -> Vec<Row<'_, Step>> {
    left.sort_by_key(|s| (s.position.unwrap_or(i64::MAX), s.item.number));
    let ids: BTreeSet<ItemId> = left.iter().map(Row::id).collect();
    let mut waits: BTreeMap<ItemId, usize> = BTreeMap::new();
    for step in &left {
        for next in followers(step, &ids) {
            *waits.entry(next).or_default() += 1;
        }
    }
    let mut ordered = Vec::with_capacity(left.len());
    while !left.is_empty() {
        // In a loop nothing is ready: the first in the table goes on.
        let ready = left.iter().position(|s| waits.get(&s.id()).is_none_or(|n| *n == 0)).unwrap_or(0);
        let step = left.remove(ready);
        for next in followers(&step, &ids) {
            if let Some(n) = waits.get_mut(&next) {
                *n = n.saturating_sub(1);
            }
        }
        ordered.push(step);
    }
    ordered
}

/// Steps of the same picture that a step leads to.
pub(crate) fn followers(step: &Row<'_, Step>, ids: &BTreeSet<ItemId>) -> Vec<ItemId> {
    step.entity.next.iter().filter_map(|n| n.to).filter(|id| ids.contains(id) && *id != step.id()).collect()
}

/// What two pictures of a step have in common: the step key, else the name, in lower case.
pub(crate) fn key_of(step: &Step) -> String {
    let key = if step.step_key.is_empty() { &step.name } else { &step.step_key };
    key.to_lowercase()
}

/// Whether people do the step.
pub(crate) fn by_people(step: &Step) -> bool {
    !matches!(step.kind, Some(StepKind::Automated | StepKind::Event | StepKind::Wait))
}

/// Times the work passes from one hand to another.
pub(crate) fn handoffs(steps: &[Row<'_, Step>]) -> usize {
    let ids: BTreeSet<ItemId> = steps.iter().map(Row::id).collect();
    let by_id: BTreeMap<ItemId, &Row<'_, Step>> = steps.iter().map(|s| (s.id(), s)).collect();
    let arrows: Vec<(ItemId, ItemId)> =
        steps.iter().flat_map(|s| followers(s, &ids).into_iter().map(move |to| (s.id(), to))).collect();
    let pairs: Vec<(ItemId, ItemId)> =
        if arrows.is_empty() { steps.windows(2).map(|w| (w[0].id(), w[1].id())).collect() } else { arrows };
    pairs
        .iter()
        .filter(|(a, b)| matches!((by_id.get(a), by_id.get(b)), (Some(a), Some(b)) if actor(a) != actor(b)))
        .count()
}

/// Steps done by people and handoffs between them.
pub(crate) fn effort(steps: &[Row<'_, Step>]) -> usize {
    steps.iter().filter(|s| by_people(s)).count() + handoffs(steps)
}

/// How much simpler a process becomes, in per cent of manual steps and handoffs; negative when it
/// gets harder, `None` when one of the pictures is missing.
pub fn simplification(plan: &Plan, process: ItemId) -> Option<i64> {
    let view = process_view(plan, process)?;
    let (before, after) = (effort(view.today()), effort(&view.to_be_steps));
    if before == 0 || view.to_be_steps.is_empty() {
        return None;
    }
    let (before, after) = (i64::try_from(before).ok()?, i64::try_from(after).ok()?);
    Some(100 - after * 100 / before)
}

/// Minutes a month that a picture takes: minutes × times a week × 52 ÷ 12, summed over its steps.
pub fn minutes_per_month(steps: &[Row<'_, Step>]) -> i64 {
    let weekly = steps.iter().filter_map(|s| s.minutes?.checked_mul(s.per_week?)).fold(0_i64, i64::saturating_add);
    weekly.saturating_mul(52) / 12
}

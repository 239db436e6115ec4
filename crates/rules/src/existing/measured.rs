//! What a decision about existing data rests on: the run it is judged by, which side of it the source is, and the
//! identifier that links the records. The rules and the page of decisions ask here, so that they say the same.

use super::{Loss, Robustness, Share, losses, robustness};
use crate::verdict::sides;
use domain::entity::{Check, DecisionState, HistoryDecision, Identifier, KeyPair, Occurrence};
use domain::{Evidence, ItemId, Plan, Row, Run, RunId, RunTotals};

/// Whether somebody says that a decision was taken.
pub fn is_taken(decision: &HistoryDecision) -> bool {
    decision.choice.is_some() && matches!(decision.state, Some(DecisionState::Decided | DecisionState::Done))
}

/// Whether a decision is one: a way was chosen and decided, with a reason and a name.
pub fn is_settled(decision: &HistoryDecision) -> bool {
    is_taken(decision) && !decision.rationale.is_empty() && !decision.decided_by.is_empty()
}

/// Whether an identifier has a field or a place on an installation.
pub(crate) fn stores(plan: &Plan, identifier: &Identifier, instance: ItemId) -> bool {
    let there = |part: &ItemId| plan.get::<Occurrence>(*part).is_some_and(|o| o.instance == Some(instance));
    identifier.stored_in.contains(&instance) || identifier.parts.iter().any(there)
}

/// Existing data that is decided about: whose it is, where the right data is and where it may differ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ExistingData {
    /// The business object.
    pub object: Option<ItemId>,
    /// Where the right data is; where nobody says, the left side of the run.
    pub source: Option<ItemId>,
    /// Where existing data may differ; where nobody says, the other side of the run.
    pub destination: Option<ItemId>,
    /// The run it is judged by; where nobody says, the newest that compares the object on both installations.
    pub run: Option<RunId>,
}

impl From<&HistoryDecision> for ExistingData {
    fn from(decision: &HistoryDecision) -> Self {
        let HistoryDecision { object, source, destination, run, .. } = *decision;
        Self { object, source, destination, run }
    }
}

/// The run existing data is measured by.
#[derive(Debug, Clone, Copy)]
pub struct MeasuredData<'a> {
    /// The run.
    pub run: &'a Run,
    /// Its counts.
    pub totals: &'a RunTotals,
    /// Its check, unless that is gone.
    pub check: Option<Row<'a, Check>>,
    about: ExistingData,
    /// The instances on its left and right.
    sides: (Option<ItemId>, Option<ItemId>),
}

/// The identifier that links the records of source and destination.
#[derive(Debug, Clone, Copy)]
pub struct Linking<'a> {
    /// It is recorded on both sides; of several, the run matched by this one.
    pub identifier: Row<'a, Identifier>,
    /// What it links; `None` where no run matched by it.
    pub linked: Option<Linked>,
}

/// Records of the source with a key, by what they find in the destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Linked {
    /// They have exactly one partner.
    pub matched: u64,
    /// They have more than one, or share their key.
    pub ambiguous: u64,
    /// They have none.
    pub alone: u64,
}

impl Linked {
    /// All of them.
    pub fn records(&self) -> u64 {
        self.matched.saturating_add(self.ambiguous).saturating_add(self.alone)
    }

    /// The share that has exactly one partner.
    pub fn share(&self) -> Share {
        Share { part: self.matched, whole: self.records() }
    }

    /// Whether that links the records: none is ambiguous, and the share is at least so many per thousand.
    pub fn enough(&self, per_mille: u64) -> bool {
        self.ambiguous == 0 && self.share().reaches(per_mille)
    }
}

impl ExistingData {
    /// The run it is measured by, if there is one with a result.
    pub fn measured<'a>(&self, plan: &'a Plan, evidence: &'a Evidence) -> Option<MeasuredData<'a>> {
        let compares = |check: &Check| {
            let (left, right) = sides(plan, evidence, check);
            let here = |side: Option<ItemId>| side.is_none() || side == left || side == right;
            self.object.is_some() && check.object == self.object && here(self.source) && here(self.destination)
        };
        let newest = || {
            let checks = plan.each::<Check>().filter(|check| compares(check.entity));
            checks.filter_map(|check| crate::current_run(evidence, &check)).max_by_key(|run| run.number)
        };
        let run = self.run.and_then(|id| evidence.run(id)).or_else(newest)?;
        let totals = run.totals.as_ref()?;
        let check = plan.get::<Check>(run.check);
        let sides = check.map(|check| sides(plan, evidence, check.entity)).unwrap_or_default();
        Some(MeasuredData { run, totals, check, about: *self, sides })
    }

    /// The identifier that both sides store, and what it links; `None` where none is recorded on both.
    pub fn linking<'a>(&self, plan: &'a Plan, measured: Option<&MeasuredData<'_>>) -> Option<Linking<'a>> {
        let source = self.source.or_else(|| measured?.source());
        let destination = self.destination.or_else(|| measured?.destination());
        let (Some(source), Some(destination), Some(_)) = (source, destination, self.object) else { return None };
        let sides = [source, destination];
        let of_object = plan.each::<Identifier>().filter(|identifier| identifier.object == self.object);
        let on_both = |identifier: &Identifier| sides.iter().all(|side| stores(plan, identifier, *side));
        let both: Vec<Row<'a, Identifier>> = of_object.filter(|identifier| on_both(identifier.entity)).collect();
        let used = both.iter().find(|found| measured.is_some_and(|m| m.matched_by(plan, found.entity)));
        let linked = used.and_then(|_| measured?.linked());
        let identifier = *used.or_else(|| both.first())?;
        Some(Linking { identifier, linked })
    }
}

impl MeasuredData<'_> {
    /// Where the right data is: as decided, else on the left side of the run.
    pub fn source(&self) -> Option<ItemId> {
        self.about.source.or(self.sides.0)
    }

    /// Where existing data may differ: as decided, else on the right side of the run.
    pub fn destination(&self) -> Option<ItemId> {
        self.about.destination.or(self.sides.1)
    }

    /// Whether the right side of the run is the source; `None` where neither side is. A check that names no
    /// installations has the system of record on its left.
    pub fn source_is_right(&self) -> Option<bool> {
        self.check?;
        match self.source() {
            None => Some(false),
            source if source == self.sides.0 => Some(false),
            source if source == self.sides.1 => Some(true),
            Some(_) => None,
        }
    }

    /// How robust the source is; `None` where the run does not measure it.
    pub fn robustness(&self) -> Option<Robustness> {
        Some(robustness(self.totals, self.source_is_right()?))
    }

    /// What overwriting would do to each compared pair; `None` where the run does not compare the source with the
    /// destination or did not count which side has a value.
    pub fn losses(&self) -> Option<Vec<Loss>> {
        let right = self.source_is_right()?;
        let other = if right { self.sides.0 } else { self.sides.1 };
        let elsewhere = self.about.destination.is_some() && other.is_some() && self.about.destination != other;
        if elsewhere { None } else { losses(self.totals, !right) }
    }

    /// Whether the run matched by an identifier: by the fields that are recorded for it on both sides.
    fn matched_by(&self, plan: &Plan, identifier: &Identifier) -> bool {
        let Some(check) = self.check else { return false };
        let fields: Vec<_> = identifier.parts.iter().filter_map(|part| plan.get::<Occurrence>(*part)).collect();
        let of = |instance: Option<ItemId>| -> Vec<&str> {
            fields.iter().filter(|field| field.instance == instance).map(|field| &*field.entity.field_name).collect()
        };
        let (left, right) = (of(self.sides.0), of(self.sides.1));
        let fits = |pair: &KeyPair| left.contains(&&*pair.left) && right.contains(&&*pair.right);
        !check.key.is_empty() && check.key.iter().all(fits)
    }

    /// What the key of the run links, seen from the source; `None` where the run does not measure it.
    fn linked(&self) -> Option<Linked> {
        let records = &self.totals.records;
        let alone = if self.source_is_right()? { records.only_right } else { records.only_left };
        Some(Linked { matched: records.matched, ambiguous: records.ambiguous, alone })
    }
}

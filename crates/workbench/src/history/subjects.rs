//! What there is to decide about, and what it is measured by.

use crate::Access;
use domain::{
    ItemId, Row,
    entity::{BusinessObject, Check, DataPoint, HistoryDecision, Obligation},
};
use rules::{ExistingData, MeasuredData, PointVerdict};
use std::collections::BTreeSet;
use views::history::Pointer;

/// What one card is about: a decision, or a pair of installations that no decision speaks of yet.
pub(super) struct Subject<'a> {
    pub(super) object: ItemId,
    pub(super) decision: Option<Row<'a, HistoryDecision>>,
    pub(super) pair: Option<(ItemId, ItemId)>,
}

impl Subject<'_> {
    pub(super) fn speaks_of(&self, v: &PointVerdict) -> bool {
        self.decision.is_none_or(|d| v.is_decided_by(d.entity))
            && self.pair.is_none_or(|pair| pair == (v.left, v.right))
    }

    /// Names it in addresses.
    pub(super) fn slot(&self) -> String {
        match (self.decision, self.pair) {
            (Some(decision), _) => decision.key(),
            (None, Some((left, right))) => format!("{}-{left}-{right}", self.object),
            (None, None) => self.object.to_string(),
        }
    }

    pub(super) fn title(&self, access: &Access) -> String {
        let plan = &access.plan;
        let object = plan.get::<BusinessObject>(self.object).map(|o| o.name.to_string()).unwrap_or_default();
        let named = self.decision.and_then(|d| Some((d.source?, d.destination?)));
        match named.or(self.pair) {
            Some((left, right)) => format!("{object} · {} → {}", plan.title(left), plan.title(right)),
            None => object,
        }
    }
}

/// Every decision, and whatever else there is to decide about, by business object.
pub(super) fn subjects<'a>(access: &'a Access, verdicts: &[PointVerdict]) -> Vec<Subject<'a>> {
    let plan = &access.plan;
    let open = || verdicts.iter().filter(|v| v.known_unsynchronised());
    let object_of = |v: &PointVerdict| plan.get::<DataPoint>(v.point).and_then(|p| p.object);
    let decided = plan.each::<HistoryDecision>().filter_map(|d| d.object);
    let checked = plan.each::<Check>().filter_map(|c| c.object);
    let all = open().filter_map(object_of).chain(decided).chain(checked);
    let objects: BTreeSet<ItemId> = all.filter(|id| plan.item(*id).is_some()).collect();
    let mut subjects = Vec::new();
    for object in objects {
        let decisions: Vec<_> = plan.each::<HistoryDecision>().filter(|d| d.object == Some(object)).collect();
        if decisions.is_empty() {
            subjects.push(Subject { object, decision: None, pair: None });
            continue;
        }
        let open = open().filter(|v| object_of(v) == Some(object));
        let open = open.filter(|v| !decisions.iter().any(|d| v.is_decided_by(d.entity)));
        let pairs: BTreeSet<_> = open.map(|v| (v.left, v.right)).collect();
        subjects.extend(decisions.into_iter().map(|d| Subject { object, decision: Some(d), pair: None }));
        subjects.extend(pairs.into_iter().map(|pair| Subject { object, decision: None, pair: Some(pair) }));
    }
    subjects
}

/// What is known about an object when its ways are judged.
pub(super) struct Looked<'a> {
    pub(super) access: &'a Access,
    pub(super) object: ItemId,
    /// Whose data it is, where it is right and where it may differ.
    pub(super) about: ExistingData,
    pub(super) decision: Option<&'a HistoryDecision>,
    /// The run everything about it is measured by.
    pub(super) measured: Option<MeasuredData<'a>>,
    pub(super) obligations: &'a [Row<'a, Obligation>],
    pub(super) slot: String,
}

impl<'a> Looked<'a> {
    /// Looks where the decision says, else at a pair of installations. Obligations and the slot are not looked at.
    pub(super) fn at(
        access: &'a Access,
        object: ItemId,
        decision: Option<&'a HistoryDecision>,
        pair: Option<(ItemId, ItemId)>,
    ) -> Self {
        let (source, destination) = pair.unzip();
        let undecided = ExistingData { source, destination, ..ExistingData::default() };
        let about = ExistingData { object: Some(object), ..decision.map_or(undecided, ExistingData::from) };
        let measured = about.measured(&access.plan, &access.evidence);
        Self { access, object, about, decision, measured, obligations: &[], slot: String::new() }
    }

    pub(super) fn destination(&self) -> Option<ItemId> {
        self.about.destination.or_else(|| self.measured?.destination())
    }

    pub(super) fn source(&self) -> Option<ItemId> {
        self.about.source.or_else(|| self.measured?.source())
    }

    /// Whether the right side of the run is the source; `None` where neither side is.
    pub(super) fn source_is_right(&self) -> Option<bool> {
        self.measured?.source_is_right()
    }

    /// What overwriting would do to each compared pair; `None` where no run counted it.
    pub(super) fn losses(&self) -> Option<Vec<rules::Loss>> {
        self.measured?.losses()
    }

    /// Address of what overwriting would do, value by value.
    pub(super) fn preview(&self, slot: &str) -> Option<String> {
        self.losses().map(|_| format!("/p/{}/history/overwrite?of={slot}", self.access.plan.key))
    }

    /// Leads to a part of the run everything is measured by.
    pub(super) fn in_run(&self, query: &str) -> Option<Pointer> {
        let number = self.measured?.run.number;
        Some(Pointer {
            label: format!("run {number}"),
            href: format!("/p/{}/runs/{number}{query}", self.access.plan.key),
        })
    }

    /// Leads to where the run's check is started again, or to where one is designed.
    pub(super) fn run_again(&self) -> Pointer {
        let known = self.measured.is_some_and(|m| m.check.is_some());
        let label = if known { "run the check again" } else { "run a check of it" };
        Pointer { label: label.into(), href: format!("/p/{}/sync", self.access.plan.key) }
    }
}

//! What follows from accepting existing data as it is: which obligations are created, and whom they go to at first.

use super::{exceptions::flows_into, subjects::Looked};
use crate::Access;
use domain::{
    Change, Choices, ItemId, Kind, Row,
    entity::{BusinessObject, HistoryDecision, Instance, Obligation, ObligationKind},
};
use rules::consequences_of_accept;
use serde_json::json;
use uuid::Uuid;

/// Those that follow from accepting and are not there yet, each with an owner where the plan names somebody.
pub(super) fn missing(
    access: &Access,
    decision: &HistoryDecision,
    origin: ItemId,
    there: &[Row<'_, Obligation>],
) -> Vec<Change> {
    consequences_of_accept()
        .iter()
        .filter(|draft| !there.iter().any(|o| o.kind == Some(draft.kind)))
        .map(|draft| {
            let owner = owner(access, decision, draft.kind);
            let kind = draft.kind.code();
            let fields = json!({ "name": draft.name, "origin": origin, "kind": kind, "owner": owner, "state": "open" });
            let fields = fields.as_object().cloned().unwrap_or_default();
            Change::Add { item: ItemId(Uuid::now_v7()), kind: Kind::Obligation, fields }
        })
        .collect()
}

/// Obligations made by an earlier "accept" that nobody has touched since.
pub(super) fn untouched<'a, 'p>(there: &'a [Row<'p, Obligation>]) -> impl Iterator<Item = &'a Row<'p, Obligation>> {
    there.iter().filter(|o| {
        let made = consequences_of_accept().iter().any(|d| o.kind == Some(d.kind) && *o.name == *d.name);
        made && o.item.rev == 1
    })
}

/// Who is asked first, by what the plan says: who takes exceptions of a flow into it, who answers for the destination,
/// who looks after the object. Empty where it names nobody; people can change it.
fn owner(access: &Access, decision: &HistoryDecision, kind: ObligationKind) -> String {
    let plan = &access.plan;
    let Some(object) = decision.object else { return String::new() };
    let cx = Looked::at(access, object, Some(decision), None);
    let there = plan.find::<Instance>(cx.destination());
    let object = plan.get::<BusinessObject>(object);
    let business = || there.map(|i| i.business_owner.to_string());
    let technical = || there.map(|i| i.technical_owner.to_string());
    let decides = || object.map(|o| o.owner.to_string());
    let triage = || flows_into(&cx).iter().map(|f| f.triage_owner.to_string()).find(|name| !name.is_empty());
    let asked = match kind {
        ObligationKind::ExceptionPlan => [triage(), business(), decides()],
        ObligationKind::FormatBoundary => [business(), decides(), None],
        ObligationKind::DuplicatePlan => [object.map(|o| o.steward.to_string()), decides(), business()],
        _ => [technical(), business(), None],
    };
    asked.into_iter().flatten().find(|name| !name.is_empty()).unwrap_or_default()
}

//! SYS: the systems of the plan have owners, and no installation is forgotten.

use super::cards;
use crate::{
    context::{Cx, count},
    finding::Hit,
    number,
};
use domain::ItemId;
use domain::entity::{Instance, System};
use std::collections::BTreeSet;

cards! {
    "SYS-001" Warn @1 no_owner, "System without an owner";
    seed "It will do wonders for your data management, data governance, and business processes in general.";
    why "Somebody must be able to say yes for its data and for its technology.";
    good "CRM: sales operations for the data, platform team for the technology.";
    bad "ERP with no technical owner.";

    "SYS-002" Warn @1 other_instances, "Instances left out";
    seed "four instances of marketing cloud in one company (live example for one of our clients)";
    why "The instance nobody mentioned is the one that holds other values.";
    good "Four instances, three in the plan, the fourth retired in March.";
    bad "Four instances, one in the plan.";

    "SYS-003" Info @1 holds_nothing, "System that holds no data point";
    seed "what data points to take, from which system to which, and how";
    why "Either a field is missing in the plan, or the system does not belong to it.";
    good "The web shop holds Customer · E-mail.";
    bad "The web shop is used in a step and holds nothing.";
}

fn no_owner(cx: &Cx<'_>) -> Vec<Hit> {
    let used = cx.used_instances().into_iter().filter_map(|id| cx.plan.get::<Instance>(id));
    used.filter(|i| i.business_owner.is_empty() || i.technical_owner.is_empty())
        .map(|i| {
            let field = if i.business_owner.is_empty() { "business_owner" } else { "technical_owner" };
            Hit::on(i.id(), format!("{} has no business or technical owner", i.name)).field(field)
        })
        .collect()
}

fn other_instances(cx: &Cx<'_>) -> Vec<Hit> {
    let used = cx.used_instances();
    let products: BTreeSet<ItemId> = used.iter().filter_map(|id| cx.plan.get::<Instance>(*id)?.system).collect();
    let mut hits = Vec::new();
    for product in products.into_iter().filter_map(|id| cx.plan.get::<System>(id)) {
        let all: Vec<_> = cx.plan.each::<Instance>().filter(|i| i.system == Some(product.id())).collect();
        let left_out: Vec<ItemId> = all.iter().map(|i| i.id()).filter(|id| !used.contains(id)).collect();
        if !left_out.is_empty() {
            let message = format!(
                "{} of {} exist; {} are not in this plan — in or out?",
                count(all.len(), "instance", "instances"),
                product.name,
                number(left_out.len() as u64)
            );
            hits.push(Hit::on(product.id(), message).facts(left_out));
        }
    }
    hits
}

fn holds_nothing(cx: &Cx<'_>) -> Vec<Hit> {
    let holding: BTreeSet<ItemId> = cx.occurrences.iter().filter_map(|o| o.instance).collect();
    let steps = cx.processes.iter().flat_map(|p| p.steps()).flat_map(|s| s.entity.systems.iter().copied());
    let mentioned: BTreeSet<ItemId> = steps.chain(cx.connected_instances()).collect();
    mentioned
        .into_iter()
        .filter(|id| !holding.contains(id))
        .filter_map(|id| cx.plan.get::<Instance>(id))
        .map(|i| Hit::on(i.id(), format!("{} is listed but holds no data point", i.name)))
        .collect()
}

//! ENV: nothing is tried where it could do harm, and there is a place to try it.

use super::cards;
use crate::{context::Cx, finding::Hit};
use domain::entity::{Instance, Sandbox};

cards! {
    "ENV-001" Error locked @4 production, "Connection looks like production";
    seed "It would be dangerous to do this straight on a production environment though, just in case anything breaks or does severe damage to the data or to a system.";
    why "No check is worth the customers' data.";
    good "erp-test.example, answered by a test instance.";
    bad "erp-prod.example.";

    "ENV-002" Error @4 no_test_environment, "No test environment";
    seed "the integration needs to be set up in a test environment";
    why "What cannot be tried is tried on customers.";
    good "CRM: full sandbox.";
    bad "Web shop: none.";
}

fn production(cx: &Cx<'_>) -> Vec<Hit> {
    let refused = cx.evidence.connections.iter().filter_map(|c| Some((c, c.refused.as_ref()?)));
    refused
        .map(|(c, reason)| {
            let message = format!("{} looks like production ({reason}); checks refused", c.name);
            let hit = match c.instance {
                Some(instance) => Hit::on(instance, message),
                None => Hit::plan(message),
            };
            hit.fact(c.id)
        })
        .collect()
}

fn no_test_environment(cx: &Cx<'_>) -> Vec<Hit> {
    let connected = cx.connected_instances().into_iter().filter_map(|id| cx.plan.get::<Instance>(id));
    connected
        .filter(|i| {
            let reachable = cx.evidence.connections.iter().any(|c| c.instance == Some(i.id()) && c.refused.is_none());
            !matches!(i.sandbox, Some(Sandbox::Full | Sandbox::Partial)) && !reachable
        })
        .map(|i| Hit::on(i.id(), format!("{} has no test environment", i.name)).field("sandbox"))
        .collect()
}

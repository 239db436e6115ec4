//! TEC: what the systems at both ends can bear, and what of it was seen.

use super::cards;
use crate::{
    context::{Cx, count},
    finding::Hit,
    number,
};
use domain::entity::{CheckStatus, Instance, Risk};
use domain::{Choices, Row};

cards! {
    "TEC-001" Warn @4 no_profile, "Connected system without a technical profile";
    seed "These depend a lot on applications you are integrating with.";
    why "How a system is reached decides what the flow can promise.";
    good "ERP: database, full test environment.";
    bad "ERP is connected; interface unknown.";

    "TEC-002" Warn @4 unproven_maturity, "Maturity without evidence";
    seed "Some systems could be really mature. At the other end of scale, there are systems that are just starting out as well.";
    why "A number without a reason is a mood.";
    good "4 of 5: ten years in use, change log read.";
    bad "4 of 5.";

    "TEC-003" Warn @4 immature, "Immature system without a risk";
    seed "Generally speaking, the latter category of systems might not work in all the ways you expect.";
    why "It will surprise you; plan for it.";
    good "Risk: the web shop may drop records when it restarts.";
    bad "Web shop rated 2 of 5; no risk names it.";

    "TEC-004" Warn @4 docs_wrong, "Documentation rated better than it is";
    seed "Or perhaps the API documentation is lacking, not complete or not accurate.";
    why "The next reader will believe the rating.";
    good "Rated 2; three differences listed.";
    bad "Rated 5; three differences listed.";

    "TEC-005" Warn @4 unproven_check, "Built-in check relied on, not seen";
    seed "there are some in-built checks for data quality, although this does not have to be the case";
    why "A check that is only said to exist catches nothing.";
    good "Postcode check: verified with a wrong one.";
    bad "Postcode check: claimed.";

    "TEC-007" Error @4 over_limit, "More calls than the system takes";
    seed "upstream and downstream APIs are behaving as they should";
    why "Beyond the limit records are refused, at the busiest hour.";
    good "Peak 200 a minute, limit 600.";
    bad "Peak 900 a minute, limit 600.";
}

fn connected<'a>(cx: &Cx<'a>) -> Vec<Row<'a, Instance>> {
    cx.connected_instances().into_iter().filter_map(|id| cx.plan.get::<Instance>(id)).collect()
}

fn no_profile(cx: &Cx<'_>) -> Vec<Hit> {
    let bare = connected(cx).into_iter().filter(|i| i.api.is_none());
    bare.map(|i| {
        Hit::on(i.id(), format!("{} is connected by a flow but has no technical profile", i.name)).field("api")
    })
    .collect()
}

fn unproven_maturity(cx: &Cx<'_>) -> Vec<Hit> {
    let rated = connected(cx).into_iter().filter(|i| i.maturity_evidence.is_empty());
    rated
        .filter_map(|i| {
            let message = format!("Maturity {} of {} has no evidence", i.maturity?, i.name);
            Some(Hit::on(i.id(), message).field("maturity_evidence").facts(i.maturity))
        })
        .collect()
}

fn immature(cx: &Cx<'_>) -> Vec<Hit> {
    let risks: Vec<String> =
        cx.plan.each::<Risk>().map(|r| format!("{} {} {}", r.name, r.cause, r.effect).to_lowercase()).collect();
    let mut hits = Vec::new();
    for instance in connected(cx) {
        let Some(maturity) = instance.maturity.filter(|n| *n <= 2) else {
            continue;
        };
        let name = instance.name.to_lowercase();
        if name.is_empty() || !risks.iter().any(|text| super::trm::has_word(text, &name)) {
            let message = format!("{} is immature ({maturity}/5) and no risk mentions it", instance.name);
            hits.push(Hit::on(instance.id(), message).fact(maturity));
        }
    }
    hits
}

fn docs_wrong(cx: &Cx<'_>) -> Vec<Hit> {
    let praised = connected(cx).into_iter().filter(|i| i.docs_accuracy.is_some_and(|n| n >= 4));
    praised
        .filter(|i| !i.entity.docs_differences.is_empty())
        .map(|i| {
            let n = i.entity.docs_differences.len();
            let seen = count(n, "difference was", "differences were");
            let message = format!("API docs of {} are rated accurate but {seen} observed", i.name);
            Hit::on(i.id(), message).field("docs_accuracy").fact(n)
        })
        .collect()
}

fn unproven_check(cx: &Cx<'_>) -> Vec<Hit> {
    let relied = connected(cx).into_iter().filter(|i| !i.builtin_check.is_empty());
    relied
        .filter(|i| i.builtin_check_status != Some(CheckStatus::Verified))
        .map(|i| {
            let status = i.builtin_check_status.map_or_else(|| "unknown".to_owned(), |s| s.label().to_lowercase());
            let message =
                format!("Plan relies on built-in check \"{}\" of {}; status {status}", i.builtin_check, i.name);
            Hit::on(i.id(), message).field("builtin_check_status").fact(status)
        })
        .collect()
}

fn over_limit(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for flow in &cx.flows {
        let Some(peak) = flow.peak_per_minute else {
            continue;
        };
        for end in [flow.origin, flow.destination].into_iter().filter_map(|id| cx.plan.find::<Instance>(id)) {
            if let Some(limit) = end.rate_limit.filter(|limit| peak > *limit) {
                let message = format!(
                    "Planned volume {} exceeds {}'s rate limit {}",
                    number(peak.unsigned_abs()),
                    end.name,
                    number(limit.unsigned_abs())
                );
                hits.push(Hit::on(flow.id(), message).field("peak_per_minute").fact(end.id()).fact(peak).fact(limit));
            }
        }
    }
    hits
}

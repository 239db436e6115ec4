//! WLK: somebody has watched the work being done, with those who do it.

use super::cards;
use crate::{
    StepStatus,
    context::{Cx, days_between, in_words},
    finding::Hit,
    process::by_people,
};
use domain::ItemId;
use domain::entity::{Discrepancy, WalkMode};
use std::collections::{BTreeMap, BTreeSet};

cards! {
    "WLK-001" Error @2 never_watched, "Nobody has watched the work";
    seed "we find the common surface-level understanding of a process does not always match reality";
    why "What is planned on hearsay is planned for a process that does not exist.";
    good "Sign-up was watched at the desk on 3 March.";
    bad "Sign-up to be, drawn from the manual.";

    "WLK-002" Error @2 no_practitioner, "Nobody who does the work was there";
    seed "So a detailed and very specific walk-through is a very important investment of your time";
    why "Managers describe the rule; those who do it know the exceptions.";
    good "Rui from the call centre, who takes the calls.";
    bad "Two team leads.";

    "WLK-003" Warn @2 no_exception, "No exception was watched";
    seed "So a detailed and very specific walk-through is a very important investment of your time";
    why "The normal case is the easy one; integrations break on the other.";
    good "Watched: normal sign-up, customer without e-mail.";
    bad "Watched: normal sign-up.";

    "WLK-004" Error @2 unresolved, "Differences without a resolution";
    seed "the common surface-level understanding of a process does not always match reality";
    why "Either the telling is corrected or the practice changes; leaving both is planning on two processes.";
    good "\"Call back\" was not told: telling corrected.";
    bad "Three differences, none resolved.";

    "WLK-005" Info @5 long_ago, "Walk-through long ago";
    seed "This will then give you a realistic version of the current, and new process";
    why "Work changes; look once more before going live.";
    good "Watched three weeks ago.";
    bad "Watched last year.";
}

fn never_watched(cx: &Cx<'_>) -> Vec<Hit> {
    let unseen = cx.processes.iter().filter(|p| {
        let watched = |w: &domain::entity::Walkthrough| {
            w.held_on.is_some() && matches!(w.mode, Some(WalkMode::Live | WalkMode::ScreenShare))
        };
        p.to_be.is_some() && !p.walks.iter().any(|w| watched(w))
    });
    unseen
        .map(|p| {
            let message = format!("To-be of {} is based on what was told; nobody has watched the work", p.process.name);
            Hit::on(p.process.id(), message)
        })
        .collect()
}

fn no_practitioner(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for view in &cx.processes {
        let Some(latest) = view.walks.last() else {
            continue;
        };
        let present: BTreeSet<ItemId> = view
            .walks
            .iter()
            .flat_map(|w| &w.entity.participants)
            .filter(|p| p.does_the_work)
            .filter_map(|p| p.team)
            .collect();
        let lanes: BTreeSet<ItemId> = view.today().iter().filter(|s| by_people(s)).filter_map(|s| s.team).collect();
        for lane in lanes.difference(&present) {
            let message =
                format!("Walk-through of {} had nobody from {} who does the work", view.process.name, cx.title(*lane));
            hits.push(Hit::on(latest.id(), message).field("participants").fact(lane));
        }
    }
    hits
}

fn no_exception(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for view in &cx.processes {
        let seen = view.walks.iter().flat_map(|w| &w.entity.cases).any(|c| c.exception);
        if let (Some(latest), false) = (view.walks.last(), seen) {
            let message = format!("Walk-through of {} covered no exception case", view.process.name);
            hits.push(Hit::on(latest.id(), message).field("cases"));
        }
    }
    hits
}

fn unresolved(cx: &Cx<'_>) -> Vec<Hit> {
    let mut settled: BTreeMap<ItemId, BTreeSet<String>> = BTreeMap::new();
    for known in cx.plan.each::<Discrepancy>().filter(|d| d.resolution.is_some()) {
        if let Some(process) = known.process {
            settled.entry(process).or_default().insert(known.step_key.to_lowercase());
        }
    }
    let mut hits = Vec::new();
    for view in &cx.processes {
        let known = settled.get(&view.process.id());
        let open: Vec<String> = view
            .diff()
            .into_iter()
            .filter(|d| d.status != StepStatus::Same && !known.is_some_and(|k| k.contains(&d.key)))
            .map(|d| d.key)
            .collect();
        if !open.is_empty() {
            let n = match open.len() {
                1 => "1 difference between told and observed has".to_owned(),
                n => format!("{n} differences between told and observed have"),
            };
            let message = format!("{}: {n} no resolution", view.process.name);
            hits.push(Hit::on(view.process.id(), message).facts(open));
        }
    }
    hits
}

fn long_ago(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for view in &cx.processes {
        let Some((walk, held_on)) = view.walks.last().and_then(|w| Some((w, w.held_on?))) else {
            continue;
        };
        let days = days_between(held_on, cx.today);
        if days > cx.profile.walkthrough_days {
            let message = format!("Last walk-through of {} is {days} days old", view.process.name);
            hits.push(Hit::on(walk.id(), message).field("held_on").fact(in_words(held_on)));
        }
    }
    hits
}

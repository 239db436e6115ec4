//! PRC: processes are drawn as they are and as they will be, step by step.

use super::cards;
use crate::{
    context::Cx,
    finding::Hit,
    process::{ProcessView, by_people, effort, followers, key_of},
};
use domain::entity::{Fate, Step, StepKind};
use domain::{ItemId, Row};
use std::collections::{BTreeMap, BTreeSet};

cards! {
    "PRC-001" Error @2 not_agreed, "Process without an agreed picture";
    seed "This will then give you a realistic version of the current, and new process after the integration is implemented.";
    why "Both versions are needed: the real one to start from, the new one to aim at.";
    good "Sign-up as observed and to be, both agreed by the owner.";
    bad "Sign-up as told only.";

    "PRC-002" Warn @2 no_flow, "Process that no flow supports";
    seed "it is time to map the processes that the integration will support";
    why "Why is it in the plan of an integration?";
    good "Sign-up is supported by CRM → ERP.";
    bad "Store opening is in the plan; no flow names it.";

    "PRC-003" Error @2 no_actor, "Step without anyone who does it";
    seed "People doing things they shouldn't be doing.";
    why "Who does a step decides who is told, trained and asked.";
    good "Call centre: confirm the address.";
    bad "Confirm the address (by nobody).";

    "PRC-004" Warn @2 broken_picture, "Picture with loose ends";
    seed "Tangled processes.";
    why "A step nobody can come to is either wrong or the most interesting one.";
    good "Every step can be reached from the first.";
    bad "\"Correct by hand\" hangs in the air.";

    "PRC-005" Error @2 no_flow_named, "Automated step without a flow";
    seed "map the processes that the integration will support";
    why "\"Automatic\" is a promise some flow has to keep.";
    good "\"Create debtor\": automated by CRM → ERP.";
    bad "\"Create debtor\": automated, flow empty.";

    "PRC-006" Warn @2 harder, "New process is harder than today's";
    seed "Most processes become a lot simpler after the integration is implemented";
    why "If it does not get simpler, why is it done?";
    good "Nine steps and four handoffs become five and two.";
    bad "Five steps become eight.";

    "PRC-007" Warn @2 no_condition, "Decision without a condition";
    seed "the common surface-level understanding of a process does not always match reality";
    why "People know when they go left; the picture must know it too.";
    good "Credit limit above 5 000: ask finance.";
    bad "Two ways out, neither says when.";

    "PRC-008" Error @2 lost_workaround, "Workaround that silently disappears";
    seed "People doing things they shouldn't be doing.";
    why "It exists because something is missing; people will invent it again.";
    good "The sheet of special prices is replaced by the flow of prices.";
    bad "The sheet is simply not in the new picture.";

    "PRC-009" Warn @2 not_linked, "Step names a data point it is not linked to";
    seed "map the processes that the integration will support";
    why "Without the link nobody sees what a change of the point does to the step.";
    good "\"Check the e-mail\" reads Customer · E-mail.";
    bad "\"Check the e-mail\" reads nothing.";

    "PRC-010" Info @2 no_time, "Step without time or frequency";
    seed "the amount of time and frustration it saves when an integration is working seamlessly, is invaluable";
    why "Without minutes the benefit is a feeling.";
    good "4 minutes, 300 times a week.";
    bad "No minutes.";
}

fn not_agreed(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for view in &cx.processes {
        for (variant, steps, which) in
            [(&view.observed, &view.observed_steps, "as-observed"), (&view.to_be, &view.to_be_steps, "to-be")]
        {
            let agreed = variant.is_some_and(|v| !v.agreed_by.is_empty()) && !steps.is_empty();
            if !agreed {
                let message = format!("{} lacks an agreed {which} variant", view.process.name);
                hits.push(Hit::on(view.process.id(), message).fact(which));
            }
        }
    }
    hits
}

fn no_flow(cx: &Cx<'_>) -> Vec<Hit> {
    let named: BTreeSet<ItemId> = cx.flows.iter().flat_map(|f| f.entity.processes.iter().copied()).collect();
    let bare = cx.processes.iter().filter(|p| !named.contains(&p.process.id()) && !p.steps().any(|s| s.flow.is_some()));
    bare.map(|p| Hit::on(p.process.id(), format!("{} is in the plan but no flow supports it", p.process.name)))
        .collect()
}

fn no_actor(cx: &Cx<'_>) -> Vec<Hit> {
    let steps = cx.processes.iter().flat_map(|p| p.steps());
    steps
        .filter(|s| {
            s.team.is_none() && s.actor.is_empty() && !(s.kind == Some(StepKind::Automated) && s.flow.is_some())
        })
        .map(|s| Hit::on(s.id(), format!("Step \"{}\" has no actor (lane)", s.name)).field("team"))
        .collect()
}

fn broken_picture(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (variant, steps) in cx.processes.iter().flat_map(ProcessView::pictures) {
        let ids: BTreeSet<ItemId> = steps.iter().map(Row::id).collect();
        let targets: BTreeSet<ItemId> = steps.iter().flat_map(|s| followers(s, &ids)).collect();
        // A table without arrows is read from top to bottom.
        if targets.is_empty() {
            continue;
        }
        let title = cx.title(variant.id());
        let says = |what: &str| format!("Variant {title} has {what}");
        let starts: Vec<&Row<'_, Step>> = steps.iter().filter(|s| !targets.contains(&s.id())).collect();
        if starts.is_empty() {
            hits.push(Hit::on(variant.id(), says("no start")).fact("start"));
        }
        if !steps.iter().any(|s| followers(s, &ids).is_empty()) {
            hits.push(Hit::on(variant.id(), says("no end")).fact("end"));
        }
        let mut open: Vec<ItemId> = starts
            .iter()
            .enumerate()
            .filter(|(n, s)| *n == 0 || s.kind == Some(StepKind::Event))
            .map(|(_, s)| s.id())
            .collect();
        let mut reached: BTreeSet<ItemId> = open.iter().copied().collect();
        while let Some(id) = open.pop() {
            let next = steps.iter().find(|s| s.id() == id).map(|s| followers(s, &ids)).unwrap_or_default();
            open.extend(next.into_iter().filter(|id| reached.insert(*id)));
        }
        if !starts.is_empty() {
            for lost in steps.iter().filter(|s| !reached.contains(&s.id())) {
                let message = says(&format!("an unreachable step \"{}\"", lost.name));
                hits.push(Hit::on(variant.id(), message).fact(lost.id()));
            }
        }
    }
    hits
}

fn no_flow_named(cx: &Cx<'_>) -> Vec<Hit> {
    let steps = cx.processes.iter().flat_map(|p| &p.to_be_steps);
    steps
        .filter(|s| s.kind == Some(StepKind::Automated) && s.flow.is_none())
        .map(|s| Hit::on(s.id(), format!("Step \"{}\" is automated in to-be but names no flow", s.name)).field("flow"))
        .collect()
}

fn harder(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for view in cx.processes.iter().filter(|p| !p.observed_steps.is_empty() && !p.to_be_steps.is_empty()) {
        let (before, after) = (effort(&view.observed_steps), effort(&view.to_be_steps));
        if after > before {
            let message = format!(
                "To-be of {} has {} more steps or handoffs than as-observed",
                view.process.name,
                after - before
            );
            hits.push(Hit::on(view.process.id(), message).fact(before).fact(after));
        }
    }
    hits
}

fn no_condition(cx: &Cx<'_>) -> Vec<Hit> {
    let decisions = cx.processes.iter().flat_map(|p| p.steps()).filter(|s| s.kind == Some(StepKind::Decision));
    decisions
        .filter(|s| s.entity.next.len() > 1 && s.entity.next.iter().any(|n| n.condition.is_empty()))
        .map(|s| {
            let message = format!("Decision \"{}\" has an outgoing path without a condition", s.name);
            Hit::on(s.id(), message).field("next")
        })
        .collect()
}

fn lost_workaround(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for view in cx.processes.iter().filter(|p| !p.to_be_steps.is_empty()) {
        let kept: BTreeSet<String> = view.to_be_steps.iter().map(|s| key_of(s)).collect();
        for step in view.today().iter().filter(|s| s.workaround && s.replacement.is_empty()) {
            if !kept.contains(&key_of(step)) && step.fate != Some(Fate::Remains) {
                let message = format!("Workaround \"{}\" disappears in to-be with no replacement named", step.name);
                hits.push(Hit::on(step.id(), message).field("replacement"));
            }
        }
    }
    hits
}

fn not_linked(cx: &Cx<'_>) -> Vec<Hit> {
    // By the rarest word of the name, so that a step is held against few of many points.
    let points: Vec<(ItemId, String)> =
        cx.points.iter().filter(|p| p.name.chars().count() > 3).map(|p| (p.id(), p.name.to_lowercase())).collect();
    let mut used: BTreeMap<&str, usize> = BTreeMap::new();
    for word in points.iter().flat_map(|(_, name)| words(name)) {
        *used.entry(word).or_default() += 1;
    }
    let mut names: BTreeMap<&str, Vec<(ItemId, &str)>> = BTreeMap::new();
    for (id, name) in &points {
        if let Some(rarest) = words(name).min_by_key(|word| used.get(word)) {
            names.entry(rarest).or_default().push((*id, name));
        }
    }
    let mut hits = Vec::new();
    for step in cx.processes.iter().flat_map(|p| p.steps()) {
        let text = step.name.to_lowercase();
        let named: Vec<ItemId> = words(&text)
            .filter_map(|word| names.get(word))
            .flatten()
            .filter(|(_, name)| super::trm::has_word(&text, name))
            .map(|(id, _)| *id)
            .collect();
        let linked = |id: &ItemId| step.entity.reads.contains(id) || step.entity.writes.contains(id);
        // Several objects may have a point of that name; one link is enough.
        if let Some(point) = named.first()
            && !named.iter().any(linked)
        {
            let message = format!("Step \"{}\" touches {} but is not linked to it", step.name, cx.title(*point));
            hits.push(Hit::on(step.id(), message).field("reads").fact(point));
        }
    }
    hits
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

fn no_time(cx: &Cx<'_>) -> Vec<Hit> {
    let steps = cx.processes.iter().flat_map(|p| p.observed_steps.iter().chain(&p.to_be_steps));
    steps
        .filter(|s| by_people(s) && (s.minutes.is_none() || s.per_week.is_none()))
        .map(|s| {
            let field = if s.minutes.is_none() { "minutes" } else { "per_week" };
            let message = format!("Step \"{}\" has no time or frequency; the benefit cannot be computed", s.name);
            Hit::on(s.id(), message).field(field)
        })
        .collect()
}

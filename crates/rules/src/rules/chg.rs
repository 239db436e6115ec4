//! CHG: everyone whose work changes is told in time, can do it, and can answer back.

use super::cards;
use crate::{
    Fix,
    context::{Cx, count, in_words},
    finding::Hit,
};
use domain::entity::{ChangeLevel, Communication, Impact, Stage};
use domain::{ItemId, Kind, Row};
use serde_json::json;
use std::collections::BTreeSet;

cards! {
    "CHG-001" Error @2 no_change_management, "Change without change management";
    seed "Therefore, some level of change management is required as part of the integration project";
    why "People whose work changes do not change by themselves.";
    good "Four teams change; level: standard.";
    bad "Four teams change; level: none.";

    "CHG-002" Error @2 not_told, "Affected team that is not told";
    seed "including communications to all teams involved in the processes affected";
    why "The team that is forgotten is the one that calls on the first day.";
    good "Outlet gets \"What changes for consents\" on 2 March.";
    bad "Outlet is affected and in no audience.";

    "CHG-003" Warn @2 not_shown, "Told, but not shown how";
    seed "some level of change management is required";
    why "Knowing that it changes is not knowing what to do.";
    good "An announcement, then a how-to.";
    bad "An announcement only.";

    "CHG-004" Warn @2 unfinished, "Message without sender, channel, date or owner";
    seed "including communications to all teams involved in the processes affected";
    why "What nobody sends is not sent.";
    good "From Ines Castro, by e-mail, on 2 March, prepared by Mira.";
    bad "Date and owner empty.";

    "CHG-005" Warn @2 one_way, "Message nobody can answer";
    seed "some level of change management is required";
    why "The objections are there anyway; better they reach you.";
    good "Answers go to the change channel.";
    bad "No way to answer.";

    "CHG-006" Error @5 too_late, "Message after go-live";
    seed "operates without issues from day 1 after go-live";
    why "Told after the fact is not told.";
    good "Two weeks before go-live.";
    bad "Three days after go-live.";

    "CHG-007" Warn @2 ratings_apart, "Team and project see the change differently";
    seed "the common surface-level understanding of a process does not always match reality";
    why "The team usually knows something the project does not.";
    good "Project 3, team 3.";
    bad "Project 1, team 4.";

    "CHG-008" Warn @2 not_rated, "Team has not rated its impact";
    seed "the common surface-level understanding of a process does not always match reality";
    why "Ask them, before they tell you.";
    good "Rated 2 by the team lead.";
    bad "Rated by the project only.";

    "CHG-009" Info @2 not_affected, "Message to a team that is not affected";
    seed "including communications to all teams involved in the processes affected";
    why "Either a changed step is missing in the picture, or the message is noise.";
    good "Messages go to affected teams.";
    bad "Finance gets the how-to; none of its steps changes.";
}

fn no_change_management(cx: &Cx<'_>) -> Vec<Hit> {
    let affected = cx.affected_ids();
    if cx.charter.change_level != Some(ChangeLevel::None) || affected.is_empty() {
        return Vec::new();
    }
    let n = count(affected.len(), "team changes how it works", "teams change how they work");
    let message = format!("{n} but the plan says no change management is needed");
    let hit = match cx.charter_id {
        Some(charter) => Hit::on(charter, message),
        None => Hit::plan(message),
    };
    vec![hit.field("change_level").facts(affected)]
}

fn audience(cx: &Cx<'_>) -> BTreeSet<ItemId> {
    cx.communications.iter().flat_map(|c| c.entity.audience.iter().copied()).collect()
}

fn not_told(cx: &Cx<'_>) -> Vec<Hit> {
    let told = audience(cx);
    let untold = cx.affected.iter().filter(|a| !told.contains(&a.team));
    untold
        .map(|a| {
            let team = cx.title(a.team);
            let process = cx.titled(a.process, "an effect elsewhere");
            let message = format!("Team {team} is affected by {process} but no communication is planned");
            let fields = [("audience", json!([a.team]))];
            Hit::on(a.team, message).facts(a.process).fix(Fix::add("Plan a message", Kind::Communication, fields))
        })
        .collect()
}

fn not_shown(cx: &Cx<'_>) -> Vec<Hit> {
    let told = audience(cx);
    let shows = |c: &&Row<'_, Communication>| matches!(c.stage, Some(Stage::Knowledge | Stage::Ability));
    let shown: BTreeSet<ItemId> =
        cx.communications.iter().filter(shows).flat_map(|c| c.entity.audience.iter().copied()).collect();
    let affected = cx.affected_ids();
    affected
        .into_iter()
        .filter(|team| told.contains(team) && !shown.contains(team))
        .map(|team| {
            let message =
                format!("Team {} gets awareness but no \"how to\" (knowledge) message or training", cx.title(team));
            let fields = [("audience", json!([team])), ("stage", json!("knowledge"))];
            Hit::on(team, message).fix(Fix::add("Plan a how-to", Kind::Communication, fields))
        })
        .collect()
}

fn unfinished(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for message in &cx.communications {
        let missing = [
            ("sender", message.sender.is_empty()),
            ("channel", message.channel.is_empty()),
            ("date", message.date.is_none()),
            ("owner", message.owner.is_empty()),
        ];
        if let Some((field, _)) = missing.into_iter().find(|(_, missing)| *missing) {
            let text = format!("Communication \"{}\" lacks sender, channel, date or owner", message.name);
            hits.push(Hit::on(message.id(), text).field(field));
        }
    }
    hits
}

fn one_way(cx: &Cx<'_>) -> Vec<Hit> {
    let mute = cx.communications.iter().filter(|c| c.feedback.is_empty());
    mute.map(|c| Hit::on(c.id(), format!("Communication \"{}\" has no way to answer back", c.name)).field("feedback"))
        .collect()
}

fn too_late(cx: &Cx<'_>) -> Vec<Hit> {
    let Some(go_live) = cx.charter.go_live else {
        return Vec::new();
    };
    let mut hits = Vec::new();
    for message in &cx.communications {
        let Some(date) = message.date.filter(|date| *date > go_live) else {
            continue;
        };
        let teams = cx.titles(message.entity.audience.iter().copied());
        let text = format!("Communication \"{}\" to {teams} is dated after go-live", message.name);
        hits.push(Hit::on(message.id(), text).field("date").facts([in_words(date), in_words(go_live)]));
    }
    hits
}

fn ratings_apart(cx: &Cx<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for impact in cx.plan.each::<Impact>() {
        let (Some(project), Some(team)) = (impact.project_rating, impact.team_rating) else {
            continue;
        };
        if project.abs_diff(team) >= cx.profile.rating_gap.unsigned_abs() {
            let message = format!(
                "Team {} rates its impact {team}, the project rates it {project}",
                cx.titled(impact.team, "nobody")
            );
            hits.push(Hit::on(impact.id(), message).field("team_rating").fact(team).fact(project));
        }
    }
    hits
}

fn not_rated(cx: &Cx<'_>) -> Vec<Hit> {
    let rated: BTreeSet<ItemId> =
        cx.plan.each::<Impact>().filter(|i| i.team_rating.is_some()).filter_map(|i| i.team).collect();
    let affected = cx.affected_ids();
    affected
        .difference(&rated)
        .map(|team| {
            let fields = [("team", json!(team))];
            Hit::on(*team, format!("Team {} has not rated its own impact", cx.title(*team))).fix(Fix::add(
                "Ask for the rating",
                Kind::Impact,
                fields,
            ))
        })
        .collect()
}

fn not_affected(cx: &Cx<'_>) -> Vec<Hit> {
    let affected = cx.affected_ids();
    let others = audience(cx);
    others
        .difference(&affected)
        .filter(|team| cx.plan.get::<domain::entity::Team>(**team).is_some())
        .map(|team| {
            let message = format!("{} gets a communication but is not affected by any changed step", cx.title(*team));
            Hit::on(*team, message)
        })
        .collect()
}

//! Gate 2, second half: impacts, the coverage of teams by messages, and the messages.

use crate::{
    Bundle,
    document::{Blocks, Cell, Style, Table, Tone},
    text::{anchor, choice, day, joined},
};
use domain::{
    Choices, Row,
    entity::{Communication, CommunicationStatus, Impact, Stage, Step, Team},
};
use pictures::marks::Sign;
use std::collections::BTreeSet;

const STAGES: [Stage; 5] = [Stage::Awareness, Stage::Desire, Stage::Knowledge, Stage::Ability, Stage::Reinforcement];

pub(super) fn build(bundle: &Bundle, out: &mut Blocks) {
    impacts(bundle, out);
    let messages: Vec<Row<'_, Communication>> = bundle.plan.each::<Communication>().collect();
    coverage(bundle, &messages, out);
    out.heading("Messages");
    let mut table = Table::new(
        &[
            ("Key", 0.55),
            ("Date", 1.3),
            ("Message", 4.2),
            ("Audience", 1.8),
            ("How", 1.7),
            ("Owner", 1.3),
            ("Status", 1.25),
        ],
        "No message is planned.",
    );
    let mut sorted: Vec<_> = messages.iter().collect();
    sorted.sort_by_key(|m| (m.date, m.item.number));
    for m in sorted {
        let message = Cell::default().styled(m.name.to_string(), Style::Strong);
        let message = if m.message.is_empty() { message } else { message.line().plain(m.message.to_string()) };
        let message = match m.benefit.is_empty() {
            true => message,
            false => message.line().styled(format!("For them: {}", m.benefit), Style::Muted),
        };
        let sender = if m.sender.is_empty() { String::new() } else { format!("from {}", m.sender) };
        let back = if m.feedback.is_empty() { String::new() } else { format!("answers to {}", m.feedback) };
        let how = Cell::from(&m.channel).line().styled(joined([&sender, &back], ", "), Style::Muted);
        table.row(
            Some(anchor(m.item)),
            vec![
                Cell::mono(m.key()),
                Cell::text(day(m.date)),
                message,
                Cell::lines(m.audience.iter().map(|id| bundle.plan.title(*id))),
                how,
                (&m.owner).into(),
                status(m.status).line().styled(choice(m.stage).to_lowercase(), Style::Muted),
            ],
        );
    }
    out.table(table);
}

fn status(status: Option<CommunicationStatus>) -> Cell {
    let word = choice(status).to_lowercase();
    match status {
        Some(CommunicationStatus::Sent | CommunicationStatus::Acknowledged) => {
            Cell::default().sign(Sign::Pass, Tone::Good, word)
        }
        Some(CommunicationStatus::Approved | CommunicationStatus::Drafted) => {
            Cell::default().sign(Sign::Waits, Tone::Quiet, word)
        }
        _ => Cell::default().sign(Sign::NotBegun, Tone::Quiet, if word.is_empty() { "planned".into() } else { word }),
    }
}

fn impacts(bundle: &Bundle, out: &mut Blocks) {
    let plan = &bundle.plan;
    out.heading("Impact");
    let mut rows: Vec<Row<'_, Impact>> = plan.each::<Impact>().collect();
    let title = |id: Option<domain::ItemId>| id.map(|id| plan.title(id)).unwrap_or_default();
    rows.sort_by_key(|i| (title(i.team), i.item.number));
    let mut table = Table::new(
        &[
            ("Team", 1.6),
            ("Process", 1.6),
            ("What", 0.9),
            ("Starts", 2.4),
            ("Stops", 2.4),
            ("Project says", 1.0),
            ("Team says", 1.1),
        ],
        "No impact is recorded.",
    );
    for i in rows {
        let rating = |r: Option<i64>| Cell::text(r.map(|r| format!("{r} of 4")).unwrap_or_default());
        let team_says = rating(i.team_rating);
        let team_says = if i.rated_by.is_empty() {
            team_says
        } else {
            team_says.line().styled(i.rated_by.to_string(), Style::Muted)
        };
        table.row(
            Some(anchor(i.item)),
            vec![
                Cell::text(title(i.team)),
                Cell::text(title(i.process)),
                Cell::text(choice(i.dimension)),
                (&i.starts).into(),
                (&i.stops).into(),
                rating(i.project_rating),
                team_says,
            ],
        );
    }
    out.table(table);
}

/// Teams that do a step, are impacted or are written to, against the stages of change.
fn coverage(bundle: &Bundle, messages: &[Row<'_, Communication>], out: &mut Blocks) {
    let plan = &bundle.plan;
    let working = plan.each::<Step>().filter_map(|s| s.team);
    let impacted = plan.each::<Impact>().filter_map(|i| i.team);
    let addressed = messages.iter().flat_map(|m| m.audience.clone());
    let involved: BTreeSet<_> = working.chain(impacted).chain(addressed).collect();
    let teams: Vec<Row<'_, Team>> = plan.each::<Team>().filter(|t| involved.contains(&t.id())).collect();
    if teams.is_empty() {
        return;
    }
    let silent = teams.iter().filter(|t| !messages.iter().any(|m| m.audience.contains(&t.id()))).count();
    out.heading(match silent {
        0 => "Every team is told something".to_owned(),
        1 => "1 team is told nothing".to_owned(),
        n => format!("{n} teams are told nothing"),
    });
    let columns: Vec<(&str, f64)> =
        [("Team", 2.4), ("People", 0.8)].into_iter().chain(STAGES.iter().map(|s| (s.label(), 1.4))).collect();
    let mut table = Table::new(&columns, "");
    for team in teams {
        let mine: Vec<_> = messages.iter().filter(|m| m.audience.contains(&team.id())).collect();
        let name = Cell::from(&team.name);
        let name = match mine.is_empty() {
            true => name.line().sign(Sign::Missing, Tone::Bad, "no message"),
            false => name,
        };
        let mut cells = vec![name, Cell::text(team.size.map(|n| n.to_string()).unwrap_or_default())];
        cells.extend(STAGES.iter().map(|stage| {
            let keys = joined(mine.iter().filter(|m| m.stage == Some(*stage)).map(|m| m.key()), " ");
            if keys.is_empty() { Cell::text("–") } else { Cell::mono(keys) }
        }));
        table.row(Some(anchor(team.item)), cells);
    }
    out.table(table);
}

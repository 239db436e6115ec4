//! Gate 3, second half: what is decided about existing data, and what must be in place because of it.

use super::sync::run_in_words;
use crate::{
    Bundle,
    document::{Blocks, Cell, Style, Table, Tone},
    text::{anchor, choice, day, grouped, joined},
};
use domain::{
    Row,
    entity::{DecisionState, HistoryDecision, Obligation, ObligationState},
};
use pictures::marks::Sign;

pub(super) fn build(bundle: &Bundle, out: &mut Blocks) {
    let plan = &bundle.plan;
    let title = |id: Option<domain::ItemId>| id.map(|id| plan.title(id)).unwrap_or_default();
    let decisions: Vec<Row<'_, HistoryDecision>> = plan.each::<HistoryDecision>().collect();
    if decisions.is_empty() {
        out.note("Nothing is decided about existing data yet.");
    }
    for d in decisions {
        let between = joined([title(d.source), title(d.destination)], " → ");
        out.item(2, d.item, joined([title(d.object), between], ": "));
        let choice_made = match d.choice {
            None => Cell::default().sign(Sign::Missing, Tone::Bad, "not decided"),
            Some(c) => match d.state {
                Some(DecisionState::Done) => {
                    Cell::default().sign(Sign::Pass, Tone::Good, format!("{}, done and checked", choice(Some(c))))
                }
                Some(DecisionState::Decided) => {
                    Cell::default().sign(Sign::InSync, Tone::Good, format!("{}, decided", choice(Some(c))))
                }
                _ => Cell::default().sign(Sign::Coincident, Tone::Warn, format!("{}, proposed", choice(Some(c)))),
            },
        };
        let run = d.run.and_then(|id| bundle.evidence.run(id)).map(|run| run_in_words(bundle, run));
        out.facts(vec![
            ("Decision", choice_made),
            ("Why", (&d.rationale).into()),
            ("Decided by", Cell::text(joined([d.decided_by.to_string(), day(d.decided_on)], ", "))),
            ("Fits process", Cell::text(title(d.process))),
            ("Based on", Cell::text(run.unwrap_or_default())),
            ("Cut-over", Cell::text(day(d.cutover))),
            ("Due", Cell::text(day(d.due))),
            ("Way back", (&d.backup).into()),
            ("Loss accepted by", (&d.loss_accepted_by).into()),
        ]);
        if !d.options.is_empty() {
            let mut table =
                Table::new(&[("Option considered", 1.8), ("For", 3.4), ("Against", 3.4), ("#Hours", 0.9)], "");
            for option in &d.options {
                let chosen = option.choice.is_some() && option.choice == d.choice;
                let name =
                    Cell::default().styled(choice(option.choice), if chosen { Style::Strong } else { Style::Plain });
                let name = if chosen { name.styled(" chosen", Style::Muted) } else { name };
                let hours = option.effort_hours.and_then(|h| u64::try_from(h).ok()).map(grouped).unwrap_or_default();
                table.row(None, vec![name, (&option.pros).into(), (&option.cons).into(), Cell::text(hours)]);
            }
            out.table(table);
        }
    }
    obligations(bundle, out);
}

fn obligations(bundle: &Bundle, out: &mut Blocks) {
    let plan = &bundle.plan;
    let all: Vec<Row<'_, Obligation>> = plan.each::<Obligation>().collect();
    if all.is_empty() {
        return;
    }
    let open = all.iter().filter(|o| o.state.is_none_or(|s| s == ObligationState::Open)).count();
    out.heading(match open {
        0 => "Every obligation is met".to_owned(),
        1 => "1 obligation is open".to_owned(),
        n => format!("{n} obligations are open"),
    });
    let mut table = Table::new(
        &[("Key", 0.65), ("Obligation", 4.6), ("Kind", 1.7), ("Owner", 1.5), ("Due", 1.3), ("State", 1.0)],
        "",
    );
    for o in all {
        let state = match o.state {
            Some(ObligationState::Done) => Cell::default().sign(Sign::Pass, Tone::Good, "done"),
            Some(ObligationState::Waived) => Cell::text("waived"),
            _ => Cell::default().sign(Sign::NotBegun, Tone::Warn, "open"),
        };
        let name = Cell::default().styled(o.name.to_string(), Style::Strong);
        let name = if o.content.is_empty() { name } else { name.line().plain(o.content.to_string()) };
        let name = match o.origin.and_then(|id| plan.item(id)) {
            Some(origin) => name.line().styled(format!("from {}", origin.key()), Style::Muted),
            None => name,
        };
        table.row(
            Some(anchor(o.item)),
            vec![
                Cell::mono(o.key()),
                name,
                Cell::text(choice(o.kind)),
                (&o.owner).into(),
                Cell::text(day(o.due)),
                state,
            ],
        );
    }
    out.table(table);
}

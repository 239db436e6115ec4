//! Gate 2: each process with its walk-throughs, its differences, and its variants as pictures and tables.

use super::steps::Compared;
use crate::{
    Bundle,
    document::{Block, Blocks, Cell, Style, Swimlane, Table, Tone},
    text::{anchor, choice, counted, day, joined},
};
use domain::{
    Row,
    entity::{Discrepancy, Process, VariantKind, Walkthrough},
};
use pictures::marks::Sign;

pub(super) fn build(bundle: &Bundle, out: &mut Blocks) {
    let plan = &bundle.plan;
    let mut any = false;
    for process in plan.each::<Process>() {
        any = true;
        out.item(2, process.item, process.name.to_string());
        out.prose(process.purpose.to_string());
        let compared = Compared::pictures(plan, process.id());
        out.facts(vec![
            ("Owner", (&process.owner).into()),
            ("Frequency", (&process.frequency).into()),
            ("Customers notice", (&process.customer_touchpoint).into()),
            ("Work a month", monthly(&compared)),
        ]);
        walkthroughs(bundle, &process, out);
        discrepancies(bundle, &process, out);
        for picture in compared {
            out.push(Block::Swimlane(swimlane(&process, &picture)));
        }
    }
    if !any {
        out.note("No process is written down yet.");
    }
}

/// What the work costs today and afterwards, in hours a month.
fn monthly(pictures: &[Compared<'_>]) -> Cell {
    let hours = |kind| {
        let steps = pictures.iter().find(|p| p.variant.kind == Some(kind)).map(|p| p.steps.as_slice());
        let minutes = steps.map(rules::minutes_per_month).filter(|m| *m > 0);
        minutes.map(|m| format!("{}.{} h", m / 60, m % 60 / 6))
    };
    let today = hours(VariantKind::AsObserved).map(|h| format!("{h} observed")).unwrap_or_default();
    let later = hours(VariantKind::ToBe).map(|h| format!("{h} to be")).unwrap_or_default();
    Cell::text(joined([today, later], ", "))
}

fn swimlane(process: &Row<'_, Process>, picture: &Compared<'_>) -> Swimlane {
    let variant = &picture.variant;
    let agreed = match variant.agreed_by.is_empty() {
        true => "not agreed yet".to_owned(),
        false => joined([format!("agreed by {}", variant.agreed_by), day(variant.agreed_on)], ", "),
    };
    let against = match variant.kind {
        Some(VariantKind::AsObserved) => "compared with what was told",
        Some(VariantKind::ToBe) => "compared with today",
        _ => "",
    };
    let count = u64::try_from(picture.steps.len()).unwrap_or(u64::MAX);
    Swimlane {
        title: format!("{}: {}", process.name, variant.kind.map_or("picture", |k| choice(Some(k))).to_lowercase()),
        key: variant.key(),
        anchor: anchor(variant.item),
        source: joined([&counted(count, "step", "steps"), &*variant.source, &*agreed, against], " · "),
        diagram: picture.diagram(),
        steps: picture.table(),
    }
}

fn walkthroughs(bundle: &Bundle, process: &Row<'_, Process>, out: &mut Blocks) {
    let walks: Vec<_> = bundle.plan.each::<Walkthrough>().filter(|w| w.process == Some(process.id())).collect();
    if walks.is_empty() {
        out.note("Nobody has walked through it yet.");
        return;
    }
    let mut table = Table::new(
        &[("Walk-through", 1.4), ("Led by", 1.5), ("Participants", 3.4), ("Cases", 2.4), ("Notes", 2.2)],
        "",
    );
    for walk in walks {
        let people = walk.participants.iter().fold(Cell::default(), |cell, person| {
            let cell = match person.attested {
                true => cell.line().sign(Sign::Pass, Tone::Good, person.name.to_string()),
                false => cell.line().plain(person.name.to_string()),
            };
            let does = if person.does_the_work { "does this work" } else { "" };
            let said = if person.attested { "attested" } else { "" };
            let detail = joined([does, said], ", ");
            if detail.is_empty() { cell } else { cell.styled(format!(" {detail}"), Style::Muted) }
        });
        let cases = walk.cases.iter().fold(Cell::default(), |cell, case| {
            let cell = cell.line().plain(case.label.to_string());
            if case.exception { cell.styled(" exception", Style::Muted) } else { cell }
        });
        table.row(
            Some(anchor(walk.item)),
            vec![
                Cell::text(day(walk.held_on)).line().styled(choice(walk.mode), Style::Muted),
                Cell::from(&walk.facilitator),
                people,
                cases,
                Cell::from(&walk.notes),
            ],
        );
    }
    out.table(table);
}

fn discrepancies(bundle: &Bundle, process: &Row<'_, Process>, out: &mut Blocks) {
    let found: Vec<_> = bundle.plan.each::<Discrepancy>().filter(|d| d.process == Some(process.id())).collect();
    if found.is_empty() {
        return;
    }
    let mut table = Table::new(
        &[("Key", 0.6), ("Told and observed differ", 4.2), ("Step", 1.6), ("Resolution", 2.0), ("Decided by", 1.6)],
        "",
    );
    for d in found {
        let resolution = match d.resolution {
            Some(r) => Cell::text(choice(Some(r))),
            None => Cell::default().sign(Sign::Missing, Tone::Bad, "open"),
        };
        table.row(
            Some(anchor(d.item)),
            vec![
                Cell::mono(d.key()),
                (&d.name).into(),
                Cell::mono(d.step_key.to_string()),
                resolution,
                (&d.decided_by).into(),
            ],
        );
    }
    out.table(table);
}

//! Gate 2: downstream effects, risks with their mitigation, opportunities.

use crate::{
    Bundle,
    document::{Blocks, Cell, Style, Table, Tone},
    text::{anchor, choice, day, joined},
};
use domain::{
    Row,
    entity::{Effect, Opportunity, Risk, RiskState},
};
use pictures::marks::Sign;

pub(super) fn build(bundle: &Bundle, out: &mut Blocks) {
    let plan = &bundle.plan;
    let title = |id: Option<domain::ItemId>| id.map(|id| plan.title(id)).unwrap_or_default();
    out.heading("Effects elsewhere");
    let mut table = Table::new(
        &[("Key", 0.6), ("Effect", 4.2), ("Comes from", 1.9), ("Shows in", 1.8), ("Certainty", 1.6)],
        "No effect is recorded.",
    );
    for e in plan.each::<Effect>() {
        let certainty = Cell::text(choice(e.certainty));
        let certainty = if e.checked_by.is_empty() {
            certainty
        } else {
            certainty.line().styled(e.checked_by.to_string(), Style::Muted)
        };
        let shows = Cell::lines([title(e.instance), title(e.team)].into_iter().filter(|t| !t.is_empty()));
        table.row(
            Some(anchor(e.item)),
            vec![Cell::mono(e.key()), (&e.name).into(), Cell::text(title(e.data_point)), shows, certainty],
        );
    }
    out.table(table);

    out.heading("Risks");
    let mut table = Table::new(
        &[
            ("Key", 0.55),
            ("Risk", 3.4),
            ("Before", 1.0),
            ("Response", 3.2),
            ("After", 0.9),
            ("Owner", 1.2),
            ("State", 1.2),
        ],
        "No risk is recorded.",
    );
    let mut risks: Vec<Row<'_, Risk>> = plan.each::<Risk>().collect();
    risks.sort_by_key(|r| (std::cmp::Reverse(score(r.probability, r.impact)), r.item.number));
    for r in risks {
        let name = Cell::default().styled(r.name.to_string(), Style::Strong);
        let name = if r.cause.is_empty() { name } else { name.line().plain(r.cause.to_string()) };
        let name =
            if r.effect.is_empty() { name } else { name.line().styled(format!("→ {}", r.effect), Style::Muted) };
        let response = Cell::default().styled(choice(r.strategy), Style::Strong);
        let response = r.actions.iter().fold(response, |cell, action| {
            let cell = match action.done {
                true => cell.line().sign(Sign::Pass, Tone::Good, action.what.to_string()),
                false => cell.line().sign(Sign::NotBegun, Tone::Quiet, action.what.to_string()),
            };
            let who = joined([action.owner.to_string(), day(action.due)], ", ");
            if who.is_empty() { cell } else { cell.styled(format!(" {who}"), Style::Muted) }
        });
        let state = match r.state {
            Some(RiskState::Occurred) => Cell::default().sign(Sign::Differs, Tone::Bad, "occurred"),
            Some(RiskState::Closed) => Cell::default().sign(Sign::Pass, Tone::Good, "closed"),
            state => Cell::text(choice(state).to_lowercase()),
        };
        table.row(
            Some(anchor(r.item)),
            vec![
                Cell::mono(r.key()),
                name,
                rated(r.probability, r.impact),
                response,
                rated(r.residual_probability, r.residual_impact),
                (&r.owner).into(),
                state,
            ],
        );
    }
    out.table(table);

    let mut opportunities = plan.each::<Opportunity>().peekable();
    if opportunities.peek().is_some() {
        out.heading("Opportunities");
        let mut table =
            Table::new(&[("Key", 0.6), ("Opportunity", 3.0), ("Benefit", 4.0), ("Response", 1.4), ("Owner", 1.4)], "");
        for o in opportunities {
            table.row(
                Some(anchor(o.item)),
                vec![
                    Cell::mono(o.key()),
                    (&o.name).into(),
                    (&o.benefit).into(),
                    Cell::text(choice(o.strategy)),
                    (&o.owner).into(),
                ],
            );
        }
        out.table(table);
    }
}

fn score(probability: Option<i64>, impact: Option<i64>) -> i64 {
    probability.unwrap_or(0) * impact.unwrap_or(0)
}

fn rated(probability: Option<i64>, impact: Option<i64>) -> Cell {
    let (Some(p), Some(i)) = (probability, impact) else { return Cell::default() };
    let score = p * i;
    let (sign, tone) = match score {
        15.. => (Sign::Differs, Tone::Bad),
        8..=14 => (Sign::Warn, Tone::Warn),
        _ => (Sign::InSync, Tone::Good),
    };
    Cell::default().sign(sign, tone, score.to_string()).line().styled(format!("{p} × {i}"), Style::Muted)
}

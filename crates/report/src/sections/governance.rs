//! What must be handled with care; the glossary; the rules behind the findings.

use super::summary::yes_no;
use crate::{
    Bundle,
    document::{Blocks, Cell, Style, Table},
    text::{anchor, choice, joined},
};
use domain::{
    Row,
    entity::{DataPoint, Flow, MappingLine, Occurrence, Term},
};

pub(super) fn build(bundle: &Bundle, out: &mut Blocks) {
    let plan = &bundle.plan;
    let careful = |p: &Row<'_, DataPoint>| p.protected();
    let mut table = Table::new(
        &[
            ("Key", 0.6),
            ("Data point", 2.4),
            ("Class", 1.4),
            ("Personal", 1.3),
            ("Purpose of use", 2.2),
            ("Kept for", 1.4),
            ("Moved by", 1.5),
        ],
        "No data point is personal, confidential or restricted.",
    );
    for p in plan.each::<DataPoint>().filter(careful) {
        let lines = plan.each::<MappingLine>().filter(|l| {
            let touches =
                |id: &domain::ItemId| plan.get::<Occurrence>(*id).is_some_and(|o| o.data_point == Some(p.id()));
            l.target.as_ref().is_some_and(touches) || l.sources.iter().any(touches)
        });
        let mut flows: Vec<Row<'_, Flow>> = lines.filter_map(|l| plan.find::<Flow>(l.flow)).collect();
        flows.sort_by_key(|f| f.item.number);
        flows.dedup_by_key(|f| f.id());
        table.row(
            None,
            vec![
                Cell::mono(p.key()),
                Cell::text(plan.title(p.id())),
                Cell::text(choice(p.classification)),
                yes_no(p.personal, "yes", "no"),
                (&p.privacy_purpose).into(),
                (&p.retention).into(),
                Cell::mono(joined(flows.iter().map(Row::key), " ")),
            ],
        );
    }
    out.table(table);
}

pub(super) fn glossary(bundle: &Bundle, out: &mut Blocks) {
    let mut terms: Vec<Row<'_, Term>> = bundle.plan.each::<Term>().collect();
    terms.sort_by_key(|t| (t.name.to_lowercase(), t.item.number));
    let mut table = Table::new(&[("Term", 2.0), ("Meaning", 6.0), ("Also called", 2.0)], "No term is defined.");
    for t in terms {
        table.row(
            Some(anchor(t.item)),
            vec![
                Cell::default().styled(t.name.to_string(), Style::Strong),
                (&t.definition).into(),
                Cell::text(joined(t.synonyms.iter().map(|s| &**s), ", ")),
            ],
        );
    }
    out.table(table);
}

pub(super) fn rules(bundle: &Bundle, out: &mut Blocks) {
    let mut table = Table::new(&[("Rule", 1.0), ("Asks for", 3.6), ("Because", 5.4)], "No rule found anything.");
    let mut cards: Vec<_> = bundle.rules.iter().collect();
    cards.sort_by(|a, b| a.id.cmp(&b.id));
    for card in cards {
        table
            .row(None, vec![Cell::mono(card.id.clone()), Cell::text(card.title.clone()), Cell::text(card.why.clone())]);
    }
    out.table(table);
}

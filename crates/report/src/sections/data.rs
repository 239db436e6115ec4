//! Gate 1: systems, objects, data points with their occurrences and truths, conflicts, systems of record.

use crate::{
    Bundle,
    document::{Blocks, Cell, Style, Table, Tone},
    text::{anchor, choice, day, joined},
};
use domain::{
    ItemId, Row,
    entity::{
        BusinessObject, DataPoint, Identifier, Instance, Occurrence, RecordRole, Resolution, Role, Scope, System,
        Truth, TruthState,
    },
};
use pictures::marks::Sign;

pub(super) fn build(bundle: &Bundle, out: &mut Blocks) {
    systems(bundle, out);
    let plan = &bundle.plan;
    let points: Vec<Row<'_, DataPoint>> = plan.each::<DataPoint>().collect();
    for object in plan.each::<BusinessObject>() {
        out.item(2, object.item, object.name.to_string());
        out.prose(object.definition.to_string());
        let people = joined([labelled("Owner", &object.owner), labelled("steward", &object.steward)], " · ");
        if !people.is_empty() {
            out.note(people);
        }
        let own: Vec<_> = points.iter().filter(|p| p.object == Some(object.id())).collect();
        out.table(points_table(bundle, &own));
    }
    let loose: Vec<_> = points.iter().filter(|p| plan.find::<BusinessObject>(p.object).is_none()).collect();
    if !loose.is_empty() {
        out.heading("Without a business object");
        out.table(points_table(bundle, &loose));
    }
    conflicts(bundle, out);
    records(bundle, out);
    identifiers(bundle, out);
}

fn labelled(label: &str, value: &str) -> String {
    if value.is_empty() { String::new() } else { format!("{label} {value}") }
}

fn systems(bundle: &Bundle, out: &mut Blocks) {
    let plan = &bundle.plan;
    out.heading("Systems");
    let mut table = Table::new(
        &[
            ("Key", 0.55),
            ("Instance", 2.2),
            ("System", 1.6),
            ("Owners", 2.4),
            ("Interface", 1.0),
            ("Test environment", 1.2),
            ("Maturity", 2.4),
        ],
        "No system is recorded.",
    );
    for instance in plan.each::<Instance>() {
        let system = plan.find::<System>(instance.system);
        let owners = Cell::from(&instance.business_owner).line();
        let owners = match instance.technical_owner.is_empty() {
            true => owners,
            false => owners.styled(format!("{} (technical)", instance.technical_owner), Style::Muted),
        };
        let maturity = instance.maturity.map(|m| format!("{m} of 5")).unwrap_or_default();
        let docs = instance.docs_accuracy.map(|d| format!("documentation {d} of 5")).unwrap_or_default();
        let maturity = Cell::text(joined([maturity, docs], ", "));
        let maturity = instance
            .docs_differences
            .iter()
            .fold(maturity, |cell, difference| cell.line().styled(difference.to_string(), Style::Muted));
        table.row(
            Some(anchor(instance.item)),
            vec![
                Cell::mono(instance.key()),
                Cell::from(&instance.name).line().styled(instance.purpose.to_string(), Style::Muted),
                system.map(|s| Cell::from(&s.name)).unwrap_or_default(),
                owners,
                Cell::text(choice(instance.api)),
                Cell::text(choice(instance.sandbox)),
                maturity,
            ],
        );
    }
    out.table(table);
}

fn points_table(bundle: &Bundle, points: &[&Row<'_, DataPoint>]) -> Table {
    let mut table = Table::new(
        &[("Key", 0.5), ("Data point", 2.9), ("Form", 1.35), ("Class", 1.15), ("Lives in", 2.7), ("Truth", 2.5)],
        "No data point is recorded for it.",
    );
    for point in points {
        let name = Cell::default().styled(point.name.to_string(), Style::Strong);
        let name = if point.critical { name.styled(" critical", Style::Muted) } else { name };
        let name = name.line().plain(point.definition.to_string());
        let name = match point.examples.is_empty() {
            true => name,
            false => name
                .line()
                .styled(format!("e.g. {}", joined(point.examples.iter().take(3).map(|e| &**e), ", ")), Style::Muted),
        };
        let form = Cell::text(joined([choice(point.logical_type), &point.unit], ", "));
        let form =
            if point.format.is_empty() { form } else { form.line().styled(point.format.to_string(), Style::Mono) };
        let class = Cell::text(choice(point.classification));
        let class = if point.personal { class.line().styled("personal", Style::Muted) } else { class };
        let truth = if point.out_of_scope {
            Cell::default()
                .sign(Sign::NotBegun, Tone::Quiet, "out of scope")
                .line()
                .styled(point.scope_reason.to_string(), Style::Muted)
        } else {
            truths(bundle, point.id())
        };
        table.row(
            Some(anchor(point.item)),
            vec![Cell::mono(point.key()), name, form, class, lives_in(bundle, point.id()), truth],
        );
    }
    table
}

fn lives_in(bundle: &Bundle, point: ItemId) -> Cell {
    bundle.plan.each::<Occurrence>().filter(|o| o.data_point == Some(point)).fold(Cell::default(), |cell, o| {
        let instance = bundle.plan.find::<Instance>(o.instance);
        let place = format!("{}.{}", o.object_name, o.field_name);
        let kind = match o.max_length {
            Some(length) => format!("{}({length})", o.physical_type),
            None => o.physical_type.to_string(),
        };
        let cell = cell
            .line()
            .plain(format!("{} ", instance.map_or("no system", |i| &i.entity.name)))
            .styled(place, Style::Mono);
        if kind.is_empty() { cell } else { cell.plain(" ").styled(kind, Style::Muted) }
    })
}

fn truths(bundle: &Bundle, point: ItemId) -> Cell {
    let plan = &bundle.plan;
    let all: Vec<_> = plan.each::<Truth>().filter(|t| t.data_point == Some(point)).collect();
    if all.is_empty() {
        return Cell::default().sign(Sign::Missing, Tone::Bad, "no truth yet");
    }
    all.iter().fold(Cell::default(), |cell, truth| {
        let (sign, tone) = match truth.state {
            Some(TruthState::Agreed) => (Sign::InSync, Tone::Good),
            Some(TruthState::Disputed) => (Sign::Differs, Tone::Bad),
            _ => (Sign::Coincident, Tone::Warn),
        };
        let occurrence = plan.find::<Occurrence>(truth.occurrence);
        let instance = occurrence.and_then(|o| plan.find::<Instance>(o.instance)).map(|i| format!("{} ", i.name));
        let place = occurrence.map(|o| format!("{}.{}", o.object_name, o.field_name));
        let scope = plan.find::<Scope>(truth.scope).map(|s| format!(" for {}", s.name)).unwrap_or_default();
        let by = joined(truth.agreed_by.iter().map(|n| &**n), ", ");
        let state = joined([choice(truth.state).to_lowercase(), by, day(truth.agreed_on)], " · ");
        let cell = cell
            .line()
            .sign(sign, tone, instance.unwrap_or_default())
            .styled(place.unwrap_or_default(), Style::Mono)
            .plain(scope)
            .line()
            .styled(state, Style::Muted);
        if truth.rationale.is_empty() { cell } else { cell.line().styled(truth.rationale.to_string(), Style::Muted) }
    })
}

fn conflicts(bundle: &Bundle, out: &mut Blocks) {
    let plan = &bundle.plan;
    let mut contested: Vec<Row<'_, DataPoint>> = plan
        .each::<DataPoint>()
        .filter(|p| plan.each::<Truth>().filter(|t| t.data_point == Some(p.id())).count() > 1)
        .collect();
    contested.sort_by_key(|p| p.item.number);
    let resolutions: Vec<Row<'_, Resolution>> = plan.each::<Resolution>().collect();
    if contested.is_empty() && resolutions.is_empty() {
        return;
    }
    out.heading("More than one truth");
    let mut table =
        Table::new(&[("Key", 0.55), ("Data point", 2.0), ("Claims", 3.0), ("Resolution", 3.6), ("Decided", 1.5)], "");
    for point in &contested {
        let claims =
            plan.each::<Truth>().filter(|t| t.data_point == Some(point.id())).fold(Cell::default(), |cell, t| {
                cell.line().plain(t.occurrence.map(|id| plan.title(id)).unwrap_or_default())
            });
        let resolution = resolutions.iter().find(|r| r.data_point == Some(point.id()));
        let (how, who) = resolution.map_or_else(
            || (Cell::default().sign(Sign::Differs, Tone::Bad, "not resolved"), Cell::default()),
            |r| (resolution_cell(r), decided(r)),
        );
        table.row(None, vec![Cell::mono(point.key()), Cell::text(plan.title(point.id())), claims, how, who]);
    }
    for r in resolutions.iter().filter(|r| !contested.iter().any(|p| r.data_point == Some(p.id()))) {
        let point = r.data_point.and_then(|id| plan.item(id));
        let title = r.data_point.map(|id| plan.title(id)).unwrap_or_default();
        let key = point.map(domain::Item::key).unwrap_or_default();
        table.row(None, vec![Cell::mono(key), Cell::text(title), Cell::default(), resolution_cell(r), decided(r)]);
    }
    out.table(table);
}

fn resolution_cell(r: &Row<'_, Resolution>) -> Cell {
    let cell = Cell::default().styled(choice(r.kind), Style::Strong);
    let cell = r.precedence.iter().fold(cell, |cell, line| cell.line().plain(line.to_string()));
    if r.rationale.is_empty() { cell } else { cell.line().styled(r.rationale.to_string(), Style::Muted) }
}

fn decided(r: &Row<'_, Resolution>) -> Cell {
    Cell::from(&r.decided_by).line().styled(day(r.decided_on), Style::Muted)
}

fn records(bundle: &Bundle, out: &mut Blocks) {
    let plan = &bundle.plan;
    let title = |id: Option<ItemId>| id.map(|id| plan.title(id)).unwrap_or_default();
    let mut roles: Vec<Row<'_, RecordRole>> = plan.each::<RecordRole>().collect();
    if !roles.is_empty() {
        roles.sort_by_key(|r| (title(r.object), title(r.instance), r.item.number));
        out.heading("Systems of record");
        let mut table =
            Table::new(&[("Object", 1.6), ("Instance", 2.2), ("Role", 1.6), ("Scope", 1.4), ("Note", 3.2)], "");
        for r in &roles {
            let (sign, tone) = match r.role {
                Some(Role::Record) => (Sign::InSync, Tone::Good),
                Some(Role::Copy) => (Sign::NotBegun, Tone::Quiet),
                _ => (Sign::Unknown, Tone::Warn),
            };
            let scope = plan.find::<Scope>(r.scope).map_or_else(|| "all records".to_owned(), |s| s.name.to_string());
            table.row(
                Some(anchor(r.item)),
                vec![
                    Cell::text(title(r.object)),
                    Cell::text(title(r.instance)),
                    Cell::default().sign(sign, tone, choice(r.role)),
                    Cell::text(scope),
                    Cell::from(&r.note),
                ],
            );
        }
        out.table(table);
    }
    let scopes: Vec<Row<'_, Scope>> = plan.each::<Scope>().collect();
    if !scopes.is_empty() {
        out.heading("Scopes");
        let mut table = Table::new(
            &[("Key", 0.6), ("Scope", 1.8), ("Object", 1.5), ("Belongs when", 4.5), ("#Expected records", 1.6)],
            "",
        );
        for s in scopes {
            let expected = s.expected_count.and_then(|n| u64::try_from(n).ok());
            table.row(
                Some(anchor(s.item)),
                vec![
                    Cell::mono(s.key()),
                    Cell::from(&s.name),
                    Cell::text(title(s.object)),
                    Cell::from(&s.predicate),
                    expected.map(Cell::count).unwrap_or_default(),
                ],
            );
        }
        out.table(table);
    }
}

fn identifiers(bundle: &Bundle, out: &mut Blocks) {
    let plan = &bundle.plan;
    let identifiers: Vec<Row<'_, Identifier>> = plan.each::<Identifier>().collect();
    if identifiers.is_empty() {
        return;
    }
    out.heading("What tells records apart");
    let mut table = Table::new(
        &[("Key", 0.6), ("Identifier", 2.0), ("Object", 1.4), ("Kind", 1.4), ("Fields", 3.0), ("Stored in", 2.2)],
        "",
    );
    for i in identifiers {
        table.row(
            Some(anchor(i.item)),
            vec![
                Cell::mono(i.key()),
                Cell::from(&i.name),
                Cell::text(i.object.map(|id| plan.title(id)).unwrap_or_default()),
                Cell::text(choice(i.kind)),
                Cell::lines(i.parts.iter().map(|id| plan.title(*id))),
                Cell::lines(i.stored_in.iter().map(|id| plan.title(*id))),
            ],
        );
    }
    out.table(table);
}

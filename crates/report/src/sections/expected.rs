//! Format and quantity of a run: what was expected of columns and of numbers of records, and how many were otherwise.
//! Deliberately absent: the values themselves. They stay with what the run kept.

use super::sync::point;
use crate::{
    Bundle,
    document::{Blocks, Cell, Style, Table, Tone},
    text::{grouped, joined},
};
use domain::{FieldCounts, FormatCounts, Quantity, RunSide, RunTotals, entity::Check};
use pictures::marks::Sign;

/// Adds what a run counted; nothing where nothing was expected. `sides` are the names of left and right.
pub(super) fn build(bundle: &Bundle, totals: &RunTotals, sides: [&str; 2], out: &mut Blocks) {
    if !totals.quantity.is_empty() {
        out.table(quantities(&totals.quantity, sides));
    }
    if !totals.format.is_empty() {
        out.table(formats(bundle, totals, sides));
    }
}

/// Says so where a check expects something that was not looked at.
pub(super) fn unseen(check: &Check, totals: &RunTotals, out: &mut Blocks) {
    let format = totals.format.is_empty() && check.expect.iter().any(|asked| !asked.words().is_empty());
    let bounds = [check.left_min, check.left_max, check.right_min, check.right_max];
    let quantity = totals.quantity.is_empty() && bounds != [None; 4];
    let what = match (format, quantity) {
        (true, true) => "format and quantity",
        (true, false) => "format",
        (false, true) => "quantity",
        (false, false) => return,
    };
    out.note(format!("What is expected of {what} was not looked at."));
}

fn quantities(all: &[Quantity], sides: [&str; 2]) -> Table {
    let mut table = Table::new(&[("Side", 3.0), ("Expected", 3.0), ("#Found", 1.4), ("Finding", 2.2)], "");
    let otherwise = all.iter().filter(|quantity| !quantity.within()).map(|quantity| name(quantity.side, sides));
    table.title = match joined(otherwise, " and ") {
        sides if sides.is_empty() => "Quantity is as expected".into(),
        sides => format!("Quantity is not as expected in {sides}"),
    };
    for quantity in all {
        let finding = match quantity.within() {
            true => met(),
            false => not_met(if quantity.too_few() { "too few" } else { "too many" }),
        };
        let (side, expected) = (name(quantity.side, sides), quantity.expected(grouped));
        table.row(None, vec![Cell::text(side), Cell::text(expected), Cell::count(quantity.rows), finding]);
    }
    table
}

fn formats(bundle: &Bundle, totals: &RunTotals, sides: [&str; 2]) -> Table {
    let mut table = Table::new(
        &[
            ("Data point", 2.4),
            ("Side", 1.8),
            ("Expected", 2.6),
            ("#Looked at", 1.1),
            ("#Not so", 0.9),
            ("Finding", 1.9),
        ],
        "",
    );
    let broken = totals.format.iter().filter(|column| column.broken > 0).count();
    table.title = match broken {
        0 => "Every value looked at is of the expected format".into(),
        n => format!("Values of {n} of {} columns are not of the expected format", totals.format.len()),
    };
    for column in &totals.format {
        let breaks = column.breaks.iter().map(|part| format!("{} {}", part.cause, grouped(part.count)));
        let finding = match (column.broken, column.filled) {
            (0, 0) => Cell::default().sign(Sign::Unknown, Tone::Quiet, "no values"),
            (0, _) => met(),
            _ => not_met(joined(breaks, " · ")),
        };
        table.row(
            None,
            vec![
                what(bundle, totals, column),
                Cell::text(name(column.side, sides)),
                Cell::text(column.expected.clone()),
                Cell::count(column.filled),
                Cell::count(column.broken),
                finding,
            ],
        );
    }
    table
}

/// The data point whose values the column holds, where they are compared; else the column alone.
fn what(bundle: &Bundle, totals: &RunTotals, column: &FormatCounts) -> Cell {
    let here = |field: &&FieldCounts| *column.side.of(&field.left, &field.right) == column.column;
    let field = totals.fields.iter().filter(|field| field.data_point.is_some()).find(here);
    let cell = field.map(|field| Cell::text(point(bundle, field)).line()).unwrap_or_default();
    cell.styled(column.column.clone(), Style::Mono)
}

fn name(side: RunSide, [left, right]: [&str; 2]) -> &str {
    side.of(left, right)
}

fn met() -> Cell {
    Cell::default().sign(Sign::Pass, Tone::Good, "met")
}

fn not_met(why: impl Into<String>) -> Cell {
    Cell::default().sign(Sign::Differs, Tone::Bad, "not met").line().styled(why, Style::Muted)
}

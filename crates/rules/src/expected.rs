//! What a run found of format and quantity that is not as expected, in a few words.

use crate::number;
use domain::RunTotals;

/// A few words for each number of records and each column that is not as expected; `sides` are the names of left and
/// right. Empty where everything is as expected, and where nothing was expected.
pub fn not_as_expected(totals: &RunTotals, sides: [&str; 2]) -> Vec<String> {
    let [left, right] = sides;
    let quantities = totals.quantity.iter().filter(|quantity| !quantity.within()).map(|quantity| {
        let rows = usize::try_from(quantity.rows).unwrap_or(usize::MAX);
        let (records, expected) = (crate::count(rows, "record", "records"), quantity.expected(number));
        format!("{records} in {}, expected {expected}", quantity.side.of(left, right))
    });
    let formats = totals.format.iter().filter(|column| column.broken > 0).map(|column| {
        let (broken, filled) = (number(column.broken), number(column.filled));
        let side = column.side.of(left, right);
        format!("{broken} of {filled} values of {} in {side} in an unexpected format", column.column)
    });
    quantities.chain(formats).collect()
}

#[cfg(test)]
mod tests {
    use super::not_as_expected;
    use domain::{FormatCounts, Quantity, RunSide, RunTotals};

    #[test]
    fn what_is_otherwise_is_told_in_a_few_words() {
        let column =
            |side, broken| FormatCounts { side, column: "zip".into(), filled: 6155, broken, ..FormatCounts::default() };
        let quantity = |side, rows, min, max| Quantity { side, rows, min, max };
        let totals = RunTotals {
            format: vec![column(RunSide::Left, 0), column(RunSide::Right, 93)],
            quantity: vec![
                quantity(RunSide::Left, 400, Some(450), Some(500)),
                quantity(RunSide::Right, 450, Some(450), Some(450)),
                quantity(RunSide::Right, 7, None, Some(6)),
            ],
            ..RunTotals::default()
        };
        assert_eq!(
            not_as_expected(&totals, ["Shop", "ERP"]),
            [
                "400 records in Shop, expected 450 to 500",
                "7 records in ERP, expected at most 6",
                "93 of 6\u{a0}155 values of zip in ERP in an unexpected format",
            ]
        );
        assert!(not_as_expected(&RunTotals::default(), ["Shop", "ERP"]).is_empty());
    }
}

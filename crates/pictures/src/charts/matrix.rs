//! A matrix of cells with signs: verdicts per data point and pair of systems, messages per team and the like.

use serde::{Deserialize, Serialize};

use super::{Chart, float};
use crate::drawing::SMALL_SIZE;
use crate::marks::Sign;
use crate::shape::{Anchor, Picture, Point, Rect, Shape, Table};
use crate::text;

const CELL_WIDTH: f64 = 88.0;
const CELL_HEIGHT: f64 = 28.0;
const HEAD_LINE: f64 = 14.0;
const ROW_LABEL_MOST: f64 = 200.0;
const ROW_LABEL_LEAST: f64 = 60.0;
const SIGN: f64 = 13.0;

/// What is drawn.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matrix {
    /// What the matrix shows, for the label of the picture.
    pub title: String,
    /// Heading above the row labels.
    pub corner: String,
    /// Labels of the columns.
    pub columns: Vec<String>,
    /// Label and cells of each row; missing cells stay empty, extra ones are ignored.
    pub rows: Vec<(String, Vec<Option<Cell>>)>,
}

/// One cell.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// Id of what the cell stands for, so that it can be linked; may be empty.
    pub id: String,
    /// Class name that decides the tone, such as `differs`.
    pub class: String,
    /// Sign in the cell.
    pub sign: Option<Sign>,
    /// Short text beside the sign, a count for example.
    pub text: String,
    /// What the cell says in full; goes into the table.
    pub full: String,
}

/// The matrix with its headings.
pub fn matrix(input: &Matrix) -> Chart {
    let widest = input.rows.iter().map(|(label, _)| text::width(label, 12.5)).fold(0.0, f64::max);
    let left = (widest + 20.0).clamp(ROW_LABEL_LEAST, ROW_LABEL_MOST);
    let heads: Vec<Vec<String>> =
        input.columns.iter().map(|name| text::wrap(name, CELL_WIDTH - 8.0, SMALL_SIZE, 2).lines).collect();
    let head_lines = heads.iter().map(Vec::len).max().unwrap_or(0).max(1);
    let top = float(head_lines) * HEAD_LINE + 10.0;
    let width = left + float(input.columns.len()) * CELL_WIDTH;
    let height = top + float(input.rows.len()) * CELL_HEIGHT;
    let mut shapes = Vec::new();
    for (column, lines) in heads.iter().enumerate() {
        let x = left + (float(column) + 0.5) * CELL_WIDTH;
        let first = top - 8.0 - float(lines.len().saturating_sub(1)) * HEAD_LINE;
        for (index, line) in lines.iter().enumerate() {
            let at = Point::new(x, first + float(index) * HEAD_LINE);
            shapes.push(Shape::text("axis", at, Anchor::Middle, line.clone()));
        }
    }
    for (index, (label, cells)) in input.rows.iter().enumerate() {
        let y = top + float(index) * CELL_HEIGHT;
        shapes.push(Shape::line("grid-line", Point::new(0.0, y), Point::new(width, y)));
        let short = text::fit(label, left - 12.0, 12.5);
        let at = Point::new(2.0, y + CELL_HEIGHT / 2.0 + 4.5);
        shapes.push(Shape::Group {
            class: "row-label".into(),
            id: None,
            title: Some(label.clone()),
            place: None,
            shapes: vec![Shape::text("box-title", at, Anchor::Start, short)],
        });
        for (column, cell) in cells.iter().take(input.columns.len()).enumerate() {
            if let Some(cell) = cell {
                let x = left + float(column) * CELL_WIDTH;
                let name = input.columns.get(column).map_or("", String::as_str);
                let rect = Rect::new(x + 2.0, y + 2.0, CELL_WIDTH - 4.0, CELL_HEIGHT - 4.0);
                shapes.push(cell_shape(cell, rect, &format!("{label}, {name}: {}", cell.full)));
            }
        }
    }
    let rows = input.rows.iter().map(|(label, cells)| {
        let cell = |column: usize| cells.get(column).and_then(Option::as_ref).map_or("–", |cell| &cell.full);
        std::iter::once(label.clone()).chain((0..input.columns.len()).map(|c| cell(c).to_owned())).collect()
    });
    let table = Table {
        header: std::iter::once(input.corner.clone()).chain(input.columns.iter().cloned()).collect(),
        rows: rows.collect(),
    };
    let label = format!("{}: {} × {}", input.title, input.rows.len(), input.columns.len());
    Chart { picture: Picture { width: width.max(1.0), height: height.max(1.0), label, shapes }, table }
}

fn cell_shape(cell: &Cell, rect: Rect, title: &str) -> Shape {
    let mut shapes = vec![Shape::rect("cell", rect, 4.0)];
    let room = rect.w - 12.0 - if cell.sign.is_some() { SIGN + 4.0 } else { 0.0 };
    let text = text::fit(&cell.text, room, SMALL_SIZE);
    let text_width = text::width(&text, SMALL_SIZE);
    let sign_width = if cell.sign.is_some() { SIGN } else { 0.0 };
    let gap = if text.is_empty() || cell.sign.is_none() { 0.0 } else { 5.0 };
    let mut x = rect.centre().x - (sign_width + gap + text_width) / 2.0;
    let middle = rect.centre().y;
    if let Some(sign) = cell.sign {
        shapes.push(sign.at(Point::new(x, middle - SIGN / 2.0), SIGN));
        x += SIGN + gap;
    }
    if !text.is_empty() {
        shapes.push(Shape::text("value", Point::new(x, middle + 4.0), Anchor::Start, text));
    }
    Shape::Group {
        class: format!("matrix-cell {}", cell.class).into(),
        id: (!cell.id.is_empty()).then(|| cell.id.clone()),
        title: Some(title.to_owned()),
        place: None,
        shapes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_cells_are_dashes_in_the_table_and_nothing_in_the_picture() {
        let cell = Cell { full: "12 differ".to_owned(), text: "12".to_owned(), ..Cell::default() };
        let rows = vec![("E-mail".to_owned(), vec![Some(cell), None]), ("Name".to_owned(), vec![])];
        let columns = vec!["CRM – ERP".to_owned(), "CRM – shop".to_owned()];
        let chart = matrix(&Matrix { title: "Verdicts".to_owned(), corner: "Data point".to_owned(), columns, rows });
        assert_eq!(chart.table.rows[0], ["E-mail", "12 differ", "–"]);
        assert_eq!(chart.table.rows[1], ["Name", "–", "–"]);
        assert_eq!(format!("{:?}", chart.picture.shapes).matches("matrix-cell").count(), 1);
    }
}

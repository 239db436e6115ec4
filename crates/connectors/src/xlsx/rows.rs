//! The cells of a sheet put together into rows, one at a time. What a sheet says about its own size is not believed.

use std::ops::Range;

use calamine::{Cell, DataRef, Xlsx, XlsxCellReader, XlsxError};

use super::{
    archive::Watched,
    cells::{Dates, Kind, append, letters},
};
use crate::{
    batch::MOST_FIELDS,
    error::{ConnectorError, cut},
    limits::{Meter, size},
};

/// What a sheet has at most in any program.
const MOST_ROWS: u32 = 1 << 20;
const MOST_COLUMNS: u32 = 1 << 14;
/// More text than this is not one row, whatever the limits.
const LONGEST_ROW: usize = 64 << 20;

/// A cell of the row at hand.
struct Value {
    column: u32,
    kind: Kind,
    text: Range<usize>,
}

/// Reads rows one after the other.
pub(super) struct Rows<'a> {
    cells: XlsxCellReader<'a, Watched>,
    dates: Dates,
    meter: Meter,
    values: Vec<Value>,
    text: String,
    /// Position of the row at hand.
    row: u32,
    /// The first cell of the row after it.
    ahead: Option<(Cell<DataRef<'a>>, usize)>,
    /// Whether the last cell was read; the parser must not be asked again.
    ended: bool,
    seen: u64,
}

impl<'a> Rows<'a> {
    pub(super) fn open(file: &'a mut Xlsx<Watched>, sheet: &str, meter: &Meter) -> Result<Self, ConnectorError> {
        let from_1904 = file.has_1904_epoch();
        let cells = file.worksheet_cells_reader(sheet).map_err(|error| unreadable(meter, &error))?;
        let dates = Dates::new(from_1904, cells.styles());
        Ok(Self {
            cells,
            dates,
            meter: meter.clone(),
            values: Vec::new(),
            text: String::new(),
            row: 0,
            ahead: None,
            ended: false,
            seen: 0,
        })
    }

    /// Goes to the next row that is not blank; false at the end.
    pub(super) fn next_row(&mut self) -> Result<bool, ConnectorError> {
        loop {
            self.values.clear();
            self.text.clear();
            let Some((first, style)) = self.next_cell()? else {
                return Ok(false);
            };
            let before = std::mem::replace(&mut self.row, first.get_position().0);
            if self.row < before {
                return Err(self.wrong("the rows are out of order; open it and save it anew"));
            }
            self.add(&first, style)?;
            while let Some((cell, style)) = self.next_cell()? {
                if cell.get_position().0 != self.row {
                    self.ahead = Some((cell, style));
                    break;
                }
                self.add(&cell, style)?;
            }
            if !self.text.is_empty() || self.values.iter().any(|value| value.kind == Kind::Failure) {
                return Ok(true);
            }
        }
    }

    /// Column, kind and text of each cell of the row at hand.
    pub(super) fn values(&self) -> impl Iterator<Item = (u32, Kind, &str)> {
        self.values.iter().map(|value| (value.column, value.kind, &self.text[value.text.clone()]))
    }

    /// A cell of the row at hand as the sheet calls it.
    pub(super) fn cell(&self, column: u32) -> String {
        format!("cell {}{}", letters(column), self.row + 1)
    }

    fn next_cell(&mut self) -> Result<Option<(Cell<DataRef<'a>>, usize)>, ConnectorError> {
        const LOOK_EVERY: u64 = 4096;
        if let Some(ahead) = self.ahead.take() {
            return Ok(Some(ahead));
        }
        if self.ended {
            return Ok(None);
        }
        self.seen += 1;
        if self.seen.is_multiple_of(LOOK_EVERY) {
            self.meter.look()?;
        }
        let next = self.cells.next_cell_with_style_id().map_err(|error| {
            let told = unreadable(&self.meter, &error);
            ConnectorError { message: format!("after row {}: {}", self.row + 1, told.message), ..told }
        })?;
        self.ended = next.is_none();
        Ok(next)
    }

    fn add(&mut self, cell: &Cell<DataRef<'a>>, style: usize) -> Result<(), ConnectorError> {
        let (row, column) = cell.get_position();
        if row >= MOST_ROWS || column >= MOST_COLUMNS {
            return Err(self.wrong("a cell lies beyond the largest sheet there can be; open it and save it anew"));
        }
        if self.values.last().is_some_and(|last| last.column >= column) {
            return Err(self.wrong("the cells are out of order; open it and save it anew"));
        }
        let start = self.text.len();
        let kind = append(cell.get_value(), style, &self.dates, &mut self.text);
        if self.text.len() > LONGEST_ROW {
            let most = size(LONGEST_ROW as u64);
            return Err(self.meter.limit(format!("row {} holds more than {most} of text", self.row + 1)));
        }
        self.values.push(Value { column, kind, text: start..self.text.len() });
        Ok(())
    }

    fn wrong(&self, what: &str) -> ConnectorError {
        ConnectorError::bad_data(&self.meter.system, format!("row {}: {what}", u64::from(self.row) + 1))
    }
}

/// The names of the columns, and where in the sheet they stand.
pub(super) struct Header {
    pub(super) names: Vec<String>,
    columns: Vec<u32>,
    /// The row as the sheet counts.
    row: u32,
}

impl Header {
    /// Takes the row at hand.
    pub(super) fn new(rows: &Rows) -> Result<Self, ConnectorError> {
        let mut header = Self { names: Vec::new(), columns: Vec::new(), row: rows.row + 1 };
        let mut numbers = 0;
        for (column, kind, name) in rows.values() {
            if kind == Kind::Failure {
                return Err(rows.wrong(&format!("column {} has a failure for a name", letters(column))));
            }
            if name.is_empty() {
                continue;
            }
            if let Some(earlier) = header.names.iter().position(|known| known == name) {
                let (first, second) = (letters(header.columns[earlier]), letters(column));
                let message = format!(
                    "columns {first} and {second} have the same name `{}`; give each column its own name",
                    cut(name)
                );
                return Err(rows.wrong(&message));
            }
            if header.names.len() == MOST_FIELDS {
                let message = format!("row {} has more than {MOST_FIELDS} columns; is it a table?", header.row);
                return Err(rows.meter.limit(message));
            }
            numbers += usize::from(name.parse::<f64>().is_ok_and(f64::is_finite));
            header.names.push(name.to_owned());
            header.columns.push(column);
        }
        if numbers == header.names.len() {
            let message =
                "it holds only numbers, so there seems to be no header; put a row with the column names first";
            return Err(rows.wrong(message));
        }
        Ok(header)
    }

    /// Position of a column of the sheet among those that have a name.
    pub(super) fn position(&self, column: u32) -> Option<usize> {
        self.columns.binary_search(&column).ok()
    }

    /// A column that holds a value has no name.
    pub(super) fn nameless(&self, rows: &Rows, column: u32) -> ConnectorError {
        let (column, header) = (letters(column), self.row);
        rows.wrong(&format!("column {column} holds a value but has no name in row {header}; give it one or clear it"))
    }
}

/// What the parser says in words.
pub(super) fn unreadable(meter: &Meter, error: &XlsxError) -> ConnectorError {
    if let Err(stopped) = meter.look() {
        return stopped;
    }
    let message = match error {
        XlsxError::Password => "it is protected by a password; save it without one".to_owned(),
        XlsxError::FileNotFound(_) | XlsxError::RelationshipNotFound => {
            "it is a zip file but no Excel workbook; check the file".to_owned()
        }
        other => format!("it is a broken workbook: {other}; open it and save it anew"),
    };
    ConnectorError::bad_data(&meter.system, message)
}

//! Excel workbooks (`.xlsx`): one sheet, whose first row that is not blank holds the column names. Blank rows are
//! passed over, an empty cell is NULL, a formula is its last result. The file is looked through before it is parsed.

mod archive;
mod cells;
mod parts;
mod rows;

use std::sync::{Arc, atomic::AtomicBool};

use calamine::{Reader, SheetType, SheetVisible, Xlsx};

use self::{
    archive::{Watched, look_through},
    cells::Kind,
    rows::{Header, Rows, unreadable},
};
use crate::{
    ColumnInfo, Part, ReadSummary, Sink, SourceFile, TableInfo, Turn,
    batch::{Batcher, schema},
    blocking::{Emit, hand_over},
    error::{ConnectorError, ReadError, cut, listed},
    file::system,
    fingerprint::of_file,
    limits::{Limits, Meter},
};

/// The visible sheets and their columns.
pub(crate) async fn catalogue(file: &SourceFile, limits: &Limits) -> Result<Vec<TableInfo>, ConnectorError> {
    let system = system(file);
    let meter = Meter::new(&system, limits, &Arc::new(AtomicBool::new(false)));
    let file = file.clone();
    let looked = tokio::task::spawn_blocking(move || Workbook::open(&file, meter)?.tables());
    looked.await.map_err(|error| ConnectorError::bad_data(system, format!("reading broke off: {error}")))?
}

/// Reads rows of a sheet, without a name of the only visible one.
pub(crate) async fn read(
    file: &SourceFile,
    sheet: Option<&str>,
    limits: &Limits,
    part: Part,
    sink: &mut Sink<'_>,
    cancel: &Arc<AtomicBool>,
) -> Result<ReadSummary, ReadError> {
    let system = system(file);
    let (file, sheet) = (file.clone(), sheet.map(str::to_owned));
    let meter = Meter::new(&system, limits, cancel);
    hand_over(&system, sink, move |emit| Workbook::open(&file, meter)?.read(sheet.as_deref(), &part, emit)).await
}

/// A workbook that was looked through and opened.
struct Workbook {
    source: SourceFile,
    meter: Meter,
    file: Xlsx<Watched>,
}

impl Workbook {
    fn open(source: &SourceFile, meter: Meter) -> Result<Self, ConnectorError> {
        meter.file(source)?;
        let watched = look_through(Watched::open(source, &meter)?)?;
        let file = Xlsx::new(watched).map_err(|error| unreadable(&meter, &error))?;
        Ok(Self { source: source.clone(), meter, file })
    }

    /// Sheets with cells that are not hidden.
    fn visible(&self) -> Vec<String> {
        let sheets = self.file.sheets_metadata().iter();
        let shown = sheets.filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible);
        shown.map(|sheet| sheet.name.clone()).collect()
    }

    fn choose(&self, wanted: Option<&str>) -> Result<String, ConnectorError> {
        let visible = self.visible();
        let message = match (wanted, visible.as_slice()) {
            (Some(wanted), _) => {
                let mut all = self.file.sheets_metadata().iter();
                if all.any(|sheet| sheet.typ == SheetType::WorkSheet && sheet.name == wanted) {
                    return Ok(wanted.to_owned());
                }
                format!("there is no sheet `{}`; it has {}", cut(wanted), listed(&visible))
            }
            (None, [only]) => return Ok(only.clone()),
            (None, []) => "there is no visible sheet in it; name a hidden one after `#`".to_owned(),
            (None, several) => format!("it has several sheets; name one of them after `#`: {}", listed(several)),
        };
        Err(ConnectorError::bad_data(&self.meter.system, message))
    }

    fn tables(mut self) -> Result<Vec<TableInfo>, ConnectorError> {
        let mut tables = Vec::new();
        for name in self.visible() {
            let mut rows = Rows::open(&mut self.file, &name, &self.meter)?;
            // A sheet without a row is a cover page, not a fault of the others.
            let names = if rows.next_row()? { Header::new(&rows)?.names } else { Vec::new() };
            let column = |name| ColumnInfo { name, type_name: String::new(), nullable: true, key: false };
            let columns = names.into_iter().map(column).collect();
            tables.push(TableInfo { schema: None, name, columns, row_estimate: None, tells_nullable: false });
        }
        Ok(tables)
    }

    fn read(self, sheet: Option<&str>, part: &Part, emit: &mut Emit<'_>) -> Result<ReadSummary, ConnectorError> {
        let sheet = self.choose(sheet)?;
        let Self { source, mut meter, mut file } = self;
        let system = meter.system.clone();
        // Who reads some rows knows the file already.
        let fingerprint = if matches!(part, Part::All) { of_file(&source, &meter)? } else { String::new() };
        let mut rows = Rows::open(&mut file, &sheet, &meter)?;
        if !rows.next_row()? {
            let message = format!("sheet `{}` is empty; its first row must hold the column names", cut(&sheet));
            return Err(ConnectorError::bad_data(system, message));
        }
        let header = Header::new(&rows)?;
        let mut batcher = Batcher::new(&header.names);
        let mut kinds = vec![Kinds::default(); header.names.len()];
        for at in 0_u64.. {
            let turn = part.turn(at);
            if turn == Turn::End || !rows.next_row()? {
                break;
            }
            if turn == Turn::Skip {
                continue;
            }
            push(&rows, &header, &meter, &mut batcher, &mut kinds)?;
            meter.row(batcher.end_row())?;
            if batcher.is_full() {
                emit(batcher.take(&system)?)?;
            }
        }
        if batcher.has_rest() {
            emit(batcher.take(&system)?)?;
        }
        let numeric: Vec<bool> = kinds.iter().map(|kinds| kinds.number && !kinds.other).collect();
        let mut notes = vec![format!("the rows are those of sheet `{}`", cut(&sheet))];
        match kinds.iter().map(|kinds| kinds.failures).sum() {
            0_u64 => {}
            1 => notes.push("1 cell holds a failure such as #N/A; it was read as empty".to_owned()),
            n => notes.push(format!("{n} cells hold a failure such as #N/A; they were read as empty")),
        }
        let schema = schema(&header.names, &numeric);
        Ok(ReadSummary { rows: meter.rows, bytes: meter.bytes, schema, fingerprint, notes })
    }
}

/// Which kinds of values a column has shown so far.
#[derive(Clone, Copy, Default)]
struct Kinds {
    number: bool,
    other: bool,
    failures: u64,
}

/// Appends the row at hand; what has no cell is NULL.
fn push(
    rows: &Rows,
    header: &Header,
    meter: &Meter,
    batcher: &mut Batcher,
    kinds: &mut [Kinds],
) -> Result<(), ConnectorError> {
    let mut next = 0;
    for (column, kind, text) in rows.values() {
        let Some(at) = header.position(column) else {
            if kind == Kind::Failure || !text.is_empty() {
                return Err(header.nameless(rows, column));
            }
            continue;
        };
        (next..at).for_each(|missing| batcher.push(missing, None));
        next = at + 1;
        let value = match kind {
            Kind::Empty => None,
            Kind::Failure => {
                kinds[at].failures += 1;
                None
            }
            Kind::Number => {
                kinds[at].number = true;
                Some(text)
            }
            Kind::Other => {
                kinds[at].other = true;
                Some(text)
            }
        };
        meter.field(text.len(), || rows.cell(column))?;
        batcher.push(at, value);
    }
    (next..header.names.len()).for_each(|missing| batcher.push(missing, None));
    Ok(())
}

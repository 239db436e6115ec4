//! Excel workbooks: cells by their own types, and files that want to harm, each refused before it takes memory.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use arrow::buffer::BooleanBuffer;
use connectors::{ConnectorError, ErrorKind, Limits, ReadError, Source, catalogue, file, read, read_rows, sample};
use rust_xlsxwriter::{Format, Formula, Workbook as Written};

use crate::{
    broken_files::{MEMORY, resident_bytes},
    reading::{Got, csv, read_with, rows, rows_of},
    workbooks::{Workbook, declare, noise},
};

fn sheet(path: &Path, name: Option<&str>) -> Source {
    Source::Xlsx { path: path.to_owned().into(), sheet: name.map(str::to_owned) }
}

async fn read_bytes(bytes: impl AsRef<[u8]>, limits: &Limits) -> Result<Got, ConnectorError> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data.xlsx");
    std::fs::write(&path, bytes).unwrap();
    read_with(&sheet(&path, None), limits).await
}

async fn read_rows_of(rows: &str) -> Result<Got, ConnectorError> {
    read_bytes(Workbook::new(rows).bytes(), &Limits::default()).await
}

async fn refused(bytes: impl AsRef<[u8]>) -> ConnectorError {
    let (before, started) = (resident_bytes(), Instant::now());
    let length = bytes.as_ref().len() as u64;
    let error = read_bytes(bytes, &Limits::default()).await.unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(2), "{error}: took {:?}", started.elapsed());
    let grown = resident_bytes().saturating_sub(before + length);
    assert!(grown < 128 << 20, "{error}: memory grew by {} MB", grown >> 20);
    error
}

/// What spreadsheet programs write: shared texts, styles, formulas.
fn written(path: &Path) {
    let mut workbook = Written::new();
    let (day, moment) = (Format::new().set_num_format("yyyy-mm-dd"), Format::new().set_num_format("dd.mm.yyyy hh:mm"));
    let sheet = workbook.add_worksheet().set_name("People").unwrap();
    for (column, name) in ["id", "name", "paid", "born", "seen", "vip", "sum", "note"].into_iter().enumerate() {
        sheet.write(1, u16::try_from(column + 1).unwrap(), name).unwrap();
    }
    for (row, id, name, paid) in
        [(2, "0800", " Ann ", 12.0), (4, "17", "Zürich & <Co>", 0.1), (5, "18", "", 123_456_789.123_456_79)]
    {
        sheet.write(row, 1, id).unwrap();
        sheet.write(row, 2, name).unwrap();
        sheet.write(row, 3, paid).unwrap();
    }
    sheet.write_with_format(2, 4, 46_082, &day).unwrap();
    sheet.write_with_format(2, 5, 46_082.572_916_666_67, &moment).unwrap();
    sheet.write_with_format(4, 5, 46_082, &moment).unwrap();
    sheet.write(2, 6, true).unwrap();
    sheet.write(4, 6, false).unwrap();
    sheet.write_formula(2, 7, Formula::new("=1+1").set_result("2")).unwrap();
    sheet.write_formula(4, 7, Formula::new("=NA()").set_result("#N/A")).unwrap();
    sheet.write_blank(20, 12, &day).unwrap();
    workbook.save(path).unwrap();
}

#[tokio::test]
async fn cells_are_rendered_by_their_own_type() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("people.xlsx");
    written(&path);
    let got = read_with(&sheet(&path, None), &Limits::default()).await.unwrap();
    assert_eq!(got.columns, ["id", "name", "paid", "born", "seen", "vip", "sum", "note"]);
    let mut expected = rows(&[
        "0800 | 12 2026-03-01 2026-03-01T13:45:00 true 2 ∅",
        "17 | 0.1 ∅ 2026-03-01T00:00:00 false ∅ ∅",
        "18 ∅ 123456789.12345679 ∅ ∅ ∅ ∅ ∅",
    ]);
    expected[0][1] = Some(" Ann ".into());
    expected[1][1] = Some("Zürich & <Co>".into());
    assert_eq!(got.rows, expected);
    let numeric = [
        ("id", false),
        ("name", false),
        ("paid", true),
        ("born", false),
        ("vip", false),
        ("sum", true),
        ("note", false),
    ];
    for (column, numeric) in numeric {
        assert_eq!(got.numeric(column), Some(numeric), "{column}");
    }
    let notes = ["the rows are those of sheet `People`", "1 cell holds a failure such as #N/A; it was read as empty"];
    assert_eq!(got.summary.notes, notes);
    assert!(got.summary.fingerprint.starts_with("sha256:"));
}

#[tokio::test]
async fn cells_written_by_hand() {
    let got = read_rows_of(
        r#"<row r="3"><c r="B3" t="inlineStr"><is><t>a</t></is></c><c r="D3" t="str"><v>b</v></c></row>
           <row r="5"><c r="B5"><v>12.50</v></c><c r="C5"/><c r="D5" t="str"><f>X</f><v>x &amp; y_x000A_z</v></c></row>
           <row r="6"><c r="B6" t="str"><v></v></c></row>
           <row r="9"><c r="D9" t="b"><v>1</v></c></row>
           <row r="10"><c r="B10"><v>1e21</v></c><c r="D10" t="e"><v>#REF!</v></c></row>
           <row r="12"><c r="B12" t="inlineStr"><is><r><t>ri</t></r><r><t>ch</t></r></is></c></row>
           <row r="1048576"><c r="A1048576"/></row>"#,
    )
    .await
    .unwrap();
    assert_eq!(got.columns, ["a", "b"]);
    let mut expected = rows(&["12.5 |", "∅ true", "1000000000000000000000 ∅", "rich ∅"]);
    expected[0][1] = Some("x & y\nz".into());
    assert_eq!(got.rows, expected);
}

#[tokio::test]
async fn days_are_counted_from_1900_or_from_1904() {
    let rows_xml = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>day</t></is></c></row>
        <row r="2"><c r="A2" s="1"><v>59</v></c></row><row r="3"><c r="A3" s="1"><v>44620</v></c></row>
        <row r="4"><c r="A4" s="1"><v>44620.5</v></c></row><row r="5"><c r="A5" s="2"><v>1.5</v></c></row>"#;
    let styles = r#"<numFmts count="1"><numFmt numFmtId="170" formatCode="[h]:mm"/></numFmts>
        <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/></cellXfs>"#;
    let workbook = || Workbook::new(rows_xml).styles(styles);
    let got = read_bytes(workbook().bytes(), &Limits::default()).await.unwrap();
    assert_eq!(got.rows, rows(&["1900-02-28", "2022-02-28", "2022-02-28T12:00:00", "36:00:00"]));
    let from_1904 = workbook().part(
        "xl/workbook.xml",
        r#"<workbook xmlns:r="x"><workbookPr date1904="1"/><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>"#,
    );
    let got = read_bytes(from_1904.bytes(), &Limits::default()).await.unwrap();
    assert_eq!(got.rows, rows(&["1904-02-29", "2026-03-01", "2026-03-01T12:00:00", "36:00:00"]));
    assert_eq!(got.numeric("day"), Some(false));
}

#[tokio::test]
async fn a_sheet_is_chosen_by_name_or_because_it_is_the_only_visible_one() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    let mut one = Written::new();
    one.add_worksheet().set_name("Data").unwrap().write(0, 0, "a").unwrap();
    one.add_worksheet().set_name("Lists").unwrap().set_hidden(true).write(0, 0, "b").unwrap();
    one.save(path("one.xlsx")).unwrap();
    let mut two = Written::new();
    two.add_worksheet().set_name("May").unwrap().write(0, 0, "a").unwrap();
    two.add_worksheet().set_name("June #2").unwrap().write(0, 0, "b").unwrap();
    two.save(path("two.xlsx")).unwrap();
    let columns = async |name: &str| {
        let named = path(name).to_str().unwrap().to_owned();
        let source = file::open(&named, &Limits::default()).await.unwrap();
        read_with(&source, &Limits::default()).await.map(|got| got.columns.join(" ")).map_err(|e| e.to_string())
    };
    assert_eq!(columns("one.xlsx").await, Ok("a".into()));
    assert_eq!(columns("one.xlsx#Lists").await, Ok("b".into()));
    assert_eq!(columns("two.xlsx#June #2").await, Ok("b".into()));
    let several = "two.xlsx: it has several sheets; name one of them after `#`: `May`, `June #2`";
    assert_eq!(columns("two.xlsx").await, Err(several.into()));
    assert_eq!(
        columns("two.xlsx#July").await,
        Err("two.xlsx: there is no sheet `July`; it has `May`, `June #2`".into())
    );
    let tables = catalogue(&sheet(&path("one.xlsx"), None), &Limits::default()).await.unwrap();
    assert_eq!((tables.len(), tables[0].name.as_str(), tables[0].columns[0].name.as_str()), (1, "Data", "a"));
}

#[tokio::test]
async fn a_header_alone_is_a_table_without_rows() {
    let got = read_rows_of(r#"<row><c t="str"><v>a</v></c><c t="str"><v>b</v></c></row>"#).await.unwrap();
    assert_eq!((got.columns.len(), got.rows.len(), got.batches), (2, 0, 1));
}

#[tokio::test]
async fn faults_are_named_by_the_rows_of_the_sheet() {
    let header = r#"<row r="2"><c r="A2" t="str"><v>a</v></c><c r="B2"/><c r="C2" t="str"><v>c</v></c></row>"#;
    for (rows, expected) in [
        ("", "sheet `Sheet1` is empty; its first row must hold the column names"),
        (
            r#"<row r="7"><c r="A7" t="str"><v>a</v></c><c r="C7" t="str"><v>a</v></c></row>"#,
            "row 7: columns A and C have the same name `a`",
        ),
        (
            r#"<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2.5</v></c></row>"#,
            "row 1: it holds only numbers, so there seems to be no header",
        ),
        (r#"<row r="1"><c r="A1" t="e"><v>#N/A</v></c></row>"#, "row 1: column A has a failure for a name"),
        (
            &format!(r#"{header}<row r="9"><c r="B9"><v>1</v></c></row>"#),
            "row 9: column B holds a value but has no name in row 2",
        ),
        (
            &format!(r#"{header}<row r="9"><c r="AA9"><v>1</v></c></row>"#),
            "row 9: column AA holds a value but has no name in row 2",
        ),
        (&format!(r#"{header}<row r="1"><c r="A1"><v>1</v></c></row>"#), "row 1: the rows are out of order"),
        (
            &format!(r#"{header}<row r="3"><c r="C3"><v>1</v></c><c r="A3"><v>1</v></c></row>"#),
            "row 3: the cells are out of order",
        ),
        (
            &format!(r#"{header}<row r="1048577"><c r="A1048577"><v>1</v></c></row>"#),
            "row 1048577: a cell lies beyond the largest sheet",
        ),
        (&format!(r#"{header}<row r="3"><c r="A3" t="s"><v>7</v></c></row>"#), "after row 2: it is a broken workbook"),
        (&format!(r#"{header}<row r="3"><c r="A3">"#), "a part of it is broken"),
    ] {
        let error = read_rows_of(rows).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::BadData);
        assert!(error.message.contains(expected), "{rows}: {error}");
    }
}

#[tokio::test]
async fn what_is_no_workbook_is_told_so() {
    let good = Workbook::new("<row/>").bytes();
    let document = Workbook::new("").part("_rels/.rels", "<Relationships/>").bytes();
    let encrypted = |bytes: Vec<u8>| declare(bytes, "xl/worksheets/sheet1.xml", |record| record[8] |= 1);
    for (bytes, expected) in [
        (b"id,name\n1,Ann\n".to_vec(), "it is no Excel workbook (.xlsx); check the file"),
        (Vec::new(), "the file is empty; it holds no workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and so on".to_vec(), "protected by a password or an old .xls file"),
        (encrypted(good.clone()), "it is encrypted; save it without a password"),
        (document, "it is a zip file but no Excel workbook"),
        (good[..good.len() / 2].to_vec(), "it is a broken workbook"),
    ] {
        let error = refused(bytes).await;
        assert_eq!(error.kind, ErrorKind::BadData);
        assert!(error.message.contains(expected), "{error}");
    }
    let dir = tempfile::tempdir().unwrap();
    let missing = read_with(&sheet(&dir.path().join("no.xlsx"), None), &Limits::default()).await.unwrap_err();
    assert_eq!(missing.kind, ErrorKind::Unreachable);
}

const HEADER: &str = r#"<row r="1"><c r="A1" t="str"><v>a</v></c></row>"#;

#[tokio::test]
async fn a_sheet_is_not_believed_about_its_size() {
    let _alone = MEMORY.lock().await;
    let inner = format!(
        r#"<dimension ref="A1:XFD1048576"/><sheetData>{HEADER}<row r="2"><c r="A2" t="s"><v>0</v></c></row></sheetData>"#
    );
    let workbook = |announced: &str| {
        Workbook::new("")
            .part("xl/worksheets/sheet1.xml", format!("<worksheet>{inner}</worksheet>"))
            .shared(announced, &["x"])
            .bytes()
    };
    let before = resident_bytes();
    let got = read_bytes(workbook("1000000"), &Limits::default()).await.unwrap();
    assert_eq!(got.rows, rows(&["x"]));
    assert!(resident_bytes().saturating_sub(before) < 128 << 20);
    for announced in ["1000000000000", "99999999999999999999999"] {
        let error = refused(workbook(announced)).await;
        assert_eq!(error.kind, ErrorKind::Limit);
        assert!(error.message.contains("too large to be kept in memory"), "{error}");
    }
}

#[tokio::test]
async fn bombs_are_refused() {
    let _alone = MEMORY.lock().await;
    let workbook = || Workbook::new(HEADER);
    let sheet1 = "xl/worksheets/sheet1.xml";
    let zeros = workbook().part("xl/media/image.png", vec![0; 8 << 20]).bytes();
    let mut many = workbook();
    for part in 0..2500 {
        many = many.part(&format!("x{part}"), "");
    }
    let many_shared = format!("<sst><si><t>{}</t></si>{}</sst>", noise(300_000), "<si/>".repeat(4_500_000));
    let deep = format!("<worksheet>{}</worksheet>", "<a>".repeat(100));
    let doctype = r#"<!DOCTYPE lolz [<!ENTITY a "b">]><worksheet><sheetData/></worksheet>"#;
    let fonts = format!(
        r#"<fonts><font><name val="{}"/></font></fonts><cellXfs>{}</cellXfs>"#,
        noise(60_000),
        r#"<xf fontId="0"/>"#.repeat(5000)
    );
    let cell = |text: &str| format!(r#"{HEADER}<row r="2"><c r="A2" t="str"><v>{text}</v></c></row>"#);
    let lying = declare(Workbook::new(&cell("some text")).bytes(), sheet1, |record| {
        record[24..28].copy_from_slice(&20_u32.to_le_bytes())
    });
    let overlapping =
        declare(workbook().bytes(), sheet1, |record| record[42..46].copy_from_slice(&0_u32.to_le_bytes()));
    let mut elsewhere = workbook().bytes();
    let end = elsewhere.len() - 22;
    elsewhere[end + 16..end + 20].fill(0xff);
    for (bytes, expected) in [
        (zeros, "more than 200 times larger than its compressed bytes"),
        (many.bytes(), "its list of parts is too long"),
        (elsewhere, "its list of parts is too long"),
        (lying, "a part of it is broken: I/O error: File is larger than its declared"),
        (overlapping, "parts of it lie over one another"),
        (workbook().part("xl/sharedStrings.xml", many_shared).bytes(), "too large to be kept in memory"),
        (workbook().part(sheet1, deep).bytes(), "nested more than 64 levels deep"),
        (workbook().part(sheet1, doctype).bytes(), "it declares a document type"),
        (
            workbook().part("xl/x.xml", format!("<a b=\"{}\"/>", noise(100_000))).bytes(),
            "a tag in it is larger than 65 kB",
        ),
        (workbook().styles(&fonts).bytes(), "too large to be kept in memory"),
        (Workbook::new(&cell(&noise(9 << 20))).bytes(), "a text in it is larger than 8388 kB"),
        (Workbook::new(&cell(&format!("{}&amp;", noise(1 << 20)).repeat(9))).bytes(), "a cell holds more than"),
    ] {
        let error = refused(bytes).await;
        assert!(error.message.contains(expected), "{expected}: {error}");
    }
}

#[tokio::test]
async fn limits_of_rows_bytes_fields_and_time() {
    let row = |n: usize| format!(r#"<row r="{n}"><c r="A{n}" t="str"><v>long</v></c></row>"#);
    let bytes = Workbook::new(&(HEADER.to_owned() + &(2..2000).map(row).collect::<String>())).bytes();
    assert!(bytes.len() < 20_000);
    for (limits, kind, expected) in [
        (Limits { rows: 2, ..Limits::default() }, ErrorKind::Limit, "it has more than 2 rows"),
        (Limits { bytes: 20_000, ..Limits::default() }, ErrorKind::Limit, "unpacked it has more than 20 kB"),
        (Limits { bytes: 200, ..Limits::default() }, ErrorKind::Limit, "more than the limit of 200 bytes"),
        (Limits { max_field_bytes: 3, ..Limits::default() }, ErrorKind::Limit, "cell A2 is larger than 3 bytes"),
        (Limits { wall: Duration::ZERO, ..Limits::default() }, ErrorKind::TimedOut, "reading took longer than 0 s"),
    ] {
        let error = read_bytes(&bytes, &limits).await.unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
        assert!(error.message.contains(expected), "{error}");
    }
}

fn large(path: &Path) {
    let mut workbook = Written::new();
    let sheet = workbook.add_worksheet();
    sheet.write(0, 0, "id").unwrap();
    sheet.write(0, 1, "name").unwrap();
    for row in 1..=30_000 {
        sheet.write(row, 0, row - 1).unwrap();
        sheet.write(row, 1, format!("n{}", row - 1)).unwrap();
    }
    workbook.save(path).unwrap();
}

#[tokio::test]
async fn a_large_sheet_is_read_in_batches_sampled_cancelled_and_read_in_part() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("large.xlsx");
    large(&path);
    let source = sheet(&path, None);
    let got = read_with(&source, &Limits::default()).await.unwrap();
    assert_eq!((got.rows.len(), got.batches), (30_000, 4));
    assert_eq!(got.rows[29_999], rows(&["29999 n29999"])[0]);
    assert_eq!(sample(&source, 3, &Limits::default()).await.unwrap().batch.num_rows(), 3);

    let mask = BooleanBuffer::collect_bool(30_000, |row| row % 14_000 == 7);
    let mut some = Vec::new();
    let mut keep = |batch| {
        some.extend(rows_of(&batch));
        Ok(())
    };
    let cancel = Arc::new(AtomicBool::new(false));
    read_rows(&source, &mask, &Limits::default(), &mut keep, &cancel).await.unwrap();
    assert_eq!(some, rows(&["7 n7", "14007 n14007", "28007 n28007"]));

    let mut cancelling = |_| {
        cancel.store(true, Relaxed);
        Ok(())
    };
    let during = read(&source, &Limits::default(), &mut cancelling, &cancel).await;
    let before = read(&source, &Limits::default(), &mut |_| panic!("cancelled before the first row"), &cancel).await;
    for ended in [before, during] {
        assert!(matches!(&ended, Err(ReadError::Source(error)) if error.kind == ErrorKind::Cancelled), "{ended:?}");
    }
}

#[tokio::test]
async fn other_workbooks_are_refused_in_words() {
    for name in ["a.xls", "a.xlsm", "a.ods"] {
        let error = file::open(name, &Limits::default()).await.unwrap_err();
        assert_eq!(error.to_string(), format!("{name}: such a workbook is not read; save it as .xlsx"));
    }
    let source = file::open("a.xlsx#S", &Limits::default()).await.unwrap();
    assert!(
        matches!(source, Source::Xlsx { path, sheet: Some(sheet) } if &*path == Path::new("a.xlsx") && sheet == "S")
    );
    // A workbook that is called .csv is no text.
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("book.csv");
    std::fs::write(&path, Workbook::new(HEADER).bytes()).unwrap();
    assert!(read_with(&csv(&path), &Limits::default()).await.is_err());
}

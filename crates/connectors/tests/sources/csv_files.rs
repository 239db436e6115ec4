//! CSV files that are fine: delimiters, encodings, line ends, empty fields.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
};

use connectors::{CsvOptions, ErrorKind, Limits, ReadError, Source, catalogue, read, sample};

use crate::reading::{csv, read_csv, read_with, rows};

#[tokio::test]
async fn an_empty_field_is_the_empty_text_quoted_or_not() {
    let got = read_csv("a,b,c\n1,,\"\"\n,x,\n").await.unwrap();
    assert_eq!(got.columns, ["a", "b", "c"]);
    assert_eq!(got.rows, rows(&["1 '' ''", "'' x ''"]));
    // A CSV file says nothing about numbers: the engine decides by the values.
    assert_eq!(got.numeric("a"), None);
}

#[tokio::test]
async fn delimiters_line_ends_and_quotes() {
    let expected = rows(&["1 2", "3 4"]);
    for text in [
        "a,b\n1,2\n3,4\n",
        "a;b\r\n1;2\r\n3;4",
        "a\tb\r1\t2\r3\t4\r",
        "a|b\n\n1|2\n\n\n3|4\n",
        "\"a\",\"b\"\n\"1\",2\n3,\"4\"\n",
        "\u{feff}a,b\n1,2\n3,4\n",
        "\n\na,b\n1,2\n3,4",
    ] {
        let got = read_csv(text).await.unwrap();
        assert_eq!((got.columns, got.rows), (vec!["a".to_owned(), "b".to_owned()], expected.clone()), "{text:?}");
    }
    let got = read_csv("a;b\n\"x;\"\"y\"\"\nz\"; 1 \n").await.unwrap();
    assert_eq!(got.rows, [[Some("x;\"y\"\nz".to_owned()), Some(" 1 ".to_owned())]]);
}

#[tokio::test]
async fn encodings_are_detected_and_told() {
    let text = "id;Straße\r\n1;Zürich – „Größe“ €\r\n2;x\r\n";
    let utf16 = |mark: bool, little: bool| -> Vec<u8> {
        let mark: &[u16] = if mark { &[0xfeff] } else { &[] };
        let units = mark.iter().copied().chain(text.encode_utf16());
        units.flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
    };
    let windows: Vec<u8> = text
        .chars()
        .map(|c| match c {
            '–' => 0x96,
            '„' => 0x84,
            '“' => 0x93,
            '€' => 0x80,
            c => u8::try_from(u32::from(c)).unwrap(),
        })
        .collect();
    let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    for (bytes, note) in [
        (text.as_bytes().to_vec(), None),
        (marked, None),
        (utf16(true, true), Some("read as UTF-16LE, by the mark at its start")),
        (utf16(true, false), Some("read as UTF-16BE, by the mark at its start")),
        (utf16(false, true), Some("read as UTF-16LE, by the pattern of its bytes")),
        (utf16(false, false), Some("read as UTF-16BE, by the pattern of its bytes")),
        (windows, Some("read as windows-1252, because line 1 is not valid UTF-8")),
    ] {
        let got = read_csv(bytes).await.unwrap();
        assert_eq!(got.columns, ["id", "Straße"], "{note:?}");
        assert_eq!(got.rows[0][1].as_deref(), Some("Zürich – „Größe“ €"), "{note:?}");
        assert_eq!(got.summary.notes.first().map(String::as_str), note);
    }
}

#[tokio::test]
async fn the_delimiter_is_found_where_the_sample_ends_within_a_wide_record() {
    let text = format!("a,b,c\n{}", format!("1,{},3\n", "x".repeat(60_000)).repeat(9));
    let utf16: Vec<u8> = "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for bytes in [text.into_bytes(), utf16] {
        assert_eq!(read_csv(bytes).await.unwrap().columns, ["a", "b", "c"]);
    }
}

#[tokio::test]
async fn one_late_byte_decides_about_the_whole_file() {
    let mut bytes = b"id,name\n".to_vec();
    for i in 0..100_000 {
        bytes.extend_from_slice(format!("{i},plain\n").as_bytes());
    }
    let plain = read_csv(&bytes).await.unwrap();
    assert_eq!((plain.rows.len(), plain.batches), (100_000, 13));
    assert_eq!(plain.summary.notes, Vec::<String>::new());
    bytes.extend_from_slice(b"x,Z\xfcrich\n");
    let got = read_csv(&bytes).await.unwrap();
    assert_eq!(got.rows.last().unwrap()[1].as_deref(), Some("Zürich"));
    assert_eq!(got.summary.notes, ["read as windows-1252, because line 100002 is not valid UTF-8"]);
    assert_ne!(got.summary.fingerprint, plain.summary.fingerprint);
}

#[tokio::test]
async fn characters_across_piece_boundaries_stay_whole() {
    // Pieces are 256 KiB: whatever the offset, some character lies across.
    for offset in 0..4 {
        let line = format!("{}\n", "ä€𝄞".repeat(50));
        let text = format!("a{}\n{}", "x".repeat(offset), line.repeat(3000));
        let got = read_csv(&text).await.unwrap();
        assert!(got.rows.iter().all(|row| row[0].as_deref() == Some(line.trim_end())), "offset {offset}");
        let utf16: Vec<u8> = "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let again = read_csv(utf16).await.unwrap();
        assert_eq!(again.rows, got.rows);
    }
}

#[tokio::test]
async fn delimiter_and_encoding_can_be_given() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data.csv");
    std::fs::write(&path, b"a,b;c,d\n\xa3,1;2,3\n").unwrap();
    let options = |delimiter, encoding: &str| CsvOptions { delimiter, encoding: Some(encoding.into()) };
    let source = |options| Source::Csv { path: path.clone().into(), options };
    let got = read_with(&source(options(Some(';'), "iso-8859-2")), &Limits::default()).await.unwrap();
    assert_eq!(got.rows, rows(&["Ł,1 2,3"]));
    for (delimiter, encoding, message) in [
        (Some('"'), "utf-8", "cannot be the delimiter"),
        (Some('ä'), "utf-8", "cannot be the delimiter"),
        (None, "klingon", "there is no encoding `klingon`"),
    ] {
        let error = read_with(&source(options(delimiter, encoding)), &Limits::default()).await.unwrap_err();
        assert!(error.message.contains(message), "{error}");
    }
}

#[tokio::test]
async fn a_header_alone_is_a_table_without_rows() {
    let got = read_csv("a,b\n").await.unwrap();
    assert_eq!((got.columns.len(), got.rows.len(), got.batches), (2, 0, 1));
}

#[tokio::test]
async fn catalogue_and_sample_read_the_beginning_only() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("my customers.csv");
    // Broken further down, which neither of them gets to see.
    std::fs::write(&path, format!("id,name\n{}1\n", "1,a\n".repeat(2000))).unwrap();
    let tables = catalogue(&csv(&path), &Limits::default()).await.unwrap();
    assert_eq!(tables.len(), 1);
    assert_eq!((tables[0].name.as_str(), tables[0].columns[1].name.as_str()), ("my customers", "name"));
    let sample = sample(&csv(&path), 3, &Limits::default()).await.unwrap();
    assert_eq!((sample.batch.num_rows(), sample.batch.num_columns()), (3, 2));
    assert!(read_with(&csv(&path), &Limits::default()).await.is_err());
}

#[tokio::test]
async fn reading_stops_when_cancelled_or_when_nobody_takes_the_rows() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data.csv");
    std::fs::write(&path, format!("a\n{}", "x\n".repeat(200_000))).unwrap();
    let cancel = Arc::new(AtomicBool::new(false));
    let batches = AtomicUsize::new(0);
    let mut cancelling = |_| {
        batches.fetch_add(1, Relaxed);
        cancel.store(true, Relaxed);
        Ok(())
    };
    match read(&csv(&path), &Limits::default(), &mut cancelling, &cancel).await {
        Err(ReadError::Source(error)) => assert_eq!(error.kind, ErrorKind::Cancelled),
        other => panic!("{other:?}"),
    }
    assert!(batches.load(Relaxed) < 10);
    let mut failing = |_| Err("the disk is full".into());
    match read(&csv(&path), &Limits::default(), &mut failing, &Arc::new(AtomicBool::new(false))).await {
        Err(ReadError::Sink(error)) => assert_eq!(error.to_string(), "the disk is full"),
        other => panic!("{other:?}"),
    }
}

//! JSON files: columns from the keys of all objects, numbers digit by digit, and faults named with their place.

use std::{
    fs::File,
    io::Write,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use arrow::buffer::BooleanBuffer;
use connectors::{ConnectorError, ErrorKind, Limits, ReadError, Source, catalogue, file, read, read_rows, sample};
use tempfile::TempDir;

use crate::{
    broken_files::{MEMORY, resident_bytes},
    reading::{Got, read_with, rows, rows_of},
};

fn source(dir: &Path, name: &str, bytes: impl AsRef<[u8]>) -> Source {
    let path = dir.join(name);
    std::fs::write(&path, bytes).unwrap();
    Source::Json { path: path.into(), lines: name.ends_with(".jsonl") }
}

async fn read_as(name: &str, bytes: impl AsRef<[u8]>, limits: &Limits) -> Result<Got, ConnectorError> {
    let dir = tempfile::tempdir().unwrap();
    read_with(&source(dir.path(), name, bytes), limits).await
}

async fn array(bytes: impl AsRef<[u8]>) -> Result<Got, ConnectorError> {
    read_as("data.json", bytes, &Limits::default()).await
}

async fn lines(bytes: impl AsRef<[u8]>) -> Result<Got, ConnectorError> {
    read_as("data.jsonl", bytes, &Limits::default()).await
}

#[tokio::test]
async fn an_array_and_lines_give_the_same_rows() {
    let objects = [r#"{"id": 1, "name": "Ann"}"#, r#"{"name":"Bob","id":2, "vip":true}"#, r#"{"id":null,"name":""}"#];
    let expected = rows(&["1 Ann ∅", "2 Bob true", "∅ '' ∅"]);
    let inside =
        |member: &str| format!(r#"{{"n":[1,[2]],"m":{{"x":[{{}}]}},{member}:[{}],"s":"x"}}"#, objects.join(","));
    for text in [
        format!("[{}]", objects.join(",")),
        format!("\u{feff} [\n {}\n]\r\n", objects.join("\n,\r\n")),
        inside(r#""people""#),
    ] {
        let got = array(&text).await.unwrap();
        assert_eq!((got.columns.join(" "), got.rows), ("id name vip".into(), expected.clone()), "{text}");
    }
    for text in [objects.join("\n"), format!("\u{feff}\n  {}\n\n", objects.join("\r\n \n")), objects.join("\n") + "\n"]
    {
        let got = lines(&text).await.unwrap();
        assert_eq!((got.columns.join(" "), got.rows), ("id name vip".into(), expected.clone()), "{text}");
        assert_eq!(got.summary.notes, Vec::<String>::new());
    }
    let got = array(inside(r#""people""#)).await.unwrap();
    assert_eq!(got.summary.notes, ["the rows are those of `people`"]);
    let got = array(r#"{"a":[],"b":[{"x":1}],"c":[{"y":2},3],"d":[4]}"#).await.unwrap();
    assert_eq!((got.columns, got.rows), (vec!["x".to_owned()], rows(&["1"])));
    assert_eq!(got.summary.notes, ["the rows are those of `b`; not read: `c`"]);
}

#[tokio::test]
async fn values_keep_what_the_file_says() {
    let text = r#"{"n":12345678901234567890.10,"e":1e3,"b":false,"s":"a\u00e9\n\"\ud834\udd1e","a":[1.0, "x" ,{"k" : null}],"o":{}}
{"n":-0.5,"e":-2.50E-7,"b":true,"s":"","a":[],"o":{ }}"#;
    let got = lines(text).await.unwrap();
    let expected = [
        ["12345678901234567890.10", "1e3", "false", "aé\n\"𝄞", r#"[1.0,"x",{"k":null}]"#, "{}"],
        ["-0.5", "-2.50E-7", "true", "", "[]", "{}"],
    ];
    let values: Vec<Vec<&str>> =
        got.rows.iter().map(|row| row.iter().map(|cell| cell.as_deref().unwrap()).collect()).collect();
    assert_eq!(values, expected);
    for (column, numeric) in [("n", true), ("e", true), ("b", false), ("s", false), ("a", false), ("o", false)] {
        assert_eq!(got.numeric(column), Some(numeric), "{column}");
    }
}

#[tokio::test]
async fn a_column_is_numeric_when_every_value_that_is_not_null_is_a_number() {
    let got = lines("{\"a\":1,\"b\":1,\"c\":null,\"d\":\"1\"}\n{\"a\":null,\"b\":\"x\"}\n{\"a\":2.5}").await.unwrap();
    for (column, numeric) in [("a", true), ("b", false), ("c", false), ("d", false)] {
        assert_eq!(got.numeric(column), Some(numeric), "{column}");
    }
    assert_eq!(got.rows, rows(&["1 1 ∅ 1", "∅ x ∅ ∅", "2.5 ∅ ∅ ∅"]));
}

#[tokio::test]
async fn nested_objects_become_paths() {
    let text =
        r#"[{"id":1,"at":{"city":"Graz","geo":{"lat":47.07}}},{"at":"unknown"},{"id":2,"at":{"geo":null},"x.y":1}]"#;
    let got = array(text).await.unwrap();
    assert_eq!(got.columns, ["id", "at.city", "at.geo.lat", "at", "at.geo", "x.y"]);
    assert_eq!(got.rows, rows(&["1 Graz 47.07 ∅ ∅ ∅", "∅ ∅ ∅ unknown ∅ ∅", "2 ∅ ∅ ∅ ∅ 1"]));
    // The ninth level stays text.
    let nested = |depth: usize| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
    let got = lines(nested(10)).await.unwrap();
    assert_eq!(got.columns, ["a.a.a.a.a.a.a.a"]);
    assert_eq!(got.rows, [[Some(nested(2))]]);
}

#[tokio::test]
async fn faults_are_named_with_their_place() {
    for (bytes, expected) in [
        ("", "the file is empty; it needs an array of objects"),
        (" \n", "the file is empty; it needs an array of objects"),
        ("id,name\n1,Ann\n", "line 1: it is neither an array nor an object; is it a JSON file?"),
        ("[{\"a\":1},\n {\"a\":2},\n {\"a\" 3}]", "line 3, in or after record 2: expected `:`"),
        ("[{\"a\":1},\n{\"a\":", "line 2, in or after record 1: the text ends too early; is the file complete?"),
        ("[{\"a\":1} {\"a\":2}]", "line 1: expected `,` or `]`"),
        ("[{\"a\":1},]", "expected value"),
        ("[{\"a\":1}]\n[]", "line 2: there is more after the end of the JSON text"),
        (
            "{\"a\":1}\n{\"a\":2}\n",
            "line 2: there is more after the end of the JSON text; a file with one object per line ends in .jsonl",
        ),
        ("[{\"a\":1},\n7]", "record 2 (line 2) is a number and no object"),
        ("[[1,2]]", "record 1 (line 1) is an array and no object"),
        ("{\"a\":[1,2]}", "it holds no array of objects"),
        ("{\"a\":[{\"x\":1}],\"b\":[1,}", "expected value"),
        ("{\"a\":[{\"x\":1}],b:1}", "expected value"),
        ("{1:[{\"x\":1}]}", "a member begins with its name between quotes"),
        ("[]", "its columns are not known"),
        ("{\"items\":[]}", "its columns are not known"),
        ("[{},{}]", "its columns are not known"),
        (
            "[{\"a\":1,\n\"b\":2},{\"b\":3,\"b\":4}]",
            "record 2 (line 2): it has two values for `b`; leave one of them out",
        ),
        ("[{\"a\":{\"b\":1},\"a\":{\"c\":1}}]", "record 1 (line 1): it has two values for `a`"),
        ("[{\"a\":{\"b\":1,\"b\":null}}]", "two values for `a.b`"),
        ("[{\"a\":\"\\ud800\"}]", "`a` holds half of a character"),
    ] {
        let error = array(bytes).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::BadData);
        assert!(error.message.contains(expected), "{bytes:?}: {error}");
    }
    for (bytes, expected) in [
        (&b"{\"a\":1}\n{\"a\":2,}\n"[..], "line 2, column 8: trailing comma; every line must hold one whole object"),
        (b"{\"a\":1}\n\n{\"a\":\n", "line 3, column 5: the text ends too early"),
        (b"{\"a\":1} {\"a\":2}\n", "line 1, column 9: trailing characters"),
        (
            b"[\n{\"a\":1}\n]\n",
            "line 1 begins with an array instead of an object; every line must hold one whole object",
        ),
        (b"{\"a\":1}\n{\"a\":\"x\xff\"}\n", "line 2 is not valid UTF-8; save it as UTF-8"),
        (b"{\"a\":1}\n{\"a\":1,\"a\":1}", "line 2: it has two values for `a`"),
        (b"\n\n", "its columns are not known"),
    ] {
        let error = lines(bytes).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::BadData);
        assert!(error.message.contains(expected), "{:?}: {error}", String::from_utf8_lossy(bytes));
    }
    let error = array(b"[{\"a\":1},\n{\"a\":2},\n{\"a\":\"x\xfc\"}]").await.unwrap_err();
    assert_eq!(error.to_string(), "data.json: line 3 is not valid UTF-8; save it as UTF-8");
}

#[tokio::test]
async fn utf16_is_read_and_told() {
    let text = "[{\"ort\":\"Zürich\"}]";
    let bytes: Vec<u8> = "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let got = array(bytes).await.unwrap();
    assert_eq!(got.rows, rows(&["Zürich"]));
    assert_eq!(got.summary.notes, ["read as UTF-16LE, by the mark at its start"]);
}

#[tokio::test]
async fn records_across_piece_boundaries_stay_whole() {
    // Pieces are 256 KiB; some record lies across each boundary, some are longer than a piece.
    let value = |i: usize| "ä€𝄞\\n".repeat(i % 70) + &"x".repeat(if i.is_multiple_of(900) { 300_000 } else { 0 });
    let objects: Vec<String> = (0..3000).map(|i| format!("{{\"id\":{i},\"v\":\"{}\"}}", value(i))).collect();
    let expected: Vec<_> = (0..3000).map(|i| vec![Some(i.to_string()), Some(value(i).replace("\\n", "\n"))]).collect();
    assert_eq!(lines(objects.join("\n")).await.unwrap().rows, expected);
    assert_eq!(array(format!("[{}]", objects.join(" ,\n"))).await.unwrap().rows, expected);
    assert_eq!(
        array(format!("{{\"n\":{},\"r\":[{}]}}", "9".repeat(600_000), objects.join(","))).await.unwrap().rows,
        expected
    );
}

#[tokio::test]
async fn hostile_files_end_early() {
    let deep = |open: &str, close: &str, n: usize| format!("[{{\"a\":{}1{}}}]", open.repeat(n), close.repeat(n));
    for text in [deep("[", "]", 100), deep("[", "]", 1_000_000), deep("{\"a\":", "}", 1_000_000)] {
        let error = array(text).await.unwrap_err();
        assert!(error.message.contains("is nested more than 64 levels deep"), "{error}");
    }
    let error = array("[".repeat(1_000_000)).await.unwrap_err();
    assert!(error.message.contains("ends too early"), "{error}");
    let many: Vec<String> = (0..10_001).map(|i| format!("\"k{i}\":0")).collect();
    let error = lines(format!("{{{}}}", many.join(","))).await.unwrap_err();
    assert!(error.message.contains("it has more than 10000 fields"), "{error}");
    let spread: Vec<String> = (0..10_001).map(|i| format!("{{\"k{i}\":0}}")).collect();
    let error = lines(spread.join("\n")).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Limit);
    assert!(error.message.starts_with("line 10001: there are more than 10000 different fields"), "{error}");
    let error = lines(format!("{{\"{}\":1}}", "k".repeat(1001))).await.unwrap_err();
    assert!(error.message.contains("a name in it is longer than 1000 bytes"), "{error}");
}

/// A text that does not end for a long time is refused before much of it is in memory.
#[tokio::test]
async fn a_huge_string_ends_early() {
    let _alone = MEMORY.lock().await;
    let dir = tempfile::tempdir().unwrap();
    for (name, start) in [("data.json", "[{\"a\":\""), ("data.jsonl", "{\"a\":\"")] {
        let source = source(dir.path(), name, start);
        let mut file = File::options().append(true).open(dir.path().join(name)).unwrap();
        for _ in 0..200 {
            file.write_all(&vec![b'x'; 1 << 20]).unwrap();
        }
        let (before, started) = (resident_bytes(), Instant::now());
        let error = read_with(&source, &Limits::default()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Limit);
        assert!(error.message.contains("larger than 16 MB without an end of the record"), "{error}");
        assert!(started.elapsed() < Duration::from_secs(5));
        assert!(resident_bytes().saturating_sub(before) < 64 << 20, "memory grew with the string");
    }
}

#[tokio::test]
async fn limits_of_rows_bytes_fields_and_time() {
    let text = "{\"a\":1}\n{\"a\":\"long\"}\n{\"a\":3}\n";
    for (limits, kind, expected) in [
        (Limits { rows: 2, ..Limits::default() }, ErrorKind::Limit, "it has more than 2 rows"),
        (Limits { bytes: 20, ..Limits::default() }, ErrorKind::Limit, "more than the limit of 20 bytes"),
        (Limits { max_field_bytes: 3, ..Limits::default() }, ErrorKind::Limit, "line 2: `a` is larger than 3 bytes"),
        (Limits { wall: Duration::ZERO, ..Limits::default() }, ErrorKind::TimedOut, "reading took longer than 0 s"),
    ] {
        let error = read_as("data.jsonl", text, &limits).await.unwrap_err();
        assert_eq!(error.kind, kind);
        assert!(error.message.contains(expected), "{error}");
    }
}

fn large(dir: &TempDir) -> Source {
    let text: String = (0..100_000).map(|i| format!("{{\"id\":{i},\"name\":\"n{i}\"}}\n")).collect();
    source(dir.path(), "data.jsonl", text)
}

#[tokio::test]
async fn cancelling_ends_both_readings() {
    let dir = tempfile::tempdir().unwrap();
    let source = large(&dir);
    let cancel = Arc::new(AtomicBool::new(true));
    let before = read(&source, &Limits::default(), &mut |_| panic!("cancelled before the first row"), &cancel).await;
    cancel.store(false, Relaxed);
    let mut cancelling = |_| {
        cancel.store(true, Relaxed);
        Ok(())
    };
    let during = read(&source, &Limits::default(), &mut cancelling, &cancel).await;
    for ended in [before, during] {
        assert!(matches!(&ended, Err(ReadError::Source(error)) if error.kind == ErrorKind::Cancelled), "{ended:?}");
    }
}

#[tokio::test]
async fn some_rows_are_read_once_more() {
    let dir = tempfile::tempdir().unwrap();
    let source = large(&dir);
    let mask = BooleanBuffer::collect_bool(100_000, |row| row % 40_000 == 7);
    let mut got = Vec::new();
    let mut keep = |batch| {
        got.extend(rows_of(&batch));
        Ok(())
    };
    let cancel = Arc::new(AtomicBool::new(false));
    let summary = read_rows(&source, &mask, &Limits::default(), &mut keep, &cancel).await.unwrap();
    assert_eq!(got, rows(&["7 n7", "40007 n40007", "80007 n80007"]));
    let whole = read_with(&source, &Limits::default()).await.unwrap();
    assert_eq!(summary.fingerprint, whole.summary.fingerprint);
    assert!(summary.fingerprint.starts_with("sha256:"));
    assert_eq!(summary.schema, whole.summary.schema);
}

#[tokio::test]
async fn catalogue_and_sample_know_all_columns() {
    let dir = tempfile::tempdir().unwrap();
    let source = source(dir.path(), "people.json", "[{\"id\":1},{\"id\":2,\"late\":\"x\"}]");
    let tables = catalogue(&source, &Limits::default()).await.unwrap();
    let columns: Vec<_> =
        tables[0].columns.iter().map(|c| (c.name.as_str(), c.type_name.as_str(), c.nullable)).collect();
    assert_eq!((tables[0].name.as_str(), columns), ("people", vec![("id", "number", true), ("late", "text", true)]));
    let sample = sample(&source, 1, &Limits::default()).await.unwrap();
    assert_eq!((sample.batch.num_rows(), sample.batch.num_columns()), (1, 2));
}

#[tokio::test]
async fn files_are_taken_by_their_ending() {
    let open = async |name: &str| file::open(name, &Limits::default()).await.unwrap();
    assert!(matches!(open("a.json").await, Source::Json { path, lines: false } if &*path == Path::new("a.json")));
    assert!(matches!(open("a.jsonl").await, Source::Json { lines: true, .. }));
    assert!(matches!(open("a.ndjson").await, Source::Json { lines: true, .. }));
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.tsv");
    // More commas than tabs: a .tsv file is not guessed at.
    std::fs::write(&path, "a,b\tc,d,e\n1\t2,3\n").unwrap();
    let got = read_with(&open(path.to_str().unwrap()).await, &Limits::default()).await.unwrap();
    assert_eq!((got.columns, got.rows), (vec!["a,b".to_owned(), "c,d,e".to_owned()], rows(&["1 2,3"])));
}

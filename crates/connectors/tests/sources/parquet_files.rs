//! Parquet files: typed values as text, and files that are none.

use std::{fs::File, path::Path, sync::Arc};

use arrow::{
    array::{
        ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float32Array, Float64Array, Int64Array,
        ListArray, RecordBatch, StringArray, StringViewArray, TimestampMillisecondArray,
    },
    datatypes::Int32Type,
};
use connectors::{Limits, Source, catalogue};
use parquet::arrow::ArrowWriter;

use crate::reading::{read_with, rows};

fn write(path: &Path, columns: Vec<(&str, ArrayRef)>) {
    let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true)));
    let batch = batch.unwrap();
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

fn typed(path: &Path) {
    write(
        path,
        vec![
            ("number", Arc::new(Int64Array::from(vec![Some(7), None])) as ArrayRef),
            ("real", Arc::new(Float64Array::from(vec![12.0, 1e21]))),
            ("short", Arc::new(Float32Array::from(vec![0.1, 2.5]))),
            ("money", Arc::new(Decimal128Array::from(vec![1250, 7]).with_precision_and_scale(10, 2).unwrap())),
            ("yes", Arc::new(BooleanArray::from(vec![true, false]))),
            ("day", Arc::new(Date32Array::from(vec![19_787, -1]))),
            ("moment", Arc::new(TimestampMillisecondArray::from(vec![1_709_632_800_000, 0]))),
            ("bytes", Arc::new(BinaryArray::from(vec![&b"\x01\xff"[..], b""]))),
            ("text", Arc::new(StringArray::from(vec![Some(" a "), None]))),
            ("view", Arc::new(StringViewArray::from(vec!["0800", ""]))),
        ],
    );
}

#[tokio::test]
async fn every_type_is_written_as_the_other_sources_write_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("typed.parquet");
    typed(&path);
    let source = Source::Parquet { path: path.clone().into() };
    let got = read_with(&source, &Limits::default()).await.unwrap();
    let expected = [
        "7 12 0.1 12.50 true 2024-03-05 2024-03-05T10:00:00 01ff | 0800",
        "∅ 1000000000000000000000 2.5 0.07 false 1969-12-31 1970-01-01T00:00:00 '' ∅ ''",
    ];
    let mut expected = rows(&expected);
    expected[0][8] = Some(" a ".into());
    assert_eq!(got.rows, expected);
    for (column, numeric) in [("number", true), ("real", true), ("money", true), ("yes", false), ("view", false)] {
        assert_eq!(got.numeric(column), Some(numeric), "{column}");
    }
    assert!(got.summary.fingerprint.starts_with("sha256:"));
    let tables = catalogue(&source, &Limits::default()).await.unwrap();
    assert_eq!((tables[0].name.as_str(), tables[0].row_estimate, tables[0].columns.len()), ("typed", Some(2), 10));
}

#[tokio::test]
async fn what_cannot_be_read_is_said_in_words() {
    let dir = tempfile::tempdir().unwrap();
    let read = async |name: &str, limits: Limits| {
        read_with(&Source::Parquet { path: dir.path().join(name).into() }, &limits).await.unwrap_err().to_string()
    };
    std::fs::write(dir.path().join("none.parquet"), "id,name\n1,Ann\n").unwrap();
    assert!(read("none.parquet", Limits::default()).await.contains("no Parquet file"));
    assert!(read("missing.parquet", Limits::default()).await.contains("no such file"));

    let list = ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some(vec![Some(1)]), None]);
    write(&dir.path().join("lists.parquet"), vec![("tags", Arc::new(list))]);
    assert!(
        read("lists.parquet", Limits::default()).await.contains("column `tags` holds values made of several parts")
    );

    typed(&dir.path().join("typed.parquet"));
    let short = Limits { rows: 1, ..Limits::default() };
    assert!(read("typed.parquet", short).await.contains("more than 1 rows"));
    let narrow = Limits { max_field_bytes: 3, ..Limits::default() };
    assert!(read("typed.parquet", narrow).await.contains("a value of column"));
}

#[tokio::test]
async fn an_empty_table_has_its_columns() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("empty.parquet");
    write(&path, vec![("id", Arc::new(StringArray::from(Vec::<&str>::new())))]);
    let got = read_with(&Source::Parquet { path: path.into() }, &Limits::default()).await.unwrap();
    assert_eq!((got.columns.as_slice(), got.rows.len(), got.batches), (["id".to_owned()].as_slice(), 0, 1));
}

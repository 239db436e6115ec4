//! `FILE[#TABLE]` as the command line takes it.

use connectors::{Limits, Source, file};

use crate::sqlite_files::database;

#[tokio::test]
async fn the_table_may_be_left_out_where_there_is_exactly_one() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    database(&dir.path().join("one.db"), "create table only (a); create view v as select a from only").await;
    database(&dir.path().join("two.sqlite"), "create table t (a); create table u (a)").await;
    database(&dir.path().join("none.db"), "create table t (a); drop table t").await;
    let open = async |text: String| match file::open(&text, &Limits::default()).await {
        Ok(Source::Sqlite { table, .. }) => Ok(table),
        Ok(other) => panic!("{other:?}"),
        Err(error) => Err(error.to_string()),
    };
    assert_eq!(open(path("one.db")).await, Ok("only".into()));
    assert_eq!(open(path("one.db") + "#v").await, Ok("v".into()));
    assert_eq!(open(path("two.sqlite") + "#u").await, Ok("u".into()));
    assert_eq!(
        open(path("two.sqlite")).await,
        Err("two.sqlite: it has several tables; name one of them after `#`: `t`, `u`".into())
    );
    assert_eq!(open(path("two.sqlite") + "#w").await, Err("two.sqlite: there is no table `w`; it has `t`, `u`".into()));
    assert_eq!(open(path("none.db")).await, Err("none.db: there is no table in it; is it the right file?".into()));
}

#[tokio::test]
async fn a_csv_file_is_taken_as_it_is() {
    // It is opened when it is read.
    let source = file::open("dir/data.csv", &Limits::default()).await.unwrap();
    assert!(matches!(source, Source::Csv { path, .. } if path.to_str() == Some("dir/data.csv")));
    let error = file::open("data.txt", &Limits::default()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "data.txt: its ending says neither CSV, JSON, Excel, Parquet nor SQLite; \
         name a .csv, .tsv, .json, .jsonl, .xlsx, .parquet, .sqlite or .db file"
    );
}

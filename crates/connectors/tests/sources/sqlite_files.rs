//! SQLite files: values by their own types, tables by their exact names, and nothing ever written.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use connectors::{
    ErrorKind, Limits,
    arrow::array::{AsArray, RecordBatch},
    catalogue, read, sample,
};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{
    broken_files::MEMORY,
    reading::{cancelled, read_with, rows, sqlite},
};

/// Makes a database file with these statements.
pub async fn database(path: &Path, statements: &'static str) {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(statements).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn values_are_rendered_by_their_own_type() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("t.sqlite");
    database(
        &path,
        "create table t (id integer primary key, v);
         insert into t (v) values
           (null), (''), ('text'), (12), (-9223372036854775808), (12.0), (0.1), (1e300), (1.5e-7), (-2.50),
           (x'00ff'), (x''), (9007199254740993), (1e15), ('12.0'), (true), (123456789.123456789)",
    )
    .await;
    let got = read_with(&sqlite(&path, "t"), &Limits::default()).await.unwrap();
    let values: Vec<Option<String>> = got.rows.into_iter().map(|mut row| row.remove(1)).collect();
    let large = format!("1{}", "0".repeat(300));
    let expected = [
        None,
        Some(""),
        Some("text"),
        Some("12"),
        Some("-9223372036854775808"),
        Some("12"),
        Some("0.1"),
        Some(&large),
        Some("0.00000015"),
        Some("-2.5"),
        Some("00ff"),
        Some(""),
        Some("9007199254740993"),
        Some("1000000000000000"),
        Some("12.0"),
        Some("1"),
        Some("123456789.12345679"),
    ];
    assert_eq!(values.iter().map(Option::as_deref).collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn a_column_is_numeric_when_every_value_that_is_not_null_is_a_number() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("t.db");
    database(
        &path,
        "create table t (i integer, r real, mixed, texts text, nulls integer, declared integer, flag boolean, day date);
         insert into t values (1, 1.5, 1, '1', null, 'x', true, '2020-01-01'), (null, 2, 2.5, '2', null, 2, false, null);
         insert into t values (3, null, x'00', '3', null, 3, null, null);",
    )
    .await;
    let got = read_with(&sqlite(&path, "t"), &Limits::default()).await.unwrap();
    for (column, numeric) in [
        ("i", true),
        ("r", true),
        ("mixed", false),
        ("texts", false),
        ("nulls", false),
        ("declared", false),
        ("flag", true),
        ("day", false),
    ] {
        assert_eq!(got.numeric(column), Some(numeric), "{column}");
    }
}

#[tokio::test]
async fn any_name_is_read_and_none_is_executed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("names.db");
    database(
        &path,
        "create table \"a \"\"b\"\"; drop table t; --\" (\"x\"\"y\" text, \"größe ]`'\" text, \"select\" text);
         insert into \"a \"\"b\"\"; drop table t; --\" values ('1', '2', '3');
         create table t (a text);
         create view v as select a as b from t;",
    )
    .await;
    let got = read_with(&sqlite(&path, "a \"b\"; drop table t; --"), &Limits::default()).await.unwrap();
    assert_eq!(got.columns, ["x\"y", "größe ]`'", "select"]);
    assert_eq!(got.rows, rows(&["1 2 3"]));
    let tables = catalogue(&sqlite(&path, ""), &Limits::default()).await.unwrap();
    let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(names, ["a \"b\"; drop table t; --", "t", "v"]);
    let told: Vec<bool> = tables.iter().map(|table| table.tells_nullable).collect();
    assert_eq!(told, [true, true, false], "nobody says what a view requires");
    assert_eq!(read_with(&sqlite(&path, "v"), &Limits::default()).await.unwrap().columns, ["b"]);
}

#[tokio::test]
async fn a_missing_table_is_told_with_those_there_are() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("t.db");
    database(&path, "create table one (a); create table two (a)").await;
    let error = read_with(&sqlite(&path, "three"), &Limits::default()).await.unwrap_err();
    assert_eq!(error.to_string(), "t.db: there is no table `three`; it has `one`, `two`");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_told_so() {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes, expected) in [
        ("text.db", &b"a,b\n1,2\n"[..], "text.db: this is not a SQLite database (or it is encrypted); check the file"),
        ("empty.db", b"", "empty.db: the file is empty; it holds no SQLite database"),
        (
            "short.db",
            b"SQLite format 3\0",
            "short.db: this is not a SQLite database (or it is encrypted); check the file",
        ),
    ] {
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let error = read_with(&sqlite(&path, "t"), &Limits::default()).await.unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
    let missing = read_with(&sqlite(&dir.path().join("no.db"), "t"), &Limits::default()).await.unwrap_err();
    assert_eq!(missing.kind, ErrorKind::Unreachable);
    assert!(!dir.path().join("no.db").exists(), "nothing is created");
    // Damaged inside.
    let path = dir.path().join("damaged.db");
    database(&path, "create table t (a text); insert into t select hex(randomblob(500)) from pragma_function_list")
        .await;
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 5000].fill(0x77);
    std::fs::write(&path, bytes).unwrap();
    let error = read_with(&sqlite(&path, "t"), &Limits::default()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::BadData, "{error}");
}

#[tokio::test]
async fn nothing_is_written_even_by_a_view_that_tries_hard() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("t.db");
    database(&path, "create table t (a); insert into t values (1), (2); create view v as select count(*) n from t")
        .await;
    let before = std::fs::read(&path).unwrap();
    for table in ["t", "v"] {
        read_with(&sqlite(&path, table), &Limits::default()).await.unwrap();
    }
    catalogue(&sqlite(&path, ""), &Limits::default()).await.unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "no journal is left");
}

#[tokio::test]
async fn text_that_is_not_utf8_is_named_with_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("t.db");
    database(&path, "create table t (a, b); insert into t values ('x', 'y'), ('z', cast(x'5afc72' as text))").await;
    let error = read_with(&sqlite(&path, "t"), &Limits::default()).await.unwrap_err();
    assert!(error.to_string().starts_with("t.db: `b` in row 2 is no valid text: "), "{error}");
}

#[tokio::test]
async fn limits_hold_for_wide_values_and_endless_views() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("t.db");
    database(
        &path,
        "create table wide (a, b); insert into wide values (1, zeroblob(20000000));
         create view endless as with recursive n(i) as (select 1 union all select i + 1 from n) select i from n where i < 0;
         create view many as with recursive n(i) as (select 1 union all select i + 1 from n) select i from n;",
    )
    .await;
    let error = read_with(&sqlite(&path, "wide"), &Limits::default()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "t.db: a value in \"b\" is larger than 8388 kB; raise the field limit or leave it out"
    );
    let started = Instant::now();
    let limits = Limits { wall: Duration::from_millis(300), ..Limits::default() };
    let error = read_with(&sqlite(&path, "endless"), &limits).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::TimedOut, "{error}");
    assert!(started.elapsed() < Duration::from_secs(2));
    let limits = Limits { rows: 1000, ..Limits::default() };
    let error = read_with(&sqlite(&path, "many"), &limits).await.unwrap_err();
    assert_eq!((error.kind, error.message.contains("more than 1000 rows")), (ErrorKind::Limit, true));
    assert_eq!(sample(&sqlite(&path, "many"), 5, &limits).await.unwrap().batch.num_rows(), 5);
}

#[tokio::test]
async fn what_a_view_makes_is_bounded_like_what_is_stored() {
    let _alone = MEMORY.lock().await;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("t.db");
    database(
        &path,
        "create table g (a, b text generated always as (printf('%.*c', 9000000, 'x')) virtual);
         insert into g (a) values (1);
         create table n (i integer);
         insert into n values (1), (2), (3), (4), (5), (6), (7), (8), (9), (10);
         create view huge as select printf('%.*c', 999999999, 'x') as v;
         create view large as select printf('%.*c', 9000000, 'x') as v;
         create view wide as select i, printf('%.*c', 8000000, 'a') as a, printf('%.*c', 8000000, 'b') as b,
           printf('%.*c', 8000000, 'c') as c, printf('%.*c', 8000000, 'd') as d, printf('%.*c', 8000000, 'e') as e,
           printf('%.*c', 8000000, 'f') as f, printf('%.*c', 8000000, 'g') as g, printf('%.*c', 8000000, 'h') as h,
           printf('%.*c', 8000000, 'i') as j from n;
         create view fits as select i, printf('%.*c', 2000000, 'x') as v from n",
    )
    .await;
    assert!(std::fs::metadata(&path).unwrap().len() < 50_000);
    let started = Instant::now();
    for (table, expected) in [
        ("huge", "makes more at once than there is memory for"),
        ("large", "a value in \"v\" is larger than 8388 kB"),
        ("g", "a value in \"b\" is larger than 8388 kB"),
        ("wide", "a row of it holds more than"),
    ] {
        let error = read_with(&sqlite(&path, table), &Limits::default()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Limit, "{table}: {error}");
        assert!(error.message.contains(expected), "{table}: {error}");
        assert!(sample(&sqlite(&path, table), 1, &Limits::default()).await.is_err(), "{table}");
    }
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    // What is within the limits is read to its end, one row after the other.
    let (mut rows, mut bytes) = (0, 0);
    let mut count = |batch: RecordBatch| {
        rows += batch.num_rows();
        bytes += batch.column(1).as_string::<i32>().values().len();
        Ok(())
    };
    read(&sqlite(&path, "fits"), &Limits::default(), &mut count, &Arc::default()).await.unwrap();
    assert_eq!((rows, bytes), (10, 20_000_000));
}

#[tokio::test]
async fn cancelling_ends_even_a_statement_that_never_gives_a_row() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("t.db");
    database(
        &path,
        "create view endless as with recursive n(i) as (select 1 union all select i + 1 from n) select i from n where i < 0",
    )
    .await;
    let took = cancelled(&sqlite(&path, "endless")).await;
    assert!(took < Duration::from_secs(1), "{took:?}");
}

#[tokio::test]
async fn a_wal_database_that_cannot_be_opened_says_how_to_copy_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("live.sqlite");
    database(&path, "pragma journal_mode = wal; create table t (id); insert into t values (1)").await;
    assert_eq!(read_with(&sqlite(&path, "t"), &Limits::default()).await.unwrap().rows.len(), 1);
    // What a folder that cannot be written to looks like, also to root.
    for side in ["live.sqlite-shm", "live.sqlite-wal"] {
        let _ = std::fs::remove_file(dir.path().join(side));
    }
    std::fs::create_dir(dir.path().join("live.sqlite-wal")).unwrap();
    let error = read_with(&sqlite(&path, "t"), &Limits::default()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable);
    assert!(error.to_string().contains("copy it with VACUUM INTO"), "{error}");
}

#[tokio::test]
async fn a_long_name_is_cut_in_messages() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("t.sqlite");
    database(&path, "create table t (id)").await;
    let wanted = "n".repeat(3000);
    let error = read_with(&sqlite(&path, &wanted), &Limits::default()).await.unwrap_err();
    assert!(error.to_string().len() < 300, "{error}");
}

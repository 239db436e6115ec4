//! Reading ends: at the limits, at the time limit, when somebody cancels, and when the table is changed meanwhile.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use connectors::{ErrorKind, Limits, ReadError, read};

use super::Server;
use crate::reading::read_with;

/// Statements of the test's user that the server is working on.
const WORKING: &str =
    "select cast(count(*) as char) from information_schema.processlist where user = 'NAME' and command <> 'Sleep'";

/// Waits until the server works on nothing; a thread that was told to end takes a moment.
async fn idle(server: &mut Server) {
    let started = Instant::now();
    while server.ask(WORKING).await != "0" {
        assert!(started.elapsed() < Duration::from_secs(5), "the query goes on at the server");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn rows_and_fields_have_limits() {
    let mut server = Server::start().await;
    server
        .make(
            "create view many as select seq as n, repeat('x', 50) as v from seq_1_to_20000000;
             create table wide (id int, v longtext, b longblob);
             insert into wide values (1, repeat('x', 10000000), null);
             create table heavy (id int, b longblob);
             insert into heavy values (1, repeat('x', 4194304)), (2, repeat('x', 4194305))",
        )
        .await;
    let limits = Limits { rows: 20_000, ..Limits::default() };
    let error = read_with(&server.source("many").await, &limits).await.unwrap_err();
    assert_eq!((error.kind, error.message.contains("more than 20000 rows")), (ErrorKind::Limit, true), "{error}");
    idle(&mut server).await;
    let error = read_with(&server.source("wide").await, &Limits::default()).await.unwrap_err();
    assert!(error.kind == ErrorKind::Limit && error.message.starts_with("`v` in row 1 is larger than"), "{error}");
    // Twice as many digits as bytes: the first row is just within the limit.
    let error = read_with(&server.source("heavy").await, &Limits::default()).await.unwrap_err();
    assert!(error.kind == ErrorKind::Limit && error.message.starts_with("`b` in row 2 is larger than"), "{error}");
    server.end().await;
}

#[tokio::test]
async fn a_value_too_large_for_the_server_is_never_read_as_null() {
    let mut server = Server::start().await;
    server
        .make(
            "create table t (id int, b longblob); insert into t values (1, repeat('x', 9000000));
             create view gone as select id, repeat('x', 20000000) as v from t;
             create view odd as select cast('12 apples' as signed) as n from t",
        )
        .await;
    // In hexadecimal digits it is more than one packet of the server holds.
    let limits = Limits { max_field_bytes: 32 << 20, ..Limits::default() };
    let got = read_with(&server.source("t").await, &limits).await.unwrap();
    assert_eq!(got.rows[0][1].as_ref().map(String::len), Some(18_000_000));
    let error = read_with(&server.source("gone").await, &limits).await.unwrap_err();
    assert!(error.kind == ErrorKind::Limit && error.message.contains("gave NULL instead"), "{error}");
    let got = read_with(&server.source("odd").await, &limits).await.unwrap();
    assert!(got.summary.notes.contains(&"the server warned while it was read (code 1292)".into()), "{:?}", got.summary);
    server.end().await;
}

#[tokio::test]
async fn time_out_and_cancelling_reach_the_server() {
    let mut server = Server::start().await;
    server
        .make(
            "create table one (a int); insert into one values (1); create view slow as select sleep(30) as v from one",
        )
        .await;
    let started = Instant::now();
    let limits = Limits { wall: Duration::from_millis(700), ..Limits::default() };
    let error = read_with(&server.source("slow").await, &limits).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::TimedOut, "{error}");
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    idle(&mut server).await;

    let cancel = Arc::new(AtomicBool::new(false));
    let (stop, source) = (Arc::clone(&cancel), server.source("slow").await);
    let reading = tokio::spawn(async move { read(&source, &Limits::default(), &mut |_| Ok(()), &stop).await });
    while server.ask(&WORKING.replace("command <> 'Sleep'", "info like '%slow%'")).await == "0" {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let started = Instant::now();
    cancel.store(true, Relaxed);
    idle(&mut server).await;
    match reading.await.unwrap() {
        Err(ReadError::Source(error)) => assert_eq!(error.kind, ErrorKind::Cancelled),
        other => panic!("{other:?}"),
    }
    println!("cancelled in {:?}", started.elapsed());
    server.end().await;
}

#[tokio::test]
async fn a_column_that_goes_between_look_and_reading_is_told() {
    let mut server = Server::start().await;
    server.make("create table t (a int, b int); insert into t values (1, 2); lock tables t write").await;
    let source = server.source("t").await;
    let reading = tokio::spawn(async move { read_with(&source, &Limits::default()).await });
    let waiting = "select cast(count(*) as char) from information_schema.processlist where user = 'NAME' and state like 'Waiting for table%'";
    while server.ask(waiting).await == "0" {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    server.make("alter table t drop column b; unlock tables").await;
    let error = reading.await.unwrap().unwrap_err();
    assert_eq!(error.kind, ErrorKind::BadData, "{error}");
    assert!(error.message.starts_with("the table has changed meanwhile"), "{error}");
    server.end().await;
}

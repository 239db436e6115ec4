//! MySQL servers that mean harm or are none: each reading ends within its limit, in words, and no file of ours
//! is sent to them.

pub mod fake;

use std::time::{Duration, Instant};

use connectors::{ConnectorError, ErrorKind, Limits, MysqlTarget, Source, TlsMode, mysql::test_connection};

use self::fake::{Fake, Heard, Trick};
use crate::reading::{accepted_mysql, cancelled, read_with, short};

fn target_at(port: u16) -> MysqlTarget {
    MysqlTarget {
        host: "127.0.0.1".into(),
        port,
        database: "crm".into(),
        user: "reader".into(),
        password: "my secret".into(),
        tls: TlsMode::Off,
        root_certificate: None,
        table: "t".into(),
    }
}

/// Reads from a fake; returns how it ended, after how long, and what the fake was sent.
async fn read_from(trick: Trick) -> (ConnectorError, Duration, Heard) {
    let fake = Fake::start(trick).await;
    let target = target_at(fake.port);
    let guard = Box::new(accepted_mysql(&target).await);
    let started = Instant::now();
    let source = Source::Mysql { target, guard };
    let error = read_with(&source, &short()).await.unwrap_err();
    assert!(!error.to_string().contains("my secret"), "{error}");
    (error, started.elapsed(), fake.heard())
}

#[tokio::test]
async fn a_proof_for_one_target_opens_no_other() {
    let target = target_at(1);
    let guard = accepted_mysql(&target).await;
    let other = MysqlTarget { database: "other".into(), ..target };
    let error = test_connection(&other, &guard, &Limits::default()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Refused);
}

#[tokio::test]
async fn nobody_there_is_told_in_words() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let target = target_at(port);
    let error = test_connection(&target, &accepted_mysql(&target).await, &Limits::default()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "127.0.0.1:{port}/crm: it cannot be reached (connection refused); check host, port and that it is running"
        )
    );
    assert_eq!(error.kind, ErrorKind::Unreachable);
}

#[tokio::test]
async fn a_password_that_needs_encryption_is_not_sent_without_it() {
    let (error, _, heard) = read_from(Trick::WantsFullAuthentication).await;
    assert_eq!(error.kind, ErrorKind::Denied, "{error}");
    assert!(error.message.contains("choose a connection with TLS"), "{error}");
    assert!(!heard.commands.windows(9).any(|bytes| bytes == b"my secret"));
}

#[tokio::test]
async fn a_password_is_never_sent_in_the_clear() {
    let (error, _, heard) = read_from(Trick::WantsClearPassword).await;
    assert!(!heard.commands.windows(9).any(|bytes| bytes == b"my secret"), "{error}");
}

#[tokio::test]
async fn no_file_is_sent_to_a_server_that_asks_for_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("private.txt");
    std::fs::write(&file, "what nobody else may read").unwrap();
    for at_the_select in [false, true] {
        let path = file.to_str().unwrap().to_owned();
        let (error, took, heard) = read_from(Trick::AsksForFile { path, at_the_select }).await;
        assert!(took < Duration::from_secs(4), "{took:?}: {error}");
        // No answer follows the request, only what was on its way: the prepared statement is closed.
        let close: &[u8] = &[5, 0, 0, 0, 0x19, 4, 0, 0, 0];
        assert_eq!(heard.after_request, if at_the_select { close } else { &[] }, "{error}");
    }
}

#[tokio::test]
async fn servers_that_stall_end_at_the_time_limit() {
    for (trick, least) in [(Trick::SaysNothing, 900), (Trick::DripsGreeting, 900), (Trick::StallsInRow, 1900)] {
        let name = format!("{trick:?}");
        let (error, took, _) = read_from(trick).await;
        assert_eq!(error.kind, ErrorKind::TimedOut, "{name}: {error}");
        assert!(took > Duration::from_millis(least) && took < Duration::from_millis(least + 2200), "{name}: {took:?}");
    }
}

#[tokio::test]
async fn servers_without_end_are_cut_off() {
    let (error, took, _) = read_from(Trick::EndlessRows).await;
    assert_eq!(error.kind, ErrorKind::Limit, "{error}");
    assert!(error.message.contains("more than 100000 rows") && took < Duration::from_secs(4), "{error} {took:?}");
    let (error, took, _) = read_from(Trick::HugeField).await;
    assert_eq!(error.kind, ErrorKind::Limit, "{error}");
    assert!(
        error.message.contains("without a row being complete") && took < Duration::from_secs(4),
        "{error} {took:?}"
    );
}

#[tokio::test]
async fn bytes_that_mean_nothing_are_told_and_nothing_breaks() {
    for trick in [Trick::TalksHttp, Trick::BrokenRow, Trick::EmptyPackets, Trick::Hangs] {
        let name = format!("{trick:?}");
        let (error, took, _) = read_from(trick).await;
        assert!(took < Duration::from_secs(4), "{name}: {took:?}");
        assert!(!error.message.is_empty(), "{name}");
    }
}

#[tokio::test]
async fn an_error_that_repeats_a_value_is_told_by_its_number() {
    let (error, _, _) = read_from(Trick::RepeatsValue).await;
    let words = "the server reports error 1292; read the table there to see its own words";
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::BadData, words));
}

#[tokio::test]
async fn cancelling_does_not_wait_for_the_server() {
    let fake = Fake::start(Trick::StallsInRow).await;
    let target = target_at(fake.port);
    let guard = Box::new(accepted_mysql(&target).await);
    let took = cancelled(&Source::Mysql { target, guard }).await;
    assert!(took < Duration::from_millis(1800), "{took:?}");
}

//! PostgreSQL servers that mean harm or are none: each reading ends within its limit, in words, whether it is encrypted
//! or not, and no password is sent in the clear.

mod fake;

use std::time::{Duration, Instant};

use connectors::{ConnectorError, ErrorKind, Limits, PostgresTarget, RootCertificate, Source, TlsMode, catalogue};

use self::fake::{Fake, Trick};
use crate::{
    certified::certified,
    reading::{accepted, cancelled, read_with, rows, short},
};

const UNREADABLE: &str = "what it sends cannot be read as PostgreSQL's protocol; check host and port";

async fn source(fake: &Fake, tls: TlsMode, trusted: Option<&RootCertificate>) -> Source {
    let target = PostgresTarget {
        host: "127.0.0.1".into(),
        port: fake.port,
        database: "crm".into(),
        user: "reader".into(),
        password: "my secret".into(),
        tls,
        root_certificate: trusted.cloned(),
        schema: "public".into(),
        table: "t".into(),
    };
    let guard = Box::new(accepted(&target).await);
    Source::Postgres { target, guard }
}

/// A fake, encrypted or not, and a source that leads to it.
async fn playing(trick: Trick, encrypted: bool) -> (Fake, Source) {
    let tls = encrypted.then(|| certified("anything.test.invalid").0);
    let fake = Fake::start(trick, tls).await;
    let source = source(&fake, if encrypted { TlsMode::Require } else { TlsMode::Off }, None).await;
    (fake, source)
}

/// Reads from a fake; returns how it ended, after how long, and what the fake was sent.
async fn read_from(trick: Trick, encrypted: bool, limits: &Limits) -> (ConnectorError, Duration, Vec<u8>) {
    let (fake, source) = playing(trick, encrypted).await;
    let started = Instant::now();
    let error = read_with(&source, limits).await.unwrap_err();
    assert!(!error.to_string().contains("my secret"), "{error}");
    (error, started.elapsed(), fake.heard())
}

fn holds_the_password(heard: &[u8]) -> bool {
    heard.windows(9).any(|bytes| bytes == b"my secret")
}

#[tokio::test]
async fn a_server_without_tricks_is_read_in_every_mode() {
    let (named, trusting_named) = certified("127.0.0.1");
    let (other, trusting_other) = certified("db.test.invalid");
    let (no_tls, named, other) = (None, Some(named), Some(other));
    let [trusting_named, trusting_other] = [&trusting_named, &trusting_other].map(Some);
    for (tls, shown, trusted) in [
        (TlsMode::Off, &no_tls, None),
        (TlsMode::Require, &other, None),
        (TlsMode::VerifyCa, &other, trusting_other),
        (TlsMode::VerifyName, &named, trusting_named),
    ] {
        let fake = Fake::start(Trick::None, shown.clone()).await;
        let got = read_with(&source(&fake, tls, trusted).await, &Limits::default()).await.unwrap();
        assert_eq!((got.columns, got.rows), (vec!["v".to_owned()], rows(&["one"])), "{tls:?}");
        assert!(!holds_the_password(&fake.heard()), "nobody asked for it");
    }
    for (tls, shown, trusted, words) in [
        (TlsMode::VerifyCa, &other, trusting_named, "no trusted encrypted connection ("),
        (TlsMode::VerifyCa, &other, None, "no trusted "),
        (TlsMode::VerifyName, &other, trusting_other, "not valid for name"),
        (TlsMode::VerifyName, &named, None, "no trusted "),
    ] {
        let fake = Fake::start(Trick::None, shown.clone()).await;
        let error = read_with(&source(&fake, tls, trusted).await, &short()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Denied, "{tls:?}: {error}");
        assert!(error.message.contains(words), "{tls:?}: {error}");
        assert_eq!(fake.heard(), b"", "{tls:?}: nothing is said to a server that is not trusted");
    }
}

#[tokio::test]
async fn a_password_is_sent_in_the_clear_only_where_it_is_encrypted() {
    let (error, _, heard) = read_from(Trick::WantsClearPassword, false, &short()).await;
    assert_eq!(error.kind, ErrorKind::Denied, "{error}");
    assert!(error.message.contains("choose a connection with TLS"), "{error}");
    assert!(!holds_the_password(&heard));
    let (error, _, heard) = read_from(Trick::WantsClearPassword, true, &short()).await;
    assert_eq!(error.kind, ErrorKind::Denied, "{error}");
    assert!(error.message.contains("does not accept user and password (no: …)"), "{error}");
    assert!(holds_the_password(&heard));
}

#[tokio::test]
async fn lengths_that_are_made_up_are_told_and_nothing_breaks() {
    // What ends at once does so long before these.
    let patient = Limits { wall: Duration::from_secs(60), connect: Duration::from_secs(30), ..short() };
    for encrypted in [false, true] {
        for trick in [
            Trick::TalksHttp,
            Trick::EmptyGreeting,
            Trick::HugeGreeting,
            Trick::EmptyRow,
            Trick::BrokenRow,
            Trick::NothingReady,
        ] {
            let (error, took, _) = read_from(trick, encrypted, &patient).await;
            assert_eq!((error.kind, error.message.as_str()), (ErrorKind::BadData, UNREADABLE), "{trick:?} {encrypted}");
            assert!(took < Duration::from_secs(20), "{trick:?} {encrypted}: {took:?}");
        }
        let (error, took, _) = read_from(Trick::HugeRow, encrypted, &patient).await;
        let words = "it sent more than 67 MB without a row being complete; leave out wide columns";
        assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Limit, words), "{encrypted}");
        assert!(took < Duration::from_secs(20), "{encrypted}: {took:?}");
        let (error, _, _) = read_from(Trick::Hangs, encrypted, &short()).await;
        assert_eq!(error.kind, ErrorKind::Unreachable, "{encrypted}: {error}");
    }
}

#[tokio::test]
async fn servers_without_end_are_cut_off() {
    // Long before the time is up, however busy this machine is.
    let limits = Limits { wall: Duration::from_secs(60), ..short() };
    for encrypted in [false, true] {
        for (trick, kind, words) in [
            (Trick::EndlessRows, ErrorKind::Limit, "more than 100000 rows"),
            (Trick::EndlessNotices, ErrorKind::Limit, "without a row being complete"),
            (Trick::EndlessSettings, ErrorKind::BadData, UNREADABLE),
        ] {
            let (error, took, _) = read_from(trick, encrypted, &limits).await;
            assert_eq!(error.kind, kind, "{trick:?} {encrypted}: {error}");
            assert!(error.message.contains(words), "{trick:?} {encrypted}: {error}");
            assert!(took < Duration::from_secs(30), "{trick:?} {encrypted}: {took:?}");
        }
    }
}

#[tokio::test]
async fn servers_that_stall_end_at_the_time_limit() {
    let wall = short().wall;
    let in_time = |took: Duration| took + Duration::from_millis(100) > wall && took < wall + Duration::from_secs(2);
    for encrypted in [false, true] {
        for trick in [Trick::StallsInRow, Trick::StallsInCatalogue] {
            let (error, took, _) = read_from(trick, encrypted, &short()).await;
            assert_eq!(error.kind, ErrorKind::TimedOut, "{trick:?} {encrypted}: {error}");
            assert!(in_time(took), "{trick:?} {encrypted}: {took:?}");
        }
    }
    let (_fake, source) = playing(Trick::StallsInCatalogue, false).await;
    let started = Instant::now();
    let error = catalogue(&source, &short()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::TimedOut, "{error}");
    assert!(in_time(started.elapsed()), "{:?}", started.elapsed());
}

#[tokio::test]
async fn cancelling_does_not_wait_for_the_server() {
    for trick in [Trick::StallsInRow, Trick::StallsInCatalogue] {
        let (_fake, source) = playing(trick, false).await;
        let took = cancelled(&source).await;
        assert!(took < Duration::from_millis(1800), "{trick:?}: {took:?}");
    }
}

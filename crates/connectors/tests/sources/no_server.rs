//! Servers that do not answer, or are none, and proofs of the guard for something else.

use std::time::{Duration, Instant};

use connectors::{ErrorKind, Limits, PostgresTarget, TlsMode, postgres::test_connection};

use crate::reading::accepted;

#[tokio::test]
async fn a_proof_for_one_target_opens_no_other() {
    let target = target_at(1);
    let guard = accepted(&target).await;
    let other = PostgresTarget { database: "other".into(), ..target };
    let error = test_connection(&other, &guard, &Limits::default()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Refused);
}

fn target_at(port: u16) -> PostgresTarget {
    PostgresTarget {
        host: "127.0.0.1".into(),
        port,
        database: "crm".into(),
        user: "reader".into(),
        password: "secret".into(),
        tls: TlsMode::Off,
        root_certificate: None,
        schema: "public".into(),
        table: "t".into(),
    }
}

#[tokio::test]
async fn servers_that_are_none_are_told_in_words() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = listener.local_addr().unwrap().port();
    drop(listener);
    let target = target_at(closed);
    let error = test_connection(&target, &accepted(&target).await, &Limits::default()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable, "{error}");
    assert_eq!(
        error.to_string(),
        format!(
            "127.0.0.1:{closed}/crm: it cannot be reached (connection refused); check host, port and that it is running"
        )
    );

    // Takes the connection and says nothing.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    for tls in [TlsMode::Off, TlsMode::VerifyName] {
        let target = PostgresTarget { tls, ..target_at(silent.local_addr().unwrap().port()) };
        let limits = Limits { connect: Duration::from_millis(300), ..Limits::default() };
        let started = Instant::now();
        let error = test_connection(&target, &accepted(&target).await, &limits).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::TimedOut, "{error}");
        assert!(error.message.starts_with("no answer within 0.3 s"), "{error}");
        assert!(started.elapsed() < Duration::from_secs(2));
    }

    // Talks something else.
    let web = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = web.local_addr().unwrap().port();
    tokio::spawn(async move {
        use tokio::io::AsyncWriteExt;
        while let Ok((mut stream, _)) = web.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    for tls in [TlsMode::Off, TlsMode::VerifyName] {
        let target = PostgresTarget { tls, ..target_at(port) };
        let limits = Limits { connect: Duration::from_secs(1), ..Limits::default() };
        let error = test_connection(&target, &accepted(&target).await, &limits).await.unwrap_err();
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

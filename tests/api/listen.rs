//! The listener at the ends of real sockets: clients that take up places and give nothing for them.

use axum::{Router, body::Body, routing::get};
use plumbline::{config::Config, http::listen};
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

/// Larger than what both ends of a connection hold on the way.
const LARGE: usize = 64 << 20;

/// A listener with these options, as long as the test runs.
async fn served(options: &str) -> SocketAddr {
    let config = Config::layered(options, []).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new()
        .route("/", get(|| async { "small" }))
        .route("/large", get(|| async { Body::from(vec![b'x'; LARGE]) }));
    tokio::spawn(async move { listen::serve(listener, router, &config, CancellationToken::new()).await });
    address
}

/// Asks for a page and reads nothing yet.
async fn ask(address: SocketAddr, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // Where the other end has closed already, reading says so.
    let _ = stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").as_bytes()).await;
    stream
}

/// Whether an answer begins within ten seconds, and not the end of the connection.
async fn answered(stream: &mut TcpStream) -> bool {
    let mut begin = [0; 12];
    let read = timeout(Duration::from_secs(10), stream.read_exact(&mut begin)).await;
    matches!(read, Ok(Ok(_))) && begin == *b"HTTP/1.1 200"
}

#[tokio::test]
async fn an_address_has_so_many_connections_and_no_more() {
    let address = served("[limits]\nconnections_per_address = 2").await;
    let (mut one, mut two) = (ask(address, "/").await, ask(address, "/").await);
    assert!(answered(&mut one).await && answered(&mut two).await);
    assert!(!answered(&mut ask(address, "/").await).await);
    drop(one);
    for _ in 0..100 {
        if answered(&mut ask(address, "/").await).await {
            return;
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("the place of a connection that ended did not come back");
}

#[tokio::test]
async fn the_connections_of_a_proxy_are_not_counted() {
    let address = served("trusted_proxies = [\"127.0.0.1\"]\n[limits]\nconnections_per_address = 1").await;
    let mut open = Vec::new();
    for _ in 0..3 {
        let mut stream = ask(address, "/").await;
        assert!(answered(&mut stream).await);
        open.push(stream);
    }
}

#[tokio::test]
async fn an_answer_that_nobody_takes_gives_its_place_back() {
    let address = served("[limits]\nconnections = 1\nwrite_seconds = 1").await;
    let _unread = ask(address, "/large").await;
    assert!(answered(&mut ask(address, "/").await).await, "the only place is taken for good");
}

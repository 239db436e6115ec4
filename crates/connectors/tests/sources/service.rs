//! An HTTP service of a test's own: it remembers what it was asked, and answers well or badly, byte by byte.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use connectors::{
    RestService, RestTarget, Source,
    guard::{AllowList, Declared, Environment, KnownProduction, Refusal, check_connection},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader},
    net::TcpListener,
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

/// One request as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    /// Path and query.
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What is sent back.
#[derive(Clone)]
pub enum Reply {
    /// A well-formed answer.
    Answer { status: u16, headers: Vec<(String, String)>, body: Vec<u8> },
    /// Bytes as they are; then the connection is closed.
    Raw(Vec<Piece>),
}

#[derive(Clone)]
pub enum Piece {
    Bytes(Vec<u8>),
    /// The same bytes so many times.
    Repeat(Vec<u8>, usize),
    Wait(Duration),
}

impl Reply {
    pub fn json(body: impl Into<String>) -> Self {
        Self::status(200).header("Content-Type", "application/json").body(body.into())
    }

    pub fn status(status: u16) -> Self {
        Self::Answer { status, headers: Vec::new(), body: Vec::new() }
    }

    pub fn redirect(to: &str) -> Self {
        Self::status(302).header("Location", to)
    }

    pub fn header(self, name: &str, value: &str) -> Self {
        match self {
            Self::Answer { status, mut headers, body } => {
                headers.push((name.into(), value.into()));
                Self::Answer { status, headers, body }
            }
            raw => raw,
        }
    }

    pub fn body(self, body: impl Into<Vec<u8>>) -> Self {
        match self {
            Self::Answer { status, headers, .. } => Self::Answer { status, headers, body: body.into() },
            raw => raw,
        }
    }

    /// The head of a JSON answer that goes on with other pieces.
    pub fn raw(head: &str, pieces: impl IntoIterator<Item = Piece>) -> Self {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{head}\r\n");
        Self::Raw(std::iter::once(Piece::Bytes(head.into())).chain(pieces).collect())
    }
}

/// A running service; it ends with the test.
pub struct Service {
    pub port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
    connections: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Drop for Service {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Service {
    /// Answers each request; `number` counts them from 0.
    pub async fn start(answer: impl Fn(&Asked, usize) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_with(answer, None).await
    }

    /// The same behind TLS.
    pub async fn start_with(
        answer: impl Fn(&Asked, usize) -> Reply + Send + Sync + 'static,
        tls: Option<TlsAcceptor>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (asked, connections) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicUsize::new(0)));
        let answer: Arc<Answer> = Arc::new(answer);
        let (list, count) = (Arc::clone(&asked), Arc::clone(&connections));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, SeqCst);
                stream.set_nodelay(true).unwrap();
                let (answer, list, tls) = (Arc::clone(&answer), Arc::clone(&list), tls.clone());
                // A client may leave at any time, and some of these tests want it to.
                tokio::spawn(async move {
                    match tls {
                        None => talk(stream, &*answer, &list).await,
                        Some(tls) => talk(tls.accept(stream).await?, &*answer, &list).await,
                    }
                });
            }
        });
        Self { port, asked, connections, task }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// Path and query of each request.
    pub fn paths(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.path).collect()
    }

    pub fn connections(&self) -> usize {
        self.connections.load(SeqCst)
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The list of customers.
    pub fn customers(&self) -> RestService {
        service(&self.url(), "/customers")
    }

    /// A source of it, which the guard accepts.
    pub async fn source(&self, change: impl FnOnce(&mut RestService)) -> Source {
        let mut service = self.customers();
        change(&mut service);
        source(service, &["127.0.0.1"]).await.unwrap()
    }
}

type Answer = dyn Fn(&Asked, usize) -> Reply + Send + Sync;

/// What every test's service is asked with.
pub const SECRET: &str = "canary-5ecret/+=";

pub fn service(base_url: &str, path: &str) -> RestService {
    RestService {
        base_url: base_url.into(),
        path: path.into(),
        query: Vec::new(),
        records: "$".into(),
        auth: connectors::rest::RestAuth::None,
        paging: connectors::rest::Paging::None,
        answer_seconds: 2,
        root_certificate: None,
    }
}

pub fn declared(service: &RestService) -> Declared {
    Declared {
        name: "test service".into(),
        environment: Environment::Test,
        target: service.guard_target().unwrap(),
        known: KnownProduction::default(),
    }
}

pub async fn source(service: RestService, allow: &[&str]) -> Result<Source, Refusal> {
    let guard = check_connection(&declared(&service), &AllowList::parse(allow).unwrap()).await?;
    Ok(Source::Rest { target: Box::new(RestTarget { service, secret: SECRET.into() }), guard: Box::new(guard) })
}

async fn talk(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    answer: &Answer,
    list: &Mutex<Vec<Asked>>,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let Some(asked) = receive(&mut stream).await? else {
            return Ok(());
        };
        let number = {
            let mut list = list.lock().unwrap();
            list.push(asked.clone());
            list.len() - 1
        };
        match answer(&asked, number) {
            Reply::Answer { status, headers, body } => {
                let mut head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n", body.len());
                headers.iter().for_each(|(name, value)| head += &format!("{name}: {value}\r\n"));
                stream.write_all(format!("{head}\r\n").as_bytes()).await?;
                stream.write_all(&body).await?;
                stream.flush().await?;
            }
            Reply::Raw(pieces) => {
                for piece in pieces {
                    match piece {
                        Piece::Bytes(bytes) => stream.write_all(&bytes).await?,
                        Piece::Repeat(bytes, times) => {
                            for _ in 0..times {
                                stream.write_all(&bytes).await?;
                            }
                        }
                        Piece::Wait(time) => tokio::time::sleep(time).await,
                    }
                    stream.flush().await?;
                }
                return stream.shutdown().await;
            }
        }
    }
}

/// `None` when nothing more comes.
async fn receive(stream: &mut (impl AsyncBufReadExt + Unpin)) -> std::io::Result<Option<Asked>> {
    let mut line = String::new();
    if stream.read_line(&mut line).await? == 0 {
        return Ok(None);
    }
    let mut words = line.split(' ').map(str::to_owned);
    let (method, path) = (words.next().unwrap(), words.next().unwrap());
    let mut headers = Vec::new();
    loop {
        line.clear();
        stream.read_line(&mut line).await?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length").map_or(0, |(_, n)| n.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok(Some(Asked { method, path, headers, body: String::from_utf8(body).unwrap() }))
}

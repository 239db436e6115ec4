//! Test systems with a certificate of their own authority, and rare options of services: given as people give them in
//! the browser, and seen to arrive.

use super::world::{World, fields};
use rcgen::{CertificateParams, CertifiedKey, KeyPair, date_time_ymd, generate_simple_self_signed};
use std::{
    net::{IpAddr, Ipv4Addr, UdpSocket},
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};
use workbench::{DatabaseForm, Error, ServiceForm};

/// What speaks TLS at this machine's address, and its certificate.
fn certified() -> (TlsAcceptor, String) {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), cert.pem())
}

/// A service that remembers what it was asked.
pub struct Service {
    pub port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Service {
    pub async fn start(tls: Option<TlsAcceptor>) -> Self {
        Self::start_at(Ipv4Addr::LOCALHOST.into(), tls).await
    }

    async fn start_at(address: IpAddr, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind((address, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let list = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (tls, list) = (tls.clone(), Arc::clone(&list));
                // Who does not trust it leaves.
                tokio::spawn(async move {
                    match tls {
                        None => answer(stream, &list).await,
                        Some(tls) => answer(tls.accept(stream).await?, &list).await,
                    }
                });
            }
        });
        Self { port, asked }
    }

    fn asked(&self, of: &str) -> String {
        self.asked.lock().unwrap().iter().find(|asked| asked.contains(of)).cloned().unwrap()
    }
}

async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin, list: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let (mut asked, mut piece) = (String::new(), [0; 4096]);
    while !is_whole(&asked) {
        let bytes = stream.read(&mut piece).await?;
        if bytes == 0 {
            return Ok(());
        }
        asked.push_str(&String::from_utf8_lossy(&piece[..bytes]));
    }
    let body = match asked.split(' ').nth(1).unwrap_or_default() {
        "/token" => "{\"access_token\":\"of-the-test\",\"token_type\":\"bearer\"}",
        path if path.contains("page=1") => "[]",
        _ => "[{\"no\":\"1001\"}]",
    };
    list.lock().unwrap().push(asked);
    let length = body.len();
    let head =
        format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close");
    stream.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).await?;
    stream.shutdown().await
}

/// Whether the head of a request and the body it announces are there.
fn is_whole(asked: &str) -> bool {
    let Some((head, body)) = asked.split_once("\r\n\r\n") else { return false };
    let head = head.to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    length.is_none_or(|length| body.len() >= length.trim().parse::<usize>().unwrap())
}

async fn world() -> World {
    World::with(|settings| settings.allowed_targets = vec!["127.0.0.1".into()]).await
}

/// The form of a service without credentials.
pub fn form<'a>(url: &'a str, certificate: &'a str) -> ServiceForm<'a> {
    let (auth, paging) = ("none", "none");
    ServiceForm { name: "Club", environment: "test", url, auth, paging, certificate, ..ServiceForm::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_service_is_trusted_by_the_certificate_that_was_given() {
    let world = world().await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    let (acceptor, own) = certified();
    let (_, others) = certified();
    let service = Service::start(Some(acceptor)).await;
    let url = format!("https://127.0.0.1:{}/members", service.port);
    for wrong in ["", others.as_str()] {
        let error = w.connect_service(owner, plan, form(&url, wrong)).await.unwrap_err();
        assert!(matches!(&error, Error::Unavailable(words) if words.contains("no trusted")), "{error}");
    }
    let id = w.connect_service(owner, plan, form(&url, &own)).await.unwrap();
    assert_eq!(w.tables(owner, plan, id).await.unwrap()[0].name, "members");
    let shown = async || w.connections_page(owner, plan).await.unwrap().connections[0].certificate.clone();
    assert_eq!(shown().await.trim(), own.trim());

    // Another one is tried before it is kept.
    let change = async |text: &str| w.change_certificate(owner, plan, &id.to_string(), text).await;
    for wrong in ["", others.as_str()] {
        let error = change(wrong).await.unwrap_err();
        assert!(matches!(&error, Error::Unavailable(words) if words.contains("no trusted")), "{error}");
    }
    assert_eq!(fields(&change("no certificate").await.unwrap_err()), ["certificate"]);
    assert_eq!(shown().await.trim(), own.trim());
    change(&format!("{own}{others}")).await.unwrap();
    assert_eq!(shown().await.matches("BEGIN CERTIFICATE").count(), 2);
    w.tables(owner, plan, id).await.unwrap();

    let file = world.upload("crm", None, "id\n1\n").await.to_string();
    let error = w.change_certificate(owner, plan, &file, &own).await.unwrap_err();
    assert!(matches!(error, Error::Conflict(_)), "{error}");
    let hidden = w.change_certificate(&world.stranger().await, plan, &id.to_string(), &own).await.unwrap_err();
    assert!(matches!(hidden, Error::NotFound("plan")), "{hidden}");
}

#[tokio::test]
async fn a_certificate_that_is_none_is_refused_beside_its_field_and_not_kept() {
    let world = world().await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    let (_, good) = certified();
    let key = KeyPair::generate().unwrap();
    let mut old = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    old.not_after = date_time_ymd(2020, 1, 1);
    let expired = old.self_signed(&key).unwrap().pem();
    let key = key.serialize_pem();
    let (https, http) = ("https://127.0.0.1:1/members", "http://127.0.0.1:1/members");
    for (url, text, words) in [
        (https, key.clone(), "private key"),
        (https, format!("{good}\n{key}"), "private key"),
        (https, "some words".to_owned(), "is not PEM"),
        (https, "x".repeat(70_000), "larger than 64 kB"),
        (https, expired, "was good until 2020-01-01"),
        (http, good.clone(), "would not be looked at"),
    ] {
        let error = w.connect_service(owner, plan, form(url, &text)).await.unwrap_err();
        assert_eq!(fields(&error), ["certificate"], "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
    for tls in ["off", "require"] {
        let error = w.connect_database(owner, plan, database("postgres", "1", tls, &good)).await.unwrap_err();
        assert_eq!(fields(&error), ["certificate"], "{tls}: {error}");
    }
    assert!(w.connections(owner, plan).await.unwrap().is_empty());
    let secret = key.lines().nth(1).unwrap().as_bytes();
    for (path, bytes) in world.bytes() {
        assert!(!bytes.windows(secret.len()).any(|part| part == secret), "the private key is in {path}");
    }
}

fn database<'a>(kind: &'a str, port: &'a str, tls: &'a str, certificate: &'a str) -> DatabaseForm<'a> {
    DatabaseForm {
        kind,
        name: "Club",
        instance: "",
        environment: "test",
        host: "127.0.0.1",
        port,
        database: "club",
        user: "reader",
        password: "secret of the reader",
        tls,
        certificate,
    }
}

/// A database server that encrypts, and then denies everybody: whoever gets as far as that has trusted it.
async fn denying(kind: &'static str, acceptor: TlsAcceptor) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move { deny(kind, stream, &acceptor).await });
        }
    });
    port
}

async fn deny(kind: &str, mut stream: TcpStream, acceptor: &TlsAcceptor) -> std::io::Result<()> {
    // A greeting, the length of the request for encryption with what answers it, and the denial.
    let (greeting, length, yes, denial) = if kind == "postgres" {
        (Vec::new(), 8, &b"S"[..], b"E\0\0\0\x22SFATAL\0VFATAL\0C28P01\0Mnobody\0\0".to_vec())
    } else {
        let mut greeting = b"\x0a5.5.5-10.11.0-MariaDB\0\x07\0\0\0abcdefgh\0".to_vec();
        // Protocol 41 with encryption, plugins and secure passwords; the length of what is to be signed.
        greeting.extend(b"\x0b\xaa\x2d\x02\0\x08\0\x15\0\0\0\0\0\0\0\0\0\0");
        greeting.extend(b"ijklmnopqrst\0mysql_native_password\0");
        (packet(0, &greeting), 36, &b""[..], packet(3, b"\xff\x15\x04#28000nobody"))
    };
    stream.write_all(&greeting).await?;
    let mut request = vec![0; length];
    stream.read_exact(&mut request).await?;
    stream.write_all(yes).await?;
    let mut stream = acceptor.accept(stream).await?;
    let mut hello = [0; 1024];
    let _length = stream.read(&mut hello).await?;
    stream.write_all(&denial).await?;
    stream.shutdown().await
}

fn packet(sequence: u8, payload: &[u8]) -> Vec<u8> {
    let mut packet = u32::try_from(payload.len()).unwrap().to_le_bytes().to_vec();
    packet[3] = sequence;
    packet.extend(payload);
    packet
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_database_is_trusted_by_the_certificate_that_was_given() {
    let world = world().await;
    for kind in ["postgres", "mysql"] {
        let (acceptor, own) = certified();
        let port = denying(kind, acceptor).await;
        for (certificate, words) in [("", "no trusted"), (own.as_str(), "does not accept user and password")] {
            let form = database(kind, &port, "verify_name", certificate);
            let error = world.workbench.connect_database(&world.owner, &world.plan, form).await.unwrap_err();
            assert!(matches!(&error, Error::Unavailable(said) if said.contains(words)), "{kind}: {error}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn scope_credentials_and_the_first_page_arrive_at_the_service() {
    let world = world().await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    let service = Service::start(None).await;
    let (url, token_url) =
        (format!("http://127.0.0.1:{}/members", service.port), format!("http://127.0.0.1:{}/token", service.port));
    let form = ServiceForm {
        auth: "client_credentials",
        identity: "club-reader",
        secret: "secret of the reader",
        token_url: &token_url,
        scope: "members:read",
        credentials: "body",
        paging: "page",
        page_parameter: "page",
        first_page: "0",
        ..form(&url, "")
    };
    w.connect_service(owner, plan, form).await.unwrap();
    let token = service.asked("POST /token");
    assert!(token.contains("scope=members%3Aread") && token.contains("client_id=club-reader"), "{token}");
    assert!(!token.to_ascii_lowercase().contains("authorization:"), "{token}");
    assert!(service.asked("GET /members").starts_with("GET /members?page=0 "));

    for (name, wrong) in [
        ("credentials", ServiceForm { credentials: "both", ..form }),
        ("first_page", ServiceForm { first_page: "-1", ..form }),
        ("scope", ServiceForm { scope: "members\u{7}", ..form }),
    ] {
        assert_eq!(fields(&w.connect_service(owner, plan, wrong).await.unwrap_err()), [name]);
    }
}

/// An address of this machine that is not loopback, where it has one. Nothing is sent.
fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    let address = socket.local_addr().ok()?.ip();
    Some(address).filter(|address| !address.is_loopback() && !address.is_unspecified())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_way_without_encryption_is_warned_of_and_written_down() {
    let address = own_address();
    let allowed = [Some("127.0.0.1".to_owned()), address.map(|address| format!("http://{address}"))];
    let world = World::with(|settings| settings.allowed_targets = allowed.into_iter().flatten().collect()).await;
    let (w, owner, plan) = (&world.workbench, &world.owner, world.plan.as_str());
    let here = Service::start(None).await;
    let url = format!("http://127.0.0.1:{}/members", here.port);
    w.connect_service(owner, plan, form(&url, "")).await.unwrap();
    let page = w.connections_page(owner, plan).await.unwrap();
    assert_eq!(page.connections[0].encryption.as_deref(), Some("not encrypted"));
    assert!(page.connections[0].connection.warnings.is_empty(), "nobody is between a machine and itself");
    let done = w.overview(owner, plan).await.unwrap().activity;
    let added = done.iter().find(|row| row.verb == "added a connection").unwrap();
    assert!(added.detail.contains("not encrypted") && added.detail.contains("Club"), "{}", added.detail);

    let Some(address) = address else {
        println!("skipped: this machine has no address but loopback");
        return;
    };
    let away = Service::start_at(address, None).await;
    let url = format!("http://{address}:{}/members", away.port);
    let id = w.connect_service(owner, plan, ServiceForm { name: "Away", ..form(&url, "") }).await.unwrap();
    let found = w.connections(owner, plan).await.unwrap().into_iter().find(|c| c.id == id).unwrap();
    assert_eq!(found.warnings, ["the connection is not encrypted"]);
}

//! One server per process, and clients that speak to it as browsers do.

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use domain::{Change, ItemId, Kind};
use http_body_util::BodyExt;
use plumbline::{config::Config, http::visitor::Peer, router::router, startup, state::AppState};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::atomic::{AtomicU32, Ordering},
};
use tempfile::TempDir;
use tokio::{runtime::Runtime, sync::OnceCell};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use uuid::Uuid;
use workbench::{Caller, Workbench};

/// Host the requests name.
pub const HOST: &str = "127.0.0.1:3000";
/// Origin of our own pages.
pub const ORIGIN: &str = "http://127.0.0.1:3000";
/// Password of everybody.
pub const PASSWORD: &str = "a long enough sentence";
/// Who owns the installation.
pub const OWNER: &str = "owner@example.org";

/// The server under test.
pub struct Server {
    router: Router,
    /// Behind the router, for making what a test needs.
    pub workbench: Workbench,
    /// The owner's session, for tests that only read.
    pub owner: String,
    _data: TempDir,
}

/// Runs a test on the one runtime of the process: what the server spawned must outlive each test.
pub fn run<F: Future<Output = ()>>(test: impl FnOnce(&'static Server) -> F) {
    static RUNTIME: std::sync::LazyLock<Runtime> = std::sync::LazyLock::new(|| {
        tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap()
    });
    static SERVER: OnceCell<Server> = OnceCell::const_new();
    RUNTIME.block_on(async {
        let server = SERVER.get_or_init(Server::start).await;
        test(server).await;
    });
}

impl Server {
    async fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut config = Config::layered("", []).unwrap();
        config.data = data.path().to_owned();
        let workbench = Workbench::open(config.settings(startup::now)).await.unwrap();
        let router = router(AppState::new(workbench.clone(), config, CancellationToken::new()));
        let token = workbench.set_up_link(&Caller::Operator).await.unwrap();
        let password = SecretString::from(PASSWORD);
        let owner =
            workbench.set_up(&token, "Olga Owner", OWNER, &password, &workbench::Visitor::default()).await.unwrap();
        Self { router, workbench, owner: format!("plumbline={}", owner.token.expose_secret()), _data: data }
    }

    /// Sends a request as it is.
    pub async fn send(&self, mut request: Request<Body>) -> Answer {
        request.headers_mut().entry(header::HOST).or_insert(HOST.parse().unwrap());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// Sends a request and leaves the body unread, for streams.
    pub async fn open(&self, mut request: Request<Body>) -> axum::response::Response {
        request.headers_mut().entry(header::HOST).or_insert(HOST.parse().unwrap());
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// A person with an account and their password.
    pub async fn person(&self, email: &str) -> domain::User {
        let password = SecretString::from(PASSWORD);
        self.workbench
            .add_person(&Caller::Operator, "Somebody", email, domain::WorkspaceRole::Member, &password)
            .await
            .unwrap()
    }

    /// A session of a person, as the value of the cookie header.
    pub async fn session(&self, email: &str) -> String {
        let token = self.workbench.sign_in_link(&Caller::Operator, email).await.unwrap();
        let signed_in = self.workbench.sign_in_once(&token, &workbench::Visitor::default()).await.unwrap();
        format!("plumbline={}", signed_in.token.expose_secret())
    }

    /// A page as a browser asks for it.
    pub async fn page(&self, path: &str, cookie: Option<&str>) -> Answer {
        self.send(get(path, cookie)).await
    }

    /// The form of a server function as a browser without scripts sends it from the page of the plans.
    pub async fn post(&self, cookie: &str, name: &str, fields: &[(&str, &str)]) -> Answer {
        let mut request = form(function(name), Some(cookie), fields);
        request.headers_mut().insert(header::REFERER, format!("{ORIGIN}/plans").parse().unwrap());
        self.send(request).await
    }

    /// Whether a cookie is a session that goes on.
    pub async fn knows(&self, cookie: &str) -> bool {
        self.page("/account", Some(cookie)).await.status == StatusCode::OK
    }

    /// Adds an item to a plan or, where its kind belongs there, to the workspace.
    pub async fn add(&self, plan: &str, kind: Kind, fields: Value) -> ItemId {
        let item = ItemId(Uuid::now_v7());
        let changes = vec![Change::Add { item, kind, fields: fields.as_object().unwrap().clone() }];
        if kind.in_workspace() {
            self.workbench.edit_workspace(&Caller::Operator, changes).await.unwrap();
        } else {
            self.workbench.edit(&Caller::Operator, plan, changes).await.unwrap();
        }
        item
    }
}

/// What came back.
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub text: String,
}

impl Answer {
    /// A header's value, empty when it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Where a redirect leads.
    pub fn location(&self) -> &str {
        assert!(self.status.is_redirection(), "{} is no redirect: {}", self.status, self.text);
        self.header("location")
    }

    /// `name=value` of the cookie that was set.
    pub fn cookie(&self) -> String {
        self.header("set-cookie").split(';').next().unwrap().to_owned()
    }
}

/// The address of a server function by its name.
pub fn function(name: &str) -> &'static str {
    let mut all = server_fn::axum::server_fn_paths().map(|(path, _)| path);
    all.find(|path| path.rsplit('/').next() == Some(name)).unwrap()
}

/// An address nobody else in these tests comes from: the limits on signing in count per address.
pub fn new_peer() -> Peer {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    Peer(SocketAddr::from((Ipv4Addr::from(0x0a00_0000 + n), 40_000)))
}

/// A page as a browser asks for it.
pub fn get(path: &str, cookie: Option<&str>) -> Request<Body> {
    let mut request = Request::get(path).header(header::ACCEPT, "text/html,*/*;q=0.8").body(Body::empty()).unwrap();
    if let Some(cookie) = cookie {
        request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
    }
    request
}

/// A form as a browser without scripts sends it from a page of ours.
pub fn form(path: &str, cookie: Option<&str>, fields: &[(&str, &str)]) -> Request<Body> {
    let encoded: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::ACCEPT, "text/html,*/*;q=0.8")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ORIGIN, ORIGIN)
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(encoded.join("&")))
        .unwrap();
    if let Some(cookie) = cookie {
        request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
    }
    request.extensions_mut().insert(new_peer());
    request
}

/// Text with every sign but letters and digits in percent.
pub fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

//! REST over TLS, to the address that was checked and under the name that was meant.

use connectors::{
    ErrorKind, Limits, RestTarget, Source,
    guard::{AllowList, judge},
};

use crate::{
    reading::read_with,
    service::{Reply, SECRET, Service, certified, declared, service},
};

/// A name that no resolver knows.
const NAME: &str = "api.test.invalid";

async fn secure() -> (Service, tempfile::NamedTempFile) {
    let (acceptor, trusted) = certified(NAME);
    let answer = |asked: &crate::service::Asked, _: usize| match asked.path.as_str() {
        "/down" => Reply::redirect("http://127.0.0.1/"),
        _ => Reply::json(format!("[{{\"host\":\"{}\"}}]", asked.header("host").unwrap())),
    };
    (Service::start_with(answer, Some(acceptor)).await, trusted)
}

/// As if the name led to this machine.
fn resolved(host: &str, path: &str, secure: &Service, trusted: Option<&std::path::Path>) -> Source {
    let mut service = service(&format!("https://{host}:{}", secure.port), path);
    service.root_certificate = trusted.map(Into::into);
    let allow = AllowList::parse(&["127.0.0.1"]).unwrap();
    let guard = judge(&declared(&service), &allow, &["127.0.0.1".parse().unwrap()]).unwrap();
    Source::Rest { target: Box::new(RestTarget { service, secret: SECRET.into() }), guard: Box::new(guard) }
}

#[tokio::test]
async fn the_name_is_looked_up_once_and_stands_in_the_certificate() {
    let (secure, trusted) = secure().await;
    let got = read_with(&resolved(NAME, "/x", &secure, Some(trusted.path())), &Limits::default()).await.unwrap();
    assert_eq!(got.rows, [[Some(format!("{NAME}:{}", secure.port))]]);

    let other = resolved("other.test.invalid", "/x", &secure, Some(trusted.path()));
    let by_address = resolved("127.0.0.1", "/x", &secure, Some(trusted.path()));
    let untrusted = resolved(NAME, "/x", &secure, None);
    for (source, words) in [(other, "not valid for name"), (by_address, "not valid for name"), (untrusted, "")] {
        let error = read_with(&source, &Limits::default()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Denied, "{error}");
        assert!(error.message.starts_with("no trusted ") && error.message.contains(words), "{error}");
    }
    assert_eq!(secure.asked().len(), 1, "nothing was asked of a service that is not trusted");
}

#[tokio::test]
async fn nothing_leads_from_https_to_http() {
    let (secure, trusted) = secure().await;
    let source = resolved(NAME, "/down", &secure, Some(trusted.path()));
    let error = read_with(&source, &Limits::default()).await.unwrap_err();
    assert_eq!(error.message, "it redirects to where we do not follow: it leads from https to http");
}

#[tokio::test]
async fn a_service_that_speaks_no_tls_is_not_trusted() {
    let plain = Service::start(|_, _| Reply::json("[{\"id\":1}]")).await;
    let limits = Limits { connect: std::time::Duration::from_secs(1), ..Limits::default() };
    let error = read_with(&resolved(NAME, "/x", &plain, None), &limits).await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Denied | ErrorKind::Unreachable | ErrorKind::TimedOut), "{error}");
    assert_eq!(plain.asked().len(), 0);
}

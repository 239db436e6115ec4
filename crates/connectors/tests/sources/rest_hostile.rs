//! REST services that do not behave: each ends within its limit, in words, and learns nothing it should not.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use connectors::{
    ConnectorError, ErrorKind, Limits, RestService,
    rest::{ClientIdentity, Paging, RestAuth},
};

use crate::{
    reading::read_with,
    service::{Piece, Reply, SECRET, Service, source},
};

/// Generous for a busy machine; what hangs takes longer.
const SOON: Duration = Duration::from_secs(8);

async fn fails(service: &Service, limits: &Limits, change: impl FnOnce(&mut RestService)) -> ConnectorError {
    let started = Instant::now();
    let error = read_with(&service.source(change).await, limits).await.unwrap_err();
    assert!(started.elapsed() < SOON, "{error} after {:?}", started.elapsed());
    assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
    error
}

/// Kind of the error and its words.
async fn told(reply: Reply) -> (ErrorKind, String) {
    let service = Service::start(move |_, _| reply.clone()).await;
    let error = fails(&service, &Limits::default(), |service| service.auth = RestAuth::Bearer).await;
    assert_eq!(error.system, format!("{}/customers", service.url()));
    (error.kind, error.message)
}

fn short(wall: u64) -> Limits {
    Limits { wall: Duration::from_millis(wall), ..Limits::default() }
}

#[tokio::test]
async fn answers_that_are_no_records_are_told_in_words() {
    let html =
        Reply::status(200).header("Content-Type", "text/html; charset=utf-8").body("<html>sign in canary</html>");
    let gzip = Reply::json("[1]").header("Content-Encoding", "gzip");
    let zstd = Reply::json("[1]").header("Content-Encoding", "zstd");
    for (reply, kind, words) in [
        (html, ErrorKind::BadData, "it answers with a web page instead of JSON, perhaps one to sign in"),
        (
            Reply::status(200).header("Content-Type", "text/csv"),
            ErrorKind::BadData,
            "it answers with `text/csv` instead",
        ),
        (Reply::json("<html>"), ErrorKind::BadData, "page 1: it is not valid JSON (line 1, column 1)"),
        (Reply::json("[{\"id\":1}"), ErrorKind::BadData, "page 1: it is not valid JSON (line 1, column 9)"),
        (Reply::json(""), ErrorKind::BadData, "page 1: it is not valid JSON"),
        (Reply::json(vec_text(&[0xff, 0xfe])), ErrorKind::BadData, "page 1: it is not valid JSON"),
        (Reply::json("").body(vec![b'"', 0xff, b'"']), ErrorKind::BadData, "its answer is not valid UTF-8"),
        (gzip, ErrorKind::BadData, "its answer is not compressed the way it says"),
        (zstd, ErrorKind::BadData, "it answers in the encoding `zstd`, which was not asked for"),
        (Reply::json("[]"), ErrorKind::BadData, "it gives no record with a value, so its columns are not known"),
        (Reply::status(204), ErrorKind::BadData, "it gives no record with a value"),
        (
            Reply::json("{\"total\":1,\"items\":[]}"),
            ErrorKind::BadData,
            "page 1: where the array of records should be is an object; lists it holds: `items`",
        ),
        (Reply::json("[1]"), ErrorKind::BadData, "page 1: record 1: it is a number instead of an object"),
        (Reply::json("[{},{\"a\":1,\"a\":2}]"), ErrorKind::BadData, "page 1: record 2: it has two values for `a`"),
        (
            Reply::status(400).body("canary"),
            ErrorKind::BadData,
            "it answers 400 bad request; check path and parameters",
        ),
        (Reply::status(401), ErrorKind::Denied, "it does not accept the credentials (it answers 401 unauthorized)"),
        (Reply::status(403), ErrorKind::Denied, "it answers 403 forbidden; grant this user or key the right to read"),
        (Reply::status(404), ErrorKind::BadData, "there is nothing at `/customers` (it answers 404 not found)"),
        (Reply::status(304), ErrorKind::BadData, "it answers 304 not modified"),
        (Reply::redirect("ftp://x.example/"), ErrorKind::BadData, "it redirects to where we do not follow: only https"),
        (Reply::status(302), ErrorKind::BadData, "it redirects without saying where to"),
        (
            Reply::Raw(vec![Piece::Bytes(b"SSH-2.0-x\r\n".to_vec())]),
            ErrorKind::BadData,
            "it does not talk like an HTTP",
        ),
        (Reply::Raw(vec![]), ErrorKind::Unreachable, "it closed the connection instead of answering"),
    ] {
        let (found, message) = told(reply).await;
        assert!(found == kind && message.starts_with(words), "{found:?} {message}, not {kind:?} {words}");
    }
}

fn vec_text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_not_taken_for_the_whole() {
    let whole = b"[{\"id\":1}]".to_vec();
    let compressed = {
        let mut bytes = vec![31, 139, 8, 0, 0, 0, 0, 0, 2, 3];
        bytes.extend([139, 174, 86, 202]);
        bytes
    };
    for (head, bytes) in [
        ("Content-Length: 100\r\n", whole.clone()),
        ("Transfer-Encoding: chunked\r\n", b"a\r\n[{\"id\":1}]\r\n".to_vec()),
        ("Content-Encoding: gzip\r\n", compressed),
    ] {
        let (kind, message) = told(Reply::raw(head, [Piece::Bytes(bytes)])).await;
        assert_eq!(
            (kind, message.as_str()),
            (ErrorKind::Unreachable, "its answer broke off before the end; try again")
        );
    }
}

#[tokio::test]
async fn what_never_ends_is_ended() {
    let endless = Service::start(|asked, _| {
        let page: u64 = asked.path.split("p=").nth(1).map_or(0, |n| n.parse().unwrap());
        Reply::json(format!("[{{\"id\":{page}}}]")).header("Link", &format!("<?p={}>; rel=next", page + 1))
    })
    .await;
    let rows = Limits { rows: 200, ..Limits::default() };
    let error = fails(&endless, &rows, |service| service.paging = Paging::LinkHeader).await;
    assert_eq!(
        (error.kind, error.message.as_str()),
        (ErrorKind::Limit, "it has more than 200 rows; raise the row limit or take a part of it")
    );
    assert_eq!(endless.asked().len(), 201);
    let error = fails(&endless, &short(700), |service| service.paging = Paging::LinkHeader).await;
    assert_eq!(error.kind, ErrorKind::TimedOut, "{error}");

    let bytes = Limits { bytes: 1000, ..Limits::default() };
    let error = fails(&endless, &bytes, |service| service.paging = Paging::LinkHeader).await;
    assert!(
        error.kind == ErrorKind::Limit && error.message.starts_with("its answers hold more than 1000 bytes;"),
        "{error}"
    );

    for (paging, link, words) in [
        (Paging::LinkHeader, "<>; rel=next", "page 1: it leads back to a page that was already read"),
        (Paging::NextUrl { url: "$[0].next".into() }, "", "page 2: it leads back to a page that was already read"),
        (Paging::Cursor { parameter: "c".into(), cursor: "$[0].next".into() }, "", "page 2: it leads back to a page"),
        (Paging::Page { page: "p".into(), first: 0 }, "", "page 2: it holds the same records as the page before"),
        (
            Paging::Offset { offset: "o".into(), limit: "l".into(), size: 1 },
            "",
            "page 2: it holds the same records as the page before; does the service know the parameter?",
        ),
    ] {
        let circle = Service::start(move |_, _| Reply::json("[{\"next\":\"?a=1\"}]").header("Link", link)).await;
        let error = fails(&circle, &Limits::default(), |service| service.paging = paging).await;
        assert!(error.message.starts_with(words), "{error}");
        assert!(circle.asked().len() <= 2);
    }
}

#[tokio::test]
async fn what_is_too_large_is_not_taken_in() {
    const MB: usize = 1 << 20;
    let gigabyte = || Piece::Repeat(vec![b' '; MB], 1024);
    let words = "one answer holds more than 67 MB; ask for smaller pages";
    for head in ["", "Content-Length: 1073741824\r\n"] {
        assert_eq!(told(Reply::raw(head, [gigabyte()])).await, (ErrorKind::Limit, words.into()), "{head}");
    }
    // 300 MB of spaces, 300 kB on the wire.
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..300 {
        gzip.write_all(&[b' '; MB]).unwrap();
    }
    let bomb = gzip.finish().unwrap();
    assert!(bomb.len() < MB);
    let reply = Reply::json("").header("Content-Encoding", "gzip").body(bomb);
    assert_eq!(told(reply).await, (ErrorKind::Limit, words.into()));

    let (kind, message) = told(Reply::raw(&format!("X: {}\r\n", "x".repeat(MB)), [])).await;
    assert_eq!((kind, message.as_str()), (ErrorKind::Limit, "its answer begins with more than 64 kB of headers"));
    let many = "a: b\r\n".repeat(5000);
    assert_eq!(told(Reply::raw(&many, [])).await.0, ErrorKind::Limit);

    let wide: Vec<String> = (0..=10_000).map(|n| format!("\"f{n}\":1")).collect();
    let (_, message) = told(Reply::json(format!("[{{{}}}]", wide.join(",")))).await;
    assert_eq!(message, "page 1: record 1: it has more than 10000 fields");
    let field = Service::start(|_, _| Reply::json(format!("[{{\"a\":\"{}\"}}]", "x".repeat(2000)))).await;
    let limits = Limits { max_field_bytes: 1000, ..Limits::default() };
    let error = fails(&field, &limits, |_| {}).await;
    assert!(error.message.starts_with("page 1, record 1: `a` is larger than 1000 bytes"), "{error}");
}

#[tokio::test]
async fn what_is_too_slow_is_not_waited_for() {
    let silent = Service::start(|_, _| Reply::Raw(vec![Piece::Wait(Duration::from_secs(60))])).await;
    let error = fails(&silent, &Limits::default(), |service| service.answer_seconds = 1).await;
    let words = "it did not begin to answer within 1 s; check that it is well";
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::TimedOut, words));

    let stuck = Reply::raw("", [Piece::Bytes(b"[".to_vec()), Piece::Wait(Duration::from_secs(60))]);
    let stuck = Service::start(move |_, _| stuck.clone()).await;
    let error = fails(&stuck, &Limits::default(), |service| service.answer_seconds = 1).await;
    assert_eq!(error.message, "its answer stopped and did not go on within 1 s; check that it is well");

    let drip: Vec<Piece> =
        (0..600).flat_map(|_| [Piece::Bytes(b" ".to_vec()), Piece::Wait(Duration::from_millis(100))]).collect();
    let drip = Service::start(move |_, _| Reply::raw("", drip.clone())).await;
    let error = fails(&drip, &short(1000), |_| {}).await;
    assert_eq!(error.kind, ErrorKind::TimedOut);
    assert!(error.message.starts_with("reading took longer than 1 s"), "{error}");

    for status in [429, 503] {
        let busy = Service::start(move |_, _| Reply::status(status).header("Retry-After", "900")).await;
        let error = fails(&busy, &short(5000), |_| {}).await;
        assert_eq!(error.kind, ErrorKind::TimedOut, "{error}");
        assert!(error.message.starts_with("the service asks to wait 900 s, and 4 s are left"), "{error}");
        assert_eq!(busy.asked().len(), 1);
    }
    let again = Service::start(|_, _| Reply::status(429).header("Retry-After", "0")).await;
    let error = fails(&again, &Limits::default(), |_| {}).await;
    assert_eq!(error.kind, ErrorKind::Limit);
    assert!(error.message.starts_with("it says 8 times that it is asked too often"), "{error}");

    let broken = Service::start(|_, _| Reply::status(500)).await;
    let error = fails(&broken, &Limits::default(), |_| {}).await;
    assert_eq!(error.kind, ErrorKind::Unreachable);
    assert!(error.message.starts_with("it answers 500 internal server error (4 times)"), "{error}");
    assert_eq!(broken.asked().len(), 4);
}

#[tokio::test]
async fn redirects_end_and_stay_inside_the_list() {
    let circle = Service::start(|_, _| Reply::redirect("/customers")).await;
    let error = fails(&circle, &Limits::default(), |_| {}).await;
    assert_eq!(error.message, "it redirects more than 5 times; name the address it ends at");
    assert_eq!(circle.asked().len(), 6);

    // Another port of this machine, which the list does not hold.
    let canary = Service::start(|_, _| Reply::json("[{\"id\":1}]")).await;
    let port = canary.port;
    for to in [
        format!("http://127.0.0.1:{port}/x"),
        format!("http://localhost:{port}/x"),
        format!("http://[::ffff:127.0.0.1]:{port}/x"),
        format!("http://2130706433:{port}/x"),
        format!("http://127.1:{port}/x"),
        format!("//127.0.0.1:{port}/x"),
        format!("http://127.0.0.1@127.0.0.1:{port}/"),
        "http://169.254.169.254/latest/meta-data/".into(),
        "http://[fd00:ec2::254]/".into(),
        "http://10.0.0.1/".into(),
    ] {
        let link = format!("<{to}>; rel=next");
        let location = to.clone();
        let service = Service::start(move |asked, _| match asked.path.as_str() {
            "/customers" => Reply::redirect(&location),
            _ => Reply::json("[{\"id\":1}]").header("Link", &link),
        })
        .await;
        let own = format!("127.0.0.1:{}", service.port);
        for path in ["/customers", "/linked"] {
            let mut asked = service.customers();
            (asked.path, asked.paging) = (path.into(), Paging::LinkHeader);
            let source = source(asked, &[own.as_str()]).await.unwrap();
            let error = read_with(&source, &Limits::default()).await.unwrap_err();
            assert!(matches!(error.kind, ErrorKind::Refused | ErrorKind::BadData), "{to}: {error}");
        }
    }
    assert_eq!(canary.connections(), 0);

    // Where a path says production on the very same host.
    let live = Service::start(|_, _| Reply::redirect("/live/customers")).await;
    let error = fails(&live, &Limits::default(), |_| {}).await;
    assert_eq!(error.kind, ErrorKind::Refused);
    assert!(error.message.contains("the word `live`"), "{error}");
    assert_eq!(live.asked().len(), 1);
}

#[tokio::test]
async fn credentials_go_to_no_other_origin() {
    for auth in [
        RestAuth::Basic { user: "reader".into() },
        RestAuth::Bearer,
        RestAuth::KeyHeader { name: "X-Api-Key".into() },
        RestAuth::KeyParameter { name: "key".into() },
    ] {
        let other = Service::start(|_, _| Reply::json("[{\"id\":1}]")).await;
        let elsewhere = other.url();
        let service = Service::start(move |asked, _| {
            // Sends the whole query on, key included, first by a redirect, then by a link.
            let query = asked.path.split_once('?').map_or("", |(_, query)| query);
            let to = format!("{elsewhere}/moved?{query}&a=1");
            if asked.path.starts_with("/customers") {
                Reply::redirect(&to)
            } else {
                Reply::json("[{\"id\":1}]").header("Link", &format!("<{to}>; rel=next"))
            }
        })
        .await;
        for path in ["/customers", "/linked"] {
            let source = service
                .source(|service| {
                    (service.path, service.auth, service.paging) = (path.into(), auth.clone(), Paging::LinkHeader)
                })
                .await;
            read_with(&source, &Limits::default()).await.unwrap();
        }
        assert!(
            format!("{:?}", service.asked()).contains("canary") || auth == RestAuth::Basic { user: "reader".into() }
        );
        let asked = other.asked();
        assert_eq!(asked.len(), 2);
        assert!(
            asked.iter().all(|asked| asked.header("authorization").is_none() && asked.header("x-api-key").is_none())
        );
        assert!(asked.iter().all(|asked| asked.path.contains("a=1")));
        assert!(!format!("{asked:?}").contains("canary"), "{auth:?}: {asked:?}");
    }
}

#[tokio::test]
async fn a_token_endpoint_that_fails_is_told_and_guarded() {
    let answers = |reply: Reply| async move {
        let service =
            Service::start(move |asked, _| if asked.path == "/token" { reply.clone() } else { Reply::status(401) })
                .await;
        let token_url = format!("{}/token", service.url());
        fails(&service, &Limits::default(), |service| service.auth = client(token_url)).await
    };
    let echo = format!("{{\"error\":\"invalid_client\",\"error_description\":\"{SECRET} is wrong\"}}");
    for (reply, kind, words) in [
        (Reply::json(echo.clone()), ErrorKind::BadData, "the token endpoint: its answer holds no `access_token`"),
        (
            Reply::status(401).header("Content-Type", "application/json").body(echo),
            ErrorKind::Denied,
            "the token endpoint answers 401 unauthorized and `invalid_client`; check client, secret and scope",
        ),
        (
            Reply::status(400).body(format!("{{\"error\":\"{SECRET}\"}}")),
            ErrorKind::Denied,
            "the token endpoint answers 400 bad request; check client, secret and scope",
        ),
        (Reply::status(500), ErrorKind::Unreachable, "the token endpoint answers 500"),
        (Reply::json("[]"), ErrorKind::BadData, "the token endpoint: its answer is not the JSON of a token"),
        (Reply::redirect("/customers"), ErrorKind::Denied, "the token endpoint answers 302"),
        (
            Reply::json("{\"access_token\":\"canary-t\",\"token_type\":\"mac\"}"),
            ErrorKind::BadData,
            "the token endpoint: it gives a token of another type than bearer",
        ),
        // A token that is never taken is fetched twice, not for ever.
        (
            Reply::json("{\"access_token\":\"canary-t\"}"),
            ErrorKind::Denied,
            "it does not accept the credentials (it answers 401 unauthorized); check them",
        ),
    ] {
        let error = answers(reply).await;
        assert_eq!(error.kind, kind, "{error}");
        assert!(error.message.starts_with(words), "{error}");
    }

    let canary = Service::start(|_, _| Reply::json("{\"access_token\":\"t\"}")).await;
    let service = Service::start(|_, _| Reply::json("[{\"id\":1}]")).await;
    let mut asked = service.customers();
    asked.auth = client(format!("{}/token", canary.url()));
    let own = format!("127.0.0.1:{}", service.port);
    let source = source(asked, &[own.as_str()]).await.unwrap();
    let error = read_with(&source, &Limits::default()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Refused, "{error}");
    assert!(error.message.starts_with("the token endpoint: `127.0.0.1:"), "{error}");
    assert_eq!((canary.connections(), service.connections()), (0, 0));
}

fn client(token_url: String) -> RestAuth {
    RestAuth::ClientCredentials {
        token_url,
        client_id: "reader".into(),
        scope: String::new(),
        credentials: ClientIdentity::Body,
    }
}

#[tokio::test]
async fn what_cannot_be_asked_is_told_before_anything_is_sent() {
    type Change<'a> = &'a dyn Fn(&mut RestService);
    let service = Service::start(|_, _| Reply::json("[{\"id\":1}]")).await;
    let changes: [(Change<'_>, &str); 4] = [
        (&|service| service.records = "data.items".into(), "`data.items` is no path such as"),
        (&|service| service.paging = Paging::NextUrl { url: "$..next".into() }, "`$..next` is no path"),
        (&|service| service.auth = RestAuth::KeyHeader { name: "a b".into() }, "the header for the key"),
        (&|service| service.auth = RestAuth::Basic { user: "a:b".into() }, "a user name holds no colon"),
    ];
    for (change, words) in changes {
        let error = fails(&service, &Limits::default(), change).await;
        assert!(error.message.starts_with(words), "{error}");
    }
    assert_eq!(service.connections(), 0);
}

#[tokio::test]
async fn a_key_is_in_no_header_that_changes_the_request() {
    let service = Service::start(|_, _| Reply::json("[{\"id\":1}]")).await;
    let headers = "
        X-HTTP-Method-Override X-HTTP-Method X-Method-Override X_HTTP_METHOD_OVERRIDE X-Original-Method X-Method
        Host X-Forwarded-Host X-Forwarded-Proto X-Forwarded-For Forwarded X-Host X-HTTP-Host-Override X-Original-Host
        X-Original-URL X-Rewrite-URL X-Real-URL Origin Via Max-Forwards Content-Length Content_Length Content-Encoding
        Content-Type Transfer-Encoding TE Trailer Expect Upgrade HTTP2-Settings Connection Keep-Alive Proxy-Connection
        Accept Accept-Encoding Accept-Language Range If-Range If-None-Match User-Agent";
    for name in headers.split_ascii_whitespace() {
        let change = |service: &mut RestService| service.auth = RestAuth::KeyHeader { name: name.into() };
        let error = fails(&service, &Limits::default(), change).await;
        assert_eq!(error.message, "the header for the key has a name that cannot be used", "{name}");
    }
    assert_eq!(service.connections(), 0);
    for name in ["X-Api-Key", "api_key", "Authorization", "X-Auth-Token", "Ocp-Apim-Subscription-Key", "Cookie"] {
        let source = service.source(|service| service.auth = RestAuth::KeyHeader { name: name.into() }).await;
        read_with(&source, &Limits::default()).await.unwrap();
        let asked = service.asked();
        assert_eq!(asked.last().unwrap().header(&name.to_lowercase()), Some(SECRET), "{name}");
    }
}

#[tokio::test]
async fn a_secret_is_shown_by_nothing() {
    let service = Service::start(|_, _| Reply::json("[{\"id\":1}]")).await;
    let source = service.source(|service| service.auth = RestAuth::KeyParameter { name: "key".into() }).await;
    assert!(!format!("{source:?}").contains("canary"));
    let got = read_with(&source, &Limits::default()).await.unwrap();
    assert!(service.paths()[0].contains("canary"), "it was sent");
    assert!(!format!("{:?}", got.summary).contains("canary"));

    let connectors::Source::Rest { target, guard } = &source else { unreachable!() };
    let mut target = target.clone();
    target.secret = "canary\nnewline".into();
    for auth in [RestAuth::Bearer, RestAuth::KeyHeader { name: "x".into() }] {
        target.service.auth = auth;
        let source = connectors::Source::Rest { target: target.clone(), guard: guard.clone() };
        let error = read_with(&source, &Limits::default()).await.unwrap_err();
        assert_eq!(error.message, "the secret holds a sign that no header can carry; type it again");
    }
    assert!(!format!("{guard:?}").contains("canary"));
}

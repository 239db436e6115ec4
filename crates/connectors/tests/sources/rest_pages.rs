//! REST services that behave: every way to say who asks, every way to page, and what becomes of the values.

use std::{
    sync::{Arc, atomic::AtomicBool},
    time::{Duration, Instant},
};

use connectors::{
    ErrorKind, Limits, ReadError, catalogue, read, read_rows,
    rest::{ClientIdentity, Paging, RestAuth},
    sample,
};

use crate::{
    reading::{Got, read_with, rows},
    service::{Piece, Reply, SECRET, Service},
};

const SECRET_BASIC: &str = "Basic cmVhZGVyOmNhbmFyeS01ZWNyZXQvKz0=";

/// Three records a page from 0 to 7, as the parameters say.
fn page_of(path: &str, start: &str, size: usize) -> Vec<String> {
    let from = path.split(['?', '&']).find_map(|pair| pair.strip_prefix(start)).map_or(0, |n| n.parse().unwrap());
    (from..8).take(size).map(|n| format!("{{\"id\":{n}}}")).collect()
}

fn ids(got: &Got) -> String {
    got.rows.iter().map(|row| row[0].clone().unwrap()).collect::<Vec<_>>().join(" ")
}

async fn got(service: &Service, change: impl FnOnce(&mut connectors::RestService)) -> Got {
    read_with(&service.source(change).await, &Limits::default()).await.unwrap()
}

#[tokio::test]
async fn values_keep_every_digit_and_columns_are_those_of_all_pages() {
    let service = Service::start(|_, number| match number {
        0 => Reply::json(
            r#"[ { "id": 12345678901234567890.10, "name": "Ann", "address": {"city": "Bergen", "zip": "0007"} },
                 { "id": -0.0e-7, "name": null, "tags": ["a", {"b": 1.50}], "active": true } ]"#,
        )
        .header("Link", "</customers?after=2>; rel=\"next\""),
        _ => Reply::json(r#"[{"score": 1.0, "id": 3, "name": ""}]"#),
    })
    .await;
    let got = got(&service, |service| service.paging = Paging::LinkHeader).await;
    assert_eq!(got.columns, ["id", "name", "address.city", "address.zip", "tags", "active", "score"]);
    let expected = rows(&[
        "12345678901234567890.10 Ann Bergen 0007 ∅ ∅ ∅",
        "-0.0e-7 ∅ ∅ ∅ [\"a\",{\"b\":1.50}] true ∅",
        "3 '' ∅ ∅ ∅ ∅ 1.0",
    ]);
    assert_eq!(got.rows, expected);
    assert_eq!(got.batches, 1);
    for (column, numeric) in [("id", true), ("name", false), ("address.zip", false), ("active", false), ("score", true)]
    {
        assert_eq!(got.numeric(column), Some(numeric), "{column}");
    }
    assert_eq!(service.paths(), ["/customers", "/customers?after=2"]);
    let fingerprint = &got.summary.fingerprint;
    assert!(fingerprint.starts_with(&format!("rest {}/customers sha256:", service.url())), "{fingerprint}");
    assert!(service.asked().iter().all(|asked| asked.method == "GET"));
    assert_eq!(service.connections(), 1, "the connection is kept");
}

#[tokio::test]
async fn each_way_of_paging_reads_every_record_once() {
    let base = |path: &'static str| format!("{{\"next\":{path},\"data\":{{\"items\":[");
    let answer = move |asked: &crate::service::Asked, _: usize| {
        let path = asked.path.as_str();
        let list = |from: &str| page_of(path, from, 3).join(",");
        match path.split(['?', '&']).next().unwrap() {
            "/offset" => Reply::json(format!("[{}]", list("start="))),
            // Gives fewer than it is asked for: that is not the end.
            "/numbered" => {
                let number: usize = path.split("p=").nth(1).unwrap().parse().unwrap();
                let all: Vec<String> = (0..8).map(|n| format!("{{\"id\":{n}}}")).collect();
                match all.chunks(3).nth(number - 1) {
                    Some(chunk) => Reply::json(format!("[{}]", chunk.join(","))),
                    None => Reply::status(204),
                }
            }
            "/cursor" => {
                let next = match list("after=").matches("id").count() {
                    3 if path.contains("after=3") => "6",
                    3 => "3",
                    _ => "null",
                };
                Reply::json(base(next) + &list("after=") + "]}}")
            }
            "/url" => {
                let next = match path {
                    "/url" => "\"?from=3\"",
                    "/url?from=3" => "\"/url?from=6&x=1\"",
                    _ => "\"\"",
                };
                Reply::json(base(next) + &list("from=") + "]}}")
            }
            _ => Reply::status(404),
        }
    };
    let service = Service::start(answer).await;
    let all = "0 1 2 3 4 5 6 7";
    let offset = Paging::Offset { offset: "start".into(), limit: "count".into(), size: 5 };
    let numbered = Paging::Page { page: "p".into(), first: 1 };
    let cursor = Paging::Cursor { parameter: "after".into(), cursor: "$.next".into() };
    let url = Paging::NextUrl { url: "$.next".into() };
    for (path, records, paging) in [
        ("/offset", "$", offset),
        ("/numbered", "$", numbered),
        ("/cursor", "$.data.items[*]", cursor),
        ("/url", "$['data'].items", url),
    ] {
        let got = got(&service, |service| {
            (service.path, service.records, service.paging) = (path.into(), records.into(), paging);
        })
        .await;
        assert_eq!(ids(&got), all, "{path}");
    }
    let paths = service.paths();
    assert!(paths.contains(&"/offset?count=5&start=6".to_owned()), "{paths:?}");
    assert!(paths.contains(&"/offset?count=5&start=8".to_owned()), "asked until a page is empty: {paths:?}");
    assert!(paths.contains(&"/cursor?after=6".to_owned()), "{paths:?}");
}

#[tokio::test]
async fn one_page_that_offers_more_is_said_to_be_one_page() {
    let service = Service::start(|_, _| Reply::json("[{\"id\":1}]").header("Link", "<?p=2>; rel=next")).await;
    let got = got(&service, |_| {}).await;
    assert_eq!(got.summary.notes, ["the service offers more pages in its header Link; only the first was read"]);
}

#[tokio::test]
async fn each_way_of_saying_who_asks_reaches_the_service() {
    let service = Service::start(|asked, _| {
        let authorised = match asked.path.as_str() {
            "/basic" => asked.header("authorization") == Some(SECRET_BASIC),
            "/bearer" => asked.header("authorization") == Some(&format!("Bearer {SECRET}")),
            "/key-header" => asked.header("x-api-key") == Some(SECRET) && asked.header("authorization").is_none(),
            "/key-parameter?a=1&key=canary-5ecret%2F%2B%3D" => true,
            "/none" => !asked.headers.iter().any(|(_, value)| value.contains("canary")),
            _ => false,
        };
        if authorised { Reply::json("[{\"id\":1}]") } else { Reply::status(401) }
    })
    .await;
    for (path, auth) in [
        ("/basic", RestAuth::Basic { user: "reader".into() }),
        ("/bearer", RestAuth::Bearer),
        ("/key-header", RestAuth::KeyHeader { name: "X-Api-Key".into() }),
        ("/none", RestAuth::None),
    ] {
        let got = got(&service, |service| (service.path, service.auth) = (path.into(), auth)).await;
        assert_eq!(ids(&got), "1", "{path}");
    }
    let key = RestAuth::KeyParameter { name: "key".into() };
    got(&service, |service| {
        (service.path, service.auth) = ("/key-parameter".into(), key);
        service.query = vec![("a".into(), "1".into())];
    })
    .await;
}

#[tokio::test]
async fn a_token_is_fetched_once_and_again_when_it_is_no_longer_taken() {
    for credentials in [ClientIdentity::Header, ClientIdentity::Body] {
        let service = Service::start(move |asked, number| {
            if asked.path == "/token" {
                let expected = match credentials {
                    ClientIdentity::Header => "grant_type=client_credentials&scope=read+all",
                    ClientIdentity::Body => {
                        "grant_type=client_credentials&scope=read+all&client_id=reader&client_secret=canary-5ecret%2F%2B%3D"
                    }
                };
                // Encoded as a form before it is encoded as Basic (RFC 6749, section 2.3.1).
                let basic = "Basic cmVhZGVyOmNhbmFyeS01ZWNyZXQlMkYlMkIlM0Q=";
                let in_header = credentials == ClientIdentity::Header;
                assert_eq!((asked.method.as_str(), asked.body.as_str()), ("POST", expected));
                assert_eq!(asked.header("authorization"), in_header.then_some(basic));
                return Reply::json(format!("{{\"access_token\":\"t{number}\",\"token_type\":\"Bearer\"}}"));
            }
            // The first token is good for two pages, the second for the rest.
            let good = asked.header("authorization") == Some(if number < 3 { "Bearer t0" } else { "Bearer t4" });
            if !good {
                return Reply::status(401);
            }
            Reply::json(format!("[{}]", page_of(&asked.path, "start=", 3).join(",")))
        })
        .await;
        let token_url = format!("{}/token", service.url());
        let got = got(&service, |service| {
            service.auth = RestAuth::ClientCredentials {
                token_url,
                client_id: "reader".into(),
                scope: "read all".into(),
                credentials,
            };
            service.paging = Paging::Offset { offset: "start".into(), limit: "count".into(), size: 3 };
        })
        .await;
        assert_eq!(ids(&got), "0 1 2 3 4 5 6 7");
        let tokens = service.paths().iter().filter(|path| *path == "/token").count();
        assert_eq!(tokens, 2, "{:?}", service.paths());
    }
}

#[tokio::test]
async fn catalogue_and_sample_read_no_more_than_they_need() {
    let service = Service::start(|asked, _| {
        let records = page_of(&asked.path, "start=", 3).join(",").replace('}', ",\"name\":\"x\"}");
        Reply::json(format!("[{records}]"))
    })
    .await;
    let source = service
        .source(|service| service.paging = Paging::Offset { offset: "start".into(), limit: "n".into(), size: 3 })
        .await;
    let tables = catalogue(&source, &Limits::default()).await.unwrap();
    assert_eq!(tables.len(), 1);
    assert_eq!(tables[0].name, "customers");
    let columns: Vec<(&str, &str)> =
        tables[0].columns.iter().map(|column| (column.name.as_str(), column.type_name.as_str())).collect();
    assert_eq!(columns, [("id", "number"), ("name", "text")]);
    assert_eq!(service.asked().len(), 1);
    let sample = sample(&source, 4, &Limits::default()).await.unwrap();
    assert_eq!(sample.batch.num_rows(), 4);
    assert_eq!(service.asked().len(), 3, "one for the catalogue and two for the sample");

    let mut found = 0;
    let wanted = connectors::arrow::buffer::BooleanBuffer::collect_bool(8, |row| row == 2 || row == 7);
    let mut sink = |batch: connectors::arrow::array::RecordBatch| {
        found += batch.num_rows();
        Ok(())
    };
    read_rows(&source, &wanted, &Limits::default(), &mut sink, &Arc::new(AtomicBool::new(false))).await.unwrap();
    assert_eq!(found, 2);
}

#[tokio::test]
async fn compressed_answers_are_read() {
    use compressed::{BROTLI, DEFLATE, GZIP};
    let service = Service::start(|asked, _| {
        assert_eq!(asked.header("accept-encoding"), Some("gzip, deflate, br"));
        let (encoding, bytes) = match asked.path.as_str() {
            "/gzip" => ("gzip", GZIP),
            "/deflate" => ("deflate", DEFLATE),
            _ => ("br", BROTLI),
        };
        Reply::json("").header("Content-Encoding", encoding).body(bytes)
    })
    .await;
    for path in ["/gzip", "/deflate", "/br"] {
        assert_eq!(ids(&got(&service, |service| service.path = path.into()).await), "1", "{path}");
    }
}

/// `[{"id":1}]`, compressed.
mod compressed {
    pub const GZIP: &[u8] = &[
        31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 139, 174, 86, 202, 76, 81, 178, 50, 172, 141, 5, 0, 100, 168, 229, 104, 10, 0,
        0, 0,
    ];
    pub const DEFLATE: &[u8] = &[120, 156, 139, 174, 86, 202, 76, 81, 178, 50, 172, 141, 5, 0, 17, 174, 3, 45];
    pub const BROTLI: &[u8] = &[139, 4, 128, 91, 123, 34, 105, 100, 34, 58, 49, 125, 93, 3];
}

#[tokio::test]
async fn reading_is_cancelled_within_a_second() {
    let service = Service::start(|_, _| {
        Reply::raw("", [Piece::Bytes(b"[{\"id\":1}".to_vec()), Piece::Wait(Duration::from_secs(30))])
    })
    .await;
    let waiting = Service::start(|_, _| Reply::status(429).header("Retry-After", "30")).await;
    for service in [&service, &waiting] {
        let source = service.source(|service| service.answer_seconds = 60).await;
        let cancel = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&cancel);
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(300)).await;
            flag.store(true, std::sync::atomic::Ordering::Relaxed);
        });
        let started = Instant::now();
        let error = read(&source, &Limits::default(), &mut |_| Ok(()), &cancel).await.unwrap_err();
        assert!(matches!(error, ReadError::Source(error) if error.kind == ErrorKind::Cancelled));
        assert!(started.elapsed() < Duration::from_millis(1300), "{:?}", started.elapsed());
    }
}

#[tokio::test]
async fn a_rate_limit_is_obeyed_and_trouble_that_passes_is_got_over() {
    let service = Service::start(|_, number| match number {
        0 => Reply::status(429).header("Retry-After", "1"),
        1 => Reply::status(502),
        2 => Reply::json("[{\"id\":1}]")
            .header("Link", "<?p=2>; rel=next")
            .header("X-RateLimit-Remaining", "0")
            .header("X-RateLimit-Reset", "1"),
        // Closes the old connection and a new one, which a service that has answered before is forgiven.
        3 | 4 => Reply::Raw(vec![]),
        _ => Reply::json("[{\"id\":2}]"),
    })
    .await;
    let started = Instant::now();
    let got = got(&service, |service| service.paging = Paging::LinkHeader).await;
    assert_eq!(ids(&got), "1 2");
    assert!(started.elapsed() >= Duration::from_secs(3), "{:?}", started.elapsed());
    assert_eq!(service.asked().len(), 6);
}

#[tokio::test]
async fn many_pages_become_few_batches_over_one_connection() {
    let service = Service::start(|asked, _| {
        let page: u32 = asked.path.split("p=").nth(1).unwrap().parse().unwrap();
        let record = |n: u32| format!("{{\"id\":{n},\"name\":\"customer {n}\",\"address\":{{\"zip\":\"{n:07}\"}}}}");
        let records: Vec<String> =
            if page < 100 { (page * 1000..(page + 1) * 1000).map(record).collect() } else { vec![] };
        Reply::json(format!("[{}]", records.join(",")))
    })
    .await;
    let got = got(&service, |service| service.paging = Paging::Page { page: "p".into(), first: 0 }).await;
    assert_eq!((got.rows.len(), got.batches), (100_000, 13));
    assert_eq!(got.rows[99_999], [Some("99999".into()), Some("customer 99999".into()), Some("0099999".into())]);
    assert_eq!((service.asked().len(), service.connections()), (101, 1));
}

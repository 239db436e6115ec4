//! Bounds on files that come in, and the words in which they are said.

use super::server::{Server, form, run};
use axum::{
    body::{Body, Bytes},
    http::{Request, StatusCode, header},
};
use futures::StreamExt;
use std::{io::Error, time::Duration};
use tokio::sync::{Mutex, mpsc};
use workbench::{Caller, EVIDENCE_MAX};

/// Held by whoever uploads: the places are few, and tests run side by side.
pub static PLACES: Mutex<()> = Mutex::const_new(());

const HEAD: &str = "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"x.txt\"\r\n\r\n";

fn upload(server: &Server, path: &str, body: Body) -> Request<Body> {
    let mut request = form(path, Some(&server.owner), &[]);
    request.headers_mut().insert(header::CONTENT_TYPE, "multipart/form-data; boundary=x".parse().unwrap());
    *request.body_mut() = body;
    request
}

#[test]
fn a_file_too_large_is_refused_in_words_whether_it_says_how_long_it_is_or_not() {
    run(|server| async move {
        let _places = PLACES.lock().await;
        let key = server.workbench.create_plan(&Caller::Operator, "Large files").await.unwrap();
        let path = format!("/p/{key}/trial/upload");
        let whole = [HEAD.as_bytes(), &vec![b'x'; EVIDENCE_MAX + 20_000], b"\r\n--x--\r\n"].concat();
        let length = whole.len();
        let mut said = upload(server, &path, Body::from(whole));
        said.headers_mut().insert(header::CONTENT_LENGTH, length.into());
        let part = Bytes::from(vec![b'x'; 1 << 20]);
        let parts = futures::stream::iter(std::iter::repeat_n(part, (EVIDENCE_MAX >> 20) + 1));
        let head = futures::stream::once(async { Bytes::from_static(HEAD.as_bytes()) });
        let unsaid = upload(server, &path, Body::from_stream(head.chain(parts).map(Ok::<_, Error>)));
        for request in [said, unsaid] {
            let answer = server.send(request).await;
            assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
            assert!(answer.text.contains("The file is too large."), "{}", answer.text);
        }
    });
}

#[test]
fn a_few_uploads_at_once_and_no_more() {
    run(|server| async move {
        let _places = PLACES.lock().await;
        let key = server.workbench.create_plan(&Caller::Operator, "Many files").await.unwrap();
        let path = format!("/p/{key}/connections/upload");
        let (began, mut begun) = mpsc::unbounded_channel();
        let slow: Vec<_> = (0..4)
            .map(|_| {
                let began = began.clone();
                let head = futures::stream::once(async move {
                    began.send(()).unwrap();
                    Ok::<_, Error>(HEAD)
                });
                let body = Body::from_stream(head.chain(futures::stream::pending()));
                let request = upload(server, &path, body);
                tokio::spawn(async move { server.send(request).await.status })
            })
            .collect();
        for _ in 0..4 {
            tokio::time::timeout(Duration::from_secs(10), begun.recv()).await.unwrap().unwrap();
        }
        let answer = server.send(upload(server, &path, Body::from(HEAD))).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(answer.text.contains("being uploaded already") && answer.header("retry-after") == "10");
        for upload in slow {
            upload.abort();
            let _ = upload.await;
        }
        let answer = server.send(upload(server, &path, Body::from(HEAD))).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "there is room again; the form is cut off");
    });
}

//! The stream of events: who hears what, and when it ends.

use super::server::{get, run};
use axum::http::{StatusCode, header};
use domain::{Kind, PlanRole};
use http_body_util::BodyExt;
use serde_json::json;
use std::time::Duration;
use workbench::Caller;

/// What the next event says, or `None` when the stream ended or said nothing for a while.
async fn next(body: &mut axum::body::Body) -> Option<String> {
    within(Duration::from_millis(700), body).await
}

async fn within(time: Duration, body: &mut axum::body::Body) -> Option<String> {
    let frame = tokio::time::timeout(time, body.frame()).await.ok()??;
    let message = String::from_utf8_lossy(&frame.unwrap().into_data().unwrap()).into_owned();
    Some(message.lines().filter_map(|line| line.strip_prefix("data: ")).collect())
}

#[test]
fn members_hear_of_their_plan_until_they_are_members_no_more() {
    run(|server| async move {
        let operator = Caller::Operator;
        let key = server.workbench.create_plan(&operator, "Followed").await.unwrap();
        let other = server.workbench.create_plan(&operator, "Another").await.unwrap();
        let member = server.person("follower@example.org").await;
        server.workbench.set_member(&operator, &key, member.id, Some(PlanRole::Viewer)).await.unwrap();
        let cookie = server.session("follower@example.org").await;

        let response = server.open(get(&format!("/events/{key}"), Some(&cookie))).await;
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
        assert!(response.headers().get(header::CONTENT_ENCODING).is_none());
        let mut body = response.into_body();

        let fields = json!({ "name": "x" });
        server.add(&other, Kind::DataPoint, fields.clone()).await;
        server.add(&key, Kind::DataPoint, fields.clone()).await;
        server.add(&key, Kind::System, fields.clone()).await;
        let mut documents = std::collections::BTreeSet::new();
        // All was told once nothing comes for much longer than the slowest of machines needs for one event.
        while let Some(event) = within(Duration::from_secs(4), &mut body).await {
            let event: serde_json::Value = serde_json::from_str(&event).unwrap();
            assert_eq!(event["event"], "changed");
            documents.insert(event["document"].to_string());
        }
        assert_eq!(documents.len(), 2, "the plan and the workspace, and no other plan");

        server.workbench.set_member(&operator, &key, member.id, None).await.unwrap();
        server.add(&key, Kind::DataPoint, fields).await;
        let frame = tokio::time::timeout(Duration::from_secs(10), body.frame()).await.unwrap();
        assert!(frame.is_none(), "the stream went on: {frame:?}");
    });
}

#[test]
fn what_happened_between_loading_and_following_is_told() {
    run(|server| async move {
        let operator = Caller::Operator;
        let key = server.workbench.create_plan(&operator, "Followed late").await.unwrap();
        let member = server.person("late@example.org").await;
        server.workbench.set_member(&operator, &key, member.id, Some(PlanRole::Viewer)).await.unwrap();
        let cookie = server.session("late@example.org").await;
        let shown = || async { server.workbench.plan_head(&operator, &key).await.unwrap().heard };
        let first = async |after: u64, last: Option<u64>| {
            let mut request = get(&format!("/events/{key}?after={after}"), Some(&cookie));
            if let Some(last) = last {
                request.headers_mut().insert("last-event-id", last.to_string().parse().unwrap());
            }
            next(&mut server.open(request).await.into_body()).await
        };

        // Other tests change the workspace, which every plan follows: what is told then is right, and is asked again.
        let quiet = async |after: Option<u64>| loop {
            let newest = shown().await;
            let told = match after {
                None => first(newest, None).await,
                Some(after) => first(after, Some(newest)).await,
            };
            if shown().await == newest {
                break told;
            }
        };

        let before = shown().await;
        assert_eq!(quiet(None).await, None, "nothing happened");
        server.add(&key, Kind::DataPoint, json!({ "name": "x" })).await;
        assert!(first(before, None).await.is_some_and(|event| event.contains("missed")));
        assert_eq!(quiet(None).await, None, "what is shown already");
        assert_eq!(quiet(Some(before)).await, None, "the browser heard of it before the connection broke");
        assert!(first(0, None).await.is_some(), "shown by a server that has ended since");
    });
}

#[test]
fn strangers_hear_nothing() {
    run(|server| async move {
        let key = server.workbench.create_plan(&Caller::Operator, "Private").await.unwrap();
        server.person("eavesdropper@example.org").await;
        let cookie = server.session("eavesdropper@example.org").await;
        assert_eq!(server.page(&format!("/events/{key}"), Some(&cookie)).await.status, StatusCode::NOT_FOUND);
        assert_eq!(server.page("/events/no-such-plan", Some(&cookie)).await.status, StatusCode::NOT_FOUND);
        assert!(server.page(&format!("/events/{key}"), None).await.location().starts_with("/sign-in"));
    });
}

#[test]
fn a_session_has_a_few_streams_at_once() {
    run(|server| async move {
        let key = server.workbench.create_plan(&Caller::Operator, "Many tabs").await.unwrap();
        let member = server.person("tabs@example.org").await;
        server.workbench.set_member(&Caller::Operator, &key, member.id, Some(PlanRole::Viewer)).await.unwrap();
        let (one, other) = (server.session("tabs@example.org").await, server.session("tabs@example.org").await);
        let open = async |cookie: &str| server.open(get(&format!("/events/{key}"), Some(cookie))).await;
        let mut streams = Vec::new();
        for _ in 0..8 {
            streams.push(open(&one).await);
        }
        assert!(streams.iter().all(|stream| stream.status() == StatusCode::OK));
        assert_eq!(open(&one).await.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(open(&other).await.status(), StatusCode::OK, "another session has its own");
        streams.pop();
        assert_eq!(open(&one).await.status(), StatusCode::OK, "a tab that was closed makes room");
    });
}

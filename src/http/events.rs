//! `/events/{plan}`: what happens to a plan, as it happens, one stream per tab. An event says that
//! something changed and where a run stands; what changed, pages read the usual way. A page says the newest event it
//! shows, so that nothing is lost between loading and following, nor when the connection breaks.

use super::{places::Place, session::Token};
use crate::state::AppState;
use app::server::sign_in_address;
use axum::{
    Extension,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{
        IntoResponse, Redirect, Response, Sse,
        sse::{Event as Message, KeepAlive},
    },
};
use domain::SessionId;
use futures::StreamExt;
use std::{convert::Infallible, time::Duration};
use tokio_stream::wrappers::{BroadcastStream, errors::BroadcastStreamRecvError};
use workbench::{Caller, Error, Numbered};

/// A stream ends after so long; the browser opens the next one, which is authorised anew.
const LIFE: Duration = Duration::from_secs(60 * 60);
/// So that proxies keep the connection, and a dead one is noticed.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// What a page says when it begins to follow.
#[derive(serde::Deserialize)]
pub struct Shown {
    /// Number of the newest event it shows, if it knows.
    after: Option<u64>,
}

/// Follows a plan.
pub async fn events(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    token: Option<Extension<Token>>,
    Path(key): Path<String>,
    Query(Shown { after }): Query<Shown>,
    headers: HeaderMap,
) -> Response {
    let heard = BroadcastStream::new(state.workbench.events().subscribe());
    let newest = match state.workbench.may_follow(&caller, &key).await {
        Ok(newest) => newest,
        Err(Error::SignedOut) => {
            return Redirect::to(&sign_in_address(Some(&format!("/p/{key}")))).into_response();
        }
        Err(Error::NotFound(_)) => return StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "a plan could not be followed");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    // Browsers say by themselves where they were when the connection broke.
    let after = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok()).or(after);
    let first = after.is_some_and(|after| after < newest).then(|| Ok(missed(newest)));
    let Caller::Person { session, .. } = &caller else { return StatusCode::NOT_FOUND.into_response() };
    let Some(place) = state.streams.take(Some(*session)) else { return too_many() };
    let stopping = state.stopping.clone();
    let until = async move {
        tokio::select! {
            () = stopping.cancelled() => {}
            () = tokio::time::sleep(LIFE) => {}
        }
    };
    let follower = Follower { state: state.clone(), token: token.map(|Extension(token)| token), key, _place: place };
    let told = futures::stream::unfold((heard, follower), |(mut heard, follower)| async move {
        loop {
            let event = heard.next().await?;
            match follower.tell(event).await {
                Told::Message(message) => {
                    return Some((Ok::<_, Infallible>(message), (heard, follower)));
                }
                Told::Nothing => {}
                Told::NoLonger => return None,
            }
        }
    });
    let stream = futures::stream::iter(first).chain(told).take_until(Box::pin(until));
    let mut response = Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response();
    // nginx would collect events before it passes them on.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

/// A browser with many tabs of ours open: those beyond the bound read as before, they only hear nothing.
fn too_many() -> Response {
    let retry = (header::RETRY_AFTER, HeaderValue::from_static("60"));
    (StatusCode::TOO_MANY_REQUESTS, [retry]).into_response()
}

/// Something happened that was not told one by one: load again to see it.
fn missed(newest: u64) -> Message {
    Message::default().id(newest.to_string()).data("{\"event\":\"missed\"}")
}

struct Follower {
    state: AppState,
    token: Option<Token>,
    key: String,
    _place: Place<SessionId>,
}

enum Told {
    Message(Message),
    Nothing,
    NoLonger,
}

impl Follower {
    /// The event as a message, when it is about this plan and the follower may still see that.
    async fn tell(&self, event: Result<Numbered, BroadcastStreamRecvError>) -> Told {
        let Some(Token(token)) = &self.token else {
            return Told::NoLonger;
        };
        // The session may have ended and the role been taken away since the last event.
        let Ok(caller) = self.state.workbench.recognise(token).await else {
            return Told::NoLonger;
        };
        match event {
            Ok(Numbered { number, event }) => match self.state.workbench.concerns(&caller, &self.key, &event).await {
                Ok(true) => {
                    let message = number.map_or_else(Message::default, |n| Message::default().id(n.to_string()));
                    message.json_data(&event).map_or(Told::Nothing, Told::Message)
                }
                Ok(false) => Told::Nothing,
                Err(_) => Told::NoLonger,
            },
            // Too slow to hear them all.
            Err(BroadcastStreamRecvError::Lagged(_)) => {
                match self.state.workbench.may_follow(&caller, &self.key).await {
                    Ok(newest) => Told::Message(missed(newest)),
                    Err(_) => Told::NoLonger,
                }
            }
        }
    }
}

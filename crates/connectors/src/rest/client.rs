//! One page after the other: redirects, tokens, rate limits and what is tried again. Everything has an end.

use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    HeaderMap, Request, Response, StatusCode, Uri,
    body::Incoming,
    header::{self, HeaderValue},
};
use secrecy::SecretString;

use super::{
    RestTarget,
    address::Address,
    auth::{Credentials, denial_in, token_in},
    body,
    dial::Dialer,
    pace,
    patience::Patience,
};
use crate::{
    error::{ConnectorError, Discreet, ErrorKind},
    guard::GuardProof,
    limits::{Limits, Meter, size},
};

/// Most bytes of one page.
const LARGEST_PAGE: u64 = 64 << 20;
/// Most bytes of a token endpoint's answer.
const LARGEST_TOKEN: u64 = 1 << 20;
const MOST_REDIRECTS: u32 = 5;
/// How often a request that failed is made again, and one that came too early.
const MOST_FAILURES: u32 = 3;
const MOST_WAITS: u32 = 8;

/// Asks a service.
pub(super) struct Client {
    /// What was typed: where the credentials belong.
    base: Address,
    credentials: Credentials,
    token: Option<SecretString>,
    dialer: Dialer,
    patience: Patience,
    /// Bytes that all answers together may hold, and what is left of them.
    bytes: u64,
    bytes_left: u64,
    /// How long the service asked to be left alone after its last answer.
    pause: Option<Duration>,
    pages: u64,
}

/// One page as it came.
pub(super) struct Page {
    /// Its text; `None` where the service says that there is none.
    pub(super) text: Option<String>,
    /// The headers `Link`.
    pub(super) links: Vec<String>,
    /// Where it came from in the end.
    pub(super) from: Address,
}

/// What was already done for one page.
#[derive(Default)]
struct Tries {
    redirects: u32,
    failures: u32,
    waits: u32,
    fresh_token: bool,
}

impl Client {
    pub(super) fn new(
        target: &RestTarget,
        base: Address,
        guard: &GuardProof,
        limits: &Limits,
        cancel: &Arc<AtomicBool>,
    ) -> Self {
        let service = &target.service;
        let meter = Meter::new(&base.to_string(), limits, cancel);
        Self {
            base,
            credentials: Credentials::new(&service.auth, &target.secret),
            token: None,
            dialer: Dialer::new(service.auth.user(), service.root_certificate.clone(), limits.connect, guard),
            patience: Patience::new(meter, Duration::from_secs(u64::from(service.answer_seconds.max(1)))),
            bytes: limits.bytes,
            bytes_left: limits.bytes,
            pause: None,
            pages: 0,
        }
    }

    /// Gets one page.
    pub(super) async fn page(&mut self, address: &Address) -> Result<Page, ConnectorError> {
        let mut tries = Tries::default();
        let mut at = address.clone();
        loop {
            if let Some(pause) = self.pause.take() {
                self.patience.pause(pause, "its rate limit is spent: it asks").await?;
            }
            let answered = match self.ask(&at).await {
                Ok(response) => self.answered(response, &mut at, &mut tries).await,
                Err(error) => Err(error),
            };
            match answered {
                Ok(Some(page)) => {
                    self.pages += 1;
                    return Ok(page);
                }
                Ok(None) => {}
                // A service that has answered before is given another chance.
                Err(error) if error.kind == ErrorKind::Unreachable && self.pages > 0 => {
                    self.back_off(&mut tries, error).await?;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The names of fields and lists that a message tells were written by the service, which knows what it was sent.
    pub(super) fn discreet(&self, error: ConnectorError) -> ConnectorError {
        let sent = self.credentials.sent(self.token.as_ref());
        sent.iter().fold(error, |error, secret| error.without(secret))
    }

    /// What becomes of an answer: a page, or another request to `at`.
    async fn answered(
        &mut self,
        response: Response<Incoming>,
        at: &mut Address,
        tries: &mut Tries,
    ) -> Result<Option<Page>, ConnectorError> {
        let status = response.status();
        if status.is_success() {
            return self.read(response, at).await.map(Some);
        }
        // The rest of such an answer is nobody's business.
        self.dialer.hang_up();
        match status.as_u16() {
            301 | 302 | 303 | 307 | 308 => *at = self.redirected(response.headers(), at, tries)?,
            401 if self.credentials.need_token() && !tries.fresh_token => {
                tries.fresh_token = true;
                self.token = None;
            }
            429 => self.leave_alone(response.headers(), tries).await?,
            503 if pace::asked(response.headers()).is_some() => self.leave_alone(response.headers(), tries).await?,
            500..600 => {
                let message = format!("it answers {} ({} times); try again later", words(status), tries.failures + 1);
                let error = ConnectorError::new(ErrorKind::Unreachable, self.system(), message);
                self.back_off(tries, error).await?;
            }
            _ => return Err(self.said_no(status, at)),
        }
        Ok(None)
    }

    async fn read(&mut self, response: Response<Incoming>, at: &Address) -> Result<Page, ConnectorError> {
        let links = response.headers().get_all(header::LINK).iter();
        let links = links.filter_map(|link| link.to_str().ok().map(str::to_owned)).collect();
        let pause = pace::spent(response.headers());
        let text = if response.status() == StatusCode::NO_CONTENT {
            None
        } else {
            let (most, too_large) = if self.bytes_left < LARGEST_PAGE {
                let all = size(self.bytes);
                (
                    self.bytes_left,
                    format!("its answers hold more than {all}; raise the size limit or take a part of it"),
                )
            } else {
                let page = size(LARGEST_PAGE);
                (LARGEST_PAGE, format!("one answer holds more than {page}; ask for smaller pages"))
            };
            let read = body::read(response, most, &too_large, &self.patience).await;
            if read.is_err() {
                self.dialer.hang_up();
            }
            let text = read?;
            self.bytes_left -= text.len() as u64;
            Some(text)
        };
        self.pause = pause;
        Ok(Page { text, links, from: at.clone() })
    }

    async fn ask(&mut self, at: &Address) -> Result<Response<Incoming>, ConnectorError> {
        let mut headers = HeaderMap::new();
        let asked = if at.origin() == self.base.origin() {
            if self.credentials.need_token() && self.token.is_none() {
                self.token = Some(self.fetch_token().await?);
            }
            self.credentials.put(self.token.as_ref(), at.clone(), &mut headers).map_err(|reason| self.wrong(reason))?
        } else {
            self.credentials.strip(at.clone())
        };
        let mut request = Request::new(Full::default());
        *request.headers_mut() = headers;
        self.send(&asked, request).await
    }

    async fn send(
        &mut self,
        address: &Address,
        mut request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, ConnectorError> {
        let unfit = |_| self.wrong("its address cannot be asked for".into());
        *request.uri_mut() = Uri::try_from(address.asked()).map_err(unfit)?;
        let host = HeaderValue::try_from(address.authority())
            .map_err(|_| self.wrong("its host cannot be asked for".into()))?;
        let headers = request.headers_mut();
        headers.insert(header::HOST, host);
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(body::ENCODINGS));
        headers.insert(header::USER_AGENT, HeaderValue::from_static("plumbline"));
        self.dialer.send(address, request, &self.patience).await
    }

    async fn fetch_token(&mut self) -> Result<SecretString, ConnectorError> {
        let (address, request) =
            self.credentials.token_request().map_err(|reason| self.wrong(format!("the token endpoint: {reason}")))?;
        let response = self
            .send(&address, request)
            .await
            .map_err(|error| ConnectorError { message: format!("the token endpoint: {}", error.message), ..error })?;
        let status = response.status();
        // Not a page: neither the connection nor the bytes count for the service.
        let text = body::read(response, LARGEST_TOKEN, "it is no token: too large", &self.patience).await;
        self.dialer.hang_up();
        if status.is_success() {
            let prefixed = |reason: String| self.wrong(format!("the token endpoint: {reason}"));
            return token_in(&text.map_err(|error| prefixed(error.message))?).map_err(prefixed);
        }
        let reason = text.ok().and_then(|text| denial_in(&text)).map(|word| format!(" and `{word}`"));
        let message = format!(
            "the token endpoint answers {}{}; check client, secret and scope",
            words(status),
            reason.unwrap_or_default()
        );
        let kind = if status.is_server_error() { ErrorKind::Unreachable } else { ErrorKind::Denied };
        Err(ConnectorError::new(kind, self.system(), message))
    }

    fn redirected(&self, headers: &HeaderMap, at: &Address, tries: &mut Tries) -> Result<Address, ConnectorError> {
        tries.redirects += 1;
        if tries.redirects > MOST_REDIRECTS {
            return Err(
                self.wrong(format!("it redirects more than {MOST_REDIRECTS} times; name the address it ends at"))
            );
        }
        let location = headers.get(header::LOCATION).and_then(|location| location.to_str().ok());
        let location = location.ok_or_else(|| self.wrong("it redirects without saying where to".into()))?;
        at.follow(location).map_err(|reason| self.wrong(format!("it redirects to where we do not follow: {reason}")))
    }

    async fn leave_alone(&mut self, headers: &HeaderMap, tries: &mut Tries) -> Result<(), ConnectorError> {
        tries.waits += 1;
        if tries.waits > MOST_WAITS {
            let message = format!("it says {MOST_WAITS} times that it is asked too often; try later");
            return Err(ConnectorError::new(ErrorKind::Limit, self.system(), message));
        }
        let asked = pace::asked(headers).or_else(|| pace::spent(headers));
        let pause = asked.unwrap_or_else(|| doubled(tries.waits));
        self.patience.pause(pause, "the service asks").await
    }

    async fn back_off(&mut self, tries: &mut Tries, error: ConnectorError) -> Result<(), ConnectorError> {
        tries.failures += 1;
        if tries.failures > MOST_FAILURES {
            return Err(error);
        }
        self.dialer.hang_up();
        self.patience.pause(doubled(tries.failures), "it failed, and trying again is").await
    }

    fn said_no(&self, status: StatusCode, at: &Address) -> ConnectorError {
        let says = words(status);
        let (kind, message) = match status.as_u16() {
            401 => (ErrorKind::Denied, format!("it does not accept the credentials (it answers {says}); check them")),
            403 | 407 => (ErrorKind::Denied, format!("it answers {says}; grant this user or key the right to read")),
            404 | 410 => {
                let path = crate::error::cut(at.path());
                (
                    ErrorKind::BadData,
                    format!("there is nothing at `{path}` (it answers {says}); check address and path"),
                )
            }
            _ => (ErrorKind::BadData, format!("it answers {says}; check path and parameters")),
        };
        ConnectorError::new(kind, self.system(), message)
    }

    fn wrong(&self, message: String) -> ConnectorError {
        ConnectorError::bad_data(self.system(), message)
    }

    fn system(&self) -> &str {
        self.patience.system()
    }
}

/// Half a second, one, two, four …
fn doubled(time: u32) -> Duration {
    Duration::from_millis(250) * 2_u32.saturating_pow(time.min(MOST_WAITS))
}

fn words(status: StatusCode) -> String {
    match status.canonical_reason() {
        Some(reason) => format!("{} {}", status.as_u16(), reason.to_lowercase()),
        None => status.as_u16().to_string(),
    }
}

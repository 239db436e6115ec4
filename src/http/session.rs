//! Sessions: who a cookie belongs to, and the forms that begin and end one. Plain addresses and not
//! server functions, so that they work without scripts and the whole page loads anew afterwards.

use super::{
    download::refused,
    message::message,
    visitor::{address, client, visitor},
};
use crate::state::AppState;
use app::{
    AppError, ErrorKind, encoded, local_path,
    server::{FOR_ANYBODY, Rotated, sign_in_address},
};
use axum::{
    Extension, Form, Json,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use domain::UserId;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::sync::PoisonError;
use workbench::{Caller, Error, SignedIn};

/// Seconds a browser keeps the cookie; the session behind it ends by then as well.
const COOKIE_LIFE: u32 = 12 * 60 * 60;
/// Longer ones are not ours: a session's token has 43 characters.
const TOKEN_MAX: usize = 200;
/// Most of a typed value that is given back.
const TYPED_MAX: usize = 200;

/// The token a request came with, for whoever has to ask again later.
#[derive(Clone)]
pub struct Token(pub SecretString);

/// Finds out who asks and tells the rest. Server functions are refused to nobody-in-particular here,
/// each and every one but those listed, before the use case refuses them again.
pub async fn recognise(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let secure = state.config.secure_cookies();
    let token = cookie(request.headers(), cookie_name(secure));
    let caller = match &token {
        Some(token) => match state.workbench.recognise(token).await {
            Ok(caller) => caller,
            Err(error) => {
                tracing::error!(%error, "a session could not be looked up");
                return message(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "Not now",
                    "The database does not answer. Try again in a moment.",
                );
            }
        },
        None => Caller::Anonymous,
    };
    if let Some(user) = caller.user() {
        let address = client(request.extensions(), request.headers(), &state.config);
        state.sign_in_limits.remember(address, &user.email);
    }
    let anonymous = matches!(caller, Caller::Anonymous);
    let ended = anonymous && token.is_some();
    let rotated = Rotated::default();
    request.extensions_mut().insert(rotated.clone());
    let mut response = if anonymous && is_function(request.uri().path()) {
        signed_out(request.headers())
    } else {
        if let Some(token) = token {
            request.extensions_mut().insert(Token(token));
        }
        request.extensions_mut().insert(caller);
        next.run(request).await
    };
    let token = rotated.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(token) = token {
        set_cookie(&mut response, secure, &token, COOKIE_LIFE);
    }
    if ended && !response.headers().contains_key(header::SET_COOKIE) {
        set_cookie(&mut response, secure, "", 0);
    }
    response
}

/// The sign-in form.
#[derive(Deserialize)]
pub struct SignInForm {
    email: String,
    password: SecretString,
    #[serde(default)]
    next: String,
}

/// `POST /sign-in`
pub async fn sign_in(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    parts: Parts,
    Form(form): Form<SignInForm>,
) -> Response {
    if let Err(response) = may_try(&state, &parts, Some(&form.email)) {
        return *response;
    }
    let next = local_path(Some(&form.next));
    match state.workbench.sign_in(&form.email, &form.password, &visitor(&parts, &state.config)).await {
        Ok(signed_in) => enter(&state, &caller, signed_in, next).await,
        Err(error) => {
            let page = with(&sign_in_address(Some(next)), "error", code(&error, "mismatch"));
            back(&with(&page, "email", &typed(&form.email)))
        }
    }
}

/// The button of a one-time link.
#[derive(Deserialize)]
pub struct OnceForm {
    token: SecretString,
}

/// `POST /sign-in/once`
pub async fn sign_in_once(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    parts: Parts,
    Form(form): Form<OnceForm>,
) -> Response {
    if let Err(response) = may_try(&state, &parts, None) {
        return *response;
    }
    match state.workbench.sign_in_once(&form.token, &visitor(&parts, &state.config)).await {
        Ok(signed_in) => enter(&state, &caller, signed_in, local_path(None)).await,
        Err(error) => back(&with("/sign-in", "error", code(&error, "used"))),
    }
}

/// The form of an invitation.
#[derive(Deserialize)]
pub struct ChooseForm {
    token: SecretString,
    password: SecretString,
}

/// `POST /sign-in/choose`
pub async fn choose_password(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    parts: Parts,
    Form(form): Form<ChooseForm>,
) -> Response {
    if let Err(response) = may_try(&state, &parts, None) {
        return *response;
    }
    let page = format!("/sign-in/choose/{}", plain(&form.token));
    match state.workbench.choose_password(&form.token, &form.password, &visitor(&parts, &state.config)).await {
        Ok(signed_in) => enter(&state, &caller, signed_in, local_path(None)).await,
        Err(Error::Invalid(_)) => back(&with(&page, "invalid", "password")),
        Err(error) => back(&with("/sign-in", "error", code(&error, "used"))),
    }
}

/// The button beside a person.
#[derive(Deserialize)]
pub struct InviteForm {
    id: UserId,
}

/// `POST /account/invite`: a page with a link, shown this once.
pub async fn invite(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    Form(form): Form<InviteForm>,
) -> Response {
    match state.workbench.invite_link(&caller, form.id).await {
        Ok((user, token)) => {
            let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
            let scheme = if state.config.secure_cookies() { "https" } else { "http" };
            let base = state.config.public_origin().map_or_else(|| format!("{scheme}://{host}"), str::to_owned);
            let words = format!(
                "Give {} this address. It lets them choose a password, once, within a day, and is shown only now: \
                 {base}/sign-in/choose/{}",
                user.name,
                token.expose_secret()
            );
            message(StatusCode::OK, "An invitation", &words)
        }
        Err(error) => refused(&error, "/account"),
    }
}

/// The set-up form.
#[derive(Deserialize)]
pub struct SetUpForm {
    token: SecretString,
    name: String,
    email: String,
    password: SecretString,
}

/// `POST /set-up`
pub async fn set_up(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    parts: Parts,
    Form(form): Form<SetUpForm>,
) -> Response {
    if let Err(response) = may_try(&state, &parts, None) {
        return *response;
    }
    let visitor = visitor(&parts, &state.config);
    match state.workbench.set_up(&form.token, &form.name, &form.email, &form.password, &visitor).await {
        Ok(signed_in) => enter(&state, &caller, signed_in, local_path(None)).await,
        Err(Error::Invalid(problems)) => {
            let fields: Vec<_> = problems.iter().map(|p| p.field.as_str()).collect();
            let page = with(&set_up_address(&form.token), "invalid", &fields.join(","));
            back(&with(&with(&page, "name", &typed(&form.name)), "email", &typed(&form.email)))
        }
        Err(error) => back(&with(&set_up_address(&form.token), "error", code(&error, "used"))),
    }
}

/// `POST /sign-out`
pub async fn sign_out(State(state): State<AppState>, Extension(caller): Extension<Caller>) -> Response {
    if let Err(error) = state.workbench.sign_out(&caller).await
        && !matches!(error, Error::SignedOut)
    {
        tracing::error!(%error, "a session could not be ended");
        return message(
            StatusCode::SERVICE_UNAVAILABLE,
            "Still signed in",
            "The session could not be ended. Try again in a moment.",
        );
    }
    let mut response = Redirect::to("/sign-in?done=1").into_response();
    set_cookie(&mut response, state.config.secure_cookies(), "", 0);
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
    response
}

/// Ends the session the browser had and gives it the new one: a token known before signing in is
/// worth nothing afterwards.
async fn enter(state: &AppState, before: &Caller, signed_in: SignedIn, next: &str) -> Response {
    if let Err(error) = state.workbench.sign_out(before).await
        && !matches!(error, Error::SignedOut)
    {
        tracing::warn!(%error, "the session before could not be ended");
    }
    let mut response = Redirect::to(next).into_response();
    set_cookie(&mut response, state.config.secure_cookies(), signed_in.token.expose_secret(), COOKIE_LIFE);
    response
}

fn may_try(state: &AppState, parts: &Parts, account: Option<&str>) -> Result<(), Box<Response>> {
    state.sign_in_limits.check(address(parts, &state.config), account).map_err(|wait| {
        let seconds = wait.as_secs() + 1;
        let words = format!("There were too many tries. Wait {} and try again.", in_words(seconds));
        let mut response = message(StatusCode::TOO_MANY_REQUESTS, "Too many tries", &words);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        Box::new(response)
    })
}

fn in_words(seconds: u64) -> String {
    match seconds.div_ceil(60) {
        1 => "a minute".to_owned(),
        minutes => format!("{minutes} minutes"),
    }
}

/// A code for the page to put into words: text in an address could have been written by anybody.
fn code(error: &Error, expected: &'static str) -> &'static str {
    match error {
        Error::Invalid(_) | Error::Conflict(_) | Error::NotFound(_) => expected,
        other => {
            tracing::error!(error = %other, cause = ?other, "signing in failed");
            "failed"
        }
    }
}

/// What of a token may stand in an address.
fn plain(token: &SecretString) -> String {
    let ours = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    token.expose_secret().chars().take(TOKEN_MAX).filter(ours).collect()
}

fn set_up_address(token: &SecretString) -> String {
    format!("/set-up/{}", plain(token))
}

fn with(address: &str, name: &str, value: &str) -> String {
    let joint = if address.contains('?') { '&' } else { '?' };
    format!("{address}{joint}{name}={value}")
}

/// What was typed, for the page to show it again.
fn typed(text: &str) -> String {
    encoded(&text.chars().take(TYPED_MAX).collect::<String>())
}

fn back(address: &str) -> Response {
    Redirect::to(address).into_response()
}

fn is_function(path: &str) -> bool {
    path.starts_with("/api/") && !FOR_ANYBODY.contains(&path)
}

/// For scripts an error they understand; for plain forms the sign-in page, which leads back.
fn signed_out(headers: &HeaderMap) -> Response {
    let text = |name| headers.get(name).and_then(|v: &HeaderValue| v.to_str().ok());
    if text(header::ACCEPT).is_some_and(|accept| accept.contains("text/html")) {
        let path = text(header::REFERER)
            .and_then(|r| r.split_once("://"))
            .and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
        return back(&with(&sign_in_address(path), "error", "expired"));
    }
    let error = AppError::new(ErrorKind::SignedOut, Error::SignedOut.to_string());
    (StatusCode::UNAUTHORIZED, Json(error)).into_response()
}

fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-plumbline" } else { "plumbline" }
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<SecretString> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(n, value)| *n == name && !value.is_empty() && value.len() <= TOKEN_MAX)?;
    Some(SecretString::from(value))
}

fn set_cookie(response: &mut Response, secure: bool, value: &str, life: u32) {
    let mark = if secure { "; Secure" } else { "" };
    let cookie = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={life}{mark}", cookie_name(secure));
    // Tokens are URL-safe base64, so this always is a header value.
    if let Ok(mut value) = HeaderValue::from_str(&cookie) {
        value.set_sensitive(true);
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

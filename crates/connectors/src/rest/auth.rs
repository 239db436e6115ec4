//! Who asks: credentials for the service's own origin and for no other.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    HeaderMap, Method, Request,
    header::{self, HeaderName, HeaderValue},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::form_urlencoded::{Serializer, byte_serialize};

use super::{ClientIdentity, RestAuth, address::Address};

/// Headers that are no place for a key: they say what is asked for, of whom, in what form, or how the message is to be
/// read. Those that end with `-` stand for all that begin with them.
const NO_KEYS: [&str; 24] = [
    "accept",
    "accept-",
    "access-control-",
    "connection",
    "content-",
    "expect",
    "forwarded",
    "host",
    "http2-settings",
    "if-",
    "keep-alive",
    "max-forwards",
    "origin",
    "proxy-",
    "range",
    "te",
    "trailer",
    "transfer-",
    "upgrade",
    "user-agent",
    "via",
    "x-forwarded-",
    "x-original-",
    "x-rewrite-",
];
/// Parts of names by which frameworks let a header stand for something else of the request: `X-HTTP-Method-Override`,
/// `X-Method`, `X-Host`, `X-Real-URL` and whatever they call it.
const NO_KEY_PARTS: [&str; 8] = ["method", "verb", "override", "host", "url", "uri", "encoding", "length"];

/// How to say who asks.
pub(super) struct Credentials {
    auth: RestAuth,
    secret: SecretString,
}

impl Credentials {
    pub(super) fn new(auth: &RestAuth, secret: &SecretString) -> Self {
        Self { auth: auth.clone(), secret: secret.clone() }
    }

    /// Whether a token has to be fetched first.
    pub(super) fn need_token(&self) -> bool {
        matches!(self.auth, RestAuth::ClientCredentials { .. })
    }

    /// Puts the credentials into a request to the service itself.
    pub(super) fn put(
        &self,
        token: Option<&SecretString>,
        address: Address,
        headers: &mut HeaderMap,
    ) -> Result<Address, String> {
        let secret = self.secret.expose_secret();
        match &self.auth {
            RestAuth::None => {}
            RestAuth::Basic { user } if user.contains(':') => return Err("a user name holds no colon".into()),
            RestAuth::Basic { user } => {
                headers.insert(header::AUTHORIZATION, hidden(&basic(user, secret))?);
            }
            RestAuth::Bearer => {
                headers.insert(header::AUTHORIZATION, hidden(&format!("Bearer {secret}"))?);
            }
            RestAuth::KeyHeader { name } => {
                let known = HeaderName::from_bytes(name.as_bytes()).ok().filter(may_hold_a_key);
                let name = known.ok_or("the header for the key has a name that cannot be used")?;
                headers.insert(name, hidden(secret)?);
            }
            RestAuth::KeyParameter { name } => return Ok(address.with_only(name, Some(secret))),
            RestAuth::ClientCredentials { .. } => {
                if let Some(token) = token {
                    headers.insert(header::AUTHORIZATION, hidden(&format!("Bearer {}", token.expose_secret()))?);
                }
            }
        }
        Ok(address)
    }

    /// The secret and the token in every way they are written into requests.
    pub(super) fn sent(&self, token: Option<&SecretString>) -> Vec<SecretString> {
        let (user, secret) = (self.auth.user(), self.secret.expose_secret());
        let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        let both = |user: &str, secret: &str| STANDARD.encode(format!("{user}:{secret}"));
        let spelt = [secret.to_owned(), encoded(secret), both(user, secret), both(&encoded(user), &encoded(secret))];
        spelt.into_iter().map(SecretString::from).chain(token.cloned()).collect()
    }

    /// Takes out of an address elsewhere what the service may have put there: our key.
    pub(super) fn strip(&self, address: Address) -> Address {
        match &self.auth {
            RestAuth::KeyParameter { name } => address.with_only(name, None),
            _ => address,
        }
    }

    /// The request for a token and where it goes.
    pub(super) fn token_request(&self) -> Result<(Address, Request<Full<Bytes>>), String> {
        let RestAuth::ClientCredentials { token_url, client_id, scope, credentials } = &self.auth else {
            return Err("no token is needed".into());
        };
        let address = Address::parse(token_url)?;
        let secret = self.secret.expose_secret();
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "client_credentials");
        if !scope.is_empty() {
            form.append_pair("scope", scope);
        }
        if *credentials == ClientIdentity::Body {
            form.append_pair("client_id", client_id).append_pair("client_secret", secret);
        }
        let mut request = Request::new(Full::new(Bytes::from(form.finish())));
        *request.method_mut() = Method::POST;
        let headers = request.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        if *credentials == ClientIdentity::Header {
            let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
            headers.insert(header::AUTHORIZATION, hidden(&basic(&encoded(client_id), &encoded(secret)))?);
        }
        Ok((address, request))
    }
}

/// The token in the answer of a token endpoint.
pub(super) fn token_in(text: &str) -> Result<SecretString, String> {
    #[derive(Deserialize)]
    struct Answer {
        access_token: Option<SecretText>,
        token_type: Option<String>,
    }
    #[derive(Deserialize)]
    struct SecretText(String);

    let answer: Answer = serde_json::from_str(text).map_err(|_| "its answer is not the JSON of a token")?;
    if !answer.token_type.is_none_or(|kind| kind.eq_ignore_ascii_case("bearer")) {
        return Err("it gives a token of another type than bearer".into());
    }
    let token = answer.access_token.filter(|token| !token.0.is_empty()).ok_or("its answer holds no `access_token`")?;
    Ok(SecretString::from(token.0))
}

/// Why a token endpoint says no: one of the words of RFC 6749. What else it says may repeat what was sent.
pub(super) fn denial_in(text: &str) -> Option<&'static str> {
    const WORDS: [&str; 6] = [
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
    ];
    #[derive(Deserialize)]
    struct Answer {
        error: String,
    }
    let answer: Answer = serde_json::from_str(text).ok()?;
    WORDS.into_iter().find(|word| *word == answer.error)
}

fn may_hold_a_key(name: &HeaderName) -> bool {
    // Some servers hand both signs on as one.
    let name = name.as_str().replace('_', "-");
    let stands_for = |known: &str| if known.ends_with('-') { name.starts_with(known) } else { name == known };
    let means = |part: &str| NO_KEY_PARTS.contains(&part);
    !NO_KEYS.into_iter().any(stands_for) && !name.split('-').any(means)
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

fn hidden(text: &str) -> Result<HeaderValue, String> {
    let mut value =
        HeaderValue::from_str(text).map_err(|_| "the secret holds a sign that no header can carry; type it again")?;
    value.set_sensitive(true);
    Ok(value)
}

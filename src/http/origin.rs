//! Which host names and origins are us. A request for another host is refused, so that no link, cookie
//! or origin check ever depends on a name that somebody else chose (DNS rebinding, forged Host).

use super::message::message;
use crate::{config::Config, state::AppState};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode, Uri, header, uri::Authority},
    middleware::Next,
    response::Response,
};

/// What counts as us.
pub struct Origins {
    public: Option<String>,
}

impl Origins {
    /// From the configuration.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        Self { public: config.public_origin().map(str::to_owned) }
    }

    /// Whether a host (with port, as in the Host header) is us: the public one, or this machine by
    /// address or as `localhost`.
    #[must_use]
    pub fn is_host(&self, host: &str) -> bool {
        let public = self.public.as_deref().and_then(|origin| origin.split_once("://"));
        public.is_some_and(|(_, public)| public.eq_ignore_ascii_case(host)) || is_this_machine(host)
    }

    /// Whether `origin` (or the start of a referrer) is the one the request was sent to.
    #[must_use]
    pub fn is_own(&self, origin: &str, host: Option<&str>) -> bool {
        let Some((scheme, rest)) = origin.split_once("://") else {
            return false;
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default().to_ascii_lowercase();
        let public = self.public.as_deref() == Some(format!("{scheme}://{authority}").as_str());
        // Without a proxy the scheme is http; with one, the public origin above decides.
        public
            || (scheme == "http"
                && host.is_some_and(|host| host.eq_ignore_ascii_case(&authority) && is_this_machine(host)))
    }
}

/// Whether a host is this machine by address or as `localhost`.
fn is_this_machine(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let Ok(authority) = host.parse::<Authority>() else {
        return false;
    };
    let name = authority.host();
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    !host.contains('@') && (name == "localhost" || address.is_ok())
}

/// Host a request names.
pub fn host_of<'a>(headers: &'a HeaderMap, uri: &'a Uri) -> Option<&'a str> {
    let named = headers.get(header::HOST).and_then(|v| v.to_str().ok());
    named.or_else(|| uri.authority().map(Authority::as_str))
}

/// Refuses requests for hosts that are not us.
pub async fn check_host(State(state): State<AppState>, request: Request, next: Next) -> Response {
    match host_of(request.headers(), request.uri()) {
        Some(host) if state.origins.is_host(host) => next.run(request).await,
        _ => message(
            StatusCode::MISDIRECTED_REQUEST,
            "Not here",
            "This server does not answer under that name. Its operator can set public_url to the address people use.",
        ),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::Origins;
    use crate::config::Config;

    fn origins(file: &str) -> Origins {
        Origins::new(&Config::layered(file, []).unwrap())
    }

    #[test]
    fn this_machine_is_us_and_other_names_are_not() {
        let origins = origins("");
        for host in ["localhost", "localhost:3000", "LOCALHOST:3000", "127.0.0.1:3000", "[::1]:3000", "10.1.2.3"] {
            assert!(origins.is_host(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "evil@127.0.0.1",
            "localhost/x",
            " localhost",
        ] {
            assert!(!origins.is_host(host), "{host}");
        }
    }

    #[test]
    fn the_public_name_is_us() {
        let origins = origins("public_url = \"https://plumbline.example.org\"");
        assert!(origins.is_host("plumbline.example.org") && !origins.is_host("plumbline.example.org:444"));
        assert!(origins.is_own("https://plumbline.example.org", Some("plumbline.example.org")));
        assert!(origins.is_own("https://plumbline.example.org/p/x?y", Some("127.0.0.1:3000")));
        for foreign in [
            "http://plumbline.example.org",
            "https://plumbline.example.org.evil.example",
            "https://evil.example",
            "null",
            "",
        ] {
            assert!(!origins.is_own(foreign, Some("plumbline.example.org")), "{foreign}");
        }
    }

    #[test]
    fn an_origin_is_own_when_it_is_the_host_asked() {
        let origins = origins("");
        assert!(origins.is_own("http://127.0.0.1:3000", Some("127.0.0.1:3000")));
        assert!(origins.is_own("http://127.0.0.1:3000/plans", Some("127.0.0.1:3000")));
        for (foreign, host) in [
            ("http://127.0.0.1:4000", "127.0.0.1:3000"),
            ("http://localhost:3000", "127.0.0.1:3000"),
            ("https://127.0.0.1:3000", "127.0.0.1:3000"),
            ("http://127.0.0.1:3000@evil.example", "127.0.0.1:3000"),
            ("http://evil.example", "evil.example"),
            ("null", "127.0.0.1:3000"),
        ] {
            assert!(!origins.is_own(foreign, Some(host)), "{foreign} at {host}");
        }
        assert!(!origins.is_own("http://127.0.0.1:3000", None));
    }
}

//! URLs, read strictly: what a lenient reader would take for another host is refused before it is looked at.
//! Shown without their query, which may hold what is nobody's business.

use std::fmt;

use url::Url;

use crate::guard::host::{self, Host};

/// Longest URL that is followed.
const LONGEST: usize = 8192;

/// Where a request goes.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Address {
    url: Url,
    host: Host,
}

/// Scheme, host and port.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Origin {
    pub(super) https: bool,
    /// In lower case, without brackets.
    pub(super) host: String,
    pub(super) port: u16,
}

impl Address {
    /// A complete URL as somebody typed it: without user, query and fragment.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if text.contains(['?', '#']) {
            return Err("leave out `?` and `#`; parameters have their own field".into());
        }
        let written = written_host(text)?.ok_or("begin with https://")?;
        Self::new(Url::parse(text).map_err(|error| error.to_string())?, written)
    }

    /// What a service refers to from here: a complete URL or a relative one.
    pub(super) fn follow(&self, reference: &str) -> Result<Self, String> {
        let written = written_host(reference)?.unwrap_or_else(|| self.host.clone());
        let mut url = self.url.join(reference).map_err(|error| error.to_string())?;
        url.set_fragment(None);
        let next = Self::new(url, written)?;
        if self.url.scheme() == "https" && next.url.scheme() != "https" {
            return Err("it leads from https to http".into());
        }
        Ok(next)
    }

    fn new(url: Url, written: Host) -> Result<Self, String> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err("only https:// and http:// are followed".into());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("leave user and password out of the address; they have their own fields".into());
        }
        // The reader of URLs understands more spellings of a host than we do: both must mean the same.
        let read = host::parse(url.host_str().unwrap_or_default())?;
        if read != written {
            return Err("the host is not written as a plain name or address".into());
        }
        Ok(Self { url, host: written })
    }

    pub(super) fn origin(&self) -> Origin {
        let host = match &self.host {
            Host::Address(address) => address.to_string(),
            Host::Name(name) => name.clone(),
        };
        let https = self.url.scheme() == "https";
        Origin { https, host, port: self.url.port_or_known_default().unwrap_or(if https { 443 } else { 80 }) }
    }

    /// Whether it is written so that it leads to this very machine.
    pub(super) fn is_here(&self) -> bool {
        match &self.host {
            Host::Address(address) => address.is_loopback(),
            Host::Name(name) => name == "localhost",
        }
    }

    pub(super) fn path(&self) -> &str {
        self.url.path()
    }

    /// Path and query: what the request asks for.
    pub(super) fn asked(&self) -> &str {
        &self.url[url::Position::BeforePath..url::Position::AfterQuery]
    }

    /// The value of the header `Host`.
    pub(super) fn authority(&self) -> String {
        let Origin { https, host, port } = self.origin();
        let host = if host.contains(':') { format!("[{host}]") } else { host };
        if port == if https { 443 } else { 80 } { host } else { format!("{host}:{port}") }
    }

    /// The same with further parameters.
    pub(super) fn with(mut self, parameters: &[(String, String)]) -> Self {
        if !parameters.is_empty() {
            self.url.query_pairs_mut().extend_pairs(parameters);
        }
        self
    }

    /// The same with this one value for a parameter, or without it.
    pub(super) fn with_only(mut self, name: &str, value: Option<&str>) -> Self {
        // Written anew only where it has to be: the service may have signed it.
        if value.is_none() && !self.url.query_pairs().any(|(known, _)| known == name) {
            return self;
        }
        let others: Vec<(String, String)> =
            self.url.query_pairs().filter(|(known, _)| known != name).map(|(k, v)| (k.into(), v.into())).collect();
        self.url.set_query(None);
        let pairs = others.iter().map(|(k, v)| (k.as_str(), v.as_str())).chain(value.map(|value| (name, value)));
        for (name, value) in pairs {
            self.url.query_pairs_mut().append_pair(name, value);
        }
        self
    }

    /// The whole URL, for noticing that one comes again. Not for showing.
    pub(super) fn whole(&self) -> &str {
        self.url.as_str()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.url.scheme(), self.authority(), crate::error::cut(self.path()))
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

/// The host as it stands in the text; `None` where the text is relative to another address.
fn written_host(text: &str) -> Result<Option<Host>, String> {
    if text.len() > LONGEST {
        return Err(format!("it is longer than {LONGEST} bytes"));
    }
    if text.contains(|c: char| c.is_control() || c == '\\') || text.trim() != text {
        return Err("it holds a backslash, a control character or a space at its ends".into());
    }
    let scheme = text.split_once(':').map(|(scheme, _)| scheme).filter(|scheme| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    });
    let rest = match scheme {
        Some(scheme) if ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) => {
            text[scheme.len() + 1..].strip_prefix("//").ok_or("`//` stands before the host")?
        }
        Some(_) => return Err("only https:// and http:// are followed".into()),
        None => match text.strip_prefix("//") {
            Some(rest) => rest,
            None => return Ok(None),
        },
    };
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    if authority.contains('@') {
        return Err("leave user and password out of the address; they have their own fields".into());
    }
    let bracketed = authority.rfind(']').map_or(0, |end| end + 1);
    let host = match authority[bracketed..].rfind(':') {
        Some(colon) => &authority[..bracketed + colon],
        None => authority,
    };
    // Without brackets nobody can tell the port from the address.
    if host.contains(':') && !host.starts_with('[') {
        return Err("an IPv6 address stands in brackets".into());
    }
    host::parse(host).map(Some)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::Address;

    #[test]
    fn references_are_resolved_and_shown_without_their_query() {
        let base = Address::parse("https://api.test.example/v2/customers").unwrap();
        let shown = |reference: &str| {
            let next = base.follow(reference).unwrap();
            format!("{next} {}", next.asked())
        };
        assert_eq!(shown("?page=2"), "https://api.test.example/v2/customers /v2/customers?page=2");
        assert_eq!(shown("orders"), "https://api.test.example/v2/orders /v2/orders");
        assert_eq!(shown("/a?t=x#y"), "https://api.test.example/a /a?t=x");
        assert_eq!(shown("//other.example:8443/b"), "https://other.example:8443/b /b");
        assert_eq!(shown("HTTPS://API.test.example./c"), "https://api.test.example/c /c");
        assert_eq!(shown("https://[2A00:0:0::1]/d"), "https://[2a00::1]/d /d");
        assert_eq!(shown("/t:1/x"), "https://api.test.example/t:1/x /t:1/x");
        assert!(!format!("{:?}", base.follow("?key=secret").unwrap()).contains("secret"));
        let with = base.clone().with(&[("a b".into(), "1&2".into()), ("page".into(), "1".into())]);
        assert_eq!(with.clone().with_only("page", Some("2")).asked(), "/v2/customers?a+b=1%262&page=2");
        assert_eq!(with.with_only("a b", None).asked(), "/v2/customers?page=1");
        assert_eq!(base.follow("?x=a%20b").unwrap().with_only("y", None).asked(), "/v2/customers?x=a%20b");
    }

    #[test]
    fn what_leads_elsewhere_is_refused() {
        let base = Address::parse("https://api.test.example/v2").unwrap();
        for wrong in [
            "http://api.test.example/",
            "ftp://api.test.example/",
            "javascript:alert(1)",
            "https:/api.test.example",
            "https:api.test.example",
            "https:///api.test.example",
            "///evil.example",
            "https://a@evil.example",
            "https://api.test.example@evil.example/",
            "https:\\\\evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://ev\til.example",
            " https://evil.example",
            "https://0x7f.1/",
            "https://2130706433/",
            "https://%31%32%37.0.0.1/",
            "https://１２７.0.0.1/",
            "https://[::1%25eth0]/",
            "https://::1/",
            "https://api.test.example:99999/",
            "https://",
        ] {
            assert!(base.follow(wrong).is_err(), "{wrong}");
        }
        for wrong in ["", "api.test.example", "/v2", "https://a.example/?x=1", "https://a.example/#x"] {
            assert!(Address::parse(wrong).is_err(), "{wrong}");
        }
    }
}

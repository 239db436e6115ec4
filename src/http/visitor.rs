//! Where a request comes from: the other end of the connection, or what a proxy we trust says.

use crate::config::Config;
use axum::http::{Extensions, HeaderMap, header, request::Parts};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use workbench::Visitor;

/// The other end of the connection; put into each request by the listener.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// For the list of sessions.
#[must_use]
pub fn visitor(parts: &Parts, config: &Config) -> Visitor {
    let browser = parts.headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or("unknown");
    Visitor { address: address(parts, config).to_string(), browser: browser.to_owned() }
}

/// The client's address. Without a connection (in tests) it is unspecified.
#[must_use]
pub fn address(parts: &Parts, config: &Config) -> IpAddr {
    client(&parts.extensions, &parts.headers, config)
}

/// The same for a request that is still whole.
#[must_use]
pub fn client(extensions: &Extensions, headers: &HeaderMap, config: &Config) -> IpAddr {
    let peer = extensions.get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip().to_canonical());
    behind_proxies(peer, headers, &config.trusted_proxies)
}

/// What counts as one client: an address, or the /64 of IPv6 that one customer has.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => {
            let mut segments = v6.segments();
            segments[4..].fill(0);
            IpAddr::from(segments)
        }
    }
}

/// Each proxy adds whom it speaks for at the right: the first from there that is no proxy of ours is
/// the client. What stands left of it, the client may have written itself.
fn behind_proxies(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    if !trusted.contains(&peer) {
        return peer;
    }
    let lines = headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok());
    let listed: Vec<IpAddr> = lines.flat_map(|line| line.split(',')).filter_map(|a| a.trim().parse().ok()).collect();
    listed.into_iter().rev().map(|a: IpAddr| a.to_canonical()).find(|a| !trusted.contains(a)).unwrap_or(peer)
}

/// To whom connections and requests from an address are counted: to its network, or to nobody in particular where it is
/// a proxy of ours, which speaks for many.
#[must_use]
pub fn counted(address: IpAddr, config: &Config) -> Option<IpAddr> {
    if config.trusted_proxies.contains(&address) { None } else { Some(network(address)) }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::behind_proxies;
    use axum::http::{HeaderMap, HeaderValue};
    use std::net::IpAddr;

    fn seen(peer: &str, forwarded: &[&str]) -> String {
        let trusted: Vec<IpAddr> = vec!["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()];
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_str(line).unwrap());
        }
        behind_proxies(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn only_proxies_of_ours_are_believed() {
        assert_eq!(seen("198.51.100.7", &["203.0.113.9"]), "198.51.100.7");
        assert_eq!(seen("10.0.0.1", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(seen("10.0.0.1", &["1.1.1.1, 203.0.113.9"]), "203.0.113.9");
        assert_eq!(seen("10.0.0.1", &["1.1.1.1, 203.0.113.9, 10.0.0.2"]), "203.0.113.9");
        assert_eq!(seen("10.0.0.1", &["1.1.1.1", "203.0.113.9"]), "203.0.113.9");
        assert_eq!(seen("10.0.0.1", &["nonsense"]), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &[]), "10.0.0.1");
    }
}

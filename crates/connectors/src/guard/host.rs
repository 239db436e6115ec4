//! The host of a connection as people write it, and as people disguise it. Only two spellings are taken: a
//! complete IP address and a plain DNS name. Everything a resolver might read as something else is refused.

use std::net::IpAddr;

/// A host that means what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Host {
    /// An address.
    Address(IpAddr),
    /// A DNS name in lower case without a dot at its end.
    Name(String),
}

/// Parses the host, or says in words what is wrong with it.
pub(crate) fn parse(text: &str) -> Result<Host, String> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    if let Ok(address) = bare.parse::<IpAddr>() {
        let bracketed = bare.len() != text.len();
        if bracketed && address.is_ipv4() {
            return Err("an IPv4 address takes no brackets".into());
        }
        return Ok(Host::Address(super::network::canonical(address)));
    }
    let name = text.strip_suffix('.').unwrap_or(text);
    if name.is_empty() || name.len() > 253 {
        return Err("a host name has 1 to 253 characters".into());
    }
    if !name.is_ascii() {
        return Err("write an international name in its ASCII form (xn--…)".into());
    }
    for label in name.split('.') {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if label.is_empty() || label.len() > 63 || !label.bytes().all(plain) || label.starts_with('-') {
            return Err("only letters, digits, `-`, `_` and single dots make a host name; \
                        give port, user and path in their own fields"
                .into());
        }
    }
    // 127.1, 0177.0.0.1, 2130706433 and 0x7f000001 are all ways to write an address that only a resolver
    // understands; no public or private name ends in a number.
    let last = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let hex = last.strip_prefix("0x").is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if hex || last.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("this looks like an address in an unusual spelling; write it as four decimal numbers".into());
    }
    Ok(Host::Name(name.to_ascii_lowercase()))
}

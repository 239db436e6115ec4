//! Which addresses may be connected to: the operator's list, empty by default, and addresses that are refused
//! even when a network on the list contains them. Our targets are private networks, so those are no reason
//! to refuse; the list is the gate.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
    path::{Path, PathBuf},
};

use super::host::{self, Host};

/// What the operator allows connections to reach. Set in the configuration, never through the browser.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowList {
    entries: Vec<Entry>,
    folders: Vec<PathBuf>,
    own: Vec<SocketAddr>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    who: Who,
    ports: std::ops::RangeInclusive<u16>,
    /// Services there may be asked without encryption.
    plain: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Who {
    Network { address: IpAddr, prefix: u8 },
    Name(String),
    Suffix(String),
}

impl AllowList {
    /// Parses entries such as `10.1.0.0/16:5432`, `db.test.example:5432-5439`, `*.test.example`,
    /// `[fd00::/8]:5432`, `127.0.0.1`. Without a port every port is meant. Loopback, link-local and similar
    /// addresses are allowed only by an entry that is exactly that address, this server itself only by one that is
    /// exactly that address and port. `http://` in front allows HTTP services there to be asked without encryption,
    /// which else only those on loopback are.
    pub fn parse<S: AsRef<str>>(entries: &[S]) -> Result<Self, String> {
        let entries = entries.iter().map(|text| parse_entry(text.as_ref())).collect::<Result<_, _>>()?;
        Ok(Self { entries, ..Self::default() })
    }

    /// Allows files in this folder and below.
    #[must_use]
    pub fn with_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folders.push(folder.into());
        self
    }

    /// Tells the addresses this server listens on, so that it is not made to talk to itself. An unspecified one, such
    /// as `0.0.0.0:3000`, stands for all addresses of this machine.
    #[must_use]
    pub fn with_own(mut self, own: impl IntoIterator<Item = SocketAddr>) -> Self {
        self.own.extend(own);
        self
    }

    /// Whether this address, reached under this host name, may be connected to; else the signal and the reason.
    pub(super) fn admits(&self, host: &Host, address: IpAddr, port: u16) -> Result<(), (&'static str, String)> {
        let entries = || self.entries.iter().filter(|entry| entry.ports.contains(&port));
        let mut exact = entries().filter(|entry| entry.is_exactly(address));
        if self.is_own(address, port) {
            if exact.any(|entry| entry.ports == (port..=port)) {
                return Ok(());
            }
            let reason = format!(
                "{address} port {port} is this server itself; only an entry with exactly this address and port in the \
                 list allows it"
            );
            return Err(("address-special", reason));
        }
        if exact.next().is_some() {
            return Ok(());
        }
        if let Some(kind) = special(address) {
            let reason = format!("{address} is {kind}; only an entry with exactly this address in the list allows it");
            return Err(("address-special", reason));
        }
        if entries().any(|entry| entry.covers(host, address)) {
            return Ok(());
        }
        let reason =
            format!("{address} port {port} is not in the list of allowed networks; ask the operator to add it");
        Err(("address-not-allowed", reason))
    }

    /// Whether an HTTP service at this admitted address may be asked without encryption.
    pub(super) fn admits_plain(&self, host: &str, address: IpAddr, port: u16) -> bool {
        let Ok(host) = host::parse(host) else {
            return false;
        };
        let plain = |entry: &Entry| entry.plain && entry.ports.contains(&port);
        address.is_loopback() || self.entries.iter().any(|entry| plain(entry) && entry.covers(&host, address))
    }

    /// The file's real path and the part of it below the allowed folder it is in.
    pub(super) fn admits_file(&self, path: &Path) -> Option<(PathBuf, PathBuf)> {
        let real = path.canonicalize().ok()?;
        self.folders.iter().find_map(|folder| {
            let below = real.strip_prefix(folder.canonicalize().ok()?).ok()?.to_owned();
            Some((real.clone(), below))
        })
    }

    /// Whether this server itself listens there.
    fn is_own(&self, address: IpAddr, port: u16) -> bool {
        // Where a system connects to when it is told no address.
        let reached = match address {
            IpAddr::V4(address) if address.octets()[0] == 0 => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(address) if address.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            other => other,
        };
        self.own.iter().filter(|own| own.port() == port).any(|own| {
            let listens = canonical(own.ip());
            if listens.is_unspecified() { is_of_this_machine(reached) } else { listens == reached }
        })
    }
}

/// Whether a network card of this machine has the address: only then something can be bound to it.
fn is_of_this_machine(address: IpAddr) -> bool {
    address.is_loopback() || UdpSocket::bind((address, 0)).is_ok()
}

fn special(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => special_v4(address),
        IpAddr::V6(address) => special_v6(address),
    }
}

/// IPv4 written as IPv6 is IPv4.
pub(super) fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

fn special_v4(address: Ipv4Addr) -> Option<&'static str> {
    match address.octets() {
        [127, ..] => Some("a loopback address"),
        [0, ..] => Some("an unspecified address"),
        [169, 254, ..] => Some("a link-local address"),
        [224..=239, ..] => Some("a multicast address"),
        [240..=255, ..] => Some("a reserved address"),
        // Metadata services of clouds outside the link-local range.
        [100, 100, 100, 200] | [168, 63, 129, 16] => Some("a metadata service"),
        _ => None,
    }
}

fn special_v6(address: Ipv6Addr) -> Option<&'static str> {
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 1] => Some("a loopback address"),
        [0, 0, 0, 0, 0, 0, _, _] => Some("an unspecified or IPv4-compatible address"),
        [0xfe80..=0xfebf, ..] => Some("a link-local address"),
        [0xfec0..=0xfeff, ..] => Some("a site-local address"),
        [0xff00..=0xffff, ..] => Some("a multicast address"),
        [0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x254] | [0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254] => Some("a metadata service"),
        // Each of these carries an IPv4 address inside that a router would deliver to.
        [0x64, 0xff9b, ..] | [0x2002, ..] | [0x2001, 0, ..] | [0, 0, 0, 0, 0xffff, 0, _, _] => {
            Some("an address that stands for an IPv4 address")
        }
        _ => None,
    }
}

impl Entry {
    fn is_exactly(&self, address: IpAddr) -> bool {
        matches!(&self.who, Who::Network { address: listed, prefix } if *listed == address && *prefix == width(*listed))
    }

    fn covers(&self, host: &Host, address: IpAddr) -> bool {
        match &self.who {
            Who::Network { address: network, prefix } => contains(*network, *prefix, address),
            Who::Name(name) => *host == Host::Name(name.clone()),
            Who::Suffix(suffix) => {
                matches!(host, Host::Name(name) if name.ends_with(suffix.as_str()))
            }
        }
    }
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn contains(network: IpAddr, prefix: u8, address: IpAddr) -> bool {
    match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
            (u32::from(network) ^ u32::from(address)) & mask == 0
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
            (u128::from(network) ^ u128::from(address)) & mask == 0
        }
        _ => false,
    }
}

fn parse_entry(text: &str) -> Result<Entry, String> {
    let wrong = |reason: &str| format!("allowed network `{text}`: {reason}");
    let (plain, entry) = text.strip_prefix("http://").map_or((false, text), |entry| (true, entry));
    let (who, ports) = match entry.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((who, "")) => (who, None),
        Some((who, rest)) => (who, Some(rest.strip_prefix(':').ok_or_else(|| wrong("a port stands after `]:`"))?)),
        // An IPv6 address without brackets has no port.
        None if entry.matches(':').count() > 1 => (entry, None),
        None => entry.split_once(':').map_or((entry, None), |(who, ports)| (who, Some(ports))),
    };
    let ports = match ports {
        None => 0..=u16::MAX,
        Some(ports) => {
            let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
            let port = |text: &str| text.parse::<u16>().map_err(|_| wrong("a port is a number up to 65535"));
            port(first)?..=port(last)?
        }
    };
    let who = match who.split_once('/') {
        Some((address, prefix)) => {
            let address: IpAddr = address.parse().map_err(|_| wrong("this is no network"))?;
            let prefix = prefix.parse().ok().filter(|prefix| *prefix <= width(address));
            Who::Network { address, prefix: prefix.ok_or_else(|| wrong("the prefix length is too large"))? }
        }
        None => match who.strip_prefix('*').filter(|suffix| suffix.starts_with('.') && suffix.len() > 1) {
            Some(suffix) => Who::Suffix(suffix.to_ascii_lowercase()),
            None => match host::parse(who).map_err(|reason| wrong(&reason))? {
                Host::Address(address) => Who::Network { address, prefix: width(address) },
                Host::Name(name) => Who::Name(name),
            },
        },
    };
    Ok(Entry { who, ports, plain })
}

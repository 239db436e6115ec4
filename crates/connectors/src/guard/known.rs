//! What is recorded as production: hosts, by whatever name or address one gets there, and servers by what they call
//! themselves.

use std::{collections::BTreeSet, net::IpAddr, time::Duration};

use futures::{StreamExt, stream};
use serde::{Deserialize, Serialize};
use tokio::{net::lookup_host, time::timeout};

use super::{
    Reason,
    host::{self, Host},
    network::canonical,
};
use crate::error::listed;

/// What is recorded as production for any instance of the workspace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownProduction {
    /// Hosts, as names or addresses.
    pub hosts: Vec<String>,
    /// Identifiers of servers: see [`super::ServerFacts::system_identifier`].
    pub system_identifiers: Vec<String>,
    /// Where the names among the hosts lead, once that was looked up, as [`super::check_connection`] does.
    #[serde(default)]
    pub looked_up: Option<LookedUp>,
}

/// Where names recorded as production lead.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookedUp {
    /// Addresses, each with the name that leads there.
    pub addresses: Vec<(IpAddr, String)>,
    /// What leads nowhere, is no host, or was not found in time.
    pub unknown: Vec<String>,
}

impl KnownProduction {
    /// The same with its names looked up, unless they were before. Ends after a few seconds, whatever the resolver does.
    pub(super) async fn look_up(mut self) -> Self {
        const LONGEST: Duration = Duration::from_secs(3);
        const AT_ONCE: usize = 16;
        const MOST: usize = 500;
        if self.looked_up.is_some() {
            return self;
        }
        let (mut found, mut open) = (LookedUp::default(), BTreeSet::new());
        for text in &self.hosts {
            match recorded(text) {
                Ok(Host::Name(name)) => {
                    open.insert(name);
                }
                Ok(Host::Address(_)) => {}
                Err(_) => found.unknown.push(text.clone()),
            }
        }
        let names: Vec<String> = open.iter().take(MOST).cloned().collect();
        let mut lookups = std::pin::pin!(stream::iter(names).map(addresses_of).buffer_unordered(AT_ONCE));
        let all = async {
            while let Some((name, addresses)) = lookups.next().await {
                if !addresses.is_empty() {
                    open.remove(&name);
                }
                found.addresses.extend(addresses.into_iter().map(|address| (address, name.clone())));
            }
        };
        // What is open when the time is up is not known.
        let _ = timeout(LONGEST, all).await;
        found.unknown.extend(open);
        self.looked_up = Some(found);
        self
    }

    /// Why a host that leads to these addresses is one of those recorded, if it is.
    pub(super) fn recognises(&self, host: &str, parsed: &Host, addresses: &[IpAddr]) -> Option<String> {
        let same = |known: &String| match recorded(known) {
            Ok(Host::Address(address)) => addresses.contains(&address),
            Ok(name) => name == *parsed,
            Err(_) => false,
        };
        if self.hosts.iter().any(same) {
            return Some(format!("the host `{host}` is recorded as production"));
        }
        let mut led = self.looked_up.iter().flat_map(|looked_up| &looked_up.addresses);
        let (address, name) = led.find(|(address, _)| addresses.contains(address))?;
        Some(format!("the host `{host}` is {address}, an address of `{name}`, which is recorded as production"))
    }

    /// Whether a server that calls itself this is one of those recorded.
    pub(super) fn recognises_server(&self, identifier: &str) -> bool {
        self.system_identifiers.iter().any(|known| known.trim().eq_ignore_ascii_case(identifier.trim()))
    }

    /// What cannot be told apart from production, because it is not known where it leads.
    pub(super) fn doubt(&self) -> Option<Reason> {
        let unknown = self.looked_up.as_ref().map(|looked_up| &looked_up.unknown).filter(|list| !list.is_empty())?;
        let text = format!(
            "recorded as production and not found now: {}; whether the connection leads to it all the same is not known; \
             correct the name, or record its address",
            listed(unknown)
        );
        Some(Reason { signal: "known-host-unresolved".into(), text })
    }
}

/// All addresses of a name; none where it is not found.
async fn addresses_of(name: String) -> (String, Vec<IpAddr>) {
    let found = lookup_host((name.as_str(), 0)).await;
    let addresses = found.map(|found| found.map(|address| canonical(address.ip())).collect()).unwrap_or_default();
    (name, addresses)
}

/// A host as people record it, perhaps copied with scheme, port and path around it.
fn recorded(text: &str) -> Result<Host, String> {
    let text = text.trim();
    let text = text.split_once("://").map_or(text, |(_, rest)| rest);
    let text = text.split(['/', '?', '#']).next().unwrap_or_default();
    match text.rsplit_once(':') {
        // Not the last part of an IPv6 address.
        Some((host, port)) if port.parse::<u16>().is_ok() && (!host.contains(':') || host.ends_with(']')) => {
            host::parse(host)
        }
        _ => host::parse(text),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{Host, recorded};

    #[test]
    fn a_host_is_recognised_however_it_was_copied() {
        for text in
            ["CRM.example.", " crm.example ", "crm.example:5432", "https://crm.example/x", "https://crm.example:443?x"]
        {
            assert_eq!(recorded(text).unwrap(), Host::Name("crm.example".into()), "{text}");
        }
        for (text, address) in [
            ("10.1.2.3:5432", "10.1.2.3"),
            ("::ffff:10.1.2.3", "10.1.2.3"),
            ("fd00::5", "fd00::5"),
            ("[fd00::5]:5432", "fd00::5"),
            ("[fd00::5]", "fd00::5"),
        ] {
            assert_eq!(recorded(text).unwrap(), Host::Address(address.parse().unwrap()), "{text}");
        }
        assert!(recorded("the CRM of marketing").is_err());
    }
}

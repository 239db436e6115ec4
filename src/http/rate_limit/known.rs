//! From which networks accounts were used lately. In memory alone: after a start each is known again with the first
//! request of a session.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Networks not seen for so long are forgotten.
const KEPT: Duration = Duration::from_secs(90 * 24 * 60 * 60);
/// Networks of one account; of more those not seen for the longest time are forgotten.
const NETWORKS: usize = 20;
/// Accounts; further ones are not remembered.
const ACCOUNTS: usize = 10_000;

/// Networks by account, each with when it was last seen, those of late at the end.
type Networks = HashMap<String, Vec<(IpAddr, Instant)>>;

/// From where accounts were used.
#[derive(Default)]
pub(super) struct Known(Mutex<Networks>);

impl Known {
    /// An account is used from this network.
    pub(super) fn remember(&self, account: String, network: IpAddr, now: Instant) {
        let mut known = self.lock();
        if known.len() >= ACCOUNTS && !known.contains_key(&account) {
            return;
        }
        let networks = known.entry(account).or_default();
        networks.retain(|(other, _)| *other != network);
        networks.push((network, now));
        let surplus = networks.len().saturating_sub(NETWORKS);
        networks.drain(..surplus);
    }

    /// Whether it was, lately.
    pub(super) fn has(&self, account: &str, network: IpAddr, now: Instant) -> bool {
        let known = self.lock();
        let networks = known.get(account).map(Vec::as_slice).unwrap_or_default();
        networks.iter().any(|(other, seen)| *other == network && now.duration_since(*seen) < KEPT)
    }

    /// Forgets what was not seen for long.
    pub(super) fn forget_old(&self, now: Instant) {
        self.lock().retain(|_, networks| {
            networks.retain(|(_, seen)| now.duration_since(*seen) < KEPT);
            !networks.is_empty()
        });
    }

    fn lock(&self) -> MutexGuard<'_, Networks> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(n: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, n])
    }

    #[test]
    fn what_was_not_seen_for_long_is_forgotten() {
        let (known, start) = (Known::default(), Instant::now());
        known.remember("ana".into(), network(1), start);
        let late = start + KEPT;
        known.remember("ana".into(), network(2), late);
        assert!(known.has("ana", network(1), start) && !known.has("ben", network(1), start));
        assert!(!known.has("ana", network(1), late) && known.has("ana", network(2), late));
        known.forget_old(late + KEPT);
        assert!(known.lock().is_empty());
    }

    #[test]
    fn the_networks_of_an_account_are_bounded() {
        let (known, start) = (Known::default(), Instant::now());
        for n in 0..=20 {
            known.remember("ana".into(), network(n), start);
            known.remember("ana".into(), network(1), start);
        }
        assert!(!known.has("ana", network(0), start) && known.has("ana", network(1), start));
        assert!(known.has("ana", network(20), start));
        assert_eq!(known.lock()["ana"].len(), NETWORKS);
    }
}

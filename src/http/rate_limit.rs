//! How often one may try to sign in: per account and per address. Passwords cannot be guessed. Whoever tries them from
//! elsewhere does not keep the account's own people out: networks from which it was used have tries of their own.

mod known;

use super::visitor::network;
use crate::config::SignIn;
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::NoOpMiddleware,
    state::keyed::HashMapStateStore,
};
use known::Known;
use std::{
    net::IpAddr,
    num::NonZeroU32,
    time::{Duration, Instant},
};

type Limiter<K> = RateLimiter<K, HashMapStateStore<K>, DefaultClock, NoOpMiddleware<<DefaultClock as Clock>::Instant>>;

/// What is left for whom.
pub struct SignInLimits {
    /// Of everybody who comes from a network the account was not used from.
    accounts: Limiter<String>,
    /// Of each network it was used from.
    accounts_at: Limiter<(String, IpAddr)>,
    addresses: Limiter<IpAddr>,
    known: Known,
    clock: DefaultClock,
}

impl SignInLimits {
    /// Nobody has tried yet.
    #[must_use]
    pub fn new(config: &SignIn) -> Self {
        let every = |period: u64, times: NonZeroU32| {
            Quota::with_period(Duration::from_secs(period) / times.get()).unwrap_or_else(|| Quota::per_hour(times))
        };
        let accounts = every(3600, config.account_per_hour).allow_burst(config.account_burst);
        let addresses = every(60, config.address_per_minute).allow_burst(config.address_burst);
        Self {
            accounts: RateLimiter::hashmap(accounts),
            accounts_at: RateLimiter::hashmap(accounts),
            known: Known::default(),
            addresses: RateLimiter::hashmap(addresses),
            clock: DefaultClock::default(),
        }
    }

    /// Notes that an account is used from this address.
    pub fn remember(&self, address: IpAddr, account: &str) {
        self.known.remember(key(account), network(address), Instant::now());
    }

    /// Counts a try. The address is asked first, so that one address cannot use up many accounts.
    ///
    /// # Errors
    /// How long to wait before the next one.
    pub fn check(&self, address: IpAddr, account: Option<&str>) -> Result<(), Duration> {
        let wait = |not_until: governor::NotUntil<<DefaultClock as Clock>::Instant>| {
            not_until.wait_time_from(self.clock.now())
        };
        let network = network(address);
        self.addresses.check_key(&network).map_err(wait)?;
        let Some(account) = account.map(key) else { return Ok(()) };
        if self.known.has(&account, network, Instant::now()) {
            return self.accounts_at.check_key(&(account, network)).map_err(wait);
        }
        self.accounts.check_key(&account).map_err(wait)
    }

    /// Forgets those whose tries have all come back, and networks not seen for long. Called now and then.
    pub fn forget_old(&self) {
        self.known.forget_old(Instant::now());
        self.accounts.retain_recent();
        self.accounts.shrink_to_fit();
        self.accounts_at.retain_recent();
        self.accounts_at.shrink_to_fit();
        self.addresses.retain_recent();
        self.addresses.shrink_to_fit();
    }
}

/// An account as it is looked up, and no longer than an address can be.
fn key(account: &str) -> String {
    account.trim().to_lowercase().chars().take(200).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::SignInLimits;
    use crate::config::Config;
    use std::net::IpAddr;

    #[test]
    fn an_account_is_tried_twenty_times_in_the_first_hour_at_most() {
        let config = Config::layered("", []).unwrap();
        assert!(config.sign_in.account_burst.get() + config.sign_in.account_per_hour.get() <= 20);
        let limits = SignInLimits::new(&config.sign_in);
        let address = |n: u8| IpAddr::from([192, 0, 2, n]);
        let burst = u8::try_from(config.sign_in.account_burst.get()).unwrap();
        // From ever new addresses, and however the account is spelt.
        for n in 0..burst {
            limits.check(address(n), Some(if n % 2 == 0 { "a@b.example" } else { " A@B.example" })).unwrap();
        }
        let wait = limits.check(address(burst), Some("a@b.example")).unwrap_err();
        assert!(wait.as_secs() > 60, "{wait:?}");
        limits.check(address(burst), Some("other@b.example")).unwrap();
    }

    #[test]
    fn a_network_the_account_is_used_from_has_tries_of_its_own() {
        let config = Config::layered("", []).unwrap();
        let limits = SignInLimits::new(&config.sign_in);
        let home: IpAddr = "2001:db8::1".parse().unwrap();
        limits.remember(home, "A@b.example");
        let burst = u8::try_from(config.sign_in.account_burst.get()).unwrap();
        let elsewhere = |n: u8| IpAddr::from([192, 0, 2, n]);
        for n in 0..burst {
            limits.check(elsewhere(n), Some("a@b.example")).unwrap();
        }
        limits.check(elsewhere(burst), Some("a@b.example")).unwrap_err();
        // The same network, whatever the address in it; as many tries as there are elsewhere, and no more.
        for _ in 0..burst {
            limits.check("2001:db8::2".parse().unwrap(), Some("a@b.example ")).unwrap();
        }
        limits.check(home, Some("a@b.example")).unwrap_err();
        limits.check(home, Some("other@b.example")).unwrap();
    }

    #[test]
    fn an_address_is_stopped_whatever_it_tries() {
        let config = Config::layered("", []).unwrap();
        let limits = SignInLimits::new(&config.sign_in);
        for n in 0..config.sign_in.address_burst.get() {
            limits.check("2001:db8::1".parse().unwrap(), Some(&format!("{n}@b.example"))).unwrap();
        }
        assert!(limits.check("2001:db8::ffff".parse().unwrap(), None).is_err(), "same network");
        limits.check("2001:db8:0:1::1".parse().unwrap(), None).unwrap();
    }
}

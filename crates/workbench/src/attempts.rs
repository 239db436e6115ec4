//! How often somebody who is signed in may try what could be guessed: their password, because an unattended browser
//! must not be the place for it, and connections to other machines, because their passwords and ports must not be
//! guessed through us. Trying to sign in is bounded by the server, per account and address.

use crate::Error;
use domain::{Timestamp, UserId};
use jiff::SignedDuration;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// Passwords within [`WINDOW`].
pub(crate) const PASSWORDS: u32 = 5;
/// Connections to other machines within [`WINDOW`], tested as they are or as they are to be made.
pub(crate) const CONNECTIONS: u32 = 120;
/// After so long the count starts anew.
const WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// People remembered at once.
const PEOPLE: usize = 10_000;

/// Tries of each person, and when the first of them was.
pub(crate) struct Attempts {
    most: u32,
    tries: Mutex<HashMap<UserId, (u32, Timestamp)>>,
}

impl Attempts {
    /// Nobody has tried yet; each may so often within [`WINDOW`].
    pub(crate) fn of(most: u32) -> Self {
        Self { most, tries: Mutex::default() }
    }

    /// Counts a try.
    ///
    /// # Errors
    /// `TooMany` when there were as many as there may be.
    pub(crate) fn check(&self, user: UserId, now: Timestamp) -> Result<(), Error> {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.len() >= PEOPLE {
            tries.retain(|_, (_, first)| *first + WINDOW > now);
        }
        let (count, first) = tries.entry(user).or_insert((0, now));
        if *first + WINDOW <= now {
            (*count, *first) = (0, now);
        }
        if *count >= self.most {
            return Err(Error::TooMany);
        }
        *count += 1;
        Ok(())
    }

    /// The password was right.
    pub(crate) fn forget(&self, user: UserId) {
        self.tries.lock().unwrap_or_else(PoisonError::into_inner).remove(&user);
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_try_waits() {
        let attempts = Attempts::of(PASSWORDS);
        let (ana, ben): (UserId, UserId) = (
            "01970000-0000-7000-8000-000000000001".parse().unwrap(),
            "01970000-0000-7000-8000-000000000002".parse().unwrap(),
        );
        let start = Timestamp::from_second(1_795_000_000).unwrap();
        for _ in 0..PASSWORDS {
            attempts.check(ana, start).unwrap();
        }
        assert!(matches!(attempts.check(ana, start), Err(Error::TooMany)));
        attempts.check(ben, start).unwrap();
        attempts.check(ana, start + WINDOW).unwrap();
        attempts.forget(ana);
        for _ in 0..PASSWORDS {
            attempts.check(ana, start).unwrap();
        }
    }
}

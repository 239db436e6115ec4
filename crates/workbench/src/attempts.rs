//! How often somebody who is signed in may give a wrong password: an unattended browser must not be the
//! place where it is guessed. Trying to sign in is bounded by the server, per account and address.

use crate::Error;
use domain::{Timestamp, UserId};
use jiff::SignedDuration;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// Tries within [`WINDOW`].
const TRIES: u32 = 5;
/// After so long the count starts anew.
const WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// People remembered at once.
const PEOPLE: usize = 10_000;

/// Tries of each person, and when the first of them was.
#[derive(Default)]
pub(crate) struct Attempts(Mutex<HashMap<UserId, (u32, Timestamp)>>);

impl Attempts {
    /// Counts a try.
    ///
    /// # Errors
    /// `TooMany` when there were as many as there may be.
    pub(crate) fn check(&self, user: UserId, now: Timestamp) -> Result<(), Error> {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.len() >= PEOPLE {
            tries.retain(|_, (_, first)| *first + WINDOW > now);
        }
        let (count, first) = tries.entry(user).or_insert((0, now));
        if *first + WINDOW <= now {
            (*count, *first) = (0, now);
        }
        if *count >= TRIES {
            return Err(Error::TooMany);
        }
        *count += 1;
        Ok(())
    }

    /// The password was right.
    pub(crate) fn forget(&self, user: UserId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&user);
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_try_waits() {
        let attempts = Attempts::default();
        let (ana, ben): (UserId, UserId) = (
            "01970000-0000-7000-8000-000000000001".parse().unwrap(),
            "01970000-0000-7000-8000-000000000002".parse().unwrap(),
        );
        let start = Timestamp::from_second(1_795_000_000).unwrap();
        for _ in 0..TRIES {
            attempts.check(ana, start).unwrap();
        }
        assert!(matches!(attempts.check(ana, start), Err(Error::TooMany)));
        attempts.check(ben, start).unwrap();
        attempts.check(ana, start + WINDOW).unwrap();
        attempts.forget(ana);
        for _ in 0..TRIES {
            attempts.check(ana, start).unwrap();
        }
    }
}

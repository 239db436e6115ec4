//! Places for event streams: each holds a connection for as long as its page is open, so that no session
//! may have more than a few, and all together have a bound.

use domain::SessionId;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Who has how many streams open. Cheap to clone.
#[derive(Clone)]
pub struct Streams {
    open: Arc<Mutex<BTreeMap<SessionId, usize>>>,
    most: usize,
    most_per_session: usize,
}

/// A place; given back when dropped.
pub struct Place {
    streams: Streams,
    session: SessionId,
}

impl Streams {
    /// Room for `most` streams, `most_per_session` of them of one session.
    #[must_use]
    pub fn new(most: usize, most_per_session: usize) -> Self {
        Self { open: Arc::default(), most, most_per_session }
    }

    /// A place for one more stream of a session, if there is one.
    #[must_use]
    pub fn take(&self, session: SessionId) -> Option<Place> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let own = open.get(&session).copied().unwrap_or_default();
        if own >= self.most_per_session || open.values().sum::<usize>() >= self.most {
            return None;
        }
        open.insert(session, own + 1);
        drop(open);
        Some(Place { streams: self.clone(), session })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.open.lock().unwrap_or_else(PoisonError::into_inner);
        match open.get_mut(&self.session) {
            Some(own) if *own > 1 => *own -= 1,
            _ => {
                open.remove(&self.session);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Streams;
    use domain::SessionId;
    use uuid::Uuid;

    #[test]
    fn places_are_bounded_and_come_back() {
        let session = |n: u128| SessionId(Uuid::from_u128(n));
        let streams = Streams::new(3, 2);
        let first = streams.take(session(1));
        let second = streams.take(session(1));
        assert!(first.is_some() && second.is_some() && streams.take(session(1)).is_none(), "two of one session");
        let third = streams.take(session(2));
        assert!(third.is_some() && streams.take(session(3)).is_none(), "three of all");
        drop(first);
        assert!(streams.take(session(3)).is_some());
        drop((second, third));
        assert!(streams.open.lock().is_ok_and(|open| open.is_empty()), "nobody is remembered for ever");
    }
}

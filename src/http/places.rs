//! Places that have a bound, together and for each who takes one: event streams, which hold a connection for as long as
//! their page is open, by session; connections, and requests worked on, by address.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Who has how many places. Cheap to clone.
#[derive(Clone)]
pub struct Places<K> {
    taken: Arc<Mutex<Taken<K>>>,
    most: usize,
    most_each: usize,
}

struct Taken<K> {
    all: usize,
    each: BTreeMap<K, usize>,
}

/// A place; given back when dropped.
pub struct Place<K: Ord + Copy> {
    places: Places<K>,
    whose: Option<K>,
}

impl<K: Ord + Copy> Places<K> {
    /// So many places, and so many of them for each.
    #[must_use]
    pub fn new(most: usize, most_each: usize) -> Self {
        let taken = Taken { all: 0, each: BTreeMap::new() };
        Self { taken: Arc::new(Mutex::new(taken)), most, most_each }
    }

    /// One more place for somebody, if there is one. Nobody in particular may have as many as there are.
    #[must_use]
    pub fn take(&self, whose: Option<K>) -> Option<Place<K>> {
        let mut taken = self.lock();
        if taken.all >= self.most {
            return None;
        }
        if let Some(whose) = whose {
            let own = taken.each.get(&whose).copied().unwrap_or_default();
            if own >= self.most_each {
                return None;
            }
            taken.each.insert(whose, own + 1);
        }
        taken.all += 1;
        drop(taken);
        Some(Place { places: self.clone(), whose })
    }

    fn lock(&self) -> MutexGuard<'_, Taken<K>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Ord + Copy> Drop for Place<K> {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        taken.all = taken.all.saturating_sub(1);
        let Some(whose) = self.whose else { return };
        match taken.each.get_mut(&whose) {
            Some(own) if *own > 1 => *own -= 1,
            _ => {
                taken.each.remove(&whose);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Places;

    #[test]
    fn places_are_bounded_and_come_back() {
        let places = Places::new(3, 2);
        let first = places.take(Some(1));
        let second = places.take(Some(1));
        assert!(first.is_some() && second.is_some() && places.take(Some(1)).is_none(), "two of one");
        let third = places.take(Some(2));
        assert!(third.is_some() && places.take(Some(3)).is_none() && places.take(None).is_none(), "three of all");
        drop(first);
        assert!(places.take(Some(3)).is_some());
        drop((second, third));
        let nobody = [places.take(None), places.take(None), places.take(None)];
        assert!(nobody.iter().all(Option::is_some) && places.take(None).is_none());
        drop(nobody);
        assert!(places.lock().all == 0 && places.lock().each.is_empty(), "nobody is remembered for ever");
    }
}

//! A bounded number of open files and folders.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Keeps what was used last, and closes the rest as soon as nobody works with
/// it any more.
#[derive(Debug)]
pub(super) struct Cache<T> {
    state: Mutex<State<T>>,
    capacity: usize,
}

#[derive(Debug)]
struct State<T> {
    entries: HashMap<u64, (Arc<T>, u64)>,
    uses: u64,
}

impl<T> Cache<T> {
    /// A cache of at most `capacity` entries.
    pub(super) fn new(capacity: usize) -> Self {
        let state = State { entries: HashMap::with_capacity(capacity + 1), uses: 0 };
        Self { state: Mutex::new(state), capacity }
    }

    /// The entry `number`, if it is still kept.
    pub(super) fn get(&self, number: u64) -> Option<Arc<T>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.uses += 1;
        let now = state.uses;
        state.entries.get_mut(&number).map(|(entry, used)| {
            *used = now;
            Arc::clone(entry)
        })
    }

    /// Keeps an entry, in the place of the one that was not used for longest.
    pub(super) fn put(&self, number: u64, entry: Arc<T>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.uses += 1;
        let now = state.uses;
        state.entries.insert(number, (entry, now));
        if state.entries.len() > self.capacity {
            let oldest = state.entries.iter().min_by_key(|(_, (_, used))| *used);
            if let Some(oldest) = oldest.map(|(number, _)| *number) {
                state.entries.remove(&oldest);
            }
        }
    }

    /// Forgets an entry.
    pub(super) fn remove(&self, number: u64) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).entries.remove(&number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_last_stays() {
        let cache = Cache::new(2);
        cache.put(1, Arc::new('a'));
        cache.put(2, Arc::new('b'));
        assert_eq!(cache.get(1).as_deref(), Some(&'a'));
        cache.put(3, Arc::new('c'));
        assert_eq!(cache.get(2), None);
        assert!(cache.get(1).is_some() && cache.get(3).is_some());
        cache.remove(1);
        assert_eq!(cache.get(1), None);
    }
}

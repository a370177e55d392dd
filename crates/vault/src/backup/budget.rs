//! The memory a backup may hold at once.
//!
//! Whoever reads file contents takes as many bytes as it is about to hold; they
//! come back when the pack that took the contents up has been stored. So a slow
//! destination slows the reading instead of filling the memory.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// A number of bytes that are shared out.
#[derive(Debug)]
pub(crate) struct Budget {
    state: Mutex<State>,
    changed: Condvar,
    largest: usize,
}

#[derive(Debug)]
struct State {
    free: usize,
    closed: bool,
}

/// Bytes that are taken until this is dropped.
#[derive(Debug)]
pub(crate) struct Share {
    budget: Arc<Budget>,
    bytes: usize,
}

impl Budget {
    /// A budget of `total` bytes, of which up to the largest share may be kept for
    /// as long as the backup runs in as many places as `kept` says: packs that are
    /// being filled, and a file that is read in segments.
    pub(crate) fn new(total: usize, kept: usize) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(State { free: total, closed: false }),
            changed: Condvar::new(),
            largest: total / (kept + 1),
        })
    }

    /// Waits for `bytes`, at most [`Budget::largest`]. `None` when the budget
    /// was closed.
    pub(crate) fn take(self: &Arc<Self>, bytes: usize) -> Option<Share> {
        let bytes = bytes.min(self.largest());
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if state.closed {
                return None;
            }
            if state.free >= bytes {
                state.free -= bytes;
                return Some(Share { budget: Arc::clone(self), bytes });
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes `bytes` if they are free, and at most [`Budget::largest`].
    pub(crate) fn try_take(self: &Arc<Self>, bytes: usize) -> Option<Share> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let is_free = !state.closed && state.free >= bytes && bytes <= self.largest();
        is_free.then(|| {
            state.free -= bytes;
            Share { budget: Arc::clone(self), bytes }
        })
    }

    /// The largest share, in bytes. What the kept ones leave is still enough for
    /// one, so that someone can always go on.
    pub(crate) fn largest(&self) -> usize {
        self.largest
    }

    /// Wakes everyone who waits, with nothing: the work is cancelled.
    pub(crate) fn close(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.changed.notify_all();
    }

    fn give_back(&self, bytes: usize) {
        if bytes > 0 {
            self.state.lock().unwrap_or_else(PoisonError::into_inner).free += bytes;
            self.changed.notify_all();
        }
    }
}

impl Share {
    /// Gives back what exceeds `bytes`.
    pub(crate) fn shrink(&mut self, bytes: usize) {
        let surplus = self.bytes.saturating_sub(bytes);
        self.bytes -= surplus;
        self.budget.give_back(surplus);
    }

    /// Unites two shares.
    pub(crate) fn join(&mut self, mut other: Self) {
        self.bytes += std::mem::take(&mut other.bytes);
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.budget.give_back(self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shared_out_never_exceeds_the_total() {
        let budget = Budget::new(100, 3);
        let held = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for size in [1, 10, 25, 100, 500] {
                let (budget, held) = (Arc::clone(&budget), Arc::clone(&held));
                scope.spawn(move || {
                    for _ in 0..200 {
                        let mut share = budget.take(size).unwrap();
                        let before =
                            held.fetch_add(share.bytes, std::sync::atomic::Ordering::SeqCst);
                        assert!(before + share.bytes <= 100);
                        let half = share.bytes / 2;
                        held.fetch_sub(share.bytes - half, std::sync::atomic::Ordering::SeqCst);
                        share.shrink(half);
                        held.fetch_sub(half, std::sync::atomic::Ordering::SeqCst);
                    }
                });
            }
        });
        assert_eq!(budget.state.lock().unwrap().free, 100);
    }

    #[test]
    fn closing_wakes_who_waits() {
        let budget = Budget::new(10, 3); // largest share: 2
        let all: Vec<_> = (0..5).map(|_| budget.take(2).unwrap()).collect();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| budget.take(1).is_none());
            budget.close();
            assert!(waiting.join().unwrap());
        });
        drop(all);
    }
}

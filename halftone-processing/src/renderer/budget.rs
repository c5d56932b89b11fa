//! A counting semaphore over bytes that serves in the order of arrival.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Bytes that may be in use at once.
#[derive(Debug)]
pub(super) struct MemoryBudget {
    total: u64,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    free: u64,
    /// The number that the next arrival draws.
    next_ticket: u64,
    /// The number whose turn it is. Without turns a large job would wait for ever while small ones slip past it.
    serving: u64,
}

/// Bytes in use; dropping it frees them.
#[derive(Debug)]
pub(super) struct Reservation {
    budget: Arc<MemoryBudget>,
    bytes: u64,
}

impl MemoryBudget {
    pub(super) const fn new(total: u64) -> Self {
        let state = State { free: total, next_ticket: 0, serving: 0 };
        Self { total, state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Waits until the bytes are free. More than the whole budget counts as the whole: such a job runs alone.
    pub(super) fn reserve(self: &Arc<Self>, bytes: u64) -> Reservation {
        let bytes = bytes.min(self.total);
        let mut state = self.lock();
        let ticket = state.next_ticket;
        state.next_ticket += 1;
        while state.serving != ticket || state.free < bytes {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.serving += 1;
        state.free -= bytes;
        drop(state);
        // The next in line may fit as well.
        self.changed.notify_all();
        Reservation { budget: Arc::clone(self), bytes }
    }

    /// Every change under the lock is complete, so a poisoned lock guards sound numbers.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.budget.lock().free += self.bytes;
        self.budget.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::thread;

    use super::*;

    #[test]
    fn the_total_is_never_exceeded_and_everyone_is_served() {
        let budget = Arc::new(MemoryBudget::new(100));
        let in_use = AtomicU64::new(0);
        thread::scope(|scope| {
            for job in 0..16_u64 {
                let (budget, in_use) = (&budget, &in_use);
                scope.spawn(move || {
                    let bytes = if job % 5 == 0 { 100 } else { 30 };
                    let reservation = budget.reserve(bytes);
                    assert!(in_use.fetch_add(bytes, Ordering::SeqCst) + bytes <= 100);
                    thread::yield_now();
                    in_use.fetch_sub(bytes, Ordering::SeqCst);
                    drop(reservation);
                });
            }
        });
        assert_eq!(budget.lock().free, 100);
    }

    #[test]
    fn a_job_over_the_budget_runs_alone() {
        let budget = Arc::new(MemoryBudget::new(10));
        let reservation = budget.reserve(1_000);
        assert_eq!(budget.lock().free, 0);
        drop(reservation);
        assert_eq!(budget.lock().free, 10);
    }
}

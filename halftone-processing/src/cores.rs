//! Which cores are idle, so that a picture takes a second one only where nobody else would.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The cores of a pool, and how many of them have work.
#[derive(Debug, Clone)]
pub(crate) struct Cores {
    total: usize,
    busy: Arc<AtomicUsize>,
}

/// A core that has work, until this is dropped.
#[derive(Debug)]
pub(crate) struct Busy {
    busy: Arc<AtomicUsize>,
}

impl Cores {
    pub(crate) fn new(total: NonZeroUsize) -> Self {
        Self { total: total.get(), busy: Arc::new(AtomicUsize::new(0)) }
    }

    /// Takes a core for a job that is there, whether or not one is idle: jobs wait in their queue, where they count too.
    pub(crate) fn occupy(&self) -> Busy {
        self.busy.fetch_add(1, Ordering::Relaxed);
        Busy { busy: Arc::clone(&self.busy) }
    }

    /// Takes a core that no job is there for.
    pub(crate) fn try_spare(&self) -> Option<Busy> {
        let is_idle = |busy: usize| (busy < self.total).then_some(busy + 1);
        self.busy.fetch_update(Ordering::Relaxed, Ordering::Relaxed, is_idle).ok()?;
        Some(Busy { busy: Arc::clone(&self.busy) })
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.busy.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_core_is_spared_only_while_jobs_leave_one_idle() {
        let cores = Cores::new(NonZeroUsize::new(2).unwrap());
        let first = cores.occupy();
        let spared = cores.try_spare();
        assert!(spared.is_some() && cores.try_spare().is_none());
        drop(spared);
        let second = cores.occupy();
        let waiting = cores.occupy();
        assert!(cores.try_spare().is_none());
        drop((first, second));
        assert!(cores.try_spare().is_some());
        drop(waiting);
    }

    #[test]
    fn one_core_is_never_shared() {
        let cores = Cores::new(NonZeroUsize::MIN);
        let _job = cores.occupy();
        assert!(cores.try_spare().is_none());
    }
}
